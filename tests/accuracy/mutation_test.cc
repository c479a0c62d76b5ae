// A coefficient that is wrong in its last bits does not pass: the formula of
// EXACT is built with the coefficients as they are and with one altered by
// 2^-28, far below a unit of a float.
#include <cmath>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/judge.h"

namespace activation {
namespace as_written {
double QuickSigmoid(double x);
}  // namespace as_written
namespace altered {
double QuickSigmoid(double x);
}  // namespace altered

namespace accuracy {
namespace {

// kErrorUnits of exact_kernels.cc, which the rounding test rests on.
constexpr double kProvedBound = 0x1p9 * 0x1p-52;

struct Findings {
  double relative_error = 0;
  uint64_t misrounds = 0;  // of the results rounded to f32
};

Findings Judged(double (*formula)(double)) {
  SweepOptions options;
  options.function = *FindFunction("sigmoid");
  const Expression expression(Catalogue()[options.function]);
  BlockReference reference(expression, options.params);
  NarrowJudge judge(options, expression);
  Findings findings;
  Tally tally;
  std::array<double, kBlockLanes> x{};
  std::array<double, kBlockLanes> rounded{};
  for (int block = 0; block < 4096; ++block) {
    for (size_t i = 0; i < kBlockLanes; ++i) {
      x[i] = static_cast<float>(-16 + 32.0 * (block + static_cast<double>(i) / kBlockLanes) / 4096);
      rounded[i] = static_cast<float>(formula(x[i]));
    }
    reference.Evaluate(x.data());
    const DoubleDoubles& truth = reference.At(Direction::kForward);
    for (size_t i = 0; i < kBlockLanes; ++i) {
      const double error = (formula(x[i]) - truth.hi[i]) - truth.lo[i];
      findings.relative_error = std::fmax(findings.relative_error, std::fabs(error / truth.hi[i]));
    }
    judge.Take({x.data(), nullptr, kBlockLanes});
    judge.Count(Direction::kForward, rounded.data(), tally);
  }
  findings.misrounds = tally.misrounds;
  return findings;
}

TEST(MutationTest, TheFormulaAsWrittenKeepsTheProvedBound) {
  EXPECT_LT(Judged(as_written::QuickSigmoid).relative_error, kProvedBound);
}

TEST(MutationTest, AnAlteredCoefficientIsSeen) {
  const Findings altered = Judged(altered::QuickSigmoid);
  EXPECT_GT(altered.relative_error, kProvedBound);
  EXPECT_GT(altered.misrounds, Judged(as_written::QuickSigmoid).misrounds);
}

}  // namespace
}  // namespace accuracy
}  // namespace activation
