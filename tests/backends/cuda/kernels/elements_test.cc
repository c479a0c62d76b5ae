// Elementwise kernels of the CUDA backend against the CPU backend, bit for bit: as loops of
// the host everywhere, and on the GPU where there is one.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>
#include <random>

#include "gtest/gtest.h"
#include "src/backends/cuda/job_table.h"
#include "tests/accuracy/kind_case.h"
#include "tests/accuracy/sweep_inputs.h"
#include "tests/backends/cuda/kernels/tensors.h"
#include "tests/functions/any_params.h"

namespace activation::cuda {
namespace {

using Bytes = std::vector<std::byte>;

// Which inputs: how many of the proof's, how many of random bits, and how many whole ones with dy
// such that results are often in the middle between two elements. Zeros, infinities and NaN come in
// any case.
struct Inputs {
  uint64_t proof;
  size_t random;
  size_t whole;
};

void Append(const std::byte* from, size_t count, DType dtype, Bytes& bytes) {
  bytes.insert(bytes.end(), from, from + count * SizeOf(dtype));
}

void AppendNumbers(const std::vector<double>& values, DType dtype, Bytes& bytes) {
  const accuracy::Elements elements(dtype, values);
  Append(static_cast<const std::byte*>(elements.data()), elements.size(), dtype, bytes);
}

// Above zero.
double LeastNumber(DType dtype) {
  switch (dtype) {
    case DType::kF32:
      return 0x1p-149;
    case DType::kF64:
      return 0x1p-1074;
    case DType::kF16:
      return 0x1p-24;
    case DType::kBF16:
      break;
  }
  return 0x1p-133;
}

// x and, where there is one, dy.
Job JobOf(const Evaluation& evaluation, bool with_dy, const Inputs& inputs) {
  accuracy::SweepOptions options;
  options.dtype = evaluation.dtype;
  options.samples = inputs.proof;
  options.with_dy = with_dy;
  accuracy::SweepInputs sweep(options);
  const uint64_t total = accuracy::InputCount(options);
  Bytes x;
  Bytes dy;
  for (uint64_t first = 0; first < total; first += accuracy::kSweepBlock) {
    sweep.Fill(first, std::min<uint64_t>(accuracy::kSweepBlock, total - first));
    Append(sweep.x(), sweep.count(), evaluation.dtype, x);
    if (with_dy) Append(sweep.dy(), sweep.count(), evaluation.dtype, dy);
  }
  std::mt19937_64 random(evaluation.function);
  for (size_t i = 0; i < inputs.random; ++i) {
    const uint64_t words[2] = {random(), random()};
    Append(reinterpret_cast<const std::byte*>(&words[0]), 1, evaluation.dtype, x);
    if (with_dy) Append(reinterpret_cast<const std::byte*>(&words[1]), 1, evaluation.dtype, dy);
  }
  std::vector<double> whole_x;
  std::vector<double> whole_dy;
  for (size_t i = 0; i < inputs.whole; ++i) {
    whole_x.push_back((static_cast<double>(random() % 129) - 64) / 4);
    const auto size = static_cast<double>(1 + random() % 200);
    // Of the size of x, or whole multiples of the least number there is.
    const double unit = i % 2 == 0 ? 1 : LeastNumber(evaluation.dtype);
    whole_dy.push_back(random() % 2 == 0 ? size * unit : -size * unit);
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  for (const double special : {kInfinity, -kInfinity, 0.0, -0.0, kNan}) {
    for (const double special_dy : {1.0, -0.5, 0.0, -0.0, kInfinity, -kInfinity, kNan}) {
      whole_x.push_back(special);
      whole_dy.push_back(special_dy);
    }
  }
  AppendNumbers(whole_x, evaluation.dtype, x);
  if (with_dy) AppendNumbers(whole_dy, evaluation.dtype, dy);
  Job job;
  job.evaluation = evaluation;
  job.evaluation.count = x.size() / SizeOf(evaluation.dtype);
  job.x = GuardedBytes(std::move(x), 0);
  if (with_dy) job.dy = GuardedBytes(std::move(dy), 0);
  MakeOutputs(job, false, false, 0);
  return job;
}

// Every dtype, tier, direction and some parameters of a function.
std::vector<Job> JobsOf(FunctionId function, const Inputs& inputs, const Inputs& of_others) {
  std::vector<Job> jobs;
  const std::vector<Params> params = AnyParams(function);
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      if (tier == Tier::kFast && dtype != DType::kF32) continue;
      for (size_t set = 0; set < params.size(); ++set) {
        Evaluation evaluation;
        evaluation.function = function;
        evaluation.params = params[set];
        evaluation.dtype = dtype;
        evaluation.tier = tier;
        const Inputs& wanted = set == 0 ? inputs : of_others;
        jobs.push_back(JobOf(evaluation, false, wanted));
        evaluation.direction = Direction::kGradient;
        jobs.push_back(JobOf(evaluation, true, wanted));
        jobs.push_back(JobOf(evaluation, false, of_others));
      }
    }
  }
  return jobs;
}

class ElementsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(ElementsTest, HaveTheBitsOfTheCpuOnTheHost) {
  ExpectCpuBitsOnHost(JobsOf(GetParam(), {1 << 16, 1 << 12, 1 << 12}, {1 << 12, 1 << 10, 1 << 11}));
}

// ACTIVATION_GPU_INPUTS of them, 2^24 where it is not set.
uint64_t InputsOnTheGpu() {
  const char* const inputs = std::getenv("ACTIVATION_GPU_INPUTS");
  return inputs == nullptr ? uint64_t{1} << 24 : std::strtoull(inputs, nullptr, 10);
}

TEST_P(ElementsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  const uint64_t inputs = InputsOnTheGpu();
  ASSERT_GT(inputs, 0U);
  ExpectCpuBitsOnGpu(JobsOf(GetParam(), {inputs, inputs / 16, 1 << 16},
                            {std::min(inputs, uint64_t{1} << 20), 1 << 12, 1 << 16}));
}

INSTANTIATE_TEST_SUITE_P(Functions, ElementsTest,
                         ::testing::Range<FunctionId>(0, ElementwiseFunctions().size()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

// Parameters in the middle between two elements of 16 bits, next to one, and so little beside the
// middle that a float holds them no more: rounded twice they would be other elements.
std::vector<Job> JobsOfParametersBetweenElements() {
  std::vector<Job> jobs;
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    const double middle = 1 + (dtype == DType::kF16 ? 0x1p-11 : 0x1p-8);
    for (const double size : {middle, middle + 0x1p-40, middle - 0x1p-40, middle + 0x1p-13,
                              1 + 0x1p-40, 0x1p-300, 0x1p-25, 0x1p-134, 65519.9999, 65520.0}) {
      for (const double sign : {1, -1}) {
        for (const char* name : {"clip", "hard_tanh", "threshold", "hardshrink", "softshrink"}) {
          Evaluation evaluation;
          evaluation.function = *FindFunction(name);
          evaluation.params.values = {sign * size, sign < 0 ? size : 2 * size};
          if (Catalogue()[evaluation.function].params[0].minimum == 0) {
            evaluation.params.values = {size, 0};
          }
          evaluation.dtype = dtype;
          const Inputs inputs = {1 << 12, 1 << 10, 1 << 8};
          jobs.push_back(JobOf(evaluation, false, inputs));
          evaluation.direction = Direction::kGradient;
          jobs.push_back(JobOf(evaluation, true, inputs));
        }
      }
    }
  }
  return jobs;
}

TEST(ElementsParametersTest, BetweenElementsAreRoundedOnceOnTheHost) {
  ExpectCpuBitsOnHost(JobsOfParametersBetweenElements());
}

TEST(ElementsParametersTest, BetweenElementsAreRoundedOnceOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOfParametersBetweenElements());
}

// Of swish with a beta so little that its limits are no floats.
std::vector<Job> JobsOfTinyBetas() {
  std::vector<Job> jobs;
  for (const DType dtype : kAllDTypes) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      if (tier == Tier::kFast && dtype != DType::kF32) continue;
      for (const double size : {0.0, 9e-37, 8e-37, 1e-37, 1e-40, 1e-45, 1e-300, 5e-324}) {
        for (const double sign : {1, -1}) {
          Evaluation evaluation;
          evaluation.function = *FindFunction("swish");
          evaluation.params.values = {sign * size, 0};
          evaluation.dtype = dtype;
          evaluation.tier = tier;
          const Inputs inputs = {1 << 12, 1 << 8, 1 << 8};
          jobs.push_back(JobOf(evaluation, false, inputs));
          evaluation.direction = Direction::kGradient;
          jobs.push_back(JobOf(evaluation, true, inputs));
        }
      }
    }
  }
  return jobs;
}

