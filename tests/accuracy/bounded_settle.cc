#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/bounded_settle.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include <algorithm>
#include <cmath>

#include "tests/accuracy/bounded_blocks-inl.h"
#include "tests/accuracy/bounded_settle.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

namespace {

// The power of two in `size`, held in the format's range: 2^(precision - 1) times
// the gap between the format's numbers there.
HWY_INLINE V PowerOf(V size, V least_power) {
  const hn::RebindToSigned<D> integers;
  const auto exponent =
      hn::And(hn::BitCast(integers, size), hn::Set(integers, int64_t{0x7ff} << 52));
  return hn::Max(hn::BitCast(D(), exponent), least_power);
}

// What is the same for a whole block of results.
struct Limits {
  V relative;     // bound on the truth's error,
  V rounded;      // and with room for the rounding of a sum with it
  V half_gap;     // half the gap of numbers in [1, 2)
  V max_ulp;      // as a distance there
  V least_power;  // the least normal number of the format
};

struct Verdict {
  M right;
  M misround;
};

// Rounded to float; beyond the greatest they are infinite.
HWY_INLINE V RoundedToFloat(V value) {
#if HWY_TARGET == HWY_SCALAR
  // Highway's own would give the greatest float.
  return hn::Set(D(), static_cast<float>(hn::GetLane(value)));
#else
  const hn::Rebind<float, D> floats;
  return hn::PromoteTo(D(), hn::DemoteTo(floats, value));
#endif
}

// All that the truth can be rounds to one float: y is that or is not. What is exact
// is rounded as it is, so that ties are settled, too.
HWY_INLINE Verdict RoundLanes(const Limits& limits, V y, V value) {
  const V error = hn::Mul(hn::Abs(value), limits.rounded);
  const V least = RoundedToFloat(hn::Sub(value, error));
  const V greatest = RoundedToFloat(hn::Add(value, error));
  const M one = hn::Eq(least, greatest);
  const M right = hn::Eq(y, least);
  return {hn::And(one, right), hn::AndNot(right, one)};
}

// For formats that no instruction rounds to: y is nearest if its distance to the
// truth is below half the smallest gap where the truth can be, and is not if it is
// above half the greatest.
HWY_INLINE Verdict CompareLanes(const Limits& limits, V y, V value) {
  const V size = hn::Abs(value);
  const V difference = hn::Abs(hn::Sub(y, value));
  const V error = hn::Mul(size, limits.rounded);
  const V farthest = hn::Mul(hn::Add(difference, error), Of(kRoom));
  const V nearest = hn::Mul(hn::Sub(difference, error), Of(1 / kRoom));
  const V least_power = PowerOf(hn::Max(hn::Sub(size, error), hn::Zero(D())), limits.least_power);
  const V greatest_power = PowerOf(hn::Add(size, error), limits.least_power);
  return {hn::Lt(farthest, hn::Mul(least_power, limits.half_gap)),
          hn::Gt(nearest, hn::Mul(greatest_power, limits.half_gap))};
}

// Whether the error is not above max_ulp, whatever the truth is. The gap is that at
// the truth as a double, as for double-doubles: next to a power of two, the upper.
HWY_INLINE M IsUnseen(const Limits& limits, V y, V value) {
  const V size = hn::Abs(value);
  const V error = hn::Mul(size, limits.relative);
  const V farthest = hn::Add(hn::Abs(hn::Sub(y, value)), error);
  const V least_power = PowerOf(hn::Max(hn::Sub(size, error), hn::Zero(D())), limits.least_power);
  return hn::Le(farthest, hn::Mul(least_power, limits.max_ulp));
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
  const double relative = truth.bound.relative * kRoom;
  const double rounded = relative == 0 ? 0 : relative + 4 * kUnit;
  const Limits limits = {Of(relative), Of(rounded), Of(half_gap),
                         Of(2 * half_gap * max_ulp / kRoom),
                         Of(std::ldexp(1.0, format.least_exponent))};
  const double overflow = std::ldexp(1.0, format.greatest_exponent + 1);
  const bool may_overflow = truth.bound.greatest * 2 > overflow;
  const bool is_f32 = format.precision == 24;
  uint64_t found = 0;
  for (size_t i = 0; i < count; i += hn::Lanes(D())) {
    V y = hn::LoadU(D(), results + i);
    V value = hn::Load(D(), truth.value.data() + i);
    Verdict verdict;
    if (is_f32) verdict = RoundLanes(limits, y, value);
    if (may_overflow) {
      y = CutAt(y, overflow);
      value = CutAt(value, overflow);
    }
    if (!is_f32) verdict = CompareLanes(limits, y, value);
    const M settled = hn::And(IsUnseen(limits, y, value), hn::Or(verdict.right, verdict.misround));
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

HWY_EXPORT(SettleHere);

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
