// The exact sum of any number of doubles, whatever their order: a fixed-point
// number wide enough for all of them, in chunks of 32 bits with room for carries.
// So the sum is the same however the work is divided. Thread-compatible.
// Source: Neal, "Fast exact summation using small and large superaccumulators",
// arXiv:1505.05571, 2015 (the small one).
#ifndef ACTIVATION_SRC_BASE_EXACT_SUM_H_
#define ACTIVATION_SRC_BASE_EXACT_SUM_H_

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace activation {

class ExactSum {
 public:
  void Add(double term) {
    const auto bits = std::bit_cast<uint64_t>(term);
    const auto exponent = static_cast<unsigned>(bits >> kMantissaBits) & kExponentMask;
    uint64_t mantissa = bits & kMantissaMask;
    if (exponent == kExponentMask) {
      special_ += term;
      return;
    }
    mantissa |= exponent == 0 ? 0 : kMantissaMask + 1;
    // A subnormal's unit is that of the least normal exponent.
    const unsigned place = exponent == 0 ? 1 : exponent;
    const unsigned shift = place % kChunkBits;
    const size_t chunk = place / kChunkBits;
    const auto low = static_cast<int64_t>((mantissa << shift) & kChunkMask);
    const auto high = static_cast<int64_t>(mantissa >> (kChunkBits - shift));
    const int64_t sign = (bits >> 63) != 0 ? -1 : 1;
    chunks_[chunk] += sign * low;
    chunks_[chunk + 1] += sign * high;
    if (++terms_ == kTermsBeforeCarry) Carry();
  }

  // Adds all terms of another sum.
  void Add(const ExactSum& other) {
    ExactSum carried = other;
    carried.Carry();
    Carry();
    for (size_t i = 0; i < kChunks; ++i) chunks_[i] += carried.chunks_[i];
    special_ += other.special_;
    terms_ = 1;  // what was added to each chunk is no more than a term adds
  }

  // The sum of all terms, high its nearest double and high + low right to 2^-100
  // relative; high alone where a term was infinite or NaN. NaN is the one quiet NaN with
  // a clear sign, because hosts differ in the NaNs they make.
  struct Words {
    double high;
    double low;
  };
  Words Total() {
    if (std::isnan(special_)) return {std::numeric_limits<double>::quiet_NaN(), 0};
    if (special_ != 0) return {special_, 0};
    Carry();
    // The last chunk alone can be negative.
    const bool negative = chunks_.back() < 0;
    if (negative) Negate();
    size_t first = chunks_.size();
    while (first > 0 && chunks_[first - 1] == 0) --first;
    Words sum = {0, 0};
    // Five chunks hold 129 bits at least.
    for (size_t i = first; i > 0 && i + 5 > first; --i) AddWord(chunks_[i - 1], i - 1, sum);
    const double high = Nearest(first);
    // Beyond the greatest number there is no rest.
    const double low = std::isfinite(high) ? sum.low - (high - sum.high) : 0;
    if (negative) Negate();
    return negative ? Words{-high, -low} : Words{high, low};
  }

 private:
  static constexpr unsigned kMantissaBits = 52;
  static constexpr uint64_t kMantissaMask = (uint64_t{1} << kMantissaBits) - 1;
  static constexpr unsigned kExponentMask = 0x7ff;
  static constexpr unsigned kChunkBits = 32;
  static constexpr uint64_t kChunkMask = (uint64_t{1} << kChunkBits) - 1;
  // Chunk i counts units of 2^(32 i - 1075). Two beyond the greatest exponent's
  // hold carries.
  static constexpr size_t kChunks = 68;
  static constexpr int kLeastUnit = -1075;
  // A term adds less than 2^53 to a chunk.
  static constexpr size_t kTermsBeforeCarry = 1000;

  // Brings every chunk but the last into [0, 2^32).
  void Carry() {
    for (size_t i = 0; i + 1 < kChunks; ++i) {
      const int64_t carry = chunks_[i] >> kChunkBits;
      chunks_[i] -= carry * (int64_t{1} << kChunkBits);
      chunks_[i + 1] += carry;
    }
    terms_ = 0;
  }

  void Negate() {
    for (int64_t& chunk : chunks_) chunk = -chunk;
    Carry();
  }

  // The nearest double, for `first` chunks that are not zero. Three hold 65 bits at least, so that
  // their rounding error is one number; of all below, its being there decides ties.
  double Nearest(size_t first) const {
    const size_t last = first > 3 ? first - 3 : 0;
    const bool more = std::any_of(chunks_.begin(), chunks_.begin() + last,
                                  [](int64_t chunk) { return chunk != 0; });
    Words sum = {0, 0};
    for (size_t i = first; i > last; --i) {
      AddWord(chunks_[i - 1] | static_cast<int64_t>(more && i - 1 == last), i - 1, sum);
    }
    return std::isfinite(sum.high) ? sum.high + sum.low : sum.high;
  }

  // Adds `value` units of a chunk.
  static void AddWord(int64_t value, size_t chunk, Words& sum) {
    const double term =
        std::ldexp(static_cast<double>(value), static_cast<int>(chunk * kChunkBits) + kLeastUnit);
    const double high = sum.high + term;
    sum.low += term - (high - sum.high);
    sum.high = high;
  }

  std::array<int64_t, kChunks> chunks_{};
  size_t terms_ = 0;
  double special_ = 0;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_EXACT_SUM_H_
