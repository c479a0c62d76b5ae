#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/bounded_steps.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include <algorithm>
#include <cmath>

#include "tests/accuracy/bounded_elementary-inl.h"
#include "tests/accuracy/bounded_steps.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {
namespace {

// Half a unit in the last place of a double, relative.
constexpr double kUnit = 0x1p-53;
// Room for the roundings of the bounds themselves.
constexpr double kRoom = 1 + 0x1p-30;
// Sizes between which no operation here loses bits, products with any f32 included.
constexpr double kLeast = 0x1p-800;
constexpr double kGreatest = 0x1p+800;

constexpr Bound kBeyond = {.beyond = true};

// What the lanes of a result have in common, as a Bound says it.
class Extent {
 public:
  // A defaulted one would not be of the target.
  HWY_INLINE Extent() : least_(Of(kUnknown)), greatest_(hn::Zero(D())), zeros_(hn::Zero(D())) {}

  HWY_INLINE void Add(V value) {
    const V size = hn::Abs(value);
    const M zero = hn::Eq(size, hn::Zero(D()));
    zeros_ = hn::Or(zeros_, hn::VecFromMask(D(), zero));
    least_ = hn::Min(least_, hn::IfThenElse(zero, Of(kUnknown), size));
    greatest_ = hn::Max(greatest_, size);
  }

  HWY_INLINE Bound BoundOf(double relative) const {
    Bound bound;
    bound.relative = relative;
    bound.least = hn::GetLane(hn::MinOfLanes(D(), least_));
    bound.greatest = hn::GetLane(hn::MaxOfLanes(D(), greatest_));
    bound.any_zero = !hn::AllFalse(D(), hn::MaskFromVec(zeros_));
    return bound;
  }

 private:
  V least_;
  V greatest_;
  V zeros_;
};

HWY_INLINE V LoadAt(const BoundedDoubles& block, size_t i) {
  return hn::Load(D(), block.value.data() + i);
}

HWY_INLINE void StoreAt(V value, BoundedDoubles& block, size_t i) {
  hn::Store(value, D(), block.value.data() + i);
}

HWY_INLINE bool AnyNotZero(V bits) {
  const auto integers = hn::BitCast(DI(), bits);
  return !hn::AllTrue(DI(), hn::Eq(integers, hn::Zero(DI())));
}

// What remains known of a result: nothing, where it left the sizes that are safe.
Bound Checked(Bound bound) {
  const bool safe = bound.least > kLeast && bound.greatest < kGreatest;
  if (!safe) bound.relative = kUnknown;
  return bound;
}

// (1 + a) (1 + b) - 1 and a rounding.
double Compound(double a, double b) { return (a + b + a * b) * kRoom + 2 * kUnit; }

// Two blocks of which at least one has errors.
Bound AddBlocks(const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  Extent extent;
  V opposite = hn::Zero(D());  // the sign bit counts
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V x = LoadAt(a, i);
    const V y = LoadAt(b, i);
    const V sum = hn::Add(x, y);
    StoreAt(sum, result, i);
    extent.Add(sum);
    opposite = hn::Or(opposite, hn::Xor(x, y));
  }
  const bool one_sign = hn::AllFalse(DI(), hn::Lt(hn::BitCast(DI(), opposite), hn::Zero(DI())));
  Bound bound = extent.BoundOf(0);
  const double error = a.bound.greatest * a.bound.relative + b.bound.greatest * b.bound.relative;
  const double worst = bound.any_zero ? kUnknown : error / bound.least;
  const double worse = std::max(a.bound.relative, b.bound.relative);
  bound.relative = (one_sign ? std::min(worst, worse) : worst) * kRoom + 2 * kUnit;
  return Checked(bound);
}

// Both exact: so is the result, where no lane is rounded.
template <class Operation>
HWY_INLINE Bound ForEachExactly(const BoundedDoubles& a, const BoundedDoubles& b,
                                BoundedDoubles& result, Operation operation) {
  Extent extent;
  V lost = hn::Zero(D());
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const DD exactly = operation(LoadAt(a, i), LoadAt(b, i));
    StoreAt(exactly.hi, result, i);
    extent.Add(exactly.hi);
    lost = hn::Or(lost, hn::Abs(exactly.lo));
  }
  return Checked(extent.BoundOf(AnyNotZero(lost) ? 2 * kUnit : 0));
}

