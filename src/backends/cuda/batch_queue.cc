#include "src/backends/cuda/batch_queue.h"

#include <utility>

namespace activation::cuda {

BatchQueue::BatchQueue(const BatchLimits& limits)
    : limits_(limits),
      delay_(std::chrono::duration_cast<Clock::duration>(absl::ToChronoNanoseconds(limits.delay))) {
}

void BatchQueue::Add(std::vector<Piece> pieces) {
  const Clock::time_point now = Clock::now();
  const bool many = pieces.size() > 1;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (Piece& piece : pieces) {
      piece.queued = now;
      bytes_ += piece.arena_bytes;
      pieces_.push_back(std::move(piece));
    }
  }
  // One piece is work for one lane, and whichever wakes sees all that waits.
  if (many) {
    changed_.notify_all();
  } else {
    changed_.notify_one();
  }
}

bool BatchQueue::IsDue() const {
  return closed_ || pieces_.size() >= limits_.jobs || bytes_ >= limits_.full_bytes ||
         Clock::now() - pieces_.front().queued >= delay_;
}

std::vector<Piece> BatchQueue::Take() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !pieces_.empty(); });
    if (pieces_.empty()) return {};
    if (IsDue()) return Cut();
    changed_.wait_until(lock, pieces_.front().queued + delay_);
  }
}

std::vector<Piece> BatchQueue::Cut() {
  std::vector<Piece> batch;
  size_t bytes = 0;
  while (!pieces_.empty() && batch.size() < limits_.jobs) {
    const size_t more = pieces_.front().arena_bytes;
    const bool is_full_alone = more >= limits_.full_bytes;
    if (!batch.empty() && (is_full_alone || bytes + more > limits_.capacity_bytes)) break;
    bytes += more;
    batch.push_back(std::move(pieces_.front()));
    pieces_.pop_front();
    if (is_full_alone) break;
  }
  bytes_ -= bytes;
  // The wake-up that this lane had may have been for what is left.
  if (!pieces_.empty()) changed_.notify_one();
  return batch;
}

void BatchQueue::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

}  // namespace activation::cuda
