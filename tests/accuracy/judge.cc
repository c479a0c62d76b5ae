#include "tests/accuracy/judge.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace activation::accuracy {
namespace {

long double LongDouble(const BigFloat& value) { return mpfr_get_ld(value.get(), MPFR_RNDN); }

// A long double has only 11 bits more than a double; for an overflow they do.
double WideError(const Format& format, double result, const BigFloat& truth) {
  const long double value = LongDouble(truth);
  if (std::isnan(value) && std::isnan(result)) return 0;
  if (std::isinf(result)) return static_cast<double>(UlpError(format, result, value));
  const long double difference = LongDouble(truth - BigFloat(result));
  return static_cast<double>(std::fabs(std::ldexp(difference, -GapExponent(format, value))));
}

// The least |x|, by bits: they are in the order of the numbers, and quick to compare.
double NearestOf(const JudgedInputs& inputs) {
  constexpr uint64_t kSize = ~uint64_t{0} >> 1;
  uint64_t least = kSize;
  for (size_t i = 0; i < inputs.count; ++i) {
    least = std::min(least, std::bit_cast<uint64_t>(inputs.x[i]) & kSize);
  }
  return std::bit_cast<double>(least);
}

}  // namespace

std::unique_ptr<Judge> MakeJudge(const SweepOptions& options, const Expression& formula) {
  if (options.dtype == DType::kF64) return std::make_unique<WideJudge>(options, formula);
  return std::make_unique<NarrowJudge>(options, formula);
}

void ExactTruth::Take(const JudgedInputs& inputs) {
  inputs_ = inputs;
  if (!known_.empty()) known_.clear();
}

BigFloat ExactTruth::At(Direction direction, size_t i) {
  const bool multiplied = direction == Direction::kGradient && inputs_.dy != nullptr;
  // A derivative beyond every number is still a number: times 0 it is 0.
  if (multiplied && inputs_.dy[i] == 0) return {};
  const auto [found, is_new] = known_.try_emplace({i, direction});
  if (is_new) {
    reference_.Take(inputs_.x[i]);
    found->second = reference_.At(direction);
    if (multiplied) found->second = found->second * BigFloat(inputs_.dy[i]);
  }
  return found->second;
}

void ExactTruth::FindFirstMisround(const Format& format, Direction direction, const double* results,
                                   Tally& tally) {
  for (size_t i = 0; i < inputs_.count; ++i) {
    if (!tally.ComesFirst(inputs_.x[i], DyAt(i))) continue;
    const double wanted = NearestTo(format, At(direction, i));
    const bool both_nan = std::isnan(wanted) && std::isnan(results[i]);
    if (wanted == results[i] || both_nan) continue;
    tally.AddMisround({inputs_.x[i], DyAt(i), results[i], wanted});
  }
}

NarrowJudge::NarrowJudge(const SweepOptions& options, const Expression& formula)
    : format_(FormatOf(options.dtype)),
      bounded_(formula, options.params),
      reference_(formula, options.params),
      exact_(formula, options.params) {}

void NarrowJudge::Take(const JudgedInputs& inputs) {
  inputs_ = inputs;
  exact_.Take(inputs);
  bounded_.Take(inputs.x);
  nearest_ = NearestOf(inputs);
  has_bounded_gradient_ = false;
  has_double_doubles_ = false;
}

bool NarrowJudge::CountQuickly(Direction direction, const double* results, Tally& tally) {
  // That needs every error.
  if (!tally.profile.empty()) return false;
  const BoundedDoubles* truth = &bounded_.At(direction);
  if (direction == Direction::kGradient && inputs_.dy != nullptr) {
    if (!has_bounded_gradient_) MultiplyBounded(*truth, inputs_.dy, bounded_gradient_);
    has_bounded_gradient_ = true;
    truth = &bounded_gradient_;
  }
  return Settle(format_, results, *truth, inputs_.count, tally.UnseenUlp(nearest_),
                tally.misrounds);
}

const DoubleDoubles& NarrowJudge::Truth(Direction direction) {
  if (!has_double_doubles_) {
    reference_.Evaluate(inputs_.x);
    if (inputs_.dy != nullptr) Multiply(reference_.At(Direction::kGradient), inputs_.dy, gradient_);
    has_double_doubles_ = true;
  }
  const bool multiplied = direction == Direction::kGradient && inputs_.dy != nullptr;
  return multiplied ? gradient_ : reference_.At(direction);
}

void NarrowJudge::Count(Direction direction, const double* results, Tally& tally) {
  tally.checked += inputs_.count;
  const uint64_t misrounds_before = tally.misrounds;
  if (!CountQuickly(direction, results, tally)) CountCarefully(direction, results, tally);
  if (tally.misrounds == misrounds_before) return;
  exact_.FindFirstMisround(format_, direction, results, tally);
}

void NarrowJudge::CountCarefully(Direction direction, const double* results, Tally& tally) {
  MeasureErrors(format_, results, Truth(direction), inputs_.count, errors_);
  tally.misrounds += errors_.misrounds;
  const bool unseen = errors_.greatest <= tally.UnseenUlp(nearest_);
  if (unseen && !errors_.any_in_doubt && tally.profile.empty()) return;
  for (size_t i = 0; i < inputs_.count; ++i) {
    const double ulp = errors_.ulp[i];
    tally.AddError(inputs_.x[i], ulp);
    if (!tally.profile.empty()) tally.AddToProfile(inputs_.x[i], ulp);
    if (IsInDoubt(ulp) && IsMisround(direction, i, results[i])) ++tally.misrounds;
  }
}

bool NarrowJudge::IsMisround(Direction direction, size_t i, double result) {
  if (!(errors_.ulp[i] < 1)) return true;
  return !IsNearest(format_, result, exact_.At(direction, i));
}

WideJudge::WideJudge(const SweepOptions& options, const Expression& formula)
    : format_(FormatOf(options.dtype)), exact_(formula, options.params) {}

void WideJudge::Take(const JudgedInputs& inputs) {
  inputs_ = inputs;
  exact_.Take(inputs);
}

void WideJudge::Count(Direction direction, const double* results, Tally& tally) {
  tally.checked += inputs_.count;
  for (size_t i = 0; i < inputs_.count; ++i) {
    const BigFloat truth = exact_.At(direction, i);
    const double ulp = WideError(format_, results[i], truth);
    tally.AddError(inputs_.x[i], ulp);
    if (!tally.profile.empty()) tally.AddToProfile(inputs_.x[i], ulp);
    const bool near = std::fabs(ulp - 0.5) < kDoubt;
    if (near ? !IsNearest(format_, results[i], truth) : !(ulp < 0.5)) ++tally.misrounds;
  }
  exact_.FindFirstMisround(format_, direction, results, tally);
}

}  // namespace activation::accuracy
