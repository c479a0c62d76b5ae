#include "src/backends/cuda/batch_queue.h"

#include <algorithm>
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
  // One piece is work for one shuttle, and whichever wakes sees all that waits.
  if (many) {
    changed_.notify_all();
  } else {
    changed_.notify_one();
  }
}

bool BatchQueue::IsDue() const { return bytes_ >= limits_.full_bytes || IsFrontDue(); }

std::vector<Piece> BatchQueue::Take() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !pieces_.empty(); });
    if (pieces_.empty()) return {};
    if (IsDue()) return Cut();
    changed_.wait_until(lock, pieces_.front().queued + delay_);
  }
}

bool BatchQueue::IsFrontDue() const {
  return closed_ || pieces_.size() >= limits_.jobs ||
         Clock::now() - pieces_.front().queued >= delay_;
}

std::vector<Piece> BatchQueue::Cut() {
  const auto is_full_alone = [this](const Piece& piece) {
    return piece.arena_bytes >= limits_.full_bytes;
  };
  std::vector<Piece> batch;
  size_t bytes = 0;
  const auto take = [&](const std::deque<Piece>::iterator& piece) {
    bytes += piece->arena_bytes;
    batch.push_back(std::move(*piece));
    pieces_.erase(piece);
  };
  // What is full by itself goes by itself, and does not hurry what waits to be gathered.
  const auto full = std::find_if(pieces_.begin(), pieces_.end(), is_full_alone);
  if (full != pieces_.end() && (full == pieces_.begin() || !IsFrontDue())) {
    take(full);
  } else {
    while (!pieces_.empty() && batch.size() < limits_.jobs) {
      const Piece& next = pieces_.front();
      const bool fits = bytes + next.arena_bytes <= limits_.capacity_bytes;
      if (!batch.empty() && (is_full_alone(next) || !fits)) break;
      take(pieces_.begin());
    }
  }
  bytes_ -= bytes;
  // The wake-up that this shuttle had may have been for what is left.
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
