// Inside a formula: division against an approximate reciprocal with Newton's or Halley's
// step, a table of powers against a longer polynomial, Horner's scheme against Estrin's.
// On sigmoid and exp, as EXACT computes them (in double, with the rounding test) and as
// FAST does (in float). AVX-512 only, which has approximate reciprocals of doubles. The
// results are as exact as what they are held against, but not proved. And gradients from x,
// which are FAST's own, against those from y, which are not: they take y for exact (ADR 23).
#include <cstring>
#include <string>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/benchmarks/trials/formula_trials.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/rounding_test-inl.h"
#include "src/functions/catalogue.h"
#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/trials/trial.h"
#include "tests/benchmarks/work.h"

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
    any |= HWY_UNLIKELY(MayBeInDoubt<kErrorUnits>(y, rounded.v)) && IsInDoubt<kErrorUnits>(y);
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

template <class Function>
void GradientFromX(const float* x, const float* dy, float* out, size_t n) {
  Gradient<Function, Fast, float>(Params(), x, dy, out, n, Store::kCached);
}

// dy slope(y), y in the place of x.
template <class Slope>
void GradientFromY(const float* y, const float* dy, float* out, size_t n) {
  ForEachVector<true>(y, dy, out, n, Store::kCached,
                      [](auto yi, auto dyi) HWY_ATTR { return Slope::Times(dyi, yi); });
}

struct SigmoidSlope {
  template <class N>
  static HWY_INLINE N Times(N dy, N y) {
    return dy * (y * (N::Of(1) - y));
  }
};

struct TanhSlope {
  template <class N>
  static HWY_INLINE N Times(N dy, N y) {
    return dy * Fma(-y, y, N::Of(1));
  }
};

struct ExpSlope {
  template <class N>
  static HWY_INLINE N Times(N dy, N y) {
    return dy * y;
  }
};

struct Expm1Slope {
  template <class N>
  static HWY_INLINE N Times(N dy, N y) {
    return dy * (y + N::Of(1));
  }
};

// 1 - e^y, as log_sigmoid is below zero.
struct LogSigmoidSlope {
  template <class N>
  static HWY_INLINE N Times(N dy, N y) {
    return -dy * Expm1<Fast<N>>(ReduceExp<Fast<N>>(Within(y, 87)));
  }
};

constexpr size_t kRow = 256;

void SoftmaxFromX(const float* x, const float* dy, float* out, size_t n) {
  static Evaluation evaluation = DefaultEvaluation(*FindFunction("softmax"), Direction::kGradient,
                                                   Tier::kFast, DType::kF32, n, kRow);
  evaluation.x = x;
  evaluation.dy = dy;
  evaluation.out = out;
  WorkOf(evaluation, 1)();
}

// dx = y (dy - sum of dy y), the sum in floats as PyTorch's.
void SoftmaxFromY(const float* y, const float* dy, float* out, size_t n) {
  const Floats d;
  const size_t lanes = hn::Lanes(d);
  for (size_t row = 0; row < n; row += kRow) {
    auto sums = hn::Zero(d);
    auto more = hn::Zero(d);
    for (size_t i = row; i < row + kRow; i += 2 * lanes) {
      sums = hn::MulAdd(hn::LoadU(d, y + i), hn::LoadU(d, dy + i), sums);
      more = hn::MulAdd(hn::LoadU(d, y + i + lanes), hn::LoadU(d, dy + i + lanes), more);
    }
    const auto sum = hn::SumOfLanes(d, hn::Add(sums, more));
    for (size_t i = row; i < row + kRow; i += lanes) {
      const auto rest = hn::Sub(hn::LoadU(d, dy + i), sum);
      hn::StoreU(hn::Mul(hn::LoadU(d, y + i), rest), d, out + i);
    }
  }
}

template <class Function, class Slope>
void AddFromXAndY(const std::string& family, std::vector<Trial>& trials) {
  trials.push_back({family + "/from_x", nullptr, GradientFromX<Function>});
  trials.push_back({family + "/from_y", nullptr, GradientFromY<Slope>});
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
  AddFromXAndY<Sigmoid, SigmoidSlope>("fast_sigmoid_gradient", trials);
  AddFromXAndY<Tanh, TanhSlope>("fast_tanh_gradient", trials);
  AddFromXAndY<Exponential, ExpSlope>("fast_exp_gradient", trials);
  AddFromXAndY<ExponentialLessOne, Expm1Slope>("fast_expm1_gradient", trials);
  AddFromXAndY<LogSigmoid, LogSigmoidSlope>("fast_log_sigmoid_gradient", trials);
  trials.push_back({"fast_softmax_gradient/from_x", nullptr, SoftmaxFromX});
  trials.push_back({"fast_softmax_gradient/from_y", nullptr, SoftmaxFromY});
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
