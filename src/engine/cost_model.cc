#include "src/engine/cost_model.h"

#include <algorithm>

#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cuda/arena.h"

namespace activation {
namespace {

double Dot(const std::array<double, kRateClasses>& rates, const Load& load) {
  double sum = 0;
  for (size_t i = 0; i < kRateClasses; ++i) sum += rates[i] * static_cast<double>(load.elements[i]);
  return sum;
}

// Adds a tensor to what carries memory of its kind.
void AddBytes(cuda::Memory memory, size_t bytes, size_t* staged, size_t* pinned) {
  if (memory == cuda::Memory::kPageable) *staged += bytes;
  if (memory == cuda::Memory::kPinned) *pinned += bytes;
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
  AddBytes(residence.x, cuda::XBytes(evaluation), &staged_bytes, &in_bytes);
  AddBytes(residence.dy, cuda::DyBytes(evaluation), &staged_bytes, &in_bytes);
  AddBytes(residence.weight, cuda::WeightBytes(evaluation), &staged_bytes, &in_bytes);
  AddBytes(residence.out, cuda::OutBytes(evaluation), &staged_bytes, &out_bytes);
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
  const double pinned = std::max(model.in_byte * static_cast<double>(load.in_bytes),
                                 model.out_byte * static_cast<double>(load.out_bytes));
  const double staged = model.staged_byte * static_cast<double>(load.staged_bytes);
  return model.cuda_latency + std::max(staged + pinned, Dot(model.cuda_element, load));
}

double OutstandingSeconds(const CostModel& model, const cuda::TouchedBytes& outstanding) {
  return model.staged_byte * static_cast<double>(outstanding.copied) +
         model.resident_byte * static_cast<double>(outstanding.resident);
}

Placement Choose(const CostModel& model, const Load& load, const Backlog& backlog) {
  // What runs on the calling thread waits for nobody.
  const double cpu = CpuSeconds(model, load) + (IsSmall(load) ? 0 : backlog.cpu);
  return CudaSeconds(model, load) + backlog.cuda < cpu ? Placement::kCuda : Placement::kCpu;
}

}  // namespace activation
