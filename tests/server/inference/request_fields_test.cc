// The hand-made reader against protobuf's parser: the same bytes accepted, the same
// fields seen, in one piece and in several.
#include "server/inference/request_fields.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "inference/grpc_service.pb.h"
#include "server/logging.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"
#include "tests/fuzz/infer_check.h"
#include "tests/fuzz/noise.h"
#include "tests/fuzz/slicing.h"

namespace activation::inference {
namespace {

using ::inference::ModelInferRequest;

TEST(RequestFieldsTest, ReadsWhatProtobufReads) {
  // Protobuf says a line for each name that is not UTF-8.
  StartLogging(LogFormat::kText, "info");
  Noise noise(*ModelInferRequest::descriptor(),
              {"x", "FP32", "tier", "slope", "shared_memory_region", "shared_memory_offset", "gelu",
               "", "1", "gr\xc3\xbc\xc3\x9f"});
  int accepted = 0;
  int refused = 0;
  for (uint32_t round = 0; round < 50000; ++round) {
    const std::string bytes = noise.Next();
    ++(ModelInferRequest().ParseFromString(bytes) ? accepted : refused);
    for (const uint32_t seed : {uint32_t{0}, round + 1}) {
      const wire::Slicing slicing(bytes, seed == 0 ? bytes.size() : 7, seed);
      ASSERT_EQ(DifferenceFromProtobuf(bytes, slicing.pieces()), "")
          << seed << " " << absl::BytesToHexString(bytes);
    }
  }
  EXPECT_GT(accepted, 5000);
  EXPECT_GT(refused, 5000);
}

TEST(RequestFieldsTest, AnIdIsReadAlone) {
  ModelInferRequest request;
  request.set_model_name("relu");
  request.set_id("gr\xc3\xbc\xc3\x9f");
  request.add_raw_input_contents(std::string(1000, 'a'));
  const auto read = [](const std::string& bytes) {
    std::vector<std::string> ids;
    for (const uint32_t seed : {0, 1, 2, 3}) {
      const wire::Slicing slicing(bytes, seed == 0 ? bytes.size() : 7, seed);
      ids.push_back(ReadId(slicing.pieces()));
    }
    EXPECT_EQ(ids, std::vector<std::string>(4, ids[0]));
    return ids[0];
  };
  const std::string bytes = request.SerializeAsString();
  EXPECT_EQ(read(bytes), request.id());
  EXPECT_EQ(read(bytes.substr(0, bytes.size() - 1)), request.id());  // it is there before the end
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\x1a\x02\xff\xfe"), "");  // id = "\xff\xfe"
  EXPECT_EQ(read("\x1a\x7fshort"), "");
  for (const size_t size : {kMaxRequestIdBytes, kMaxRequestIdBytes + 1}) {
    request.set_id(std::string(size, 'i'));
    EXPECT_EQ(read(request.SerializeAsString()),
              size > kMaxRequestIdBytes ? std::string() : request.id());
  }
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
