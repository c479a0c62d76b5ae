// Gates for elements of 16 bits: numbers between which g(b) and g'(b) lie, near enough to each
// other that products with them mostly round to one element. Made of the GPU's own exponential and
// reciprocal, so that they take few instructions. Include in .cu files after ops_cuda.h and
// definitions-inl.h.
//
// Errors are relative and in units of 2^-23. The exponential has two, the reciprocal one (PTX ISA,
// "ex2.approx", "rcp.approx"), each rounding half a one, and what the exponential's argument has
// lost is as much of the result as of the argument, times its size. Bounds have a unit beyond that,
// for the roundings of value and error's sum and of its product with a weight.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NEAR_GATES_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NEAR_GATES_INL_H_

#include <cmath>

#include "src/functions/coefficients.h"

namespace activation::cuda {

inline constexpr float kUnit = 0x1p-23F;
inline constexpr float kLog2OfE = static_cast<float>(kLog2E.high);

// 2^x, of which a result is a normal float. On the host it is as wrong as it may be.
ACT_FN float NearExp2(float x) {
  float y;
#ifdef __CUDA_ARCH__
  asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
#else
  y = std::exp2(x) * (1 + 0x1p-23F);
#endif
  return y;
}

// 1 / x for 1 <= x < 2^126.
ACT_FN float NearReciprocal(float x) {
  float y;
#ifdef __CUDA_ARCH__
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(y) : "f"(x));
#else
  y = 1 / x;
#endif
  return y;
}

// Of a value, and how far from it the true one may be.
struct Near {
  float value;
  float error;
};

// The factor of a gate that a weight is multiplied with, and g'(b).
struct NearGate {
  Near gate;
  Near slope;
};

// 1 / (1 + 2^-u), and that of -u.
struct NearLogistic {
  float above;
  float below;
  float lost;  // of 2^-u, by u
};

ACT_FN NearLogistic LogisticOf(float u, float lost) {
  const float z = NearExp2(-u);
  const float above = NearReciprocal(1 + z);
  return {above, z * above, lost};
}

// 1 / (1 + z), of which z is so much as is missing from one.
ACT_FN Near GateOf(const NearLogistic& s) {
  return {s.above, s.above * fmaf(s.below, s.lost + 2.25F * kUnit, 2.75F * kUnit)};
}

// x kept within -limit and limit.
ACT_FN float Between(float x, float limit) { return fminf(fmaxf(x, -limit), limit); }

// f(b) = b s(A), f'(b) = s(A) + B s(A) s(-A) for the logistic function s and B = b dA/db. Of the
// second term the error is that of z, two of reciprocals and sums, of three products and a sum, and
// that of B.
ACT_FN NearGate SelfGated(const NearLogistic& s, float b_slope, float lost_in_b = 0) {
  const float second = b_slope * s.below;
  const float size = fmaf(s.above, fabsf(second), s.above);
  return {GateOf(s), {fmaf(s.above, second, s.above), size * (s.lost + (8 * kUnit + lost_in_b))}};
}

// Beyond kLimit a result of f16 is zero or as it is there; one of bf16 may be any number. Below it,
// or kDecaysAbove, above it, too, is what decays there. kTimesArgument: whether f(b) has b as
// another factor. kBlocks: forward and backward, as many as do without local memory.
template <class F>
struct NearGateOf;

template <>
struct NearGateOf<Glu> {
  static constexpr float kLimit = 80;
  static constexpr int kBlocks[] = {6, 5};
  static constexpr bool kTimesArgument = false;
  static constexpr bool kDecaysAbove = true;
  static ACT_FN NearGate Of(float b) {
    const float u = b * kLog2OfE;
    const NearLogistic s = LogisticOf(u, fabsf(u) * (kUnit / 2));
    const float slope = s.above * s.below;
    return {GateOf(s), {slope, slope * (s.lost + 7.5F * kUnit)}};
  }
};

template <>
struct NearGateOf<Swiglu> {
  static constexpr float kLimit = 80;
  static constexpr int kBlocks[] = {6, 5};
  static constexpr bool kTimesArgument = true;
  static constexpr bool kDecaysAbove = false;
  static ACT_FN NearGate Of(float b) {
    const float u = b * kLog2OfE;
    return SelfGated(LogisticOf(u, fabsf(u) * (kUnit / 2)), b);
  }
};

template <>
struct NearGateOf<GegluTanh> {
  static constexpr float kLimit = 9.5;
  static constexpr int kBlocks[] = {6, 5};
  static constexpr bool kTimesArgument = true;
  static constexpr bool kDecaysAbove = false;
  static ACT_FN NearGate Of(float b) {
    constexpr auto kC1 = static_cast<float>(kGeluTanhC1.high);
    constexpr auto kC3 = static_cast<float>(kGeluTanhC3.high);
    constexpr auto kU1 = static_cast<float>(kGeluTanhC1.high * kLog2E.high);
    constexpr auto kU3 = static_cast<float>(kGeluTanhC3.high * kLog2E.high);
    const float square = b * b;
    const float u = b * fmaf(kU3, square, kU1);
    return SelfGated(LogisticOf(u, fabsf(u) * (1.5F * kUnit)), b * fmaf(3 * kC3, square, kC1),
                     1.5F * kUnit);
  }
};

template <>
struct NearGateOf<Geglu> {
  static constexpr float kLimit = 12;
  static constexpr int kBlocks[] = {5, 3};
  static constexpr bool kTimesArgument = true;
  static constexpr bool kDecaysAbove = false;
  // Phi(-a) = e^(-a^2/2) M(a), and Phi(-a) - a phi(a); 1 less those above zero.
  static ACT_FN NearGate Of(float b) {
    using N = Number<float, InWarp>;
    const float a = fabsf(b);
    const float u = a * a * (kLog2OfE / 2);
    const float e = NearExp2(-u);
    const Pair<N> mills = InSegments(kMillsSegments, N{a});
    const float tail = e * (mills.high.v + mills.low.v);
    const float density = a * e * static_cast<float>(kNormalDensityAtZero.high);
    const float lost = fmaf(u, kUnit / 2, 5 * kUnit);
    const float slope = tail - density;
    // What differences from one are rounded by.
    const float one = b < 0 ? 0 : 1;
    const float sign = b < 0 ? 1 : -1;
    return {{fmaf(sign, tail, one), fmaf(tail, lost, one * kUnit)},
            {fmaf(sign, slope, one), fmaf(tail + density, lost, 2 * one * kUnit)}};
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_NEAR_GATES_INL_H_