TEST(ElementsParametersTest, TinyBetasHaveTheBitsOfTheCpuOnTheHost) {
  ExpectCpuBitsOnHost(JobsOfTinyBetas());
}

TEST(ElementsParametersTest, TinyBetasHaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOfTinyBetas());
}

// Lengths and addresses: whole vectors, tails, tensors that begin between elements.
std::vector<Job> JobsOfAwkwardShape() {
  std::vector<Job> jobs;
  std::mt19937_64 random(7);
  const auto bytes = [&](size_t count) {
    Bytes made(count);
    for (std::byte& byte : made) byte = static_cast<std::byte>(random());
    return made;
  };
  for (const DType dtype : kAllDTypes) {
    const size_t size = SizeOf(dtype);
    for (const size_t count : {0, 1, 2, 15, 64, 255, 256, 257, 1023, 1024, 4099}) {
      for (const size_t offset : {size_t{0}, size_t{16}, size, size_t{1}}) {
        Job job;
        job.evaluation.function = jobs.size() % ElementwiseFunctions().size();
        job.evaluation.params = *ResolveParams(job.evaluation.function, {});
        job.evaluation.dtype = dtype;
        job.evaluation.direction =
            jobs.size() % 3 == 0 ? Direction::kForward : Direction::kGradient;
        job.evaluation.count = count;
        job.x = GuardedBytes(bytes(count * size), offset);
        if (jobs.size() % 3 == 1)
          job.dy = GuardedBytes(bytes(count * size), jobs.size() % 2 * offset);
        MakeOutputs(job, false, false, jobs.size() % 5 == 0 ? 1 : offset);
        jobs.push_back(std::move(job));
      }
    }
  }
  return jobs;
}

TEST(ElementsShapeTest, TakesAnyLengthAtAnyAddressInOneTable) {
  ExpectCpuBitsOnHost(JobsOfAwkwardShape());
}

TEST(ElementsShapeTest, TakesAnyLengthAtAnyAddressOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOfAwkwardShape());
}

// Without dy, all in one direction.
std::vector<Job> JobsOverTheirInputs(Direction direction) {
  std::vector<Job> jobs = JobsOfAwkwardShape();
  for (Job& job : jobs) {
    job.evaluation.direction = direction;
    job.dy = GuardedBytes();
  }
  return jobs;
}

TEST(ElementsShapeTest, WritesOverItsInput) {
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    ExpectCpuBitsOverInputOnHost(JobsOverTheirInputs(direction), &Job::x);
  }
}

TEST(ElementsShapeTest, WritesOverItsInputOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    ExpectCpuBitsOverXOnGpu(JobsOverTheirInputs(direction));
  }
}

}  // namespace
}  // namespace activation::cuda