Bound MultiplyBlocks(const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    StoreAt(hn::Mul(LoadAt(a, i), LoadAt(b, i)), result, i);
  }
  Bound bound;
  bound.relative = Compound(a.bound.relative, b.bound.relative);
  bound.least = a.bound.least * b.bound.least;
  bound.greatest = a.bound.greatest * b.bound.greatest;
  bound.any_zero = a.bound.any_zero || b.bound.any_zero;
  return Checked(bound);
}

Bound DivideBlocks(const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  if (b.bound.any_zero || !(b.bound.relative < 0.5)) return {};
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    StoreAt(hn::Div(LoadAt(a, i), LoadAt(b, i)), result, i);
  }
  Bound bound;
  const double inverse = b.bound.relative / (1 - b.bound.relative) * kRoom;
  bound.relative = Compound(a.bound.relative, inverse);
  bound.least = a.bound.least / b.bound.greatest;
  bound.greatest = a.bound.greatest / b.bound.least;
  bound.any_zero = a.bound.any_zero;
  return Checked(bound);
}

template <class Formula>
HWY_INLINE Extent ForEach(const BoundedDoubles& a, BoundedDoubles& result, Formula formula) {
  Extent extent;
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V value = formula(LoadAt(a, i));
    StoreAt(value, result, i);
    extent.Add(value);
  }
  return extent;
}

// Bounds on what all lanes are.
struct Range {
  double least;
  double greatest;
};

Range RangeOf(const BoundedDoubles& a) {
  V least = LoadAt(a, 0);
  V greatest = least;
  for (size_t i = hn::Lanes(D()); i < kBlockLanes; i += hn::Lanes(D())) {
    least = hn::Min(least, LoadAt(a, i));
    greatest = hn::Max(greatest, LoadAt(a, i));
  }
  return {hn::GetLane(hn::MinOfLanes(D(), least)), hn::GetLane(hn::MaxOfLanes(D(), greatest))};
}

Bound NegateBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  ForEach(a, result, [](V x) HWY_ATTR { return hn::Neg(x); });
  return a.bound;
}

Bound SqrtBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (a.bound.relative > 0.5 || RangeOf(a).least < 0) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return hn::Sqrt(x); });
  return Checked(extent.BoundOf(a.bound.relative + 2 * kUnit));
}

// e^error - 1 for an error of the argument.
double Growth(double error) { return error < 0.5 ? error * (1 + error) : kUnknown; }

// Of e^x, and of e^x - 1, for x beyond the cut.
Bound ExpBeyond(const Range& range, BoundedDoubles& result, double relative) {
  if (range.least < kExpCut || !(relative < 0x1p-20)) return {};
  result.value.fill(1);
  return kBeyond;
}

// Beyond the cut below, values stand for something between 0 and about themselves,
// within 1 relative.
Bound ExpBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const double error = a.bound.greatest * a.bound.relative;
  if (range.greatest > kExpCut) return ExpBeyond(range, result, a.bound.relative);
  double relative = Compound(Growth(error), kElementaryError);
  if (range.least < -kExpCut) {
    if (!(a.bound.relative < 0x1p-20)) return {};
    relative = std::max(range.greatest < -kExpCut ? 0 : relative, 1.0);
  }
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return ExpOf(x); });
  return Checked(extent.BoundOf(relative));
}

// For x < 0 the size of e^x - 1 is concave in |x|, so that it changes by no more,
// relative, than x does; for x > 0 by at most 1 + x times as much.
Bound Expm1Block(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const double factor = 1 + std::max(0.0, range.greatest);
  if (range.greatest > kExpCut) return ExpBeyond(range, result, a.bound.relative);
  if (a.bound.relative * factor > 0x1p-10) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return Expm1Of(x); });
  return Checked(extent.BoundOf(Compound(2 * factor * a.bound.relative, kElementaryError)));
}

// How much a function changes, relative, that has no size but a concave one in |x| and
// that is about x around zero: no more than x does, while that keeps its sign.
double ConcaveGrowth(const Bound& a) {
  if (a.relative <= 1) return a.relative;
  return a.relative < 2 && a.greatest < 0x1p-10 ? a.relative * (1 + 0x1p-8) : kUnknown;
}

Bound Log1pBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  const Range range = RangeOf(a);
  const bool exact = a.bound.relative == 0;
  if (exact && range.greatest < -1) {
    Bound bound;
    bound.relative = 0;
    bound.all_nan = true;
    return bound;
  }
  if (exact ? range.least <= -1 : range.least < 0) return {};
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return Log1pOf(x); });
  return Checked(extent.BoundOf(Compound(ConcaveGrowth(a.bound), kElementaryError)));
}

