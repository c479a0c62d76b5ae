#include "tests/benchmarks/compare/loop_peer.h"

#include <algorithm>
#include <atomic>

#include "absl/synchronization/notification.h"

namespace activation {
namespace {

// A loop over shares of tensors, one a thread.
class SharedLoop : public WorkerPool::Run {
 public:
  SharedLoop(const Loop& loop, Tensors& tensors, int threads)
      : loop_(loop), tensors_(tensors), shares_(static_cast<size_t>(threads)), left_(threads) {}

  size_t piece_count() const override { return shares_; }
  void DoPiece(size_t piece) override {
    const size_t share = tensors_.count() / shares_ / 64 * 64;
    const size_t begin = piece * share;
    const size_t count = piece + 1 < shares_ ? share : tensors_.count() - begin;
    loop_.run(reinterpret_cast<const float*>(tensors_.x()) + begin,
              reinterpret_cast<float*>(tensors_.out()) + begin, count);
    if (left_.fetch_sub(1) == 1) done_.Notify();
  }

  void Wait() { done_.WaitForNotification(); }

 private:
  const Loop& loop_;
  Tensors& tensors_;
  const size_t shares_;
  std::atomic<int> left_;
  absl::Notification done_;
};

}  // namespace

Work LoopPeer::Prepare(absl::string_view function, Direction direction, Tensors& tensors) {
  const auto loop = std::find_if(loops_.begin(), loops_.end(),
                                 [&](const Loop& l) { return function == l.function; });
  if (direction != Direction::kForward || loop == loops_.end()) return nullptr;
  if (threads_ == 1) {
    return [&loop = *loop, &tensors] {
      loop.run(reinterpret_cast<const float*>(tensors.x()), reinterpret_cast<float*>(tensors.out()),
               tensors.count());
    };
  }
  return [this, &loop = *loop, &tensors] {
    const auto run = std::make_shared<SharedLoop>(loop, tensors, threads_);
    pool_.Add(run);
    run->Wait();
  };
}

}  // namespace activation
