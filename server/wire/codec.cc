#include "server/wire/codec.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "activation/v1/activation.pb.h"
#include "server/wire/reader.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

absl::StatusOr<DType> DecodeDType(int dtype) {
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
      return InvalidField("dtype", absl::StrCat("no element type has the number ", dtype));
  }
}

absl::StatusOr<Tier> DecodeTier(int tier) {
  switch (tier) {
    case v1::TIER_UNSPECIFIED:
    case v1::TIER_EXACT:
      return Tier::kExact;
    case v1::TIER_FAST:
      return Tier::kFast;
    default:
      return InvalidField("tier", absl::StrCat("no tier has the number ", tier));
  }
}

// The product of the extents. Never overflows: it stops at the limit, and an
// extent of zero makes the tensor empty whatever the others are.
absl::StatusOr<size_t> CountElements(const TensorField& tensor, const Limits& limits) {
  if (tensor.rank > static_cast<size_t>(limits.max_rank)) {
    return InvalidField("shape", absl::StrCat("has ", tensor.rank, " extents; at most ",
                                              limits.max_rank, " are allowed"));
  }
  bool empty = false;
  for (const int64_t extent : tensor.shape) {
    if (extent < 0) {
      return InvalidField("shape", absl::StrCat("an extent is ", extent, "; none may be negative"));
    }
    empty = empty || extent == 0;
  }
  if (empty) return size_t{0};
  int64_t count = 1;
  for (const int64_t extent : tensor.shape) {
    if (extent > limits.max_elements / count) {
      return InvalidField("shape", absl::StrCat("[", absl::StrJoin(tensor.shape, ","),
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

absl::StatusOr<Elements> DecodeTensor(const TensorField& tensor, const Limits& limits) {
  const absl::StatusOr<DType> dtype = DecodeDType(tensor.dtype);
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<size_t> count = CountElements(tensor, limits);
  if (!count.ok()) return count.status();
  if (!tensor.data.has_value()) return InvalidField("data", "is required");
  const size_t wanted = *count * SizeOf(*dtype);
  if (tensor.data->size() != wanted) {
    return InvalidField("data", absl::StrCat("has ", tensor.data->size(), " bytes; ", *count,
                                             " elements of ", Name(*dtype), " need ", wanted));
  }
  return Elements{*dtype, *count};
}

absl::Status DecodeActivation(const ActivationField& activation, Evaluation* evaluation) {
  const absl::StatusOr<FunctionId> function = FindFunction(activation.function);
  if (!function.ok()) return function.status();
  NamedValues given;
  for (const auto& [name, value] : activation.parameters) given.emplace(name, value);
  const absl::StatusOr<Params> params = ResolveParams(*function, given);
  if (!params.ok()) return params.status();
  const absl::StatusOr<Tier> tier = DecodeTier(activation.tier);
  if (!tier.ok()) return tier.status();
  evaluation->function = *function;
  evaluation->params = *params;
  evaluation->tier = *tier;
  return absl::OkStatus();
}

// The shape of y.
Extents ResultShape(const Evaluation& evaluation, const Extents& x) {
  Extents shape = x;
  if (Catalogue()[evaluation.function].kind == Kind::kGated) {
    shape[AxisOf(evaluation.params, shape.size())] /= 2;
  }
  return shape;
}

absl::Status DecodeDy(const TensorField& dy, const TensorField& x, const Extents& y_shape,
                      const Limits& limits) {
  if (dy.dtype != x.dtype) return InvalidField("dtype", "must be the dtype of x");
  if (dy.rank != y_shape.size() || dy.shape != y_shape) {
    const char* const of = y_shape == x.shape ? "x" : "y";
    return InvalidField("shape", absl::StrCat("must be the shape of ", of, ", [",
                                              absl::StrJoin(y_shape, ","), "]"));
  }
  return DecodeTensor(dy, limits).status();
}

absl::Status DecodeWeight(const Item& item, const Limits& limits, Evaluation* evaluation) {
  const FunctionInfo& info = Catalogue()[evaluation->function];
  if (info.kind != Kind::kPerChannel) {
    return item.weight.has_value()
               ? InvalidField("weight", absl::StrCat(info.name, " takes no weights"))
               : absl::OkStatus();
  }
  if (!item.weight.has_value()) return InvalidField("weight", "is required");
  if (item.weight->dtype != item.x->dtype) {
    return InvalidField("weight.dtype", "must be the dtype of x");
  }
  const absl::StatusOr<Elements> weight = DecodeTensor(*item.weight, limits);
  if (!weight.ok()) return Within("weight.", weight.status());
  const size_t channels = evaluation->layout.extent;
  if (weight->count != 1 && weight->count != channels) {
    return InvalidField("weight.shape",
                        absl::StrCat("has ", weight->count, " elements; x has ", channels,
                                     " channels, which take as many or "
                                     "one"));
  }
  evaluation->weight = item.weight->data->data();
  evaluation->weight_count = weight->count;
  return absl::OkStatus();
}

absl::Status DecodeItem(const Item& item, const Limits& limits, Evaluation* evaluation) {
  if (!item.activation.has_value()) return InvalidField("activation", "is required");
  absl::Status status = DecodeActivation(*item.activation, evaluation);
  if (!status.ok()) return Within("activation.", status);
  if (!item.x.has_value()) return InvalidField("x", "is required");
  const absl::StatusOr<Elements> x = DecodeTensor(*item.x, limits);
  if (!x.ok()) return Within("x.", x.status());
  evaluation->dtype = x->dtype;
  evaluation->count = x->count;
  evaluation->x = item.x->data->data();
  const absl::StatusOr<Layout> layout =
      ResolveLayout(evaluation->function, evaluation->params, item.x->shape);
  if (!layout.ok()) return layout.status();
  evaluation->layout = *layout;
  status = DecodeWeight(item, limits, evaluation);
  if (!status.ok() || !item.dy.has_value()) return status;
  status = DecodeDy(*item.dy, *item.x, ResultShape(*evaluation, item.x->shape), limits);
  if (!status.ok()) return Within("dy.", status);
  evaluation->dy = item.dy->data->data();
  return absl::OkStatus();
}

// Checks `item` and adds it to the batch, without a place for parameter gradients.
absl::Status Append(const Item& item, const Limits& limits, Batch* batch) {
  Evaluation& evaluation = batch->evaluations.emplace_back();
  evaluation.direction = batch->direction;
  absl::Status status = DecodeItem(item, limits, &evaluation);
  if (!status.ok()) return status;
  batch->shapes.push_back(batch->direction == Direction::kForward
                              ? ResultShape(evaluation, item.x->shape)
                              : item.x->shape);
  return absl::OkStatus();
}

// Reads a request field by field and decodes each item as it comes.
class Decoder {
 public:
  Decoder(Direction direction, absl::string_view bytes, const Limits& limits)
      : reader_(bytes), limits_(limits) {
    batch_.direction = direction;
  }

  absl::StatusOr<Batch> Run() {
    while (!reader_.AtEnd()) {
      uint32_t tag;
      if (!reader_.ReadTag(&tag)) return Malformed();
      if (tag != kItemsTag) {
        if (!reader_.Skip(tag)) return Malformed();
        continue;
      }
      const absl::Status status = AddItem();
      if (!status.ok()) return status;
    }
    if (batch_.evaluations.empty()) {
      return InvalidField("items", "is empty; at least one item is required");
    }
    AskForParameterGradients();
    return std::move(batch_);
  }

 private:
  static constexpr uint32_t kItemsTag = BytesTag(v1::ForwardRequest::kItemsFieldNumber);
  static_assert(kItemsTag == BytesTag(v1::GradientRequest::kItemsFieldNumber));

  absl::Status Malformed() const {
    const bool forward = batch_.direction == Direction::kForward;
    return absl::InvalidArgumentError(
        absl::StrCat("the request's bytes are no valid activation.v1.",
                     forward ? "ForwardRequest" : "GradientRequest"));
  }

  absl::Status AddItem() {
    const size_t index = batch_.evaluations.size();
    if (index == static_cast<size_t>(limits_.max_items)) {
      return InvalidField("items",
                          absl::StrCat("has more items than the ", limits_.max_items, " allowed"));
    }
    Item item;
    if (!ReadItem(batch_.direction, limits_, &reader_, &item)) return Malformed();
    const absl::Status status = Append(item, limits_, &batch_);
    if (!status.ok()) return Within(absl::StrCat("items[", index, "]."), status);
    if (item.parameter_gradients) asking_.push_back(index);
    return absl::OkStatus();
  }

  // Only now do their places stay where they are.
  void AskForParameterGradients() {
    batch_.parameter_gradients.resize(asking_.size());
    for (size_t i = 0; i < asking_.size(); ++i) {
      batch_.evaluations[asking_[i]].parameter_gradients = batch_.parameter_gradients[i].data();
    }
  }

  Reader reader_;
  const Limits& limits_;
  Batch batch_;
  std::vector<size_t> asking_;  // indices of items
};

}  // namespace

absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits) {
  return Decoder(direction, bytes, limits).Run();
}

absl::StatusOr<Batch> Decode(Direction direction, const Item& item, const Limits& limits) {
  Batch batch;
  batch.direction = direction;
  const absl::Status status = Append(item, limits, &batch);
  if (!status.ok()) return status;
  if (item.parameter_gradients) {
    batch.parameter_gradients.resize(1);
    batch.evaluations.front().parameter_gradients = batch.parameter_gradients.front().data();
  }
  return batch;
}

}  // namespace activation::wire
