// The engine: admits calls by bytes, checks deadlines, chooses a backend. It
// knows no transport; a service translates its messages to a Job and back.
// In the way of a request: wire::Decode -> Job -> Engine::Submit ->
// Backend::Run -> job.done -> wire::Encode.
#ifndef ACTIVATION_SRC_ENGINE_ENGINE_H_
#define ACTIVATION_SRC_ENGINE_ENGINE_H_

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"
#include "src/engine/admission.h"

namespace activation {

// One call's work: a batch of evaluations that succeeds or fails together.
struct Job {
  std::vector<Evaluation> evaluations;
  // After it the job is dropped, before its work or between two blocks.
  absl::Time deadline = absl::InfiniteFuture();
  // Set by the caller's side when nobody waits any more; may be nullptr, and
  // must live until `done`.
  const std::atomic<bool>* cancelled = nullptr;
  // Where the backend is to write when it first took the job up; may be nullptr, and must
  // live until `done`. What lies between that and Submit the job has waited.
  std::chrono::steady_clock::time_point* taken_up = nullptr;
  // Called exactly once, from any thread, possibly before Submit returns.
  std::function<void(absl::Status)> done;
};

struct EngineOptions {
  Limits limits;
  // Workers of the CPU backend beside the calling threads; 0 means one a
  // processor.
  int cpu_threads = 0;
};

// What the engine computes on.
struct DeviceInfo {
  std::string backend;
  std::string description;
};

class Engine {
 public:
  explicit Engine(EngineOptions options);
  ~Engine();

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Takes room for `bytes` of request and reply, or RESOURCE_EXHAUSTED with a
  // delay (INVALID_ARGUMENT where no wait could help). To be asked before
  // anything is allocated; the ticket is held until the reply has been sent.
  absl::StatusOr<AdmissionTicket> Admit(size_t bytes);

  // Runs the job. Errors come through job.done only.
  void Submit(Job job);

  const Limits& limits() const;
  // Bytes admitted and not yet given back.
  size_t inflight_bytes() const;
  std::vector<DeviceInfo> devices() const;

 private:
  EngineOptions options_;
  Admission admission_;
  std::unique_ptr<Backend> cpu_;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_ENGINE_ENGINE_H_
