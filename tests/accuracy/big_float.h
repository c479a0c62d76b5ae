// A number of 448 bits with the operators of a built-in one, on MPFR. Each
// operation is correctly rounded. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_BIG_FLOAT_H_
#define ACTIVATION_TESTS_ACCURACY_BIG_FLOAT_H_

#include <mpfr.h>

#include <string>

namespace activation::accuracy {

class BigFloat {
 public:
  // Wide enough that no formula of the catalogue cancels below 100 good bits.
  static constexpr mpfr_prec_t kBits = 448;

  BigFloat() : BigFloat(0.0L) {}
  BigFloat(long double value) {  // NOLINT: numbers convert, as built-in ones do
    mpfr_init2(v_, kBits);
    mpfr_set_ld(v_, value, MPFR_RNDN);
  }
  explicit BigFloat(const std::string& decimal) {
    mpfr_init2(v_, kBits);
    mpfr_set_str(v_, decimal.c_str(), 10, MPFR_RNDN);
  }
  BigFloat(const BigFloat& other) {
    mpfr_init2(v_, kBits);
    mpfr_set(v_, other.v_, MPFR_RNDN);
  }
  BigFloat& operator=(const BigFloat& other) {
    mpfr_set(v_, other.v_, MPFR_RNDN);
    return *this;
  }
  ~BigFloat() { mpfr_clear(v_); }

  mpfr_srcptr get() const { return v_; }

  // The result of an MPFR function of one or two arguments.
  template <class F>
  static BigFloat Apply(F f, const BigFloat& a) {
    BigFloat r;
    f(r.v_, a.v_, MPFR_RNDN);
    return r;
  }
  template <class F>
  static BigFloat Apply(F f, const BigFloat& a, const BigFloat& b) {
    BigFloat r;
    f(r.v_, a.v_, b.v_, MPFR_RNDN);
    return r;
  }
  static BigFloat Pi() {
    BigFloat r;
    mpfr_const_pi(r.v_, MPFR_RNDN);
    return r;
  }

  friend BigFloat operator+(const BigFloat& a, const BigFloat& b) { return Apply(mpfr_add, a, b); }
  friend BigFloat operator-(const BigFloat& a, const BigFloat& b) { return Apply(mpfr_sub, a, b); }
  friend BigFloat operator*(const BigFloat& a, const BigFloat& b) { return Apply(mpfr_mul, a, b); }
  friend BigFloat operator/(const BigFloat& a, const BigFloat& b) { return Apply(mpfr_div, a, b); }
  friend BigFloat operator-(const BigFloat& a) {
    BigFloat r;
    mpfr_neg(r.v_, a.v_, MPFR_RNDN);
    return r;
  }
  friend bool operator<(const BigFloat& a, const BigFloat& b) {
    return mpfr_less_p(a.v_, b.v_) != 0;
  }

  bool is_infinite() const { return mpfr_inf_p(v_) != 0; }

 private:
  mpfr_t v_;
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_BIG_FLOAT_H_
