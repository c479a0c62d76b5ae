#include "src/engine/short_jobs.h"

#include <vector>

#include "gtest/gtest.h"

namespace activation {
namespace {

constexpr size_t kElements = 32 << 10;

std::vector<Evaluation> Work(const char* function, size_t count = kElements,
                             DType dtype = DType::kF32) {
  Evaluation evaluation;
  evaluation.function = *FindFunction(function);
  evaluation.dtype = dtype;
  evaluation.count = count;
  return {evaluation};
}

class ShortJobsTest : public testing::Test {
 protected:
  void Compute(const char* function, absl::Duration time) { jobs_.Computed(Work(function), time); }

  // How many jobs are not taken before the next one is.
  int Refused(const char* function) {
    int count = 0;
    while (!jobs_.Take(Work(function))) ++count;
    return count;
  }

  ShortJobs jobs_;
};

TEST_F(ShortJobsTest, ThreeInARowShowThatAKindIsSlow) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(jobs_.Take(Work("mish")));
    Compute("mish", absl::Milliseconds(9));
  }
  EXPECT_FALSE(jobs_.Take(Work("mish")));
  // A few of its elements are short; other kinds have nothing to do with it.
  EXPECT_TRUE(jobs_.Take(Work("mish", 200)));
  EXPECT_TRUE(jobs_.Take(Work("gelu")));
  EXPECT_TRUE(jobs_.Take(Work("mish", kElements, DType::kF16)));
}

// However often it was not taken before.
TEST_F(ShortJobsTest, TheFirstThatIsFastIsBelieved) {
  const std::vector<Evaluation> batch(100'000, Work("relu", 0).front());
  while (!jobs_.Take(batch)) continue;
  jobs_.Computed(batch, absl::Microseconds(50));
  EXPECT_TRUE(jobs_.Take(std::vector<Evaluation>(190'000, batch.front())));
}

TEST_F(ShortJobsTest, WhatIsFastStays) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_TRUE(jobs_.Take(Work("gelu")));
    Compute("gelu", absl::Microseconds(30));
  }
}

// The system gives a processor to others for milliseconds, on a busy machine in one job of some
// dozens: if that counted, most would be handed over.
TEST_F(ShortJobsTest, OneThatWasInterruptedIsForgotten) {
  Compute("gelu", absl::Microseconds(30));
  for (int i = 0; i < 100; ++i) {
    Compute("gelu", absl::Milliseconds(9));
    Compute("gelu", absl::Milliseconds(9));
    EXPECT_EQ(Refused("gelu"), 0);
    Compute("gelu", absl::Microseconds(30));
  }
}

TEST_F(ShortJobsTest, IsTriedAgainSeldomAndForgivenAtLength) {
  for (int i = 0; i < 3; ++i) Compute("gelu", absl::Milliseconds(9));
  EXPECT_GT(Refused("gelu"), 200);
  // Still slow: as long again.
  Compute("gelu", absl::Milliseconds(9));
  EXPECT_GT(Refused("gelu"), 200);
  // It was the machine.
  for (int i = 0; i < 100; ++i) Compute("gelu", absl::Microseconds(30));
  EXPECT_EQ(Refused("gelu"), 0);
}

TEST_F(ShortJobsTest, ABatchIsShortAsAWhole) {
  // 512 items that are nothing by themselves.
  std::vector<Evaluation> batch(512, Work("mish", 16).front());
  EXPECT_TRUE(jobs_.Take(batch));
  for (int i = 0; i < 3; ++i) jobs_.Computed(batch, absl::Milliseconds(5));
  EXPECT_FALSE(jobs_.Take(batch));
  // Each kind has learnt once, however often it stands there.
  EXPECT_TRUE(jobs_.Take(absl::MakeSpan(batch).first(4)));
  batch.assign(20'000, Work("relu", 0).front());
  EXPECT_FALSE(jobs_.Take(batch));
  // Although no job has told that it is.
  int refused = 1;
  while (!jobs_.Take(batch)) ++refused;
  EXPECT_GT(refused, 200);
  EXPECT_LT(refused, 2000);
}

TEST_F(ShortJobsTest, NothingIsAskedAboutTheTiny) {
  EXPECT_TRUE(ShortJobs::IsTiny(Work("mish", 256)));
  EXPECT_FALSE(ShortJobs::IsTiny(Work("mish", 257)));
  std::vector<Evaluation> batch(2, Work("mish", 1).front());
  EXPECT_FALSE(ShortJobs::IsTiny(batch));
}

}  // namespace
}  // namespace activation
