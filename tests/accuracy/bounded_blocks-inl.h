// What operations on blocks of doubles with bounds are made of. Included once a
// target.
#if defined(ACT_BOUNDED_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_BOUNDED_BLOCKS_INL_H_
#undef ACT_BOUNDED_BLOCKS_INL_H_
#else
#define ACT_BOUNDED_BLOCKS_INL_H_
#endif

#include "tests/accuracy/bounded_steps.h"
#include "tests/accuracy/elementary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {

// Half a unit in the last place of a double, relative.
constexpr double kUnit = 0x1p-53;
// Room for the roundings of the bounds themselves.
constexpr double kRoom = 1 + 0x1p-30;
// The same, and for products of two relative errors below kUnit.
constexpr double kRoomForTwo = 1 + 0x1p-20;
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
HWY_INLINE Bound Checked(Bound bound) {
  const bool safe = bound.least > kLeast && bound.greatest < kGreatest;
  if (!safe) bound.relative = kUnknown;
  return bound;
}

// (1 + a) (1 + b) - 1 and a rounding.
HWY_INLINE double Compound(double a, double b) { return (a + b + a * b) * kRoom + 2 * kUnit; }

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

HWY_INLINE Range RangeOf(const BoundedDoubles& a) {
  V least = LoadAt(a, 0);
  V greatest = least;
  for (size_t i = hn::Lanes(D()); i < kBlockLanes; i += hn::Lanes(D())) {
    least = hn::Min(least, LoadAt(a, i));
    greatest = hn::Max(greatest, LoadAt(a, i));
  }
  return {hn::GetLane(hn::MinOfLanes(D(), least)), hn::GetLane(hn::MaxOfLanes(D(), greatest))};
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#endif  // ACT_BOUNDED_BLOCKS_INL_H_
