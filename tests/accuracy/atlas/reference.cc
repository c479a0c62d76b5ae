#include "tests/accuracy/atlas/reference.h"

#include "src/backends/cpu/evaluate.h"

namespace activation::atlas {
namespace {

void Compute(const Task& task, DType dtype, const void* x, void* out, size_t count) {
  Evaluation evaluation;
  evaluation.function = task.subject->function;
  evaluation.params = task.subject->params;
  evaluation.tier = Tier::kExact;
  evaluation.direction = task.direction;
  evaluation.dtype = dtype;
  evaluation.count = count;
  evaluation.x = x;
  evaluation.out = out;
  EvaluateStretch(BestKernels(), evaluation, 0, count);
}

}  // namespace

void Reference::Round(const void* x, void* out, size_t count) const {
  Compute(task_, task_.dtype, x, out, count);
}

void Reference::TrueValues(const double* x, double* out, size_t count) const {
  Compute(task_, DType::kF64, x, out, count);
}

}  // namespace activation::atlas
