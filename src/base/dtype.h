// The storage types of tensors, the tiers of exactness, and their names.
#ifndef ACTIVATION_SRC_BASE_DTYPE_H_
#define ACTIVATION_SRC_BASE_DTYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace activation {

// How the elements of a tensor are stored, always little-endian.
enum class DType : uint8_t { kF32, kF64, kF16, kBF16 };

inline constexpr DType kAllDTypes[] = {DType::kF32, DType::kF64, DType::kF16, DType::kBF16};

// Bytes of one element.
constexpr size_t SizeOf(DType dtype) {
  switch (dtype) {
    case DType::kF64:
      return 8;
    case DType::kF32:
      return 4;
    case DType::kF16:
    case DType::kBF16:
      return 2;
  }
  return 0;
}

// kExact computes one precision above the storage type and rounds once; kFast
// computes in the storage precision, at least float.
enum class Tier : uint8_t { kExact, kFast };

// Whether f(x) or dy * f'(x) is wanted.
enum class Direction : uint8_t { kForward, kGradient };

// "f32", "f64", "f16", "bf16".
absl::string_view Name(DType dtype);
// "exact", "fast".
absl::string_view Name(Tier tier);
// "forward", "gradient".
absl::string_view Name(Direction direction);

// The inverse of Name(); nothing for any other text.
std::optional<Tier> ParseTier(absl::string_view name);

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_DTYPE_H_
