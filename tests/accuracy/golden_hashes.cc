#include "tests/accuracy/golden_hashes.h"

#include <cinttypes>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/accuracy/sweep.h"

namespace activation::accuracy {

nlohmann::json GoldenHashes(FunctionId function) {
  nlohmann::json hashes;
  for (const DType dtype : kAllDTypes) {
    SweepOptions options;
    options.function = function;
    options.params = *ResolveParams(function, {});
    options.dtype = dtype;
    options.samples = dtype == DType::kF64 ? 1000 : uint64_t{1} << 17;
    options.with_dy = true;
    const SweepResult result = Sweep(options);
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        char hash[17];
        std::snprintf(hash, sizeof(hash), "%016" PRIx64, result.At(tier, direction).hash);
        hashes[absl::StrCat(Name(dtype), " ", Name(tier), " ", Name(direction))] = hash;
      }
    }
  }
  return hashes;
}

}  // namespace activation::accuracy
