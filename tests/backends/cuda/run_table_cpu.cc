#include <future>
#include <memory>
#include <optional>

#include "src/backends/cpu/cpu_backend.h"
#include "tests/backends/cuda/run_table.h"

namespace activation::cuda {
namespace {

std::optional<Kind> KindOf(Work work) {
  switch (work) {
    case Work::kElements:
      return Kind::kElementwise;
    case Work::kChannels:
      return Kind::kPerChannel;
    case Work::kGates:
      return Kind::kGated;
    case Work::kRows:
      return Kind::kRowWise;
    default:
      // The CPU's backend forms the sums with the elements.
      return std::nullopt;
  }
}

FunctionId FunctionOf(Kind kind, uint32_t place) {
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    if (Catalogue()[id].kind == kind && PlaceInKind(id) == place) return id;
  }
  return Catalogue().size();
}

Evaluation EvaluationOf(const Code& code, Kind kind, const DeviceJob& job) {
  Evaluation evaluation;
  evaluation.function = FunctionOf(kind, code.place);
  evaluation.params = job.params;
  evaluation.tier = code.tier;
  evaluation.direction = code.direction;
  evaluation.dtype = code.dtype;
  evaluation.layout = {job.outer, job.extent, job.inner};
  evaluation.count = job.count;
  evaluation.x = job.x;
  evaluation.dy = job.dy;
  evaluation.out = job.out;
  evaluation.parameter_gradients = job.parameter_gradients;
  evaluation.weight = job.weight;
  evaluation.weight_count = job.weight_count;
  evaluation.weight_gradient = job.weight_gradient;
  return evaluation;
}

}  // namespace

void RunTable(const JobTable& jobs, const std::byte* table, std::byte* scratch) {
  static Backend* const cpu = MakeCpuBackend(1).release();
  std::vector<Evaluation> evaluations;
  for (const Group& group : jobs.groups()) {
    const std::optional<Kind> kind = KindOf(group.code.work);
    if (!kind.has_value()) continue;
    const GroupView view = ViewOf(group, table, scratch);
    for (uint32_t i = 0; i < view.job_count; ++i) {
      evaluations.push_back(EvaluationOf(group.code, *kind, view.jobs[i]));
    }
  }
  std::promise<void> done;
  cpu->Run(
      evaluations, [] { return absl::OkStatus(); },
      [&done](const absl::Status&) { done.set_value(); });
  done.get_future().wait();
}

}  // namespace activation::cuda
