#include "tests/accuracy/bounded_reference.h"

#include <cmath>

namespace activation::accuracy {
namespace {

// For steps that are done whatever the inputs.
constexpr uint64_t kAlways = ~uint64_t{0};

void Fill(const BigFloat& constant, BoundedDoubles& block) {
  const double value = mpfr_get_d(constant.get(), MPFR_RNDN);
  block.value.fill(value);
  block.bound.relative = mpfr_cmp_d(constant.get(), value) == 0 ? 0 : 0x1p-52;
  block.bound.any_zero = value == 0;
  block.bound.least = value == 0 ? kUnknown : std::fabs(value);
  block.bound.greatest = std::fabs(value);
  if (!(std::fabs(value) < 0x1p300) || (value != 0 && std::fabs(value) < 0x1p-300)) {
    block.bound = {};
  }
}

}  // namespace

BoundedReference::BoundedReference(const Expression& formula, const Params& params) {
  Steps steps;
  const Value<Recorded> value = formula.At(Recorded::Input(steps), params);
  // In turn, because writing down a constant lengthens the list.
  results_[0] = value.v.StepIn(steps);
  results_[1] = value.d[0].StepIn(steps);
  blocks_.resize(steps.size());
  for (size_t i = 0; i < steps.size(); ++i) {
    const bool computed = steps[i].op != Op::kInput && steps[i].op != Op::kConstant;
    steps_.push_back({steps[i].op, steps[i].operands, computed ? 0 : kAlways, i});
    if (steps[i].op == Op::kConstant) Fill(steps[i].constant, blocks_[i]);
  }
}

void BoundedReference::Take(const double* x) {
  ++takes_;
  // The input is the first step.
  TakeInputs(x, blocks_[0]);
}

const BoundedDoubles& BoundedReference::ResultOf(int step) {
  const auto i = static_cast<size_t>(step);
  if (steps_[i].done_at < takes_) {
    steps_[i].done_at = takes_;
    steps_[i].op == Op::kChoose ? Choose(i) : Run(i);
  }
  return blocks_[steps_[i].holder];
}

void BoundedReference::Run(size_t step) {
  const auto& operands = steps_[step].operands;
  const BoundedDoubles& a = ResultOf(operands[0]);
  const BoundedDoubles& b = operands[1] < 0 ? a : ResultOf(operands[1]);
  RunBounded(steps_[step].op, a, b, blocks_[step]);
}

// A branch that is taken everywhere is the result as it is.
void BoundedReference::Choose(size_t step) {
  const auto& operands = steps_[step].operands;
  const BoundedDoubles& a = ResultOf(operands[0]);
  const BoundedDoubles& b = ResultOf(operands[1]);
  const WhereLess less = Compare(a, b);
  steps_[step].holder = step;
  if (less == WhereLess::kEverywhere || less == WhereLess::kNowhere) {
    const int taken = operands[less == WhereLess::kEverywhere ? 2 : 3];
    ResultOf(taken);
    steps_[step].holder = steps_[static_cast<size_t>(taken)].holder;
  } else {
    ChooseBounded(less, {&a, &b, &ResultOf(operands[2]), &ResultOf(operands[3])}, blocks_[step]);
  }
}

}  // namespace activation::accuracy
