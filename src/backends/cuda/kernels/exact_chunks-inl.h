// An exact sum (base/exact_sum.h) to which all threads of a block add: of the same chunks, but
// a term is spread over three of them, 32 bits to each, so that 2^31 terms need no carry. Its
// total has the bits of ExactSum's, because the sum has one value. Threads that all add to the
// same few chunks wait for each other; those that have many terms add them up by themselves first
// (ThreadSum). Include in .cu files after block-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_CHUNKS_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_CHUNKS_INL_H_

#include <cstring>
#include <limits>

#include "src/backends/cuda/kernels/block-inl.h"

namespace activation::cuda {

// A term that is finite and not zero: parts to consecutive chunks.
struct SpreadTerm {
  unsigned chunk;
  int64_t parts[3];
};

class ExactChunks {
 public:
  static constexpr unsigned kChunks = 68;

  // Whether there is anything to spread; what is not finite is noted in `sum`.
  static ACT_FN bool Spread(double term, SpreadTerm& spread, ExactChunks& sum) {
    uint64_t bits;
    std::memcpy(&bits, &term, sizeof(bits));
    const auto exponent = static_cast<unsigned>(bits >> 52) & 0x7ff;
    const uint64_t fraction = bits & ((uint64_t{1} << 52) - 1);
    const bool negative = bits >> 63 != 0;
    if (exponent == 0x7ff) {
      OrShared(fraction != 0 ? kNan : negative ? kMinusInfinity : kPlusInfinity, sum.specials_);
      return false;
    }
    const uint64_t mantissa = exponent == 0 ? fraction : fraction | uint64_t{1} << 52;
    // A subnormal's unit is that of the least normal exponent.
    const unsigned place = exponent == 0 ? 1 : exponent;
    const unsigned shift = place % 32;
    const uint64_t rest = mantissa >> (32 - shift);
    spread.chunk = place / 32;
    spread.parts[0] = static_cast<uint32_t>(mantissa << shift);
    spread.parts[1] = static_cast<uint32_t>(rest);
    spread.parts[2] = static_cast<int64_t>(rest >> 32);
    for (int64_t& part : spread.parts) part = negative ? -part : part;
    return mantissa != 0;
  }

  // By every thread, before anything is added; a phase must end in between.
  ACT_FN void Clear(unsigned thread) {
    for (unsigned i = thread; i < kChunks; i += kThreads) chunks_[i] = 0;
    if (thread == 0) specials_ = 0;
  }

  // By any threads at once.
  ACT_FN void Add(double term) {
    SpreadTerm spread;
    if (!Spread(term, spread, *this)) return;
    for (unsigned i = 0; i < 3; ++i) AddToChunk(spread.chunk + i, spread.parts[i]);
  }
  ACT_FN void AddToChunk(unsigned chunk, int64_t part) { AddShared(part, chunks_[chunk]); }

  // Leaves the sum elsewhere, by every thread.
  ACT_FN void Store(unsigned thread, ExactChunks& to) const {
    for (unsigned i = thread; i < kChunks; i += kThreads) to.chunks_[i] = chunks_[i];
    if (thread == 0) to.specials_ = specials_;
  }

  // Adds sums other(0) to other(count - 1), by every thread: a thread for each chunk of every
  // kGroups-th of them.
  template <class Other>
  ACT_FN void AddAll(unsigned thread, uint64_t count, Other other) {
    constexpr unsigned kGroups = kThreads / kChunks;
    const unsigned chunk = thread % kChunks;
    if (thread / kChunks >= kGroups) return;
    int64_t sum = 0;
    unsigned specials = 0;
#pragma unroll 8
    for (uint64_t i = thread / kChunks; i < count; i += kGroups) {
      sum += other(i).chunks_[chunk];
      specials |= other(i).specials_;
    }
    if (sum != 0) AddToChunk(chunk, sum);
    if (chunk == 0 && specials != 0) OrShared(specials, specials_);
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
#pragma unroll 1
      for (int64_t& chunk : chunks_) chunk = -chunk;
      Carry();
    }
    unsigned first = kChunks;
    while (first > 0 && chunks_[first - 1] == 0) --first;
    double sum = 0;
    double rest = 0;
    // Five chunks hold 129 bits at least.
    for (unsigned i = first; i > 0 && i + 5 > first; --i) {
      AddWord(chunks_[i - 1], i - 1, sum, rest);
    }
    high = Nearest(first);
    // Beyond the greatest number there is no rest.
    low = IsFinite(high) ? rest - (high - sum) : 0;
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

  static ACT_FN bool IsFinite(double x) {
    return fabs(x) < std::numeric_limits<double>::infinity();
  }

