#include "src/backends/cpu/cpu_backend.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <future>
#include <random>
#include <thread>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/backends/cpu/evaluations.h"

namespace activation {
namespace {

absl::Status RunToEnd(
    Backend& backend, const std::vector<Evaluation>& evaluations,
    Interrupt interrupt = [] { return absl::OkStatus(); }) {
  std::promise<absl::Status> promise;
  backend.Run(evaluations, std::move(interrupt),
              [&](absl::Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

Evaluation Make(const char* function, Direction direction, DType dtype, size_t count) {
  return Make(*FindFunction(function), direction, dtype, count);
}

TEST(CpuBackendTest, TenMillionElementsInParallelEqualOneThread) {
  constexpr size_t kCount = 10'000'000;
  const auto backend = MakeCpuBackend(3);
  // A byte off, so that no element is aligned.
  std::vector<std::byte> x(kCount * sizeof(float) + 1);
  for (size_t i = 0; i < kCount; ++i) {
    const float value = static_cast<float>(i) * 2e-6F - 10;
    std::memcpy(x.data() + 1 + i * sizeof(float), &value, sizeof(value));
  }
  std::vector<std::byte> y(x.size());
  Evaluation evaluation = Make("gelu", Direction::kForward, DType::kF32, kCount);
  evaluation.tier = Tier::kFast;
  evaluation.x = x.data() + 1;
  evaluation.out = y.data() + 1;
  ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
  std::vector<std::byte> alone(y.size());
  evaluation.out = alone.data() + 1;
  EvaluateStretch(BestKernels(), evaluation, 0, kCount);
  EXPECT_EQ(y, alone);
}

TEST(CpuBackendTest, RunElsewhereLeavesTheCallingThreadAlone) {
  const auto backend = MakeCpuBackend(1);
  std::vector<float> x = {-1, 2};
  std::vector<float> y(2);
  Evaluation evaluation = Make("relu", Direction::kForward, DType::kF32, x.size());
  evaluation.x = x.data();
  evaluation.out = y.data();
  std::promise<std::thread::id> promise;
  backend->RunElsewhere(
      {evaluation}, [] { return absl::OkStatus(); },
      [&](const absl::Status&) { promise.set_value(std::this_thread::get_id()); });
  EXPECT_NE(promise.get_future().get(), std::this_thread::get_id());
  EXPECT_EQ(y, (std::vector<float>{0, 2}));
  // Nothing to do is done all the same.
  evaluation.count = 0;
  std::promise<absl::Status> none;
  backend->RunElsewhere(
      {evaluation}, [] { return absl::OkStatus(); },
      [&](absl::Status status) { none.set_value(std::move(status)); });
  EXPECT_TRUE(none.get_future().get().ok());
}

TEST(CpuBackendTest, ALargeTensorIsTheSameInPiecesAndWhereverItLies) {
  constexpr size_t kCount = 5'000'003;
  const auto backend = MakeCpuBackend(3);
  std::vector<float> x(kCount + 1);
  std::vector<float> dy(kCount + 1);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 4099) * 5e-3F - 10;
    dy[i] = static_cast<float>(i % 17) - 8;
  }
  for (const Tier tier : {Tier::kExact, Tier::kFast}) {
    for (const size_t offset : {0, 1}) {
      Evaluation evaluation = Make("hard_swish", Direction::kGradient, DType::kF32, kCount);
      evaluation.tier = tier;
      evaluation.x = x.data() + offset;
      evaluation.dy = dy.data() + 1 - offset;
      std::vector<float> in_pieces(kCount + offset);
      evaluation.out = in_pieces.data() + offset;
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      std::vector<float> alone(kCount);
      for (size_t begin = 0; begin < kCount; begin += 1000) {
        Evaluation part = evaluation;
        part.count = std::min<size_t>(1000, kCount - begin);
        part.x = x.data() + offset + begin;
        part.dy = dy.data() + 1 - offset + begin;
        part.out = alone.data() + begin;
        EvaluateStretch(BestKernels(), part, 0, part.count);
      }
      EXPECT_TRUE(std::equal(alone.begin(), alone.end(), in_pieces.begin() + offset))
          << Name(tier) << " " << offset;
    }
  }
}

TEST(CpuBackendTest, OutputMayBeTheInput) {
  const auto backend = MakeCpuBackend(2);
  for (const DType dtype : kAllDTypes) {
    for (const size_t count : {100, 100000}) {
      std::vector<std::byte> x = RandomBytes(count * SizeOf(dtype), 5);
      std::vector<std::byte> apart(x.size());
      Evaluation evaluation = Make("silu", Direction::kGradient, dtype, count);
      evaluation.x = x.data();
      evaluation.dy = x.data();
      evaluation.out = apart.data();
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      evaluation.out = x.data();
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      EXPECT_EQ(x, apart) << Name(dtype) << " " << count;
    }
  }
}

TEST(CpuBackendTest, AnInterruptEndsALargeRunBetweenPieces) {
  const auto backend = MakeCpuBackend(1);
  std::vector<float> x(1'000'000, 1.0F);
  std::vector<float> y(x.size(), -1.0F);
  Evaluation evaluation = Make("relu", Direction::kForward, DType::kF32, x.size());
  evaluation.x = x.data();
  evaluation.out = y.data();
  std::atomic<int> looks{0};
  const absl::Status status = RunToEnd(*backend, {evaluation}, [&] {
    return looks.fetch_add(1) < 3 ? absl::OkStatus() : absl::CancelledError("enough");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(y.front(), 1.0F);
  EXPECT_EQ(y.back(), -1.0F) << "the work should have stopped";
}

TEST(CpuBackendTest, ParameterGradientsAreSumsOverTheTensor) {
  const auto backend = MakeCpuBackend(2);
  for (const size_t count : {5, 1000, 200000}) {
    std::vector<float> x(count);
    std::vector<float> dy(count);
    long double slope = 0;
    long double beta = 0;
    for (size_t i = 0; i < count; ++i) {
      x[i] = static_cast<float>(std::sin(static_cast<double>(i)) * 3);
      dy[i] = static_cast<float>(std::cos(static_cast<double>(i) * 0.7));
      if (x[i] <= 0) slope += static_cast<long double>(dy[i]) * x[i];
      const long double s = 1 / (1 + std::exp(static_cast<long double>(-x[i])));
      beta += dy[i] * static_cast<long double>(x[i]) * x[i] * s * (1 - s);
    }
    std::vector<float> dx(count);
    for (const auto& [name, wanted] : {std::pair{"leaky_relu", slope}, std::pair{"swish", beta}}) {
      std::array<double, kMaxParams> gradients{};
      Evaluation evaluation = Make(name, Direction::kGradient, DType::kF32, count);
      evaluation.x = x.data();
      evaluation.dy = dy.data();
      evaluation.out = dx.data();
      evaluation.parameter_gradients = gradients.data();
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      EXPECT_NEAR(gradients[0], static_cast<double>(wanted), 1e-13 * static_cast<double>(count))
          << name;
      EXPECT_EQ(gradients[1], 0);
    }
  }
}

TEST(CpuBackendTest, ParameterGradientsHaveTheSameBitsOnAnyNumberOfThreads) {
  const size_t count = 150001;
  std::vector<float> x(count);
  for (size_t i = 0; i < count; ++i)
    x[i] = static_cast<float>(std::sin(static_cast<double>(i)) * 1e3);
  std::vector<float> dx(count);
  std::array<double, kMaxParams> first{};
  for (const KernelSet& kernels : AllKernels()) {
    for (const int threads : {1, 2, 5}) {
      std::array<double, kMaxParams> gradients{};
      const auto backend = MakeCpuBackend(kernels, threads);
      Evaluation evaluation = Make("swish", Direction::kGradient, DType::kF32, count);
      evaluation.x = x.data();
      evaluation.out = dx.data();
      evaluation.parameter_gradients = gradients.data();
      ASSERT_TRUE(RunToEnd(*backend, {evaluation}).ok());
      if (first[0] == 0) first = gradients;
      EXPECT_EQ(gradients, first) << kernels.target << " " << threads;
    }
  }
}

TEST(CpuBackendTest, ABatchMixesEverything) {
  const auto backend = MakeCpuBackend(2);
  std::vector<double> a = {-1, 0, 1};
  std::vector<float> b(70000, 3.0F);
  std::vector<double> a_out(3);
  std::vector<float> b_out(b.size());
  Evaluation first = Make("relu", Direction::kForward, DType::kF64, 3);
  first.x = a.data();
  first.out = a_out.data();
  Evaluation second = Make("relu6", Direction::kGradient, DType::kF32, b.size());
  second.x = b.data();
  second.out = b_out.data();
  const Evaluation empty = Make("gelu", Direction::kForward, DType::kF16, 0);
  ASSERT_TRUE(RunToEnd(*backend, {first, empty, second}).ok());
  EXPECT_EQ(a_out, (std::vector<double>{0, 0, 1}));
  EXPECT_EQ(b_out, std::vector<float>(b.size(), 1.0F));
}

TEST(CpuBackendTest, TheBaselineIsAlwaysThere) {
  EXPECT_GE(AllKernels().size(), 1U);
  EXPECT_EQ(InstructionSet(), AllKernels()[0].target);
#if defined(__x86_64__)
  EXPECT_EQ(AllKernels().back().target, "SCALAR");
#endif
}

}  // namespace
}  // namespace activation
