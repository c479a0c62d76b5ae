// What is known about somebody's results: counts of what is wrong, how far, and where
// it is worst. Grows by one judged result at a time. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_FINDINGS_H_
#define ACTIVATION_CLIENT_CLI_CHECK_FINDINGS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "client/cli/check/profile.h"

namespace activation::cli::check {

// A result that is not the correctly rounded one.
struct Wrong {
  uint64_t index = 0;  // among all elements
  double x = 0;
  double dy = 1;
  double companion = 0;  // the other half's element, or the weight, of functions that have such
  double result = 0;
  double expected = 0;  // correctly rounded
  double truth = 0;     // not rounded; of f64 as expected
  double ulp = 0;       // infinite where one of result and expected is NaN
  double places = 0;    // from expected; likewise
};

// Counts over some of the inputs.
struct Tally {
  uint64_t inputs = 0;
  uint64_t wrong = 0;        // not correctly rounded; all below but zero_signs are among these
  uint64_t far = 0;          // not even a neighbour of the correctly rounded result
  uint64_t wrong_zeros = 0;  // a zero for a number, or a number for a zero
  uint64_t wrong_signs = 0;  // neither is zero, but the signs differ
  uint64_t nan_made = 0;     // NaN for a number
  uint64_t nan_lost = 0;     // a number for NaN
  uint64_t inf_made = 0;     // an infinity for a finite number
  uint64_t inf_lost = 0;     // a finite number for an infinity
  uint64_t zero_signs = 0;   // a zero of the other sign, which is not wrong
  Wrong worst;               // where no NaN takes part; ulp is 0 where nothing is wrong

  uint64_t right() const { return inputs - wrong; }
};

// Results by the size of their errors: at most 0.5, 1, 2, 4 ... ULP, and beyond. NaN
// has no size.
class UlpHistogram {
 public:
  static constexpr size_t kBins = 68;

  void Add(double ulp, uint64_t count = 1);

  uint64_t count(size_t bin) const { return counts_[bin]; }
  // The largest error of the bin; infinite for the last.
  static double Limit(size_t bin);

 private:
  std::array<uint64_t, kBins> counts_{};
};

class Findings {
 public:
  static constexpr size_t kWorst = 10;

  // A correctly rounded result, or a zero of the other sign.
  void AddRight(double x, bool finite, bool zero_sign);
  // Any other. `finite`: whether x and dy are.
  void AddWrong(const Wrong& wrong, bool finite);

  // Inputs that are finite, and the others, where conventions differ.
  const Tally& finite() const { return finite_; }
  const Tally& special() const { return special_; }
  // Of finite inputs.
  const UlpHistogram& histogram() const { return histogram_; }
  const Profile& profile() const { return profile_; }
  // The largest errors, the worst first, of equal ones those that came first.
  const std::vector<Wrong>& worst() const { return worst_; }

  // Whether any result is farther than `ulp` from the truth, or NaN where it should not
  // be or the reverse. 0.5 and less ask for correct rounding.
  bool Exceed(double ulp) const;

 private:
  void Rank(const Wrong& wrong);

  Tally finite_;
  Tally special_;
  UlpHistogram histogram_;
  Profile profile_;
  std::vector<Wrong> worst_;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_FINDINGS_H_
