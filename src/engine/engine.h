// The engine: admits calls by bytes, by number and by work, checks deadlines, chooses a
// backend. It knows no transport; a service translates its messages to a Job and back.
//
// Where there are CUDA devices, each evaluation of a job goes to the CPU or to a device:
// as the evaluation asks, else as the server was told, else to whichever the cost model
// says is done first with the job. What has no kernel for CUDA goes to the CPU in any case
// (the bits are the same), what lies in a device's memory to that device.
// In the way of a request: wire::Decode -> Job -> Engine::Submit ->
// Backend::Run -> job.done -> wire::Reply::Finish.
#ifndef ACTIVATION_SRC_ENGINE_ENGINE_H_
#define ACTIVATION_SRC_ENGINE_ENGINE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "src/backends/backend.h"
#include "src/backends/cuda/device_set.h"
#include "src/base/limits.h"
#include "src/engine/admission.h"
#include "src/engine/cost_model.h"
#include "src/engine/cpu_queue.h"
#include "src/engine/queued_cpu.h"
#include "src/engine/short_jobs.h"

namespace activation {

// One call's work: a batch of evaluations that succeeds or fails together.
struct Job {
  std::vector<Evaluation> evaluations;
  // After it the job is dropped, before its work or between two blocks.
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller's side when nobody waits any more; may be nullptr, and
  // must live until `done`.
  const std::atomic<bool>* cancelled = nullptr;
  // Where the backend is to write when it first took the job up, which it never does with one
  // that is refused; may be nullptr, and must live until `done`. What lies between that and
  // Submit the job has waited.
  std::chrono::steady_clock::time_point* taken_up = nullptr;
  // Called exactly once, from any thread, possibly before Submit returns.
  std::function<void(absl::Status)> done;
};

struct EngineOptions {
  Limits limits;
  // Workers of the CPU backend beside the calling threads; 0 means one a
  // processor.
  int cpu_threads = 0;
  // Of evaluations that do not ask for one. kCuda allows no way back: where no device
  // works they are UNAVAILABLE.
  Placement placement = Placement::kAuto;
  cuda::Options cuda = {};
  // Perhaps called before the engine is made.
  cuda::OnLost on_device_lost = nullptr;
};

// What the engine computes on, or would if it could.
struct DeviceInfo {
  std::string backend;
  std::string description;
  std::string state;  // "ready", "lost: " or "left out: " and why

  // The description, and the state where it is not what one expects.
  std::string Shown() const { return state == "ready" ? description : description + ", " + state; }
};

// How a job's caller calls its evaluation `index` in errors.
using PathOf = absl::FunctionRef<std::string(size_t index)>;

// "items[3]".
std::string ItemPath(size_t index);

class Engine {
 public:
  explicit Engine(EngineOptions options, cuda::Discovery devices = {});
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Takes room for a job and `bytes` of its request and reply, or RESOURCE_EXHAUSTED with
  // a delay (INVALID_ARGUMENT where no wait could help). To be asked before anything is
  // allocated; the ticket is held until the reply has been sent.
  absl::StatusOr<AdmissionTicket> Admit(size_t bytes);
  // The same for more bytes of the job that holds `held`.
  absl::StatusOr<AdmissionTicket> AdmitMore(const AdmissionTicket& held, size_t bytes);

  // How many bytes a job takes beside its tensors: the CPU's workers for long rows, wherever they
  // will be computed, as a device that is lost leaves them to the CPU; and lists of many
  // evaluations, where there are devices to divide them among.
  size_t ScratchBytes(absl::Span<const Evaluation> evaluations) const;

  // Decides where each evaluation of one job runs: none is kAuto afterwards. UNAVAILABLE
  // where that must be CUDA and no device works; UNIMPLEMENTED for a tensor in a device's
  // memory for which a shuttle has no room, or whose statistics are asked for; INVALID_ARGUMENT
  // about `path(i)` whose tensors lie on several devices. Where a tensor has no place yet it
  // counts as the host's.
  absl::Status Assign(absl::Span<Evaluation> evaluations, PathOf path = ItemPath) const;

  // Runs the job, whose evaluations were assigned. Errors come through job.done only: at
  // once RESOURCE_EXHAUSTED with a delay where too much is queued for the CPU, or so much
  // that the deadline would pass (cpu_queue.h), or where the system has no memory for it.
  void Submit(Job job);

  const Limits& limits() const;
  // Bytes admitted and not yet given back.
  size_t inflight_bytes() const;
  size_t inflight_jobs() const;
  // How long what is queued for the CPU's workers is estimated to take.
  absl::Duration queued() const;
  std::vector<DeviceInfo> devices() const;

  // What evaluations that do not ask run on, and why, in one line: "the CPU: no CUDA
  // driver (cudaErrorInsufficientDriver)".
  std::string RunsOn() const;
  // Whether they can run at all.
  bool IsReady() const;

  cuda::DeviceSet& cuda() { return cuda_; }
  const cuda::DeviceSet& cuda() const { return cuda_; }

 private:
  struct RunningJob;
  struct Part;
  // By backend.
  using Parts = std::map<cuda::CudaBackend*, Part>;
  static constexpr cuda::CudaBackend* kTheCpu = nullptr;

  // Where an evaluation runs whatever the others are; kAuto where that is to be chosen.
  absl::StatusOr<Placement> PlacementOf(const Evaluation& evaluation, size_t index,
                                        PathOf path) const;
  // For all together that are kAuto, which devices take.
  Placement ChooseForOpen(absl::Span<const Evaluation> evaluations) const;
  // A place for what the CPU's workers are to compute; none for what is short.
  absl::StatusOr<std::optional<CpuQueue::Place>> EnterCpuQueue(
      absl::Span<const Evaluation> evaluations, absl::Time deadline);
  void RunOnCpu(absl::Span<const Evaluation> evaluations, std::optional<CpuQueue::Place> place,
                Interrupt interrupt, std::function<void(absl::Status)> done);
  // On this thread.
  void RunHere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
               std::function<void(absl::Status)> done);
  Parts Divide(absl::Span<const Evaluation> evaluations) const;
  // Each part of the job on its backend.
  void RunDivided(Job job);

  EngineOptions options_;
  Admission admission_;
  ShortJobs short_jobs_;
  CpuQueue cpu_queue_;  // before the CPU, which ends runs when it goes
  const int workers_;   // of cpu_
  std::unique_ptr<Backend> cpu_;
  QueuedCpu fallback_;    // of devices
  cuda::DeviceSet cuda_;  // goes before the CPU, its fallback
  // Where there is no choice, or the device could not be measured, why.
  absl::StatusOr<CostModel> costs_ = absl::FailedPreconditionError("there is no choice");
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_ENGINE_H_
