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
    Enqueue(std::move(run));
  }
  if (pieces > 1) {
    changed_.notify_all();
  } else {
    changed_.notify_one();
  }
}

void WorkerPool::Enqueue(std::shared_ptr<Run> run) {
  Run* const added = run.get();
  (last_ == nullptr ? first_ : last_->next_) = std::move(run);
  last_ = added;
}

std::shared_ptr<WorkerPool::Run> WorkerPool::Dequeue() {
  std::shared_ptr<Run> run = std::move(first_);
  first_ = std::move(run->next_);
  if (first_ == nullptr) last_ = nullptr;
  return run;
}

void WorkerPool::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || first_ != nullptr; });
    if (first_ == nullptr) return;
    std::shared_ptr<Run> run = Dequeue();
    const size_t piece = run->next_piece_++;
    // Back to the end of the queue before the work, for other workers to join.
    if (run->next_piece_ < run->piece_count()) Enqueue(run);
    lock.unlock();
    run->DoPiece(piece);
    run.reset();
    lock.lock();
  }
}

}  // namespace activation
