// The elementary functions the reference needs, for its two kinds of number:
// long double (64 bits, quick) and BigFloat (448 bits, decides). Shares nothing
// with src/functions.
#ifndef ACTIVATION_TESTS_ACCURACY_REAL_H_
#define ACTIVATION_TESTS_ACCURACY_REAL_H_

#include <array>
#include <cmath>
#include <cstdlib>
#include <string>

#include "tests/accuracy/big_float.h"

namespace activation::accuracy {

template <class R>
struct RealMath;

template <>
struct RealMath<long double> {
  static long double Parse(const std::string& text) { return std::strtold(text.c_str(), nullptr); }
  static long double Pi() { return 3.141592653589793238462643383279502884L; }
  static long double Exp(long double x) { return std::exp(x); }
  static long double Log1p(long double x) { return std::log1p(x); }
  // x - tanh x by the continued fraction tanh x = x / (1 + x^2 / (3 + ...)).
  static long double Tanhshrink(long double x) {
    if (std::fabs(x) > 2) return x - std::tanh(x);
    long double rest = 0;
    for (int odd = 41; odd > 1; odd -= 2) rest = x * x / (static_cast<long double>(odd) + rest);
    return x * (rest / (1 + rest));
  }
  static long double Expm1(long double x) { return std::expm1(x); }
  static long double Log(long double x) { return std::log(x); }
  static long double Sqrt(long double x) { return std::sqrt(x); }
  static long double Tanh(long double x) { return std::tanh(x); }
  static long double Erf(long double x) { return std::erf(x); }
  static long double Erfc(long double x) { return std::erfc(x); }
  static bool IsInfinite(long double x) { return std::isinf(x); }
};

template <>
struct RealMath<BigFloat> {
  static BigFloat Parse(const std::string& text) { return BigFloat(text); }
  static BigFloat Pi() { return BigFloat::Pi(); }
  static BigFloat Exp(const BigFloat& x) { return BigFloat::Apply(mpfr_exp, x); }
  static BigFloat Log1p(const BigFloat& x) { return BigFloat::Apply(mpfr_log1p, x); }
  static BigFloat Tanhshrink(const BigFloat& x) {
    BigFloat rest;
    for (int odd = 121; odd > 1; odd -= 2) {
      rest = x * x / (BigFloat(static_cast<long double>(odd)) + rest);
    }
    const BigFloat one(1.0L);
    const BigFloat size = x < BigFloat(0.0L) ? -x : x;
    if (size < BigFloat(8.0L)) return x * (rest / (one + rest));
    // Beyond 100 the last bits of 1 - tanh are cut off, and what a tie needs is
    // that there are some.
    const BigFloat tanh = Tanh(size < BigFloat(100.0L) ? size : BigFloat(100.0L));
    return x < BigFloat(0.0L) ? x + tanh : x - tanh;
  }
  static BigFloat Expm1(const BigFloat& x) { return BigFloat::Apply(mpfr_expm1, x); }
  static BigFloat Log(const BigFloat& x) { return BigFloat::Apply(mpfr_log, x); }
  static BigFloat Sqrt(const BigFloat& x) { return BigFloat::Apply(mpfr_sqrt, x); }
  static BigFloat Tanh(const BigFloat& x) { return BigFloat::Apply(mpfr_tanh, x); }
  static BigFloat Erf(const BigFloat& x) { return BigFloat::Apply(mpfr_erf, x); }
  static BigFloat Erfc(const BigFloat& x) { return BigFloat::Apply(mpfr_erfc, x); }
  static bool IsInfinite(const BigFloat& x) { return x.is_infinite(); }
};

// A value with its derivatives by x and by each parameter: forward-mode
// automatic differentiation.
template <class R, size_t kDerivatives>
struct Dual {
  using Math = RealMath<R>;
  R v{0.0L};
  std::array<R, kDerivatives> d{};

  // g(v) with g'(v) known: the chain rule.
  Dual Chain(const R& value, const R& slope) const {
    Dual r{value, {}};
    for (size_t i = 0; i < kDerivatives; ++i) r.d[i] = slope * d[i];
    return r;
  }
  friend Dual operator+(const Dual& a, const Dual& b) {
    Dual r{a.v + b.v, {}};
    for (size_t i = 0; i < kDerivatives; ++i) r.d[i] = a.d[i] + b.d[i];
    return r;
  }
  friend Dual operator-(const Dual& a, const Dual& b) { return a + -b; }
  friend Dual operator-(const Dual& a) { return a.Chain(-a.v, R(-1.0L)); }
  friend Dual operator*(const Dual& a, const Dual& b) {
    Dual r{a.v * b.v, {}};
    for (size_t i = 0; i < kDerivatives; ++i) r.d[i] = a.d[i] * b.v + a.v * b.d[i];
    return r;
  }
  friend Dual operator/(const Dual& a, const Dual& b) {
    // A finite value over one that overflowed is far below every subnormal.
    if (Math::IsInfinite(b.v)) return Dual{};
    Dual r{a.v / b.v, {}};
    for (size_t i = 0; i < kDerivatives; ++i) r.d[i] = (a.d[i] - r.v * b.d[i]) / b.v;
    return r;
  }
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_REAL_H_
