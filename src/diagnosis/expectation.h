// Figures of a function whose input is normally distributed, by numerical integration, to
// some twelve digits, or as many as f's own rounding leaves: what a sample of any size would
// only near.
#ifndef ACTIVATION_SRC_DIAGNOSIS_EXPECTATION_H_
#define ACTIVATION_SRC_DIAGNOSIS_EXPECTATION_H_

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/diagnosis/figures.h"
#include "src/diagnosis/normal.h"

namespace activation::diagnosis {

// Writes f and f' at every x; all have one length. It is asked for thousands of points at a
// time, some fifty times, and half a million in all at most.
using EvaluatePoints = absl::FunctionRef<absl::Status(
    absl::Span<const double> x, absl::Span<double> y, absl::Span<double> slope)>;

// The expectation of all figures over x of that distribution; of `mean`, `variance` and
// `gradient_gain` where f and f' are finite, as in TensorStatistics. Kinks, jumps and the ends
// of what is dead or saturated may lie anywhere, and what f does about 0 be as narrow beside the
// deviation as numbers allow. f' is taken to be the derivative of f: where f changes by more or
// less than f' says, something lies between the points. `variance` and `gradient_gain` are infinite
// where their integrals are, as beside a pole. An error is that of `evaluate`, which so ends it.
absl::StatusOr<Figures> Expect(const Normal& normal, EvaluatePoints evaluate);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_EXPECTATION_H_
