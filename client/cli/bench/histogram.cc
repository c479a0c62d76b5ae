#include "client/cli/bench/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace activation::cli {

Histogram::Histogram() : counts_(IndexOf(kMaxValue) + 1) {}

// Shifts the value right until kSubBits + 1 bits are left; the shift and those
// bits make the index.
size_t Histogram::IndexOf(uint64_t value) {
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - (kSubBits + 1));
  return (static_cast<size_t>(shift) << kSubBits) + (value >> shift);
}

uint64_t Histogram::GreatestIn(size_t index) {
  if (index < (size_t{2} << kSubBits)) return index;
  const size_t shift = (index >> kSubBits) - 1;
  const uint64_t bits = index - (shift << kSubBits);
  return ((bits + 1) << shift) - 1;
}

void Histogram::Add(uint64_t value) {
  value = std::min(value, kMaxValue);
  ++counts_[IndexOf(value)];
  ++count_;
  sum_ += static_cast<double>(value);
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Histogram::mean() const { return count_ == 0 ? 0 : sum_ / static_cast<double>(count_); }

uint64_t Histogram::SamplesNeeded(double percent) {
  // A hair less, so that 10 / 0.001 is ten thousand in spite of rounding.
  const double needed = static_cast<double>(kSamplesBeyond) / (1 - percent / 100);
  return static_cast<uint64_t>(std::ceil(needed * (1 - 1e-9)));
}

std::optional<uint64_t> Histogram::Percentile(double percent, uint64_t greater) const {
  const uint64_t all = count_ + greater;
  if (all < SamplesNeeded(percent)) return std::nullopt;
  const double exact_rank = percent / 100 * static_cast<double>(all);
  const uint64_t rank =
      std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(exact_rank * (1 - 1e-12))));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(GreatestIn(i), max_);
  }
  return std::nullopt;
}

}  // namespace activation::cli
