// Finds the highest rate that holds: doubles or halves until one holds and one does not,
// then halves what lies between. Pure: whoever uses it does the trying.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_RATE_SEARCH_H_
#define ACTIVATION_CLIENT_CLI_BENCH_RATE_SEARCH_H_

#include <cmath>
#include <optional>

namespace activation::cli {

class RateSearch {
 public:
  // At most so many rates are tried, fewer where the answer is known to within `precision`.
  RateSearch(double first, int most_tries, double precision = 0.03)
      : next_(first), left_(most_tries), precision_(precision) {}

  // The rate to try; none when the search is over.
  std::optional<double> Next() const {
    if (left_ <= 0 || (highest_ && lowest_ && *lowest_ / *highest_ <= 1 + precision_)) {
      return std::nullopt;
    }
    return next_;
  }

  // Whether that rate held.
  void Tell(bool held) {
    --left_;
    (held ? highest_ : lowest_) = next_;
    if (highest_ && lowest_) {
      next_ = std::sqrt(*highest_ * *lowest_);
    } else {
      next_ *= held ? 2 : 0.5;
    }
  }

  // The highest that held, if any did.
  std::optional<double> highest() const { return highest_; }

 private:
  double next_;
  int left_;
  const double precision_;
  std::optional<double> highest_;  // that held
  std::optional<double> lowest_;   // that did not
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_RATE_SEARCH_H_
