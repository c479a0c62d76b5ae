// Collects pieces of many runs into batches, each for one launch.
//
// Parameters: BatchLimits. A batch is due when it is full (`jobs` pieces, or `full_bytes`,
// beyond which a larger launch is no faster a byte) or when its oldest piece has waited for
// `delay`, whichever comes first; it takes at most `capacity_bytes` of a shuttle's memory, and
// touches no more in all. A piece that fills a batch by itself travels alone, past those that wait
// for company: pieces of a large tensor go to several shuttles, whose copies and kernels overlap. A
// delay of zero makes every piece due at once: then a batch is what has come while all shuttles
// were busy.
//
// Use: a launch of 10,000 tensors of 64 elements takes 20.9 us (docs/performance_gpu.md), so one
// such tensor takes nothing beside a launch, the copies around it and the wait for them, which are
// believed to take some tens of microseconds. Under many small concurrent requests a delay of some
// 50 us puts hundreds of them into one launch; under one caller who waits for each reply it only
// adds the delay, so there set 0.
//
// Flow, for example, with delay = 50 us and two shuttles that call Take():
//   t =  0 us  piece A comes; shuttle 1 wakes and sees that A is due at 50 us
//   t = 20 us  pieces B and C come and are not enough to be full
//   t = 50 us  shuttle 1 takes [A, B, C], puts them through the device until t = 70 us
//   t = 60 us  piece D comes; shuttle 2 takes it at 110 us, or at once when full
//
// Latency bound: while a shuttle is free no piece waits longer than `delay` (and the system's
// delay in waking a thread). While all are busy it waits until one is free.
//
// A full queue: there is none. What may wait here is bounded by what the engine admits,
// `max_inflight_bytes` of all calls together, and refusing is admission's alone; a caller
// who can choose sees in the bytes outstanding that this is the slower way.
// Thread-safe.
// In the way of a request: CudaBackend::Run -> BatchQueue -> Shuttle.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_BATCH_QUEUE_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_BATCH_QUEUE_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "absl/time/time.h"
#include "src/backends/cuda/piece.h"

namespace activation::cuda {

struct BatchLimits {
  size_t jobs = 16384;
  size_t full_bytes = size_t{1} << 20;  // of Piece::bytes
  size_t capacity_bytes = size_t{16} << 20;
  absl::Duration delay = absl::Microseconds(50);
};

class BatchQueue {
 public:
  explicit BatchQueue(const BatchLimits& limits);

  // Each takes at most `capacity_bytes`. Not after Close(). Allocates nothing.
  void Add(Pieces pieces);

  // Waits for a batch that is due and takes it: one piece that is full by itself, or the oldest
  // of the others, in order. Empty only after Close(), once nothing is left. Allocates nothing.
  Pieces Take();

  // What waits is due now, and nothing more comes.
  void Close();

 private:
  using Clock = std::chrono::steady_clock;

  bool IsFullAlone(const Piece& piece) const { return piece.bytes() >= limits_.full_bytes; }
  // These are to be called with the lock.
  bool empty() const { return full_.empty() && gathering_.empty(); }
  // Whether what is gathered is due, and came before what is full by itself.
  bool IsGathered() const;
  Pieces CutGathered();

  const BatchLimits limits_;
  const Clock::duration delay_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // All guarded by mutex_; pieces by age.
  Pieces full_;       // each by itself
  Pieces gathering_;  // which wait for company
  size_t gathering_bytes_ = 0;
  bool closed_ = false;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_BATCH_QUEUE_H_
