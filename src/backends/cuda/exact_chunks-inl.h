// An exact sum (base/exact_sum.h) to which all threads of a block add: of the same chunks, but
// a term is spread over three of them, 32 bits to each, so that 2^31 terms need no carry. Its
// total has the bits of ExactSum's, because the sum has one value. Include in .cu files after
// block-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_EXACT_CHUNKS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_EXACT_CHUNKS_INL_H_

#include <cstring>
#include <limits>

#include "src/backends/cuda/block-inl.h"

namespace activation::cuda {

class ExactChunks {
 public:
  static constexpr unsigned kChunks = 68;

  // By every thread, before anything is added; a phase must end in between.
  ACT_FN void Clear(unsigned thread) {
    for (unsigned i = thread; i < kChunks; i += kThreads) chunks_[i] = 0;
    if (thread == 0) specials_ = 0;
  }

  // By any threads at once.
  ACT_FN void Add(double term) {
    uint64_t bits;
    std::memcpy(&bits, &term, sizeof(bits));
    const auto exponent = static_cast<unsigned>(bits >> 52) & 0x7ff;
    const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
    const bool negative = bits >> 63 != 0;
    if (exponent == 0x7ff) {
      OrShared(fraction != 0 ? kNan : negative ? kMinusInfinity : kPlusInfinity, specials_);
      return;
    }
    const uint64_t mantissa = exponent == 0 ? fraction : fraction | uint64_t{1} << 52;
    if (mantissa == 0) return;
    // A subnormal's unit is that of the least normal exponent.
    const unsigned place = exponent == 0 ? 1 : exponent;
    const unsigned shift = place % 32;
    const auto low = static_cast<uint32_t>(mantissa << shift);
    const uint64_t rest = mantissa >> (32 - shift);
    const int64_t parts[3] = {low, static_cast<uint32_t>(rest), static_cast<int64_t>(rest >> 32)};
    for (unsigned i = 0; i < 3; ++i) {
      AddShared(negative ? -parts[i] : parts[i], chunks_[place / 32 + i]);
    }
  }

  // Leaves the sum elsewhere, by every thread.
  ACT_FN void Store(unsigned thread, ExactChunks& to) const {
    for (unsigned i = thread; i < kChunks; i += kThreads) to.chunks_[i] = chunks_[i];
    if (thread == 0) to.specials_ = specials_;
  }

  // Adds another sum, by every thread.
  ACT_FN void Add(unsigned thread, const ExactChunks& other) {
    for (unsigned i = thread; i < kChunks; i += kThreads) chunks_[i] += other.chunks_[i];
    if (thread == 0) specials_ |= other.specials_;
  }

  // By one thread; the sum is of no use after that. high is the nearest double, high + low
  // right to 2^-100 relative.
  ACT_FN void Total(double& high, double& low) {
    high = SpecialTotal();
    low = 0;
    if (specials_ != 0) return;
    Carry();
    // The last chunk alone can be negative.
    const bool negative = chunks_[kChunks - 1] < 0;
    if (negative) {
      for (int64_t& chunk : chunks_) chunk = -chunk;
      Carry();
    }
    unsigned first = kChunks;
    while (first > 0 && chunks_[first - 1] == 0) --first;
    double sum = 0;
    double rest = 0;
    // Five chunks hold 129 bits at least.
    for (unsigned i = first; i > 0 && i + 5 > first; --i) {
      const double term =
          ldexp(static_cast<double>(chunks_[i - 1]), static_cast<int>((i - 1) * 32) + kLeastUnit);
      const double next = sum + term;
      rest += term - (next - sum);
      sum = next;
    }
    // Beyond the greatest number there is no rest.
    const bool finite = fabs(sum + rest) < std::numeric_limits<double>::infinity();
    high = finite ? sum + rest : sum;
    low = finite ? rest - (high - sum) : 0;
    if (negative) {
      high = -high;
      low = -low;
    }
  }

 private:
  static constexpr unsigned kNan = 1;
  static constexpr unsigned kPlusInfinity = 2;
  static constexpr unsigned kMinusInfinity = 4;
  // Chunk i counts units of 2^(32 i - 1075).
  static constexpr int kLeastUnit = -1075;

  // What terms that are not finite add up to; zero where there are none.
  ACT_FN double SpecialTotal() const {
    const double infinity = std::numeric_limits<double>::infinity();
    if (specials_ == 0) return 0;
    if (specials_ == kPlusInfinity) return infinity;
    return specials_ == kMinusInfinity ? -infinity : std::numeric_limits<double>::quiet_NaN();
  }

  // Brings every chunk but the last into [0, 2^32).
  ACT_FN void Carry() {
    for (unsigned i = 0; i + 1 < kChunks; ++i) {
      const int64_t carry = chunks_[i] >> 32;
      chunks_[i] -= carry * (int64_t{1} << 32);
      chunks_[i + 1] += carry;
    }
  }

  int64_t chunks_[kChunks];
  unsigned specials_;
};
static_assert(sizeof(ExactChunks) <= kWeightSumBytes);

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_EXACT_CHUNKS_INL_H_
