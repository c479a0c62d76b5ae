// Kernels of row-wise functions in two words, for f64, with exact sums, and for f32 in doubt.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <type_traits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "src/backends/cpu/row_pair_kernels.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "src/backends/cpu/kernel_loop-inl.h"
#include "src/backends/cpu/kernel_tables.h"
#include "src/backends/cpu/row_block-inl.h"
#include "src/backends/sum_order.h"
#include "src/base/exact_sum.h"

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {
namespace {

using Lanes = hn::CappedTag<double, kKernelGranule>;
using N = Number<Lanes>;
// Of floats an exponential and all that it is a factor of is a number, in each word.
template <class T>
using GradeOf = std::conditional_t<std::is_same_v<T, float>, Certain<N>, Careful<N>>;

// e^t for t = x - m <= 0, a difference of floats, within 2^-60 of it: by sixteenths of ln 2, of
// which the leading 40 bits leave an exact r, a table in two words, and the Taylor series of e^r in
// one word from the square on, as |r| <= ln(2) / 32.
HWY_INLINE Pair<N> ExpByTable(Pair<N> t) {
  constexpr RealConstant kSeries[] = {{1.0 / 2, 0},    {1.0 / 6, 0},   {1.0 / 24, 0},
                                      {1.0 / 120, 0},  {1.0 / 720, 0}, {1.0 / 5040, 0},
                                      {1.0 / 40320, 0}};
  const Pair<N> within = AtLeast(t, -kDecayLimit<Certain<N>>);
  const N shifted = Fma(within.high, N::Of(kSixteenLog2E.high), RoundingShift<N>());
  const N less = RoundingShift<N>() - shifted;
  const N leading = Fma(less, N::Of(kLn2HighCareful.high / 16), within.high);
  const Pair<N> r = TwoSum(leading, Fma(less, N::Of(kLn2LowCareful.high / 16), within.low));
  const N curved = Fma(r.high * r.high, Polynomial(kSeries, r.high), r.low);

  const hn::RebindToUnsigned<Lanes> du;
  const auto k = hn::BitCast(du, shifted.v);
  const auto one = hn::BitCast(du, N::Of(1).v);
  const N power = {hn::BitCast(Lanes(), hn::Add(one, hn::ShiftLeft<52>(hn::ShiftRight<4>(k))))};
  const N high = {EntryOf16(Lanes(), kExp2Table, k)};
  const N low = {EntryOf16(Lanes(), kExp2TableLow, k)};
  const Pair<N> product = TwoProduct(high, r.high);
  const Pair<N> sum = FastTwoSum(high, product.high);
  const N rest = sum.low + (product.low + Fma(high, curved, Fma(low, r.high, low)));
  return ScaledBy(FastTwoSum(sum.high, rest), power);
}

template <class T>
HWY_INLINE Scaled<GradeOf<T>> ExpOf(Pair<N> t) {
  if constexpr (std::is_same_v<T, float>) {
    return Unscaled<GradeOf<T>>(ExpByTable(t));
  } else {
    return RowExp<GradeOf<T>>(t);
  }
}

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
  HWY_INLINE void EndBlock() {}

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

  // What each addition of the high words leaves goes to the low ones, which no addition waits for.
  HWY_INLINE void Add(Pair<N> terms) {
    const Pair<N> sum = TwoSum(lanes_.high, terms.high);
    lanes_ = {sum.high, lanes_.low + (sum.low + terms.low)};
  }
  // Lest the low words, and with them their roundings, grow with the length of a row.
  HWY_INLINE void EndBlock() { lanes_ = TwoSum(lanes_.high, lanes_.low); }

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

// Of floats terms are far from where numbers end.
template <class T>
constexpr double kSumExponent = std::is_same_v<T, float> ? 0 : kRowSumExponent;
static_assert(kKernelGranule == kRowGranule);

template <class T>
bool HasLargeDy(const T* dy, size_t n) {
  if (sizeof(T) == sizeof(float) || dy == nullptr) return false;
  return std::any_of(dy, dy + n, [](T value) { return std::fabs(value) > T(kLargeDy); });
}

// Sums of a row; those of sizes are no more exact than a bound need be.
template <class F, class T>
RowSums<GradeOf<T>> SumRow(const RowInput<T>& row, N top, N top_dy, N scale, bool gradient) {
  using Grade = GradeOf<T>;
  TermSum<T> rest;
  TermSum<T> terms;
  N sizes = N::Of(0);
  ForEachBlock(0, row.n, kBlock, [&](size_t begin, size_t count) HWY_ATTR {
    RowBlock<F, T> block(row, begin, count);
    block.LeaveOut(row, begin);
    for (size_t i = 0; i < block.padded(); i += hn::Lanes(Lanes())) {
      Scaled<Grade> e = ExpOf<T>(Below(Taken<F>(LoadWide(block.x(i))), top));
      e.exponent = e.exponent + N::Of(kSumExponent<T>);
      rest.Add(InFull<Grade>(e));
      if (!gradient) continue;
      const N dy = LoadWideOrOnes(block.dy(i)) * scale;
      const Pair<N> term = F::template Term<Grade>(e, dy, top_dy);
      terms.Add(term);
      sizes = sizes + Abs(term.high);
    }
    rest.EndBlock();
    terms.EndBlock();
  });
  const N back = PowerOfTwo(N::Of(-kSumExponent<T>));
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
  using Grade = GradeOf<T>;
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
      const Scaled<Grade> e = ExpOf<T>(t);
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
    if constexpr (F::kTopIsSpecial) {
      if (gradient && begin <= row.top && row.top - begin < count) {
        results.PutOne(row.top - begin, ScaledBy(F::template TopGradient<Grade>(sums), unscale),
                       F::template TopSize<Grade>(sums) * unscale);
      }
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
