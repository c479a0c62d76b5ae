// What a ModelInferRequest may say, and how its reply is laid out.
#include "server/inference/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "inference/grpc_service.pb.h"
#include "server/inference/reply_header.h"
#include "server/inference/request_fields.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

using ::inference::ModelInferRequest;
using ::inference::ModelInferResponse;
using ::testing::ElementsAre;

// One region, `region`, of 64 bytes.
class OneRegion final : public wire::SliceResolver {
 public:
  absl::StatusOr<std::byte*> Resolve(absl::string_view region, uint64_t offset,
                                     size_t bytes) override {
    if (region != "region") return UnknownRegionName("region");
    if (offset > sizeof(memory_) || bytes > sizeof(memory_) - offset) {
      return InvalidField("offset", "is outside");
    }
    return memory_ + offset;
  }

  std::byte* memory() { return memory_; }

 private:
  std::byte memory_[64] = {};
};

ModelInferRequest::InferInputTensor* AddInput(const std::string& name, ModelInferRequest* request) {
  ModelInferRequest::InferInputTensor* const input = request->add_inputs();
  input->set_name(name);
  input->set_datatype("FP32");
  input->add_shape(2);
  input->add_shape(3);
  return input;
}

ModelInferRequest Valid(const std::string& model) {
  ModelInferRequest request;
  request.set_model_name(model);
  request.set_id("an id");
  AddInput("x", &request);
  request.add_raw_input_contents(std::string(24, 'x'));
  return request;
}

template <class Tensor>
void PutIntoRegion(int64_t offset, int64_t bytes, Tensor* tensor) {
  (*tensor->mutable_parameters())["shared_memory_region"].set_string_param("region");
  (*tensor->mutable_parameters())["shared_memory_byte_size"].set_int64_param(bytes);
  (*tensor->mutable_parameters())["shared_memory_offset"].set_int64_param(offset);
}

class DecodeTest : public testing::Test {
 protected:
  // The bytes live until the next call.
  absl::StatusOr<Inference> Decoded(const ModelInferRequest& request) {
    bytes_ = request.SerializeAsString();
    fields_ = RequestFields();
    piece_ = bytes_;
    EXPECT_TRUE(ReadRequest({&piece_, 1}, Limits(), &fields_).ok());
    const absl::StatusOr<Model> model = FindModel(fields_.model_name, fields_.model_version);
    if (!model.ok()) return model.status();
    return Decode(*model, fields_, Limits(), &region_);
  }

  void ExpectRefused(const ModelInferRequest& request, const std::string& field,
                     absl::StatusCode code = absl::StatusCode::kInvalidArgument) {
    const absl::Status status = Decoded(request).status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_EQ(FieldOf(status), field) << status;
  }

  std::string bytes_;
  absl::string_view piece_;
  RequestFields fields_;
  OneRegion region_;
};

TEST_F(DecodeTest, RawContentsAreReadWhereTheyAre) {
  const absl::StatusOr<Inference> inference = Decoded(Valid("gelu"));
  ASSERT_TRUE(inference.ok()) << inference.status();
  const Evaluation& evaluation = inference->batch.evaluations[0];
  EXPECT_EQ(evaluation.x, bytes_.data() + bytes_.find("xxxx"));
  EXPECT_EQ(evaluation.count, 6u);
  EXPECT_EQ(evaluation.tier, Tier::kExact);
  EXPECT_EQ(evaluation.out, nullptr);
}

struct Spoilt {
  const char* name;
  const char* field;
  std::function<void(ModelInferRequest*)> spoil;
  absl::StatusCode code = absl::StatusCode::kInvalidArgument;
};

auto& Parameter(ModelInferRequest* request, const char* name) {
  return (*request->mutable_parameters())[name];
}

