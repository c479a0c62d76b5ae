// Evaluates on one CUDA device.
//
// A run is cut into pieces that several shuttles can have at once, or at least one has room for
// (piece.h); pieces of all runs meet in a queue, which makes batches of them within a bounded
// delay (batch_queue.h); shuttles (shuttle.h), a thread each, take batches there and back. So ten
// thousand small tensors are one launch, and a large one is several pieces of which one is
// copied in while another is computed and a third copied out. Tensors in memory that was
// pinned are copied from and to where they lie unless they are small, those in the device's
// memory not at all. What staging takes is bounded: it is the shuttles' memory, taken at the
// beginning, when all kernels are loaded, too.
//
// Faults (device.h). No memory, or a call that failed: the batch is halved and tried again;
// what fails alone goes to `fallback`. A lost device: everything goes to `fallback`, now and
// ever after. Without a fallback, and for tensors in the device's memory, the run ends with
// UNAVAILABLE. Where the host has no memory for the pieces of a run it is refused before any of
// them is queued; where it has none for a batch's lists the batch is halved, too. The fallback has
// the same bits, so nobody sees it in a tensor. Thread-safe. In the way of a request: Engine ->
// CudaBackend::Run -> BatchQueue -> Shuttle.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_CUDA_BACKEND_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_CUDA_BACKEND_H_

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "src/backends/backend.h"
#include "src/backends/cuda/backend_metrics.h"
#include "src/backends/cuda/batch_queue.h"
#include "src/backends/cuda/device.h"
#include "src/backends/cuda/shuttle.h"

namespace activation::cuda {

struct Options {
  // `capacity_bytes` is that of a shuttle.
  BatchLimits batch;
  // Shuttles, that is batches at once: one copying in, one computing, one copying out, and
  // one whose results the host moves.
  int shuttles = 4;
  // Of a shuttle's memory that a piece of a larger tensor takes: enough that copies last longer
  // than what surrounds them (docs/performance_gpu.md), but no less of them than two for each
  // shuttle, down to the least, so that a tensor of some MiB is on all shuttles at once.
  size_t piece_bytes = size_t{16} << 20;
  size_t least_piece_bytes = size_t{4} << 20;
};

class CudaBackend final : public Backend {
 public:
  // Takes the shuttles' memory; where the device has not so much, of smaller shuttles.
  // RESOURCE_EXHAUSTED where it has not enough for any, INTERNAL where it has no code for the
  // kernels. `fallback` may be nullptr, else outlives this.
  static absl::StatusOr<std::unique_ptr<CudaBackend>> Make(std::unique_ptr<Device> device,
                                                           Options options, Backend* fallback,
                                                           OnLost on_lost);
  // Finishes what was begun.
  ~CudaBackend() override;

  std::string name() const override { return "cuda"; }
  std::string description() const override;

  void Run(absl::Span<const Evaluation> evaluations, Interrupt interrupt,
           std::function<void(absl::Status)> done) override;

  // Whether there is room for it in a shuttle; else Run leaves it to `fallback`.
  bool Takes(const Evaluation& evaluation) const;
  // Where its tensors lie for this device.
  Residence ResidenceOf(const Evaluation& evaluation) const;
  // Whether a tensor of it lies in this device's memory, so that it cannot run elsewhere.
  bool Holds(const Evaluation& evaluation) const;

  // OK, or UNAVAILABLE and why the device is lost.
  absl::Status state() const;
  bool lost() const { return lost_.load(std::memory_order_acquire); }
  // What a call on the device has said, made by this or by others: UNAVAILABLE is a loss.
  void Note(const absl::Status& status);

  // Of tensors of pieces queued or running.
  TouchedBytes outstanding() const { return outstanding_->sum(); }
  size_t outstanding_bytes() const { return outstanding().all(); }
  // That the shuttles take of the device's.
  size_t memory_bytes() const;
  // For how long the batch that has been longest on the device has been there; zero where none is.
  absl::Duration oldest_batch() const;
  const BackendMetrics& metrics() const { return metrics_; }
  // Forgets what was counted, which were measurements and no requests.
  void ResetMetrics() { metrics_.Reset(); }

  // The device's, by which clients name it.
  int number() const { return number_; }
  Device& device() { return *device_; }
  // Of memory that is not merely pageable; to be filled by whoever has such memory.
  MemoryMap& memory() { return memory_; }

 private:
  CudaBackend(std::unique_ptr<Device> device, Options options, Backend* fallback, OnLost on_lost);

  // What is queued or running.
  class Outstanding {
   public:
    void Add(const TouchedBytes& more) {
      staged_ += more.staged;
      pinned_in_ += more.pinned_in;
      pinned_out_ += more.pinned_out;
      resident_ += more.resident;
    }
    void Remove(const TouchedBytes& done) {
      staged_ -= done.staged;
      pinned_in_ -= done.pinned_in;
      pinned_out_ -= done.pinned_out;
      resident_ -= done.resident;
    }
    TouchedBytes sum() const { return {staged_, pinned_in_, pinned_out_, resident_}; }

   private:
    std::atomic<size_t> staged_{0};
    std::atomic<size_t> pinned_in_{0};
    std::atomic<size_t> pinned_out_{0};
    std::atomic<size_t> resident_{0};
  };

  absl::Status MakeShuttles();
  // Parts that a shuttle has room for, but for one that cannot be cut and has none.
  std::vector<Evaluation> PartsOf(const Evaluation& evaluation, const Residence& residence) const;
  Pieces Cut(absl::Span<const Evaluation> evaluations) const;

  // A shuttle's thread.
  void Work(Shuttle& shuttle);
  void DropInterrupted(Pieces& batch);
  void RunBatch(Shuttle& shuttle, Pieces batch);
  // Pieces whose results replace their inputs in the device's memory: the launch that failed
  // may have computed them, and a second would compute them twice.
  void EndReplaced(Pieces& batch, const absl::Status& why);
  void CountWaits(const Pieces& batch);
  void End(const Piece& piece, const absl::Status& status);
  // What becomes of a piece that the device did not compute, because of `why`.
  void Recover(const Piece& piece, const absl::Status& why);

  const std::unique_ptr<Device> device_;
  const int number_;
  Options options_;
  Backend* const fallback_;
  const OnLost on_lost_;
  MemoryMap memory_;
  BackendMetrics metrics_;
  // Shared with what the fallback does.
  const std::shared_ptr<Outstanding> outstanding_ = std::make_shared<Outstanding>();
  std::atomic<bool> lost_{false};
  mutable std::mutex mutex_;
  absl::Status state_;  // guarded by mutex_
  std::vector<std::unique_ptr<Shuttle>> shuttles_;
  std::unique_ptr<BatchQueue> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_CUDA_BACKEND_H_
