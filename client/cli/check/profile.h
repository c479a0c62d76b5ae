// The largest error at every x, for the plot: a fixed number of narrow ranges of x
// about zero, so that any number of inputs takes the same memory. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_PROFILE_H_
#define ACTIVATION_CLIENT_CLI_CHECK_PROFILE_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace activation::cli::check {

// Of a correctly rounded result, at most.
inline constexpr double kRightUlp = 0.5;

class Profile {
 public:
  // Functions bend where |x| is less, all but the tails of a few.
  static constexpr double kReach = 128;

  Profile() : ulp_(kRanges) {}

  // A result at x with this error, which is not NaN; kRightUlp where it is right.
  void Add(double x, double ulp);

  // x and the largest error, by rising x, of some `most` ranges of equal width that had
  // results: those about what is wrong, or all where nothing is.
  std::vector<std::pair<double, double>> Points(size_t most) const;

 private:
  static constexpr size_t kRangesOfOne = 64;
  static constexpr size_t kMargin = 8;  // of x, at least
  static constexpr size_t kRanges = 2 * static_cast<size_t>(kReach) * kRangesOfOne;

  // From the first to behind the last range whose error is above `ulp`.
  std::pair<size_t, size_t> Above(double ulp) const;

  std::vector<double> ulp_;  // 0 where there were no results
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_PROFILE_H_
