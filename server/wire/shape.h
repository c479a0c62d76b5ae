// What shapes of tensors say, for every service. Pure functions.
// In the way of a request: a step of decoding.
#ifndef ACTIVATION_SERVER_WIRE_SHAPE_H_
#define ACTIVATION_SERVER_WIRE_SHAPE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/wire/item.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::wire {

// The product of the extents, or INVALID_ARGUMENT about field `shape`. Never overflows:
// it stops at the limit, and an extent of zero makes the tensor empty whatever the
// others are.
absl::StatusOr<size_t> CountElements(const ShapeField& field, const Limits& limits);

// The shape of y, where x has this one and the evaluation its function and parameters.
Extents ResultShape(const Evaluation& evaluation, const Extents& x);

// INVALID_ARGUMENT about field `shape` where dy has another shape than y, or where weights are
// neither one nor one for each channel of x.
absl::Status CheckDy(const ShapeField& dy, const Extents& y, const Extents& x);
absl::Status CheckWeightCount(size_t count, const Evaluation& evaluation);

// Whether the evaluation's result would lie at `out` upon an input, other than in the
// one way that is allowed: an elementwise function may put it in x's or dy's own place.
bool OverlapsInput(const Evaluation& evaluation, const void* out);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_SHAPE_H_
