#include "src/backends/cuda/job_table.h"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "src/backends/cuda/kernels/half_tables.h"
#include "src/backends/cuda/kernels/tiles.h"

namespace activation::cuda {
namespace {

constexpr size_t RoundUp(size_t bytes) {
  return (bytes + JobTable::kAlignment - 1) / JobTable::kAlignment * JobTable::kAlignment;
}

Kind KindOf(const Evaluation& evaluation) { return Catalogue()[evaluation.function].kind; }

Work MainWork(Kind kind) {
  switch (kind) {
    case Kind::kElementwise:
      return Work::kElements;
    case Kind::kPerChannel:
      return Work::kChannels;
    case Kind::kRowWise:
      return Work::kRows;
    case Kind::kGated:
      break;
  }
  return Work::kGates;
}

// Where both tiers are one, the code is that of EXACT.
Tier TierOf(const Evaluation& evaluation) {
  const bool in_floats = evaluation.dtype == DType::kF32 && HoldInTwoFloats(evaluation.params);
  return in_floats && KindOf(evaluation) != Kind::kPerChannel ? evaluation.tier : Tier::kExact;
}

struct Task {
  Code code;
  uint32_t evaluation;
  uint64_t tiles;
};

// Where a job has its part of scratch.
struct Scratch {
  size_t sums;
  size_t lookup_table;
};

DeviceJob JobOf(const Evaluation& evaluation, const Scratch& scratch) {
  return {.x = evaluation.x,
          .dy = evaluation.dy,
          .out = evaluation.out,
          .weight = evaluation.weight,
          .weight_gradient = evaluation.weight_gradient,
          .parameter_gradients = evaluation.parameter_gradients,
          .params = evaluation.params,
          .count = evaluation.count,
          .weight_count = evaluation.weight_count,
          .outer = evaluation.layout.outer,
          .extent = evaluation.layout.extent,
          .inner = evaluation.layout.inner,
          .scratch = scratch.sums,
          .lookup_table = scratch.lookup_table};
}

void AddTasks(const Evaluation& evaluation, uint32_t index, std::vector<Task>& tasks) {
  const Kind kind = KindOf(evaluation);
  const auto place = static_cast<uint32_t>(PlaceInKind(evaluation.function));
  const DeviceJob job = JobOf(evaluation, {});
  const auto add = [&](Work work) {
    const Code code = {work, evaluation.direction, TierOf(evaluation), evaluation.dtype, place};
    const uint64_t tiles = TilesOf(code, job);
    if (tiles > 0) tasks.push_back({code, index, tiles});
  };
  if (kind == Kind::kElementwise && evaluation.parameter_gradients != nullptr) {
    add(Work::kParameterSums);
    add(Work::kParameterTotals);
  }
  if (kind == Kind::kPerChannel && evaluation.weight_gradient != nullptr) {
    add(Work::kWeightSums);
    add(Work::kWeightTotals);
  }
  if (IsLookedUp(evaluation)) {
    add(Work::kLookupTables);
    add(Work::kLookups);
  } else {
    add(MainWork(kind));
  }
}

auto Key(const Code& code) {
  return std::tuple(code.work, code.place, code.direction, code.dtype, code.tier);
}

}  // namespace

bool IsLookedUp(const Evaluation& evaluation) {
  return KindOf(evaluation) == Kind::kElementwise && SizeOf(evaluation.dtype) == 2 &&
         evaluation.count >= kLeastLookedUp;
}

JobTable::JobTable(absl::Span<const Evaluation> evaluations) {
  std::vector<Task> tasks;
  std::vector<Scratch> scratch(evaluations.size());
  for (size_t i = 0; i < evaluations.size(); ++i) {
    const size_t first = tasks.size();
    AddTasks(evaluations[i], static_cast<uint32_t>(i), tasks);
    scratch[i].sums = scratch_bytes_;
    for (size_t task = first; task < tasks.size(); ++task) {
      scratch_bytes_ += RoundUp(SumBytesOf(tasks[task].code.work, tasks[task].tiles));
    }
    scratch[i].lookup_table = scratch_bytes_;
    if (IsLookedUp(evaluations[i]))
      scratch_bytes_ += LookupTableScratchBytes(evaluations[i].direction);
  }
  std::stable_sort(tasks.begin(), tasks.end(),
                   [](const Task& a, const Task& b) { return Key(a.code) < Key(b.code); });
  for (auto begin = tasks.begin(); begin != tasks.end();) {
    const auto end = std::find_if(begin, tasks.end(),
                                  [&](const Task& task) { return !(task.code == begin->code); });
    Group group{};
    group.code = begin->code;
    group.job_count = static_cast<uint32_t>(end - begin);
    group.jobs = bytes_.size();
    group.first_tiles = RoundUp(group.jobs + group.job_count * sizeof(DeviceJob));
    bytes_.resize(RoundUp(group.first_tiles + (group.job_count + 1) * sizeof(uint64_t)));
    for (uint32_t i = 0; i <= group.job_count; ++i) {
      std::memcpy(&bytes_[group.first_tiles + i * sizeof(group.tiles)], &group.tiles,
                  sizeof(group.tiles));
      if (i == group.job_count) break;
      const Task& task = begin[i];
      const DeviceJob job = JobOf(evaluations[task.evaluation], scratch[task.evaluation]);
      std::memcpy(&bytes_[group.jobs + i * sizeof(job)], &job, sizeof(job));
      group.tiles += task.tiles;
    }
    groups_.push_back(group);
    begin = end;
  }
}

}  // namespace activation::cuda
