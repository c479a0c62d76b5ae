// Row-wise functions in the EXACT tier against the CPU backend, bit for bit, of tiles in which some
// rows are in doubt or have no usual numbers and others have: to another tensor and in place, as
// loops of the host everywhere, and on the GPU where there is one.
#include <cmath>
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "tests/accuracy/kind_case.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

// Some rows a tile, one, and one that lanes do not keep; side by side and across.
constexpr Layout kLayouts[] = {{300, 4, 1},  {40, 7, 1},  {70, 64, 1},  {6, 1500, 1}, {3, 4504, 1},
                               {3, 4501, 1}, {2, 64, 40}, {2, 700, 20}, {1, 40000, 1}};
constexpr DType kDTypes[] = {DType::kF32, DType::kF16, DType::kBF16};

enum class Rows : uint8_t { kUsual, kDoubtful, kUnusual, kCount };

// The least number above one is 1 + that.
double SpacingOf(DType dtype) {
  return dtype == DType::kF32 ? 0x1p-23 : dtype == DType::kF16 ? 0x1p-10 : 0x1p-7;
}

struct RowCase {
  std::string function;
  DType dtype;
  Direction direction;

  // Of doubtful rows. Four are the top, so that a gradient is in the middle between two elements;
  // log_softmax has results there but for what the sum is above one; and softmax of two tops that
  // are hardly apart is a little below a half.
  double X(size_t i) const {
    if (direction == Direction::kGradient) return i < 4 ? 0 : -1000;
    if (function == "log_softmax") return i == 0 ? 0.5 : -2 - 1 / SpacingOf(dtype);
    return i == 0 ? 0 : i == 1 ? -SpacingOf(dtype) / 2 : -1000;
  }
  double Dy(size_t i) const { return i == 0 ? 1 + SpacingOf(dtype) : 0; }
};

GuardedBytes TensorOf(DType dtype, const std::vector<double>& values) {
  const accuracy::Elements elements(dtype, values);
  const auto* const bytes = static_cast<const std::byte*>(elements.data());
  return {{bytes, bytes + values.size() * SizeOf(dtype)}, 0};
}

Job JobOf(FunctionId function, DType dtype, Direction direction, const Layout& layout) {
  const RowCase row_case = {Catalogue()[function].name, dtype, direction};
  const size_t count = layout.outer * layout.extent * layout.inner;
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::vector<double> x(count);
  std::vector<double> dy(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t row = i / layout.extent / layout.inner * layout.inner + i % layout.inner;
    const size_t in_row = i / layout.inner % layout.extent;
    const auto sort = static_cast<Rows>(row % static_cast<size_t>(Rows::kCount));
    const bool is_doubtful = sort == Rows::kDoubtful || layout.outer == 1;
    const double sign = row_case.function == "softmin" ? -1 : 1;
    x[i] = is_doubtful ? row_case.X(in_row) * sign : normal(random) * 3;
    dy[i] = is_doubtful ? row_case.Dy(in_row) : normal(random);
    if (sort == Rows::kUnusual && in_row == layout.extent / 2) x[i] = row % 2 == 0 ? NAN : INFINITY;
  }
  Job job;
  job.evaluation.function = function;
  job.evaluation.params = *ResolveParams(function, {});
  job.evaluation.dtype = dtype;
  job.evaluation.direction = direction;
  job.evaluation.count = count;
  job.evaluation.layout = layout;
  job.x = TensorOf(dtype, x);
  if (direction == Direction::kGradient) job.dy = TensorOf(dtype, dy);
  MakeOutputs(job, false, false, 0);
  return job;
}

std::vector<Job> JobsOf(FunctionId function) {
  std::vector<Job> jobs;
  for (const DType dtype : kDTypes) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const Layout& layout : kLayouts) {
        jobs.push_back(JobOf(function, dtype, direction, layout));
      }
    }
  }
  return jobs;
}

std::vector<FunctionId> RowFunctions() {
  std::vector<FunctionId> functions;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    if (Catalogue()[id].kind == Kind::kRowWise) functions.push_back(id);
  }
  return functions;
}

class DoubtfulRowsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(DoubtfulRowsTest, HaveTheBitsOfTheCpuOnTheHost) { ExpectCpuBitsOnHost(JobsOf(GetParam())); }

TEST_P(DoubtfulRowsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOf(GetParam()));
}

TEST_P(DoubtfulRowsTest, AreWrittenOverTheirInput) {
  ExpectCpuBitsOverInputOnHost(JobsOf(GetParam()), &Job::x);
}

TEST_P(DoubtfulRowsTest, AreWrittenOverTheirInputOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOverXOnGpu(JobsOf(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Functions, DoubtfulRowsTest, ::testing::ValuesIn(RowFunctions()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

}  // namespace
}  // namespace activation::cuda
