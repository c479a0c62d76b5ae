#include "client/src/messages.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

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

v1::DType ToWire(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return v1::DTYPE_F32;
    case DType::kF64:
      return v1::DTYPE_F64;
    case DType::kF16:
      return v1::DTYPE_F16;
    case DType::kBF16:
      return v1::DTYPE_BF16;
  }
  return v1::DTYPE_UNSPECIFIED;
}

v1::Tier ToWire(Tier tier) { return tier == Tier::kFast ? v1::TIER_FAST : v1::TIER_EXACT; }

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

// What an item says of y and dy, as a tensor without elements.
template <class Item>
ConstTensor ResultOf(const Item& item) {
  return {.dtype = item.x.dtype, .shape = item.y_shape.empty() ? item.x.shape : item.y_shape};
}

// The weights, as a tensor; where there are none, an empty one.
template <class Item>
ConstTensor WeightOf(const Item& item) {
  if (item.weight.data == nullptr) return {.dtype = item.x.dtype, .shape = {0}};
  return {.dtype = item.x.dtype, .shape = item.weight.shape, .data = item.weight.data};
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
  if (*bytes > 0 && out == nullptr) return InvalidField(i, out_name, "is null");
  for (const auto& [name, tensor] :
       {std::pair("y_shape", ResultOf(item)), std::pair("weight.shape", WeightOf(item))}) {
    if (!BytesOf(tensor)) {
      return InvalidField(i, name, "has a negative extent or more elements than fit in memory");
    }
  }
  return absl::OkStatus();
}

// Adds up what the tensors take and refuses what no message can carry.
class SizeCheck {
 public:
  explicit SizeCheck(int64_t max_bytes)
      : max_bytes_(std::clamp<int64_t>(max_bytes, 0, std::numeric_limits<int32_t>::max())) {}

  absl::Status Add(int64_t bytes) {
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

  const int64_t max_bytes_;
  int64_t total_ = 0;
};

void Write(const Activation& activation, v1::Activation* out) {
  out->set_function(activation.function);
  for (const auto& [name, value] : activation.parameters) {
    (*out->mutable_parameters())[name] = value;
  }
  out->set_tier(ToWire(activation.tier));
}

void Write(const ConstTensor& like, const void* data, v1::Tensor* out) {
  out->set_dtype(ToWire(like.dtype));
  out->mutable_shape()->Add(like.shape.begin(), like.shape.end());
  out->set_data(data == nullptr ? "" : data, like.bytes());
}

absl::Status CheckCount(size_t results, size_t items) {
  if (results == items) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("malformed reply: ", results, " results for ", items, " items"));
}

