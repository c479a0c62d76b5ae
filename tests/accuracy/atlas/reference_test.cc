#include "tests/accuracy/atlas/reference.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "tests/accuracy/expression.h"
#include "tests/accuracy/ulp.h"

namespace activation::atlas {
namespace {

using accuracy::BigFloat;

const Case& SixthsCase() {
  for (const Case& subject : AllCases()) {
    if (subject.name == "hard_sigmoid") return subject;
  }
  ADD_FAILURE() << "no such case";
  return AllCases()[0];
}

// Anywhere in (-3, 3), near both ends, and where the quotient is a tie.
std::vector<float> InputsAroundTheLine() {
  std::mt19937 random(1);
  std::uniform_real_distribution<float> anywhere(-3.01F, 3.01F);
  std::vector<float> x = {0, -0.0F, 3, -3, 1e-30F, 0x1p-149F, -0x1p-25F, 4, -4};
  for (int i = 0; i < 20000; ++i) {
    x.push_back(anywhere(random));
    x.push_back(-3 + static_cast<float>(i) * 0x1p-22F);
    x.push_back(3 * static_cast<float>(i % 2000) * 0x1p-24F);
  }
  return x;
}

TEST(ReferenceTest, DividesBySixAndRoundsOnce) {
  const Task task = {&SixthsCase(), Direction::kForward, DType::kF32};
  const accuracy::Expression formula(Catalogue()[task.subject->function],
                                     "x > -3 ? (x < 3 ? (x + 3) / 6 : 1) : 0");
  const std::vector<float> x = InputsAroundTheLine();
  std::vector<float> y(x.size());
  Reference(task).Round(x.data(), y.data(), x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    const BigFloat truth = formula.At(BigFloat(static_cast<long double>(x[i])), {}).v;
    ASSERT_TRUE(accuracy::IsNearest(accuracy::FormatOf(DType::kF32), y[i], truth)) << x[i];
  }
}

TEST(ReferenceTest, DividesEveryHalfBySix) {
  for (const DType dtype : {DType::kF16, DType::kBF16}) {
    const Task task = {&SixthsCase(), Direction::kForward, dtype};
    const accuracy::Expression formula(Catalogue()[task.subject->function],
                                       "x > -3 ? (x < 3 ? (x + 3) / 6 : 1) : 0");
    std::vector<uint16_t> x(65536);
    for (size_t i = 0; i < x.size(); ++i) x[i] = static_cast<uint16_t>(i);
    std::vector<uint16_t> y(x.size());
    Reference(task).Round(x.data(), y.data(), x.size());
    for (size_t i = 0; i < x.size(); ++i) {
      const double in = accuracy::Load(dtype, x.data(), i);
      if (!std::isfinite(in)) continue;
      const BigFloat truth = formula.At(BigFloat(static_cast<long double>(in)), {}).v;
      const double out = accuracy::Load(dtype, y.data(), i);
      ASSERT_TRUE(accuracy::IsNearest(accuracy::FormatOf(dtype), out, truth)) << in;
    }
  }
}

// A fraction of a unit in the last place of a float needs no more.
TEST(ReferenceTest, KnowsTheTruthOfEveryCaseTo50Bits) {
  const std::vector<double> x = {-90, -13.1F, -3.85F, -0.75F, -1e-7F, 1e-20F, 0.3F, 2.9F, 9.5F, 80};
  for (const Case& subject : AllCases()) {
    const accuracy::Expression formula(Catalogue()[subject.function]);
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      const Task task = {&subject, direction, DType::kF32};
      std::vector<double> truth(x.size());
      Reference(task).TrueValues(x.data(), truth.data(), x.size());
      for (size_t i = 0; i < x.size(); ++i) {
        if (std::isnan(truth[i])) continue;
        const auto value = formula.At(BigFloat(static_cast<long double>(x[i])), subject.params);
        const double known =
            mpfr_get_d((direction == Direction::kForward ? value.v : value.d[0]).get(), MPFR_RNDN);
        EXPECT_NEAR(truth[i], known, std::fabs(known) * 0x1p-50) << NameOf(task) << " " << x[i];
      }
    }
  }
}

}  // namespace
}  // namespace activation::atlas
