#include "src/engine/engine.h"

#include <future>

#include "gtest/gtest.h"

namespace activation {
namespace {

Evaluation Relu(const std::vector<float>& x, std::vector<float>& y) {
  Evaluation evaluation;
  evaluation.function = *FindFunction("relu");
  evaluation.count = x.size();
  evaluation.x = x.data();
  evaluation.out = y.data();
  return evaluation;
}

absl::Status RunToEnd(Engine& engine, Job job) {
  std::promise<absl::Status> promise;
  job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
  engine.Submit(std::move(job));
  return promise.get_future().get();
}

class EngineTest : public ::testing::TestWithParam<size_t> {
 protected:
  Engine engine_{EngineOptions{.limits = {}, .cpu_threads = 2}};
  std::vector<float> x_ = std::vector<float>(GetParam(), -1.0F);
  std::vector<float> y_ = std::vector<float>(GetParam(), 7.0F);
};

TEST_P(EngineTest, ComputesABatch) {
  std::vector<float> z(GetParam(), 7.0F);
  Job job;
  job.evaluations = {Relu(x_, y_), Relu(x_, z)};
  EXPECT_TRUE(RunToEnd(engine_, std::move(job)).ok());
  EXPECT_EQ(y_, std::vector<float>(GetParam(), 0.0F));
  EXPECT_EQ(z, y_);
}

TEST_P(EngineTest, DropsAnExpiredJobBeforeItsWork) {
  Job job;
  job.evaluations = {Relu(x_, y_)};
  job.deadline = absl::InfinitePast();
  EXPECT_EQ(RunToEnd(engine_, std::move(job)).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(y_, std::vector<float>(GetParam(), 7.0F));
}

TEST_P(EngineTest, DropsACancelledJobBeforeItsWork) {
  const std::atomic<bool> cancelled{true};
  Job job;
  job.evaluations = {Relu(x_, y_)};
  job.cancelled = &cancelled;
  EXPECT_EQ(RunToEnd(engine_, std::move(job)).code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(y_, std::vector<float>(GetParam(), 7.0F));
}

// Small runs are computed in the calling thread, large ones by the pool.
INSTANTIATE_TEST_SUITE_P(SmallAndLarge, EngineTest, ::testing::Values(10, 300000));

TEST(EngineTest, AnEmptyJobIsDone) {
  Engine engine{EngineOptions{}};
  EXPECT_TRUE(RunToEnd(engine, Job{}).ok());
}

TEST(EngineTest, ReportsItsDevicesAndLimits) {
  const Engine engine{EngineOptions{.limits = {.max_items = 7}, .cpu_threads = 1}};
  ASSERT_EQ(engine.devices().size(), 1U);
  EXPECT_EQ(engine.devices()[0].backend, "cpu");
  EXPECT_EQ(engine.limits().max_items, 7);
}

}  // namespace
}  // namespace activation
