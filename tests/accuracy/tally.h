// What a sweep finds. Tallies of parts add up to that of the whole, in any order.
#ifndef ACTIVATION_TESTS_ACCURACY_TALLY_H_
#define ACTIVATION_TESTS_ACCURACY_TALLY_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "src/base/dtype.h"

namespace activation::accuracy {

// The greatest error in each of so many equal ranges of x between -kProfileEnd
// and kProfileEnd.
inline constexpr size_t kProfileRanges = 400;
inline constexpr double kProfileEnd = 20;

// Whether x is nearer to zero than y; of a number and its negative the positive one is.
bool IsNearer(double x, double y);

// A result that is not the nearest number.
struct Misround {
  double x;
  double dy;  // 1 where there is none
  double got;
  double wanted;
};

// For one tier and direction.
struct Tally {
  uint64_t checked = 0;
  uint64_t misrounds = 0;  // results that are not the nearest number
  // Of them the one whose x is nearest to zero, of those of one x the one whose dy is.
  std::optional<Misround> first_misround;
  // As it is printed, with four decimals, it is right; worst_x is, of the inputs where an
  // error prints like that, the one nearest to zero. So neither depends on the order in which
  // threads take the inputs.
  double max_ulp = 0;
  double worst_x = 0;
  // Those of earlier parts, to which this one is to be added: what would not change them is
  // then not looked for.
  double max_ulp_before = 0;
  double worst_x_before = 0;
  // Of all inputs and output bits.
  uint64_t hash = 0;
  // f32 results that EXACT leaves to the slow lane.
  uint64_t slow_lane = 0;
  std::vector<double> profile;  // kProfileRanges of them, or none

  // An input and the error of its result; NaN is as wrong as can be.
  void AddError(double x, double ulp);
  void AddToProfile(double x, double ulp);
  // Errors up to this change nothing that is printed, where no x is nearer to zero than `nearest`.
  double UnseenUlp(double nearest) const;
  // Whether a misround there would be the first, and one that is taken if it is.
  bool ComesFirst(double x, double dy) const;
  void AddMisround(const Misround& misround);
  void Add(const Tally& part);
};

// Results of one instruction set held against those of the best.
struct TargetTally {
  std::string target;
  uint64_t compared = 0;
  uint64_t differing = 0;
};

struct SweepResult {
  std::array<std::array<Tally, 2>, 2> tallies;  // by Tier, then Direction
  std::vector<TargetTally> targets;             // the best first, compared with itself

  const Tally& At(Tier tier, Direction direction) const {
    return tallies[static_cast<size_t>(tier)][static_cast<size_t>(direction)];
  }
  Tally& At(Tier tier, Direction direction) {
    return tallies[static_cast<size_t>(tier)][static_cast<size_t>(direction)];
  }
  uint64_t TargetDifferences() const;
  void Add(const SweepResult& part);
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_TALLY_H_
