#include "client/cli/bench/own_messages.h"

#include <vector>

#include "activation/v1/activation.pb.h"
#include "client/cli/bench/parse_reply.h"
#include "client/cli/evaluate.h"
#include "client/src/messages.h"
#include "rpc/enums.h"

namespace activation::cli {
namespace {

void SetSlice(const RegionPlaces& places, uint64_t offset, v1::SharedMemorySlice* slice) {
  slice->set_region(places.region);
  slice->set_offset(offset);
}

// Builds the messages of one call, an item at a time.
class OwnRequestBuilder {
 public:
  OwnRequestBuilder(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places)
      : case_(a_case), variant_(variant), places_(places) {}

  void Fill(size_t item, v1::ForwardItem* message) const { FillBoth(item, message); }

  void Fill(size_t item, v1::GradientItem* message) const {
    FillBoth(item, message);
    const std::vector<int64_t> shape =
        ResultShape(case_.options().activation, case_.options().shape);
    const absl::string_view dy = case_.dy(variant_, item);
    SetTensor(shape, dy, places_ ? places_->dy + item * dy.size() : 0, message->mutable_dy());
  }

 private:
  template <class Item>
  void FillBoth(size_t item, Item* message) const {
    const CaseOptions& options = case_.options();
    client::Encode(options.activation, message->mutable_activation());
    const absl::string_view x = case_.x(variant_, item);
    SetTensor(options.shape, x, places_ ? places_->x + item * x.size() : 0, message->mutable_x());
    if (!case_.weight().empty()) {
      SetTensor({1}, case_.weight(), places_ ? places_->weight : 0, message->mutable_weight());
    }
    if (places_ != nullptr) {
      const size_t each = case_.expected(variant_, item).size();
      SetSlice(*places_, places_->result + item * each, message->mutable_output());
    }
  }

  void SetTensor(const std::vector<int64_t>& shape, absl::string_view bytes, uint64_t offset,
                 v1::Tensor* tensor) const {
    tensor->set_dtype(ToWire(case_.options().dtype));
    tensor->mutable_shape()->Add(shape.begin(), shape.end());
    if (places_ == nullptr) {
      tensor->set_data(bytes.data(), bytes.size());
    } else {
      SetSlice(*places_, offset, tensor->mutable_shared_memory());
    }
  }

  const WorkloadCase& case_;
  const size_t variant_;
  const RegionPlaces* const places_;
};

bool IsResult(const ExpectedReply& expected, size_t item, const v1::Tensor& tensor) {
  if (tensor.dtype() != ToWire(expected.a_case.options().dtype)) return false;
  if (!expected.HasShape(tensor.shape())) return false;
  if (expected.places == nullptr) return tensor.data() == expected.Result(item);
  return tensor.has_shared_memory() && expected.HoldsResult(item);
}

const v1::Tensor& TensorOf(const v1::ForwardResult& result) { return result.y(); }
const v1::Tensor& TensorOf(const v1::GradientResult& result) { return result.dx(); }

template <class Request>
std::string Batch(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places) {
  const OwnRequestBuilder builder(a_case, variant, places);
  Request request;
  for (size_t item = 0; item < a_case.items(); ++item) builder.Fill(item, request.add_items());
  return request.SerializeAsString();
}

template <class Response>
absl::StatusOr<bool> IsBatch(const ExpectedReply& expected, absl::string_view reply) {
  const auto response = ParseReply<Response>(reply);
  if (!response.ok()) return response.status();
  if (static_cast<size_t>(response->results_size()) != expected.a_case.items()) return false;
  for (int item = 0; item < response->results_size(); ++item) {
    const v1::Tensor& tensor = TensorOf(response->results(item));
    if (!IsResult(expected, static_cast<size_t>(item), tensor)) return false;
  }
  return true;
}

}  // namespace

std::string OwnRequest(const WorkloadCase& a_case, size_t variant, const RegionPlaces* places) {
  return a_case.options().gradient ? Batch<v1::GradientRequest>(a_case, variant, places)
                                   : Batch<v1::ForwardRequest>(a_case, variant, places);
}

std::string OwnStreamRequest(const WorkloadCase& a_case, size_t variant,
                             const RegionPlaces* places) {
  const OwnRequestBuilder builder(a_case, variant, places);
  v1::StreamRequest request;
  if (a_case.options().gradient) {
    builder.Fill(0, request.mutable_gradient());
  } else {
    builder.Fill(0, request.mutable_forward());
  }
  return request.SerializeAsString();
}

absl::StatusOr<bool> IsOwnReply(const ExpectedReply& expected, absl::string_view reply) {
  return expected.a_case.options().gradient ? IsBatch<v1::GradientResponse>(expected, reply)
                                            : IsBatch<v1::ForwardResponse>(expected, reply);
}

absl::StatusOr<bool> IsOwnStreamReply(const ExpectedReply& expected, absl::string_view reply) {
  const auto response = ParseReply<v1::StreamResponse>(reply);
  if (!response.ok()) return response.status();
  if (response->has_error()) {
    return absl::Status(static_cast<absl::StatusCode>(response->error().code()),
                        response->error().message());
  }
  if (expected.a_case.options().gradient) {
    return response->has_gradient() && IsResult(expected, 0, TensorOf(response->gradient()));
  }
  return response->has_forward() && IsResult(expected, 0, TensorOf(response->forward()));
}

}  // namespace activation::cli
