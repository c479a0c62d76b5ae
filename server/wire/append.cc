#include "server/wire/append.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.pb.h"
#include "rpc/enums.h"
#include "server/wire/shape.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

absl::StatusOr<DType> DecodeDType(int number) {
  if (const std::optional<DType> dtype = FromWire<DType>(number)) return *dtype;
  if (number == v1::DTYPE_UNSPECIFIED) return InvalidField("dtype", "is required");
  return InvalidField("dtype", absl::StrCat("no element type has the number ", number));
}

absl::StatusOr<Tier> DecodeTier(int number) {
  if (number == v1::TIER_UNSPECIFIED) return Tier::kExact;
  if (const std::optional<Tier> tier = FromWire<Tier>(number)) return *tier;
  return InvalidField("tier", absl::StrCat("no tier has the number ", number));
}

absl::StatusOr<Placement> DecodeBackend(int number) {
  if (const std::optional<Placement> placement = FromWire<Placement>(number)) return *placement;
  return InvalidField("backend", absl::StrCat("no backend has the number ", number));
}

struct Elements {
  DType dtype;
  size_t count;
  Payload data;
};

absl::StatusOr<std::byte*> Resolve(absl::string_view field, const SliceField& slice, size_t bytes,
                                   DecodeContext* context) {
  if (context->resolver == nullptr) return SharedMemoryOff();
  absl::StatusOr<std::byte*> data = context->resolver->Resolve(slice.region, slice.offset, bytes);
  if (!data.ok()) return Within(absl::StrCat(field, "."), data.status());
  context->shared_bytes += bytes;
  return data;
}

absl::StatusOr<Elements> DecodeTensor(const TensorField& tensor, DecodeContext* context) {
  const absl::StatusOr<DType> dtype = DecodeDType(tensor.dtype);
  if (!dtype.ok()) return dtype.status();
  const absl::StatusOr<size_t> count = CountElements(tensor, context->limits);
  if (!count.ok()) return count.status();
  if (tensor.shared_memory.has_value()) {
    const size_t bytes = *count * SizeOf(*dtype);
    const absl::StatusOr<std::byte*> data =
        Resolve("shared_memory", *tensor.shared_memory, bytes, context);
    if (!data.ok()) return data.status();
    return Elements{*dtype, *count,
                    Payload{{reinterpret_cast<const char*>(*data), bytes}, 0, bytes}};
  }
  if (!tensor.data.has_value()) return InvalidField("data", "is required");
  const size_t wanted = *count * SizeOf(*dtype);
  if (tensor.data->size != wanted) {
    return InvalidField("data", absl::StrCat("has ", tensor.data->size, " bytes; ", *count,
                                             " elements of ", Name(*dtype), " need ", wanted));
  }
  return Elements{*dtype, *count, *tensor.data};
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
  const absl::StatusOr<Placement> placement = DecodeBackend(activation.backend);
  if (!placement.ok()) return placement.status();
  evaluation->placement = *placement;
  evaluation->function = *function;
  evaluation->params = *params;
  evaluation->tier = *tier;
  return absl::OkStatus();
}

void CopyActivation(const Evaluation& from, Evaluation* evaluation) {
  evaluation->placement = from.placement;
  evaluation->function = from.function;
  evaluation->params = from.params;
  evaluation->tier = from.tier;
}

absl::StatusOr<Elements> DecodeDy(const TensorField& dy, const TensorField& x,
                                  const Extents& y_shape, DecodeContext* context) {
  if (dy.dtype != x.dtype) return InvalidField("dtype", "must be the dtype of x");
  const absl::Status shape = CheckDy(dy, y_shape, x.shape);
  if (!shape.ok()) return shape;
  return DecodeTensor(dy, context);
}

absl::Status DecodeWeight(const Item& item, DecodeContext* context, Evaluation* evaluation,
                          ScatteredItem* scattered) {
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
  const absl::StatusOr<Elements> weight = DecodeTensor(*item.weight, context);
  if (!weight.ok()) return Within("weight.", weight.status());
  const absl::Status count = CheckWeightCount(weight->count, *evaluation);
  if (!count.ok()) return Within("weight.", count);
  evaluation->weight = Where(weight->data);
  evaluation->weight_count = weight->count;
  scattered->weight = weight->data;
  return absl::OkStatus();
}

