// The host primitives on plain C++ numbers: one element at a time. For the
// catalogue, for tests and for any machine without a vector unit of ours.
//
// A host gives math-inl.h and definitions-inl.h a number type `N` with these
// members and no others, every one exact or correctly rounded by IEEE 754, so
// that a formula has the same bits on every host:
//   N::Real, N::Mask, N::Of(double)        storage, comparison result, constant
//   + - * /, unary -, Sqrt, Fma(a, b, c)   round to nearest
//   a < b, a == b, m & n, Select(m, a, b)  choice
//   IsAny(m)                               whether a lane of a mask is set
//   Min(a, b), Max(a, b)                   a < b ? a : b, a > b ? a : b, also for NaN
//   Abs(x), CopySign(magnitude, sign)      bit moves
//   PowerOfTwo(n)                          2^n for integral n in normal range; where
//                                          N::kPowersUnderflow, for any below it, too
//   Exponent(x)                            the n with 2^n <= x < 2^(n+1), x > 0 normal
//   Ratio(a, b)                            a / b below infinity, 1/2 <= b <= 4, where a is zero or
//                                          2^-100 at least, or b a power of two; or a is infinite
//   MinOfFloats(x, c), MaxOfFloats(x, c)   Min and Max of floats in any type, c rounded to one or
//                                          not; NaN may be lost, and of two zeros any is taken,
//                                          but MaxOfFloats(-0, x) is x
//   MinSizeOfFloats(x, c)                  Min of |x| and c, of floats
// and, each for one type only:
//   Scale(x, n)                            float: x 2^n rounded once, |n| <= 400
//   ScaleNormal(x, n)                      float: the same where x 2^n and 2^n are normal
//   EntriesOf<n>(segments, s)              float: columns [i] of segment (bits n to n + 4 of s)
//   Exp2OfBits(s)                          float: 2^(k - 127), k the last 9 bits of s, 0 < k < 255
//   TableExp2(s)                           double: kExp2Table[k % 16] 2^(k / 16), k = s - 1.5 2^52
//   NearExponent(y), NearInverse(y),       double, of normal y = 2^k c (1 + f) > 0, |k| < 500: k,
//     NearLog(y)                             2^-k / c and log(c) by kInverseTable and kLogTable
#ifndef ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_
#define ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "src/functions/coefficients.h"

#ifndef ACT_FN
#define ACT_FN inline
#define ACT_HOST_NAMESPACE scalar
#define ACT_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE()
#endif

namespace activation {
namespace ACT_HOST_NAMESPACE {

// The upper half of a double's bits, and one of both. Of other ways nvcc makes sums of 64 bits.
ACT_FN uint32_t UpperHalf(double x) {
#ifdef __CUDA_ARCH__
  return static_cast<uint32_t>(__double2hiint(x));
#else
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof(bits));
  return static_cast<uint32_t>(bits >> 32);
#endif
}

ACT_FN double OfHalves(uint32_t upper, uint32_t lower) {
#ifdef __CUDA_ARCH__
  return __hiloint2double(static_cast<int>(upper), static_cast<int>(lower));
#else
  const uint64_t bits = uint64_t{upper} << 32 | lower;
  double x;
  std::memcpy(&x, &bits, sizeof(x));
  return x;
#endif
}

// How a Number does what a host may do in a way of its own. This is the plain one.
struct Plainly {
  static constexpr bool kScalesInDouble = false;

  template <class T>
  static ACT_FN T Quotient(T a, T b) {
    return a / b;
  }
  template <class T>
  static ACT_FN T Ratio(T a, T b) {
    return a / b;
  }
  template <class T>
  static ACT_FN T Root(T a) {
    return std::sqrt(a);
  }

  template <class T>
  static ACT_FN T MinOfFloats(T a, T b) {
    return a < b ? a : b;
  }
  template <class T>
  static ACT_FN T MaxOfFloats(T a, T b) {
    return b < a ? a : b;
  }
  template <class T>
  static ACT_FN T MinSizeOfFloats(T a, T b) {
    return MinOfFloats(std::fabs(a), b);
  }

