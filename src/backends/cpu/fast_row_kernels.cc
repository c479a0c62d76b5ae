// The FAST tier's kernels of row-wise functions: in floats, but for sums. Several rows are
// taken together through each of three passes, for their tops, their sums and their results:
// what one waits for at its end, the others do not.
#include <algorithm>
#include <cmath>
#include <limits>

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

// Below this, what is more than one in a sum is not known well enough.
constexpr double kLeastExcess = 0x1p-16;
// Below this, elements that are taken for greater ones count.
constexpr double kLeastRest = 0x1p-100;

// Beyond these, what is taken off elements far below the top could be seen in a gradient.
constexpr float kGreatestDifference = 0x1p20F;
constexpr double kGreatestOffset = 0x1p-28;
// Below this, a product with it may lose bits beneath the normal numbers.
constexpr double kLeastOffset = 0x1p-124;

// The sum of exponentials by that of the top, less one, of every row.
template <class F>
void SetRests(const FloatRows& rows, RowSummary& of) {
  for (size_t r = 0; r < rows.count; r += hn::Lanes(Floats())) {
    const N top = {hn::Load(Floats(), of.tops + r)};
    const Parts top_exp = Widen(RowExpInFloats(top, ScalingOf(top)).v);
    for (size_t part = 0; part < kParts; ++part) {
      double* const totals = of.totals + r + part * hn::Lanes(Doubles());
      const Wide rest = (Wide{hn::Load(Doubles(), totals)} - top_exp.at[part]) / top_exp.at[part];
      hn::Store(rest.v, Doubles(), of.rests + r + part * hn::Lanes(Doubles()));
    }
  }
  if (rows.n == 1) return;
  for (size_t r = 0; r < rows.count; ++r) {
    if (of.rests[r] < kLeastExcess)
      of.rests[r] = RestOf<F>(rows.x + r * rows.n, rows.n, of.tops[r]);
  }
}

// Sets what sums are for, of every row.
template <class F, bool kGradient>
void SetFactors(const FloatRows& rows, RowSummary& of) {
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

// Whether floats do for a row.
template <class F, bool kGradient>
bool IsWithinFloats(const RowSummary& of, size_t r, size_t n) {
  const double total = of.totals[r];
  if (!(std::abs(of.tops[r]) <= kGreatestTopInFloats && std::isfinite(total))) return false;
  if constexpr (!kGradient) return !F::kForwardIsLog || n == 1 || of.rests[r] >= kLeastRest;
  const double offset = std::abs(of.offsets[r]);
  const bool is_usual = offset >= kLeastOffset && offset <= kGreatestOffset;
  if constexpr (F::kTermsHaveExp) {
    const bool is_zero = of.differences[r] == 0 && of.terms[r] == 0;
    return is_zero || (is_usual && of.differences[r] <= kGreatestDifference);
  }
  return is_usual || of.terms[r] == 0;
}

template <class F, bool kGradient>
HWY_INLINE void Finish(const FloatRows& rows, size_t r, const RowSummary& of) {
  const double sign = F::kOfMinusX && kGradient ? -1 : 1;
  const RowInFloats<N> row = {N::Of(of.tops[r]), N::Of(kGradient ? rows.dy[r * rows.n] : 0),
                              PairOf<N>({sign * of.reciprocals[r], 0}),
                              N::Of(sign * of.offsets[r])};
  ForEachStretch<F>(rows.Row(r), 0, [&](const FloatStretch& s) HWY_ATTR {
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
  RowSummary of;
  for (size_t r = 0; r < count; ++r) of.tops[r] = Top<F>(x + r * n, n);
  for (size_t r = 0; r < count; ++r) Sum<F, kGradient>(rows.Row(r), r, of);
  SetFactors<F, kGradient>(rows, of);
  uint32_t left = 0;
  for (size_t r = 0; r < count; ++r) {
    if (IsWithinFloats<F, kGradient>(of, r, n)) {
      Finish<F, kGradient>(rows, r, of);
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
