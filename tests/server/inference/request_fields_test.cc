// The hand-made reader against protobuf's parser: the same bytes accepted, the same
// fields seen, in one piece and in several.
#include "server/inference/request_fields.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "inference/grpc_service.pb.h"
#include "server/logging.h"
#include "tests/fuzz/slicing.h"

namespace activation::inference {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using ::inference::InferParameter;
using ::inference::ModelInferRequest;
using ParameterMap = google::protobuf::Map<std::string, InferParameter>;

void Store(const Parameters& from, ParameterMap* to) {
  for (const auto& [name, value] : from) {
    InferParameter& parameter = (*to)[std::string(name)];
    if (const auto* yes = std::get_if<bool>(&value)) parameter.set_bool_param(*yes);
    if (const auto* whole = std::get_if<int64_t>(&value)) parameter.set_int64_param(*whole);
    if (const auto* size = std::get_if<uint64_t>(&value)) parameter.set_uint64_param(*size);
    if (const auto* real = std::get_if<double>(&value)) parameter.set_double_param(*real);
    if (const auto* text = std::get_if<absl::string_view>(&value)) {
      parameter.set_string_param(std::string(*text));
    }
  }
}

std::string Joined(wire::Pieces pieces, const wire::Payload& payload) {
  std::string bytes(payload.size, '\0');
  wire::PieceCursor(pieces, payload).Copy(payload.size, bytes.data());
  return bytes;
}

template <class Number>
void Store(wire::Pieces pieces, const NumbersField& from,
           google::protobuf::RepeatedField<Number>* to) {
  const std::string bytes = Joined(pieces, from.bytes());
  to->Resize(static_cast<int>(bytes.size() / sizeof(Number)), Number());
  if (!bytes.empty()) std::memcpy(to->mutable_data(), bytes.data(), bytes.size());
}

void Store(wire::Pieces pieces, const InputField& from, ModelInferRequest::InferInputTensor* to) {
  to->set_name(std::string(from.name));
  to->set_datatype(std::string(from.datatype));
  to->mutable_shape()->Add(from.shape.begin(), from.shape.end());
  EXPECT_EQ(from.rank, from.shape.size());
  Store(from.parameters, to->mutable_parameters());
  if (!from.contents.has_value()) return;
  Store(pieces, from.contents->fp32, to->mutable_contents()->mutable_fp32_contents());
  Store(pieces, from.contents->fp64, to->mutable_contents()->mutable_fp64_contents());
  if (from.contents->has_others) to->mutable_contents()->add_bool_contents(true);
}

// As our reader sees the request.
std::optional<ModelInferRequest> Read(wire::Pieces pieces) {
  Limits limits;
  limits.max_rank = 1000;
  RequestFields fields;
  if (!ReadRequest(pieces, limits, &fields)) return std::nullopt;
  ModelInferRequest request;
  request.set_model_name(std::string(fields.model_name));
  request.set_model_version(std::string(fields.model_version));
  request.set_id(std::string(fields.id));
  Store(fields.parameters, request.mutable_parameters());
  for (const InputField& input : fields.inputs) Store(pieces, input, request.add_inputs());
  for (const OutputField& output : fields.outputs) {
    ModelInferRequest::InferRequestedOutputTensor* const to = request.add_outputs();
    to->set_name(std::string(output.name));
    Store(output.parameters, to->mutable_parameters());
  }
  for (const wire::Payload& raw : fields.raw) request.add_raw_input_contents(Joined(pieces, raw));
  EXPECT_EQ(fields.inputs.size(), std::min(fields.input_count, kMaxInputs + 1));
  EXPECT_EQ(fields.outputs.size(), std::min(fields.output_count, kMaxOutputs + 1));
  EXPECT_EQ(fields.raw.size(), std::min(fields.raw_count, kMaxInputs + 1));
  return request;
}

void Keep(Parameters::Keeps keeps, ParameterMap* parameters) {
  for (auto entry = parameters->begin(); entry != parameters->end();) {
    if (keeps(entry->first)) {
      ++entry;
    } else {
      entry = parameters->erase(entry);
    }
  }
}

template <class List>
void KeepFirst(size_t most, List* list) {
  if (list->size() > static_cast<int>(most)) {
    list->DeleteSubrange(static_cast<int>(most), list->size() - static_cast<int>(most));
  }
}

// Without what our reader passes over.
void Prune(ModelInferRequest* request) {
  request->DiscardUnknownFields();
  Keep(IsRequestParameter, request->mutable_parameters());
  KeepFirst(kMaxInputs + 1, request->mutable_inputs());
  KeepFirst(kMaxOutputs + 1, request->mutable_outputs());
  KeepFirst(kMaxInputs + 1, request->mutable_raw_input_contents());
  for (auto& output : *request->mutable_outputs()) {
    Keep(IsTensorParameter, output.mutable_parameters());
  }
  for (auto& input : *request->mutable_inputs()) {
    Keep(IsTensorParameter, input.mutable_parameters());
    if (!input.has_contents()) continue;
    ::inference::InferTensorContents* const contents = input.mutable_contents();
    const bool others = contents->bool_contents_size() + contents->int_contents_size() +
                            contents->int64_contents_size() + contents->uint_contents_size() +
                            contents->uint64_contents_size() + contents->bytes_contents_size() >
                        0;
    contents->clear_bool_contents();
    contents->clear_int_contents();
    contents->clear_int64_contents();
    contents->clear_uint_contents();
    contents->clear_uint64_contents();
    contents->clear_bytes_contents();
    if (others) contents->add_bool_contents(true);
  }
}

// The same text for the same fields, whatever the order of a map.
std::string Canonical(const ModelInferRequest& request) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  request.SerializeToCodedStream(&out);
  out.Trim();
  return text;
}

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
    ModelInferRequest wanted;
    const bool valid = wanted.ParseFromString(bytes);
    ++(valid ? accepted : refused);
    if (valid) Prune(&wanted);
    for (const uint32_t seed : {uint32_t{0}, round + 1}) {
      const wire::Slicing slicing(bytes, seed == 0 ? bytes.size() : 7, seed);
      const std::optional<ModelInferRequest> read = Read(slicing.pieces());
      ASSERT_EQ(read.has_value(), valid) << seed << " " << absl::BytesToHexString(bytes);
      if (!valid) continue;
      ASSERT_EQ(Canonical(*read), Canonical(wanted))
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
  ASSERT_TRUE(ReadRequest({&piece, 1}, Limits(), &fields));
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
  ASSERT_TRUE(ReadRequest({&piece, 1}, limits, &fields));
  EXPECT_EQ(fields.input_count, 1000u);
  EXPECT_EQ(fields.inputs.size(), kMaxInputs + 1);
  EXPECT_EQ(fields.inputs[0].rank, 10u);
  EXPECT_EQ(fields.inputs[0].shape.size(), 5u);
  EXPECT_EQ(fields.raw.size(), kMaxInputs + 1);
  EXPECT_EQ(fields.outputs.size(), kMaxOutputs + 1);
  EXPECT_EQ(fields.parameters.begin(), fields.parameters.end());
}

}  // namespace
}  // namespace activation::inference
