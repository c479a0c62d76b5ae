#include "src/engine/engine.h"

#include <utility>

#include "src/backends/cpu/cpu_backend.h"
#include "src/base/errors.h"

namespace activation {
namespace {

// A job on its way: what must stay alive until the backend is done with it.
struct RunningJob {
  explicit RunningJob(Job j) : job(std::move(j)) {}

  // The first look, from whichever thread, is when the job is taken up.
  absl::Status Look() {
    if (job.taken_up != nullptr && !taken_up.exchange(true, std::memory_order_relaxed)) {
      *job.taken_up = std::chrono::steady_clock::now();
    }
    return Interrupted();
  }

  absl::Status Interrupted() const {
    if (job.cancelled != nullptr && job.cancelled->load(std::memory_order_relaxed)) {
      return CallCancelled();
    }
    if (job.deadline != absl::InfiniteFuture() && absl::Now() > job.deadline) {
      return DeadlinePassed();
    }
    return absl::OkStatus();
  }

  const Job job;
  std::atomic<bool> taken_up{false};
};

}  // namespace

Engine::Engine(EngineOptions options)
    : options_(options),
      admission_(static_cast<size_t>(options.limits.max_inflight_bytes)),
      cpu_(MakeCpuBackend(options.cpu_threads)) {}

Engine::~Engine() = default;

absl::StatusOr<AdmissionTicket> Engine::Admit(size_t bytes) { return admission_.Admit(bytes); }

void Engine::Submit(Job job) {
  const auto running = std::make_shared<RunningJob>(std::move(job));
  cpu_->Run(
      running->job.evaluations, [running] { return running->Look(); },
      [running](absl::Status status) { running->job.done(std::move(status)); });
}

const Limits& Engine::limits() const { return options_.limits; }

size_t Engine::inflight_bytes() const { return admission_.inflight_bytes(); }

std::vector<DeviceInfo> Engine::devices() const { return {{cpu_->name(), cpu_->description()}}; }

}  // namespace activation