// Where an item's result goes, if not into the reply.
absl::Status DecodeOutput(const SliceField& output, DecodeContext* context,
                          Evaluation* evaluation) {
  const size_t bytes = OutputCount(*evaluation) * SizeOf(evaluation->dtype);
  const absl::StatusOr<std::byte*> out = Resolve("output", output, bytes, context);
  if (!out.ok()) return out.status();
  if (OverlapsInput(*evaluation, *out)) {
    return InvalidField("output", "overlaps an input of the item");
  }
  evaluation->out = *out;
  return absl::OkStatus();
}

absl::Status CheckStatistics(const Item& item, FunctionId function) {
  const FunctionInfo& info = Catalogue()[function];
  if (WantsStatistics(item) && info.kind != Kind::kElementwise) {
    return InvalidField(
        item.statistics ? "statistics" : "statistics_only",
        absl::StrCat("are of elementwise functions; ", info.name, " is ", Name(info.kind)));
  }
  if (item.statistics_only && item.output.has_value()) {
    return InvalidField("output", "must be absent beside statistics_only, which gives no result");
  }
  return absl::OkStatus();
}

absl::Status DecodeItem(const Item& item, DecodeContext* context, Batch* batch) {
  Evaluation* const evaluation = &batch->evaluations.back();
  if (!item.activation.has_value()) return InvalidField("activation", "is required");
  absl::Status status;
  if (item.activation == context->before) {
    CopyActivation(*(evaluation - 1), evaluation);
  } else {
    status = DecodeActivation(*item.activation, evaluation);
    if (!status.ok()) return Within("activation.", status);
  }
  status = CheckStatistics(item, evaluation->function);
  if (!status.ok()) return status;
  if (!item.x.has_value()) return InvalidField("x", "is required");
  const absl::StatusOr<Elements> x = DecodeTensor(*item.x, context);
  if (!x.ok()) return Within("x.", x.status());
  evaluation->dtype = x->dtype;
  evaluation->count = x->count;
  evaluation->x = Where(x->data);
  const absl::StatusOr<Layout> layout =
      ResolveLayout(evaluation->function, evaluation->params, item.x->shape);
  if (!layout.ok()) return layout.status();
  evaluation->layout = *layout;
  ScatteredItem scattered{batch->evaluations.size() - 1, x->data, {}, {}};
  status = DecodeWeight(item, context, evaluation, &scattered);
  if (!status.ok()) return status;
  if (item.dy.has_value()) {
    const absl::StatusOr<Elements> dy =
        DecodeDy(*item.dy, *item.x, ResultShape(*evaluation, item.x->shape), context);
    if (!dy.ok()) return Within("dy.", dy.status());
    evaluation->dy = Where(dy->data);
    scattered.dy = dy->data;
  }
  if (IsScattered(scattered)) batch->scattered.push_back(scattered);
  if (!item.output.has_value()) return absl::OkStatus();
  return DecodeOutput(*item.output, context, evaluation);
}

}  // namespace

absl::Status Append(Item* item, DecodeContext* context, Batch* batch) {
  const size_t index = batch->evaluations.size();
  batch->evaluations.emplace_back().direction = batch->direction;
  absl::Status status = DecodeItem(*item, context, batch);
  if (!status.ok()) return status;
  const Evaluation& evaluation = batch->evaluations.back();
  batch->shapes.push_back(batch->direction == Direction::kForward
                              ? ResultShape(evaluation, item->x->shape)
                              : item->x->shape);
  if (item->output.has_value()) {
    batch->outputs.resize(index);
    // Moved, because its name may lie in a string of its own.
    batch->outputs.push_back(std::move(item->output));
  }
  if (item->statistics_only) {
    batch->statistics_only.resize(index);
    batch->statistics_only.push_back(true);
  }
  for (const std::string& name : item->activation->joined) batch->copied_bytes += name.size();
  return absl::OkStatus();
}

}  // namespace activation::wire
