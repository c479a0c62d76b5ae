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
#include "src/functions/coefficients.h"
#include "src/functions/tables_simd-inl.h"

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

// Lanes of double rounded to float; beyond the greatest float they are infinite.
template <class DF, class VD>
HWY_INLINE hn::Vec<DF> RoundedToFloat(DF df, VD v) {
#if HWY_TARGET == HWY_SCALAR
  // Highway's own would give the greatest float.
  return hn::Set(df, static_cast<float>(hn::GetLane(v)));
#else
  return hn::DemoteTo(df, v);
#endif
}

// op(x, y) of float vectors, lane by lane in double, rounded to float.
template <class DF, class VF, class Op>
HWY_INLINE VF InDouble(DF df, VF x, VF y, Op op);

// `D` is a Highway tag. Fixed-size vectors only: a scalable one cannot be a
// member.
template <class D>
struct Number {
  using Real = hn::TFromD<D>;
  using V = hn::Vec<D>;
  static constexpr bool kPowersUnderflow = HWY_TARGET == HWY_AVX3;
  struct Mask {
    hn::Mask<D> m;
    friend ACT_FN Mask operator&(Mask a, Mask b) { return {hn::And(a.m, b.m)}; }
    friend ACT_FN bool IsAny(Mask a) { return HWY_UNLIKELY(!hn::AllFalse(D(), a.m)); }
  };

  V v;

  static ACT_FN Number Of(double c) { return {hn::Set(D(), static_cast<Real>(c))}; }

  friend ACT_FN Number operator+(Number a, Number b) { return {hn::Add(a.v, b.v)}; }
  friend ACT_FN Number operator-(Number a, Number b) { return {hn::Sub(a.v, b.v)}; }
  friend ACT_FN Number operator*(Number a, Number b) { return {hn::Mul(a.v, b.v)}; }
  friend ACT_FN Number operator/(Number a, Number b) { return {hn::Div(a.v, b.v)}; }
  friend ACT_FN Number Ratio(Number a, Number b) { return a / b; }
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR && HWY_TARGET != HWY_EMU128  // arrays, for clang
  // The compiler's own, which it can make a part of a multiplication or an addition.
  friend ACT_FN Number operator-(Number a) { return {V{-a.v.raw}}; }
#else
  friend ACT_FN Number operator-(Number a) { return {hn::Neg(a.v)}; }
#endif
  friend ACT_FN Number Sqrt(Number a) { return {hn::Sqrt(a.v)}; }
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
  // Whether neither is NaN.
  friend ACT_FN Mask AreNumbers(Number a, Number b) {
#if HWY_TARGET == HWY_AVX3
    if constexpr (sizeof(Real) == 4) {
      return {{_mm512_cmp_ps_mask(a.v.raw, b.v.raw, _CMP_ORD_Q)}};
    } else {
      return {{_mm512_cmp_pd_mask(a.v.raw, b.v.raw, _CMP_ORD_Q)}};
    }
#elif HWY_TARGET == HWY_AVX2
    if constexpr (sizeof(Real) == 4) {
      return {{_mm256_cmp_ps(a.v.raw, b.v.raw, _CMP_ORD_Q)}};
    } else {
      return {{_mm256_cmp_pd(a.v.raw, b.v.raw, _CMP_ORD_Q)}};
    }
#else
    return (a == a) & (b == b);
#endif
  }
  friend ACT_FN Number Select(Mask m, Number a, Number b) {
    return {hn::IfThenElse(m.m, a.v, b.v)};
  }
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  friend ACT_FN Number Min(Number a, Number b) { return {hn::Min(a.v, b.v)}; }
  friend ACT_FN Number Max(Number a, Number b) { return {hn::Max(a.v, b.v)}; }
#else
  friend ACT_FN Number Min(Number a, Number b) { return Select(a < b, a, b); }
  friend ACT_FN Number Max(Number a, Number b) { return Select(b < a, a, b); }
#endif
  friend ACT_FN Number MinOfFloats(Number a, Number b) { return Min(a, b); }
  friend ACT_FN Number MaxOfFloats(Number a, Number b) { return Max(a, b); }
  friend ACT_FN Number MinSizeOfFloats(Number a, Number b) { return Min(Abs(a), b); }
  friend ACT_FN Number Abs(Number a) { return {hn::Abs(a.v)}; }
  friend ACT_FN Number CopySign(Number magnitude, Number sign) {
    return {hn::CopySign(magnitude.v, sign.v)};
  }

  friend ACT_FN Number PowerOfTwo(Number n) {
#if HWY_TARGET == HWY_AVX3
    if constexpr (sizeof(Real) == 4) {
      return {V{_mm512_scalef_ps(_mm512_set1_ps(1), n.v.raw)}};
    } else {
      return {V{_mm512_scalef_pd(_mm512_set1_pd(1), n.v.raw)}};
    }
#else
    constexpr int kMantissaBits = sizeof(Real) == 4 ? 23 : 52;
    // Adding this leaves n plus the exponent's bias in the low bits of the sum.
    constexpr double kMagic = sizeof(Real) == 4 ? 0x1.8p23 + 127 : 0x1.8p52 + 1023;
    const hn::RebindToUnsigned<D> du;
    const auto bits = hn::BitCast(du, (n + Of(kMagic)).v);
    return {hn::BitCast(D(), hn::ShiftLeft<kMantissaBits>(bits))};
#endif
  }

