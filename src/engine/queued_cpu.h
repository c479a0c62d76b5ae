// The CPU for work that may not be refused any more: what a device was given and did not
// compute. What its workers get stands in the queue's estimate, so that jobs that come later
// are refused, or put on a device, by all that is queued. Thread-safe.
// In the way of a request: CudaBackend, which a device failed, -> here -> the CPU.
#ifndef ACTIVATION_SRC_ENGINE_QUEUED_CPU_H_
#define ACTIVATION_SRC_ENGINE_QUEUED_CPU_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "src/backends/backend.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"
#include "src/engine/cpu_queue.h"

namespace activation {

// Has `cpu` compute what has that place in the queue, in threads of its own, and leaves the place
// at the end. Both outlive the work.
inline void RunQueued(Backend* cpu, CpuQueue* queue, CpuQueue::Place place,
                      absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                      std::function<void(absl::Status)> done) {
  auto leave = [queue, place = std::move(place), done = std::move(done)](absl::Status status) {
    queue->Leave(place, status.ok());
    done(std::move(status));
  };
  // Moved from once there is memory for it.
  std::function<void(absl::Status)> ended;
  const auto keep = [&] {
    ended = std::move(leave);
    return absl::OkStatus();
  };
  const absl::Status status = OrOutOfMemory(keep, OutOfMemory);
  if (!status.ok()) return leave(status);
  cpu->RunElsewhere(evaluations, std::move(interrupt), std::move(ended));
}

class QueuedCpu final : public Backend {
 public:
  // Both outlive it, and `queue` all that `cpu` has to do.
  QueuedCpu(Backend* cpu, CpuQueue* queue) : cpu_(cpu), queue_(queue) {}

  std::string name() const override { return cpu_->name(); }
  std::string description() const override { return cpu_->description(); }

  // Small work is this thread's and waits for nobody.
  void Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
           std::function<void(absl::Status)> done) override {
    if (IsInline(evaluations)) return cpu_->Run(evaluations, std::move(interrupt), std::move(done));
    RunElsewhere(evaluations, std::move(interrupt), std::move(done));
  }

  void RunElsewhere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                    std::function<void(absl::Status)> done) override {
    CpuQueue::Place place = queue_->EnterAnyhow(evaluations);
    RunQueued(cpu_, queue_, std::move(place), evaluations, std::move(interrupt), std::move(done));
  }

 private:
  Backend* const cpu_;
  CpuQueue* const queue_;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_QUEUED_CPU_H_
