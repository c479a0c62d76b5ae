#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/block_judge.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include <cmath>

#include "tests/accuracy/block_judge.h"
#include "tests/accuracy/double_double-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {
namespace {

using DI = hn::RebindToSigned<D>;

// 1 / the gap between the format's numbers around `value`, from the exponent
// bits: 2^(precision - 1 - exponent), with the exponent held in range.
HWY_INLINE V ReciprocalOfGap(const Format& format, V value) {
  constexpr int64_t kBias = 1023;
  const auto bits = hn::BitCast(DI(), hn::Abs(value));
  const auto exponent = hn::ShiftRight<52>(bits);
  const auto least = hn::Set(DI(), kBias + format.least_exponent);
  const auto greatest = hn::Set(DI(), kBias + format.greatest_exponent);
  const auto above = hn::IfThenElse(hn::Lt(exponent, least), least, exponent);
  const auto inside = hn::IfThenElse(hn::Lt(greatest, above), greatest, above);
  const auto field = hn::Sub(hn::Set(DI(), 2 * kBias + format.precision - 1), inside);
  return hn::BitCast(D(), hn::ShiftLeft<52>(field));
}

// Errors of a vector of results, as UlpError.
HWY_INLINE V UlpErrors(const Format& format, V y, DD truth) {
  const V overflow = Of(std::ldexp(1.0, format.greatest_exponent + 1));
  const M both_beyond =
      hn::And(hn::IsInf(y), hn::Gt(hn::Mul(hn::CopySign(Of(1), y), truth.hi), hn::Zero(D())));
  const M cut = hn::And(both_beyond, hn::Ge(hn::Abs(truth.hi), overflow));
  const V result = hn::IfThenElse(both_beyond, hn::CopySign(overflow, y), y);
  const V hi = hn::IfThenElse(cut, result, truth.hi);
  const V lo = hn::IfThenZeroElse(cut, truth.lo);
  const V difference = hn::Abs(hn::Sub(hn::Sub(result, hi), lo));
  // Not Ne(): on AVX3 that says of a NaN that it is not unequal.
  const M no_numbers = hn::Not(hn::Or(hn::Eq(y, y), hn::Eq(truth.hi, truth.hi)));
  return hn::IfThenZeroElse(no_numbers, hn::Mul(difference, ReciprocalOfGap(format, hi)));
}

}  // namespace

void MeasureErrorsHere(const Format& format, const double* results, const DoubleDoubles& truth,
                       size_t count, BlockErrors& errors) {
  V greatest = hn::Zero(D());
  errors.misrounds = 0;
  errors.any_in_doubt = false;
  for (size_t i = 0; i < count; i += hn::Lanes(D())) {
    const DD true_value = {hn::Load(D(), truth.hi.data() + i), hn::Load(D(), truth.lo.data() + i)};
    V ulp = UlpErrors(format, hn::LoadU(D(), results + i), true_value);
    ulp = hn::IfThenElseZero(hn::FirstN(D(), count - i), ulp);
    hn::Store(ulp, D(), errors.ulp.data() + i);
    const V from_half = hn::Abs(hn::Sub(ulp, Of(0.5)));
    // False for a NaN.
    const M certain = hn::And(hn::Ge(from_half, Of(kDoubt)), hn::Lt(ulp, Of(kCertainlyFinite)));
    errors.any_in_doubt |= !hn::AllTrue(D(), certain);
    const V counted = hn::IfThenElseZero(certain, ulp);
    errors.misrounds += hn::CountTrue(D(), hn::Gt(counted, Of(0.5)));
    greatest = hn::Max(greatest, counted);
  }
  errors.greatest = hn::GetLane(hn::MaxOfLanes(D(), greatest));
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation::accuracy {

HWY_EXPORT(MeasureErrorsHere);

void MeasureErrors(const Format& format, const double* results, const DoubleDoubles& truth,
                   size_t count, BlockErrors& errors) {
  HWY_DYNAMIC_DISPATCH(MeasureErrorsHere)(format, results, truth, count, errors);
}

}  // namespace activation::accuracy
#endif  // HWY_ONCE
