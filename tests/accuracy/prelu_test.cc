// prelu, forward, gradient and the gradient by its weights.
#include "gtest/gtest.h"
#include "tests/accuracy/kind_case.h"

namespace activation::accuracy {
namespace {

// Shape [3, channels, inner], and how many weights.
struct Size {
  size_t channels;
  size_t inner;
  size_t weights;
};

void Check(KindCase of, const Size& size) {
  std::vector<double> weight_gradient;
  if (of.direction == Direction::kGradient) of.weight_gradient = &weight_gradient;
  const Elements out = Evaluate(of);
  std::vector<BigFloat> sums(size.weights);
  for (size_t i = 0; i < of.x.size(); ++i) {
    const size_t channel = size.weights == 1 ? 0 : i / size.inner % size.channels;
    const BigFloat x(of.x[i]);
    const BigFloat dy(of.DyAt(i));
    const bool above = of.x[i] > 0;
    const BigFloat factor = above ? BigFloat(1.0L) : BigFloat(of.weight[channel]);
    ExpectRight(of, i, out[i], factor * (of.direction == Direction::kForward ? x : dy));
    if (!above) sums[channel] = sums[channel] + dy * x;
  }
  for (size_t i = 0; i < weight_gradient.size(); ++i) {
    const double truth = mpfr_get_d(sums[i].get(), MPFR_RNDN);
    // In f64 each term is rounded.
    const double error = of.dtype == DType::kF64 ? std::abs(truth) * 0x1p-40 : 0;
    EXPECT_NEAR(weight_gradient[i], truth, error) << Name(of.dtype) << " weight " << i;
  }
}

TEST(PreluTest, IsRight) {
  std::mt19937_64 random(2);
  for (const DType dtype : kAllDTypes) {
    for (const Size size : {Size{7, 1, 7}, Size{7, 33, 7}, Size{5, 40, 1}, Size{1200, 1, 1200}}) {
      for (const Draw draw : kAllDraws) {
        for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
          // Sums of products of any exponents may be beyond every number.
          const bool any = draw == Draw::kAnyExponent;
          if (any && direction == Direction::kGradient && dtype == DType::kF64) continue;
          const size_t count = 3 * size.channels * size.inner;
          KindCase of;
          of.function = "prelu";
          of.shape = {3, static_cast<int64_t>(size.channels), static_cast<int64_t>(size.inner)};
          of.dtype = dtype;
          of.direction = direction;
          of.x = Elements(dtype, Numbers(draw, dtype, count, random));
          of.weight = Elements(dtype, Numbers(draw, dtype, size.weights, random));
          if (draw != Draw::kPlain) of.dy = Elements(dtype, Numbers(draw, dtype, count, random));
          Check(of, size);
        }
      }
    }
  }
}

// A channel without a slope is relu.
TEST(PreluTest, WithoutASlopeIsZeroAtInfinity) {
  for (const DType dtype : kAllDTypes) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      KindCase of;
      of.function = "prelu";
      of.shape = {1, 2, 3};
      of.dtype = dtype;
      of.direction = direction;
      of.x = Elements(dtype, {-kInfinity, -2, kInfinity, -kInfinity, -2, kInfinity});
      of.weight = Elements(dtype, {0, -0.5});
      const bool forward = direction == Direction::kForward;
      if (!forward) of.dy = Elements(dtype, {kInfinity, -kInfinity, 3, kInfinity, -kInfinity, 3});
      const Elements y = Evaluate(of);
      const double inf = kInfinity;
      const std::vector<double> wanted = forward ? std::vector<double>{0, 0, inf, inf, 1, inf}
                                                 : std::vector<double>{0, 0, 3, -inf, inf, 3};
      for (size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(y[i], wanted[i]) << Name(dtype) << i;
    }
  }
}

}  // namespace
}  // namespace activation::accuracy