template <class Formula>
HWY_INLINE Bound OddConcave(const BoundedDoubles& a, BoundedDoubles& result, Formula formula) {
  const Extent extent = ForEach(a, result, formula);
  return Checked(extent.BoundOf(Compound(ConcaveGrowth(a.bound), kElementaryError)));
}

// x (x - tanh x)' <= 3 (x - tanh x).
Bound TanhshrinkBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (a.bound.relative > 0x1p-10) return {};
  Extent extent;
  if (a.bound.greatest < 1) {
    extent = ForEach(a, result, [](V x) HWY_ATTR { return TanhshrinkNear(x); });
  } else if (a.bound.least >= 1 && !a.bound.any_zero) {
    extent = ForEach(a, result, [](V x) HWY_ATTR { return TanhshrinkFar(x); });
  } else {
    extent = ForEach(a, result, [](V x) HWY_ATTR {
      const M near = hn::Lt(hn::Abs(x), Of(1));
      return hn::IfThenElse(near, TanhshrinkNear(x), TanhshrinkFar(x));
    });
  }
  return Checked(extent.BoundOf(Compound(4 * a.bound.relative, kElementaryError)));
}

// |(log erfc x)'| < 2 |x| + 1.5, and |x (log erfc x)'| < 1/2 for x < 0. Beyond the
// table's end the truth lies between 0 and the value, as below the cut of exp.
Bound ErfcBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  if (!(a.bound.relative < 0x1p-20)) return {};
  const Range range = RangeOf(a);
  double grown = a.bound.relative;
  if (range.greatest > kErfMost) {
    grown = range.least > kErfMost ? 1 : kUnknown;
  } else if (range.greatest >= 0) {
    grown = Growth(a.bound.relative * a.bound.greatest * (2 * a.bound.greatest + 2));
  }
  const Extent extent = ForEach(a, result, [](V x) HWY_ATTR { return ErfcOf(x); });
  return Checked(extent.BoundOf(Compound(grown, kElementaryError)));
}

}  // namespace

void TakeInputsHere(const double* x, BoundedDoubles& block) {
  Extent extent;
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V value = hn::LoadU(D(), x + i);
    StoreAt(value, block, i);
    extent.Add(value);
  }
  block.bound = Checked(extent.BoundOf(0));
}

Bound RunBoundedHere(Op op, const BoundedDoubles& a, const BoundedDoubles& b,
                     BoundedDoubles& result) {
  const bool exact = a.bound.relative == 0 && b.bound.relative == 0;
  switch (op) {
    case Op::kAdd:
      if (exact)
        return ForEachExactly(a, b, result, [](V x, V y) HWY_ATTR { return TwoSum(x, y); });
      return AddBlocks(a, b, result);
    case Op::kMultiply:
      if (exact)
        return ForEachExactly(a, b, result, [](V x, V y) HWY_ATTR { return TwoProduct(x, y); });
      return MultiplyBlocks(a, b, result);
    case Op::kDivide:
      return DivideBlocks(a, b, result);
    case Op::kNegate:
      return NegateBlock(a, result);
    case Op::kSqrt:
      return SqrtBlock(a, result);
    case Op::kExp:
      return ExpBlock(a, result);
    case Op::kExpm1:
      return Expm1Block(a, result);
    case Op::kLog1p:
      return Log1pBlock(a, result);
    case Op::kTanh:
      return OddConcave(a, result, [](V x) HWY_ATTR { return TanhOf(x); });
    case Op::kTanhshrink:
      return TanhshrinkBlock(a, result);
    case Op::kErf:
      return OddConcave(a, result, [](V x) HWY_ATTR { return ErfOf(x); });
    case Op::kErfc:
      return ErfcBlock(a, result);
    default:
      // No formula of the catalogue has a logarithm but log(1 + x).
      return {};
  }
}

WhereLess CompareHere(const BoundedDoubles& a, const BoundedDoubles& b) {
  const V a_relative = Of(a.bound.relative * kRoom);
  const V b_relative = Of(b.bound.relative * kRoom);
  size_t less = 0;
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V x = LoadAt(a, i);
    const V y = LoadAt(b, i);
    less += hn::CountTrue(D(), hn::Lt(x, y));
    const V error = Fma(hn::Abs(x), a_relative, hn::Mul(hn::Abs(y), b_relative));
    const V distance = hn::Mul(hn::Abs(hn::Sub(y, x)), Of(1 - 0x1p-50));
    if (!hn::AllTrue(D(), hn::Or(hn::Gt(distance, error), hn::Eq(error, hn::Zero(D()))))) {
      return WhereLess::kUnsure;
    }
  }
  return less == 0             ? WhereLess::kNowhere
         : less == kBlockLanes ? WhereLess::kEverywhere
                               : WhereLess::kSomewhere;
}

