#include "src/engine/cost_model.h"

#include <algorithm>

#include "src/backends/cpu/cpu_backend.h"

namespace activation {
namespace {

double Dot(const std::array<double, kRateClasses>& rates, const Load& load) {
  double sum = 0;
  for (size_t i = 0; i < kRateClasses; ++i) sum += rates[i] * static_cast<double>(load.elements[i]);
  return sum;
}

// Of what comes from the host and goes there; pinned memory both ways at once.
double CopySeconds(const CostModel& model, const cuda::TouchedBytes& bytes) {
  const double in = model.in_byte * static_cast<double>(bytes.pinned_in);
  const double out = model.out_byte * static_cast<double>(bytes.pinned_out);
  return model.staged_byte * static_cast<double>(bytes.staged) + std::max(in, out);
}

}  // namespace

size_t RateClassOf(DType dtype, Tier tier) {
  const size_t width = dtype == DType::kF64 ? 2 : dtype == DType::kF32 ? 1 : 0;
  return (tier == Tier::kFast ? 3 : 0) + width;
}

size_t CostKindOf(const Evaluation& evaluation) {
  const size_t direction = evaluation.direction == Direction::kForward ? 0 : 1;
  return (evaluation.function * 2 + direction) * kRateClasses +
         RateClassOf(evaluation.dtype, evaluation.tier);
}

size_t CostKindCount() { return Catalogue().size() * 2 * kRateClasses; }

void Load::Add(const Evaluation& evaluation, const cuda::Residence& residence) {
  elements[RateClassOf(evaluation.dtype, evaluation.tier)] += evaluation.count;
  bytes += cuda::BytesTouched(evaluation, residence);
}

bool IsSmall(const Load& load) {
  size_t sum = 0;
  for (const size_t count : load.elements) sum += count;
  return sum <= kInlineElements;
}

double CpuSeconds(const CostModel& model, const Load& load) {
  const double alone = Dot(model.cpu_element, load);
  return IsSmall(load) ? alone : model.cpu_wake + alone / model.cpu_speedup;
}

double CudaSeconds(const CostModel& model, const Load& load) {
  return model.cuda_latency +
         std::max(CopySeconds(model, load.bytes), Dot(model.cuda_element, load));
}

double OutstandingSeconds(const CostModel& model, const cuda::TouchedBytes& outstanding) {
  return CopySeconds(model, outstanding) +
         model.resident_byte * static_cast<double>(outstanding.resident);
}

Placement Choose(const CostModel& model, const Load& load, const Backlog& backlog) {
  // What runs on the calling thread waits for nobody.
  const double cpu = CpuSeconds(model, load) + (IsSmall(load) ? 0 : backlog.cpu);
  return CudaSeconds(model, load) + backlog.cuda < cpu ? Placement::kCuda : Placement::kCpu;
}

}  // namespace activation
