#include "client/cli/bench/infer_messages.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "client/cli/bench/parse_reply.h"
#include "client/cli/evaluate.h"
#include "inference/grpc_service.pb.h"
#include "rpc/infer_names.h"

namespace activation::cli {
namespace {

using ::inference::ModelInferRequest;
using ::inference::ModelInferResponse;

// Of an input or an output that is asked for.
template <class Tensor>
void SetSlice(const RegionPlaces& places, uint64_t offset, size_t bytes, Tensor* tensor) {
  auto& parameters = *tensor->mutable_parameters();
  parameters[inference::kRegion].set_string_param(places.region);
  parameters[inference::kRegionOffset].set_int64_param(static_cast<int64_t>(offset));
  parameters[inference::kRegionBytes].set_int64_param(static_cast<int64_t>(bytes));
}

class InferRequestBuilder {
 public:
  InferRequestBuilder(const WorkloadCase& a_case, const RegionPlaces* places)
      : case_(a_case), places_(places) {
    const CaseOptions& options = a_case.options();
    request_.set_model_name(absl::StrCat(options.activation.function,
                                         options.gradient ? inference::kGradientSuffix : ""));
    auto& parameters = *request_.mutable_parameters();
    parameters["tier"].set_string_param(NameOf(options.activation.tier));
    for (const auto& [name, value] : options.activation.parameters) {
      parameters[name].set_double_param(value);
    }
  }

  void AddInput(const char* name, const std::vector<int64_t>& shape, absl::string_view bytes,
                uint64_t offset) {
    auto* input = request_.add_inputs();
    input->set_name(name);
    input->set_datatype(inference::DatatypeOf(case_.options().dtype));
    input->mutable_shape()->Add(shape.begin(), shape.end());
    if (places_ == nullptr) {
      request_.add_raw_input_contents(bytes.data(), bytes.size());
    } else {
      SetSlice(*places_, offset, bytes.size(), input);
    }
  }

  // Only needed for shared memory.
  void AskForOutput(size_t bytes) {
    auto* output = request_.add_outputs();
    output->set_name(case_.options().gradient ? "dx" : "y");
    SetSlice(*places_, places_->result, bytes, output);
  }

  std::string Bytes() const { return request_.SerializeAsString(); }

 private:
  const WorkloadCase& case_;
  const RegionPlaces* const places_;
  ModelInferRequest request_;
};

bool IsResult(const ExpectedReply& expected, const ModelInferResponse& response) {
  if (response.outputs_size() != 1) return false;
  const auto& output = response.outputs(0);
  if (output.datatype() != inference::DatatypeOf(expected.a_case.options().dtype)) return false;
  if (!expected.HasShape(output.shape())) return false;
  if (expected.places != nullptr) return expected.HoldsResult(0);
  return response.raw_output_contents_size() == 1 &&
         response.raw_output_contents(0) == expected.Result(0);
}

}  // namespace

std::string InferRequest(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places) {
  static const RegionPlaces kNowhere;
  const RegionPlaces& at = places == nullptr ? kNowhere : *places;
  const CaseOptions& options = a_case.options();
  InferRequestBuilder builder(a_case, places);
  builder.AddInput("x", options.shape, a_case.x(variant, 0), at.x);
  if (options.gradient) {
    builder.AddInput("dy", ResultShape(options.activation, options.shape), a_case.dy(variant, 0),
                     at.dy);
  }
  if (!a_case.weight().empty()) builder.AddInput("weight", {1}, a_case.weight(), at.weight);
  if (places != nullptr) builder.AskForOutput(a_case.expected(variant, 0).size());
  return builder.Bytes();
}

absl::StatusOr<bool> IsInferReply(const ExpectedReply& expected, absl::string_view reply) {
  const auto response = ParseReply<ModelInferResponse>(reply);
  if (!response.ok()) return response.status();
  return IsResult(expected, *response);
}

absl::StatusOr<bool> IsInferStreamReply(const ExpectedReply& expected, absl::string_view reply) {
  const auto response = ParseReply<::inference::ModelStreamInferResponse>(reply);
  if (!response.ok()) return response.status();
  // The protocol has no code for the error of one request.
  if (!response->error_message().empty()) return absl::UnknownError(response->error_message());
  return IsResult(expected, response->infer_response());
}

}  // namespace activation::cli
