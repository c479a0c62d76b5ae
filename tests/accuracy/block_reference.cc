#include "tests/accuracy/block_reference.h"

#include <algorithm>

namespace activation::accuracy {
namespace {

DoubleDoubles Everywhere(const BigFloat& value) {
  DoubleDoubles block;
  const double hi = mpfr_get_d(value.get(), MPFR_RNDN);
  block.hi.fill(hi);
  block.lo.fill(mpfr_get_d((value - BigFloat(hi)).get(), MPFR_RNDN));
  return block;
}

// The last step that needs the result of each, or -1 for what nobody needs: the
// derivatives by parameters, which are recorded too.
std::vector<int> LastUses(const Steps& steps, const std::array<int, 2>& results) {
  std::vector<int> last(steps.size(), -1);
  for (const int result : results)
    last[static_cast<size_t>(result)] = static_cast<int>(steps.size());
  for (size_t i = steps.size(); i-- > 0;) {
    if (last[i] < 0) continue;
    for (const int operand : steps[i].operands) {
      if (operand < 0) continue;
      int& use = last[static_cast<size_t>(operand)];
      use = std::max(use, static_cast<int>(i));
    }
  }
  return last;
}

}  // namespace

BlockReference::BlockReference(const Expression& formula, const Params& params) {
  Steps steps;
  const Value<Recorded> value = formula.At(Recorded::Input(steps), params);
  // In turn, because writing down a constant lengthens the list.
  const int forward = value.v.StepIn(steps);
  const int gradient = value.d[0].StepIn(steps);
  Assign(steps, {forward, gradient});
}

// Gives every step a block, which the next may have when nobody needs it any
// more; the input, constants and results keep theirs.
void BlockReference::Assign(const Steps& steps, const std::array<int, 2>& results) {
  const std::vector<int> last = LastUses(steps, results);
  std::vector<size_t> block_of(steps.size());
  std::vector<size_t> unused;
  for (size_t i = 0; i < steps.size(); ++i) {
    const bool computed = steps[i].op != Op::kInput && steps[i].op != Op::kConstant;
    if (computed && last[i] < 0) continue;
    if (!computed || unused.empty()) {
      block_of[i] = blocks_.size();
      blocks_.push_back(Everywhere(steps[i].constant));
    } else {
      block_of[i] = unused.back();
      unused.pop_back();
    }
    if (!computed) continue;
    BlockStep step{steps[i].op, {}, block_of[i]};
    for (size_t k = 0; k < 4; ++k) {
      const int operand = steps[i].operands[k];
      if (operand >= 0) step.operands[k] = block_of[static_cast<size_t>(operand)];
    }
    steps_.push_back(step);
    for (size_t earlier = 0; earlier < i; ++earlier) {
      const Op op = steps[earlier].op;
      if (op == Op::kInput || op == Op::kConstant || last[earlier] != static_cast<int>(i)) continue;
      unused.push_back(block_of[earlier]);
    }
  }
  results_ = {block_of[static_cast<size_t>(results[0])], block_of[static_cast<size_t>(results[1])]};
}

void BlockReference::Evaluate(const double* x) {
  // The input is the first step.
  std::copy_n(x, kBlockLanes, blocks_[0].hi.begin());
  RunSteps(steps_, blocks_);
}

}  // namespace activation::accuracy
