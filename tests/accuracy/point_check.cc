#include "tests/accuracy/point_check.h"

#include <cmath>
#include <cstring>

#include "gtest/gtest.h"
#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/exact_reference.h"
#include "tests/accuracy/ulp.h"

namespace activation::accuracy {
namespace {

// Its elements one after the other, as tensors have them. Little-endian.
std::vector<std::byte> Packed(DType dtype, const std::vector<uint64_t>& bits) {
  const size_t size = SizeOf(dtype);
  std::vector<std::byte> packed(bits.size() * size);
  for (size_t i = 0; i < bits.size(); ++i) std::memcpy(packed.data() + i * size, &bits[i], size);
  return packed;
}

double DyAt(const Points& points, size_t i) {
  return points.dy.empty() ? 1 : ValueOf(points.dtype, points.dy[i]);
}

// Of points one after the other.
std::vector<std::byte> Evaluate(const KernelSet& kernels, const Points& points, Tier tier,
                                const std::vector<std::byte>& x, const std::vector<std::byte>& dy) {
  std::vector<std::byte> out(x.size());
  Evaluation evaluation;
  evaluation.function = points.function;
  evaluation.params = points.params;
  evaluation.tier = tier;
  evaluation.direction = points.direction;
  evaluation.dtype = points.dtype;
  evaluation.count = x.size() / SizeOf(points.dtype);
  evaluation.x = x.data();
  if (!dy.empty()) evaluation.dy = dy.data();
  evaluation.out = out.data();
  EvaluateStretch(kernels, evaluation, 0, evaluation.count);
  return out;
}

std::vector<std::byte> Results(const KernelSet& kernels, const Points& points, Tier tier) {
  return Evaluate(kernels, points, tier, Packed(points.dtype, points.x),
                  Packed(points.dtype, points.dy));
}

// The same, each point in a vector of nothing else: a neighbour may bring about the care
// that it needs itself.
std::vector<std::byte> ResultsAlone(const KernelSet& kernels, const Points& points, Tier tier) {
  const auto copies = [&](uint64_t bits) {
    return Packed(points.dtype, std::vector<uint64_t>(kKernelGranule, bits));
  };
  std::vector<std::byte> results;
  for (size_t i = 0; i < points.x.size(); ++i) {
    const std::vector<std::byte> dy =
        points.dy.empty() ? std::vector<std::byte>() : copies(points.dy[i]);
    const std::vector<std::byte> out = Evaluate(kernels, points, tier, copies(points.x[i]), dy);
    const auto size = static_cast<std::ptrdiff_t>(SizeOf(points.dtype));
    results.insert(results.end(), out.begin(), out.begin() + size);
  }
  return results;
}

std::vector<BigFloat> Truths(const Points& points) {
  const Expression formula(Catalogue()[points.function]);
  ExactReference reference(formula, points.params);
  std::vector<BigFloat> truths;
  for (size_t i = 0; i < points.x.size(); ++i) {
    reference.Take(ValueOf(points.dtype, points.x[i]));
    const BigFloat& truth = reference.At(points.direction);
    truths.push_back(truth * BigFloat(DyAt(points, i)));
  }
  return truths;
}

double ErrorOf(const Format& format, double result, const BigFloat& truth) {
  const long double value = mpfr_get_ld(truth.get(), MPFR_RNDN);
  if (std::isnan(value) && std::isnan(result)) return 0;
  if (std::isinf(result)) return static_cast<double>(UlpError(format, result, value));
  const long double error = mpfr_get_ld((truth - BigFloat(result)).get(), MPFR_RNDN);
  return static_cast<double>(std::fabs(std::ldexp(error, -GapExponent(format, value))));
}

// Whether a tier promises the nearest number; else an error below this many units.
bool IsToBeNearest(DType dtype, Tier tier) {
  return dtype != DType::kF64 && (dtype != DType::kF32 || tier == Tier::kExact);
}
double Bound(DType dtype, Direction direction) {
  if (dtype == DType::kF64) return 1;
  return direction == Direction::kForward ? 2 : 4;
}

bool IsRight(const Points& points, Tier tier, double result, const BigFloat& truth) {
  const Format format = FormatOf(points.dtype);
  const double error = ErrorOf(format, result, truth);
  if (!IsToBeNearest(points.dtype, tier)) return error <= Bound(points.dtype, points.direction);
  return error <= 1 && (std::isnan(result) || IsNearest(format, result, truth));
}

bool HasRightSign(double result, const BigFloat& truth) {
  if (mpfr_zero_p(truth.get()) != 0 || std::isnan(result)) return true;
  return std::signbit(result) == (mpfr_signbit(truth.get()) != 0);
}

void ExpectRightOn(const KernelSet& kernels, const Points& points, Tier tier,
                   const std::vector<BigFloat>& truths) {
  const std::vector<std::byte> results = Results(kernels, points, tier);
  size_t wrong = 0;
  size_t wrong_signs = 0;
  size_t one = 0;
  for (size_t i = 0; i < truths.size(); ++i) {
    const double result = Load(points.dtype, results.data(), i);
    const bool right = IsRight(points, tier, result, truths[i]);
    const bool right_sign = HasRightSign(result, truths[i]);
    wrong += right ? 0 : 1;
    wrong_signs += right_sign ? 0 : 1;
    if (!right || !right_sign) one = i;
  }
  SCOPED_TRACE(testing::Message() << Catalogue()[points.function].name << " "
                                  << Name(points.direction) << " " << Name(points.dtype) << " "
                                  << Name(tier) << " " << kernels.target << std::hexfloat << " at "
                                  << ValueOf(points.dtype, points.x[one]) << ", dy "
                                  << DyAt(points, one) << ": "
                                  << Load(points.dtype, results.data(), one) << " for "
                                  << mpfr_get_ld(truths[one].get(), MPFR_RNDN));
  EXPECT_EQ(wrong, 0U);
  EXPECT_EQ(wrong_signs, 0U);
  EXPECT_EQ(ResultsAlone(kernels, points, tier), results) << "some depend on their neighbours";
}

}  // namespace

double ValueOf(DType dtype, uint64_t bits) { return Load(dtype, &bits, 0); }

std::vector<uint64_t> Neighbours(DType dtype, double place, int on_each_side) {
  const uint64_t sign = uint64_t{1} << (8 * SizeOf(dtype) - 1);
  const uint64_t at = BitsOf(dtype, std::fabs(place));
  std::vector<uint64_t> neighbours;
  for (int i = -on_each_side; i <= on_each_side; ++i) {
    // Numbers in order, of which those below zero go on with the other sign.
    const int64_t magnitude = static_cast<int64_t>(at) + i;
    if (magnitude == 0) continue;
    const uint64_t other = (magnitude < 0) != (place < 0) ? sign : 0;
    neighbours.push_back(static_cast<uint64_t>(std::abs(magnitude)) | other);
  }
  return neighbours;
}

void ExpectRight(const Points& points) {
  const std::vector<BigFloat> truths = Truths(points);
  for (const KernelSet& kernels : AllKernels()) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      ExpectRightOn(kernels, points, tier, truths);
    }
  }
}

std::vector<double> ExactResults(const Points& points) {
  const std::vector<std::byte> bytes = Results(BestKernels(), points, Tier::kExact);
  std::vector<double> results;
  for (size_t i = 0; i < points.x.size(); ++i) {
    results.push_back(Load(points.dtype, bytes.data(), i));
  }
  return results;
}

size_t CountNegative(const Points& points) {
  size_t count = 0;
  for (const BigFloat& truth : Truths(points)) count += mpfr_signbit(truth.get()) != 0 ? 1 : 0;
  return count;
}

}  // namespace activation::accuracy
