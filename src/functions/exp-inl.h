// The exponential function in parts that formulas put together. Include after a
// host's primitives.
#if defined(ACT_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_EXP_INL_H_
#undef ACT_EXP_INL_H_
#else
#define ACT_EXP_INL_H_
#endif

#include "src/functions/polynomial-inl.h"
#include "src/functions/scaled-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// e^y = power * 2^exponent * (1 + remainder). A Quick power is a multiple of
// 2^(1/16) from a table and the exponent 0; else the power is 1.
template <class G>
struct ExpParts {
  NumberOf<G> power;
  NumberOf<G> exponent;
  ValueOf<G> remainder;
};

// (e^r - 1 - r) / r^2 in floats for |r| <= ln(2) / 2, by Estrin's scheme: as many operations
// as Horner's, fewer of them one after another.
template <class N>
ACT_FN N ExpCurvature(N r, N square) {
  const auto& c = kExpRemainderFast;
  const N low = Fma(N::Of(c[1].high), r, N::Of(c[0].high));
  const N middle = Fma(N::Of(c[3].high), r, N::Of(c[2].high));
  const N high = Fma(N::Of(c[4].high), square, middle);
  return Fma(high, square, low);
}

// e^r - 1.
template <class N>
ACT_FN N ExpRemainder(N r) {
  const N square = r * r;
  return Fma(ExpCurvature(r, square), square, r);
}

// Cody and Waite's reduction y = k * ln 2 + r, or in sixteenths of ln 2, then a
// polynomial in r. For |y| < 210 in floats (2^13 if the power may leave their range), < 290 in a
// wide grade, and < 2839 in a Careful double; y in one word or two.
template <class G, class A>
ACT_FN ExpParts<G> ReduceExp(A y) {
  using N = NumberOf<G>;
  if constexpr (kIsQuick<G>) {
    const N shifted = Fma(High(y), N::Of(kSixteenLog2E.high), RoundingShift<N>());
    const N r = Fma(RoundingShift<N>() - shifted, N::Of(kLn2Sixteenth.high), y);
    const N remainder = Fma(r * r, Polynomial(kExpRemainderQuick, r), r);
    return {TableExp2(shifted), N::Of(0), remainder};
  } else {
    const N shifted = Fma(High(y), N::Of(kLog2E.high), RoundingShift<N>());
    const N n = shifted - RoundingShift<N>();
    if constexpr (kIsFast<G>) {
      const N leading = Fma(n, N::Of(-kLn2HighFast.high), High(y));  // exact
      const N minus_low = N::Of(-kLn2LowFast.high);
      if constexpr (std::is_same_v<A, N>) {
        return {N::Of(1), n, ExpRemainder(Fma(n, minus_low, leading))};
      } else {
        // What is small first: one rounding that counts.
        return {N::Of(1), n, ExpRemainder(leading + Fma(n, minus_low, y.low))};
      }
    } else {
      const N leading = Fma(n, N::Of(-kLn2HighCareful.high), High(y));  // exact
      const Pair<N> low = PairOf<N>(kLn2LowCareful) * -n;
      const Pair<N> r = TwoSum(leading, Low(y)) + low;
      const Pair<N> q =
          PolynomialOf<G>(kExpRemainderQuick, kExpRemainderCareful, kExpRemainderCertain, r);
      return {N::Of(1), n, r + r * r * q};
    }
  }
}

template <class N>
ACT_FN N OnePlus(N z) {
  return N::Of(1) + z;
}

// For |z| <= 1.
template <class N>
ACT_FN Pair<N> OnePlus(Pair<N> z) {
  const Pair<N> sum = FastTwoSum(N::Of(1), z.high);
  return FastTwoSum(sum.high, sum.low + z.low);
}

// e^y.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> Exp(ExpParts<G> e) {
  if constexpr (kIsQuick<G>) {
    return {Fma(e.power, e.remainder, e.power), e.exponent};
  } else if constexpr (kIsCertain<G>) {
    const Pair<N> m = OnePlus(e.remainder);
    const N power = PowerOfTwo(e.exponent);
    return {{m.high * power, m.low * power}, e.exponent};
  } else {
    return {OnePlus(e.remainder), e.exponent};
  }
}

// What c (1 + remainder) is more than the first term of c.
template <class G, class N = NumberOf<G>>
ACT_FN N RestOfProduct(Pair<N> c, ExpParts<G> e) {
  return Fma(c.high + c.low, e.remainder, c.low);
}

// c e^y in floats, for y not much above zero and c a number or an unevaluated
// sum: the greatest term comes last, one rounding that counts.
template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> ExpTimes(N c, ExpParts<G> e) {
  return {Fma(c, e.remainder, c), e.exponent};
}

template <class G, class N = NumberOf<G>>
ACT_FN Scaled<G> ExpTimes(Pair<N> c, ExpParts<G> e) {
  return {c.high + RestOfProduct(c, e), e.exponent};
}

// 2^n as a term of a sum with a number of about 1: what is nothing beside that
// may be any number below 2^-100.
template <class N>
ACT_FN N SmallPowerOfTwo(N n) {
  if constexpr (N::kPowersUnderflow) {
    return PowerOfTwo(n);
  } else {
    return PowerOfTwo(Max(n, N::Of(sizeof(typename N::Real) == 4 ? -120 : -400)));
  }
}

// e^y + c for a power of two c or its negative; for c = -1 accurate relative to
// itself near y = 0 too. What is nothing beside c may be lost.
template <class G, class N = NumberOf<G>>
ACT_FN ValueOf<G> ExpPlus(ExpParts<G> e, N c) {
  if constexpr (kIsQuick<G>) {
    return Fma(e.power, e.remainder, e.power + c);
  } else {
    const N power = SmallPowerOfTwo(e.exponent);
    if constexpr (kIsFast<G>) {
      return Fma(power, e.remainder, power + c);
    } else {
      const Pair<N> scaled = {power * e.remainder.high, power * e.remainder.low};
      return TwoSum(c, power) + scaled;
    }
  }
}

// e^y - 1.
template <class G>
ACT_FN ValueOf<G> Expm1(ExpParts<G> e) {
  return ExpPlus(e, NumberOf<G>::Of(-1));
}

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_EXP_INL_H_
