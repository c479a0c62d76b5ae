#include "server/page/run.h"

#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"

namespace activation::page {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(1);

}  // namespace

absl::Status Run(Engine& engine, std::vector<Evaluation> evaluations) {
  absl::Status assigned = engine.Assign(absl::MakeSpan(evaluations));
  if (!assigned.ok()) return assigned;
  absl::Notification done;
  absl::Status result;
  Job job;
  job.evaluations = std::move(evaluations);
  job.deadline = absl::Now() + kPatience;
  job.done = [&done, &result](absl::Status status) {
    result = std::move(status);
    done.Notify();
  };
  engine.Submit(std::move(job));
  done.WaitForNotification();
  return result;
}

}  // namespace activation::page
