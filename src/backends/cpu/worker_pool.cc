#include "src/backends/cpu/worker_pool.h"

#include <utility>

namespace activation {

WorkerPool::WorkerPool(int threads) {
  threads_.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::Add(std::shared_ptr<Run> run) {
  const size_t pieces = run->piece_count();
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back({std::move(run)});
  }
  if (pieces > 1) {
    changed_.notify_all();
  } else {
    changed_.notify_one();
  }
}

void WorkerPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Entry entry = std::move(queue_.front());
    queue_.pop_front();
    const size_t piece = entry.next_piece++;
    std::shared_ptr<Run> run = entry.run;
    // Back to the end of the queue before the work, for other workers to join.
    if (entry.next_piece < run->piece_count()) queue_.push_back(std::move(entry));
    lock.unlock();
    run->DoPiece(piece);
    run.reset();
    lock.lock();
  }
}

}  // namespace activation
