#include "src/backends/cuda/cuda_backend.h"

#include <sys/prctl.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "src/backends/cuda/arena.h"
#include "src/backends/cuda/job_table.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation::cuda {
namespace {

// A shuttle below this is not worth its launches.
constexpr size_t kLeastShuttleBytes = size_t{256} << 10;

Fallback ReasonOf(const absl::Status& why) {
  if (absl::IsUnavailable(why)) return Fallback::kLost;
  return absl::IsResourceExhausted(why) ? Fallback::kNoMemory : Fallback::kFailed;
}

// Nobody has computed these sums, because there are none.
void ZeroAbsentGradients(const Evaluation& e) {
  if (e.parameter_gradients == nullptr || ParameterGradientBytes(e) > 0) return;
  std::fill_n(e.parameter_gradients, kMaxParams, 0.0);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CudaBackend>> CudaBackend::Make(std::unique_ptr<Device> device,
                                                               Options options, Backend* fallback,
                                                               OnLost on_lost) {
  auto backend = std::unique_ptr<CudaBackend>(
      new CudaBackend(std::move(device), options, fallback, std::move(on_lost)));
  // First, because they take memory of the device's, too.
  absl::Status status = backend->device_->LoadKernels();
  if (!status.ok()) return status;
  status = backend->MakeShuttles();
  while (absl::IsResourceExhausted(status) &&
         backend->options_.batch.capacity_bytes / 2 >= kLeastShuttleBytes) {
    backend->shuttles_.clear();
    backend->options_.batch.capacity_bytes /= 2;
    status = backend->MakeShuttles();
  }
  if (!status.ok()) return status;
  BatchLimits& batch = backend->options_.batch;
  batch.full_bytes = std::min(batch.full_bytes, batch.capacity_bytes);
  backend->queue_ = std::make_unique<BatchQueue>(batch);
  for (const auto& shuttle : backend->shuttles_) {
    backend->threads_.emplace_back(
        [raw = backend.get(), shuttle = shuttle.get()] { raw->Work(*shuttle); });
  }
  return backend;
}

CudaBackend::CudaBackend(std::unique_ptr<Device> device, Options options, Backend* fallback,
                         OnLost on_lost)
    : device_(std::move(device)),
      number_(device_->properties().number),
      options_(options),
      fallback_(fallback),
      on_lost_(std::move(on_lost)) {}

CudaBackend::~CudaBackend() {
  if (queue_ != nullptr) queue_->Close();
  for (std::thread& thread : threads_) thread.join();
}

absl::Status CudaBackend::MakeShuttles() {
  for (int i = 0; i < options_.shuttles; ++i) {
    absl::StatusOr<std::unique_ptr<Shuttle>> shuttle =
        Shuttle::Make(*device_, options_.batch.capacity_bytes);
    if (!shuttle.ok()) return shuttle.status();
    shuttles_.push_back(*std::move(shuttle));
  }
  return absl::OkStatus();
}

std::string CudaBackend::description() const { return device_->properties().name; }

size_t CudaBackend::memory_bytes() const {
  return shuttles_.size() * options_.batch.capacity_bytes;
}

absl::Duration CudaBackend::oldest_batch() const {
  absl::Duration oldest;
  for (const auto& shuttle : shuttles_) oldest = std::max(oldest, shuttle->busy());
  return oldest;
}

absl::Status CudaBackend::state() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

// A result goes to pinned memory by itself, but not where it replaces an input: a device
// that is lost half-way must leave that as it was.
Residence CudaBackend::ResidenceOf(const Evaluation& evaluation) const {
  Residence residence = FindResidence(memory_, evaluation);
  if (residence.out == Memory::kPinned && IsInPlace(evaluation)) residence.out = Memory::kPageable;
  return residence;
}

bool CudaBackend::Holds(const Evaluation& evaluation) const {
  return FindResidence(memory_, evaluation).AnyOnDevice();
}

bool CudaBackend::Takes(const Evaluation& evaluation) const {
  const Residence residence = ResidenceOf(evaluation);
  return ArenaBytes(evaluation, residence) <= options_.batch.capacity_bytes ||
         PartsOf(evaluation, residence).size() > 1;
}

std::vector<Evaluation> CudaBackend::PartsOf(const Evaluation& evaluation,
                                             const Residence& residence) const {
  const size_t most = options_.batch.capacity_bytes;
  const size_t whole = ArenaBytes(evaluation, residence);
  const size_t even = whole / (2 * static_cast<size_t>(options_.shuttles));
  const size_t usual =
      std::min(std::clamp(even, std::min(options_.least_piece_bytes, options_.piece_bytes),
                          options_.piece_bytes),
               most);
  if (whole <= usual) return {evaluation};
  std::vector<Evaluation> parts = PartsWithin(evaluation, residence, usual);
  // Its units may be too large for a piece and still fit a shuttle.
  if (parts.size() == 1) parts = PartsWithin(evaluation, residence, most);
  return parts;
}

Pieces CudaBackend::Cut(absl::Span<const Evaluation> evaluations) const {
  Pieces pieces;
  for (const Evaluation& evaluation : evaluations) {
    const Residence residence = ResidenceOf(evaluation);
    for (const Evaluation& part : PartsOf(evaluation, residence)) {
      pieces.push_back({part,
                        residence,
                        ArenaBytes(part, residence),
                        BytesTouched(part, residence),
                        nullptr,
                        {}});
    }
  }
  return pieces;
}

void CudaBackend::Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
                      std::function<void(absl::Status)> done) {
  const auto is_too_large = [this](const Piece& piece) {
    return piece.arena_bytes > options_.batch.capacity_bytes;
  };
  Pieces pieces;
  std::shared_ptr<PendingRun> run;
  absl::Status too_large;
  // All memory that it takes, before any piece is counted or queued.
  const auto prepare = [&] {
    pieces = Cut(evaluations);
    if (pieces.empty()) return absl::OkStatus();
    if (std::any_of(pieces.begin(), pieces.end(), is_too_large)) {
      too_large = absl::UnimplementedError(
          "a row of this tensor, or a sum, is larger than a shuttle of the device");
    }
    run = std::make_shared<PendingRun>(pieces.size(), std::move(interrupt), std::move(done));
    return absl::OkStatus();
  };
  const absl::Status prepared = OrOutOfMemory(prepare, OutOfMemory);
  if (!prepared.ok()) return done(prepared);
  if (pieces.empty()) return done(interrupt());
  Pieces elsewhere;
  for (auto next = pieces.begin(); next != pieces.end();) {
    const auto piece = next++;
    piece->run = run;
    outstanding_->Add(piece->touched);
    if (is_too_large(*piece)) elsewhere.splice(elsewhere.end(), pieces, piece);
  }
  if (!pieces.empty()) queue_->Add(std::move(pieces));
  for (const Piece& piece : elsewhere) Recover(piece, too_large);
}

void CudaBackend::Work(Shuttle& shuttle) {
  // The system may wake a thread that waits so much later, by default 50 us: as long as a delay.
  constexpr uint64_t kSlackNanoseconds = 1000;
  prctl(PR_SET_TIMERSLACK, kSlackNanoseconds, 0, 0, 0);
  while (true) {
    Pieces batch = queue_->Take();
    if (batch.empty()) return;
    CountWaits(batch);
    DropInterrupted(batch);
    RunBatch(shuttle, std::move(batch));
  }
}

void CudaBackend::DropInterrupted(Pieces& batch) {
  batch.remove_if([this](const Piece& piece) {
    const absl::Status status = piece.run->Proceed();
    if (!status.ok()) End(piece, status);
    return !status.ok();
  });
}

void CudaBackend::RunBatch(Shuttle& shuttle, Pieces batch) {
  if (batch.empty()) return;
  absl::Status status = state();
  if (status.ok()) status = shuttle.Run(batch, &metrics_);
  Note(status);
  if (!status.ok() && !absl::IsUnavailable(status) && batch.size() > 1) {
    EndReplaced(batch, status);
    Pieces half;
    half.splice(half.end(), batch, batch.begin(),
                std::next(batch.begin(), static_cast<ptrdiff_t>(batch.size() / 2)));
    RunBatch(shuttle, std::move(half));
    return RunBatch(shuttle, std::move(batch));
  }
  if (status.ok()) metrics_.batch_jobs.Observe(static_cast<double>(batch.size()));
  for (const Piece& piece : batch) {
    if (status.ok()) {
      End(piece, status);
    } else {
      Recover(piece, status);
    }
  }
}

void CudaBackend::EndReplaced(Pieces& batch, const absl::Status& why) {
  batch.remove_if([&](const Piece& piece) {
    const bool replaced = piece.residence.out == Memory::kDevice && IsInPlace(piece.evaluation);
    if (replaced) Recover(piece, why);
    return replaced;
  });
}

void CudaBackend::CountWaits(const Pieces& batch) {
  const auto now = std::chrono::steady_clock::now();
  for (const Piece& piece : batch) {
    metrics_.wait_seconds.Observe(std::chrono::duration<double>(now - piece.queued).count());
  }
}

void CudaBackend::End(const Piece& piece, const absl::Status& status) {
  if (status.ok()) ZeroAbsentGradients(piece.evaluation);
  outstanding_->Remove(piece.touched);
  piece.run->PieceDone(status);
}

void CudaBackend::Recover(const Piece& piece, const absl::Status& why) {
  if (absl::IsUnimplemented(why)) {
    if (fallback_ == nullptr || piece.residence.AnyOnDevice()) return End(piece, why);
  } else {
    metrics_.fallbacks[static_cast<size_t>(ReasonOf(why))].fetch_add(1);
    if (fallback_ == nullptr || piece.residence.AnyOnDevice()) {
      return End(piece, DeviceFailed(why.message()));
    }
  }
  Interrupt interrupt;
  std::function<void(absl::Status)> done;
  const auto prepare = [&] {
    interrupt = piece.run->interrupt();
    // The fallback may be at it when this backend is gone.
    done = [outstanding = outstanding_, touched = piece.touched,
            run = piece.run](const absl::Status& status) {
      outstanding->Remove(touched);
      run->PieceDone(AsPart(status));
    };
    return absl::OkStatus();
  };
  const absl::Status prepared = OrOutOfMemory(prepare, OutOfMemoryAtWork);
  if (!prepared.ok()) return End(piece, prepared);
  fallback_->Run({piece.evaluation}, std::move(interrupt), std::move(done));
}

void CudaBackend::Note(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!state_.ok()) return;
    state_ = status;
    lost_.store(true, std::memory_order_release);
  }
  if (on_lost_) on_lost_(device_->properties(), status);
}

}  // namespace activation::cuda
