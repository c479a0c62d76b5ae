// Every float there is, on the GPU: an hour, so only where ACTIVATION_EVERY_INPUT is set.
#include <cstdlib>
#include <cstring>

#include "gtest/gtest.h"
#include "tests/backends/cuda/tensors.h"

namespace activation::cuda {
namespace {

constexpr uint64_t kBlock = uint64_t{1} << 24;

Job JobOf(FunctionId function, Tier tier, Direction direction, uint64_t first) {
  std::vector<std::byte> x(kBlock * sizeof(float));
  for (uint64_t i = 0; i < kBlock; ++i) {
    const auto bits = static_cast<uint32_t>(first + i);
    std::memcpy(&x[i * sizeof(bits)], &bits, sizeof(bits));
  }
  Job job;
  job.evaluation.function = function;
  job.evaluation.params = *ResolveParams(function, {});
  job.evaluation.tier = tier;
  job.evaluation.direction = direction;
  job.evaluation.count = kBlock;
  job.x = Tensor(std::move(x), 0);
  MakeOutputs(job, false, false, 0);
  return job;
}

class EveryInputTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(EveryInputTest, HaveTheBitsOfTheCpuForEveryFloat) {
  if (std::getenv("ACTIVATION_EVERY_INPUT") == nullptr) {
    GTEST_SKIP() << "takes minutes for each function; set ACTIVATION_EVERY_INPUT to run it";
  }
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (uint64_t first = 0; first < uint64_t{1} << 32; first += kBlock) {
        std::vector<Job> wanted = {JobOf(GetParam(), tier, direction, first)};
        std::vector<Job> found = wanted;
        RunOnCpu(wanted);
        ASSERT_EQ(RunOnGpu(found), "");
        ExpectSameBits(wanted, found);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, EveryInputTest,
                         ::testing::Range<FunctionId>(0, ElementwiseFunctions().size()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

}  // namespace
}  // namespace activation::cuda
