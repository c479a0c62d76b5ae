#include "src/engine/cost_model.h"

#include "gtest/gtest.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation {
namespace {

// A device ten times as fast at elements, 100 us away, behind a link of 20 GB/s.
CostModel Example() {
  CostModel model;
  model.cpu_element.fill(1e-9);
  model.cpu_speedup = 4;
  model.cpu_wake = 10e-6;
  model.cuda_latency = 100e-6;
  model.cuda_element.fill(2.5e-11);
  model.staged_byte = 0.5e-10;
  model.in_byte = 0.25e-10;
  model.out_byte = 0.25e-10;
  model.resident_byte = 0.25e-12;
  return model;
}

Load LoadOf(size_t elements, cuda::Memory memory) {
  static std::byte somewhere;
  Evaluation evaluation = Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, elements);
  evaluation.x = &somewhere;
  evaluation.out = &somewhere;
  Load load;
  load.Add(evaluation, {memory, memory, memory, memory});
  return load;
}

TEST(CostModelTest, LoadsAddUpByMemoryAndType) {
  Load load = LoadOf(1000, cuda::Memory::kPageable);
  EXPECT_EQ(load.bytes.staged, 8000U);
  EXPECT_EQ(load.bytes.all(), 8000U);
  load = LoadOf(1000, cuda::Memory::kPinned);
  EXPECT_EQ(load.bytes.pinned_in, 4000U);
  EXPECT_EQ(load.bytes.pinned_out, 4000U);
  EXPECT_EQ(load.bytes.all(), 8000U);
  load = LoadOf(1000, cuda::Memory::kDevice);
  EXPECT_EQ(load.bytes.copied(), 0U);
  EXPECT_EQ(load.bytes.resident, 8000U);
  EXPECT_EQ(load.elements[RateClassOf(DType::kF32, Tier::kExact)], 1000U);
}

TEST(CostModelTest, TypesAndTiersHaveRatesOfTheirOwn) {
  EXPECT_EQ(RateClassOf(DType::kF16, Tier::kExact), RateClassOf(DType::kBF16, Tier::kExact));
  std::vector<bool> seen(kRateClasses);
  for (const DType dtype : {DType::kF16, DType::kF32, DType::kF64}) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) seen.at(RateClassOf(dtype, tier)) = true;
  }
  EXPECT_EQ(seen, std::vector<bool>(kRateClasses, true));
}

TEST(CostModelTest, EstimatesFollowTheRates) {
  const CostModel model = Example();
  EXPECT_DOUBLE_EQ(CpuSeconds(model, LoadOf(10'000, cuda::Memory::kPageable)), 10e-6);
  EXPECT_DOUBLE_EQ(CpuSeconds(model, LoadOf(4'000'000, cuda::Memory::kPageable)), 1010e-6);
  EXPECT_DOUBLE_EQ(CudaSeconds(model, LoadOf(1'000'000, cuda::Memory::kPageable)), 500e-6);
  EXPECT_DOUBLE_EQ(CudaSeconds(model, LoadOf(1'000'000, cuda::Memory::kPinned)), 200e-6);
  EXPECT_DOUBLE_EQ(CudaSeconds(model, LoadOf(1'000'000, cuda::Memory::kDevice)), 125e-6);
}

TEST(CostModelTest, WhatIsOutstandingTakesTimeWhereverItLies) {
  const CostModel model = Example();
  EXPECT_DOUBLE_EQ(OutstandingSeconds(model, {.staged = 1'000'000}), 50e-6);
  EXPECT_DOUBLE_EQ(OutstandingSeconds(model, {.resident = 4'000'000'000}), 1e-3);
  // Both ways at once, and half as dear as what is staged.
  EXPECT_DOUBLE_EQ(OutstandingSeconds(model, {.pinned_in = 1'000'000}), 25e-6);
  EXPECT_DOUBLE_EQ(OutstandingSeconds(model, {.pinned_in = 1'000'000, .pinned_out = 2'000'000}),
                   50e-6);
}

TEST(CostModelTest, SmallJobsStayAndLargePinnedOnesGo) {
  const CostModel model = Example();
  EXPECT_EQ(Choose(model, LoadOf(1000, cuda::Memory::kPinned), {}), Placement::kCpu);
  EXPECT_EQ(Choose(model, LoadOf(10'000'000, cuda::Memory::kPinned), {}), Placement::kCuda);
  // Staged, the link takes longer than the CPU.
  EXPECT_EQ(Choose(model, LoadOf(10'000'000, cuda::Memory::kPageable), {}), Placement::kCpu);
  EXPECT_EQ(Choose(model, LoadOf(0, cuda::Memory::kPageable), {}), Placement::kCpu);
}

TEST(CostModelTest, AJobGoesWhereLessIsWaiting) {
  const CostModel model = Example();
  const Load pinned = LoadOf(10'000'000, cuda::Memory::kPinned);
  EXPECT_EQ(Choose(model, pinned, {.cpu = 0, .cuda = 1}), Placement::kCpu);
  const Load staged = LoadOf(10'000'000, cuda::Memory::kPageable);
  EXPECT_EQ(Choose(model, staged, {.cpu = 1, .cuda = 0}), Placement::kCuda);
  // A small job does not wait for the workers.
  const Load small = LoadOf(1000, cuda::Memory::kPageable);
  EXPECT_EQ(Choose(model, small, {.cpu = 1, .cuda = 0}), Placement::kCpu);
}

}  // namespace
}  // namespace activation
