#include "src/backends/cpu/worker_pool.h"

#include <atomic>
#include <future>

#include "gtest/gtest.h"

namespace activation {
namespace {

class CountingRun : public WorkerPool::Run {
 public:
  explicit CountingRun(size_t pieces) : calls_(pieces), remaining_(pieces) {}

  size_t piece_count() const override { return calls_.size(); }
  void DoPiece(size_t piece) override {
    calls_[piece].fetch_add(1);
    if (remaining_.fetch_sub(1) == 1) done_.set_value();
  }

  void Wait() { done_.get_future().wait(); }
  bool EachOnce() const {
    for (const auto& calls : calls_) {
      if (calls.load() != 1) return false;
    }
    return true;
  }

 private:
  std::vector<std::atomic<int>> calls_;
  std::atomic<size_t> remaining_;
  std::promise<void> done_;
};

TEST(WorkerPoolTest, DoesEveryPieceOnce) {
  WorkerPool pool(3);
  std::vector<std::shared_ptr<CountingRun>> runs;
  for (const size_t pieces : {1, 2, 1000, 7}) runs.push_back(std::make_shared<CountingRun>(pieces));
  for (const auto& run : runs) pool.Add(run);
  for (const auto& run : runs) {
    run->Wait();
    EXPECT_TRUE(run->EachOnce());
  }
}

// A run that begins once `from` is set and ends only when a later one has been done: a pool that
// finished runs in order would never return.
class WaitingRun : public WorkerPool::Run {
 public:
  WaitingRun(size_t pieces, std::shared_future<void> from, std::shared_future<void> until)
      : pieces_(pieces), from_(std::move(from)), until_(std::move(until)) {}
  size_t piece_count() const override { return pieces_; }
  void DoPiece(size_t piece) override {
    if (piece == 0) from_.wait();
    if (piece == pieces_ - 1) until_.wait();
  }

 private:
  const size_t pieces_;
  const std::shared_future<void> from_;
  const std::shared_future<void> until_;
};

class SignallingRun : public WorkerPool::Run {
 public:
  size_t piece_count() const override { return 1; }
  void DoPiece(size_t) override { done.set_value(); }
  std::promise<void> done;
};

TEST(WorkerPoolTest, RunsTakeTurns) {
  WorkerPool pool(1);
  const auto small = std::make_shared<SignallingRun>();
  std::promise<void> added;
  const auto large = std::make_shared<WaitingRun>(50, added.get_future().share(),
                                                  small->done.get_future().share());
  pool.Add(large);
  pool.Add(small);
  added.set_value();
}

TEST(WorkerPoolTest, FinishesWhatWasAddedBeforeItEnds) {
  const auto run = std::make_shared<CountingRun>(200);
  {
    WorkerPool pool(2);
    pool.Add(run);
  }
  EXPECT_TRUE(run->EachOnce());
}

}  // namespace
}  // namespace activation
