#include "tests/accuracy/reference_tables.h"

#include <bit>
#include <cmath>
#include <cstdint>

#include "tests/accuracy/big_float.h"

namespace activation::accuracy {
namespace {

double Double(const BigFloat& value) { return mpfr_get_d(value.get(), MPFR_RNDN); }

TwoDoubles Split(const BigFloat& value) {
  const double hi = Double(value);
  return {hi, Double(value - BigFloat(hi))};
}

BigFloat Log(const BigFloat& value) { return BigFloat::Apply(mpfr_log, value); }
BigFloat Exp(const BigFloat& value) { return BigFloat::Apply(mpfr_exp, value); }

BigFloat Number(size_t value) { return {static_cast<long double>(value)}; }

ExpTable MakeExpTable() {
  ExpTable table;
  const BigFloat step = Log(BigFloat(2.0L)) / Number(kExpSteps);
  for (size_t i = 0; i < kExpSteps; ++i) table.power.push_back(Split(Exp(step * Number(i))));
  table.steps_over_ln2 = Double(BigFloat(1.0L) / step);
  // Times any step that the range needs this is exact.
  table.step_high = std::ldexp(std::nearbyint(std::ldexp(Double(step), 38)), -38);
  table.step_low = Split(step - BigFloat(table.step_high));
  BigFloat factorial(1.0L);
  for (size_t i = 0; i < 24; ++i) {
    if (i > 0) factorial = factorial * Number(i);
    table.factorials.push_back(Split(BigFloat(1.0L) / factorial));
  }
  return table;
}

LogTable MakeLogTable() {
  LogTable table;
  const auto first = std::bit_cast<uint64_t>(std::sqrt(0.5));
  constexpr uint64_t kStep = (uint64_t{1} << 52) / kLogSteps;
  table.step_of_one = (std::bit_cast<uint64_t>(1.0) - first) / kStep;
  for (size_t i = 0; i < kLogSteps; ++i) {
    const auto middle = std::bit_cast<double>(first + i * kStep + kStep / 2);
    double reciprocal = std::ldexp(std::nearbyint(std::ldexp(1 / middle, 11)), -11);
    if (i == table.step_of_one) reciprocal = 1;
    table.reciprocal.push_back(reciprocal);
    table.log.push_back(Split(-Log(BigFloat(reciprocal))));
  }
  table.ln2 = Split(Log(BigFloat(2.0L)));
  return table;
}

// (erf(c + t) - erf(c)) sqrt(pi) / 2 e^(c^2) by Taylor's series around c, |t| as
// in a step of the table.
BigFloat ErfStep(const BigFloat& c, const BigFloat& t) {
  constexpr size_t kTerms = 32;
  const BigFloat linear = BigFloat(-2.0L) * c * t;
  const BigFloat square = BigFloat(-2.0L) * t * t;
  BigFloat before(0.0L);
  BigFloat term(1.0L);
  BigFloat sum(1.0L);
  for (size_t k = 1; k < kTerms; ++k) {
    const BigFloat next = (linear * term + square * before) / Number(k);
    before = term;
    term = next;
    sum = sum + term / Number(k + 1);
  }
  return t * sum;
}

// From the far end down: MPFR's erfc at every point would take seconds, and in
// this direction only positive numbers are added.
ErfTable MakeErfTable() {
  constexpr size_t kPoints = kErfMost * kErfStepsPerUnit + 1;
  ErfTable table;
  for (TableOfPairs* each : {&table.erf, &table.erfc, &table.slope}) each->resize(kPoints);
  const BigFloat step = BigFloat(1.0L) / Number(kErfStepsPerUnit);
  const BigFloat far = Number(kErfMost);
  const BigFloat slope_at_zero = BigFloat(2.0L) / BigFloat::Apply(mpfr_sqrt, BigFloat::Pi());
  BigFloat erfc = BigFloat::Apply(mpfr_erfc, far);
  BigFloat slope = slope_at_zero * Exp(-(far * far));
  // slope(c - h) = slope(c) e^(2 c h - h^2), and those factors have one ratio.
  BigFloat factor = Exp(BigFloat(2.0L) * far * step - step * step);
  const BigFloat ratio = Exp(BigFloat(-2.0L) * step * step);
  for (size_t i = kPoints; i-- > 0;) {
    table.erfc[i] = Split(erfc);
    table.erf[i] = Split(BigFloat(1.0L) - erfc);
    table.slope[i] = Split(slope);
    erfc = erfc - slope * ErfStep(step * Number(i), -step);
    slope = slope * factor;
    factor = factor * ratio;
  }
  table.erf[0] = {};  // what rounding leaves of it is no zero
  return table;
}

}  // namespace

const ExpTable& TheExpTable() {
  static const auto& table = *new ExpTable(MakeExpTable());
  return table;
}

const LogTable& TheLogTable() {
  static const auto& table = *new LogTable(MakeLogTable());
  return table;
}

const ErfTable& TheErfTable() {
  static const auto& table = *new ErfTable(MakeErfTable());
  return table;
}

}  // namespace activation::accuracy
