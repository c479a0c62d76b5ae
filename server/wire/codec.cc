#include "server/wire/codec.h"

#include <cstddef>
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
  const void* data;
};

// What decoding reads by, and what it adds up.
struct Context {
  const Limits& limits;
  SliceResolver* resolver;
  size_t shared_bytes = 0;
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
    const absl::StatusOr<std::byte*> data =
        Resolve("shared_memory", *tensor.shared_memory, *count * SizeOf(*dtype), context);
    if (!data.ok()) return data.status();
    return Elements{*dtype, *count, *data};
  }
  if (!tensor.data.has_value()) return InvalidField("data", "is required");
  const size_t wanted = *count * SizeOf(*dtype);
  if (tensor.data->size() != wanted) {
    return InvalidField("data", absl::StrCat("has ", tensor.data->size(), " bytes; ", *count,
                                             " elements of ", Name(*dtype), " need ", wanted));
  }
  return Elements{*dtype, *count, tensor.data->data()};
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

absl::StatusOr<Elements> DecodeDy(const TensorField& dy, const TensorField& x,
                                  const Extents& y_shape, Context* context) {
  if (dy.dtype != x.dtype) return InvalidField("dtype", "must be the dtype of x");
  if (dy.rank != y_shape.size() || dy.shape != y_shape) {
    const char* const of = y_shape == x.shape ? "x" : "y";
    return InvalidField("shape", absl::StrCat("must be the shape of ", of, ", [",
                                              absl::StrJoin(y_shape, ","), "]"));
  }
  return DecodeTensor(dy, context);
}

absl::Status DecodeWeight(const Item& item, Context* context, Evaluation* evaluation) {
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
  const size_t channels = evaluation->layout.extent;
  if (weight->count != 1 && weight->count != channels) {
    return InvalidField("weight.shape",
                        absl::StrCat("has ", weight->count, " elements; x has ", channels,
                                     " channels, which take as many or "
                                     "one"));
  }
  evaluation->weight = weight->data;
  evaluation->weight_count = weight->count;
  return absl::OkStatus();
}

// Whether `bytes` bytes at one place and `other_bytes` at another have one in common.
bool Overlap(const void* at, size_t bytes, const void* other, size_t other_bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(at);
  const auto other_begin = reinterpret_cast<uintptr_t>(other);
  return begin < other_begin + other_bytes && other_begin < begin + bytes;
}

// Where an item's result goes, if not into the reply.
absl::Status DecodeOutput(const SliceField& output, Context* context, Evaluation* evaluation) {
  const size_t size = SizeOf(evaluation->dtype);
  const size_t bytes = OutputCount(*evaluation) * size;
  const absl::StatusOr<std::byte*> out = Resolve("output", output, bytes, context);
  if (!out.ok()) return out.status();
  const bool elementwise = Catalogue()[evaluation->function].kind == Kind::kElementwise;
  const auto clashes = [&](const void* input, size_t count) {
    if (input == nullptr || (elementwise && input == *out)) return false;
    return Overlap(*out, bytes, input, count * size);
  };
  if (clashes(evaluation->x, evaluation->count) ||
      clashes(evaluation->dy, ResultCount(*evaluation)) ||
      clashes(evaluation->weight, evaluation->weight_count)) {
    return InvalidField("output", "overlaps an input of the item");
  }
  evaluation->out = *out;
  return absl::OkStatus();
}

// Bytes of results that the reply carries beyond what the item brought of inputs.
size_t UnmatchedResultBytes(const Item& item, const Evaluation& evaluation) {
  if (item.output.has_value()) return 0;
  const size_t result = OutputCount(evaluation) * SizeOf(evaluation.dtype);
  size_t brought = item.x->data.has_value() ? item.x->data->size() : 0;
  if (item.dy.has_value() && item.dy->data.has_value()) brought += item.dy->data->size();
  return result > brought ? result - brought : 0;
}

absl::Status DecodeItem(const Item& item, Context* context, Evaluation* evaluation) {
  if (!item.activation.has_value()) return InvalidField("activation", "is required");
  absl::Status status = DecodeActivation(*item.activation, evaluation);
  if (!status.ok()) return Within("activation.", status);
  if (!item.x.has_value()) return InvalidField("x", "is required");
  const absl::StatusOr<Elements> x = DecodeTensor(*item.x, context);
  if (!x.ok()) return Within("x.", x.status());
  evaluation->dtype = x->dtype;
  evaluation->count = x->count;
  evaluation->x = x->data;
  const absl::StatusOr<Layout> layout =
      ResolveLayout(evaluation->function, evaluation->params, item.x->shape);
  if (!layout.ok()) return layout.status();
  evaluation->layout = *layout;
  status = DecodeWeight(item, context, evaluation);
  if (!status.ok()) return status;
  if (item.dy.has_value()) {
    const absl::StatusOr<Elements> dy =
        DecodeDy(*item.dy, *item.x, ResultShape(*evaluation, item.x->shape), context);
    if (!dy.ok()) return Within("dy.", dy.status());
    evaluation->dy = dy->data;
  }
  if (!item.output.has_value()) return absl::OkStatus();
  return DecodeOutput(*item.output, context, evaluation);
}

// Reads a request field by field and decodes each item as it comes.
class Decoder {
 public:
  Decoder(Direction direction, absl::string_view bytes, const Limits& limits,
          SliceResolver* resolver)
      : reader_(bytes), context_{limits, resolver} {
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
    batch_.shared_bytes = context_.shared_bytes;
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
    Item item;
    if (!ReadItem(batch_.direction, limits, &reader_, &item)) return Malformed();
    Evaluation& evaluation = batch_.evaluations.emplace_back();
    evaluation.direction = batch_.direction;
    const absl::Status status = DecodeItem(item, &context_, &evaluation);
    if (!status.ok()) return Within(absl::StrCat("items[", index, "]."), status);
    batch_.unmatched_result_bytes += UnmatchedResultBytes(item, evaluation);
    if (item.output.has_value()) {
      batch_.outputs.resize(index);
      batch_.outputs.push_back(item.output);
    }
    batch_.shapes.push_back(batch_.direction == Direction::kForward
                                ? ResultShape(evaluation, item.x->shape)
                                : std::move(item.x->shape));
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
  Context context_;
  Batch batch_;
  std::vector<size_t> asking_;  // indices of items
};

}  // namespace

absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits,
                             SliceResolver* resolver) {
  return Decoder(direction, bytes, limits, resolver).Run();
}

}  // namespace activation::wire
