#include "client/src/messages.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/src/item_tensors.h"
#include "rpc/enums.h"

namespace activation::client {
namespace {

// The place of an item that is in no batch.
constexpr size_t kAlone = std::numeric_limits<size_t>::max();

std::string Within(absl::string_view list, size_t item) {
  return item == kAlone ? "" : absl::StrCat(list, "[", item, "].");
}

absl::Status InvalidField(size_t item, absl::string_view field, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(Within("items", item), field, ": ", problem));
}

absl::Status MalformedReply(size_t item, absl::string_view field, absl::string_view problem) {
  return absl::InternalError(
      absl::StrCat("malformed reply: ", Within("results", item), field, ": ", problem));
}

// The bytes `tensor` has by its shape, if an int64_t holds them.
std::optional<int64_t> BytesOf(const ConstTensor& tensor) {
  auto bytes = static_cast<int64_t>(SizeOf(tensor.dtype));
  bool overflow = false;
  bool empty = false;
  for (const int64_t extent : tensor.shape) {
    if (extent < 0) return std::nullopt;
    empty |= extent == 0;
    if (!empty) overflow |= __builtin_mul_overflow(bytes, extent, &bytes);
  }
  if (empty) return 0;
  return overflow ? std::nullopt : std::optional(bytes);
}

// Whether the memory an item points to can be read and written as its shapes say.
template <class Item>
absl::Status CheckItem(size_t i, const Item& item, const void* out, absl::string_view out_name) {
  const ConstTensor& x = item.x;
  if (ToWire(x.dtype) == v1::DTYPE_UNSPECIFIED) {
    return InvalidField(i, "x.dtype", "is none of f32, f64, f16, bf16");
  }
  const std::optional<int64_t> bytes = BytesOf(x);
  if (!bytes) {
    return InvalidField(i, "x.shape", "has a negative extent or more elements than fit in memory");
  }
  if (*bytes > 0 && x.data == nullptr) return InvalidField(i, "x.data", "is null");
  if (*bytes > 0 && out == nullptr && item.statistics == nullptr) {
    return InvalidField(i, out_name, "is null");
  }
  for (const auto& [name, tensor] :
       {std::pair("y_shape", ResultOf(item)), std::pair("weight.shape", WeightOf(item))}) {
    if (!BytesOf(tensor)) {
      return InvalidField(i, name, "has a negative extent or more elements than fit in memory");
    }
  }
  return absl::OkStatus();
}

// Adds up what the tensors take that are sent, and refuses what no message can carry.
class SizeCheck {
 public:
  SizeCheck(int64_t max_bytes, const SharedRanges& shared)
      : shared_(shared),
        max_bytes_(std::clamp<int64_t>(max_bytes, 0, std::numeric_limits<int32_t>::max())) {}

  // The bytes `tensor` has by its shape, which CheckItem has seen.
  absl::Status Add(const ConstTensor& tensor, const void* data) {
    const int64_t bytes = *BytesOf(tensor);
    if (shared_.Find(data, static_cast<size_t>(bytes))) return absl::OkStatus();
    if (__builtin_add_overflow(total_, bytes, &total_) || total_ > max_bytes_) return TooLarge();
    return absl::OkStatus();
  }

  absl::Status Whole(size_t bytes) const {
    return bytes > static_cast<size_t>(max_bytes_) ? TooLarge() : absl::OkStatus();
  }

 private:
  absl::Status TooLarge() const {
    return absl::ResourceExhaustedError(
        absl::StrCat("items: the request takes more than max_message_bytes = ", max_bytes_,
                     "; send it in parts"));
  }

  const SharedRanges& shared_;
  const int64_t max_bytes_;
  int64_t total_ = 0;
};

void Write(const SharedPlace& place, v1::SharedMemorySlice* out) {
  out->set_region(place.region);
  out->set_offset(place.offset);
}

void Write(const ConstTensor& like, const void* data, const SharedRanges& shared, v1::Tensor* out) {
  out->set_dtype(ToWire(like.dtype));
  out->mutable_shape()->Add(like.shape.begin(), like.shape.end());
  if (const auto place = shared.Find(data, like.bytes())) {
    return Write(*place, out->mutable_shared_memory());
  }
  out->set_data(data == nullptr ? "" : data, like.bytes());
}

absl::Status CheckCount(size_t results, size_t items) {
  if (results == items) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("malformed reply: ", results, " results for ", items, " items"));
}

// What a request asked of one result.
struct Wanted {
  const ConstTensor& like;
  const v1::SharedMemorySlice* output;  // nullptr: sent
};

template <class RequestItem>
const v1::SharedMemorySlice* OutputOf(const RequestItem& item) {
  return item.has_output() ? &item.output() : nullptr;
}

bool Same(const v1::SharedMemorySlice& a, const v1::SharedMemorySlice& b) {
  return a.region() == b.region() && a.offset() == b.offset();
}

