#include "server/inference/tensor_bytes.h"

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"

namespace activation::inference {

absl::StatusOr<DType> DecodeDatatype(absl::string_view name) {
  for (const DType dtype : kAllDTypes) {
    if (DatatypeOf(dtype) == name) return dtype;
  }
  return InvalidField("datatype", "must be FP32, FP64, FP16 or BF16");
}

bool HasTypedContents(const InputField& input) {
  if (!input.contents.has_value()) return false;
  const ContentsField& contents = *input.contents;
  return contents.has_others || !contents.fp32.empty() || !contents.fp64.empty();
}

absl::StatusOr<wire::Payload> DecodeContents(const InputField& input, DType dtype) {
  if (!input.contents.has_value()) return wire::Payload();
  const ContentsField& contents = *input.contents;
  const bool has_fp32 = !contents.fp32.empty();
  const bool has_fp64 = !contents.fp64.empty();
  const bool fits = !contents.has_others && (!has_fp32 || dtype == DType::kF32) &&
                    (!has_fp64 || dtype == DType::kF64);
  if (!fits) {
    return InvalidField("contents", absl::StrCat("of ", DatatypeOf(dtype), " must be ",
                                                 dtype == DType::kF32   ? "fp32_contents"
                                                 : dtype == DType::kF64 ? "fp64_contents"
                                                                        : "in raw_input_contents"));
  }
  return dtype == DType::kF64 ? contents.fp64.bytes() : contents.fp32.bytes();
}

absl::StatusOr<std::optional<RegionSlice>> DecodeSlice(const Parameters& parameters) {
  const ParameterValue* const region = parameters.Find(kRegion);
  const ParameterValue* const bytes = parameters.Find(kRegionBytes);
  const ParameterValue* const offset = parameters.Find(kRegionOffset);
  if (region == nullptr) return std::optional<RegionSlice>();
  RegionSlice slice;
  const absl::StatusOr<absl::string_view> name = TextOf(kRegion, *region);
  if (!name.ok()) return name.status();
  slice.region = *name;
  const absl::StatusOr<uint64_t> size =
      SizeOf(kRegionBytes, bytes == nullptr ? ParameterValue() : *bytes);
  if (!size.ok()) return size.status();
  slice.bytes = *size;
  const absl::StatusOr<uint64_t> from =
      SizeOf(kRegionOffset, offset == nullptr ? ParameterValue(uint64_t{0}) : *offset);
  if (!from.ok()) return from.status();
  slice.offset = *from;
  return std::make_optional(slice);
}

}  // namespace activation::inference
