#include "src/engine/calibration.h"

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "tests/backends/cuda/fake_device.h"

namespace activation {
namespace {

class CalibrationTest : public testing::Test {
 protected:
  void SetUp() override {
    auto device = std::make_unique<cuda::FakeDevice>();
    device_ = device.get();
    cuda_ = *cuda::CudaBackend::Make(std::move(device), {}, cpu_.get(), nullptr);
  }

  std::unique_ptr<Backend> cpu_ = MakeCpuBackend(1);
  cuda::FakeDevice* device_ = nullptr;
  std::unique_ptr<cuda::CudaBackend> cuda_;
};

TEST_F(CalibrationTest, MeasuresEveryRateAndGivesBackWhatItTook) {
  const size_t allocated = device_->allocated();
  const size_t pinned = device_->pinned_ranges();
  const absl::StatusOr<CostModel> model = Calibrate(*cpu_, *cuda_);
  ASSERT_TRUE(model.ok()) << model.status();
  for (size_t i = 0; i < kRateClasses; ++i) {
    EXPECT_GT(model->cpu_element[i], 0);
    EXPECT_GT(model->cuda_element[i], 0);
  }
  EXPECT_GE(model->cpu_speedup, 1);
  EXPECT_GT(model->cuda_latency, 0);
  EXPECT_GT(model->in_byte, 0);
  EXPECT_GT(model->out_byte, 0);
  EXPECT_GT(model->resident_byte, 0);
  EXPECT_EQ(device_->allocated(), allocated);
  EXPECT_EQ(device_->pinned_ranges(), pinned);
  EXPECT_EQ(device_->violations(), std::vector<std::string>());
}

// A launch is then short beside the copies of a tensor that lies on the host.
TEST_F(CalibrationTest, ARateIsNotHiddenByTheCopiesOfTheLatency) {
  constexpr double kElementSeconds = 10e-9;
  device_->SlowDown(absl::Milliseconds(15), absl::Seconds(kElementSeconds));
  const absl::StatusOr<CostModel> model = Calibrate(*cpu_, *cuda_);
  ASSERT_TRUE(model.ok()) << model.status();
  for (const double rate : model->cuda_element) EXPECT_GT(rate, kElementSeconds / 2);
}

// The most elements of a launch while a device with so much memory besides its shuttles' was
// measured, of which every third batch takes much longer.
uint64_t MostElementsMeasured(size_t free_bytes) {
  const auto cpu = MakeCpuBackend(1);
  const cuda::Options options;
  auto device = std::make_unique<cuda::FakeDevice>(
      static_cast<size_t>(options.shuttles) * options.batch.capacity_bytes + free_bytes);
  cuda::FakeDevice& fake = *device;
  fake.ComputeNothing();
  fake.SlowDown(absl::ZeroDuration(), absl::Nanoseconds(1));
  fake.DelayEveryThirdLaunch(absl::Milliseconds(30));
  const auto cuda = *cuda::CudaBackend::Make(std::move(device), options, cpu.get(), nullptr);
  const absl::StatusOr<CostModel> model = Calibrate(*cpu, *cuda);
  EXPECT_TRUE(model.ok()) << model.status();
  for (size_t i = 0; model.ok() && i < kRateClasses; ++i) EXPECT_GT(model->cuda_element[i], 0);
  EXPECT_EQ(fake.violations(), std::vector<std::string>());
  return fake.most_elements_launched();
}

// What a card computes of a million elements is less than what one of its batches takes more than
// another: rates are measured of more of them, if there is memory.
TEST(CalibrationOfMoreElementsTest, ARateIsNotHiddenByWhatBatchesDifferBy) {
  EXPECT_GT(MostElementsMeasured(size_t{100} << 20), MostElementsMeasured(size_t{24} << 20));
}

// A rate of one piece on one shuttle would be that of its steps one after another.
TEST_F(CalibrationTest, WhatIsStagedIsMeasuredOnAllShuttlesAtOnce) {
  // So slowly that all shuttles are at it, however late their threads come.
  device_->SlowDown(absl::Milliseconds(100), absl::ZeroDuration());
  ASSERT_TRUE(Calibrate(*cpu_, *cuda_).ok());
  EXPECT_EQ(device_->most_streams_busy(), cuda::Options().shuttles);
}

TEST_F(CalibrationTest, ItsOwnBatchesAreNotCounted) {
  ASSERT_TRUE(Calibrate(*cpu_, *cuda_).ok());
  EXPECT_EQ(cuda_->metrics().batch_jobs.sum(), 0);
  EXPECT_EQ(cuda_->metrics().wait_seconds.sum(), 0);
}

TEST_F(CalibrationTest, SaysWhenTheDeviceFails) {
  device_->FailNext(cuda::FakeDevice::Call::kCopyIn, absl::UnavailableError("injected"));
  EXPECT_EQ(Calibrate(*cpu_, *cuda_).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace activation
