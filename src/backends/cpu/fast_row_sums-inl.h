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

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

using N = Number<Floats>;

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

  FloatStretch Row(size_t r) const {
    return {x + r * n, dy == nullptr ? nullptr : dy + r * n, out + r * n, n};
  }
};

// What is known of each row.
struct RowSummary {
  HWY_ALIGN float tops[kRowsTogether] = {};
  float differences[kRowsTogether];             // the greatest |dy - dy of the first|
  HWY_ALIGN double totals[kRowsTogether] = {};  // of exponentials
  HWY_ALIGN double terms[kRowsTogether] = {};   // of a gradient
  HWY_ALIGN double rests[kRowsTogether] = {};   // the total by the top's, less one
  HWY_ALIGN double reciprocals[kRowsTogether];
  HWY_ALIGN double offsets[kRowsTogether];
};

// Calls visit(stretch) for the whole granules of elements, where they lie, and for what is
// left in buffers, filled up with what is far below every top and with `filling_dy`.
template <class F, class Visit>
HWY_INLINE void ForEachStretch(const FloatStretch& all, float filling_dy, Visit visit) {
  const size_t whole = all.n / kKernelGranule * kKernelGranule;
  if (whole != 0) visit(FloatStretch{all.x, all.dy, all.out, whole});
  if (whole == all.n) return;
  constexpr float kInfinite = std::numeric_limits<float>::infinity();
  HWY_ALIGN float x[kKernelGranule];
  HWY_ALIGN float dy[kKernelGranule];
  HWY_ALIGN float out[kKernelGranule] = {};
  std::fill(x, x + kKernelGranule, F::kOfMinusX ? kInfinite : -kInfinite);
  std::fill(dy, dy + kKernelGranule, filling_dy);
  std::copy(all.x + whole, all.x + all.n, x);
  if (all.dy != nullptr) std::copy(all.dy + whole, all.dy + all.n, dy);
  if (all.out != nullptr) std::copy(all.out + whole, all.out + all.n, out);
  visit(FloatStretch{x, dy, out, kKernelGranule});
  if (all.out != nullptr) std::copy(out, out + (all.n - whole), all.out + whole);
}

template <class F>
HWY_INLINE N LoadTaken(const float* x) {
  return Taken<F>(N{hn::LoadU(Floats(), x)});
}

// The greatest element; any number where one is none.
template <class F>
HWY_INLINE float Top(const float* x, size_t n) {
  constexpr size_t kLanes = hn::MaxLanes(Floats());
  constexpr size_t kAtOnce = 4;  // that do not wait for each other
  N tops[kAtOnce];
  for (N& top : tops) top = N::Of(-std::numeric_limits<double>::infinity());
  ForEachStretch<F>({x, nullptr, nullptr, n}, 0, [&](const FloatStretch& s) HWY_ATTR {
    size_t i = 0;
    for (; i + kAtOnce * kLanes <= s.n; i += kAtOnce * kLanes) {
      for (size_t k = 0; k < kAtOnce; ++k) {
        tops[k] = Max(tops[k], LoadTaken<F>(s.x + i + k * kLanes));
      }
    }
    for (; i < s.n; i += kLanes) tops[0] = Max(tops[0], LoadTaken<F>(s.x + i));
  });
  const N top = Max(Max(tops[0], tops[1]), Max(tops[2], tops[3]));
  return hn::GetLane(hn::MaxOfLanes(Floats(), top.v));
}

// Adds up a row, and leaves its exponentials in its output where results are computed from
// them.
template <class F, bool kGradient>
HWY_INLINE void Sum(const FloatStretch& row, size_t r, RowSummary& of) {
  constexpr bool kKeeps = kGradient || !F::kForwardIsLog;
  const RowScaling<N> scaling = ScalingOf(N::Of(of.tops[r]));
  const float first_dy = kGradient ? row.dy[0] : 0;
  const N first = N::Of(first_dy);
  N differences = N::Of(0);
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const FloatStretch block = {row.x + begin, kGradient ? row.dy + begin : nullptr,
                                kKeeps ? row.out + begin : nullptr, count};
    PlacedSum<kKernelGranule> exps;
    PlacedSum<kKernelGranule> terms;
    ForEachStretch<F>(block, F::kTermsHaveExp ? first_dy : 0, [&](const FloatStretch& s) HWY_ATTR {
      for (size_t i = 0; i < s.n; i += kKernelGranule) {
        for (size_t group = 0; group < exps.kGroups; ++group) {
          const size_t at = i + group * hn::Lanes(Floats());
          const N e = RowExpInFloats(LoadTaken<F>(s.x + at), scaling);
          if constexpr (kKeeps) hn::StoreU(e.v, Floats(), s.out + at);
          const Parts wide = Widen(e.v);
          exps.Add(wide, group);
          if constexpr (kGradient) {
            const N dy = {hn::LoadU(Floats(), s.dy + at)};
            if constexpr (F::kTermsHaveExp) {
              const N difference = dy - first;
              differences = Max(differences, Abs(difference));
              terms.AddProducts(wide, Widen(difference.v), group);
            } else {
              terms.Add(Widen(dy.v), group);
            }
          }
        }
      }
    });
    of.totals[r] += exps.Total();
    if constexpr (kGradient) of.terms[r] += terms.Total();
  });
  if constexpr (kGradient) {
    of.differences[r] = hn::GetLane(hn::MaxOfLanes(Floats(), differences.v));
  }
}

// The sum of a row's exponentials without that of its top, by that.
template <class F>
HWY_NOINLINE double RestOf(const float* x, size_t n, float top) {
  const RowScaling<N> scaling = ScalingOf(N::Of(top));
  bool without_top = false;
  double rest = 0;
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    Buffer<float> e = {};
    const FloatStretch block = {x + begin, nullptr, e.at, count};
    ForEachStretch<F>(block, 0, [&](const FloatStretch& s) HWY_ATTR {
      for (size_t i = 0; i < s.n; i += hn::Lanes(Floats())) {
        hn::StoreU(RowExpInFloats(LoadTaken<F>(s.x + i), scaling).v, Floats(), s.out + i);
      }
    });
    const float* const at = std::find(block.x, block.x + count, F::kOfMinusX ? -top : top);
    if (!without_top && at != block.x + count) {
      e.at[at - block.x] = 0;
      without_top = true;
    }
    PlacedSum<kKernelGranule> sum;
    for (size_t i = 0; i < RoundUp(count); i += kKernelGranule) {
      for (size_t group = 0; group < sum.kGroups; ++group) {
        sum.Add(Widen(hn::LoadU(Floats(), e.at + i + group * hn::Lanes(Floats()))), group);
      }
    }
    rest += sum.Total();
  });
  return rest / hn::GetLane(RowExpInFloats(N::Of(top), scaling).v);
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_FAST_ROW_SUMS_INL_H_
