#include "tests/accuracy/exact_reference.h"

namespace activation::accuracy {
namespace {

// For steps that are done whatever the input.
constexpr uint64_t kAlways = ~uint64_t{0};

}  // namespace

ExactReference::ExactReference(const Expression& formula, const Params& params) {
  const Value<Recorded> value = formula.At(Recorded::Input(steps_), params);
  // In turn, because writing down a constant lengthens the list.
  results_[0] = value.v.StepIn(steps_);
  results_[1] = value.d[0].StepIn(steps_);
  for (const Step& step : steps_) {
    values_.push_back(step.constant);
    const bool computed = step.op != Op::kInput && step.op != Op::kConstant;
    done_at_.push_back(computed ? 0 : kAlways);
  }
}

void ExactReference::Take(double x) {
  ++takes_;
  // The input is the first step.
  values_[0] = BigFloat(x);
}

const BigFloat& ExactReference::ResultOf(int step) {
  const auto i = static_cast<size_t>(step);
  if (done_at_[i] < takes_) {
    values_[i] = Compute(steps_[i]);
    done_at_[i] = takes_;
  }
  return values_[i];
}

BigFloat ExactReference::Compute(const Step& step) {
  using Math = RealMath<BigFloat>;
  const auto operand = [&](size_t i) -> const BigFloat& { return ResultOf(step.operands[i]); };
  switch (step.op) {
    case Op::kInput:
    case Op::kConstant:
      return step.constant;
    case Op::kAdd:
      return operand(0) + operand(1);
    case Op::kMultiply:
      return operand(0) * operand(1);
    case Op::kDivide:
      return operand(0) / operand(1);
    case Op::kNegate:
      return -operand(0);
    case Op::kChoose:
      return operand(0) < operand(1) ? operand(2) : operand(3);
    case Op::kSqrt:
      return Math::Sqrt(operand(0));
    case Op::kExp:
      return Math::Exp(operand(0));
    case Op::kExpm1:
      return Math::Expm1(operand(0));
    case Op::kLog:
      return Math::Log(operand(0));
    case Op::kLog1p:
      return Math::Log1p(operand(0));
    case Op::kTanh:
      return Math::Tanh(operand(0));
    case Op::kTanhshrink:
      return Math::Tanhshrink(operand(0));
    case Op::kErf:
      return Math::Erf(operand(0));
    case Op::kErfc:
      return Math::Erfc(operand(0));
  }
  return {};
}

}  // namespace activation::accuracy
