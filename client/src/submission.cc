#include "client/src/submission.h"

#include <algorithm>
#include <utility>

#include "client/src/messages.h"

namespace activation::client {
namespace {

// For what a StreamRequest has beside its item.
constexpr int64_t kEnvelopeBytes = 64;

v1::ForwardItem* Place(const ForwardItem&, v1::StreamRequest* request) {
  return request->mutable_forward();
}

v1::GradientItem* Place(const GradientItem&, v1::StreamRequest* request) {
  return request->mutable_gradient();
}

template <class Byte, class Data>
Data* At(Data* data, size_t offset) {
  return data == nullptr ? nullptr : static_cast<Byte*>(data) + offset;
}

void MoveTensors(size_t offset, ForwardItem* item) {
  item->x.data = At<const char>(item->x.data, offset);
  item->y = At<char>(item->y, offset);
}

void MoveTensors(size_t offset, GradientItem* item) {
  item->x.data = At<const char>(item->x.data, offset);
  item->dy = At<const char>(item->dy, offset);
  item->dx = At<char>(item->dx, offset);
}

absl::Status ErrorIn(const v1::StreamResponse& response) {
  const auto code = static_cast<absl::StatusCode>(response.error().code());
  if (code == absl::StatusCode::kOk) {
    return absl::InternalError("malformed reply: neither the item's result nor an error");
  }
  return {code, response.error().message()};
}

}  // namespace

Submission::Submission(StreamedItem item, size_t chunk_elements)
    : item_(std::move(item)), chunk_elements_(chunk_elements) {
  if (chunk_elements_ == 0) return;
  const auto elements = [](const auto& whole) { return whole.x.elements(); };
  elements_ = static_cast<size_t>(std::visit(elements, item_));
  chunks_ = std::max<size_t>(1, (elements_ + chunk_elements_ - 1) / chunk_elements_);
}

template <class Item>
Item Submission::Chunk(const Item& whole, size_t index) const {
  Item chunk = whole;
  const size_t begin = index * chunk_elements_;
  chunk.x.shape = {static_cast<int64_t>(std::min(chunk_elements_, elements_ - begin))};
  chunk.y_shape.clear();
  MoveTensors(begin * SizeOf(whole.x.dtype), &chunk);
  return chunk;
}

absl::Status Submission::Encode(size_t chunk, int64_t max_bytes, v1::StreamRequest* request) const {
  const auto encode = [&](const auto& whole) {
    auto* const place = Place(whole, request);
    place->Clear();
    const int64_t most = max_bytes - kEnvelopeBytes;
    return chunk_elements_ == 0 ? client::Encode(whole, most, place)
                                : client::Encode(Chunk(whole, chunk), most, place);
  };
  request->set_more(chunk + 1 < chunks_);
  absl::Status status = std::visit(encode, item_);
  if (!status.ok()) request->clear_item();
  return status;
}

absl::Status Submission::Read(size_t chunk, const ForwardItem& whole,
                              const v1::StreamResponse& response) {
  if (!response.has_forward()) return ErrorIn(response);
  if (chunk_elements_ == 0) return Decode(response.forward(), whole);
  return Decode(response.forward(), Chunk(whole, chunk));
}

absl::Status Submission::Read(size_t chunk, const GradientItem& whole,
                              const v1::StreamResponse& response) {
  if (!response.has_gradient()) return ErrorIn(response);
  if (chunk_elements_ == 0) return Decode(response.gradient(), whole);
  GradientItem part = Chunk(whole, chunk);
  std::map<std::string, double> gradients;
  if (whole.parameter_gradients != nullptr) part.parameter_gradients = &gradients;
  absl::Status status = Decode(response.gradient(), part);
  for (const auto& [name, value] : gradients) sums_[name] += value;
  if (whole.parameter_gradients != nullptr) *whole.parameter_gradients = sums_;
  return status;
}

absl::Status Submission::Read(size_t chunk, const v1::StreamResponse& response) {
  return std::visit([&](const auto& whole) { return Read(chunk, whole, response); }, item_);
}

}  // namespace activation::client
