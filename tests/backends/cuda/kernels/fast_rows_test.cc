// Row-wise functions of floats in the FAST tier against the CPU backend, bit for bit, of rows for
// which floats do and of such for which they do not: as loops of the host everywhere, and on the
// GPU where there is one.
#include <cmath>
#include <cstring>
#include <random>

#include "gtest/gtest.h"
#include "tests/backends/cuda/kernels/tensors.h"

namespace activation::cuda {
namespace {

constexpr float kInfinite = INFINITY;

// Of every number of elements that threads hold of a row, its first and its last length; of one,
// some and many rows in a tile; in one part and in several, the last of them whole or not; side by
// side and one below the other.
constexpr Layout kLayouts[] = {
    {150, 1, 1},   {40, 2, 1},    {40, 7, 1},    {70, 16, 1},   {35, 17, 1},   {150, 64, 1},
    {35, 65, 1},   {19, 128, 1},  {26, 129, 1},  {40, 130, 1},  {26, 256, 1},  {26, 257, 1},
    {35, 511, 1},  {35, 512, 1},  {20, 513, 1},  {13, 1024, 1}, {17, 1500, 1}, {13, 2048, 1},
    {13, 2049, 1}, {13, 4096, 1}, {13, 4097, 1}, {13, 8192, 1}, {13, 8193, 1}, {13, 20000, 1},
    {3, 1, 50},    {3, 16, 13},   {3, 20, 13},   {2, 64, 64},   {6, 70, 5},    {2, 128, 40},
    {2, 129, 40},  {2, 256, 20},  {2, 257, 20},  {1, 512, 20},  {2, 600, 7},   {1, 3000, 13}};

// What a row is like.
enum class Rows : uint8_t {
  kUsual,
  kFirstFarBelow,  // so that its first element does not scale it
  kOneAbove,       // hardly more than the top
  kOneFarAbove,    // nothing else counts
  kTwoAbove,       // the top twice
  kLarge,          // floats do
  kTooLarge,       // floats do not
  kEqual,
  kMinusInfiniteFirst,
  kMinusInfinite,
  kInfiniteOnce,
  kNan,
  kCount,
};

enum class Dys : uint8_t { kUsual, kEqual, kZero, kTiny, kHuge, kInfiniteOnce, kNan, kCount };

class Maker {
 public:
  float X(Rows rows, size_t i, size_t n) {
    const float usual = normal_(random_) * 3;
    const bool is_chosen = i == n * 2 / 3;
    switch (rows) {
      case Rows::kFirstFarBelow:
        return i == 0 ? -100 : usual;
      case Rows::kOneAbove:
        return is_chosen ? 25 : usual;
      case Rows::kOneFarAbove:
        return is_chosen ? 110 : usual;
      case Rows::kTwoAbove:
        return is_chosen || i + 1 == n ? 30 : usual;
      case Rows::kLarge:
        return 8000 + usual;
      case Rows::kTooLarge:
        return 20000 + usual;
      case Rows::kEqual:
        return 1.25F;
      case Rows::kMinusInfiniteFirst:
        return i % 5 == 0 ? -kInfinite : usual;
      case Rows::kMinusInfinite:
        return -kInfinite;
      case Rows::kInfiniteOnce:
        return is_chosen ? kInfinite : usual;
      case Rows::kNan:
        return is_chosen ? NAN : usual;
      case Rows::kUsual:
      case Rows::kCount:
        break;
    }
    return usual;
  }

  float Dy(Dys dys, size_t i, size_t n) {
    const float usual = normal_(random_);
    switch (dys) {
      case Dys::kEqual:
        return 0.75F;
      case Dys::kZero:
        return 0;
      case Dys::kTiny:
        return usual * 0x1p-140F;
      case Dys::kHuge:
        return usual * 0x1p60F;
      case Dys::kInfiniteOnce:
        return i == n / 2 ? kInfinite : usual;
      case Dys::kNan:
        return i == n / 2 ? NAN : usual;
      case Dys::kUsual:
      case Dys::kCount:
        break;
    }
    return usual;
  }