// Whether `tensor` has dtype and shape of `like`, which is what was asked for.
absl::Status CheckResult(size_t i, absl::string_view field, const v1::Tensor& tensor,
                         const ConstTensor& like) {
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

void CopyOut(const v1::Tensor& tensor, void* out) {
  if (!tensor.data().empty()) std::memcpy(out, tensor.data().data(), tensor.data().size());
}

// Item `i` of a batch, or one alone, and what it adds to the size of the request.
absl::Status Check(size_t i, const ForwardItem& item, SizeCheck* size) {
  if (auto status = CheckItem(i, item, item.y, "y"); !status.ok()) return status;
  if (auto status = size->Add(*BytesOf(item.x)); !status.ok()) return status;
  return size->Add(*BytesOf(WeightOf(item)));
}

absl::Status Check(size_t i, const GradientItem& item, SizeCheck* size) {
  if (auto status = CheckItem(i, item, item.dx, "dx"); !status.ok()) return status;
  if (auto status = size->Add(*BytesOf(item.x)); !status.ok()) return status;
  if (auto status = size->Add(*BytesOf(WeightOf(item))); !status.ok()) return status;
  return item.dy == nullptr ? absl::OkStatus() : size->Add(*BytesOf(ResultOf(item)));
}

void Write(const ForwardItem& item, v1::ForwardItem* out) {
  Write(item.activation, out->mutable_activation());
  Write(item.x, item.x.data, out->mutable_x());
  if (item.weight.data != nullptr) Write(WeightOf(item), item.weight.data, out->mutable_weight());
}

void Write(const GradientItem& item, v1::GradientItem* out) {
  Write(item.activation, out->mutable_activation());
  Write(item.x, item.x.data, out->mutable_x());
  if (item.weight.data != nullptr) Write(WeightOf(item), item.weight.data, out->mutable_weight());
  if (item.dy != nullptr) Write(ResultOf(item), item.dy, out->mutable_dy());
  out->set_parameter_gradients(item.parameter_gradients != nullptr ||
                               item.weight_gradient != nullptr);
}

absl::Status Check(size_t i, const v1::ForwardResult& result, const ForwardItem& item) {
  return CheckResult(i, "y", result.y(), ResultOf(item));
}

absl::Status Check(size_t i, const v1::GradientResult& result, const GradientItem& item) {
  absl::Status status = CheckResult(i, "dx", result.dx(), item.x);
  status.Update(CheckWeightGradient(i, item, result.weight_gradient()));
  return status;
}

void Read(const v1::ForwardResult& result, const ForwardItem& item) { CopyOut(result.y(), item.y); }

void Read(const v1::GradientResult& result, const GradientItem& item) {
  CopyOut(result.dx(), item.dx);
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
absl::Status EncodeBatch(absl::Span<const Item> items, int64_t max_bytes, Request* request) {
  SizeCheck size(max_bytes);
  for (size_t i = 0; i < items.size(); ++i) {
    if (auto status = Check(i, items[i], &size); !status.ok()) return status;
  }
  request->mutable_items()->Reserve(static_cast<int>(items.size()));
  for (const Item& item : items) Write(item, request->add_items());
  return size.Whole(request->ByteSizeLong());
}

template <class Item, class Response>
absl::Status DecodeBatch(const Response& response, absl::Span<const Item> items) {
  const auto& results = response.results();
  if (auto status = CheckCount(results.size(), items.size()); !status.ok()) return status;
  for (size_t i = 0; i < items.size(); ++i) {
    auto status = Check(i, results[static_cast<int>(i)], items[i]);
    if (!status.ok()) return status;
  }
  for (size_t i = 0; i < items.size(); ++i) Read(results[static_cast<int>(i)], items[i]);
  return absl::OkStatus();
}

template <class Item, class Message>
absl::Status EncodeAlone(const Item& item, int64_t max_bytes, Message* message) {
  SizeCheck size(max_bytes);
  if (auto status = Check(kAlone, item, &size); !status.ok()) return status;
  Write(item, message);
  return size.Whole(message->ByteSizeLong());
}

template <class Result, class Item>
absl::Status DecodeAlone(const Result& result, const Item& item) {
  if (auto status = Check(kAlone, result, item); !status.ok()) return status;
  Read(result, item);
  return absl::OkStatus();
}

}  // namespace

absl::Status Encode(absl::Span<const ForwardItem> items, int64_t max_bytes,
                    v1::ForwardRequest* request) {
  return EncodeBatch(items, max_bytes, request);
}

absl::Status Encode(absl::Span<const GradientItem> items, int64_t max_bytes,
                    v1::GradientRequest* request) {
  return EncodeBatch(items, max_bytes, request);
}

absl::Status Encode(const ForwardItem& item, int64_t max_bytes, v1::ForwardItem* message) {
  return EncodeAlone(item, max_bytes, message);
}

absl::Status Encode(const GradientItem& item, int64_t max_bytes, v1::GradientItem* message) {
  return EncodeAlone(item, max_bytes, message);
}

absl::Status Decode(const v1::ForwardResponse& response, absl::Span<const ForwardItem> items) {
  return DecodeBatch(response, items);
}

absl::Status Decode(const v1::GradientResponse& response, absl::Span<const GradientItem> items) {
  return DecodeBatch(response, items);
}

absl::Status Decode(const v1::ForwardResult& result, const ForwardItem& item) {
  return DecodeAlone(result, item);
}

absl::Status Decode(const v1::GradientResult& result, const GradientItem& item) {
  return DecodeAlone(result, item);
}

}  // namespace activation::client
