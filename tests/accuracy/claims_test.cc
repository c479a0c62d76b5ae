// What the catalogue claims of the elementwise functions in words, held against
// their formulas: range, monotone, smooth, all with default parameters.
#include <cmath>
#include <cstdio>
#include <string>

#include "gtest/gtest.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/expression.h"

namespace activation::accuracy {
namespace {

constexpr double kStep = 0x1p-8;

double Double(const BigFloat& value) { return mpfr_get_d(value.get(), MPFR_RNDN); }

class ClaimsTest : public ::testing::TestWithParam<std::string> {
 protected:
  // Calls visit(f(x), f'(x)) for x from -8 to 8, halfway between multiples of kStep, so
  // that no bend is met; not where f is undefined, nor an eighth above, where its slope
  // may come from infinity.
  template <class Visit>
  void ForEachPoint(Visit visit) const {
    const Expression formula(info_);
    const Params params = *ResolveParams(id_, {});
    double undefined = -kInfinity;
    for (int i = 0; i < 16 / kStep; ++i) {
      const double x = -8 + (i + 0.5) * kStep;
      const auto y = formula.At(BigFloat(static_cast<long double>(x)), params);
      if (std::isnan(Double(y.v))) undefined = x;
      if (x - undefined > 0.125) visit(y.v, Double(y.d[0]));
    }
  }

  const FunctionId id_ = *FindFunction(GetParam());
  const FunctionInfo& info_ = Catalogue()[id_];
};

TEST_P(ClaimsTest, MonotoneIsWhereNoSlopeIsNegative) {
  bool falls = false;
  double last = -kInfinity;
  ForEachPoint([&](const BigFloat& y, double) {
    falls |= Double(y) < last;
    last = Double(y);
  });
  EXPECT_EQ(info_.monotone, !falls);
}

TEST_P(ClaimsTest, SmoothIsWhereNoSlopeJumps) {
  bool jumps = false;
  double last = kNotANumber;
  ForEachPoint([&](const BigFloat&, double slope) {
    // From step to step the slope of a smooth one changes by less than this share.
    jumps |= std::abs(slope - last) > 0.05 * (1 + std::abs(slope));
    last = slope;
  });
  EXPECT_EQ(info_.smooth, !jumps);
}

// Ends that are numbers; others depend on parameters.
TEST_P(ClaimsTest, RangeHoldsAllResults) {
  char open = 0;
  char close = 0;
  double low = 0;
  double high = 0;
  if (std::sscanf(info_.range, "%c%lf, %lf%c", &open, &low, &high, &close) < 4) return;
  // A closed end is written with five digits, an open one is exact.
  const BigFloat least(open == '[' ? low - 1e-5L : static_cast<long double>(low));
  const BigFloat most(close == ']' ? high + 1e-5L : static_cast<long double>(high));
  ForEachPoint([&](const BigFloat& y, double) {
    EXPECT_TRUE(mpfr_less_p(least.get(), y.get())) << info_.range << " " << Double(y);
    EXPECT_TRUE(mpfr_less_p(y.get(), most.get())) << info_.range << " " << Double(y);
  });
}

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const FunctionInfo& info : ElementwiseFunctions()) names.emplace_back(info.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Catalogue, ClaimsTest, ::testing::ValuesIn(Names()),
                         [](const auto& test) { return test.param; });

}  // namespace
}  // namespace activation::accuracy
