#include "tests/accuracy/judge.h"

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

NarrowJudge::NarrowJudge(const SweepOptions& options, const Expression& formula)
    : format_(FormatOf(options.dtype)),
      bounded_(formula, options.params),
      reference_(formula, options.params),
      exact_(formula, options.params) {}

void NarrowJudge::Take(const JudgedInputs& inputs) {
  inputs_ = inputs;
  exact_.Take(inputs);
  bounded_.Take(inputs.x);
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
  return Settle(format_, results, *truth, inputs_.count, tally.UnseenUlp(), tally.misrounds);
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
  if (CountQuickly(direction, results, tally)) return;
  MeasureErrors(format_, results, Truth(direction), inputs_.count, errors_);
  tally.misrounds += errors_.misrounds;
  if (errors_.greatest <= tally.max_ulp && !errors_.any_in_doubt && tally.profile.empty()) return;
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
}

}  // namespace activation::accuracy
