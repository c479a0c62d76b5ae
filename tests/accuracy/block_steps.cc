#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/accuracy/block_steps.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "tests/accuracy/block_steps.h"
#include "tests/accuracy/elementary-inl.h"

HWY_BEFORE_NAMESPACE();
namespace activation::accuracy {
namespace HWY_NAMESPACE {
namespace {

HWY_INLINE DD LoadAt(const DoubleDoubles& block, size_t i) {
  return {hn::Load(D(), block.hi.data() + i), hn::Load(D(), block.lo.data() + i)};
}

HWY_INLINE void StoreAt(DD value, DoubleDoubles& block, size_t i) {
  hn::Store(value.hi, D(), block.hi.data() + i);
  hn::Store(value.lo, D(), block.lo.data() + i);
}

// The blocks of one step.
struct Operands {
  const DoubleDoubles& a;
  const DoubleDoubles& b;
  const DoubleDoubles& c;
  const DoubleDoubles& d;
  DoubleDoubles& result;
};

// The functions below are one step each: a loop, and nothing inlined twice.
template <class Formula>
HWY_INLINE void ForEach(const Operands& blocks, Formula formula) {
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    StoreAt(formula(LoadAt(blocks.a, i), LoadAt(blocks.b, i)), blocks.result, i);
  }
}

void ChooseLanes(const Operands& blocks) {
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const M less = Less(LoadAt(blocks.a, i), LoadAt(blocks.b, i));
    StoreAt(Choose(less, LoadAt(blocks.c, i), LoadAt(blocks.d, i)), blocks.result, i);
  }
}

void Run(Op op, const Operands& blocks) {
  switch (op) {
    case Op::kInput:
    case Op::kConstant:
      return;
    case Op::kAdd:
      return ForEach(blocks, [](DD a, DD b) HWY_ATTR { return Add(a, b); });
    case Op::kMultiply:
      return ForEach(blocks, [](DD a, DD b) HWY_ATTR { return Mul(a, b); });
    case Op::kDivide:
      return ForEach(blocks, [](DD a, DD b) HWY_ATTR { return Div(a, b); });
    case Op::kNegate:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Neg(a); });
    case Op::kChoose:
      return ChooseLanes(blocks);
    case Op::kSqrt:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Sqrt(a); });
    case Op::kExp:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Exp(a); });
    case Op::kExpm1:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Expm1(a); });
    case Op::kLog:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Log(a); });
    case Op::kLog1p:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Log1p(a); });
    case Op::kTanh:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Tanh(a); });
    case Op::kTanhshrink:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Tanhshrink(a); });
    case Op::kErf:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Erf(a); });
    case Op::kErfc:
      return ForEach(blocks, [](DD a, DD) HWY_ATTR { return Erfc(a); });
  }
}

}  // namespace

void RunStepsHere(const std::vector<BlockStep>& steps, std::vector<DoubleDoubles>& blocks) {
  for (const BlockStep& step : steps) {
    const auto& at = step.operands;
    Run(step.op, {blocks[at[0]], blocks[at[1]], blocks[at[2]], blocks[at[3]], blocks[step.result]});
  }
}

void MultiplyHere(const DoubleDoubles& a, const double* dy, DoubleDoubles& product) {
  for (size_t i = 0; i < kBlockLanes; i += hn::Lanes(D())) {
    const V by = hn::LoadU(D(), dy + i);
    const DD value = LoadAt(a, i);
    const M finite = hn::IsFinite(value.hi);
    const DD exact = Mul({hn::IfThenElseZero(finite, value.hi), value.lo}, by);
    const V hi = hn::IfThenElse(finite, exact.hi, hn::Mul(value.hi, by));
    const M zero = hn::Eq(by, hn::Zero(D()));
    StoreAt({hn::IfThenZeroElse(zero, hi), hn::IfThenZeroElse(zero, exact.lo)}, product, i);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace activation::accuracy
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace activation::accuracy {

HWY_EXPORT(RunStepsHere);
HWY_EXPORT(MultiplyHere);

void RunSteps(const std::vector<BlockStep>& steps, std::vector<DoubleDoubles>& blocks) {
  HWY_DYNAMIC_DISPATCH(RunStepsHere)(steps, blocks);
}

void Multiply(const DoubleDoubles& a, const double* dy, DoubleDoubles& product) {
  HWY_DYNAMIC_DISPATCH(MultiplyHere)(a, dy, product);
}

}  // namespace activation::accuracy
#endif  // HWY_ONCE
