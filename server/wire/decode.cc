#include "server/wire/decode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.pb.h"
#include "rpc/enums.h"
#include "server/wire/reader.h"
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

// What decoding reads by, and what it adds up.
struct Context {
  const Limits& limits;
  SliceResolver* resolver;
  size_t shared_bytes = 0;
  // Of the item before, in a batch: most items have the same.
  std::optional<ActivationField> before{};
};

absl::StatusOr<std::byte*> Resolve(absl::string_view field, const SliceField& slice, size_t bytes,
                                   Context* context) {
  if (context->resolver == nullptr) return SharedMemoryOff();
  absl::StatusOr<std::byte*> data = context->resolver->Resolve(slice.region, slice.offset, bytes);
  if (!data.ok()) return Within(absl::StrCat(field, "."), data.status());
  context->shared_bytes += bytes;
  return data;
}

absl::StatusOr<Elements> DecodeTensor(const TensorField& tensor, Context* context) {
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
                                  const Extents& y_shape, Context* context) {
  if (dy.dtype != x.dtype) return InvalidField("dtype", "must be the dtype of x");
  const absl::Status shape = CheckDy(dy, y_shape, x.shape);
  if (!shape.ok()) return shape;
  return DecodeTensor(dy, context);
}

absl::Status DecodeWeight(const Item& item, Context* context, Evaluation* evaluation,
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
absl::Status DecodeOutput(const SliceField& output, Context* context, Evaluation* evaluation) {
  const size_t bytes = OutputCount(*evaluation) * SizeOf(evaluation->dtype);
  const absl::StatusOr<std::byte*> out = Resolve("output", output, bytes, context);
  if (!out.ok()) return out.status();
  if (OverlapsInput(*evaluation, *out)) {
    return InvalidField("output", "overlaps an input of the item");
  }
  evaluation->out = *out;
  return absl::OkStatus();
}

bool WantsStatistics(const Item& item) { return item.statistics || item.statistics_only; }

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

// Bytes of results that the reply carries beyond what the item brought of inputs.
size_t UnmatchedResultBytes(const Item& item, const Evaluation& evaluation) {
  if (item.output.has_value() || item.statistics_only) return 0;
  const size_t result = OutputCount(evaluation) * SizeOf(evaluation.dtype);
  size_t brought = item.x->data.has_value() ? item.x->data->size : 0;
  if (item.dy.has_value() && item.dy->data.has_value()) brought += item.dy->data->size;
  return result > brought ? result - brought : 0;
}

absl::Status DecodeItem(const Item& item, Context* context, Batch* batch) {
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

// What an item asks for beside its result. It has a place in the batch only once that has
// all of its items, because until then places move.
struct Wishes {
  size_t index;
  bool parameter_gradients;
  bool statistics;
};

Wishes WishesOf(const Item& item, size_t index) {
  return {index, item.parameter_gradients, WantsStatistics(item)};
}

void Grant(absl::Span<const Wishes> wishes, Batch* batch) {
  const auto count = [&](bool Wishes::*wish) {
    return static_cast<size_t>(
        std::count_if(wishes.begin(), wishes.end(), [wish](const Wishes& w) { return w.*wish; }));
  };
  batch->parameter_gradients.resize(count(&Wishes::parameter_gradients));
  batch->statistics.resize(count(&Wishes::statistics));
  auto* gradients = batch->parameter_gradients.data();
  TensorStatistics* statistics = batch->statistics.data();
  for (const Wishes& wish : wishes) {
    Evaluation& evaluation = batch->evaluations[wish.index];
    if (wish.parameter_gradients) evaluation.parameter_gradients = (gradients++)->data();
    if (wish.statistics) evaluation.statistics = statistics++;
  }
}

// Checks `item` and adds it to the batch, without what it wishes for. Takes its output away.
absl::Status Append(Item* item, Context* context, Batch* batch) {
  const size_t index = batch->evaluations.size();
  batch->evaluations.emplace_back().direction = batch->direction;
  absl::Status status = DecodeItem(*item, context, batch);
  if (!status.ok()) return status;
  const Evaluation& evaluation = batch->evaluations.back();
  batch->shapes.push_back(batch->direction == Direction::kForward
                              ? ResultShape(evaluation, item->x->shape)
                              : item->x->shape);
  batch->unmatched_result_bytes += UnmatchedResultBytes(*item, evaluation);
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

// Reads a request field by field and decodes each item as it comes.
class Decoder {
 public:
  Decoder(Direction direction, Pieces pieces, const Limits& limits, SliceResolver* resolver)
      : pieces_(pieces), reader_(pieces), context_{limits, resolver} {
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
    Grant(wishes_, &batch_);
    batch_.shared_bytes = context_.shared_bytes;
    if (!batch_.scattered.empty()) batch_.pieces = pieces_;
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
    const Limits& limits = context_.limits;
    if (index == static_cast<size_t>(limits.max_items)) {
      return InvalidField("items",
                          absl::StrCat("has more items than the ", limits.max_items, " allowed"));
    }
    const size_t left = reader_.left();
    Item item;
    if (!ReadItem(batch_.direction, limits, &reader_, &item)) return Malformed();
    const Wishes wishes = WishesOf(item, index);
    const absl::Status status = Append(&item, &context_, &batch_);
    if (!status.ok()) return Within(absl::StrCat("items[", index, "]."), status);
    if (wishes.parameter_gradients || wishes.statistics) wishes_.push_back(wishes);
    if (reader_.left() == 0) return absl::OkStatus();
    if (index == 0) Expect(left / (left - reader_.left()));
    context_.before = std::move(item.activation);
    return absl::OkStatus();
  }

  // Most batches have items of one size. What lists take is counted against the limit on bytes only
  // once all is read, so no more is believed than costs little.
  void Expect(size_t items) {
    constexpr size_t kBelieved = 1024;
    const size_t most =
        std::min({items + 1, static_cast<size_t>(context_.limits.max_items), kBelieved});
    batch_.evaluations.reserve(most);
    batch_.shapes.reserve(most);
  }

  const Pieces pieces_;
  Reader reader_;
  Context context_;
  Batch batch_;
  std::vector<Wishes> wishes_;  // of items that have any
};

}  // namespace

size_t BytesOfItems(const Batch& batch) {
  if (batch.evaluations.capacity() <= 1) return 0;
  const auto of = [](const auto& list) { return list.capacity() * sizeof(list.front()); };
  size_t bytes = of(batch.evaluations) + of(batch.shapes) + of(batch.outputs) +
                 of(batch.parameter_gradients) + of(batch.statistics) + of(batch.scattered);
  const size_t inlined = Extents().capacity();
  for (const Extents& shape : batch.shapes) {
    if (shape.size() > inlined) bytes += shape.size() * sizeof(int64_t);
  }
  return bytes;
}

absl::StatusOr<Batch> Decode(Direction direction, Pieces pieces, const Limits& limits,
                             SliceResolver* resolver) {
  return Decoder(direction, pieces, limits, resolver).Run();
}

absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits,
                             SliceResolver* resolver) {
  return Decode(direction, Pieces(&bytes, 1), limits, resolver);
}

absl::StatusOr<Batch> Decode(Direction direction, Item item, const ItemSource& source,
                             const Limits& limits) {
  Batch batch;
  batch.direction = direction;
  Context context{limits, source.resolver};
  const Wishes wishes = WishesOf(item, 0);
  const absl::Status status = Append(&item, &context, &batch);
  if (!status.ok()) return status;
  Grant({&wishes, 1}, &batch);
  batch.shared_bytes = context.shared_bytes;
  if (!batch.scattered.empty()) batch.pieces = source.pieces;
  return batch;
}

}  // namespace activation::wire
