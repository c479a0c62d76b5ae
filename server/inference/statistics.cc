#include "server/inference/statistics.h"

#include "absl/time/clock.h"

namespace activation::inference {

void Statistics::Answered(const Model& model, const StepTimes& times, absl::Duration elapsed) {
  PerModel& sums = Of(model);
  sums.success.Add(elapsed);
  sums.queue.Add(times.admit + times.queue);
  sums.input.Add(times.decode + times.lay);
  sums.infer.Add(times.run - times.queue);
  sums.output.Add(elapsed - times.admit - times.decode - times.lay - times.run);
  sums.last_ms.store(absl::ToUnixMillis(absl::Now()), std::memory_order_relaxed);
}

void Statistics::Failed(const Model& model, const absl::Status& status, absl::Duration elapsed) {
  PerModel& sums = Of(model);
  sums.fail.Add(elapsed);
  sums.failures[static_cast<size_t>(FailureOf(status))].fetch_add(1, std::memory_order_relaxed);
  sums.last_ms.store(absl::ToUnixMillis(absl::Now()), std::memory_order_relaxed);
}

Statistics::Failure Statistics::FailureOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnavailable:
      return Failure::kRejected;
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kDeadlineExceeded:
      return Failure::kCanceled;
    case absl::StatusCode::kInternal:
      return Failure::kBackend;
    default:
      return Failure::kOther;
  }
}

void Statistics::Describe(const Model& model, ::inference::ModelStatistics* statistics) const {
  const PerModel& sums = models_[IndexOf(model)];
  statistics->set_name(NameOf(model));
  statistics->set_version(kModelVersion);
  statistics->set_last_inference(static_cast<uint64_t>(sums.last_ms.load()));
  const uint64_t count = sums.success.count.load();
  statistics->set_inference_count(count);
  statistics->set_execution_count(count);
  ::inference::InferStatistics* const times = statistics->mutable_inference_stats();
  Store(sums.success, times->mutable_success());
  Store(sums.fail, times->mutable_fail());
  Store(sums.queue, times->mutable_queue());
  Store(sums.input, times->mutable_compute_input());
  Store(sums.infer, times->mutable_compute_infer());
  Store(sums.output, times->mutable_compute_output());
  if (count == 0) return;
  ::inference::InferBatchStatistics* const batch = statistics->add_batch_stats();
  batch->set_batch_size(1);
  *batch->mutable_compute_input() = times->compute_input();
  *batch->mutable_compute_infer() = times->compute_infer();
  *batch->mutable_compute_output() = times->compute_output();
}

void Statistics::Store(const Sum& sum, ::inference::StatisticDuration* duration) {
  duration->set_count(sum.count.load());
  duration->set_ns(sum.ns.load());
}

}  // namespace activation::inference
