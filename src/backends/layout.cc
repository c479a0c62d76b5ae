#include "src/backends/layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"

namespace activation {
namespace {

Layout Around(absl::Span<const int64_t> shape, size_t axis) {
  Layout layout;
  for (size_t i = 0; i < shape.size(); ++i) {
    size_t& part = i < axis ? layout.outer : i == axis ? layout.extent : layout.inner;
    part *= static_cast<size_t>(shape[i]);
  }
  return layout;
}

Layout AlongChannels(absl::Span<const int64_t> shape) {
  if (shape.size() >= 2) return Around(shape, 1);
  // Past the last axis, all of x is outer.
  return Layout{1, 1, Around(shape, shape.size()).outer};
}

absl::StatusOr<Layout> AlongAxis(const FunctionInfo& info, const Params& params,
                                 absl::Span<const int64_t> shape) {
  const auto axis = static_cast<int64_t>(params.values[0]);
  // A scalar is a row of one element.
  const int64_t rank = std::max<int64_t>(1, static_cast<int64_t>(shape.size()));
  if (axis < -rank || axis >= rank) {
    return InvalidField(
        "activation.parameters[\"axis\"]",
        absl::StrCat(axis, " is outside [", -rank, ", ", rank - 1, "], the axes of x"));
  }
  const Layout layout = Around(shape, AxisOf(params, shape.size()));
  if (info.kind == Kind::kGated && layout.extent % 2 != 0) {
    return InvalidField("x.shape", absl::StrCat("has ", layout.extent, " elements along axis ",
                                                axis, "; ", info.name,
                                                " halves it, so there must "
                                                "be an even number"));
  }
  return layout;
}

}  // namespace

size_t AxisOf(const Params& params, size_t rank) {
  const auto axis = static_cast<int64_t>(params.values[0]);
  return static_cast<size_t>(axis < 0 ? axis + std::max<int64_t>(1, static_cast<int64_t>(rank))
                                      : axis);
}

absl::StatusOr<Layout> ResolveLayout(FunctionId function, const Params& params,
                                     absl::Span<const int64_t> shape) {
  const FunctionInfo& info = Catalogue()[function];
  if (info.kind == Kind::kElementwise) return Layout();
  absl::StatusOr<Layout> layout =
      info.kind == Kind::kPerChannel ? AlongChannels(shape) : AlongAxis(info, params, shape);
  if (layout.ok() && std::find(shape.begin(), shape.end(), 0) != shape.end()) {
    // Nothing to walk, and the other extents' product may be beyond any number.
    layout->outer = 0;
    layout->inner = 0;
  }
  return layout;
}

}  // namespace activation
