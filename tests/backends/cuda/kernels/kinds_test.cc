// Kernels of the CUDA backend other than elementwise ones, and sums of gradients, against
// the CPU backend, bit for bit: as loops of the host everywhere, and on the GPU where there
// is one.
#include <cmath>
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/sum_order.h"
#include "tests/accuracy/kind_case.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

using accuracy::Draw;

// Tensors of one way to draw numbers, with special values among them if wanted.
class Maker {
 public:
  Maker(Draw draw, bool with_specials) : draw_(draw), with_specials_(with_specials) {}

  GuardedBytes Numbers(DType dtype, size_t count, size_t offset) {
    std::vector<double> values = accuracy::Numbers(draw_, dtype, count, random_);
    constexpr double kSpecials[] = {0.0, -0.0, kInfinity, -kInfinity, kNotANumber};
    for (double& value : values) {
      if (with_specials_ && random_() % 16 == 0) value = kSpecials[random_() % 5];
    }
    return These(dtype, values, offset);
  }

  bool with_specials() const { return with_specials_; }

  static GuardedBytes These(DType dtype, const std::vector<double>& values, size_t offset) {
    const size_t count = values.size();
    const accuracy::Elements elements(dtype, values);
    const auto* const bytes = static_cast<const std::byte*>(elements.data());
    return {bytes == nullptr ? std::vector<std::byte>()
                             : std::vector<std::byte>(bytes, bytes + count * SizeOf(dtype)),
            offset};
  }

 private:
  const Draw draw_;
  const bool with_specials_;
  std::mt19937_64 random_{3};
};

Evaluation Of(FunctionId function, DType dtype, Tier tier, Direction direction, size_t count) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = dtype;
  evaluation.tier = tier;
  evaluation.direction = direction;
  evaluation.count = count;
  return evaluation;
}

// Runs of an axis that vectors fit in and such that they do not, of one element and of
// none, and each extent empty.
constexpr Layout kLayouts[] = {{3, 2048, 1}, {7, 130, 1}, {5, 2, 1},     {6, 70, 5},
                               {2, 64, 64},  {9, 2, 257}, {1, 40000, 1}, {0, 4, 3},
                               {3, 0, 2},    {3, 4, 0},   {0, 0, 0}};

// Rows of one element, of what one lane, some of a warp, a warp, several and a block keep, and
// longer ones; in vectors and not, side by side and across.
constexpr Layout kRowLayouts[] = {
    {5, 1, 1},    {300, 2, 1},  {40, 7, 1},   {70, 16, 1},  {70, 64, 1},  {20, 130, 1}, {9, 256, 1},
    {5, 1024, 1}, {3, 2048, 1}, {2, 4096, 1}, {2, 4097, 1}, {1, 5000, 1}, {1, 9000, 1}, {6, 70, 5},
    {2, 64, 64},  {1, 700, 3},  {40, 1, 9},   {0, 4, 3},    {3, 0, 2},    {3, 4, 0},    {0, 0, 0}};

void AddGates(FunctionId function, DType dtype, Tier tier, Maker& maker, std::vector<Job>& jobs) {
  for (const Layout& layout : kLayouts) {
    for (const int way : {0, 1, 2}) {
      const size_t count = layout.outer * layout.extent * layout.inner;
      const Direction direction = way == 0 ? Direction::kForward : Direction::kGradient;
      Job job;
      job.evaluation = Of(function, dtype, tier, direction, count);
      job.evaluation.layout = layout;
      const size_t offset = jobs.size() % 4 == 3 ? 1 : 0;
      job.x = maker.Numbers(dtype, count, offset);
      if (way == 2) job.dy = maker.Numbers(dtype, count / 2, 0);
      MakeOutputs(job, false, false, offset);
      jobs.push_back(std::move(job));
    }
  }
}

void AddChannels(FunctionId function, DType dtype, Tier tier, Maker& maker,
                 std::vector<Job>& jobs) {
  for (const Layout& layout : kLayouts) {
    for (const int way : {0, 1, 2, 3}) {
      const size_t count = layout.outer * layout.extent * layout.inner;
      const Direction direction = way == 0 ? Direction::kForward : Direction::kGradient;
      Job job;
      job.evaluation = Of(function, dtype, tier, direction, count);
      job.evaluation.layout = layout;
      job.evaluation.weight_count = way == 3 ? 1 : layout.extent;
      const size_t offset = jobs.size() % 4 == 3 ? 1 : 0;
      job.x = maker.Numbers(dtype, count, offset);
      if (way >= 2) job.dy = maker.Numbers(dtype, count, 0);
      job.weight = maker.Numbers(dtype, job.evaluation.weight_count, offset);
      MakeOutputs(job, false, way != 0, offset);
      jobs.push_back(std::move(job));
    }
  }
}

void AddRows(FunctionId function, DType dtype, Tier tier, Maker& maker, std::vector<Job>& jobs) {
  for (const Layout& layout : kRowLayouts) {
    for (const int way : {0, 1, 2}) {
      const size_t count = layout.outer * layout.extent * layout.inner;
      const Direction direction = way == 0 ? Direction::kForward : Direction::kGradient;
      Job job;
      job.evaluation = Of(function, dtype, tier, direction, count);
      job.evaluation.layout = layout;
      const size_t offset = jobs.size() % 4 == 3 ? 1 : 0;
      job.x = maker.Numbers(dtype, count, offset);
      if (way == 2) job.dy = maker.Numbers(dtype, count, 0);
      MakeOutputs(job, false, false, offset);
      jobs.push_back(std::move(job));
    }
  }
}

