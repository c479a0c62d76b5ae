// Correctly rounded results: computed one precision up and, where a number within the
// error rounds to another element, decided by the slow lane (numerics in
// cpu/rounding_test-inl.h and cpu/slow_lane.h; a correctly rounded result has one value, so
// bits are the CPU's). `Formula` gives Formula::template Of<G>(a, b, c, params) in any
// grade. Include in .cu files after ops_cuda.h and definitions-inl.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROUNDING_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROUNDING_INL_H_

#include <bit>
#include <cstring>
#include <limits>

#include "src/backends/cuda/kernels/storage-inl.h"
#include "src/backends/cuda/kernels/warp_tile-inl.h"
#include "src/functions/error_bound.h"

namespace activation::cuda {

// What a formula takes: x and dy, or b of a gate and its factors.
struct Inputs {
  float a;
  float b;
  float c;
};

template <class Formula, template <class> class Grade, class T, class Way = Plainly>
ACT_FN auto Compute(const Inputs& in, const Params& params) {
  using N = Number<T, Way>;
  return Formula::template Of<Grade<N>>(N{static_cast<T>(in.a)}, N{static_cast<T>(in.b)},
                                        N{static_cast<T>(in.c)}, params);
}

// The element nearest to the true result. Rarely needed, so never inlined: it costs the
// fast path neither registers nor room.
template <class Formula, DType kType>
__noinline__ __host__ __device__ TypeOf<kType> Settle(Inputs in, Params params) {
  using To = Storage<kType>;
  const double y = Rounded(Compute<Formula, Quick, double>(in, params)).v;
  if constexpr (Formula::kIsDouble) return To::Round(y);
  const double error = fabs(y) * (Formula::kErrorUnits * 0x1p-52);
  const TypeOf<kType> result = To::Round(y);
  // Zero, NaN and infinity, as a product with an infinite dy is, are what they are.
  if (!(error > 0) || fabs(y) == std::numeric_limits<double>::infinity()) return result;
  if (To::AreSame(To::Round(y - error), To::Round(y + error))) return result;
  const auto words = Compute<Formula, Certain, double>(in, params);
  return To::Round(RoundToOdd(High(words).v, Low(words).v));
}

// Whether y is within an error of the middle between two neighbouring floats, or may be:
// the bits that a float does not hold are then 1000..., and below the normal numbers, but above
// what is zero in any case, the middles lie elsewhere. The error is a power of two.
template <uint32_t kUnits>
ACT_FN bool MayBeInDoubt(double y) {
  uint64_t bits;
  std::memcpy(&bits, &y, sizeof(bits));
  constexpr uint32_t kMiddle = uint32_t{1} << 28;
  constexpr uint32_t kLost = 2 * kMiddle - 1;
  const uint32_t shifted = static_cast<uint32_t>(bits) + kMiddle + kUnits;
  // The upper half of the bits of 2^-151 and 2^-126, twice as much, which leaves out the sign.
  constexpr uint32_t kZero = 2 * 0x36800000U;
  constexpr uint32_t kNormal = 2 * 0x38100000U;
  const uint32_t size = 2 * static_cast<uint32_t>(bits >> 32);
  return (shifted & (kLost & ~(2 * kUnits - 1))) == 0 || size - kZero < kNormal - kZero;
}

// A result and whether it is in doubt, so that Settle() has to decide.
template <class T>
struct Attempt {
  T value;
  bool in_doubt;
};

// How doubles of the grade Quick are computed.
template <class Formula>
using WayOf = std::conditional_t<Formula::kIsPlain, Plainly, InWarp>;

// Far more than what plain numbers of that grade and those of a warp differ by, in units of the
// last place.
inline constexpr uint32_t kWayUnits = 1 << 6;

// Quick rounded to a float, untested, as the CPU does it in plain numbers. Rarely needed: only for
// what is so near to the middle between two floats that the other way may have another result.
template <class Formula>
__noinline__ __host__ __device__ float QuickFloat(Inputs in, Params params) {
  return static_cast<float>(Rounded(Compute<Formula, Quick, double>(in, params)).v);
}

// f32 in the EXACT tier.
template <class Formula>
ACT_FN Attempt<float> TryFloat(const Inputs& in, const Params& params) {
  if constexpr (Formula::kRoundsOnce) {
    return {Rounded(Compute<Formula, Fast, float, InWarp>(in, params)).v, false};
  } else {
    const double y = Rounded(Compute<Formula, Quick, double, WayOf<Formula>>(in, params)).v;
    const auto value = static_cast<float>(y);
    bool in_doubt = !Formula::IsSure(params) && MayBeInDoubt<Formula::kErrorUnits>(y);
    if constexpr (requires { Formula::kNanIsInDoubt; }) {
      in_doubt = in_doubt || (Formula::kNanIsInDoubt && value != value);
    }
    return {value, in_doubt};
  }
}

// Bound on the error of a float before it becomes one of 16 bits, relative to it: that of the
// FAST formula, 2 or 4 units, or that of one rounding, half a unit. What is more than that is for
// the roundings of the test itself, at most half a unit; with 2 or 4 units, and with the
// last, 1 and the bound add up to floats.
template <class Formula>
ACT_FN constexpr float FloatError() {
  if constexpr (Formula::kHasFast) {
    return Formula::kFastUnits * 0x1.8p-23F;
  } else {
    return 0x1p-22F;
  }
}

// HoldInTwoFloats(), which nvcc makes a loop over local memory of for sm_100; elsewhere the loop
// takes a register less.
ACT_FN bool AreHeld(const Params& params) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
  constexpr auto is_held = [](double value) { return value == 0 || fabs(value) >= 0x1p-60; };
  static_assert(kMaxParams == 2);
  return is_held(params.values[0]) && is_held(params.values[1]);
#else
  return HoldInTwoFloats(params);
#endif
}

