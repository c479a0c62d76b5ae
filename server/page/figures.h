// What a function makes of normally distributed inputs, for the page: computed by the engine
// as a client's calls would be, in f64 and the EXACT tier. Thread-safe.
#ifndef ACTIVATION_SERVER_PAGE_FIGURES_H_
#define ACTIVATION_SERVER_PAGE_FIGURES_H_

#include "absl/status/statusor.h"
#include "server/page/curve.h"
#include "src/diagnosis/figures.h"
#include "src/engine/engine.h"

namespace activation::page {

// Of the function and parameters of a curve, whose range plays no part, over N(0, 1). Waits for
// the engine. INVALID_ARGUMENT for a function that is not elementwise; else as ComputeCurve.
absl::StatusOr<diagnosis::Figures> ComputeFigures(const CurveRequest& request, Engine& engine);

}  // namespace activation::page

#endif  // ACTIVATION_SERVER_PAGE_FIGURES_H_