const Spoilt kSpoilt[] = {
    {"Model", "model_name", [](auto* r) { r->set_model_name("gelo"); },
     absl::StatusCode::kNotFound},
    {"Version", "model_version", [](auto* r) { r->set_model_version("2"); },
     absl::StatusCode::kNotFound},
    {"NoInput", "inputs[\"x\"]",
     [](auto* r) {
       r->clear_inputs();
       r->clear_raw_input_contents();
     }},
    {"UnknownInput", "inputs[0].name", [](auto* r) { r->mutable_inputs(0)->set_name("z"); }},
    {"InputOfAnotherModel", "inputs[1].name", [](auto* r) { AddInput("dy", r); }},
    {"InputTwice", "inputs[1].name", [](auto* r) { AddInput("x", r); }},
    {"TooManyInputs", "inputs",
     [](auto* r) {
       for (int i = 0; i < 9; ++i) AddInput("x", r);
     }},
    {"Datatype", "inputs[\"x\"].datatype",
     [](auto* r) { r->mutable_inputs(0)->set_datatype("INT32"); }},
    {"NegativeExtent", "inputs[\"x\"].shape",
     [](auto* r) { r->mutable_inputs(0)->set_shape(0, -2); }},
    {"HugeExtent", "inputs[\"x\"].shape",
     [](auto* r) { r->mutable_inputs(0)->set_shape(0, int64_t{1} << 62); }},
    {"Rank", "inputs[\"x\"].shape",
     [](auto* r) {
       for (int i = 0; i < 40; ++i) r->mutable_inputs(0)->add_shape(1);
     }},
    {"TooFewBytes", "inputs[\"x\"].raw_input_contents",
     [](auto* r) { r->mutable_raw_input_contents(0)->pop_back(); }},
    {"NoContents", "inputs[\"x\"].contents", [](auto* r) { r->clear_raw_input_contents(); }},
    {"TooManyRaw", "raw_input_contents", [](auto* r) { r->add_raw_input_contents("1234"); }},
    {"RawBesideTyped", "raw_input_contents",
     [](auto* r) { r->mutable_inputs(0)->mutable_contents()->add_fp32_contents(1); }},
    {"TypedOfAnotherType", "inputs[\"x\"].contents",
     [](auto* r) {
       r->clear_raw_input_contents();
       for (int i = 0; i < 3; ++i) {
         r->mutable_inputs(0)->mutable_contents()->add_fp64_contents(1);
       }
     }},
    {"TypedIntegers", "inputs[\"x\"].contents",
     [](auto* r) {
       r->clear_raw_input_contents();
       r->mutable_inputs(0)->mutable_contents()->add_int_contents(1);
     }},
    {"Tier", "parameters[\"tier\"]",
     [](auto* r) { Parameter(r, "tier").set_string_param("best"); }},
    {"TierAsNumber", "parameters[\"tier\"]",
     [](auto* r) { Parameter(r, "tier").set_int64_param(1); }},
    {"ParameterAsBool", "parameters[\"slope\"]",
     [](auto* r) {
       r->set_model_name("leaky_relu");
       Parameter(r, "slope").set_bool_param(true);
     }},
    {"ParameterNoNumber", "parameters[\"slope\"]",
     [](auto* r) {
       r->set_model_name("leaky_relu");
       Parameter(r, "slope").set_string_param("0.1x");
     }},
    {"ParameterHexadecimal", "parameters[\"slope\"]",
     [](auto* r) {
       r->set_model_name("leaky_relu");
       Parameter(r, "slope").set_string_param("0x10");
     }},
    {"ParameterInfinite", "parameters[\"slope\"]",
     [](auto* r) {
       r->set_model_name("leaky_relu");
       Parameter(r, "slope").set_double_param(HUGE_VAL);
     }},
    {"ParameterNan", "parameters[\"slope\"]",
     [](auto* r) {
       r->set_model_name("leaky_relu");
       Parameter(r, "slope").set_string_param("nan");
     }},
    {"Axis", "parameters[\"axis\"]",
     [](auto* r) {
       r->set_model_name("softmax");
       Parameter(r, "axis").set_int64_param(2);
     }},
    {"OddExtent", "inputs[\"x\"].shape", [](auto* r) { r->set_model_name("swiglu"); }},
    {"NoWeight", "inputs[\"weight\"]", [](auto* r) { r->set_model_name("prelu"); }},
    {"Output", "outputs", [](auto* r) { r->add_outputs()->set_name("dx"); }},
    {"OutputTwice", "outputs",
     [](auto* r) {
       r->add_outputs()->set_name("y");
       r->add_outputs()->set_name("y");
     }},
    {"Classification", "outputs[\"y\"].parameters[\"classification\"]",
     [](auto* r) {
       r->add_outputs()->set_name("y");
       (*r->mutable_outputs(0)->mutable_parameters())["classification"].set_int64_param(3);
     },
     absl::StatusCode::kUnimplemented},
    {"UnknownRegion", "inputs[\"x\"].parameters[\"shared_memory_region\"]",
     [](auto* r) {
       r->clear_raw_input_contents();
       PutIntoRegion(0, 24, r->mutable_inputs(0));
       auto& parameters = *r->mutable_inputs(0)->mutable_parameters();
       parameters["shared_memory_region"].set_string_param("other");
     },
     absl::StatusCode::kNotFound},
    {"RegionSize", "inputs[\"x\"].parameters[\"shared_memory_byte_size\"]",
     [](auto* r) {
       r->clear_raw_input_contents();
       PutIntoRegion(0, 28, r->mutable_inputs(0));
     }},
    {"RegionBounds", "inputs[\"x\"].parameters[\"shared_memory_offset\"]",
     [](auto* r) {
       r->clear_raw_input_contents();
       PutIntoRegion(48, 24, r->mutable_inputs(0));
     }},
    {"RegionNegativeOffset", "inputs[\"x\"].parameters[\"shared_memory_offset\"]",
     [](auto* r) {
       r->clear_raw_input_contents();
       PutIntoRegion(-8, 24, r->mutable_inputs(0));
     }},
    {"RawBesideRegion", "raw_input_contents",
     [](auto* r) { PutIntoRegion(0, 24, r->mutable_inputs(0)); }},
    {"SmallOutputRegion", "outputs[\"y\"].parameters[\"shared_memory_byte_size\"]",
     [](auto* r) {
       r->add_outputs()->set_name("y");
       PutIntoRegion(0, 20, r->mutable_outputs(0));
     }},
    {"OutputUponInput", "outputs[\"y\"].parameters[\"shared_memory_offset\"]",
     [](auto* r) {
       r->clear_raw_input_contents();
       PutIntoRegion(0, 24, r->mutable_inputs(0));
       r->add_outputs()->set_name("y");
       PutIntoRegion(8, 24, r->mutable_outputs(0));
     }},
};

