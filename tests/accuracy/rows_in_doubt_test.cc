// Rows of the softmax family whose results are hard to round, and what goes on in the kernel of
// rows that are evaluated together.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

#include "src/backends/cpu/kernels.h"
#include "src/functions/catalogue.h"
#include "tests/accuracy/rows_test.h"

namespace activation::accuracy {
namespace {

class RowsInDoubtTest : public RowsTest {
 protected:
  // The mean of a row's dy, each as much as its result; of log_softmax, their sum times the result
  // of element `at`. That is the dy with which the gradient of that element is zero.
  double DyOfNoGradient(const KindCase& of, size_t begin, size_t n, size_t at) const {
    double total = 0;
    double sum = 0;
    for (size_t i = begin; i < begin + n; ++i) {
      const double e = std::exp(Sign() * of.x[i]);
      total += e;
      if (i != at) sum += IsLog() ? of.DyAt(i) : e * of.DyAt(i);
    }
    const double own = std::exp(Sign() * of.x[at]);
    return IsLog() ? own * sum / (total - own) : sum / (total - own);
  }
};

// An element of each row whose gradient nearly cancels, so that it is in doubt.
TEST_P(RowsInDoubtTest, GradientsThatCancelAreRight) {
  std::mt19937_64 random(12);
  for (const size_t n : {3, 16, 64, 100, 1024, 5000}) {
    const Layout layout = {n > 2000 ? 2U : 20U, n, 1};
    KindCase of = Case(DType::kF32, Direction::kGradient, layout, Draw::kPlain, random);
    std::vector<double> dy = Numbers(Draw::kPlain, DType::kF32, layout.outer * n, random);
    of.dy = Elements(DType::kF32, dy);
    for (size_t row = 0; row < layout.outer; ++row) {
      const size_t at = row * n + random() % n;
      dy[at] = DyOfNoGradient(of, row * n, n, at);
    }
    of.dy = Elements(DType::kF32, dy);
    Check(of, layout);
  }
}

// Elements so much nearer to zero than the top is that a double does not hold their difference.
TEST_P(RowsInDoubtTest, ElementsNearZeroAreRight) {
  std::mt19937_64 random(13);
  std::uniform_int_distribution<int> exponent(-60, 2);
  std::uniform_real_distribution<double> fraction(-1, 1);
  for (const size_t n : {5, 64, 300}) {
    const Layout layout = {10, n, 1};
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      KindCase of = Case(DType::kF32, direction, layout, Draw::kPlain, random);
      std::vector<double> x(layout.outer * n);
      for (double& value : x) value = std::ldexp(fraction(random), exponent(random));
      of.x = Elements(DType::kF32, x);
      of.dy = Elements(DType::kF32, Numbers(Draw::kPlain, DType::kF32, x.size(), random));
      Check(of, layout);
    }
  }
}

// A gradient that rounds to zero, and whose sign hangs on an element that is nothing beside the
// others: they are alike, and the mean of their dy is that of the element.
TEST_P(RowsInDoubtTest, ZerosHaveTheRightSign) {
  const std::vector<double> x = {0, 0, 0, 0, -100 * Sign(), -101 * Sign()};
  for (const double far : {-1000.0, 1000.0}) {
    const std::vector<double> dy = IsLog() ? std::vector<double>{1, -3, 5, -3, 0, far * 0x1p-149}
                                           : std::vector<double>{1, 3, 5, 7, 4, far};
    const Layout layout = {1, x.size(), 1};
    std::mt19937_64 random(14);
    KindCase of = Case(DType::kF32, Direction::kGradient, layout, Draw::kPlain, random);
    of.x = Elements(DType::kF32, x);
    of.dy = Elements(DType::kF32, dy);
    Check(of, layout);
  }
}

// Sums of dy of which nothing is left in two words, in the lane of a vector that has them all.
TEST_P(RowsInDoubtTest, WhatTwoWordsDoNotHoldIsRight) {
  constexpr size_t kLength = 40;
  constexpr double kSmall = 0x1p-70;
  const std::vector<std::vector<double>> orders = {{1, kSmall, -1, -kSmall, 0x1p-130},
                                                   {1, kSmall, 0x1p-130, -1, -kSmall},
                                                   {0x1p-130, -kSmall, 1, kSmall, -1}};
  std::mt19937_64 random(17);
  for (const std::vector<double>& order : orders) {
    const Layout layout = {1, kLength, 1};
    KindCase of = Case(DType::kF32, Direction::kGradient, layout, Draw::kPlain, random);
    of.x = Elements(DType::kF32, std::vector<double>(kLength, 0));
    std::vector<double> dy(kLength, 0);
    for (size_t i = 0; i < order.size(); ++i) dy[2 + 8 * i] = order[i];
    of.dy = Elements(DType::kF32, dy);
    Check(of, layout);
  }
}

// A row has the bits it has alone, also where a row beside it is not of numbers.
TEST_P(RowsInDoubtTest, RowsTakeNoNoticeOfEachOther) {
  constexpr size_t kRows = 40;
  std::mt19937_64 random(15);
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kBF16}) {
    for (const size_t n : {7, 16, 33, 200}) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        KindCase all = Case(dtype, direction, {kRows, n, 1}, Draw::kPlain, random);
        std::vector<double> x = Numbers(Draw::kPlain, dtype, kRows * n, random);
        x[5 * n + 2] = std::numeric_limits<double>::infinity();
        x[17 * n + 3] = std::numeric_limits<double>::quiet_NaN();
        x[18 * n + 1] = -std::numeric_limits<double>::infinity();
        all.x = Elements(dtype, x);
        std::vector<double> dy = Numbers(Draw::kPlain, dtype, kRows * n, random);
        dy[26 * n + 1] = std::numeric_limits<double>::infinity();
        all.dy = Elements(dtype, dy);
        const Elements together = Evaluate(all);
        for (size_t row = 0; row < kRows; ++row) {
          const auto part = [&](const std::vector<double>& of) {
            const auto begin = of.begin() + static_cast<std::ptrdiff_t>(row * n);
            return Elements(dtype, {begin, begin + static_cast<std::ptrdiff_t>(n)});
          };
          KindCase one = all;
          one.shape = {1, static_cast<int64_t>(n), 1};
          one.x = part(x);
          one.dy = part(dy);
          const Elements alone = Evaluate(one);
          const size_t bytes = n * SizeOf(dtype);
          EXPECT_EQ(
              std::memcmp(alone.data(),
                          static_cast<const std::byte*>(together.data()) + row * bytes, bytes),
              0)
              << GetParam() << ", row " << row << " of " << n;
        }
      }
    }
  }
}