Bound ChooseBoundedHere(WhereLess where, const std::array<const BoundedDoubles*, 4>& operands,
                        BoundedDoubles& result) {
  Extent extent;
  V apart = hn::Zero(D());
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const M less = hn::Lt(LoadAt(*operands[0], i), LoadAt(*operands[1], i));
    const V c = LoadAt(*operands[2], i);
    const V d = LoadAt(*operands[3], i);
    const V value = hn::IfThenElse(less, c, d);
    StoreAt(value, result, i);
    extent.Add(value);
    const V distance = hn::Abs(hn::Sub(c, d));
    apart = hn::Max(apart, distance);
  }
  const double relative = std::max(operands[2]->bound.relative, operands[3]->bound.relative);
  Bound bound = extent.BoundOf(relative);
  if (where == WhereLess::kUnsure) {
    // The other is at most so far away, relative.
    const double other = hn::GetLane(hn::MaxOfLanes(D(), apart)) / bound.least;
    bound.relative = bound.any_zero ? kUnknown : Compound(other, relative);
  }
  return Checked(bound);
}

Bound MultiplyBoundedHere(const BoundedDoubles& a, const double* dy, BoundedDoubles& product) {
  Extent extent;
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V value = hn::Mul(LoadAt(a, i), hn::LoadU(D(), dy + i));
    StoreAt(value, product, i);
    extent.Add(value);
  }
  // Factors are in the range of Checked(), where nothing is lost with an f32.
  const Bound bound = extent.BoundOf(Compound(a.bound.relative, 0));
  if (a.bound.beyond) return bound.any_zero ? Bound() : kBeyond;
  return bound;
}

namespace {

// The power of two in `size`, held in the format's range: 2^(precision - 1) times
// the gap between the format's numbers there.
HWY_INLINE V PowerOf(V size, V least_power) {
  const auto exponent = hn::And(hn::BitCast(DI(), size), OfInt(int64_t{0x7ff} << 52));
  return hn::Max(hn::BitCast(D(), exponent), least_power);
}

// What is the same for a whole block of results.
struct Limits {
  V relative;     // bound on the truth's error
  V half_gap;     // half the gap of numbers in [1, 2)
  V max_ulp;      // as a distance there
  V least_power;  // the least normal number of the format
};

struct Verdict {
  M right;
  M misround;
  M known_error;  // not above max_ulp
};

// Of a truth that is exact: what the hardware rounds it to is nearest.
HWY_INLINE M IsExactlyNearest(V y, V value) {
  const hn::Rebind<float, D> floats;
  return hn::Eq(y, hn::PromoteTo(D(), hn::DemoteTo(floats, value)));
}

// The distance from y to the truth is within `difference` +- error. y is nearest if
// it is below half the smallest gap where the truth can be, and is not if it is
// above half the greatest.
HWY_INLINE Verdict SettleLanes(const Limits& limits, V y, V value) {
  constexpr double kUp = 1 + 0x1p-50;
  constexpr double kDown = 1 - 0x1p-50;
  const V size = hn::Abs(value);
  const V difference = hn::Abs(hn::Sub(y, value));
  const V error = hn::Mul(size, limits.relative);
  const V farthest = hn::Mul(hn::Add(difference, error), Of(kUp));
  const V nearest = hn::Mul(hn::Sub(difference, error), Of(kDown));
  const V least_power = PowerOf(hn::Max(hn::Sub(size, error), hn::Zero(D())), limits.least_power);
  const V greatest_power = PowerOf(hn::Add(size, error), limits.least_power);
  const M right = hn::Lt(farthest, hn::Mul(least_power, limits.half_gap));
  const M misround = hn::Gt(nearest, hn::Mul(greatest_power, limits.half_gap));
  const M known_error = hn::Le(farthest, hn::Mul(least_power, limits.max_ulp));
  return {right, misround, known_error};
}

// What is beyond `overflow` as that; a NaN as it is.
HWY_INLINE V CutAt(V value, double overflow) {
  const V cut = hn::CopySign(Of(overflow), value);
  return hn::IfThenElse(hn::Gt(hn::Abs(value), Of(overflow)), cut, value);
}

}  // namespace

