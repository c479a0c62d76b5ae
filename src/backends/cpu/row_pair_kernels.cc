// Kernels of row-wise functions in two words, for f64, with exact sums, and for f32 in doubt.
#include <algorithm>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/row_pair_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/base/exact_sum.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Lanes = hn::CappedTag<double, kKernelGranule>;
using N = Number<Lanes>;
using Grade = Careful<N>;

void Add(Pair<N> terms, ExactSum& sum) {
  HWY_ALIGN double lanes[2][hn::MaxLanes(Lanes())];
  hn::Store(terms.high.v, Lanes(), lanes[0]);
  hn::Store(terms.low.v, Lanes(), lanes[1]);
  for (size_t i = 0; i < hn::Lanes(Lanes()); ++i) {
    sum.Add(lanes[0][i]);
    sum.Add(lanes[1][i]);
  }
}

// A sum of a row's terms.
template <class T>
class TermSum;

// Exact, because its bits are the result's.
template <>
class TermSum<double> {
 public:
  HWY_INLINE void Add(Pair<N> terms) { HWY_NAMESPACE::Add(terms, sum_); }

  HWY_INLINE Pair<N> Total() {
    const ExactSum::Words words = sum_.Total();
    return {N::Of(words.high), N::Of(words.low)};
  }

 private:
  ExactSum sum_;
};

// In two words a lane, because results are tested.
template <>
class TermSum<float> {
 public:
  HWY_INLINE TermSum() : lanes_{N::Of(0), N::Of(0)} {}

  HWY_INLINE void Add(Pair<N> terms) { lanes_ = lanes_ + terms; }

  HWY_INLINE Pair<N> Total() const {
    TermSum<double> sum;
    sum.Add(lanes_);
    return sum.Total();
  }

 private:
  Pair<N> lanes_;
};

HWY_INLINE N LoadWide(const double* from) { return {hn::LoadU(Lanes(), from)}; }

HWY_INLINE N LoadWide(const float* from) {
  return {hn::PromoteTo(Lanes(), hn::LoadU(hn::Rebind<float, Lanes>(), from))};
}

template <class T>
HWY_INLINE N LoadWideOrOnes(const T* from) {
  return from == nullptr ? N::Of(1) : LoadWide(from);
}

// Terms with an exponential are added as 2^64 times what they are, because those of
// doubles may be below the normal numbers.
constexpr double kSumExponent = 64;

// A row's dy are multiplied by 2^-100 where some are so large that their differences or
// sums could be beyond every number; results are multiplied by 2^100.
constexpr double kLargeDy = 0x1p900;
constexpr double kShrunkExponent = 100;

template <class T>
bool HasLargeDy(const T* dy, size_t n) {
  if (sizeof(T) == sizeof(float) || dy == nullptr) return false;
  return std::any_of(dy, dy + n, [](T value) { return std::fabs(value) > T(kLargeDy); });
}

// Sums of a row; those of sizes are no more exact than a bound need be.
template <class F, class T>
RowSums<Grade> SumRow(const RowInput<T>& row, N top, N top_dy, N scale, bool gradient) {
  TermSum<T> rest;
  TermSum<T> terms;
  N sizes = N::Of(0);
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, T> block(row, begin, count);
    block.LeaveOut(row, begin);
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Lanes())) {
      Scaled<Grade> e = RowExp<Grade>(Below(Taken<F>(LoadWide(block.x(i))), top));
      e.exponent = e.exponent + N::Of(kSumExponent);
      rest.Add(InFull<Grade>(e));
      if (!gradient) continue;
      const N dy = LoadWideOrOnes(block.dy(i)) * scale;
      const Pair<N> term = F::template Term<Grade>(e, dy, top_dy);
      terms.Add(term);
      sizes = sizes + Abs(term.high);
    }
  });
  const N back = PowerOfTwo(N::Of(-kSumExponent));
  const N back_of_terms = F::kTermsHaveExp ? back : N::Of(1);
  const N size = {hn::SumOfLanes(Lanes(), sizes.v)};
  return SumsOf<Grade>(ScaledBy(rest.Total(), back), ScaledBy(terms.Total(), back_of_terms),
                       size * back_of_terms, top_dy);
}

