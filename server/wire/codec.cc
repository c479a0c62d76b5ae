#include "server/wire/codec.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

absl::StatusOr<DType> DecodeDType(v1::DType dtype) {
  switch (dtype) {
    case v1::DTYPE_F32:
      return DType::kF32;
    case v1::DTYPE_F64:
      return DType::kF64;
    case v1::DTYPE_F16:
      return DType::kF16;
    case v1::DTYPE_BF16:
      return DType::kBF16;
    case v1::DTYPE_UNSPECIFIED:
      return InvalidField("dtype", "is required");
    default:
      // An open enum: whatever number the peer wrote.
      return InvalidField("dtype",
                          absl::StrCat("no element type has the number ", static_cast<int>(dtype)));
  }
}

absl::StatusOr<Tier> DecodeTier(v1::Tier tier) {
  switch (tier) {
    case v1::TIER_UNSPECIFIED:
    case v1::TIER_EXACT:
      return Tier::kExact;
    case v1::TIER_FAST:
      return Tier::kFast;
    default:
      return InvalidField("tier", absl::StrCat("no tier has the number ", static_cast<int>(tier)));
  }
}

// The product of the extents. Never overflows: it stops at the limit, and an
// extent of zero makes the tensor empty whatever the others are.
absl::StatusOr<size_t> CountElements(const v1::Tensor& tensor, const Limits& limits) {
  if (tensor.shape_size() > limits.max_rank) {
    return InvalidField("shape", absl::StrCat("has ", tensor.shape_size(), " extents; at most ",
                                              limits.max_rank, " are allowed"));
  }
  bool empty = false;
  for (const int64_t extent : tensor.shape()) {
    if (extent < 0) {
      return InvalidField("shape", absl::StrCat("an extent is ", extent, "; none may be negative"));
    }
    empty = empty || extent == 0;
  }
  if (empty) return size_t{0};
  int64_t count = 1;
  for (const int64_t extent : tensor.shape()) {
    if (extent > limits.max_elements / count) {
      return InvalidField("shape", absl::StrCat("[", absl::StrJoin(tensor.shape(), ","),
                                                "] has too many elements; at most ",
                                                limits.max_elements, " are allowed"));
    }
    count *= extent;
  }
  return static_cast<size_t>(count);
}

struct Elements {
  DType dtype;
  size_t count;
};

absl::StatusOr<Elements> DecodeTensor(const v1::Tensor& tensor, const Limits& limits) {
  const absl::StatusOr<DType> dtype = DecodeDType(tensor.dtype());
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<size_t> count = CountElements(tensor, limits);
  if (!count.ok()) return count.status();
  if (!tensor.has_data()) return InvalidField("data", "is required");
  const size_t wanted = *count * SizeOf(*dtype);
  if (tensor.data().size() != wanted) {
    return InvalidField("data", absl::StrCat("has ", tensor.data().size(), " bytes; ", *count,
                                             " elements of ", Name(*dtype), " need ", wanted));
  }
  return Elements{*dtype, *count};
}

absl::Status DecodeActivation(const v1::Activation& activation, Evaluation* evaluation) {
  const absl::StatusOr<FunctionId> function = FindFunction(activation.function());
  if (!function.ok()) return function.status();
  NamedValues given;
  for (const auto& [name, value] : activation.parameters()) given.emplace(name, value);
  const absl::StatusOr<Params> params = ResolveParams(*function, given);
  if (!params.ok()) return params.status();
  const absl::StatusOr<Tier> tier = DecodeTier(activation.tier());
  if (!tier.ok()) return tier.status();
  evaluation->function = *function;
  evaluation->params = *params;
  evaluation->tier = *tier;
  return absl::OkStatus();
}

// What the items of both directions share.
template <class Item>
absl::Status DecodeCommon(const Item& item, const Limits& limits, Evaluation* evaluation) {
  if (!item.has_activation()) return InvalidField("activation", "is required");
  absl::Status status = DecodeActivation(item.activation(), evaluation);
  if (!status.ok()) return Within("activation.", status);
  if (!item.has_x()) return InvalidField("x", "is required");
  const absl::StatusOr<Elements> x = DecodeTensor(item.x(), limits);
  if (!x.ok()) return Within("x.", x.status());
  evaluation->dtype = x->dtype;
  evaluation->count = x->count;
  evaluation->x = item.x().data().data();
  return absl::OkStatus();
}

absl::Status DecodeDy(const v1::Tensor& dy, const v1::Tensor& x, const Limits& limits) {
  if (dy.dtype() != x.dtype()) return InvalidField("dtype", "must be the dtype of x");
  const bool same_rank = dy.shape_size() == x.shape_size();
  if (!same_rank || !std::equal(dy.shape().begin(), dy.shape().end(), x.shape().begin())) {
    return InvalidField(
        "shape", absl::StrCat("must be the shape of x, [", absl::StrJoin(x.shape(), ","), "]"));
  }
  return DecodeTensor(dy, limits).status();
}

absl::Status DecodeItem(const v1::ForwardItem& item, const Limits& limits, size_t, Batch* batch) {
  return DecodeCommon(item, limits, &batch->evaluations.emplace_back());
}

absl::Status DecodeItem(const v1::GradientItem& item, const Limits& limits, size_t index,
                        Batch* batch) {
  Evaluation& evaluation = batch->evaluations.emplace_back();
  evaluation.direction = Direction::kGradient;
  absl::Status status = DecodeCommon(item, limits, &evaluation);
  if (!status.ok()) return status;
  if (item.has_dy()) {
    status = DecodeDy(item.dy(), item.x(), limits);
    if (!status.ok()) return Within("dy.", status);
    evaluation.dy = item.dy().data().data();
  }
  if (item.parameter_gradients()) {
    evaluation.parameter_gradients = batch->parameter_gradients[index].data();
  }
  return absl::OkStatus();
}

template <class Items>
absl::Status DecodeItems(const Items& items, const Limits& limits, Batch* batch) {
  if (items.empty()) return InvalidField("items", "is empty; at least one item is required");
  if (items.size() > limits.max_items) {
    return InvalidField("items", absl::StrCat("has ", items.size(), " items; at most ",
                                              limits.max_items, " are allowed"));
  }
  batch->evaluations.reserve(items.size());
  batch->inputs.reserve(items.size());
  for (int i = 0; i < items.size(); ++i) {
    const absl::Status status = DecodeItem(items[i], limits, static_cast<size_t>(i), batch);
    if (!status.ok()) return Within(absl::StrCat("items[", i, "]."), status);
    batch->inputs.push_back(&items[i].x());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Batch> Decode(const v1::ForwardRequest& request, const Limits& limits) {
  Batch batch;
  const absl::Status status = DecodeItems(request.items(), limits, &batch);
  if (!status.ok()) return status;
  return batch;
}

absl::StatusOr<Batch> Decode(const v1::GradientRequest& request, const Limits& limits) {
  Batch batch;
  batch.direction = Direction::kGradient;
  const auto asks = [](const v1::GradientItem& item) { return item.parameter_gradients(); };
  const bool any = request.items_size() <= limits.max_items &&
                   std::any_of(request.items().begin(), request.items().end(), asks);
  if (any) batch.parameter_gradients.resize(static_cast<size_t>(request.items_size()));
  const absl::Status status = DecodeItems(request.items(), limits, &batch);
  if (!status.ok()) return status;
  return batch;
}

}  // namespace activation::wire
