// The elementary functions the reference needs, for BigFloat (448 bits), and
// values with derivatives of any kind of number. The other kind is Recorded
// (recorded.h): about 100 bits, for blocks of inputs. Shares nothing with
// src/functions.
#ifndef ACTIVATION_TESTS_ACCURACY_REAL_H_
#define ACTIVATION_TESTS_ACCURACY_REAL_H_

#include <array>
#include <string>

#include "tests/accuracy/big_float.h"

namespace activation::accuracy {

template <class R>
struct RealMath;

template <>
struct RealMath<BigFloat> {
  static BigFloat Parse(const std::string& text) { return BigFloat(text); }
  static BigFloat Pi() { return BigFloat::Pi(); }
  static BigFloat Exp(const BigFloat& x) {
    if (!IsTiny(x)) return BigFloat::Apply(mpfr_exp, x);
    const BigFloat half(0.5L);
    static const BigFloat& kThird = *new BigFloat(BigFloat(1.0L) / BigFloat(3.0L));
    const BigFloat upper = x * x * half * (BigFloat(1.0L) + x * kThird);
    return BigFloat(1.0L) + (x + upper);
  }
  static BigFloat Log1p(const BigFloat& x) { return BigFloat::Apply(mpfr_log1p, x); }
  static BigFloat Tanhshrink(const BigFloat& x) {
    const BigFloat one(1.0L);
    const BigFloat size = x < BigFloat(0.0L) ? -x : x;
    if (!(size < BigFloat(8.0L))) {
      // Beyond 100 the last bits of 1 - tanh are cut off, and what a tie needs is
      // that there are some.
      static const BigFloat& kMost = *new BigFloat(Tanh(BigFloat(100.0L)));
      const BigFloat tanh = size < BigFloat(100.0L) ? Tanh(size) : kMost;
      return x < BigFloat(0.0L) ? x + tanh : x - tanh;
    }
    BigFloat rest;
    for (int odd = 121; odd > 1; odd -= 2) {
      rest = x * x / (BigFloat(static_cast<long double>(odd)) + rest);
    }
    return x * (rest / (one + rest));
  }
  static BigFloat Expm1(const BigFloat& x) { return BigFloat::Apply(mpfr_expm1, x); }
  static BigFloat Log(const BigFloat& x) { return BigFloat::Apply(mpfr_log, x); }
  static BigFloat Sqrt(const BigFloat& x) { return BigFloat::Apply(mpfr_sqrt, x); }
  static BigFloat Tanh(const BigFloat& x) { return BigFloat::Apply(mpfr_tanh, x); }
  static BigFloat Erf(const BigFloat& x) { return BigFloat::Apply(mpfr_erf, x); }
  static BigFloat Erfc(const BigFloat& x) {
    if (!IsTiny(x)) return BigFloat::Apply(mpfr_erfc, x);
    static const BigFloat& kSlope = *new BigFloat(BigFloat(2.0L) / Sqrt(Pi()));
    static const BigFloat& kThird = *new BigFloat(BigFloat(1.0L) / BigFloat(3.0L));
    return BigFloat(1.0L) - kSlope * (x - x * x * x * kThird);
  }
  static bool IsInfinite(const BigFloat& x) { return x.is_infinite(); }
  // The first where `condition` holds, else the second: each a function of no
  // arguments, because what is not taken need not be computed.
  template <class A, class B>
  static auto Choose(bool condition, A a, B b) {
    return condition ? a() : b();
  }

 private:
  // Whether x^4 is below the last bit of 1: series of three terms, which are many
  // times as fast as MPFR's functions, are then as exact.
  static bool IsTiny(const BigFloat& x) {
    return mpfr_regular_p(x.get()) != 0 && mpfr_get_exp(x.get()) < -120;
  }
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
