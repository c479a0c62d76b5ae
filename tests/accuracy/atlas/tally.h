// Counts of what is wrong with a peer's results, as the sweep adds them up.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_TALLY_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_TALLY_H_

#include <cstdint>
#include <string>
#include <vector>

namespace activation::atlas {

// The largest error in units in the last place where neither the result nor the
// truth is NaN, and where it is; 0 where nothing is wrong.
struct Worst {
  double ulp = 0;
  double x = 0;
  double result = 0;
  double truth = 0;
};

// Over finite inputs.
struct Tally {
  uint64_t wrong = 0;        // not correctly rounded; all below but zero_signs are among these
  uint64_t far = 0;          // not even a neighbour of the correctly rounded result
  uint64_t wrong_zeros = 0;  // a zero for a number, or a number for a zero
  uint64_t wrong_signs = 0;  // neither is zero, but the signs differ
  uint64_t nan_made = 0;     // NaN for a number
  uint64_t nan_lost = 0;     // a number for NaN
  uint64_t inf_made = 0;     // an infinity for a finite number
  uint64_t inf_lost = 0;     // a finite number for an infinity
  uint64_t zero_signs = 0;   // zeros of the other sign, which are not wrong
  Worst worst;

  // The same where x is a normal number and so is the correctly rounded result, but
  // not the smallest one, to which smaller numbers round: some libraries take
  // subnormal numbers for zero on purpose.
  uint64_t normal_wrong = 0;
  uint64_t normal_zeros = 0;
  Worst normal_worst;

  void Add(const Tally& other);
};

// One of the blocks that a sweep cuts the inputs into, where results are wrong.
struct BlockErrors {
  uint32_t block = 0;
  double max_ulp = 0;
  uint64_t wrong = 0;
  uint64_t nan_made = 0;
};

// At the inputs that are not finite, where conventions differ.
struct SpecialTally {
  double at_minus_infinity = 0;
  double at_infinity = 0;
  uint64_t nans_lost = 0;  // NaN went in, a number came out
};

// All that is known about a peer in one task.
struct Findings {
  Tally tally;
  SpecialTally special;
  std::vector<BlockErrors> profile;
  double seconds = 0;  // that the peer took
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_TALLY_H_
