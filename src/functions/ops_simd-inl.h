// The host primitives on Highway vectors: a Number is one vector of lanes.
// What a host has to give is listed in ops_scalar.h. Included once a target by
// files that dispatch at run time.
#if defined(ACT_OPS_SIMD_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_OPS_SIMD_INL_H_
#undef ACT_OPS_SIMD_INL_H_
#else
#define ACT_OPS_SIMD_INL_H_
#endif

#include <cmath>

#include "hwy/highway.h"

#undef ACT_FN
#undef ACT_HOST_NAMESPACE
#undef ACT_BEFORE_NAMESPACE
#undef ACT_AFTER_NAMESPACE
#define ACT_FN HWY_INLINE
#define ACT_HOST_NAMESPACE HWY_NAMESPACE
#define ACT_BEFORE_NAMESPACE() HWY_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE() HWY_AFTER_NAMESPACE()

HWY_BEFORE_NAMESPACE();
namespace activation {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// `D` is a Highway tag. Fixed-size vectors only: a scalable one cannot be a
// member.
template <class D>
struct Number {
  using Real = hn::TFromD<D>;
  using V = hn::Vec<D>;
  struct Mask {
    hn::Mask<D> m;
    friend ACT_FN Mask operator&(Mask a, Mask b) { return {hn::And(a.m, b.m)}; }
  };

  V v;

  static ACT_FN Number Of(double c) { return {hn::Set(D(), static_cast<Real>(c))}; }

  friend ACT_FN Number operator+(Number a, Number b) { return {hn::Add(a.v, b.v)}; }
  friend ACT_FN Number operator-(Number a, Number b) { return {hn::Sub(a.v, b.v)}; }
  friend ACT_FN Number operator*(Number a, Number b) { return {hn::Mul(a.v, b.v)}; }
  friend ACT_FN Number operator/(Number a, Number b) { return {hn::Div(a.v, b.v)}; }
  friend ACT_FN Number operator-(Number a) { return {hn::Neg(a.v)}; }
  friend ACT_FN Number Fma(Number a, Number b, Number c) {
#if HWY_NATIVE_FMA
    return {hn::MulAdd(a.v, b.v, c.v)};
#else
    // Highway's own would round twice here; the C library's rounds once.
    constexpr size_t kLanes = hn::MaxLanes(D());
    HWY_ALIGN Real lanes[3][kLanes];
    hn::Store(a.v, D(), lanes[0]);
    hn::Store(b.v, D(), lanes[1]);
    hn::Store(c.v, D(), lanes[2]);
    for (size_t i = 0; i < kLanes; ++i) {
      lanes[0][i] = std::fma(lanes[0][i], lanes[1][i], lanes[2][i]);
    }
    return {hn::Load(D(), lanes[0])};
#endif
  }

  friend ACT_FN Mask operator<(Number a, Number b) { return {hn::Lt(a.v, b.v)}; }
  friend ACT_FN Mask operator==(Number a, Number b) { return {hn::Eq(a.v, b.v)}; }
  friend ACT_FN Number Select(Mask m, Number a, Number b) {
    return {hn::IfThenElse(m.m, a.v, b.v)};
  }
  friend ACT_FN Number Abs(Number a) { return {hn::Abs(a.v)}; }
  friend ACT_FN Number CopySign(Number magnitude, Number sign) {
    return {hn::CopySign(magnitude.v, sign.v)};
  }

  friend ACT_FN Number RoundSum(Number high, Number low) { return high + low; }

  friend ACT_FN Number PowerOfTwo(Number n) {
    constexpr int kMantissaBits = sizeof(Real) == 4 ? 23 : 52;
    // Adding this leaves n plus the exponent's bias in the low bits of the sum.
    constexpr double kMagic = sizeof(Real) == 4 ? 0x1.8p23 + 127 : 0x1.8p52 + 1023;
    const hn::RebindToUnsigned<D> du;
    const auto bits = hn::BitCast(du, (n + Of(kMagic)).v);
    return {hn::BitCast(D(), hn::ShiftLeft<kMantissaBits>(bits))};
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_OPS_SIMD_INL_H_