// In one loop, because what is rare is not worth a second.
bool SettleHere(const Format& format, const double* results, const BoundedDoubles& truth,
                size_t count, double max_ulp, uint64_t& misrounds) {
  const double half_gap = std::ldexp(1.0, -format.precision);
  const Limits limits = {Of(truth.bound.relative * kRoom), Of(half_gap), Of(2 * half_gap * max_ulp),
                         Of(std::ldexp(1.0, format.least_exponent))};
  const double overflow = std::ldexp(1.0, format.greatest_exponent + 1);
  const bool may_overflow = truth.bound.greatest * 2 > overflow;
  // Only f32 has an instruction that rounds to it.
  const bool exact = truth.bound.relative == 0 && format.precision == 24;
  uint64_t found = 0;
  for (size_t i = 0; i < count; i += hn::Lanes(D())) {
    const V y = hn::LoadU(D(), results + i);
    const V value = LoadAt(truth, i);
    Verdict verdict = may_overflow ? SettleLanes(limits, CutAt(y, overflow), CutAt(value, overflow))
                                   : SettleLanes(limits, y, value);
    if (exact) {
      verdict.right = IsExactlyNearest(y, value);
      verdict.misround = hn::Not(verdict.right);
    }
    const M settled = hn::And(verdict.known_error, hn::Or(verdict.right, verdict.misround));
    const M there = hn::FirstN(D(), count - i);
    if (!hn::AllTrue(D(), hn::Or(hn::Not(there), settled))) return false;
    found += hn::CountTrue(D(), hn::And(there, verdict.misround));
  }
  misrounds += found;
  return true;
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation::accuracy {

HWY_EXPORT(TakeInputsHere);
HWY_EXPORT(RunBoundedHere);
HWY_EXPORT(CompareHere);
HWY_EXPORT(ChooseBoundedHere);
HWY_EXPORT(MultiplyBoundedHere);
HWY_EXPORT(SettleHere);

void TakeInputs(const double* x, BoundedDoubles& block) {
  HWY_DYNAMIC_DISPATCH(TakeInputsHere)(x, block);
}

namespace {

constexpr Bound kAllNan = {.relative = 0, .all_nan = true};

}  // namespace

void RunBounded(Op op, const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  if (!a.bound.known() || !b.bound.known()) {
    result.bound = {};
  } else if (a.bound.all_nan || b.bound.all_nan) {
    result.bound = kAllNan;
  } else {
    result.bound = HWY_DYNAMIC_DISPATCH(RunBoundedHere)(op, a, b, result);
  }
}

WhereLess Compare(const BoundedDoubles& a, const BoundedDoubles& b) {
  if (!a.bound.known() || !b.bound.known()) return WhereLess::kUnsure;
  if (a.bound.all_nan || b.bound.all_nan) return WhereLess::kNowhere;
  return HWY_DYNAMIC_DISPATCH(CompareHere)(a, b);
}

void ChooseBounded(WhereLess less, const std::array<const BoundedDoubles*, 4>& operands,
                   BoundedDoubles& result) {
  const Bound& c = operands[2]->bound;
  const Bound& d = operands[3]->bound;
  result.bound = {};
  if (!operands[0]->bound.known() || !operands[1]->bound.known()) return;
  if (!c.known() || !d.known() || c.all_nan || d.all_nan) return;
  result.bound = HWY_DYNAMIC_DISPATCH(ChooseBoundedHere)(less, operands, result);
}

void MultiplyBounded(const BoundedDoubles& a, const double* dy, BoundedDoubles& product) {
  product.bound = {};
  // A derivative that is no number is one again times 0.
  if ((!a.bound.known() && !a.bound.beyond) || a.bound.all_nan) return;
  product.bound = HWY_DYNAMIC_DISPATCH(MultiplyBoundedHere)(a, dy, product);
}

bool Settle(const Format& format, const double* results, const BoundedDoubles& truth, size_t count,
            double max_ulp, uint64_t& misrounds) {
  if (truth.bound.beyond) {
    for (size_t i = 0; i < count; ++i) {
      if (results[i] != std::copysign(kUnknown, truth.value[i])) return false;
    }
    return true;
  }
  if (!truth.bound.known()) return false;
  if (truth.bound.all_nan) {
    return std::all_of(results, results + count, [](double y) { return std::isnan(y); });
  }
  return HWY_DYNAMIC_DISPATCH(SettleHere)(format, results, truth, count, max_ulp, misrounds);
}

}  // namespace activation::accuracy
#endif  // HWY_ONCE