// Whether `tensor` is what was asked for. One that was to be written into shared
// memory may also be sent: a server that knows none does.
absl::Status CheckResult(size_t i, absl::string_view field, const v1::Tensor& tensor,
                         const Wanted& wanted) {
  const ConstTensor& like = wanted.like;
  if (tensor.dtype() != ToWire(like.dtype)) {
    return MalformedReply(i, absl::StrCat(field, ".dtype"), "is not that of x");
  }
  if (!std::equal(tensor.shape().begin(), tensor.shape().end(), like.shape.begin(),
                  like.shape.end())) {
    return MalformedReply(
        i, absl::StrCat(field, ".shape"),
        absl::StrCat("is [", absl::StrJoin(tensor.shape(), ","), "]; there is memory for [",
                     absl::StrJoin(like.shape, ","), "], which a gated function wants in y_shape"));
  }
  if (tensor.has_shared_memory()) {
    if (wanted.output != nullptr && Same(tensor.shared_memory(), *wanted.output)) {
      return absl::OkStatus();
    }
    return MalformedReply(i, absl::StrCat(field, ".shared_memory"), "was not asked for");
  }
  if (tensor.data().size() != like.bytes()) {
    return MalformedReply(
        i, absl::StrCat(field, ".data"),
        absl::StrCat("has ", tensor.data().size(), " bytes, ", like.bytes(), " are needed"));
  }
  return absl::OkStatus();
}

absl::Status CheckWeightGradient(size_t i, const GradientItem& item, const v1::Tensor& tensor) {
  if (item.weight_gradient == nullptr) return absl::OkStatus();
  const int64_t count = WeightOf(item).elements();
  if (static_cast<int64_t>(tensor.data().size()) == count * int64_t{sizeof(double)}) {
    return absl::OkStatus();
  }
  return MalformedReply(
      i, "weight_gradient.data",
      absl::StrCat("has ", tensor.data().size(), " bytes for ", count, " weights"));
}

// A server older than the field passes it over.
template <class Item, class Result>
absl::Status CheckStatistics(size_t i, const Item& item, const Result& result) {
  if (item.statistics == nullptr || result.has_statistics()) return absl::OkStatus();
  return MalformedReply(i, "statistics", "is absent; the server may be older than it");
}

void CopyOut(const v1::Tensor& tensor, void* out) {
  if (out != nullptr && !tensor.data().empty())
    std::memcpy(out, tensor.data().data(), tensor.data().size());
}

// Item `i` of a batch, or one alone, and what it adds to the size of the request.
absl::Status Check(size_t i, const ForwardItem& item, SizeCheck* size) {
  absl::Status status = CheckItem(i, item, item.y, "y");
  if (status.ok()) status = size->Add(item.x, item.x.data);
  if (status.ok()) status = size->Add(WeightOf(item), item.weight.data);
  return status;
}

absl::Status Check(size_t i, const GradientItem& item, SizeCheck* size) {
  absl::Status status = CheckItem(i, item, item.dx, "dx");
  if (status.ok()) status = size->Add(item.x, item.x.data);
  if (status.ok()) status = size->Add(WeightOf(item), item.weight.data);
  if (status.ok() && item.dy != nullptr) status = size->Add(ResultOf(item), item.dy);
  return status;
}

const void* PlaceOf(const ForwardItem& item) { return item.y; }
const void* PlaceOf(const GradientItem& item) { return item.dx; }

// Whether the item wants figures and no tensor.
template <class Item>
bool StatisticsOnly(const Item& item) {
  return item.statistics != nullptr && PlaceOf(item) == nullptr;
}

// What both kinds of item have, but for where the result goes.
template <class Item, class Message>
void WriteInputs(const Item& item, const SharedRanges& shared, Message* out) {
  Encode(item.activation, out->mutable_activation());
  Write(item.x, item.x.data, shared, out->mutable_x());
  if (item.weight.data != nullptr) {
    Write(WeightOf(item), item.weight.data, shared, out->mutable_weight());
  }
  // A server that knows only the first of the two sends a result beside them.
  if (item.statistics != nullptr) out->set_statistics(true);
  if (StatisticsOnly(item)) out->set_statistics_only(true);
}

void Write(const ForwardItem& item, const SharedRanges& shared, v1::ForwardItem* out) {
  WriteInputs(item, shared, out);
  if (const auto y = shared.Find(item.y, ResultOf(item).bytes())) Write(*y, out->mutable_output());
}

void Write(const GradientItem& item, const SharedRanges& shared, v1::GradientItem* out) {
  WriteInputs(item, shared, out);
  if (item.dy != nullptr) Write(ResultOf(item), item.dy, shared, out->mutable_dy());
  if (const auto dx = shared.Find(item.dx, item.x.bytes())) Write(*dx, out->mutable_output());
  out->set_parameter_gradients(item.parameter_gradients != nullptr ||
                               item.weight_gradient != nullptr);
}

// Whether `result` is what `item` asked for; `output` is where it was to go, or nullptr.
absl::Status Check(size_t i, const ForwardItem& item, const v1::SharedMemorySlice* output,
                   const v1::ForwardResult& result) {
  absl::Status status;
  if (!StatisticsOnly(item)) status = CheckResult(i, "y", result.y(), {ResultOf(item), output});
  status.Update(CheckStatistics(i, item, result));
  return status;
}

