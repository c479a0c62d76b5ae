// A kind of number that computes nothing but writes down what would be computed:
// a formula evaluated on it leaves a list of steps, which block_steps.h carries
// out for many inputs at a time. Constants are folded, what is computed twice is
// written once. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_RECORDED_H_
#define ACTIVATION_TESTS_ACCURACY_RECORDED_H_

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "tests/accuracy/big_float.h"
#include "tests/accuracy/real.h"

namespace activation::accuracy {

enum class Op {
  kInput,
  kConstant,
  kAdd,
  kMultiply,
  kDivide,
  kNegate,
  kChoose,  // operand 0 < operand 1 ? operand 2 : operand 3
  kSqrt,
  kExp,
  kExpm1,
  kLog,
  kLog1p,
  kTanh,
  kTanhshrink,
  kErf,
  kErfc,
};

// One operation on the results of earlier steps.
struct Step {
  Op op = Op::kConstant;
  std::array<int, 4> operands{-1, -1, -1, -1};
  BigFloat constant{};
};

using Steps = std::vector<Step>;

// The number that step `step` results in, or a constant that no step needs yet.
class Recorded {
 public:
  Recorded() = default;
  Recorded(long double value) : constant_(value) {}  // NOLINT: numbers convert
  explicit Recorded(const BigFloat& value) : constant_(value) {}

  // The input of a new recording; `steps` must outlive all numbers made of it.
  static Recorded Input(Steps& steps);

  // Its step, written down now where it is a constant.
  int StepIn(Steps& steps) const;
  bool is_constant() const { return steps_ == nullptr; }

  struct Comparison;
  friend Recorded operator+(const Recorded& a, const Recorded& b);
  friend Recorded operator-(const Recorded& a, const Recorded& b) { return a + -b; }
  friend Recorded operator*(const Recorded& a, const Recorded& b);
  friend Recorded operator/(const Recorded& a, const Recorded& b);
  friend Recorded operator-(const Recorded& a);
  friend Comparison operator<(const Recorded& a, const Recorded& b);

  static Recorded Choose(const Comparison& less, const Recorded& a, const Recorded& b);
  // An elementary function, which folds constants by `of_constant`.
  static Recorded Call(Op op, BigFloat (*of_constant)(const BigFloat&), const Recorded& a);

 private:
  Recorded(Steps* steps, int step) : steps_(steps), step_(step) {}
  static Recorded Record(Op op, const std::vector<Recorded>& operands);
  bool Is(long double value) const;
  bool IsSame(const Recorded& other) const;

  Steps* steps_ = nullptr;
  int step_ = -1;
  BigFloat constant_{};
};

struct Recorded::Comparison {
  Recorded a;
  Recorded b;
};

template <>
struct RealMath<Recorded> {
  using Constants = RealMath<BigFloat>;

  static Recorded Parse(const std::string& text) { return Recorded(Constants::Parse(text)); }
  static Recorded Pi() { return Recorded(Constants::Pi()); }
  static Recorded Exp(const Recorded& x) { return Recorded::Call(Op::kExp, Constants::Exp, x); }
  static Recorded Log1p(const Recorded& x) {
    return Recorded::Call(Op::kLog1p, Constants::Log1p, x);
  }
  static Recorded Tanhshrink(const Recorded& x) {
    return Recorded::Call(Op::kTanhshrink, Constants::Tanhshrink, x);
  }
  static Recorded Expm1(const Recorded& x) {
    return Recorded::Call(Op::kExpm1, Constants::Expm1, x);
  }
  static Recorded Log(const Recorded& x) { return Recorded::Call(Op::kLog, Constants::Log, x); }
  static Recorded Sqrt(const Recorded& x) { return Recorded::Call(Op::kSqrt, Constants::Sqrt, x); }
  static Recorded Tanh(const Recorded& x) { return Recorded::Call(Op::kTanh, Constants::Tanh, x); }
  static Recorded Erf(const Recorded& x) { return Recorded::Call(Op::kErf, Constants::Erf, x); }
  static Recorded Erfc(const Recorded& x) { return Recorded::Call(Op::kErfc, Constants::Erfc, x); }
  // Exponentials are cut off long before.
  static bool IsInfinite(const Recorded&) { return false; }

  template <class A, class B>
  static auto Choose(const Recorded::Comparison& less, A a, B b) {
    return Merge(less, a(), b());
  }

 private:
  static Recorded Merge(const Recorded::Comparison& less, const Recorded& a, const Recorded& b) {
    return Recorded::Choose(less, a, b);
  }
  template <size_t kDerivatives>
  static Dual<Recorded, kDerivatives> Merge(const Recorded::Comparison& less,
                                            const Dual<Recorded, kDerivatives>& a,
                                            const Dual<Recorded, kDerivatives>& b) {
    Dual<Recorded, kDerivatives> r{Merge(less, a.v, b.v), {}};
    for (size_t i = 0; i < kDerivatives; ++i) r.d[i] = Merge(less, a.d[i], b.d[i]);
    return r;
  }
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_RECORDED_H_
