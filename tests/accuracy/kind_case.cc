#include "tests/accuracy/kind_case.h"

#include <cmath>
#include <cstring>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

void EvaluateOn(const KernelSet& kernels, Evaluation evaluation) {
  const size_t units = UnitsOf(evaluation);
  // In stretches, as workers do.
  for (size_t begin = 0; begin < units;) {
    const size_t count = UnitsOfStretch(evaluation, begin, 1000);
    EvaluateStretch(kernels, evaluation, begin, count);
    begin += count;
  }
}

}  // namespace

Elements::Elements(DType dtype, const std::vector<double>& values)
    : dtype_(dtype), bytes_(values.size() * SizeOf(dtype)) {
  for (size_t i = 0; i < values.size(); ++i) {
    const uint64_t bits = BitsOf(dtype, values[i]);
    std::memcpy(bytes_.data() + i * SizeOf(dtype), &bits, SizeOf(dtype));
  }
}

double Elements::operator[](size_t index) const { return Load(dtype_, bytes_.data(), index); }

Elements Elements::Zeros(DType dtype, size_t count) { return {dtype, std::vector<double>(count)}; }

std::vector<double> Numbers(Draw draw, DType dtype, size_t count, std::mt19937_64& random) {
  std::normal_distribution<double> normal(0, 4);
  std::uniform_int_distribution<int> whole(-6, 6);
  // Of the type's, the middle: products of three do not always overflow.
  const Format format = FormatOf(dtype);
  std::uniform_real_distribution<double> exponent(format.least_exponent - 8,
                                                  format.greatest_exponent);
  std::vector<double> values;
  for (size_t i = 0; i < count; ++i) {
    const double plain = normal(random);
    values.push_back(draw == Draw::kPlain   ? plain
                     : draw == Draw::kWhole ? whole(random)
                                            : std::copysign(std::exp2(exponent(random)), plain));
  }
  return values;
}

Elements Evaluate(const KindCase& of) {
  Evaluation evaluation;
  evaluation.function = *FindFunction(of.function);
  NamedValues params;
  if (Catalogue()[evaluation.function].kind != Kind::kPerChannel) {
    params["axis"] = of.axis;
  }
  evaluation.params = *ResolveParams(evaluation.function, params);
  evaluation.layout = *ResolveLayout(evaluation.function, evaluation.params, of.shape);
  evaluation.tier = of.tier;
  evaluation.direction = of.direction;
  evaluation.dtype = of.dtype;
  evaluation.count = of.x.size();
  evaluation.x = of.x.data();
  evaluation.dy = of.dy.data();
  evaluation.weight = of.weight.data();
  evaluation.weight_count = of.weight.size();
  Elements first;
  for (const KernelSet& kernels : AllKernels()) {
    Elements out = Elements::Zeros(of.dtype, OutputCount(evaluation));
    evaluation.out = out.mutable_data();
    std::vector<double> weight_gradient(of.weight.size());
    if (of.weight_gradient != nullptr) evaluation.weight_gradient = weight_gradient.data();
    EvaluateOn(kernels, evaluation);
    if (first.size() == 0) {
      first = out;
      if (of.weight_gradient != nullptr) *of.weight_gradient = weight_gradient;
      continue;
    }
    EXPECT_EQ(out, first) << kernels.target << " differs";
    if (of.weight_gradient != nullptr) {
      EXPECT_EQ(weight_gradient, *of.weight_gradient);
    }
  }
  return first;
}

void ExpectRight(const KindCase& of, size_t index, double result, const BigFloat& truth) {
  ExpectRightForSize(of, index, result, truth, truth);
}

void ExpectRightForSize(const KindCase& of, size_t index, double result, const BigFloat& truth,
                        const BigFloat& size) {
  // Written for failures alone: a trace for every element takes longer than what is checked.
  const auto which = [&] {
    return testing::Message() << of.function << " " << Name(of.dtype) << " " << Name(of.tier) << " "
                              << Name(of.direction) << " element " << index << ": " << result
                              << " for " << mpfr_get_d(truth.get(), MPFR_RNDN);
  };
  const Format format = FormatOf(of.dtype);
  const long double value = mpfr_get_ld(truth.get(), MPFR_RNDN);
  if (std::isnan(value)) {
    EXPECT_TRUE(std::isnan(result)) << which();
    return;
  }
  // Where terms cancel to nothing the reference leaves its last bits.
  const BigFloat noise = BigFloat::Apply(mpfr_abs, size) * BigFloat(0x1p-400L);
  const bool is_zero = BigFloat::Apply(mpfr_abs, truth) < noise || mpfr_zero_p(truth.get()) != 0;
  if (of.tier == Tier::kExact && of.dtype != DType::kF64) {
    EXPECT_TRUE(IsNearest(format, result, truth)) << which();
    if (!is_zero) {
      EXPECT_EQ(std::signbit(result), mpfr_signbit(truth.get()) != 0) << which();
    }
    return;
  }
  const double bound = of.dtype == DType::kF64 ? 1 : of.direction == Direction::kForward ? 2 : 4;
  const int gap = GapExponent(format, mpfr_get_ld(size.get(), MPFR_RNDN));
  const BigFloat error = truth - BigFloat(result);
  const long double ulp = std::isinf(result)
                              ? UlpError(format, result, value)
                              : std::fabs(std::ldexp(mpfr_get_ld(error.get(), MPFR_RNDN), -gap));
  EXPECT_LE(static_cast<double>(ulp), bound) << which();
}

}  // namespace activation::accuracy
