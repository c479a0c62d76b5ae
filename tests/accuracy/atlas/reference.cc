#include "tests/accuracy/atlas/reference.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/ulp.h"

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

// clamp((x + 3) / 6, 0, 1). The sum of a float or a narrower x and 3 is exact where
// it matters. The quotient is either exact or a third of the sum's last place away
// from every number with as few bits, so rounding it again gives the right result.
double Sixths(double x) {
  if (std::isnan(x)) return x;
  return (std::clamp(x, -3.0, 3.0) + 3) / 6;
}

}  // namespace

bool Reference::IsInSixths() const {
  return task_.subject->in_sixths && task_.direction == Direction::kForward;
}

void Reference::Round(const void* x, void* out, size_t count) const {
  if (!IsInSixths()) return Compute(task_, task_.dtype, x, out, count);
  std::vector<float> rounded(count);
  for (size_t i = 0; i < count; ++i) {
    rounded[i] = static_cast<float>(Sixths(accuracy::Load(task_.dtype, x, i)));
  }
  const ConversionKernels& convert = BestKernels().convert;
  std::vector<uint8_t> doubt(count);
  if (task_.dtype == DType::kF32)
    std::copy(rounded.begin(), rounded.end(), static_cast<float*>(out));
  if (task_.dtype == DType::kF16) {
    convert.float_to_f16(rounded.data(), static_cast<uint16_t*>(out), doubt.data(), count);
  }
  if (task_.dtype == DType::kBF16) {
    convert.float_to_bf16(rounded.data(), static_cast<uint16_t*>(out), doubt.data(), count);
  }
}

void Reference::TrueValues(const double* x, double* out, size_t count) const {
  if (IsInSixths()) {
    std::transform(x, x + count, out, Sixths);
  } else {
    Compute(task_, DType::kF64, x, out, count);
  }
}

}  // namespace activation::atlas
