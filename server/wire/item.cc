#include "server/wire/item.h"

#include <algorithm>

#include "activation/v1/activation.pb.h"

namespace activation::wire {
namespace {

// The fields both kinds of item have stand at the same numbers.
constexpr uint32_t kActivationTag = BytesTag(v1::GradientItem::kActivationFieldNumber);
constexpr uint32_t kXTag = BytesTag(v1::GradientItem::kXFieldNumber);
static_assert(kActivationTag == BytesTag(v1::ForwardItem::kActivationFieldNumber));
static_assert(kXTag == BytesTag(v1::ForwardItem::kXFieldNumber));
constexpr uint32_t kForwardWeightTag = BytesTag(v1::ForwardItem::kWeightFieldNumber);
constexpr uint32_t kGradientWeightTag = BytesTag(v1::GradientItem::kWeightFieldNumber);
constexpr uint32_t kForwardOutputTag = BytesTag(v1::ForwardItem::kOutputFieldNumber);
constexpr uint32_t kGradientOutputTag = BytesTag(v1::GradientItem::kOutputFieldNumber);
constexpr uint32_t kForwardStatisticsTag = VarintTag(v1::ForwardItem::kStatisticsFieldNumber);
constexpr uint32_t kGradientStatisticsTag = VarintTag(v1::GradientItem::kStatisticsFieldNumber);
constexpr uint32_t kForwardOnlyTag = VarintTag(v1::ForwardItem::kStatisticsOnlyFieldNumber);
constexpr uint32_t kGradientOnlyTag = VarintTag(v1::GradientItem::kStatisticsOnlyFieldNumber);
constexpr uint32_t kDyTag = BytesTag(v1::GradientItem::kDyFieldNumber);
constexpr uint32_t kParameterGradientsTag =
    VarintTag(v1::GradientItem::kParameterGradientsFieldNumber);

constexpr uint32_t kDTypeTag = VarintTag(v1::Tensor::kDtypeFieldNumber);
constexpr uint32_t kExtentTag = VarintTag(v1::Tensor::kShapeFieldNumber);
constexpr uint32_t kPackedShapeTag = BytesTag(v1::Tensor::kShapeFieldNumber);
constexpr uint32_t kDataTag = BytesTag(v1::Tensor::kDataFieldNumber);
constexpr uint32_t kSharedMemoryTag = BytesTag(v1::Tensor::kSharedMemoryFieldNumber);

constexpr uint32_t kRegionTag = BytesTag(v1::SharedMemorySlice::kRegionFieldNumber);
constexpr uint32_t kOffsetTag = VarintTag(v1::SharedMemorySlice::kOffsetFieldNumber);

constexpr uint32_t kFunctionTag = BytesTag(v1::Activation::kFunctionFieldNumber);
constexpr uint32_t kParametersTag = BytesTag(v1::Activation::kParametersFieldNumber);
constexpr uint32_t kTierTag = VarintTag(v1::Activation::kTierFieldNumber);
constexpr uint32_t kBackendTag = VarintTag(v1::Activation::kBackendFieldNumber);

constexpr uint32_t kKeyTag = BytesTag(kMapKeyField);
constexpr uint32_t kDoubleValueTag = Fixed64Tag(kMapValueField);

bool ReadEnum(Reader* reader, int* value) {
  uint64_t varint;
  if (!reader->ReadVarint(&varint)) return false;
  *value = static_cast<int>(varint);
  return true;
}

// A message that comes twice is merged, so what was read before stays.
bool ReadSlice(Reader* reader, std::optional<SliceField>* field) {
  if (!field->has_value()) field->emplace();
  SliceField* const slice = &**field;
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kRegionTag:
        return reader->ReadString(&slice->joined, &slice->region);
      case kOffsetTag:
        return reader->ReadVarint(&slice->offset);
      default:
        return reader->Skip(tag);
    }
  });
}

