// The FAST tier's kernels of row-wise functions: in floats, but for sums. Several rows are
// taken together through each of three passes, for exponentials, sums and results: what one
// waits for at its end, the others do not.
#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/fast_row_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/fast_row_sums-inl.h"
#include "src/backends/cpu/kernel_tables.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

// What is known of each row.
struct Summary {
  // Past the last row of so many are ones, because vectors reach there.
  explicit Summary(size_t rows) {
    std::fill(tops + rows, tops + kRowsTogether, 1.0F);
    std::fill(near_tops + rows, near_tops + kRowsTogether, 1.0F);
    for (double* sums : {totals, rests, terms}) std::fill(sums + rows, sums + kRowsTogether, 1.0);
  }

  HWY_ALIGN float tops[kRowsTogether];
  HWY_ALIGN float near_tops[kRowsTogether];  // by which exponentials are scaled
  HWY_ALIGN double totals[kRowsTogether];    // of exponentials
  HWY_ALIGN double rests[kRowsTogether];     // those by the top's, less one
  HWY_ALIGN double top_exps[kRowsTogether];
  HWY_ALIGN double terms[kRowsTogether];
  double squares[kRowsTogether];
  HWY_ALIGN double reciprocals[kRowsTogether];
  HWY_ALIGN double offsets[kRowsTogether];
};

template <class F, bool kGradient>
HWY_INLINE void SetExponentials(const FloatStretch& row, size_t r, Summary& of) {
  RowExps exps = {F::kOfMinusX ? -row.x[0] : row.x[0], 0};
  bool again = false;
  do {
    of.near_tops[r] = exps.top;
    exps = Exponentials<F, kGradient>(row, of.near_tops[r]);
    // Once: of a row that its owner changes meanwhile there may be no end.
    again = !again && IsTooFarBelow(of.near_tops[r], exps.top, kGradient);
  } while (HWY_UNLIKELY(again));
  of.tops[r] = exps.top;
  of.totals[r] = exps.lost;
}

template <class F, bool kGradient>
HWY_INLINE void SetSums(const FloatStretch& row, size_t r, Summary& of) {
  const FloatRowSums sums = Sum<F, kGradient>(row);
  of.totals[r] += sums.exps;
  of.terms[r] = sums.terms;
  of.squares[r] = sums.squares;
}

// The exponentials of tops, with what their rounding lost.
HWY_INLINE Parts TopExps(const Summary& of, size_t r) {
  const N near_top = {hn::Load(Floats(), of.near_tops + r)};
  const RowExpWords<N> e = RowExpInFloats(N{hn::Load(Floats(), of.tops + r)}, ScalingOf(near_top));
  Parts parts = Widen(e.value.v);
  const Parts lost = Widen(e.lost.v);
  for (size_t part = 0; part < kParts; ++part) parts.at[part] = parts.at[part] + lost.at[part];
  return parts;
}

template <class F>
void SetRests(const FloatRows& rows, Summary& of) {
  for (size_t r = 0; r < rows.count; r += hn::Lanes(Floats())) {
    const Parts top_exps = TopExps(of, r);
    for (size_t part = 0; part < kParts; ++part) {
      const size_t at = r + part * hn::Lanes(Doubles());
      const Wide top_exp = top_exps.at[part];
      const Wide rest = (Wide{hn::Load(Doubles(), of.totals + at)} - top_exp) / top_exp;
      hn::Store(rest.v, Doubles(), of.rests + at);
      hn::Store(top_exp.v, Doubles(), of.top_exps + at);
    }
  }
  if (rows.n == 1) return;
  for (size_t r = 0; r < rows.count; ++r) {
    if (of.rests[r] < kLeastExcess) {
      const double rest = SumWithoutTop<F>(rows.Row<false>(r), of.near_tops[r], of.tops[r]);
      of.rests[r] = rest / of.top_exps[r];
    }
  }
}

// Sets what sums are for, of every row.
template <class F, bool kGradient>
void SetFactors(const FloatRows& rows, Summary& of) {
  constexpr bool kLog = F::kForwardIsLog && !kGradient;
  if constexpr (kLog) SetRests<F>(rows, of);
  for (size_t r = 0; r < rows.count; r += hn::Lanes(Doubles())) {
    const Wide reciprocal = Wide::Of(1) / Wide{hn::Load(Doubles(), of.totals + r)};
    hn::Store(reciprocal.v, Doubles(), of.reciprocals + r);
    Wide offset = Wide::Of(0);
    if constexpr (kLog) offset = LogTotal<Quick<Wide>>(Wide{hn::Load(Doubles(), of.rests + r)});
    if constexpr (kGradient) {
      offset = F::OffsetInFloats(Wide{hn::Load(Doubles(), of.terms + r)}, reciprocal);
    }
    hn::Store(offset.v, Doubles(), of.offsets + r);
  }
}

template <class F, bool kGradient>
RowSummary SummaryOf(const Summary& of, size_t r) {
  constexpr bool kLog = F::kForwardIsLog && !kGradient;
  return {of.tops[r],
          of.totals[r],
          kLog ? of.rests[r] : 0,
          kGradient ? of.terms[r] : 0,
          kGradient ? of.squares[r] : 0,
          of.offsets[r]};
}

template <class F, bool kGradient>
HWY_INLINE void Finish(const FloatStretch& all, const RowSummary& summary, double reciprocal) {
  const RowInFloats<N> row =
      RowInFloatsOf<N, F, kGradient>(summary, kGradient ? all.dy[0] : 0, reciprocal);
  ForEachStretch<F>(all, 0, [&](const FloatStretch& s) ACT_ALWAYS_INLINE {
    for (size_t i = 0; i < s.n; i += hn::Lanes(Floats())) {
      const N e = {hn::LoadU(Floats(), s.out + i)};
      N y;
      if constexpr (kGradient) {
        y = F::GradientInFloats(e, N{hn::LoadU(Floats(), s.dy + i)}, row);
      } else {
        y = F::ForwardInFloats(LoadTaken<F>(s.x + i), e, row);
      }
      hn::StoreU(y.v, Floats(), s.out + i);
    }
  });
}

template <class F, bool kGradient>
uint32_t Rows(const float* x, const float* dy, float* out, size_t n, size_t count) {
  const FloatRows rows = {x, dy, out, n, count};
  Summary of(count);
  for (size_t r = 0; r < count; ++r) SetExponentials<F, kGradient>(rows.Row<kGradient>(r), r, of);
  for (size_t r = 0; r < count; ++r) SetSums<F, kGradient>(rows.Row<kGradient>(r), r, of);
  SetFactors<F, kGradient>(rows, of);
  uint32_t left = 0;
  for (size_t r = 0; r < count; ++r) {
    const RowSummary summary = SummaryOf<F, kGradient>(of, r);
    if (IsWithinFloats<F, kGradient>(summary, n)) {
      Finish<F, kGradient>(rows.Row<kGradient>(r), summary, of.reciprocals[r]);
    } else {
      left |= uint32_t{1} << r;
    }
  }
  return left;
}

struct Kernels {
  template <class F>
  static KernelPair<FastRowKernel> Of() {
    return {Rows<F, false>, Rows<F, true>};
  }
};

}  // namespace

std::vector<KernelPair<FastRowKernel>> MakeFastRowKernels() {
  return TableOf<Kernels>(RowWiseFunctions());
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeFastRowKernels);

std::vector<KernelPair<FastRowKernel>> ChosenFastRowKernels() {
  return HWY_DYNAMIC_DISPATCH(MakeFastRowKernels)();
}

}  // namespace activation
#endif  // HWY_ONCE
