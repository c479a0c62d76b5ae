#include "server/errands.h"

#include <utility>

#include "src/base/errors.h"

namespace activation {

Errands::Errands(size_t most) : most_(most), thread_([this] { Work(); }) {}

Errands::~Errands() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

absl::Status Errands::Give(std::function<void()> errand) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() >= most_) return TooManyErrands(most_);
    waiting_.push_back(std::move(errand));
  }
  changed_.notify_one();
  return absl::OkStatus();
}

bool Errands::IsIdle() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return waiting_.empty() && !busy_;
}

void Errands::Work() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::function<void()> errand = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    errand();
    lock.lock();
    busy_ = false;
  }
}

}  // namespace activation