  template <size_t kTerms>
  struct Entries {
    const float* row;
    ACT_FN float operator[](size_t i) const { return row[i]; }
  };
  template <size_t kTerms>
  static ACT_FN Entries<kTerms> EntriesOf(const Segments<kTerms>& segments, uint32_t segment) {
    return {segments.rows[segment % 32]};
  }

  // The bits of kExp2Table[k % 16] 2^(k / 16).
  static ACT_FN uint64_t TableExp2(uint64_t k) {
    uint64_t bits;
    std::memcpy(&bits, &kExp2Table[k % 16], sizeof(bits));
    return bits + ((k >> 4) << 52);
  }

  // Of the upper half of y's bits, less where the tables of logarithms begin, that is k 2^20 and
  // more: the upper half of kInverseTable[of the segment] 2^-k, of which the lower is zero.
  static ACT_FN uint32_t TableInverse(uint32_t above) {
    return UpperHalf(kInverseTable[above >> 16 & 15]) - (above & 0xFFF00000);
  }

  static ACT_FN double TableLog(uint32_t above) { return kLogTable[above >> 16 & 15]; }
};

template <class T, class Way = Plainly>
struct Number {
  using Real = T;
  static constexpr bool kPowersUnderflow = false;
  struct Mask {
    bool bit;
    friend ACT_FN Mask operator&(Mask a, Mask b) { return {a.bit && b.bit}; }
    friend ACT_FN bool IsAny(Mask a) { return a.bit; }
  };

  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

  T v;

  static ACT_FN Number Of(double c) { return {static_cast<T>(c)}; }

  friend ACT_FN Number operator+(Number a, Number b) { return {a.v + b.v}; }
  friend ACT_FN Number operator-(Number a, Number b) { return {a.v - b.v}; }
  friend ACT_FN Number operator*(Number a, Number b) { return {a.v * b.v}; }
  friend ACT_FN Number operator/(Number a, Number b) { return {Way::Quotient(a.v, b.v)}; }
  friend ACT_FN Number Ratio(Number a, Number b) { return {Way::Ratio(a.v, b.v)}; }
  friend ACT_FN Number operator-(Number a) { return {-a.v}; }
  friend ACT_FN Number Sqrt(Number a) { return {Way::Root(a.v)}; }
  friend ACT_FN Number Fma(Number a, Number b, Number c) { return {std::fma(a.v, b.v, c.v)}; }

  friend ACT_FN Mask operator<(Number a, Number b) { return {a.v < b.v}; }
  friend ACT_FN Mask operator==(Number a, Number b) { return {a.v == b.v}; }
  friend ACT_FN Number Select(Mask m, Number a, Number b) { return m.bit ? a : b; }
  friend ACT_FN Number Min(Number a, Number b) { return a.v < b.v ? a : b; }
  friend ACT_FN Number Max(Number a, Number b) { return b.v < a.v ? a : b; }
  friend ACT_FN Number MinOfFloats(Number a, Number b) { return {Way::MinOfFloats(a.v, b.v)}; }
  friend ACT_FN Number MaxOfFloats(Number a, Number b) { return {Way::MaxOfFloats(a.v, b.v)}; }
  friend ACT_FN Number MinSizeOfFloats(Number a, Number b) {
    return {Way::MinSizeOfFloats(a.v, b.v)};
  }
  friend ACT_FN Number Abs(Number a) { return {std::fabs(a.v)}; }
  friend ACT_FN Number CopySign(Number magnitude, Number sign) {
    if constexpr (sizeof(T) == 4) {
      return {std::copysign(magnitude.v, sign.v)};
    } else {
      // Of std::copysign() of doubles nvcc makes two sums and a choice.
      constexpr Bits kSign = Bits{1} << 63;
      return OfBits((magnitude.ToBits() & ~kSign) | (sign.ToBits() & kSign));
    }
  }