class SpoiltTest : public DecodeTest, public testing::WithParamInterface<Spoilt> {};

TEST_P(SpoiltTest, NamesTheField) {
  ModelInferRequest request = Valid("gelu");
  ASSERT_TRUE(Decoded(request).ok());
  GetParam().spoil(&request);
  ExpectRefused(request, GetParam().field, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(Decode, SpoiltTest, testing::ValuesIn(kSpoilt),
                         [](const auto& test) { return test.param.name; });

TEST_F(DecodeTest, ParametersAreNumbersInAnyForm) {
  ModelInferRequest request = Valid("leaky_relu");
  const auto slope = [&] { return Decoded(request)->batch.evaluations[0].params.values[0]; };
  Parameter(&request, "slope").set_double_param(0.5);
  EXPECT_EQ(slope(), 0.5);
  Parameter(&request, "slope").set_string_param("0.25");
  EXPECT_EQ(slope(), 0.25);
  Parameter(&request, "slope").set_int64_param(1);
  EXPECT_EQ(slope(), 1);
  Parameter(&request, "slope").set_uint64_param(0);
  EXPECT_EQ(slope(), 0);
}

TEST_F(DecodeTest, UnknownParametersAreIgnored) {
  ModelInferRequest request = Valid("gelu");
  Parameter(&request, "triton_enable_empty_final_response").set_bool_param(true);
  Parameter(&request, "slope").set_string_param("of another function");
  Parameter(&request, "tier").set_string_param("fast");
  const absl::StatusOr<Inference> inference = Decoded(request);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].tier, Tier::kFast);
}

TEST_F(DecodeTest, AGradientTakesDyInAnyOrder) {
  ModelInferRequest request = Valid("gelu_gradient");
  EXPECT_EQ(Decoded(request)->batch.evaluations[0].dy, nullptr);
  AddInput("dy", &request);
  request.add_raw_input_contents(std::string(24, 'd'));
  request.mutable_inputs()->SwapElements(0, 1);
  request.mutable_raw_input_contents()->SwapElements(0, 1);
  const absl::StatusOr<Inference> inference = Decoded(request);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].x, bytes_.data() + bytes_.find("xxxx"));
  EXPECT_EQ(inference->batch.evaluations[0].dy, bytes_.data() + bytes_.find("dddd"));
  request.mutable_inputs(0)->set_shape(0, 3);
  ExpectRefused(request, "inputs[\"dy\"].shape");
  request.mutable_inputs(0)->set_shape(0, 2);
  request.mutable_inputs(0)->set_datatype("FP16");
  ExpectRefused(request, "inputs[\"dy\"].datatype");
}

