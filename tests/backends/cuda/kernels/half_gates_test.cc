// Gated functions of 16 bits, whose kernels decide by floats with a bound on their error: at every
// value of the gate against the CPU backend, and on the GPU for every pair.
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "tests/backends/cuda/kernels/gates_on_gpu.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

Evaluation Of(FunctionId function, DType dtype, Direction direction) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = dtype;
  evaluation.direction = direction;
  return evaluation;
}

// Any a, so many for each b that there is.
std::vector<Job> JobsAtEveryGate(FunctionId function, size_t times) {
  std::vector<Job> jobs;
  const size_t results = times << 16;
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      std::mt19937 random(function);
      std::vector<uint16_t> x(2 * results);
      std::vector<uint16_t> dy(direction == Direction::kGradient ? results : 0);
      for (size_t i = 0; i < results; ++i) {
        x[i] = static_cast<uint16_t>(random());
        x[results + i] = static_cast<uint16_t>(i);
      }
      for (uint16_t& one : dy) one = static_cast<uint16_t>(random());
      const auto bytes_of = [](const std::vector<uint16_t>& numbers) {
        std::vector<std::byte> bytes(numbers.size() * sizeof(uint16_t));
        if (!bytes.empty()) std::memcpy(bytes.data(), numbers.data(), bytes.size());
        return bytes;
      };
      Job job;
      job.evaluation = Of(function, dtype, direction);
      job.evaluation.count = 2 * results;
      job.evaluation.layout = {1, 2 * results, 1};
      job.x = GuardedBytes(bytes_of(x), 0);
      if (!dy.empty()) job.dy = GuardedBytes(bytes_of(dy), 0);
      MakeOutputs(job, false, false, 0);
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

class HalfGatesTest : public ::testing::TestWithParam<const char*> {
 protected:
  const FunctionId function_ = *FindFunction(GetParam());
};

TEST_P(HalfGatesTest, HaveTheBitsOfTheCpuAtEveryGateOnTheHost) {
  ExpectCpuBitsOnHost(JobsAtEveryGate(function_, 2));
}

TEST_P(HalfGatesTest, HaveTheBitsOfTheCpuAtEveryGateOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsAtEveryGate(function_, 64));
}

TEST_P(HalfGatesTest, AreWhatFloatsRoundToForEveryPairOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const GpuGates gates = CompareEveryGate(Of(function_, dtype, direction));
      ASSERT_EQ(gates.error, "");
      const uint64_t results = uint64_t{direction == Direction::kForward ? 1U : 2U} << 32;
      EXPECT_GT(gates.compared, results - results / 16);
      EXPECT_EQ(gates.differences, 0U)
          << Name(dtype) << " " << Name(direction) << ": a " << std::hex << (gates.first >> 16)
          << ", b " << (gates.first & 0xffff);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, HalfGatesTest,
                         ::testing::Values("glu", "swiglu", "geglu", "geglu_tanh", "reglu"),
                         [](const auto& function) { return std::string(function.param); });

}  // namespace
}  // namespace activation::cuda