// The element of 16 bits that is nearest to all numbers within the error of y, which is relative to
// it; in doubt where there is none. Below the normal floats, where errors are not relative, f16 has
// nothing but zero, and every y of bf16 but that is in doubt.
template <DType kType>
ACT_FN Attempt<uint16_t> RoundedWithin(float y, float error) {
  const uint32_t both = Storage<kType>::RoundBoth(y * (1 - error), y * (1 + error));
  const auto result = static_cast<uint16_t>(both);
  bool in_doubt = result != both >> 16;
  if constexpr (kType == DType::kBF16) {
    in_doubt = in_doubt || (fabsf(y) < 2 * std::numeric_limits<float>::min() && y != 0);
  }
  return {result, in_doubt};
}

// f16 and bf16, by way of a float.
template <class Formula, DType kType>
ACT_FN Attempt<uint16_t> TryHalf(const Inputs& in, const Params& params) {
  float y;
  if constexpr (Formula::kHasFast) {
    y = Rounded(Compute<Formula, Fast, float, InWarp>(in, params)).v;
  } else {
    y = static_cast<float>(Rounded(Compute<Formula, Quick, double, WayOf<Formula>>(in, params)).v);
  }
  Attempt<uint16_t> attempt = RoundedWithin<kType>(y, FloatError<Formula>());
  attempt.in_doubt = attempt.in_doubt || !AreHeld(params);
  return attempt;
}

// Parameters as floats between which and what they stand for lies no element of 16 bits: compared
// with elements, or as a result that is rounded to one, they do what those do. What is zero as a
// float stays as it is: formulas in floats see to that themselves.
ACT_FN Params RoundedToOdd(const Params& params) {
  Params odd;
#pragma unroll
  for (size_t i = 0; i < kMaxParams; ++i) {
    const double value = params.values[i];
    odd.values[i] = static_cast<float>(value) == 0 ? value : RoundToOdd(value);
  }
  return odd;
}

