// Inside a formula: division against an approximate reciprocal with Newton's or Halley's
// step, a table of powers against a longer polynomial, Horner's scheme against Estrin's.
// On sigmoid and exp, as EXACT computes them (in double, with the rounding test) and as
// FAST does (in float). AVX-512 only, which has approximate reciprocals of doubles. The
// results are as exact as what they are held against, but not proved.
#include <cstring>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmarks/trials/formula_trials.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/rounding_test-inl.h"
#include "tests/benchmarks/trials/trial.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

#if HWY_TARGET == HWY_AVX3

using FloatNumber = Number<Floats>;

// e^y for |y| < 700 as EXACT has it: 16 powers in a table and degree 6.
struct WithTable {
  static HWY_INLINE ExpParts<Quick<Wide>> Exp(Wide y) { return ReduceExp<Quick<Wide>>(y); }
};

// The same without a table: degree 11, by Horner's scheme.
struct WithoutTable {
  static HWY_INLINE ExpParts<Quick<Wide>> Exp(Wide y) {
    const Wide shifted = Fma(y, Wide::Of(kLog2E.high), RoundingShift<Wide>());
    const Wide n = shifted - RoundingShift<Wide>();
    const Wide r = Fma(n, Wide::Of(-kLn2.high), y);
    Wide q = Wide::Of(kExpRemainderCareful[9].high);
    for (size_t i = 9; i-- > 0;) q = Fma(q, r, Wide::Of(kExpRemainderCareful[i].high));
    return {PowerOfTwo(n), Wide::Of(0), Fma(r * r, q, r)};
  }
};

// 1 / d.
struct Divided {
  template <class N>
  static HWY_INLINE N Reciprocal(N d) {
    return N::Of(1) / d;
  }
};

// 1 / d to 14 bits.
template <class N>
HWY_INLINE N Approximate(N d) {
  if constexpr (sizeof(typename N::Real) == 4) {
    return {typename N::V{_mm512_rcp14_ps(d.v.raw)}};
  } else {
    return {typename N::V{_mm512_rcp14_pd(d.v.raw)}};
  }
}

// Each step of Newton's doubles the 14 bits.
template <int kSteps>
struct Newton {
  template <class N>
  static HWY_INLINE N Reciprocal(N d) {
    N r = Approximate(d);
    for (int i = 0; i < kSteps; ++i) r = Fma(r, Fma(-d, r, N::Of(1)), r);
    return r;
  }
};

// Halley's triples them.
struct Halley {
  template <class N>
  static HWY_INLINE N Reciprocal(N d) {
    const N r = Approximate(d);
    const N e = Fma(-d, r, N::Of(1));
    return Fma(r, Fma(e, e, e), r);
  }
};

// A float's reciprocal within a ULP: Newton's step and a correction by what is left.
struct NewtonCorrected {
  template <class N>
  static HWY_INLINE N Reciprocal(N d) {
    const N r = Newton<1>::Reciprocal(d);
    return Fma(r, Fma(-d, r, N::Of(1)), r);
  }
};

// What EXACT does to every vector: in double, rounded, tested.
template <class Formula>
HWY_INLINE void InDoubleTested(const float* x, float* out, size_t n, Formula formula) {
  bool any = false;
  for (size_t i = 0; i < n; i += hn::Lanes(Floats())) {
    const FloatNumber xi = {hn::LoadU(Floats(), x + i)};
    const Parts wide = Widen(xi.v);
    const Parts y = EachPart(wide, wide, formula);
    const FloatNumber rounded = {Narrow(y)};
    hn::StoreU(WithNanOf(xi, rounded).v, Floats(), out + i);
    any |= HWY_UNLIKELY(MayBeInDoubt(y, rounded.v)) && IsInDoubt(y);
  }
  // So that the test is not optimised away.
  asm volatile("" : : "r"(any));
}

