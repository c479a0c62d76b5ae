#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/bounded_steps.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include <algorithm>

#include "tests/accuracy/bounded_functions-inl.h"
#include "tests/accuracy/bounded_steps.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

namespace {

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
  // Either term is a number near the sum, so that rounding loses less than the other.
  const double lost = std::min(a.bound.greatest, b.bound.greatest) / bound.least * kRoom;
  bound.relative = (one_sign ? std::min(worst, worse) : worst) * kRoom + std::min(2 * kUnit, lost);
  return Checked(bound);
}

// Of operands that are exact or nearly so: whether a lane is rounded. What a lane
// loses is `operation`'s second result, of any size but zero where it does.
template <class Operation>
HWY_INLINE Bound ForEachNearlyExact(const BoundedDoubles& a, const BoundedDoubles& b,
                                    BoundedDoubles& result, Operation operation) {
  Extent extent;
  V lost = hn::Zero(D());
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const DD both = operation(LoadAt(a, i), LoadAt(b, i));
    StoreAt(both.hi, result, i);
    extent.Add(both.hi);
    lost = hn::Or(lost, hn::Abs(both.lo));
  }
  return extent.BoundOf(AnyNotZero(lost) ? 2 * kUnit : 0);
}

Bound AddExact(const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  return Checked(ForEachNearlyExact(a, b, result, [](V x, V y) HWY_ATTR { return TwoSum(x, y); }));
}

Bound MultiplyNearlyExact(const BoundedDoubles& a, const BoundedDoubles& b,
                          BoundedDoubles& result) {
  Bound bound =
      ForEachNearlyExact(a, b, result, [](V x, V y) HWY_ATTR { return TwoProduct(x, y); });
  bound.relative += (a.bound.relative + b.bound.relative) * kRoomForTwo;
  return Checked(bound);
}

Bound DivideNearlyExact(const BoundedDoubles& a, const BoundedDoubles& b, BoundedDoubles& result) {
  Bound bound = ForEachNearlyExact(a, b, result, [](V x, V y) HWY_ATTR {
    const V quotient = hn::Div(x, y);
    return DD{quotient, Fma(hn::Neg(quotient), y, x)};
  });
  bound.relative += (a.bound.relative + b.bound.relative) * kRoomForTwo;
  return Checked(bound);
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

Bound NegateBlock(const BoundedDoubles& a, BoundedDoubles& result) {
  ForEach(a, result, [](V x) HWY_ATTR { return hn::Neg(x); });
  return a.bound;
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
  const bool nearly_exact = a.bound.relative + b.bound.relative < kUnit;
  switch (op) {
    case Op::kAdd:
      if (exact) return AddExact(a, b, result);
      return AddBlocks(a, b, result);
    case Op::kMultiply:
      if (nearly_exact) return MultiplyNearlyExact(a, b, result);
      return MultiplyBlocks(a, b, result);
    case Op::kDivide:
      if (b.bound.any_zero || !(b.bound.relative < 0.5)) return {};
      if (nearly_exact) return DivideNearlyExact(a, b, result);
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
      return TanhBlock(a, result);
    case Op::kTanhshrink:
      return TanhshrinkBlock(a, result);
    case Op::kErf:
      return ErfBlock(a, result);
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

}  // namespace activation::accuracy
#endif  // HWY_ONCE
