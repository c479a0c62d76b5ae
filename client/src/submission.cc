#include "client/src/submission.h"

#include <algorithm>
#include <utility>

#include "client/src/messages.h"
#include "client/src/outcome.h"

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

// Adds the elements of another tensor.
// Source: Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing
// sample variances", 1979.
void AddTo(const Statistics& part, Statistics* sum) {
  const auto before = static_cast<double>(sum->elements - sum->non_finite);
  const auto more = static_cast<double>(part.elements - part.non_finite);
  sum->elements += part.elements;
  sum->non_finite += part.non_finite;
  sum->zeros += part.zeros;
  sum->dead += part.dead;
  sum->saturated += part.saturated;
  if (before == 0) {
    sum->mean = part.mean;
    sum->variance = part.variance;
    sum->gradient_gain = part.gradient_gain;
  } else if (more > 0) {
    const double share = more / (before + more);
    const double shift = part.mean - sum->mean;
    sum->mean += share * shift;
    sum->variance += share * (part.variance - sum->variance + (1 - share) * shift * shift);
    sum->gradient_gain += share * (part.gradient_gain - sum->gradient_gain);
  }
}

bool Overlap(const void* a, const void* b, size_t bytes) {
  const auto begin_a = reinterpret_cast<uintptr_t>(a), begin_b = reinterpret_cast<uintptr_t>(b);
  return begin_a < begin_b + bytes && begin_b < begin_a + bytes;
}

// Of elementwise functions, whose tensors alone are cut.
bool IsInPlace(const ForwardItem& item) { return Overlap(item.y, item.x.data, item.x.bytes()); }

bool IsInPlace(const GradientItem& item) {
  const size_t bytes = item.x.bytes();
  return Overlap(item.dx, item.x.data, bytes) ||
         (item.dy != nullptr && Overlap(item.dx, item.dy, bytes));
}

absl::Status ErrorIn(const v1::StreamResponse& response) {
  const auto code = static_cast<absl::StatusCode>(response.error().code());
  if (code == absl::StatusCode::kOk) {
    return absl::InternalError("malformed reply: neither the item's result nor an error");
  }
  absl::Status error(code, response.error().message());
  const int64_t delay = response.error().retry_delay_ms();
  return delay > 0 ? WithRetryDelay(std::move(error), absl::Milliseconds(delay)) : error;
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
  ForwardItem part = Chunk(whole, chunk);
  Statistics statistics;
  if (whole.statistics != nullptr) part.statistics = &statistics;
  absl::Status status = Decode(response.forward(), part);
  Join(statistics, whole.statistics);
  return status;
}

absl::Status Submission::Read(size_t chunk, const GradientItem& whole,
                              const v1::StreamResponse& response) {
  if (!response.has_gradient()) return ErrorIn(response);
  if (chunk_elements_ == 0) return Decode(response.gradient(), whole);
  GradientItem part = Chunk(whole, chunk);
  std::map<std::string, double> gradients;
  Statistics statistics;
  if (whole.statistics != nullptr) part.statistics = &statistics;
  if (whole.parameter_gradients != nullptr) part.parameter_gradients = &gradients;
  absl::Status status = Decode(response.gradient(), part);
  for (const auto& [name, value] : gradients) sums_[name] += value;
  if (whole.parameter_gradients != nullptr) *whole.parameter_gradients = sums_;
  Join(statistics, whole.statistics);
  return status;
}

void Submission::Join(const Statistics& part, Statistics* whole) {
  if (whole == nullptr) return;
  AddTo(part, &statistics_);
  *whole = statistics_;
}

absl::Status Submission::Read(size_t chunk, const v1::StreamResponse& response) {
  absl::Status status =
      std::visit([&](const auto& whole) { return Read(chunk, whole, response); }, item_);
  const auto is_in_place = [](const auto& whole) { return IsInPlace(whole); };
  if (status.ok() || chunks_ == 1 || !std::visit(is_in_place, item_)) return status;
  // Other chunks have taken the place of their inputs: the item is none to send again as it is.
  return {status.code(), status.message()};
}

}  // namespace activation::client
