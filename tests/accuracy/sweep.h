// One function of the catalogue over many inputs, on every instruction set and
// in both tiers and directions, against the reference.
#ifndef ACTIVATION_TESTS_ACCURACY_SWEEP_H_
#define ACTIVATION_TESTS_ACCURACY_SWEEP_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation::accuracy {

struct SweepOptions {
  FunctionId function = 0;
  Params params;
  DType dtype = DType::kF32;
  // Inputs tried. 2^32 is every f32; 16-bit types are always tried whole. They
  // are spread evenly over the bit patterns, with jitter, so that every exponent
  // has its share.
  uint64_t samples = uint64_t{1} << 24;
  // Whether gradients take a random dy of any size; otherwise dy is absent.
  bool with_dy = false;
  int threads = 2;
  // Whose formula is the truth; nullptr: the function's own.
  const FunctionInfo* reference = nullptr;
  // Told the share done, from any thread; may be empty.
  std::function<void(double)> progress;
};

// What was found for one tier and direction.
struct Tally {
  uint64_t checked = 0;
  uint64_t misrounds = 0;  // results that are not the nearest number
  long double max_ulp = 0;
  double worst_x = 0;
  // Of all inputs and output bits, whatever the order and the share of threads.
  uint64_t hash = 0;
};

struct SweepResult {
  std::array<std::array<Tally, 2>, 2> tallies;  // by Tier, then Direction
  // Results whose bits differ from the best instruction set's, over all others.
  uint64_t target_differences = 0;
  std::vector<std::string> targets;

  const Tally& At(Tier tier, Direction direction) const {
    return tallies[static_cast<size_t>(tier)][static_cast<size_t>(direction)];
  }
};

SweepResult Sweep(const SweepOptions& options);

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_SWEEP_H_
