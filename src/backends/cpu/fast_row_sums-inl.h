// How the FAST tier's kernels of row-wise functions read rows of floats and add them up.
// Included once a target.
#if defined(ACT_FAST_ROW_SUMS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_FAST_ROW_SUMS_INL_H_
#undef ACT_FAST_ROW_SUMS_INL_H_
#else
#define ACT_FAST_ROW_SUMS_INL_H_
#endif

#include <algorithm>
#include <limits>

#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/backends/cpu/row_sums-inl.h"
#include "src/backends/sum_order.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

using N = Number<Floats>;

static_assert(kBlock == kRowSumElements && kKernelGranule == kRowSumPlaces);

// Elements of a row, any number or whole granules.
struct FloatStretch {
  const float* x;
  const float* dy;  // nullptr forward
  float* out;
  size_t n;
};

// Rows one after the other.
struct FloatRows {
  const float* x;
  const float* dy;  // nullptr forward
  float* out;
  size_t n;
  size_t count;

  template <bool kGradient>
  FloatStretch Row(size_t r) const {
    return {x + r * n, kGradient ? dy + r * n : nullptr, out + r * n, n};
  }
};

// Elements that are computed side by side, whole granules.
constexpr size_t kStep = std::max(kKernelGranule, 2 * hn::MaxLanes(Floats()));

// Of a lambda whose sums are to stay in registers from one round of its loop to the next.
#define ACT_ALWAYS_INLINE HWY_ATTR __attribute__((always_inline))

// Calls visit(stretch) for the whole steps of elements, where they lie, and for what is left
// in buffers, filled up with what is far below every top, with exponentials of zero and with
// `filling_dy`.
template <class F, class Visit>
HWY_INLINE void ForEachStretch(const FloatStretch& all, float filling_dy, Visit visit) {
  const size_t whole = all.n / kStep * kStep;
  if (whole != 0) visit(FloatStretch{all.x, all.dy, all.out, whole});
  if (whole == all.n) return;
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  const size_t left = all.n - whole;
  HWY_ALIGN float x[kStep];
  HWY_ALIGN float dy[kStep];
  HWY_ALIGN float out[kStep];
  std::fill(std::copy_n(all.x + whole, left, x), x + kStep, F::kOfMinusX ? kInfinite : -kInfinite);
  std::fill(std::copy_n(all.out + whole, left, out), out + kStep, 0.0F);
  if (all.dy != nullptr) {
    std::fill(std::copy_n(all.dy + whole, left, dy), dy + kStep, filling_dy);
  }
  visit(FloatStretch{x, dy, out, kStep});
  std::copy_n(out, left, all.out + whole);
}

// Two vectors as one number: each step of a formula for both, because the core's queues do
// not hold all steps of one while that waits for itself.
struct Two {
  using Real = float;
  N at[2];

  static HWY_INLINE Two Of(double c) { return {{N::Of(c), N::Of(c)}}; }
  friend HWY_INLINE Two operator+(Two a, Two b) { return {{a.at[0] + b.at[0], a.at[1] + b.at[1]}}; }
  friend HWY_INLINE Two operator-(Two a, Two b) { return {{a.at[0] - b.at[0], a.at[1] - b.at[1]}}; }
  friend HWY_INLINE Two operator*(Two a, Two b) { return {{a.at[0] * b.at[0], a.at[1] * b.at[1]}}; }
  friend HWY_INLINE Two Fma(Two a, Two b, Two c) {
    return {{Fma(a.at[0], b.at[0], c.at[0]), Fma(a.at[1], b.at[1], c.at[1])}};
  }
  friend HWY_INLINE Two Max(Two a, Two b) {
    return {{Max(a.at[0], b.at[0]), Max(a.at[1], b.at[1])}};
  }
  friend HWY_INLINE Two Exp2OfBits(Two a) { return {{Exp2OfBits(a.at[0]), Exp2OfBits(a.at[1])}}; }
};

template <class F>
HWY_INLINE N LoadTaken(const float* x) {
  return Taken<F>(N{hn::LoadU(Floats(), x)});
}

// What is known of a row's exponentials when they are in its output.
struct RowExps {
  float top;    // the greatest x; any number where one is none
  double lost;  // by their rounding, in sum; no notice is taken where that is not needed
};