// f16 and bf16 for all of a lane, where a formula in floats rounds once at most: so does its
// result, since it chooses among elements and parameters, or is a product of two elements, which
// a float holds but for what rounds to zero. No element is in doubt, and two are converted at once.
template <class Formula, DType kType, class A, class B, class C>
ACT_FN void ComputeHalvesOnce(const A& a, const B& b, const C& c, const Params& params,
                              LaneValues<uint16_t>& out) {
  using To = Storage<kType>;
  const Params odd = RoundedToOdd(params);
  const auto result = [&](unsigned v, unsigned k) {
    const Inputs in = {To::Widen(a.At(v, k)), To::Widen(b.At(v, k)), To::Widen(c.At(v, k))};
    const float y = Rounded(Compute<Formula, Fast, float>(in, odd)).v;
    if constexpr (requires { Formula::kNanOfLast; }) {
      return in.a != in.a || in.c != in.c ? std::numeric_limits<float>::quiet_NaN() : y;
    }
    return in.a != in.a ? in.a : y;
  };
#pragma unroll
  for (unsigned v = 0; v < kVectors; ++v) {
#pragma unroll
    for (unsigned k = 0; k < LaneTile<uint16_t>::kWidth; k += 2) {
      const float low = result(v, k);
      const float high = result(v, k + 1);
      const uint32_t both = To::WithOneNan(To::RoundBoth(low, high));
      out[v].at[k] = static_cast<uint16_t>(both);
      out[v].at[k + 1] = static_cast<uint16_t>(both >> 16);
    }
  }
}

// Any type and tier, before NaN is seen to.
template <class Formula, Tier kTier, DType kType>
ACT_FN Attempt<TypeOf<kType>> Try(TypeOf<kType> a, TypeOf<kType> b, TypeOf<kType> c,
                                  const Params& params) {
  using To = Storage<kType>;
  if constexpr (kType == DType::kF64) {
    using N = Number<double>;
    return {Rounded(Formula::template Of<Careful<N>>(N{a}, N{b}, N{c}, params)).v, false};
  } else {
    const Inputs in = {To::Widen(a), To::Widen(b), To::Widen(c)};
    if constexpr (kType != DType::kF32) {
      return TryHalf<Formula, kType>(in, params);
    } else if constexpr (kTier == Tier::kExact) {
      return TryFloat<Formula>(in, params);
    } else if constexpr (Formula::kHasFast) {
      return {Rounded(Compute<Formula, Fast, float, InWarp>(in, params)).v, false};
    } else if constexpr (Formula::kFastIsQuick) {
      const double y = Rounded(Compute<Formula, Quick, double, WayOf<Formula>>(in, params)).v;
      return {static_cast<float>(y), !Formula::kIsPlain && MayBeInDoubt<kWayUnits>(y)};
    } else {
      return TryFloat<Formula>(in, params);
    }
  }
}

// What an element is that Try() leaves in doubt.
template <class Formula, Tier kTier, DType kType>
ACT_FN TypeOf<kType> Decide(const Inputs& in, const Params& params) {
  if constexpr (kType == DType::kF32 && kTier == Tier::kFast && Formula::kFastIsQuick) {
    return QuickFloat<Formula>(in, params);
  } else {
    return Settle<Formula, kType>(in, params);
  }
}

// Whether an element's result is NaN whatever the formula says, which may have been given a number
// in its place.
template <class Formula, DType kType>
ACT_FN bool IsNanOf(TypeOf<kType> a, TypeOf<kType> c) {
  using To = Storage<kType>;
  if constexpr (requires { Formula::kNanOfLast; }) return To::IsNan(a) || To::IsNan(c);
  return To::IsNan(a);
}

// Where the lowest bit is that is set, of some that are.
ACT_FN unsigned LowestBit(unsigned bits) {
#ifdef __CUDA_ARCH__
  return __ffs(static_cast<int>(bits)) - 1;
#else
  return std::countr_zero(bits);
#endif
}

