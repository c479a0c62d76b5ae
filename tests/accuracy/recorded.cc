#include "tests/accuracy/recorded.h"

#include <algorithm>

namespace activation::accuracy {

Recorded Recorded::Input(Steps& steps) {
  steps.push_back({Op::kInput});
  return {&steps, static_cast<int>(steps.size()) - 1};
}

int Recorded::StepIn(Steps& steps) const {
  if (!is_constant()) return step_;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].op == Op::kConstant && mpfr_equal_p(steps[i].constant.get(), constant_.get())) {
      return static_cast<int>(i);
    }
  }
  steps.push_back({Op::kConstant, {-1, -1, -1, -1}, constant_});
  return static_cast<int>(steps.size()) - 1;
}

bool Recorded::Is(long double value) const {
  return is_constant() && mpfr_cmp_ld(constant_.get(), value) == 0;
}

bool Recorded::IsSame(const Recorded& other) const {
  if (is_constant() != other.is_constant()) return false;
  return is_constant() ? mpfr_equal_p(constant_.get(), other.constant_.get()) != 0
                       : step_ == other.step_;
}

Recorded Recorded::Record(Op op, const std::vector<Recorded>& operands) {
  // One at least is no constant, and those that are none are of one recording.
  const auto recorded = std::find_if(operands.begin(), operands.end(),
                                     [](const Recorded& a) { return !a.is_constant(); });
  Steps* const steps = recorded->steps_;
  Step step{op};
  for (size_t i = 0; i < operands.size(); ++i) step.operands[i] = operands[i].StepIn(*steps);
  for (size_t i = 0; i < steps->size(); ++i) {
    const Step& known = (*steps)[i];
    if (known.op == op && known.operands == step.operands) return {steps, static_cast<int>(i)};
  }
  steps->push_back(step);
  return {steps, static_cast<int>(steps->size()) - 1};
}

Recorded operator+(const Recorded& a, const Recorded& b) {
  if (a.is_constant() && b.is_constant()) return Recorded(a.constant_ + b.constant_);
  if (a.Is(0)) return b;
  if (b.Is(0)) return a;
  return Recorded::Record(Op::kAdd, {a, b});
}

Recorded operator*(const Recorded& a, const Recorded& b) {
  if (a.is_constant() && b.is_constant()) return Recorded(a.constant_ * b.constant_);
  if (a.Is(0) || b.Is(1)) return a;
  if (b.Is(0) || a.Is(1)) return b;
  if (a.Is(-1)) return -b;
  if (b.Is(-1)) return -a;
  return Recorded::Record(Op::kMultiply, {a, b});
}

Recorded operator/(const Recorded& a, const Recorded& b) {
  if (b.is_constant()) return a * Recorded(BigFloat(1.0L) / b.constant_);
  if (a.Is(0)) return a;
  return Recorded::Record(Op::kDivide, {a, b});
}

Recorded operator-(const Recorded& a) {
  if (a.is_constant()) return Recorded(-a.constant_);
  const Step& step = (*a.steps_)[static_cast<size_t>(a.step_)];
  if (step.op == Op::kNegate) return {a.steps_, step.operands[0]};
  return Recorded::Record(Op::kNegate, {a});
}

Recorded::Comparison operator<(const Recorded& a, const Recorded& b) { return {a, b}; }

Recorded Recorded::Choose(const Comparison& less, const Recorded& a, const Recorded& b) {
  if (a.IsSame(b)) return a;
  if (less.a.is_constant() && less.b.is_constant()) {
    return less.a.constant_ < less.b.constant_ ? a : b;
  }
  return Record(Op::kChoose, {less.a, less.b, a, b});
}

Recorded Recorded::Call(Op op, BigFloat (*of_constant)(const BigFloat&), const Recorded& a) {
  if (a.is_constant()) return Recorded(of_constant(a.constant_));
  return Record(op, {a});
}

}  // namespace activation::accuracy