 private:
  std::mt19937 random_{5};
  std::normal_distribution<float> normal_;
};

GuardedBytes TensorOf(const std::vector<float>& values, size_t offset) {
  std::vector<std::byte> bytes(values.size() * sizeof(float));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return {std::move(bytes), offset};
}

// Every sort of row and, of gradients, every sort of dy with it.
Job JobOf(FunctionId function, const Layout& layout, bool with_dy, size_t offset, Maker& maker) {
  const size_t count = layout.outer * layout.extent * layout.inner;
  std::vector<float> x(count);
  std::vector<float> dy(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t row = i / layout.extent / layout.inner * layout.inner + i % layout.inner;
    const size_t in_row = i / layout.inner % layout.extent;
    constexpr auto kRows = static_cast<size_t>(Rows::kCount);
    constexpr auto kDys = static_cast<size_t>(Dys::kCount);
    x[i] = maker.X(static_cast<Rows>(row % kRows), in_row, layout.extent);
    // With each sort of row another time.
    dy[i] = maker.Dy(static_cast<Dys>((row + row / kRows) % kDys), in_row, layout.extent);
  }
  Job job;
  job.evaluation.function = function;
  job.evaluation.params = *ResolveParams(function, {});
  job.evaluation.tier = Tier::kFast;
  job.evaluation.count = count;
  job.evaluation.layout = layout;
  job.x = TensorOf(x, offset);
  if (with_dy) job.dy = TensorOf(dy, offset);
  return job;
}

// Forward, a gradient and one without dy, of every layout; some of which begin between elements.
std::vector<Job> JobsOf(FunctionId function, absl::Span<const size_t> offsets) {
  std::vector<Job> jobs;
  Maker maker;
  for (const Layout& layout : kLayouts) {
    for (const int way : {0, 1, 2}) {
      const size_t offset = offsets[jobs.size() % offsets.size()];
      Job job = JobOf(function, layout, way == 1, offset, maker);
      job.evaluation.direction = way == 0 ? Direction::kForward : Direction::kGradient;
      MakeOutputs(job, false, false, offset);
      jobs.push_back(std::move(job));
    }
  }
  return jobs;
}

constexpr size_t kAligned[] = {0};
constexpr size_t kBetween[] = {1, 2, 3};

std::vector<FunctionId> RowFunctions() {
  std::vector<FunctionId> functions;
  for (FunctionId id = 0; id < Catalogue().size(); ++id) {
    if (Catalogue()[id].kind == Kind::kRowWise) functions.push_back(id);
  }
  return functions;
}

// Of results that take the place of x.
void ExpectCpuBitsInPlaceOnHost(std::vector<Job> jobs) {
  std::vector<Job> found = jobs;
  RunOnCpu(jobs);
  std::vector<Evaluation> evaluations;
  for (Job& job : found) {
    evaluations.push_back(job.Bound());
    evaluations.back().out = job.x.data();
  }
  RunOnHost(evaluations);
  for (Job& job : found) job.out = std::move(job.x);
  ExpectSameBits(jobs, found);
}

class FastRowsTest : public ::testing::TestWithParam<FunctionId> {};

TEST_P(FastRowsTest, HaveTheBitsOfTheCpuOnTheHost) {
  ExpectCpuBitsOnHost(JobsOf(GetParam(), kAligned));
}

TEST_P(FastRowsTest, HaveTheBitsOfTheCpuBetweenElementsOnTheHost) {
  ExpectCpuBitsOnHost(JobsOf(GetParam(), kBetween));
}

TEST_P(FastRowsTest, HaveTheBitsOfTheCpuInPlaceOnTheHost) {
  ExpectCpuBitsInPlaceOnHost(JobsOf(GetParam(), kAligned));
}

TEST_P(FastRowsTest, HaveTheBitsOfTheCpuOnTheGpu) {
  const std::string missing = MissingGpu();
  if (!missing.empty()) GTEST_SKIP() << "no GPU to run on: " << missing;
  ExpectCpuBitsOnGpu(JobsOf(GetParam(), kAligned));
  ExpectCpuBitsOnGpu(JobsOf(GetParam(), kBetween));
}

INSTANTIATE_TEST_SUITE_P(Functions, FastRowsTest, ::testing::ValuesIn(RowFunctions()),
                         [](const auto& function) { return Catalogue()[function.param].name; });

}  // namespace
}  // namespace activation::cuda