// Decides on the elements of a lane that are marked, the k-th of vector v by bit v * width + k, one
// after another: so that the rest does without branches. put(place, y) is to keep each result;
// nothing may have been stored over the inputs by then.
template <class Formula, Tier kTier, DType kType, class A, class B, class C, class Put>
ACT_FN void DecideMarked(unsigned marks, const LaneTile<TypeOf<kType>>& part, const A& a,
                         const B& b, const C& c, const Params& params, Put put) {
  using To = Storage<kType>;
  constexpr unsigned kWidth = LaneTile<TypeOf<kType>>::kWidth;
#pragma unroll 1
  for (; marks != 0; marks &= marks - 1) {
    const unsigned place = LowestBit(marks);
    const uint64_t i = part.At(place / kWidth, place % kWidth);
    if (i >= part.end()) break;
    const TypeOf<kType> x = a.Again(i);
    const TypeOf<kType> last = c.Again(i);
    const Inputs in = {To::Widen(x), To::Widen(b.Again(i)), To::Widen(last)};
    const TypeOf<kType> y = Decide<Formula, kTier, kType>(in, params);
    put(place, IsNanOf<Formula, kType>(x, last) || To::IsNan(y) ? To::kNan : y);
  }
}

// What DecideMarked() puts, into a lane's results.
template <class T>
ACT_FN auto PutInLane(const LaneTile<T>& part, LaneValues<T>& out) {
  return [&part, &out](unsigned place, T y) {
    part.ForEach([&](unsigned v, unsigned k, uint64_t) {
      if (v * LaneTile<T>::kWidth + k == place) out[v].at[k] = y;
    });
  };
}

// ComputeLane element by element, of which attempt(a, b, c) is one. What is in doubt comes last. Of
// floats it is so rare that all of the lane's are decided on then.
template <class Formula, Tier kTier, DType kType, class A, class B, class C, class Attempts>
ACT_FN void ComputeInTurn(const LaneTile<TypeOf<kType>>& part, const A& a, const B& b, const C& c,
                          const Params& params, LaneValues<TypeOf<kType>>& out, Attempts attempt) {
  using To = Storage<kType>;
  constexpr unsigned kWidth = LaneTile<TypeOf<kType>>::kWidth;
  constexpr bool kDecidesAll = kType == DType::kF32;
  unsigned doubt = 0;
  bool any = false;
  part.ForEach([&](unsigned v, unsigned k, uint64_t) {
    const auto y = attempt(a.At(v, k), b.At(v, k), c.At(v, k));
    const bool nan = IsNanOf<Formula, kType>(a.At(v, k), c.At(v, k)) || To::IsNan(y.value);
    out[v].at[k] = nan ? To::kNan : y.value;
    if constexpr (kDecidesAll) {
      any = any || y.in_doubt;
    } else if (y.in_doubt && !nan) {
      doubt |= 1U << (v * kWidth + k);
    }
  });
  if constexpr (kType != DType::kF64) {
    if constexpr (kDecidesAll) doubt = any ? (1U << kVectors * kWidth) - 1 : 0;
    DecideMarked<Formula, kTier, kType>(doubt, part, a, b, c, params, PutInLane(part, out));
  }
}

// out = Formula of a, b and c (LaneInput) for all elements of a lane; the one quiet NaN where it
// or a is one, or c if the formula says so.
template <class Formula, Tier kTier, DType kType, class A, class B, class C>
ACT_FN void ComputeLane(const LaneTile<TypeOf<kType>>& part, const A& a, const B& b, const C& c,
                        const Params& params, LaneValues<TypeOf<kType>>& out) {
  if constexpr (sizeof(TypeOf<kType>) == 2 && Formula::kRoundsOnce) {
    ComputeHalvesOnce<Formula, kType>(a, b, c, params, out);
  } else {
    using T = TypeOf<kType>;
    ComputeInTurn<Formula, kTier, kType>(part, a, b, c, params, out, [&](T in_a, T in_b, T in_c) {
      return Try<Formula, kTier, kType>(in_a, in_b, in_c, params);
    });
  }
}

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ROUNDING_INL_H_