// Gradients that round to zeros, whose signs hang on an element that is nothing beside the others.
void AddCancelledRow(FunctionId function, DType dtype, Tier tier, std::vector<Job>& jobs) {
  for (const double side : {-1.0, 1.0}) {
    for (const double far : {-1000.0, 1000.0, -0x1p-139, 0x1p-139}) {
      Job job;
      job.evaluation = Of(function, dtype, tier, Direction::kGradient, 6);
      job.evaluation.layout = {1, 6, 1};
      job.x = Maker::These(dtype, {0, 0, 0, 0, 100 * side, 101 * side}, 0);
      const bool is_small = std::fabs(far) < 1;
      job.dy = Maker::These(dtype,
                            is_small ? std::vector<double>{1, -3, 5, -3, 0, far}
                                     : std::vector<double>{1, 3, 5, 7, 4, far},
                            0);
      MakeOutputs(job, false, false, 0);
      jobs.push_back(std::move(job));
    }
  }
}

void AddSums(FunctionId function, DType dtype, Tier tier, Maker& maker, std::vector<Job>& jobs) {
  for (const size_t count : {0, 1, 9, 1000, 32768, 32769, 100003}) {
    // A long sum of any NaN is one, whatever else is in it.
    if (maker.with_specials() && count > 1000) break;
    Job job;
    job.evaluation = Of(function, dtype, tier, Direction::kGradient, count);
    job.x = maker.Numbers(dtype, count, 0);
    if (count != 9) job.dy = maker.Numbers(dtype, count, 1);
    MakeOutputs(job, true, false, 0);
    jobs.push_back(std::move(job));
  }
}

std::vector<Job> JobsOf(FunctionId function) {
  std::vector<Job> jobs;
  for (const Draw draw : accuracy::kAllDraws) {
    for (const bool with_specials : {false, true}) {
      Maker maker(draw, with_specials);
      for (const DType dtype : kAllDTypes) {
        for (const Tier tier : {Tier::kExact, Tier::kFast}) {
          if (tier == Tier::kFast && dtype != DType::kF32) continue;
          switch (Catalogue()[function].kind) {
            case Kind::kElementwise:
              AddSums(function, dtype, tier, maker, jobs);
              break;
            case Kind::kPerChannel:
              AddChannels(function, dtype, tier, maker, jobs);
              break;
            case Kind::kRowWise:
              AddRows(function, dtype, tier, maker, jobs);
              AddCancelledRow(function, dtype, tier, jobs);
              break;
            case Kind::kGated:
              AddGates(function, dtype, tier, maker, jobs);
              break;
          }
        }
      }
    }
  }
  return jobs;
}

// Functions that are not elementwise, those with gradients by parameters, and one without.
std::vector<FunctionId> Functions() {
  std::vector<FunctionId> functions = {*FindFunction("gelu")};
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    const FunctionInfo& info = Catalogue()[id];
    if (info.kind != Kind::kElementwise || info.params[0].differentiable) functions.push_back(id);
  }
  return functions;
}

class KindsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(KindsTest, HaveTheBitsOfTheCpuOnTheHost) { ExpectCpuBitsOnHost(JobsOf(GetParam())); }

TEST_P(KindsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOf(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Functions, KindsTest, ::testing::ValuesIn(Functions()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

GuardedBytes TensorOf(const std::vector<uint16_t>& halves) {
  std::vector<std::byte> bytes(halves.size() * sizeof(uint16_t));
  std::memcpy(bytes.data(), halves.data(), bytes.size());
  return {std::move(bytes), 0};
}

// So many sums that parts of them are added up by themselves, more than once for all threads. What
// one half adds the other takes away, so that nothing is left but what rounding made of the order.
Job JobOfManySums() {
  constexpr size_t kCount = 1030 * kSumElements + 8;
  constexpr uint16_t kOne = 0x3f80;
  constexpr uint16_t kMinus = 0x8000;
  std::mt19937 random(9);
  std::vector<uint16_t> x(kCount);
  std::vector<uint16_t> dy(kCount);
  for (size_t i = 0; i < kCount / 2; ++i) {
    // Negative numbers from 1 to 2^100.
    x[i] = x[kCount - 1 - i] = static_cast<uint16_t>(kMinus | (kOne + random() % (100 << 7)));
    dy[i] = kOne;
    dy[kCount - 1 - i] = kOne | kMinus;
  }
  Job job;
  job.evaluation =
      Of(*FindFunction("leaky_relu"), DType::kBF16, Tier::kExact, Direction::kGradient, kCount);
  job.x = TensorOf(x);
  job.dy = TensorOf(dy);
  MakeOutputs(job, true, false, 0);
  return job;
}

TEST(ManySumsTest, HaveTheBitsOfTheCpuOnTheHost) {
  std::vector<Job> wanted;
  wanted.push_back(JobOfManySums());
  std::vector<Job> found = wanted;
  RunOnCpu(wanted);
  RunOnHost(found);
  ExpectSameBits(wanted, found);
  // Which another order would change.
  double sum = 0;
  std::memcpy(&sum, wanted[0].parameter_gradients.data(), sizeof(sum));
  EXPECT_NE(sum, 0);
}

TEST(ManySumsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  std::vector<Job> wanted;
  wanted.push_back(JobOfManySums());
  std::vector<Job> found = wanted;
  RunOnCpu(wanted);
  ASSERT_EQ(RunOnGpu(found), "");
  ExpectSameBits(wanted, found);
}

}  // namespace
}  // namespace activation::cuda