// Puts a row's exponentials, scaled by what is near its top, into its output. What is lost has
// a place by its position modulo a granule.
template <class F, bool kGradient>
HWY_INLINE RowExps Exponentials(const FloatStretch& row, float near_top) {
  constexpr size_t kLanes = hn::MaxLanes(Floats());
  constexpr size_t kGroups = kKernelGranule / kLanes;
  const RowScaling<Two> scaling = ScalingOf(Two::Of(near_top));
  Two tops = Two::Of(-std::numeric_limits<double>::infinity());
  N lost[kGroups];
  for (N& group : lost) group = N::Of(0);
  ForEachStretch<F>(row, 0, [&](const FloatStretch& s) ACT_ALWAYS_INLINE {
    for (size_t i = 0; i < s.n; i += kStep) {
      for (size_t k = 0; k < kStep; k += 2 * kLanes) {
        const Two x = {{LoadTaken<F>(s.x + i + k), LoadTaken<F>(s.x + i + k + kLanes)}};
        tops = Max(tops, x);
        const RowExpWords<Two> e = RowExpInFloats(x, scaling);
        for (size_t half = 0; half < 2; ++half) {
          const size_t place = k + half * kLanes;
          hn::StoreU(e.value.at[half].v, Floats(), s.out + i + place);
          N& group = lost[place % kKernelGranule / kLanes];
          if constexpr (kCountsLost<F, kGradient>) group = group + e.lost.at[half];
        }
      }
    }
  });
  for (size_t half = kGroups / 2; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lost[i] = lost[i] + lost[i + half];
  }
  return {hn::GetLane(hn::MaxOfLanes(Floats(), Max(tops.at[0], tops.at[1]).v)),
          static_cast<double>(TotalOfLanes(Floats(), lost[0].v))};
}

HWY_INLINE Wide LoadWide(const float* from) {
  return {hn::PromoteTo(Doubles(), hn::LoadU(hn::Rebind<float, Doubles>(), from))};
}

// Sums over a row, block by block, in double.
struct FloatRowSums {
  double exps = 0;
  double terms = 0;    // of a gradient
  double squares = 0;  // of dy less that of the first, where exponentials are factors of terms
};

// Adds up a block of exponentials in the output.
template <class F, bool kGradient>
HWY_INLINE void AddBlock(const FloatStretch& block, float first_dy, FloatRowSums& sums) {
  PlacedSum<kKernelGranule> exps;
  PlacedSum<kKernelGranule> terms;
  PlacedSum<kKernelGranule> squares;
  ForEachStretch<F>(block, F::kTermsHaveExp ? first_dy : 0,
                    [&](const FloatStretch& s) ACT_ALWAYS_INLINE {
                      for (size_t i = 0; i < s.n; i += kKernelGranule) {
                        for (size_t place = 0; place < exps.kVectors; ++place) {
                          const size_t at = i + place * hn::Lanes(Doubles());
                          const Wide e = LoadWide(s.out + at);
                          exps.Add(e, place);
                          if constexpr (kGradient && F::kTermsHaveExp) {
                            const Wide difference = LoadWide(s.dy + at) - Wide::Of(first_dy);
                            terms.AddProduct(e, difference, place);
                            squares.AddProduct(difference, difference, place);
                          } else if constexpr (kGradient) {
                            terms.Add(LoadWide(s.dy + at), place);
                          }
                        }
                      }
                    });
  sums.exps += exps.Total();
  if constexpr (kGradient) sums.terms += terms.Total();
  if constexpr (kGradient && F::kTermsHaveExp) sums.squares += squares.Total();
}

// The sum of a row's exponentials without that of its only top, and with what their rounding
// lost.
template <class F>
HWY_NOINLINE double SumWithoutTop(const FloatStretch& row, float near_top, float top) {
  const RowScaling<N> scaling = ScalingOf(N::Of(near_top));
  PlacedSum<kKernelGranule> sum;
  ForEachStretch<F>(row, 0, [&](const FloatStretch& s) HWY_ATTR {
    for (size_t i = 0; i < s.n; i += hn::MaxLanes(Floats())) {
      const N x = LoadTaken<F>(s.x + i);
      const RowExpWords<N> e = RowExpInFloats(x, scaling);
      const auto is_top = x == N::Of(top);
      const size_t group = i % kKernelGranule / hn::MaxLanes(Floats());
      sum.Add(Widen(Select(is_top, N::Of(0), e.value).v), group);
      sum.Add(Widen(Select(is_top, N::Of(0), e.lost).v), group);
    }
  });
  return sum.Total();
}

template <class F, bool kGradient>
HWY_INLINE FloatRowSums Sum(const FloatStretch& row) {
  const float first_dy = kGradient ? row.dy[0] : 0;
  FloatRowSums sums;
  for (size_t begin = 0; begin < row.n; begin += kBlock) {
    const FloatStretch block = {row.x + begin, kGradient ? row.dy + begin : nullptr,
                                row.out + begin, std::min(kBlock, row.n - begin)};
    AddBlock<F, kGradient>(block, first_dy, sums);
  }
  return sums;
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_FAST_ROW_SUMS_INL_H_
