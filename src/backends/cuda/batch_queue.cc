#include "src/backends/cuda/batch_queue.h"

#include <iterator>

namespace activation::cuda {

BatchQueue::BatchQueue(const BatchLimits& limits)
    : limits_(limits),
      delay_(std::chrono::duration_cast<Clock::duration>(absl::ToChronoNanoseconds(limits.delay))) {
}

void BatchQueue::Add(Pieces pieces) {
  const Clock::time_point now = Clock::now();
  const bool many = pieces.size() > 1;
  Pieces full;
  size_t bytes = 0;
  for (auto next = pieces.begin(); next != pieces.end();) {
    const auto piece = next++;
    piece->queued = now;
    if (IsFullAlone(*piece)) {
      full.splice(full.end(), pieces, piece);
    } else {
      bytes += piece->bytes();
    }
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    full_.splice(full_.end(), full);
    gathering_.splice(gathering_.end(), pieces);
    gathering_bytes_ += bytes;
  }
  // One piece is work for one shuttle, and whichever wakes sees all that waits.
  if (many) {
    changed_.notify_all();
  } else {
    changed_.notify_one();
  }
}

Pieces BatchQueue::Take() {
  Pieces batch;
  std::unique_lock<std::mutex> lock(mutex_);
  while (batch.empty()) {
    changed_.wait(lock, [this] { return closed_ || !empty(); });
    if (empty()) return batch;
    if (IsGathered()) {
      batch = CutGathered();
    } else if (!full_.empty()) {
      batch.splice(batch.end(), full_, full_.begin());
    } else {
      changed_.wait_until(lock, gathering_.front().queued + delay_);
    }
  }
  // The wake-up that this shuttle had may have been for what is left.
  if (!empty()) changed_.notify_one();
  return batch;
}

bool BatchQueue::IsGathered() const {
  if (gathering_.empty()) return false;
  const Clock::time_point oldest = gathering_.front().queued;
  if (!full_.empty() && full_.front().queued <= oldest) return false;
  return closed_ || gathering_.size() >= limits_.jobs || gathering_bytes_ >= limits_.full_bytes ||
         Clock::now() - oldest >= delay_;
}

Pieces BatchQueue::CutGathered() {
  auto end = gathering_.begin();
  // What lies on the device takes no room of the arena, and time it takes all the same.
  size_t bytes = 0;
  for (size_t jobs = 0; jobs < limits_.jobs && end != gathering_.end(); ++jobs, ++end) {
    bytes += end->bytes();
    if (jobs > 0 && bytes > limits_.capacity_bytes) break;
    gathering_bytes_ -= end->bytes();
  }
  Pieces batch;
  batch.splice(batch.end(), gathering_, gathering_.begin(), end);
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
