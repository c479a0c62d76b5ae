#include "client/cli/bench/run_result.h"

#include <algorithm>

namespace activation::cli {

void StageSums::Add(const StageSums& other) {
  calls += other.calls;
  held += other.held;
  client += other.client;
  wire += other.wire;
  queue += other.queue;
  copy += other.copy;
  kernel += other.kernel;
}

void RunResult::Merge(const RunResult& other) {
  latency.Merge(other.latency);
  uncorrected.Merge(other.uncorrected);
  failures.Merge(other.failures);
  lateness.Merge(other.lateness);
  for (const auto& [code, count] : other.codes) codes[code] += count;
  wrong += other.wrong;
  held_back += other.held_back;
  unsent += other.unsent;
  in_time += other.in_time;
  elements += other.elements;
  bytes += other.bytes;
  stages.Add(other.stages);
  slices.resize(std::max(slices.size(), other.slices.size()));
  for (size_t i = 0; i < other.slices.size(); ++i) {
    slices[i].answered += other.slices[i].answered;
    slices[i].failed += other.slices[i].failed;
    slices[i].latency.Merge(other.slices[i].latency);
  }
  slice_length = std::max(slice_length, other.slice_length);
  elapsed = std::max(elapsed, other.elapsed);
  tail = std::max(tail, other.tail);
  busy = std::max(busy, other.busy);
  first_error.Update(other.first_error);
  outlasting_error.Update(other.outlasting_error);
  stopped = stopped || other.stopped;
  confident = confident || other.confident;
}

uint64_t RunResult::failed() const {
  uint64_t count = 0;
  for (const auto& [code, calls] : codes) {
    if (code != absl::StatusCode::kOk) count += calls;
  }
  return count;
}

size_t RunResult::whole_slices() const {
  size_t count = 0;
  while (count < slices.size() && slice_length * static_cast<int64_t>(count + 1) <= elapsed) {
    ++count;
  }
  return count;
}

}  // namespace activation::cli
