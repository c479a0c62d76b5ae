// The host primitives on plain C++ numbers: one element at a time. For the
// catalogue, for tests and for any machine without a vector unit of ours.
//
// A host gives math-inl.h and definitions-inl.h a number type `N` with these
// members and no others, every one exact or correctly rounded by IEEE 754, so
// that a formula has the same bits on every host:
//   N::Real, N::Mask, N::Of(double)        storage, comparison result, constant
//   + - * /, unary -, Fma(a, b, c)         round to nearest
//   a < b, a == b, m & n, Select(m, a, b)  choice
//   Abs(x), CopySign(magnitude, sign)      bit moves
//   PowerOfTwo(n)                          2^n for integral n in normal range
//   RoundSum(high, low)                    the last step of a formula: high + low
//
// The slow lane is this host with `kRounding` kToOdd: its RoundSum keeps, in the
// last bit, that something was rounded away, so that rounding the result once
// more to a narrower type is right even at a tie.
#ifndef ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_
#define ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

#ifndef ACT_FN
#define ACT_FN inline
#define ACT_HOST_NAMESPACE scalar
#define ACT_BEFORE_NAMESPACE()
#define ACT_AFTER_NAMESPACE()
#endif

namespace activation {
namespace ACT_HOST_NAMESPACE {

enum class Rounding { kToNearest, kToOdd };

template <class T, Rounding kRounding = Rounding::kToNearest>
struct Number {
  using Real = T;
  struct Mask {
    bool bit;
    friend ACT_FN Mask operator&(Mask a, Mask b) { return {a.bit && b.bit}; }
  };

  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

  T v;

  // The neighbours of x are odd where x is even, and x is its own odd neighbour.
  static ACT_FN T OddNeighbour(T x, bool above) {
    Bits bits;
    std::memcpy(&bits, &x, sizeof(bits));
    if ((bits & 1) == 0) bits += above == (x > 0) ? Bits{1} : ~Bits{0};
    std::memcpy(&x, &bits, sizeof(bits));
    return x;
  }

  static ACT_FN Number Of(double c) { return {static_cast<T>(c)}; }

  friend ACT_FN Number operator+(Number a, Number b) { return {a.v + b.v}; }
  friend ACT_FN Number operator-(Number a, Number b) { return {a.v - b.v}; }
  friend ACT_FN Number operator*(Number a, Number b) { return {a.v * b.v}; }
  friend ACT_FN Number operator/(Number a, Number b) { return {a.v / b.v}; }
  friend ACT_FN Number operator-(Number a) { return {-a.v}; }
  friend ACT_FN Number Fma(Number a, Number b, Number c) { return {std::fma(a.v, b.v, c.v)}; }

  friend ACT_FN Mask operator<(Number a, Number b) { return {a.v < b.v}; }
  friend ACT_FN Mask operator==(Number a, Number b) { return {a.v == b.v}; }
  friend ACT_FN Number Select(Mask m, Number a, Number b) { return m.bit ? a : b; }
  friend ACT_FN Number Abs(Number a) { return {std::fabs(a.v)}; }
  friend ACT_FN Number CopySign(Number magnitude, Number sign) {
    return {std::copysign(magnitude.v, sign.v)};
  }

  friend ACT_FN Number RoundSum(Number high, Number low) {
    const T sum = high.v + low.v;
    if constexpr (kRounding == Rounding::kToOdd) {
      const T part = sum - high.v;
      const T error = (high.v - (sum - part)) + (low.v - part);
      // A NaN error comes from an infinite sum, which is exact.
      if (error < 0 || error > 0) return {OddNeighbour(sum, error > 0)};
    }
    return {sum};
  }

  friend ACT_FN Number PowerOfTwo(Number n) {
    constexpr int kMantissaBits = sizeof(T) == 4 ? 23 : 52;
    constexpr int kBias = sizeof(T) == 4 ? 127 : 1023;
    const Bits bits = static_cast<Bits>(static_cast<int64_t>(n.v) + kBias) << kMantissaBits;
    T result;
    std::memcpy(&result, &bits, sizeof(result));
    return {result};
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_OPS_SCALAR_H_
