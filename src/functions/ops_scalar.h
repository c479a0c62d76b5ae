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
// and, each for one type only:
//   Scale(x, n)                            float: x 2^n rounded once, |n| <= 400
//   ScaleNormal(x, n)                      float: the same where x 2^n and 2^n are normal
//   EntriesOf<n>(segments, s)              float: columns [i] of segment (bits n to n + 4 of s)
//   Exp2OfBits(s)                          float: 2^(k - 127), k the last 9 bits of s, 0 < k < 255
//   TableExp2(s)                           double: kExp2Table[k % 16] 2^(k / 16), k = s - 1.5 2^52
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

template <class T>
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
  friend ACT_FN Number operator/(Number a, Number b) { return {a.v / b.v}; }
  friend ACT_FN Number operator-(Number a) { return {-a.v}; }
  friend ACT_FN Number Sqrt(Number a) { return {std::sqrt(a.v)}; }
  friend ACT_FN Number Fma(Number a, Number b, Number c) { return {std::fma(a.v, b.v, c.v)}; }

  friend ACT_FN Mask operator<(Number a, Number b) { return {a.v < b.v}; }
  friend ACT_FN Mask operator==(Number a, Number b) { return {a.v == b.v}; }
  friend ACT_FN Number Select(Mask m, Number a, Number b) { return m.bit ? a : b; }
  friend ACT_FN Number Min(Number a, Number b) { return a.v < b.v ? a : b; }
  friend ACT_FN Number Max(Number a, Number b) { return b.v < a.v ? a : b; }
  friend ACT_FN Number Abs(Number a) { return {std::fabs(a.v)}; }
  friend ACT_FN Number CopySign(Number magnitude, Number sign) {
    return {std::copysign(magnitude.v, sign.v)};
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
    // In three steps, of which the last alone can round to anything but zero, or overflow.
    const Number all = Clamp(n, 278);
    const Number last = Clamp(all, 126);
    const Number middle = Clamp(all - last, 126);
    const Number first = all - last - middle;
    return x * PowerOfTwo(first) * PowerOfTwo(middle) * PowerOfTwo(last);
  }

  friend ACT_FN Number ScaleNormal(Number x, Number n) { return x * PowerOfTwo(n); }

  struct Entries {
    const float* row;
    ACT_FN Number operator[](size_t i) const { return {row[i]}; }
  };

  template <int kShift, size_t kTerms>
  static ACT_FN Entries EntriesOf(const Segments<kTerms>& segments, Number s) {
    static_assert(sizeof(T) == 4);
    return {segments.rows[(s.ToBits() >> kShift) % 32]};
  }

  friend ACT_FN Number Exp2OfBits(Number s) {
    static_assert(sizeof(T) == 4);
    return OfBits(s.ToBits() << 23);
  }

  friend ACT_FN Number TableExp2(Number shifted) {
    static_assert(sizeof(T) == 8);
    const uint64_t k = shifted.ToBits();
    return OfBits(Number{kExp2Table[k % 16]}.ToBits() + ((k >> 4) << 52));
  }

 private:
  ACT_FN Bits ToBits() const {
    Bits bits;
    std::memcpy(&bits, &v, sizeof(bits));
    return bits;
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
