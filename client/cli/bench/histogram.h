// Counts of values in buckets of bounded relative width, as in HdrHistogram:
// exact below 2^kSubBits, then 2^kSubBits buckets for each power of two. Adding
// is a few instructions, merging adds counts. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_HISTOGRAM_H_
#define ACTIVATION_CLIENT_CLI_BENCH_HISTOGRAM_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace activation::cli {

class Histogram {
 public:
  static constexpr int kSubBits = 7;
  // A percentile is at most this share above the exact one, and never below.
  static constexpr double kRelativeError = 1.0 / (1 << kSubBits);
  // Greater values count as this one; 2^42 ns are more than an hour.
  static constexpr uint64_t kMaxValue = (uint64_t{1} << 42) - 1;
  // A percentile needs this many samples beyond it to mean anything.
  static constexpr uint64_t kSamplesBeyond = 10;

  Histogram();

  void Add(uint64_t value);
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  uint64_t min() const { return count_ == 0 ? 0 : min_; }  // exact
  uint64_t max() const { return max_; }                    // exact
  double mean() const;                                     // exact

  // The least bucket bound that at least `percent` of the values do not pass;
  // nothing where fewer than kSamplesBeyond samples lie beyond it. `greater` more values
  // that nobody knows lie above all others; nothing where it is one of those.
  std::optional<uint64_t> Percentile(double percent, uint64_t greater = 0) const;

  // Calls visit(greatest value of the bucket, its count) for every bucket that has any, from
  // the least values up.
  template <class Visit>
  void ForEach(const Visit& visit) const {
    for (size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] > 0) visit(std::min(GreatestIn(i), max_), counts_[i]);
    }
  }

  // Samples that Percentile(percent) asks for.
  static uint64_t SamplesNeeded(double percent);

 private:
  static size_t IndexOf(uint64_t value);
  static uint64_t GreatestIn(size_t index);

  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  uint64_t min_ = kMaxValue;
  uint64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_HISTOGRAM_H_
