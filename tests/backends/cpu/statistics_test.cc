// Statistics against their definition, computed from the tensors that the backend returns
// without them.
#include "src/backends/cpu/statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <future>
#include <limits>
#include <random>
#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cpu/evaluate.h"
#include "src/backends/half.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();

absl::Status RunToEnd(Backend& backend, const std::vector<Evaluation>& evaluations) {
  std::promise<absl::Status> promise;
  backend.Run(
      evaluations, [] { return absl::OkStatus(); },
      [&](absl::Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

std::vector<float> NormalValues(size_t count, float deviation) {
  std::mt19937 random(7);
  std::normal_distribution<float> normal(0, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = normal(random);
  return values;
}

// The bytes of `values` in a dtype.
template <class T>
std::vector<std::byte> BytesOf(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

// Elements of any dtype as numbers; another way than the backend's.
std::vector<double> NumbersOf(DType dtype, const std::vector<std::byte>& bytes) {
  std::vector<double> numbers(bytes.size() / SizeOf(dtype));
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::byte* const at = bytes.data() + i * SizeOf(dtype);
    if (dtype == DType::kF64) {
      std::memcpy(&numbers[i], at, sizeof(double));
    } else if (dtype == DType::kF32) {
      float value = 0;
      std::memcpy(&value, at, sizeof(value));
      numbers[i] = value;
    } else {
      uint16_t bits = 0;
      std::memcpy(&bits, at, sizeof(bits));
      numbers[i] = dtype == DType::kF16 ? FloatOfF16(bits) : FloatOfBF16(bits);
    }
  }
  return numbers;
}

std::vector<std::byte> Evaluated(Evaluation evaluation, Direction direction) {
  std::vector<std::byte> out(evaluation.count * SizeOf(evaluation.dtype));
  evaluation.direction = direction;
  evaluation.dy = nullptr;
  evaluation.statistics = nullptr;
  evaluation.out = out.data();
  EvaluateStretch(BestKernels(), evaluation, 0, evaluation.count);
  return out;
}

// By the definition, in long double.
TensorStatistics Defined(const Evaluation& evaluation) {
  const auto y = NumbersOf(evaluation.dtype, Evaluated(evaluation, Direction::kForward));
  const auto slope = NumbersOf(evaluation.dtype, Evaluated(evaluation, Direction::kGradient));
  TensorStatistics wanted;
  wanted.elements = y.size();
  long double sum = 0;
  long double slopes = 0;
  long double finite = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    if (!std::isfinite(y[i]) || !std::isfinite(slope[i])) {
      ++wanted.non_finite;
      continue;
    }
    ++finite;
    if (y[i] == 0) ++wanted.zeros;
    if (slope[i] == 0) ++wanted.dead;
    if (std::abs(slope[i]) < 1e-3) ++wanted.saturated;
    sum += y[i];
    slopes += static_cast<long double>(slope[i]) * slope[i];
  }
  const long double mean = sum / finite;
  long double squares = 0;
  for (size_t i = 0; i < y.size(); ++i) {
    if (std::isfinite(y[i]) && std::isfinite(slope[i])) squares += (y[i] - mean) * (y[i] - mean);
  }
  wanted.mean = static_cast<double>(mean);
  wanted.variance = static_cast<double>(squares / finite);
  wanted.gradient_gain = static_cast<double>(slopes / finite);
  return wanted;
}

void ExpectNear(double wanted, double got) {
  EXPECT_NEAR(got, wanted, 4e-15 * std::abs(wanted) + 1e-300);
}

void ExpectAsDefined(const TensorStatistics& wanted, const TensorStatistics& got) {
  EXPECT_EQ(got.elements, wanted.elements);
  EXPECT_EQ(got.non_finite, wanted.non_finite);
  EXPECT_EQ(got.zeros, wanted.zeros);
  EXPECT_EQ(got.dead, wanted.dead);
  EXPECT_EQ(got.saturated, wanted.saturated);
  ExpectNear(wanted.mean, got.mean);
  ExpectNear(wanted.variance, got.variance);
  ExpectNear(wanted.gradient_gain, got.gradient_gain);
}

void ExpectSameBits(const TensorStatistics& wanted, const TensorStatistics& got) {
  using Bits = std::array<uint64_t, sizeof(TensorStatistics) / sizeof(uint64_t)>;
  EXPECT_EQ(std::bit_cast<Bits>(wanted), std::bit_cast<Bits>(got))
      << got.mean << " " << got.variance << " " << got.gradient_gain;
}

TEST(StatisticsTest, OfEveryFunctionAndTypeAreAsDefined) {
  // Wide, so that every tail is met; and numbers that are none.
  std::vector<float> x = NormalValues(1500, 5);
  x[3] = kInf;
  x[700] = -kInf;
  x[1400] = std::numeric_limits<float>::quiet_NaN();
  x[20] = 0;
  const auto backend = MakeCpuBackend(1);
  for (FunctionId id = 0; id < ElementwiseFunctions().size(); ++id) {
    for (const DType dtype : {DType::kF32, DType::kF64, DType::kF16, DType::kBF16}) {
      SCOPED_TRACE(std::string(Catalogue()[id].name) + " " + std::string(Name(dtype)));
      std::vector<std::byte> in;
      if (dtype == DType::kF64) {
        in = BytesOf(std::vector<double>(x.begin(), x.end()));
      } else if (dtype == DType::kF32) {
        in = BytesOf(x);
      } else {
        std::vector<uint16_t> halves;
        for (const float value : x) {
          halves.push_back(dtype == DType::kF16 ? F16OfFloat(value) : BF16OfFloat(value));
        }
        in = BytesOf(halves);
      }
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        Evaluation evaluation = Make(id, direction, dtype, x.size());
        std::vector<std::byte> out(in.size());
        TensorStatistics got;
        evaluation.x = in.data();
        evaluation.out = out.data();
        evaluation.statistics = &got;
        ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
        ExpectAsDefined(Defined(evaluation), got);
        // The result is what it is without statistics.
        EXPECT_EQ(out, Evaluated(evaluation, direction));
      }
    }
  }
}

TEST(StatisticsTest, AreTheSameBitsHoweverTheWorkIsDivided) {
  constexpr size_t kCount = 300'007;
  const std::vector<float> x = NormalValues(kCount, 3);
  const std::vector<float> dy = NormalValues(kCount, 1);
  std::vector<float> out(kCount);
  TensorStatistics first;
  Evaluation evaluation = Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, kCount);
  evaluation.x = x.data();
  evaluation.out = out.data();
  evaluation.statistics = &first;
  ASSERT_TRUE(RunToEnd(*MakeCpuBackend(3), {evaluation}).ok());
  ExpectAsDefined(Defined(evaluation), first);
  // One thread, the elements in another order, and the gradient's call with a dy.
  StatisticsSums whole;
  EvaluateWithStatistics(BestKernels(), evaluation, 0, kCount, &whole);
  ExpectSameBits(first, whole.Total());
  StatisticsSums parts;
  for (size_t end = kCount; end > 0;) {
    const size_t begin = end - std::min<size_t>(end, 1009);
    StatisticsSums part;
    EvaluateWithStatistics(BestKernels(), evaluation, begin, end - begin, &part);
    parts.Add(part);
    end = begin;
  }
  ExpectSameBits(first, parts.Total());
  TensorStatistics of_gradient;
  evaluation.direction = Direction::kGradient;
  evaluation.dy = dy.data();
  evaluation.statistics = &of_gradient;
  ASSERT_TRUE(RunToEnd(*MakeCpuBackend(2), {evaluation}).ok());
  ExpectSameBits(first, of_gradient);
  // And on every instruction set.
  for (const KernelSet& kernels : AllKernels()) {
    TensorStatistics got;
    evaluation.statistics = &got;
    ASSERT_TRUE(RunToEnd(*MakeCpuBackend(kernels, 2), {evaluation}).ok());
    ExpectSameBits(first, got);
  }
}

// That the sums above are each set's own.
TEST(StatisticsTest, EachInstructionSetHasItsOwnSums) {
  if (AllKernels().size() == 1) GTEST_SKIP() << "this machine runs one instruction set";
  std::set<decltype(KernelSet::sum_block)> kernels;
  for (const KernelSet& set : AllKernels()) kernels.insert(set.sum_block);
  EXPECT_EQ(kernels.size(), AllKernels().size());
  EXPECT_EQ(kernels.count(nullptr), 0u);
}

TEST(StatisticsTest, WithoutAResultAreTheSameBits) {
  const std::vector<float> x = NormalValues(100'003, 3);
  std::vector<float> out(x.size());
  const auto backend = MakeCpuBackend(2);
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    // By the workers, and in the calling thread.
    for (const size_t count : {x.size(), size_t{1000}}) {
      Evaluation evaluation = Make(*FindFunction("swish"), direction, DType::kF32, count);
      std::array<double, kMaxParams> wanted_sums{}, sums{};
      TensorStatistics wanted, got;
      const bool gradient = direction == Direction::kGradient;
      evaluation.x = x.data();
      evaluation.dy = gradient ? x.data() : nullptr;
      evaluation.out = out.data();
      evaluation.parameter_gradients = gradient ? wanted_sums.data() : nullptr;
      evaluation.statistics = &wanted;
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      evaluation.out = nullptr;
      evaluation.parameter_gradients = gradient ? sums.data() : nullptr;
      evaluation.statistics = &got;
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      ExpectSameBits(wanted, got);
      EXPECT_EQ(sums, wanted_sums);
    }
  }
}

TEST(StatisticsTest, OfAResultThatReplacesItsInput) {
  std::vector<float> x = NormalValues(5000, 1);
  TensorStatistics wanted;
  std::vector<float> out(x.size());
  Evaluation evaluation = Make(*FindFunction("mish"), Direction::kForward, DType::kF32, x.size());
  evaluation.x = x.data();
  evaluation.out = out.data();
  evaluation.statistics = &wanted;
  const auto backend = MakeCpuBackend(1);
  ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
  for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
    std::vector<float> both = x;
    TensorStatistics got;
    evaluation.direction = direction;
    evaluation.x = both.data();
    evaluation.out = both.data();
    evaluation.statistics = &got;
    ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
    ExpectSameBits(wanted, got);
  }
}