  // As those of ExactSum.
  ACT_FN double Nearest(unsigned first) const {
    const unsigned last = first > 3 ? first - 3 : 0;
    bool more = false;
    for (unsigned i = 0; i < last; ++i) more = more || chunks_[i] != 0;
    double sum = 0;
    double rest = 0;
    for (unsigned i = first; i > last; --i) {
      const int64_t below = more && i - 1 == last ? 1 : 0;
      AddWord(chunks_[i - 1] | below, i - 1, sum, rest);
    }
    return IsFinite(sum) ? sum + rest : sum;
  }

  static ACT_FN void AddWord(int64_t value, unsigned chunk, double& sum, double& rest) {
    const double term =
        ldexp(static_cast<double>(value), static_cast<int>(chunk * 32) + kLeastUnit);
    const double next = sum + term;
    rest += term - (next - sum);
    sum = next;
  }

  // What terms that are not finite add up to; zero where there are none.
  ACT_FN double SpecialTotal() const {
    const double infinity = std::numeric_limits<double>::infinity();
    if (specials_ == 0) return 0;
    if (specials_ == kPlusInfinity) return infinity;
    return specials_ == kMinusInfinity ? -infinity : std::numeric_limits<double>::quiet_NaN();
  }

  // Brings every chunk but the last into [0, 2^32). A loop, so that registers do not keep them.
  ACT_FN void Carry() {
#pragma unroll 1
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

// What the threads of a block have added up by themselves (ThreadSum), in memory they share.
struct ThreadSums {
  static constexpr unsigned kWindow = 4;

  int64_t chunks[kWindow][kThreads];
  unsigned bases[kThreads];
};

// Terms of one thread, in registers: some neighbouring chunks, which the terms of one tensor seldom
// leave. The block's sum gets only what is left behind when they do.
class ThreadSum {
 public:
  ACT_FN void Add(double term, ExactChunks& sum) {
    SpreadTerm spread;
    if (!ExactChunks::Spread(term, spread, sum)) return;
    if (spread.chunk - base_ > 1) MoveTo(spread.chunk, sum);
    const bool upper = spread.chunk != base_;
    const auto& parts = spread.parts;
    chunks_[0] += upper ? 0 : parts[0];
    chunks_[1] += upper ? parts[0] : parts[1];
    chunks_[2] += upper ? parts[1] : parts[2];
    chunks_[3] += upper ? parts[2] : 0;
  }

  ACT_FN void Leave(unsigned thread, ThreadSums& to) const {
    for (unsigned i = 0; i < ThreadSums::kWindow; ++i) to.chunks[i][thread] = chunks_[i];
    to.bases[thread] = base_;
  }

  // Before the first term, and of a thread that has none.
  static constexpr unsigned kNowhere = ~0U - 1;

 private:
  // So that terms of this chunk and of where they were last have room, if that can be.
  ACT_FN void MoveTo(unsigned chunk, ExactChunks& sum) {
    for (unsigned i = 0; i < ThreadSums::kWindow; ++i) {
      if (chunks_[i] != 0) sum.AddToChunk(base_ + i, chunks_[i]);
      chunks_[i] = 0;
    }
    base_ = chunk < base_ ? chunk : chunk - 1;
  }

  int64_t chunks_[ThreadSums::kWindow] = {};
  unsigned base_ = kNowhere;
};

// Adds all that the threads have left to the sum, by all of them: half and half, in place. They are
// of no use after that.
template <unsigned kCount>
ACT_FN void AddUp(ThreadSums (&parts)[kCount], ExactChunks& sum) {
  const auto give = [&sum](const ThreadSums& from, unsigned thread) {
    if (from.bases[thread] == ThreadSum::kNowhere) return;
    for (unsigned i = 0; i < ThreadSums::kWindow; ++i) {
      const int64_t chunk = from.chunks[i][thread];
      if (chunk != 0) sum.AddToChunk(from.bases[thread] + i, chunk);
    }
  };
  for (unsigned half = kThreads / 2; half > 0; half /= 2) {
    EachThread([&](unsigned thread) {
      if (thread >= half) return;
      for (ThreadSums& part : parts) {
        if (part.bases[thread] != part.bases[thread + half]) {
          give(part, thread + half);
          continue;
        }
        for (unsigned i = 0; i < ThreadSums::kWindow; ++i) {
          part.chunks[i][thread] += part.chunks[i][thread + half];
        }
      }
    });
  }
  OneThread([&] {
    for (const ThreadSums& part : parts) give(part, 0);
  });
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_EXACT_CHUNKS_INL_H_
