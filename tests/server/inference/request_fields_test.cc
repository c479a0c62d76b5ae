// The hand-made reader against protobuf's parser: the same bytes accepted, the same
// fields seen, in one piece and in several.
#include "server/inference/request_fields.h"

#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "inference/grpc_service.pb.h"
#include "server/logging.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"
#include "tests/fuzz/infer_check.h"
#include "tests/fuzz/slicing.h"

namespace activation::inference {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::inference::ModelInferRequest;

// Bytes that are messages, nearly messages, or neither: fields of the contract in any
// order, number and form, with wrong lengths, wrong types and stray bytes now and then.
class Noise {
 public:
  std::string Request() {
    std::string bytes = Message(*ModelInferRequest::descriptor(), 4);
    for (int i = Pick(3) == 0 ? Pick(3) : 0; i > 0 && !bytes.empty(); --i) {
      bytes[static_cast<size_t>(Pick(static_cast<int>(bytes.size())))] =
          static_cast<char>(Pick(256));
    }
    if (Pick(20) == 0 && !bytes.empty()) bytes.pop_back();
    return bytes;
  }

 private:
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::string Message(const Descriptor& type, int depth) {
    std::string bytes;
    for (int i = Pick(7); i > 0; --i) {
      const FieldDescriptor& field = *type.field(Pick(type.field_count()));
      bytes += Pick(30) == 0 ? Stray() : Field(field, depth);
    }
    return bytes;
  }

  std::string Field(const FieldDescriptor& field, int depth) {
    const int number = field.number();
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) {
      return Delimited(number, depth > 0 ? Message(*field.message_type(), depth - 1) : "");
    }
    if (field.type() == FieldDescriptor::TYPE_STRING) return Delimited(number, Text());
    if (field.type() == FieldDescriptor::TYPE_BYTES) return Delimited(number, Bytes(Pick(20)));
    if (!field.is_packable() || Pick(2) == 0) return Tag(number, Type(field)) + Value(field);
    std::string run;
    for (int i = Pick(5); i > 0; --i) run += Value(field);
    if (Pick(40) == 0) run += Bytes(1);
    return Delimited(number, run);
  }

  static int Type(const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_DOUBLE) return 1;
    return field.type() == FieldDescriptor::TYPE_FLOAT ? 5 : 0;
  }

  std::string Value(const FieldDescriptor& field) {
    if (field.type() == FieldDescriptor::TYPE_DOUBLE) return Bytes(8);
    if (field.type() == FieldDescriptor::TYPE_FLOAT) return Bytes(4);
    return Number(random_() >> Pick(64));
  }

  // A field of any number and type.
  std::string Stray() {
    const int field = Pick(9) == 0 ? Pick(1 << 29) : 1 + Pick(9);
    const int type = Pick(9) == 0 ? Pick(8) : Pick(4);
    const std::string tag = Tag(field, type);
    if (type == 0) return tag + Number(random_() >> Pick(64));
    if (type == 1) return tag + Bytes(8);
    if (type == 2) return Delimited(field, Bytes(Pick(9)));
    if (type == 3) return tag + (Pick(2) == 0 ? Stray() : "") + Tag(field, 4);
    return type == 5 ? tag + Bytes(4) : tag;
  }

  std::string Tag(int field, int type) {
    return Number((static_cast<uint64_t>(field) << 3) + static_cast<uint64_t>(type));
  }

  std::string Delimited(int field, const std::string& inside) {
    const int wrong = Pick(90) == 0 ? Pick(3) - 1 : 0;
    return Tag(field, 2) + Number(inside.size() + static_cast<uint64_t>(wrong)) + inside;
  }

  // Mostly as short as it can be.
  std::string Number(uint64_t value) {
    std::string bytes;
    for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
    bytes += static_cast<char>(value);
    if (Pick(90) == 0) {
      for (int i = Pick(6); i >= 0; --i) {
        bytes.back() = static_cast<char>(bytes.back() | 0x80);
        bytes += static_cast<char>(Pick(3) == 0 ? Pick(256) : 0);
      }
    }
    return bytes;
  }

  std::string Text() {
    static const char* const kTexts[] = {"x",
                                         "FP32",
                                         "tier",
                                         "slope",
                                         "shared_memory_region",
                                         "shared_memory_offset",
                                         "gelu",
                                         "",
                                         "1",
                                         "gr\xc3\xbc\xc3\x9f"};
    static const char* const kWrong[] = {"\xff", "\xc3"};
    return Pick(60) == 0 ? kWrong[Pick(2)] : kTexts[Pick(std::size(kTexts))];
  }

  std::string Bytes(int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(Pick(256));
    return bytes;
  }

  std::mt19937_64 random_{20261125};
};

