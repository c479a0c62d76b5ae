#include "client/cli/tensor.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace activation::cli {

activation::DType ToEngine(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return activation::DType::kF32;
    case DType::kF64:
      return activation::DType::kF64;
    case DType::kF16:
      return activation::DType::kF16;
    case DType::kBF16:
      return activation::DType::kBF16;
  }
  return activation::DType::kF32;
}

activation::Tier ToEngine(Tier tier) {
  return tier == Tier::kFast ? activation::Tier::kFast : activation::Tier::kExact;
}

std::string NameOf(DType dtype) { return std::string(activation::Name(ToEngine(dtype))); }

DType DTypeNamed(absl::string_view name) {
  for (DType dtype : {DType::kF64, DType::kF16, DType::kBF16}) {
    if (NameOf(dtype) == name) return dtype;
  }
  return DType::kF32;
}

std::string NameOf(Tier tier) { return std::string(activation::Name(ToEngine(tier))); }

Tier TierNamed(absl::string_view name) { return name == "fast" ? Tier::kFast : Tier::kExact; }

absl::StatusOr<int64_t> ElementsOf(absl::Span<const int64_t> shape, DType dtype) {
  // The extents that are not zero must fit together even when the tensor is
  // empty, as numpy has it.
  int64_t product = 1;
  bool empty = false;
  const int64_t most = std::numeric_limits<int64_t>::max() / static_cast<int64_t>(SizeOf(dtype));
  for (int64_t extent : shape) {
    if (extent < 0) return absl::InvalidArgumentError("the shape has a negative extent");
    if (extent == 0) {
      empty = true;
    } else if (product > most / extent) {
      return absl::InvalidArgumentError(
          absl::StrCat("the shape ", ShapeText(shape), " is larger than any memory"));
    } else {
      product *= extent;
    }
  }
  return empty ? 0 : product;
}

std::string ShapeText(absl::Span<const int64_t> shape) {
  return absl::StrCat("(", absl::StrJoin(shape, ", "), shape.size() == 1 ? ",)" : ")");
}

}  // namespace activation::cli