  friend ACT_FN Number Exponent(Number x) {
#if HWY_TARGET == HWY_AVX3
    if constexpr (sizeof(Real) == 4) {
      return {V{_mm512_getexp_ps(x.v.raw)}};
    } else {
      return {V{_mm512_getexp_pd(x.v.raw)}};
    }
#else
    constexpr int kMantissaBits = sizeof(Real) == 4 ? 23 : 52;
    constexpr double kMagic = sizeof(Real) == 4 ? 0x1p23 : 0x1p52;
    constexpr double kBias = sizeof(Real) == 4 ? 127 : 1023;
    // The exponent's bits as the last bits of a number that large.
    const hn::RebindToUnsigned<D> du;
    const auto bits = hn::ShiftRight<kMantissaBits>(hn::BitCast(du, x.v));
    const Number shifted = {hn::BitCast(D(), hn::Or(bits, hn::BitCast(du, Of(kMagic).v)))};
    return shifted - Of(kMagic + kBias);
#endif
  }

  friend ACT_FN Number Scale(Number x, Number n) {
    static_assert(sizeof(Real) == 4);
#if HWY_TARGET == HWY_AVX3
    return {V{_mm512_scalef_ps(x.v.raw, n.v.raw)}};
#else
    // Mostly the power is a float, and one multiplication does it.
    if (HWY_LIKELY(hn::AllTrue(D(), hn::Le(hn::Abs(n.v), Of(126).v)))) return x * PowerOfTwo(n);
    // Exact in double, so the one rounding is that to float.
    return {InDouble(D(), x.v, n.v, [](auto x2, auto n2) HWY_ATTR { return x2 * PowerOfTwo(n2); })};
#endif
  }

  friend ACT_FN Number ScaleNormal(Number x, Number n) {
    static_assert(sizeof(Real) == 4);
#if HWY_TARGET == HWY_AVX3
    return {V{_mm512_scalef_ps(x.v.raw, n.v.raw)}};
#else
    return x * PowerOfTwo(n);
#endif
  }

  template <size_t kColumns>
  struct Entries {
    SegmentEntries<D, kColumns> at;
    ACT_FN Number operator[](size_t i) const { return {at[i]}; }
  };

  template <int kShift, size_t kTerms>
  static ACT_FN Entries<kTerms + 1> EntriesOf(const Segments<kTerms>& segments, Number s) {
    static_assert(sizeof(Real) == 4);
    const hn::RebindToUnsigned<D> du;
    return {{segments, hn::ShiftRight<kShift>(hn::BitCast(du, s.v))}};
  }

  friend ACT_FN Number Exp2OfBits(Number s) {
    static_assert(sizeof(Real) == 4);
    const hn::RebindToUnsigned<D> du;
    return {hn::BitCast(D(), hn::ShiftLeft<23>(hn::BitCast(du, s.v)))};
  }

  friend ACT_FN Number TableExp2(Number shifted) {
    static_assert(sizeof(Real) == 8);
    const hn::RebindToUnsigned<D> du;
    const auto k = hn::BitCast(du, shifted.v);
    const V entry = EntryOf16(D(), kExp2Table, k);
    const auto exponent = hn::ShiftLeft<52>(hn::ShiftRight<4>(k));
    return {hn::BitCast(D(), hn::Add(hn::BitCast(du, entry), exponent))};
  }

  friend ACT_FN Number NearExponent(Number y) {
    static_assert(sizeof(Real) == 8);
    constexpr uint64_t kBias = 512;
    const hn::RebindToUnsigned<D> du;
    const auto biased = hn::Add(AboveLogStart(y), hn::Set(du, kBias << 52));
    const auto bits = hn::Or(hn::ShiftRight<52>(biased), hn::BitCast(du, Of(0x1p52).v));
    return Number{hn::BitCast(D(), bits)} - Of(0x1p52 + kBias);
  }

  friend ACT_FN Number NearInverse(Number y) {
    const hn::RebindToUnsigned<D> du;
    const auto above = AboveLogStart(y);
    const V entry = EntryOf16(D(), kInverseTable, hn::ShiftRight<48>(above));
    const auto exponent = hn::And(above, hn::Set(du, uint64_t{0xFFF} << 52));
    return {hn::BitCast(D(), hn::Sub(hn::BitCast(du, entry), exponent))};
  }

  friend ACT_FN Number NearLog(Number y) {
    return {EntryOf16(D(), kLogTable, hn::ShiftRight<48>(AboveLogStart(y)))};
  }

 private:
  static ACT_FN hn::Vec<hn::RebindToUnsigned<D>> AboveLogStart(Number y) {
    const hn::RebindToUnsigned<D> du;
    return hn::Sub(hn::BitCast(du, y.v), hn::Set(du, uint64_t{kLogStart}));
  }
};

template <class DF, class VF, class Op>
HWY_INLINE VF InDouble(DF df, VF x, VF y, Op op) {
#if HWY_TARGET == HWY_SCALAR
  const hn::Rebind<double, DF> dd;
  using N = Number<decltype(dd)>;
  return RoundedToFloat(df, op(N{hn::PromoteTo(dd, x)}, N{hn::PromoteTo(dd, y)}).v);
#else
  const hn::RepartitionToWide<DF> dd;
  const hn::Half<DF> dh;
  using N = Number<decltype(dd)>;
  const auto low =
      op(N{hn::PromoteTo(dd, hn::LowerHalf(dh, x))}, N{hn::PromoteTo(dd, hn::LowerHalf(dh, y))});
  const auto high =
      op(N{hn::PromoteTo(dd, hn::UpperHalf(dh, x))}, N{hn::PromoteTo(dd, hn::UpperHalf(dh, y))});
  return hn::Combine(df, RoundedToFloat(dh, high.v), RoundedToFloat(dh, low.v));
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace activation
HWY_AFTER_NAMESPACE();

#endif  // ACT_OPS_SIMD_INL_H_