  // Neither converts to an integer, which a GPU is slow at.
  friend ACT_FN Number PowerOfTwo(Number n) {
    constexpr int kMantissaBits = sizeof(T) == 4 ? 23 : 52;
    // Adding this leaves n plus the exponent's bias in the low bits of the sum.
    constexpr double kMagic = sizeof(T) == 4 ? 0x1.8p23 + 127 : 0x1.8p52 + 1023;
    return OfBits((n + Of(kMagic)).ToBits() << kMantissaBits);
  }

  friend ACT_FN Number Exponent(Number x) {
    constexpr int kMantissaBits = sizeof(T) == 4 ? 23 : 52;
    constexpr double kMagic = sizeof(T) == 4 ? 0x1p23 : 0x1p52;
    constexpr double kBias = sizeof(T) == 4 ? 127 : 1023;
    // The exponent's bits as the last bits of a number that large.
    return OfBits(x.ToBits() >> kMantissaBits | Of(kMagic).ToBits()) - Of(kMagic + kBias);
  }

  friend ACT_FN Number Scale(Number x, Number n) {
    static_assert(sizeof(T) == 4);
    if constexpr (Way::kScalesInDouble) {
      // A double holds the product, so the one rounding is that to a float. Adding this leaves n
      // plus the exponent's bias in the low bits of the sum.
      constexpr double kMagic = 0x1.8p23 + 1023;
      const uint64_t bits = uint64_t{(n + Of(kMagic)).ToBits()} << 52;
      double power;
      std::memcpy(&power, &bits, sizeof(power));
      return {static_cast<float>(static_cast<double>(x.v) * power)};
    }
    // In three steps, of which the last alone can round to anything but zero, or overflow.
    const Number all = Clamp(n, 278);
    const Number last = Clamp(all, 126);
    const Number middle = Clamp(all - last, 126);
    const Number first = all - last - middle;
    return x * PowerOfTwo(first) * PowerOfTwo(middle) * PowerOfTwo(last);
  }

  friend ACT_FN Number ScaleNormal(Number x, Number n) { return x * PowerOfTwo(n); }

  template <size_t kTerms>
  struct Entries {
    typename Way::template Entries<kTerms> at;
    ACT_FN Number operator[](size_t i) const { return {at[i]}; }
  };

  template <int kShift, size_t kTerms>
  static ACT_FN Entries<kTerms> EntriesOf(const Segments<kTerms>& segments, Number s) {
    static_assert(sizeof(T) == 4);
    return {Way::EntriesOf(segments, s.ToBits() >> kShift)};
  }

  friend ACT_FN Number Exp2OfBits(Number s) {
    static_assert(sizeof(T) == 4);
    return OfBits(s.ToBits() << 23);
  }

  friend ACT_FN Number TableExp2(Number shifted) {
    static_assert(sizeof(T) == 8);
    return OfBits(Way::TableExp2(shifted.ToBits()));
  }

  friend ACT_FN Number NearExponent(Number y) {
    // Above zero, as the last bits of a number that large.
    constexpr uint32_t kBias = 512;
    const uint32_t biased = (y.AboveLogStart() + (kBias << 20)) >> 20;
    return Number{OfHalves(UpperHalf(0x1p52), biased)} - Of(0x1p52 + kBias);
  }

  friend ACT_FN Number NearInverse(Number y) {
    return {OfHalves(Way::TableInverse(y.AboveLogStart()), 0)};
  }

  friend ACT_FN Number NearLog(Number y) { return {Way::TableLog(y.AboveLogStart())}; }

 private:
  ACT_FN Bits ToBits() const {
    Bits bits;
    std::memcpy(&bits, &v, sizeof(bits));
    return bits;
  }

  ACT_FN uint32_t AboveLogStart() const {
    static_assert(sizeof(T) == 8);
    return UpperHalf(v) - static_cast<uint32_t>(kLogStart >> 32);
  }

  static ACT_FN Number OfBits(Bits bits) {
    Number result;
    std::memcpy(&result.v, &bits, sizeof(bits));
    return result;
  }

  static ACT_FN Number Clamp(Number x, double most) { return Max(Min(x, Of(most)), Of(-most)); }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_
