// The sum of many doubles to about twice double precision, the same bits however
// the work is divided: elements go to eight accumulators by position, and those
// are combined in order. Where one of them leaves the range of doubles so does the
// sum, although terms of other signs might bring it back. Thread-compatible.
// Source: Ogita, Rump, Oishi, "Accurate sum and dot product", 2005 (Sum2).
#ifndef ACTIVATION_SRC_BACKENDS_COMPENSATED_SUM_H_
#define ACTIVATION_SRC_BACKENDS_COMPENSATED_SUM_H_

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace activation {

class CompensatedSum {
 public:
  static constexpr size_t kLanes = 8;

  // Adds to the sum high + low. Constexpr, so that a GPU's kernels can do it, too.
  static constexpr void Accumulate(double term, double& high, double& low) {
    const double sum = high + term;
    const double part = sum - high;
    low += (high - (sum - part)) + (term - part);
    high = sum;
  }

  // Adds terms[0, n). Every call but the last takes a multiple of kLanes.
  void Add(const double* terms, size_t n) {
    for (size_t i = 0; i < n; i += kLanes) {
      const size_t lanes = n - i < kLanes ? n - i : kLanes;
      for (size_t lane = 0; lane < lanes; ++lane) {
        Accumulate(terms[i + lane], high_[lane], low_[lane]);
      }
    }
  }

  // Adds another sum, as one term for each of its lanes.
  void Add(const CompensatedSum& other) {
    for (size_t lane = 0; lane < kLanes; ++lane) {
      Accumulate(other.high_[lane], high_[lane], low_[lane]);
      low_[lane] += other.low_[lane];
    }
  }

  double Total() const { return Total(high_.data(), low_.data()); }

  // Of the lanes of a sum that somebody else has added up.
  static constexpr double Total(const double* highs, const double* lows) {
    double high = 0;
    double low = 0;
    double plain = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      Accumulate(highs[lane], high, low);
      low += lows[lane];
      plain += highs[lane];
    }
    if (std::isfinite(high + low)) return high + low;
    // The error of a sum with an infinity in it is not a number; and of numbers that are
    // none, of which hosts differ in what they make, there is one.
    return std::isnan(plain) ? std::numeric_limits<double>::quiet_NaN() : plain;
  }

 private:
  std::array<double, kLanes> high_{};
  std::array<double, kLanes> low_{};
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_COMPENSATED_SUM_H_
