// What the tests of the softmax family share: rows held against its definition.
#ifndef ACTIVATION_TESTS_ACCURACY_ROWS_TEST_H_
#define ACTIVATION_TESTS_ACCURACY_ROWS_TEST_H_

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/accuracy/kind_case.h"

namespace activation::accuracy {

inline BigFloat Exp(const BigFloat& x) { return BigFloat::Apply(mpfr_exp, x); }

class RowsTest : public ::testing::TestWithParam<std::string> {
 protected:
  bool IsLog() const { return GetParam() == "log_softmax"; }
  double Sign() const { return GetParam() == "softmin" ? -1 : 1; }

  // e^x of a row's elements, and their sum. Exact where x is zero.
  std::vector<BigFloat> Exponentials(const KindCase& of, const std::vector<size_t>& row) const {
    std::vector<BigFloat> e;
    for (const size_t i : row) e.push_back(Exp(BigFloat(Sign() * of.x[i])));
    return e;
  }

  static BigFloat SumOf(const std::vector<BigFloat>& terms) {
    BigFloat sum;
    for (const BigFloat& term : terms) sum = sum + term;
    return sum;
  }

  static BigFloat AbsoluteOf(const BigFloat& value) { return BigFloat::Apply(mpfr_abs, value); }

  void CheckForward(const KindCase& of, const std::vector<size_t>& row, const Elements& out) const {
    const std::vector<BigFloat> e = Exponentials(of, row);
    const BigFloat total = SumOf(e);
    // The logarithm of nearly one is that of one and what the others add.
    size_t top = 0;
    for (size_t i = 0; i < row.size(); ++i) top = e[top] < e[i] ? i : top;
    BigFloat rest;
    for (size_t i = 0; i < row.size(); ++i) rest = i == top ? rest : rest + e[i];
    for (size_t i = 0; i < row.size(); ++i) {
      const BigFloat others = i == top ? rest : total - e[i];
      const BigFloat log = -BigFloat::Apply(mpfr_log1p, others / e[i]);
      ExpectRight(of, row[i], out[row[i]], IsLog() ? log : e[i] / total);
    }
  }

  // By numerators that are exact where exponentials are. In f64 and in FAST the bound is
  // one for the size of what is added up.
  void CheckGradient(const KindCase& of, const std::vector<size_t>& row,
                     const Elements& out) const {
    const std::vector<BigFloat> e = Exponentials(of, row);
    const BigFloat total = SumOf(e);
    // Softmax takes no notice of what all dy have in common.
    const BigFloat common(IsLog() ? 0.0 : of.DyAt(row[0]));
    BigFloat sum;
    BigFloat sizes;
    for (size_t i = 0; i < row.size(); ++i) {
      const BigFloat dy = BigFloat(of.DyAt(row[i])) - common;
      const BigFloat term = IsLog() ? dy : e[i] * dy;
      sum = sum + term;
      sizes = sizes + AbsoluteOf(term);
    }
    for (size_t i = 0; i < row.size(); ++i) {
      const BigFloat dy = BigFloat(of.DyAt(row[i])) - common;
      const BigFloat part = IsLog() ? e[i] : BigFloat(1.0L);
      BigFloat dx = (dy * total - part * sum) / total;
      BigFloat size = (AbsoluteOf(dy) * total + part * sizes) / total;
      if (!IsLog()) {
        dx = dx * BigFloat(Sign()) * e[i] / total;
        size = size * e[i] / total;
      }
      ExpectRightForSize(of, row[i], out[row[i]], dx, size);
    }
  }

  void Check(const KindCase& of, const Layout& layout) const {
    const Elements out = Evaluate(of);
    for (size_t first = 0; first < layout.outer * layout.inner; ++first) {
      std::vector<size_t> row;
      for (size_t i = 0; i < layout.extent; ++i) {
        row.push_back((first / layout.inner * layout.extent + i) * layout.inner +
                      first % layout.inner);
      }
      if (of.direction == Direction::kForward) {
        CheckForward(of, row, out);
      } else {
        CheckGradient(of, row, out);
      }
    }
  }

  KindCase Case(DType dtype, Direction direction, const Layout& layout, Draw draw,
                std::mt19937_64& random) const {
    const size_t count = layout.outer * layout.extent * layout.inner;
    KindCase of;
    of.function = GetParam();
    of.shape = {static_cast<int64_t>(layout.outer), static_cast<int64_t>(layout.extent),
                static_cast<int64_t>(layout.inner)};
    of.axis = 1;
    of.dtype = dtype;
    of.direction = direction;
    of.x = Elements(
        dtype, Numbers(draw == Draw::kAnyExponent ? Draw::kPlain : draw, dtype, count, random));
    if (draw != Draw::kPlain) of.dy = Elements(dtype, Numbers(draw, dtype, count, random));
    return of;
  }
};

}  // namespace activation::accuracy

#endif  // ACTIVATION_TESTS_ACCURACY_ROWS_TEST_H_
