#include "client/cli/check/reference.h"

#include "client/cli/local_engine.h"

namespace activation::cli::check {

absl::StatusOr<Reference> Reference::Make(const client::Activation& activation, bool gradient) {
  auto evaluation = EvaluationOf(activation, "checked");
  if (!evaluation.ok()) return evaluation.status();
  evaluation->tier = activation::Tier::kExact;
  evaluation->direction = gradient ? Direction::kGradient : Direction::kForward;
  return Reference(*evaluation);
}

absl::Status Reference::Compute(DType dtype, const void* x, const void* dy, void* out,
                                size_t count) const {
  activation::Evaluation evaluation = evaluation_;
  evaluation.dtype = ToEngine(dtype);
  evaluation.count = count;
  evaluation.x = x;
  evaluation.dy = dy;
  evaluation.out = out;
  return RunHere(evaluation);
}

}  // namespace activation::cli::check