absl::Status Check(size_t i, const GradientItem& item, const v1::SharedMemorySlice* output,
                   const v1::GradientResult& result) {
  absl::Status status;
  if (!StatisticsOnly(item)) status = CheckResult(i, "dx", result.dx(), {item.x, output});
  status.Update(CheckWeightGradient(i, item, result.weight_gradient()));
  status.Update(CheckStatistics(i, item, result));
  return status;
}

void Read(const v1::Statistics& from, Statistics* to) {
  if (to == nullptr) return;
  *to = {from.elements(),  from.non_finite(), from.zeros(),    from.dead(),
         from.saturated(), from.mean(),       from.variance(), from.gradient_gain()};
}

void Read(const v1::ForwardResult& result, const ForwardItem& item) {
  CopyOut(result.y(), item.y);
  Read(result.statistics(), item.statistics);
}

void Read(const v1::GradientResult& result, const GradientItem& item) {
  CopyOut(result.dx(), item.dx);
  Read(result.statistics(), item.statistics);
  if (item.weight_gradient != nullptr) {
    item.weight_gradient->resize(result.weight_gradient().data().size() / sizeof(double));
    CopyOut(result.weight_gradient(), item.weight_gradient->data());
  }
  if (item.parameter_gradients == nullptr) return;
  item.parameter_gradients->clear();
  for (const auto& [name, value] : result.parameter_gradients()) {
    item.parameter_gradients->emplace(name, value);
  }
}

template <class Item, class Request>
absl::Status EncodeBatch(absl::Span<const Item> items, int64_t max_bytes,
                         const SharedRanges& shared, Request* request) {
  SizeCheck size(max_bytes, shared);
  for (size_t i = 0; i < items.size(); ++i) {
    if (auto status = Check(i, items[i], &size); !status.ok()) return status;
  }
  request->mutable_items()->Reserve(static_cast<int>(items.size()));
  for (const Item& item : items) Write(item, shared, request->add_items());
  return size.Whole(request->ByteSizeLong());
}

template <class Item, class Request, class Response>
absl::Status DecodeBatch(const Request& request, const Response& response,
                         absl::Span<const Item> items) {
  const auto& results = response.results();
  if (auto status = CheckCount(results.size(), items.size()); !status.ok()) return status;
  for (size_t i = 0; i < items.size(); ++i) {
    const int index = static_cast<int>(i);
    auto status = Check(i, items[i], OutputOf(request.items(index)), results[index]);
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < items.size(); ++i) Read(results[static_cast<int>(i)], items[i]);
  return absl::OkStatus();
}

template <class Item, class Message>
absl::Status EncodeAlone(const Item& item, int64_t max_bytes, Message* message) {
  const SharedRanges none;
  SizeCheck size(max_bytes, none);
  if (auto status = Check(kAlone, item, &size); !status.ok()) return status;
  Write(item, none, message);
  return size.Whole(message->ByteSizeLong());
}

template <class Result, class Item>
absl::Status DecodeAlone(const Result& result, const Item& item) {
  if (auto status = Check(kAlone, item, nullptr, result); !status.ok()) return status;
  Read(result, item);
  return absl::OkStatus();
}

}  // namespace

void Encode(const Activation& activation, v1::Activation* message) {
  message->set_function(activation.function);
  for (const auto& [name, value] : activation.parameters) {
    (*message->mutable_parameters())[name] = value;
  }
  message->set_tier(ToWire(activation.tier));
  message->set_backend(ToWire(activation.backend));
}

absl::Status Encode(absl::Span<const ForwardItem> items, int64_t max_bytes,
                    const SharedRanges& shared, v1::ForwardRequest* request) {
  return EncodeBatch(items, max_bytes, shared, request);
}

absl::Status Encode(absl::Span<const GradientItem> items, int64_t max_bytes,
                    const SharedRanges& shared, v1::GradientRequest* request) {
  return EncodeBatch(items, max_bytes, shared, request);
}

absl::Status Encode(const ForwardItem& item, int64_t max_bytes, v1::ForwardItem* message) {
  return EncodeAlone(item, max_bytes, message);
}

absl::Status Encode(const GradientItem& item, int64_t max_bytes, v1::GradientItem* message) {
  return EncodeAlone(item, max_bytes, message);
}

absl::Status Decode(const v1::ForwardRequest& request, const v1::ForwardResponse& response,
                    absl::Span<const ForwardItem> items) {
  return DecodeBatch(request, response, items);
}

absl::Status Decode(const v1::GradientRequest& request, const v1::GradientResponse& response,
                    absl::Span<const GradientItem> items) {
  return DecodeBatch(request, response, items);
}

absl::Status Decode(const v1::ForwardResult& result, const ForwardItem& item) {
  return DecodeAlone(result, item);
}

absl::Status Decode(const v1::GradientResult& result, const GradientItem& item) {
  return DecodeAlone(result, item);
}

}  // namespace activation::client