bool ReadTensor(const Limits& limits, Reader* reader, std::optional<TensorField>* field) {
  if (!field->has_value()) field->emplace();
  TensorField* const tensor = &**field;
  const auto read_extent = [&] { return ReadExtent(limits, reader, tensor); };
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kDTypeTag:
        return ReadEnum(reader, &tensor->dtype);
      case kExtentTag:
        return read_extent();
      case kPackedShapeTag:
        return reader->ReadPacked(read_extent);
      case kDataTag:
        tensor->shared_memory.reset();
        return reader->ReadPayload(&tensor->data.emplace());
      case kSharedMemoryTag:
        tensor->data.reset();
        return ReadSlice(reader, &tensor->shared_memory);
      default:
        return reader->Skip(tag);
    }
  });
}

void SetParameter(absl::string_view name, double value, ActivationField* activation) {
  auto& parameters = activation->parameters;
  const auto known = std::find_if(parameters.begin(), parameters.end(),
                                  [name](const auto& entry) { return entry.first == name; });
  if (known != parameters.end()) {
    known->second = value;
  } else if (parameters.size() <= kMaxParams) {
    parameters.emplace_back(name, value);
  }
}

bool ReadParameter(Reader* reader, ActivationField* activation) {
  absl::string_view name;
  double value = 0;
  const bool read = reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kKeyTag:
        return reader->ReadString(&activation->joined, &name);
      case kDoubleValueTag:
        return reader->ReadDouble(&value);
      default:
        return reader->Skip(tag);
    }
  });
  if (read) SetParameter(name, value, activation);
  return read;
}

bool ReadActivation(Reader* reader, std::optional<ActivationField>* field) {
  if (!field->has_value()) field->emplace();
  ActivationField* const activation = &**field;
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    switch (tag) {
      case kFunctionTag:
        return reader->ReadString(&activation->joined, &activation->function);
      case kParametersTag:
        return ReadParameter(reader, activation);
      case kTierTag:
        return ReadEnum(reader, &activation->tier);
      case kBackendTag:
        return ReadEnum(reader, &activation->backend);
      default:
        return reader->Skip(tag);
    }
  });
}

}  // namespace

bool ReadExtent(const Limits& limits, Reader* reader, ShapeField* field) {
  uint64_t extent;
  if (!reader->ReadVarint(&extent)) return false;
  const auto kept = static_cast<size_t>(limits.max_rank) + 1;
  if (field->rank++ < kept) field->shape.push_back(static_cast<int64_t>(extent));
  return true;
}

bool ReadItem(Direction direction, const Limits& limits, Reader* reader, Item* item) {
  const bool gradient = direction == Direction::kGradient;
  const uint32_t weight_tag = gradient ? kGradientWeightTag : kForwardWeightTag;
  const uint32_t output_tag = gradient ? kGradientOutputTag : kForwardOutputTag;
  const uint32_t statistics_tag = gradient ? kGradientStatisticsTag : kForwardStatisticsTag;
  const uint32_t only_tag = gradient ? kGradientOnlyTag : kForwardOnlyTag;
  return reader->ReadNested([&] {
    uint32_t tag;
    if (!reader->ReadTag(&tag)) return false;
    if (tag == kActivationTag) return ReadActivation(reader, &item->activation);
    if (tag == kXTag) return ReadTensor(limits, reader, &item->x);
    if (tag == weight_tag) return ReadTensor(limits, reader, &item->weight);
    if (tag == output_tag) return ReadSlice(reader, &item->output);
    if (tag == statistics_tag) return reader->ReadBool(&item->statistics);
    if (tag == only_tag) return reader->ReadBool(&item->statistics_only);
    if (gradient && tag == kDyTag) return ReadTensor(limits, reader, &item->dy);
    if (gradient && tag == kParameterGradientsTag) {
      return reader->ReadBool(&item->parameter_gradients);
    }
    return reader->Skip(tag);
  });
}

}  // namespace activation::wire
