#include "src/engine/engine.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/pending_run.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"
#include "src/engine/calibration.h"

namespace activation {
namespace {

// Whether the work may have begun that the status ended, and a caller may yet try again.
bool EndedBegunWork(const absl::Status& status) {
  if (absl::IsUnavailable(status)) return true;
  return absl::IsResourceExhausted(status) && RetryDelayOf(status) == absl::ZeroDuration();
}

// A second try must not find results where its inputs were.
absl::Status AsFinal(const absl::Status& status, absl::Span<const Evaluation> evaluations) {
  if (!EndedBegunWork(status)) return status;
  const bool in_place = std::any_of(evaluations.begin(), evaluations.end(), IsInPlace);
  return in_place ? FailedInPlace(status.message()) : status;
}

// Of an evaluation of a job that is divided: its copy in a part of the job, and its piece in a
// list.
constexpr size_t kDividedBytes = sizeof(Evaluation) + sizeof(cuda::Piece) + 2 * sizeof(void*);

}  // namespace

// A job on its way: what must stay alive until the backend is done with it.
struct Engine::RunningJob {
  explicit RunningJob(Job j) : job(std::move(j)) {}

  // The first look, from whichever thread, is when the job is taken up.
  absl::Status Look() {
    if (job.taken_up != nullptr && !taken_up.load(std::memory_order_relaxed) &&
        !taken_up.exchange(true, std::memory_order_relaxed)) {
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

Engine::Engine(EngineOptions options, cuda::Discovery devices)
    : options_(std::move(options)),
      admission_(static_cast<size_t>(options_.limits.max_inflight_bytes),
                 static_cast<size_t>(options_.limits.max_inflight_jobs)),
      cpu_queue_(absl::Milliseconds(options_.limits.max_queue_milliseconds)),
      workers_(WorkersOf(options_.cpu_threads)),
      cpu_(MakeCpuBackend(workers_)),
      fallback_(cpu_.get(), &cpu_queue_),
      cuda_(std::move(devices), options_.cuda,
            options_.placement == Placement::kCuda ? nullptr : &fallback_,
            options_.on_device_lost) {
  if (cuda_.empty() || options_.placement != Placement::kAuto) return;
  costs_ = Calibrate(*cpu_, *cuda_.backends().front());
}

Engine::~Engine() = default;

absl::StatusOr<AdmissionTicket> Engine::Admit(size_t bytes) { return admission_.Admit(bytes); }

absl::StatusOr<AdmissionTicket> Engine::AdmitMore(const AdmissionTicket& held, size_t bytes) {
  return admission_.AdmitMore(held, bytes);
}

size_t Engine::ScratchBytes(absl::Span<const Evaluation> evaluations) const {
  const bool divided = !cuda_.empty() && evaluations.size() > 1;
  return ScratchOf(evaluations, workers_) + (divided ? evaluations.size() * kDividedBytes : 0);
}

std::string ItemPath(size_t index) { return absl::StrCat("items[", index, "]"); }

absl::Status Engine::Assign(absl::Span<Evaluation> evaluations, PathOf path) const {
  const auto is_open = [](const Evaluation& e) { return e.placement == Placement::kAuto; };
  for (size_t i = 0; i < evaluations.size(); ++i) {
    const absl::StatusOr<Placement> placement = PlacementOf(evaluations[i], i, path);
    if (!placement.ok()) return placement.status();
    evaluations[i].placement = *placement;
  }
  if (std::none_of(evaluations.begin(), evaluations.end(), is_open)) return absl::OkStatus();
  const Placement chosen = ChooseForOpen(evaluations);
  for (Evaluation& evaluation : evaluations) {
    if (is_open(evaluation)) evaluation.placement = chosen;
  }
  return absl::OkStatus();
}

absl::StatusOr<Placement> Engine::PlacementOf(const Evaluation& evaluation, size_t index,
                                              PathOf path) const {
  const std::vector<cuda::CudaBackend*> holders = cuda_.HoldersOf(evaluation);
  if (holders.size() > 1) {
    return InvalidField(path(index), "its tensors lie in the memory of more than one CUDA device");
  }
  if (!holders.empty()) {
    if (evaluation.statistics != nullptr) {
      return UnsupportedField(
          absl::StrCat(path(index), ".statistics"),
          "are computed by the CPU, and a tensor lies in a CUDA device's memory");
    }
    if (!holders.front()->Takes(evaluation)) return NoKernelForDeviceMemory();
    return Placement::kCuda;
  }
  Placement wish = evaluation.placement;
  if (wish == Placement::kAuto) wish = options_.placement;
  if (wish == Placement::kCuda) {
    absl::Status state = cuda_.state();
    if (!state.ok()) return state;
  }
  if (wish == Placement::kCpu || !cuda_.Takes(evaluation)) return Placement::kCpu;
  return wish;
}

Placement Engine::ChooseForOpen(absl::Span<const Evaluation> evaluations) const {
  const cuda::CudaBackend* const device = cuda_.LeastLoaded();
  if (device == nullptr || !costs_.ok()) return Placement::kCpu;
  Load load;
  for (const Evaluation& evaluation : evaluations) {
    if (evaluation.placement == Placement::kAuto) {
      load.Add(evaluation, device->ResidenceOf(evaluation));
    }
  }
  Backlog backlog;
  backlog.cpu = absl::ToDoubleSeconds(cpu_queue_.length());
  backlog.cuda = OutstandingSeconds(*costs_, device->outstanding());
  return Choose(*costs_, load, backlog);
}

void Engine::Submit(Job job) {
  if (!cuda_.empty()) return RunDivided(std::move(job));
  std::unique_ptr<RunningJob> running;
  std::optional<CpuQueue::Place> place;
  const auto begin = [&] {
    running = std::make_unique<RunningJob>(std::move(job));
    // Last, as a place in the queue has to be left.
    auto entered = EnterCpuQueue(running->job.evaluations, running->job.deadline);
    if (!entered.ok()) return entered.status();
    place = *std::move(entered);
    return absl::OkStatus();
  };
  const absl::Status begun = OrOutOfMemory(begin, OutOfMemory);
  if (!begun.ok()) return (running == nullptr ? job : running->job).done(begun);
  // A function that holds one pointer and nothing else allocates nothing. After `done` no backend
  // calls either.
  RunningJob* const held = running.release();
  RunOnCpu(
      held->job.evaluations, std::move(place), [held] { return held->Look(); },
      [held](const absl::Status& status) {
        const std::unique_ptr<RunningJob> ended(held);
        ended->job.done(AsFinal(status, ended->job.evaluations));
      });
}

// What one backend does of a job.
struct Engine::Part {
  std::vector<Evaluation> evaluations;
  Interrupt interrupt;
  std::function<void(absl::Status)> done;
};

Engine::Parts Engine::Divide(absl::Span<const Evaluation> evaluations) const {
  cuda::CudaBackend* least = cuda_.LeastLoaded();
  // A device that was lost since hands what it gets to its fallback.
  if (least == nullptr) least = cuda_.backends().front().get();
  Parts parts;
  for (const Evaluation& evaluation : evaluations) {
    const std::vector<cuda::CudaBackend*> holders = cuda_.HoldersOf(evaluation);
    const bool on_cuda = evaluation.placement == Placement::kCuda;
    cuda::CudaBackend* const device = !holders.empty() ? holders.front()
                                      : on_cuda        ? least
                                                       : kTheCpu;
    parts[device].evaluations.push_back(evaluation);
  }
  return parts;
}

void Engine::RunDivided(Job job) {
  std::shared_ptr<RunningJob> running;
  Parts parts;
  std::optional<CpuQueue::Place> place;
  // Before anything runs: what is refused here may be sent again.
  const auto divide = [&] {
    running = std::make_shared<RunningJob>(std::move(job));
    parts = Divide(running->job.evaluations);
    const auto whole = std::make_shared<PendingRun>(
        parts.size(), [running] { return running->Look(); },
        [running](const absl::Status& status) {
          running->job.done(AsFinal(status, running->job.evaluations));
        });
    for (auto& [device, part] : parts) {
      part.interrupt = whole->interrupt();
      part.done = [whole, alone = parts.size() == 1](const absl::Status& status) {
        whole->PieceDone(alone ? status : AsPart(status));
      };
    }
    const auto on_cpu = parts.find(kTheCpu);
    if (on_cpu == parts.end()) return absl::OkStatus();
    // Last, as a place in the queue has to be left.
    auto entered = EnterCpuQueue(on_cpu->second.evaluations, running->job.deadline);
    if (!entered.ok()) return entered.status();
    place = *std::move(entered);
    return absl::OkStatus();
  };
  const absl::Status divided = OrOutOfMemory(divide, OutOfMemory);
  if (!divided.ok()) return (running == nullptr ? job : running->job).done(divided);
  if (parts.empty()) return running->job.done(running->Look());
  for (auto& [device, part] : parts) {
    if (device == kTheCpu) continue;
    device->Run(part.evaluations, std::move(part.interrupt), std::move(part.done));
  }
  // The CPU last: this thread may compute its part, and meanwhile devices do theirs.
  const auto on_cpu = parts.find(kTheCpu);
  if (on_cpu == parts.end()) return;
  Part& part = on_cpu->second;
  RunOnCpu(part.evaluations, std::move(place), std::move(part.interrupt), std::move(part.done));
}

absl::StatusOr<std::optional<CpuQueue::Place>> Engine::EnterCpuQueue(
    absl::Span<const Evaluation> evaluations, absl::Time deadline) {
  if (ShortJobs::IsTiny(evaluations)) return std::nullopt;
  if (IsInline(evaluations) && short_jobs_.Take(evaluations)) return std::nullopt;
  absl::StatusOr<CpuQueue::Place> place = cpu_queue_.Enter(evaluations, deadline);
  if (!place.ok()) return place.status();
  return *std::move(place);
}

void Engine::RunOnCpu(absl::Span<const Evaluation> evaluations,
                      std::optional<CpuQueue::Place> place, Interrupt interrupt,
                      std::function<void(absl::Status)> done) {
  if (!place.has_value()) return RunHere(evaluations, std::move(interrupt), std::move(done));
  RunQueued(cpu_.get(), &cpu_queue_, *std::move(place), evaluations, std::move(interrupt),
            std::move(done));
}

void Engine::RunHere(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                     std::function<void(absl::Status)> done) {
  if (ShortJobs::IsTiny(evaluations)) {
    return cpu_->Run(evaluations, std::move(interrupt), std::move(done));
  }
  const auto begin = std::chrono::steady_clock::now();
  const auto computed = [&](absl::Status status) {
    const auto time = std::chrono::steady_clock::now() - begin;
    if (status.ok()) short_jobs_.Computed(evaluations, absl::FromChrono(time));
    done(std::move(status));
  };
  // Called before Run returns, so that nothing is kept, which would take memory.
  cpu_->Run(evaluations, std::move(interrupt), std::ref(computed));
}

const Limits& Engine::limits() const { return options_.limits; }

size_t Engine::inflight_bytes() const { return admission_.inflight_bytes(); }

size_t Engine::inflight_jobs() const { return admission_.inflight_jobs(); }

absl::Duration Engine::queued() const { return cpu_queue_.length(); }

std::vector<DeviceInfo> Engine::devices() const {
  std::vector<DeviceInfo> devices = {{cpu_->name(), cpu_->description(), "ready"}};
  for (const auto& backend : cuda_.backends()) {
    const absl::Status state = backend->state();
    devices.push_back({backend->name(), backend->description(),
                       state.ok() ? "ready" : absl::StrCat("lost: ", state.message())});
  }
  for (const cuda::DeviceLeftOut& device : cuda_.left_out()) {
    devices.push_back({"cuda", device.properties.name, absl::StrCat("left out: ", device.why)});
  }
  return devices;
}

std::string Engine::RunsOn() const {
  const absl::Status state = cuda_.state();
  if (options_.placement == Placement::kCpu) return "the CPU: the backend is set to cpu";
  if (!state.ok()) {
    const bool forced = options_.placement == Placement::kCuda;
    return absl::StrCat(forced ? "nothing: the backend is set to cuda and " : "the CPU: ",
                        state.message());
  }
  if (options_.placement == Placement::kCuda) return "CUDA: the backend is set to cuda";
  if (!costs_.ok()) {
    return absl::StrCat("the CPU: the CUDA device could not be measured: ",
                        costs_.status().message());
  }
  return "the CPU and CUDA: each job on what is done with it first";
}

bool Engine::IsReady() const {
  return options_.placement != Placement::kCuda || cuda_.LeastLoaded() != nullptr;
}

}  // namespace activation
