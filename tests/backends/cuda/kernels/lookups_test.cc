// Elementwise kernels of 16 bits that look results up, as long tensors have them, against the CPU
// backend, bit for bit: as loops of the host everywhere, and on the GPU where there is one.
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/half_tables.h"
#include "tests/backends/cuda/kernels/pairs_on_gpu.h"
#include "tests/backends/cuda/kernels/tensors.h"
#include "tests/functions/any_params.h"

namespace activation::cuda {
namespace {

TEST(HalfTablesTest, HaveAPlaceForEverySlope) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const uint32_t place = PlaceOfSlope(bits);
    ASSERT_LT(place, kSlopes);
    const bool is_beyond = (bits & 0x7fff) >= kSlopesOfSign;
    ASSERT_EQ(place % (kSlopesOfSign + 1) == kSlopesOfSign, is_beyond);
    if (!is_beyond) {
      ASSERT_EQ(ElementOfPlace(place), bits);
    }
  }
}

// Elements of any bits: every one there is, and others.
GuardedBytes AnyElements(size_t count, uint32_t seed, size_t offset) {
  std::mt19937 random(seed);
  std::vector<std::byte> bytes(count * sizeof(uint16_t));
  for (size_t i = 0; i < count; ++i) {
    const auto bits = static_cast<uint16_t>(i < 0x10000 && seed == 1 ? i : random());
    std::memcpy(&bytes[i * sizeof(bits)], &bits, sizeof(bits));
  }
  return {std::move(bytes), offset};
}

struct Case {
  DType dtype;
  Direction direction;
  bool has_dy;
  size_t beyond;  // elements more than the fewest
  size_t offset;  // bytes from any alignment
};

constexpr Case kCases[] = {
    {DType::kF16, Direction::kForward, false, 0, 0},
    {DType::kBF16, Direction::kForward, false, 37, 0},
    {DType::kF16, Direction::kGradient, true, 513, 0},
    {DType::kBF16, Direction::kGradient, true, 0, 0},
};
// All functions take ones for a dy that is not there in one place.
constexpr Case kWithoutDy = {DType::kF16, Direction::kGradient, false, 1, 0};

Job JobOf(FunctionId function, const Case& way, const Params& params) {
  Job job;
  job.evaluation.function = function;
  job.evaluation.params = params;
  job.evaluation.dtype = way.dtype;
  job.evaluation.direction = way.direction;
  job.evaluation.count = kLeastLookedUp + way.beyond;
  job.x = AnyElements(job.evaluation.count, 1, way.offset);
  if (way.has_dy) job.dy = AnyElements(job.evaluation.count, 2, way.offset);
  MakeOutputs(job, false, false, way.offset);
  return job;
}

class LookupsTest : public ::testing::TestWithParam<FunctionId> {
 protected:
  static std::vector<Job> Jobs(const std::vector<Params>& params) {
    std::vector<Job> jobs;
    for (const Case& way : kCases) {
      for (const Params& set : params) jobs.push_back(JobOf(GetParam(), way, set));
    }
    return jobs;
  }
};

TEST_P(LookupsTest, HaveTheBitsOfTheCpuOnTheHost) {
  ExpectCpuBitsOnHost(Jobs({*ResolveParams(GetParam(), {})}));
}

TEST_P(LookupsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(Jobs(AnyParams(GetParam())));
}

TEST_P(LookupsTest, HaveTheBitsOfWhatIsComputedOfEveryPairOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    for (const Params& params : AnyParams(GetParam())) {
      Evaluation evaluation;
      evaluation.function = GetParam();
      evaluation.params = params;
      evaluation.dtype = dtype;
      const GpuPairs pairs = CompareEveryPair(evaluation);
      ASSERT_EQ(pairs.error, "");
      EXPECT_EQ(pairs.differences, 0U)
          << Name(dtype) << " with " << params.values[0] << ", " << params.values[1] << ": x "
          << std::hex << (pairs.first & 0xffff) << ", dy " << (pairs.first >> 16);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Functions, LookupsTest,
                         ::testing::Range<FunctionId>(0, ElementwiseFunctions().size()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

// Several tensors in one table, of one code and of others, at odd addresses, over their inputs.
std::vector<Job> JobsTogether() {
  std::vector<Job> jobs;
  const FunctionId gelu = *FindFunction("gelu");
  const FunctionId elu = *FindFunction("elu");
  const Params usual = *ResolveParams(elu, {});
  for (const double alpha : {1.0, 0.3, -2.5}) {
    Params params = usual;
    params.values[0] = alpha;
    for (const size_t offset : {0, 2, 1}) {
      const Case forward = {DType::kF16, Direction::kForward, false, 100, offset};
      const Case gradient = {DType::kF16, Direction::kGradient, true, 100, offset};
      jobs.push_back(JobOf(elu, forward, params));
      jobs.push_back(JobOf(elu, gradient, params));
    }
  }
  jobs.push_back(JobOf(gelu, kCases[1], *ResolveParams(gelu, {})));
  jobs.push_back(JobOf(gelu, kWithoutDy, *ResolveParams(gelu, {})));
  return jobs;
}

TEST(LookupsTogetherTest, HaveTheBitsOfTheCpuOnTheHost) { ExpectCpuBitsOnHost(JobsTogether()); }

TEST(LookupsTogetherTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsTogether());
}

TEST(LookupsTogetherTest, WriteOverTheirInputs) {
  ExpectCpuBitsOverInputOnHost(JobsTogether(), &Job::x);
}

TEST(LookupsTogetherTest, WriteOverTheirDy) {
  std::vector<Job> jobs = JobsTogether();
  std::erase_if(jobs, [](Job& job) { return job.dy.size() == 0; });
  ASSERT_FALSE(jobs.empty());
  ExpectCpuBitsOverInputOnHost(std::move(jobs), &Job::dy);
}

TEST(LookupsTogetherTest, WriteOverTheirInputsOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOverXOnGpu(JobsTogether());
}

}  // namespace
}  // namespace activation::cuda