// A mean that is large beside the deviation leaves the variance all its digits, and numbers
// that no two words hold together are added up all the same.
TEST(StatisticsTest, LoseNothingToCancellation) {
  std::vector<double> x;
  for (int i = 0; i < 4000; ++i) x.push_back(1e9 + (i % 2 == 0 ? 0.25 : -0.25));
  std::vector<double> out(x.size());
  TensorStatistics got;
  Evaluation evaluation =
      Make(*FindFunction("identity"), Direction::kForward, DType::kF64, x.size());
  evaluation.x = x.data();
  evaluation.out = out.data();
  evaluation.statistics = &got;
  const auto backend = MakeCpuBackend(1);
  ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
  EXPECT_EQ(got.mean, 1e9);
  EXPECT_EQ(got.variance, 0.0625);
  EXPECT_EQ(got.gradient_gain, 1);
  x.assign(x.size(), 0);
  x[0] = 1e300;
  x[1] = 1;
  x[2] = -1e300;
  x[3] = 0x1p-1000;
  ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
  EXPECT_EQ(got.mean, 1.0 / 4000);
  EXPECT_EQ(got.variance, std::numeric_limits<double>::infinity());
}

TEST(StatisticsTest, OfNothingAreNoNumbers) {
  TensorStatistics got;
  Evaluation evaluation = Make(*FindFunction("relu"), Direction::kForward, DType::kF32, 0);
  evaluation.statistics = &got;
  ASSERT_TRUE(RunToEnd(*MakeCpuBackend(1), {evaluation}).ok());
  EXPECT_EQ(got.elements, 0u);
  EXPECT_TRUE(std::isnan(got.mean) && std::isnan(got.variance) && std::isnan(got.gradient_gain));
}

}  // namespace
}  // namespace activation
