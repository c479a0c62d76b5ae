// How functions that are not elementwise walk a tensor: as [outer, extent, inner],
// where `extent` is that of the axis they work along.
#ifndef ACTIVATION_SRC_BACKENDS_LAYOUT_H_
#define ACTIVATION_SRC_BACKENDS_LAYOUT_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "src/functions/catalogue.h"

namespace activation {

struct Layout {
  size_t outer = 1;
  size_t extent = 1;
  size_t inner = 1;
};

// That of x of this shape (no extent negative, their product in range). A
// per-channel function works along axis 1, or has one channel where there is none;
// a row-wise or gated one along its parameter `axis`. An elementwise function has
// none and gets the default. INVALID_ARGUMENT about `activation.parameters["axis"]`
// where x has no such axis, about `x.shape` where a gated function cannot halve it.
absl::StatusOr<Layout> ResolveLayout(FunctionId function, const Params& params,
                                     absl::Span<const int64_t> shape);

// Where in a shape of that rank the axis of a row-wise or gated function lies;
// it is one that ResolveLayout accepted.
size_t AxisOf(const Params& params, size_t rank);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_LAYOUT_H_
