#include "src/base/dtype.h"

namespace activation {

absl::string_view Name(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return "f32";
    case DType::kF64:
      return "f64";
    case DType::kF16:
      return "f16";
    case DType::kBF16:
      return "bf16";
  }
  return "unknown";
}

absl::string_view Name(Tier tier) { return tier == Tier::kExact ? "exact" : "fast"; }

absl::string_view Name(Direction direction) {
  return direction == Direction::kForward ? "forward" : "gradient";
}

std::optional<Tier> ParseTier(absl::string_view name) {
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    if (Name(tier) == name) return tier;
  }
  return std::nullopt;
}

}  // namespace activation