template <class Power, class Quotient>
void ExactSigmoid(const float* x, const float*, float* out, size_t n) {
  InDoubleTested(x, out, n, [](Wide xi, Wide) HWY_ATTR {
    return Quotient::Reciprocal(ExpPlus(Power::Exp(-Within(xi, 205)), Wide::Of(1)));
  });
}

template <class Power>
void ExactExp(const float* x, const float*, float* out, size_t n) {
  InDoubleTested(x, out, n,
                 [](Wide xi, Wide) HWY_ATTR { return Exp(Power::Exp(Within(xi, 205))).mantissa; });
}

template <class Quotient>
void FastSigmoid(const float* x, const float*, float* out, size_t n) {
  ForEachVector<false>(x, static_cast<const float*>(nullptr), out, n, Store::kCached,
                       [](auto xi, auto) HWY_ATTR {
                         using G = Fast<decltype(xi)>;
                         const ExpParts<G> e = ReduceExp<G>(-Within(xi, 87));
                         return Quotient::Reciprocal(ExpPlus(e, decltype(xi)::Of(1)));
                       });
}

// e^r - 1 by Horner's scheme or by Estrin's, which the kernels take.
template <bool kEstrin>
void FastExp(const float* x, const float*, float* out, size_t n) {
  ForEachVector<false>(x, static_cast<const float*>(nullptr), out, n, Store::kCached,
                       [](auto xi, auto) HWY_ATTR {
                         using N = decltype(xi);
                         using G = Fast<N>;
                         const N clamped = Within(xi, 87);
                         ExpParts<G> e = ReduceExp<G>(clamped);
                         if constexpr (!kEstrin) {
                           const N high = Fma(e.exponent, N::Of(-kLn2HighFast.high), clamped);
                           const N r = Fma(e.exponent, N::Of(-kLn2LowFast.high), high);
                           e.remainder = Fma(r * r, Polynomial(kExpRemainderFast, r), r);
                         }
                         return Scale(OnePlus(e.remainder), e.exponent);
                       });
}

void AddTrials(std::vector<Trial>& trials) {
  trials.push_back({"exact_sigmoid/table_division", ExactSigmoid<WithTable, Divided>, nullptr});
  trials.push_back({"exact_sigmoid/table_newton", ExactSigmoid<WithTable, Newton<2>>, nullptr});
  trials.push_back({"exact_sigmoid/table_halley", ExactSigmoid<WithTable, Halley>, nullptr});
  trials.push_back(
      {"exact_sigmoid/polynomial_division", ExactSigmoid<WithoutTable, Divided>, nullptr});
  trials.push_back(
      {"exact_sigmoid/polynomial_newton", ExactSigmoid<WithoutTable, Newton<2>>, nullptr});
  trials.push_back({"exact_exp/table", ExactExp<WithTable>, nullptr});
  trials.push_back({"exact_exp/polynomial", ExactExp<WithoutTable>, nullptr});
  trials.push_back({"fast_sigmoid/division", FastSigmoid<Divided>, nullptr});
  trials.push_back({"fast_sigmoid/newton", FastSigmoid<Newton<1>>, nullptr});
  trials.push_back({"fast_sigmoid/newton_corrected", FastSigmoid<NewtonCorrected>, nullptr});
  trials.push_back({"fast_exp/estrin", FastExp<true>, nullptr});
  trials.push_back({"fast_exp/horner", FastExp<false>, nullptr});
}

#else

void AddTrials(std::vector<Trial>&) {}

#endif  // HWY_TARGET == HWY_AVX3

}  // namespace

void AddFormulaTrials(std::vector<Trial>& trials) { AddTrials(trials); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(AddFormulaTrials);

std::vector<Trial> FormulaTrials() {
  std::vector<Trial> trials;
  HWY_DYNAMIC_DISPATCH(AddFormulaTrials)(trials);
  return trials;
}

}  // namespace activation
#endif  // HWY_ONCE