TEST_F(DecodeTest, APerChannelFunctionTakesWeights) {
  ModelInferRequest request = Valid("prelu");
  ModelInferRequest::InferInputTensor* const weight = AddInput("weight", &request);
  weight->clear_shape();
  weight->add_shape(3);
  request.add_raw_input_contents(std::string(12, 'w'));
  const absl::StatusOr<Inference> inference = Decoded(request);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].weight, bytes_.data() + bytes_.find("wwww"));
  weight->set_shape(0, 2);
  request.mutable_raw_input_contents(1)->resize(8);
  ExpectRefused(request, "inputs[\"weight\"].shape");
}

// Raw contents are those of inputs that are not in shared memory.
TEST_F(DecodeTest, RawContentsPassOverRegions) {
  ModelInferRequest request = Valid("gelu_gradient");
  PutIntoRegion(8, 24, request.mutable_inputs(0));
  AddInput("dy", &request);
  const absl::StatusOr<Inference> inference = Decoded(request);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].x, region_.memory() + 8);
  EXPECT_EQ(inference->batch.evaluations[0].dy, bytes_.data() + bytes_.find("xxxx"));
  EXPECT_EQ(inference->batch.shared_bytes, 24u);
}

TEST_F(DecodeTest, ContentsInTwoPiecesAreLeftForLater) {
  const std::string bytes = Valid("gelu").SerializeAsString();
  const size_t cut = bytes.find("xxxx") + 10;
  const std::vector<absl::string_view> pieces = {absl::string_view(bytes).substr(0, cut),
                                                 absl::string_view(bytes).substr(cut)};
  ASSERT_TRUE(ReadRequest(pieces, Limits(), &fields_).ok());
  const absl::StatusOr<Inference> inference =
      Decode(*FindModel("gelu", ""), fields_, Limits(), &region_);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].x, nullptr);
  ASSERT_EQ(inference->batch.scattered.size(), 1u);
  EXPECT_EQ(inference->batch.scattered[0].x.size, 24u);
}

ModelInferResponse Response(const RequestFields& fields, const Inference& inference) {
  std::string bytes = ReplyHeader(fields, inference, ReplyForm::kUnary);
  if (!inference.output.has_value()) bytes += std::string(24, 'y');
  ModelInferResponse response;
  EXPECT_TRUE(response.ParseFromString(bytes));
  // What was written is what protobuf would write.
  EXPECT_EQ(response.ByteSizeLong(), bytes.size());
  return response;
}

TEST_F(DecodeTest, TheReplyIsWhatProtobufReads) {
  const absl::StatusOr<Inference> inference = Decoded(Valid("gelu"));
  ASSERT_TRUE(inference.ok()) << inference.status();
  const ModelInferResponse response = Response(fields_, *inference);
  EXPECT_EQ(response.model_name(), "gelu");
  EXPECT_EQ(response.model_version(), "1");
  EXPECT_EQ(response.id(), "an id");
  ASSERT_EQ(response.outputs_size(), 1);
  EXPECT_EQ(response.outputs(0).name(), "y");
  EXPECT_EQ(response.outputs(0).datatype(), "FP32");
  EXPECT_THAT(response.outputs(0).shape(), ElementsAre(2, 3));
  EXPECT_THAT(response.raw_output_contents(), ElementsAre(std::string(24, 'y')));

  ::inference::ModelStreamInferResponse streamed;
  ASSERT_TRUE(streamed.ParseFromString(ReplyHeader(fields_, *inference, ReplyForm::kStream) +
                                       std::string(24, 'y')));
  EXPECT_EQ(streamed.error_message(), "");
  EXPECT_TRUE(streamed.infer_response().parameters().at("triton_final_response").bool_param());
  EXPECT_THAT(streamed.infer_response().raw_output_contents(), ElementsAre(std::string(24, 'y')));
}

TEST_F(DecodeTest, TheReplySaysWhereInSharedMemoryTheOutputIs) {
  ModelInferRequest request = Valid("gelu");
  request.add_outputs()->set_name("y");
  PutIntoRegion(40, 24, request.mutable_outputs(0));
  const absl::StatusOr<Inference> inference = Decoded(request);
  ASSERT_TRUE(inference.ok()) << inference.status();
  EXPECT_EQ(inference->batch.evaluations[0].out, region_.memory() + 40);
  const ModelInferResponse response = Response(fields_, *inference);
  EXPECT_THAT(response.raw_output_contents(), ElementsAre(""));
  const auto& parameters = response.outputs(0).parameters();
  EXPECT_EQ(parameters.at("shared_memory_region").string_param(), "region");
  EXPECT_EQ(parameters.at("shared_memory_offset").int64_param(), 40);
  EXPECT_EQ(parameters.at("shared_memory_byte_size").int64_param(), 24);
}

}  // namespace
}  // namespace activation::inference