TEST(RequestFieldsTest, ReadsWhatProtobufReads) {
  // Protobuf says a line for each name that is not UTF-8.
  StartLogging(LogFormat::kText, "info");
  Noise noise;
  int accepted = 0;
  int refused = 0;
  for (uint32_t round = 0; round < 200000; ++round) {
    const std::string bytes = noise.Request();
    ++(ModelInferRequest().ParseFromString(bytes) ? accepted : refused);
    for (const uint32_t seed : {uint32_t{0}, round + 1}) {
      const wire::Slicing slicing(bytes, seed == 0 ? bytes.size() : 7, seed);
      ASSERT_EQ(DifferenceFromProtobuf(bytes, slicing.pieces()), "")
          << seed << " " << absl::BytesToHexString(bytes);
    }
  }
  EXPECT_GT(accepted, 20000);
  EXPECT_GT(refused, 20000);
}

TEST(RequestFieldsTest, PackedNumbersStayWhereTheyAre) {
  ModelInferRequest request;
  const std::vector<float> numbers = {1, 2, 3};
  request.add_inputs()->mutable_contents()->mutable_fp32_contents()->Add(numbers.begin(),
                                                                         numbers.end());
  const std::string bytes = request.SerializeAsString();
  const absl::string_view piece = bytes;
  RequestFields fields;
  ASSERT_TRUE(ReadRequest({&piece, 1}, Limits(), &fields).ok());
  const wire::Payload read = fields.inputs[0].contents->fp32.bytes();
  EXPECT_EQ(read.size, 12u);
  EXPECT_TRUE(read.whole());
  EXPECT_GE(read.first.data(), bytes.data());
  EXPECT_LE(read.first.data() + read.size, bytes.data() + bytes.size());
  EXPECT_EQ(fields.inputs[0].contents->fp32.gathered_bytes(), 0u);
}

TEST(RequestFieldsTest, NothingGrowsBeyondItsLimit) {
  ModelInferRequest request;
  for (int i = 0; i < 1000; ++i) {
    ModelInferRequest::InferInputTensor* const input = request.add_inputs();
    for (int k = 0; k < 10; ++k) input->add_shape(k);
    (*request.mutable_parameters())["p" + std::to_string(i)].set_int64_param(i);
    request.add_raw_input_contents("1234");
    request.add_outputs();
  }
  const std::string bytes = request.SerializeAsString();
  const absl::string_view piece = bytes;
  RequestFields fields;
  Limits limits;
  limits.max_rank = 4;
  ASSERT_TRUE(ReadRequest({&piece, 1}, limits, &fields).ok());
  EXPECT_EQ(fields.input_count, 1000u);
  EXPECT_EQ(fields.inputs.size(), kMaxInputs + 1);
  EXPECT_EQ(fields.inputs[0].rank, 10u);
  EXPECT_EQ(fields.inputs[0].shape.size(), 5u);
  EXPECT_EQ(fields.raw.size(), kMaxInputs + 1);
  EXPECT_EQ(fields.outputs.size(), kMaxOutputs + 1);
  EXPECT_EQ(fields.parameter_count, 1000u);
  EXPECT_EQ(fields.parameters.begin(), fields.parameters.end());
}

TEST(RequestFieldsTest, TooManyParametersAreRefusedBeforeTheRestIsRead) {
  ModelInferRequest request;
  auto& of_tensor = *request.add_inputs()->mutable_parameters();
  of_tensor["a"].set_bool_param(true);
  of_tensor["b"].set_bool_param(true);
  auto& of_request = *request.mutable_parameters();
  of_request["c"].set_bool_param(true);
  Limits limits;
  limits.max_parameters = 3;
  std::string bytes = request.SerializeAsString();
  absl::string_view piece = bytes;
  RequestFields enough;
  EXPECT_TRUE(ReadRequest({&piece, 1}, limits, &enough).ok());
  of_request["d"].set_bool_param(true);
  // What follows is not even a message.
  bytes = request.SerializeAsString() + "\xff";
  piece = bytes;
  RequestFields fields;
  const absl::Status status = ReadRequest({&piece, 1}, limits, &fields);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_EQ(FieldOf(status), "parameters");
  EXPECT_EQ(fields.parameter_count, 4u);
}

TEST(RequestFieldsTest, ParametersOfEveryFunctionAreKept) {
  EXPECT_TRUE(IsRequestParameter("tier"));
  for (const FunctionInfo& info : Catalogue()) {
    for (size_t i = 0; i < ParamCount(info); ++i)
      EXPECT_TRUE(IsRequestParameter(info.params[i].name));
  }
  EXPECT_FALSE(IsRequestParameter(""));
  EXPECT_FALSE(IsRequestParameter("triton_enable_empty_final_response"));
}

}  // namespace
}  // namespace activation::inference
