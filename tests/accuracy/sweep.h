// One function of the catalogue over many inputs, on every instruction set and
// in both tiers and directions, against the reference.
#ifndef ACTIVATION_TESTS_ACCURACY_SWEEP_H_
#define ACTIVATION_TESTS_ACCURACY_SWEEP_H_

#include <cstdint>
#include <functional>
#include <optional>

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/tally.h"

namespace activation::accuracy {

inline constexpr uint64_t kEveryInput = uint64_t{1} << 32;

struct SweepOptions {
  FunctionId function = 0;
  Params params;
  DType dtype = DType::kF32;
  // Inputs tried. 2^32 is every f32; 16-bit types are always tried whole, and
  // with 2^32 and a dy in every pair of x and dy. Others are spread evenly over
  // the bit patterns, with jitter, so that every exponent has its share.
  uint64_t samples = uint64_t{1} << 24;
  // Whether gradients take a random dy of any size; otherwise dy is absent.
  bool with_dy = false;
  // Only these; both where there is none.
  std::optional<Tier> tier;
  std::optional<Direction> direction;
  // The scalar target, which is slow, computes one block of inputs in so many.
  uint64_t scalar_stride = 1;
  // Whether FAST is said to give what EXACT does, without trying, where it has no
  // kernel of its own for f32.
  bool share_kernels = false;
  // Whether tallies hold the greatest error by ranges of x.
  bool profile = false;
  int threads = 2;
  // Whose formula is the truth; nullptr: the function's own.
  const FunctionInfo* reference = nullptr;
  // What earlier parts found, to which a part is to be added; may be nullptr.
  const SweepResult* before = nullptr;
  // Told from time to time how many more inputs are done, from any thread; may
  // be empty.
  std::function<void(uint64_t)> progress;

  // Whether FAST takes EXACT's tally.
  bool SharesKernel(Direction a_direction) const;

  bool Wants(Tier a_tier, Direction a_direction) const {
    return tier.value_or(a_tier) == a_tier && direction.value_or(a_direction) == a_direction;
  }
};

// How many inputs these options stand for, finite or not.
inline uint64_t InputCount(const SweepOptions& options) {
  if (SizeOf(options.dtype) != 2) return options.samples;
  return options.with_dy && options.samples == kEveryInput ? kEveryInput : 65536;
}

// Inputs [first, first + count) of them; Sweep(options) is all.
SweepResult SweepPart(const SweepOptions& options, uint64_t first, uint64_t count);
SweepResult Sweep(const SweepOptions& options);

// The largest error that a tier promises of elementwise functions. Of results that are to be
// the nearest number it has room for how the error of a tie is measured.
double PromisedUlp(DType dtype, Tier tier, Direction direction);
// Whether the tier promises the nearest number.
bool PromisesNearest(DType dtype, Tier tier);
// Whether the results of a tier and direction are as promised.
bool KeepsPromise(DType dtype, Tier tier, Direction direction, const Tally& tally);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_SWEEP_H_