// Results of a block.
struct Results {
  Buffer<double> high;
  Buffer<double> low;
  Buffer<double> size;

  HWY_INLINE void Put(size_t i, Pair<N> y, N y_size) {
    hn::Store(y.high.v, Lanes(), high.at + i);
    hn::Store(y.low.v, Lanes(), low.at + i);
    hn::Store(y_size.v, Lanes(), size.at + i);
  }

  void PutOne(size_t i, Pair<N> y, N y_size) {
    high.at[i] = hn::GetLane(y.high.v);
    low.at[i] = hn::GetLane(y.low.v);
    size.at[i] = hn::GetLane(y_size.v);
  }
};

template <class F, class T>
void Row(Direction direction, const T* x, const T* dy, size_t n, const uint8_t* wanted,
         absl::FunctionRef<void(size_t, const RowPairs&)> visit) {
  const bool gradient = direction == Direction::kGradient;
  const RowInput<T> row = {x, dy, n, TopOf<F>(x, n)};
  const N top = Taken<F>(N::Of(x[row.top]));
  const N shrunk = N::Of(gradient && HasLargeDy(dy, n) ? kShrunkExponent : 0);
  const N scale = PowerOfTwo(-shrunk);
  // Where an exponential is a factor of the result, the power goes to that.
  const N power_of_exp = F::kTermsHaveExp ? shrunk : N::Of(0);
  const N unscale = PowerOfTwo(shrunk - power_of_exp);
  const N top_dy = N::Of(dy == nullptr ? 1.0 : dy[row.top]) * scale;
  const RowSums<Grade> sums = SumRow<F>(row, top, top_dy, scale, gradient);
  Results results;
  ForEachBlock(0, n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    const auto is_wanted = [&](size_t first, size_t end) {
      return wanted == nullptr || std::memchr(wanted + first, 1, end - first) != nullptr;
    };
    if (!is_wanted(begin, begin + count)) return;
    const RowBlock<F, T> block(row, begin, count);
    for (size_t i = 0; i < count; i += hn::Lanes(Lanes())) {
      if (!is_wanted(begin + i, begin + std::min(count, i + hn::Lanes(Lanes())))) continue;
      const Pair<N> t = Below(Taken<F>(LoadWide(block.x(i))), top);
      const Scaled<Grade> e = RowExp<Grade>(t);
      if (gradient) {
        const N dyi = LoadWideOrOnes(block.dy(i)) * scale;
        const Scaled<Grade> grown = {e.mantissa, e.exponent + power_of_exp};
        const Pair<N> dx = Taken<F>(F::template Gradient<Grade>(grown, dyi, sums));
        results.Put(i, ScaledBy(dx, unscale), F::template Size<Grade>(grown, dyi, sums) * unscale);
      } else {
        const Pair<N> y = F::template Forward<Grade>(t, e, sums);
        results.Put(i, y, Abs(y.high));
      }
    }
    if (gradient && F::kTopIsSpecial && begin <= row.top && row.top - begin < count) {
      results.PutOne(row.top - begin, ScaledBy(F::template TopGradient<Grade>(sums), unscale),
                     F::template TopSize<Grade>(sums) * unscale);
    }
    visit(begin, {results.high.at, results.low.at, results.size.at, count});
  });
}

struct Kernels {
  template <class F>
  static RowPairKernels Of() {
    return {Row<F, float>, Row<F, double>};
  }
};

}  // namespace

std::vector<RowPairKernels> MakeRowPairKernels() { return TableOf<Kernels>(RowWiseFunctions()); }

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation {

HWY_EXPORT(MakeRowPairKernels);

std::vector<RowPairKernels> ChosenRowPairKernels() {
  return HWY_DYNAMIC_DISPATCH(MakeRowPairKernels)();
}

}  // namespace activation
#endif  // HWY_ONCE