// Results of softmax in two words are eight times as right as their kernels promise, with every
// entry of the table of powers, near the top and far below it.
TEST(RowPairsTest, AreWithinTheirBound) {
  constexpr size_t kLength = 64;
  constexpr long double kBound = 0x1p-61L;
  std::mt19937_64 random(16);
  std::vector<float> x(kLength);
  std::vector<float> dy(kLength);
  long double worst = 0;
  for (const float reach : {1.0F, 8.0F, 80.0F}) {
    std::uniform_real_distribution<float> at(-reach, reach);
    for (size_t i = 0; i < kLength; ++i) {
      x[i] = at(random);
      dy[i] = at(random);
    }
    std::vector<BigFloat> e;
    BigFloat total;
    BigFloat sum;
    for (size_t i = 0; i < kLength; ++i) {
      e.push_back(Exp(BigFloat(x[i])));
      total = total + e[i];
      sum = sum + e[i] * BigFloat(dy[i]);
    }
    for (const KernelSet& kernels : AllKernels()) {
      const auto of_floats = kernels.rows_in_pairs[PlaceInKind(*FindFunction("softmax"))].of_floats;
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        of_floats(
            direction, x.data(), dy.data(), kLength, nullptr,
            [&](size_t begin, const RowPairs& results) {
              for (size_t i = 0; i < results.count; ++i) {
                const BigFloat share = e[begin + i] / total;
                const BigFloat inner = BigFloat(dy[begin + i]) - sum / total;
                const BigFloat truth = direction == Direction::kForward ? share : share * inner;
                const BigFloat error = truth - BigFloat(results.high[i]) - BigFloat(results.low[i]);
                const long double off = std::fabs(mpfr_get_ld(error.get(), MPFR_RNDN));
                worst = std::max(worst, off / results.size[i]);
              }
            });
      }
    }
  }
  EXPECT_LE(worst, kBound);
  std::printf("results in two words are within 2^%.1f of their size\n",
              static_cast<double>(std::log2(worst)));
}

INSTANTIATE_TEST_SUITE_P(Functions, RowsInDoubtTest,
                         ::testing::Values("softmax", "log_softmax", "softmin"));

}  // namespace
}  // namespace activation::accuracy
