#include "server/wire/shape.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "src/base/errors.h"
#include "src/functions/catalogue.h"

namespace activation::wire {
namespace {

// Whether `bytes` bytes at one place and `other_bytes` at another have one in common.
bool Overlap(const void* at, size_t bytes, const void* other, size_t other_bytes) {
  const auto begin = reinterpret_cast<uintptr_t>(at);
  const auto other_begin = reinterpret_cast<uintptr_t>(other);
  return begin < other_begin + other_bytes && other_begin < begin + bytes;
}

// As errors tell it, which have to fit into the headers of a reply.
std::string ShapeText(const Extents& shape) {
  constexpr size_t kMost = 8;
  const absl::Span<const int64_t> first =
      absl::MakeSpan(shape).first(std::min(kMost, shape.size()));
  const std::string text = absl::StrCat("[", absl::StrJoin(first, ","));
  return shape.size() == first.size() ? text + "]"
                                      : absl::StrCat(text, ",...] of ", shape.size(), " extents");
}

}  // namespace

absl::StatusOr<size_t> CountElements(const ShapeField& field, const Limits& limits) {
  if (field.rank > static_cast<size_t>(limits.max_rank)) {
    return InvalidField("shape", absl::StrCat("has ", field.rank, " extents; at most ",
                                              limits.max_rank, " are allowed"));
  }
  bool empty = false;
  for (const int64_t extent : field.shape) {
    if (extent < 0) {
      return InvalidField("shape", absl::StrCat("an extent is ", extent, "; none may be negative"));
    }
    empty = empty || extent == 0;
  }
  if (empty) return size_t{0};
  int64_t count = 1;
  for (const int64_t extent : field.shape) {
    if (extent > limits.max_elements / count) {
      return InvalidField("shape",
                          absl::StrCat(ShapeText(field.shape), " has too many elements; at most ",
                                       limits.max_elements, " are allowed"));
    }
    count *= extent;
  }
  return static_cast<size_t>(count);
}

Extents ResultShape(const Evaluation& evaluation, const Extents& x) {
  Extents shape = x;
  if (Catalogue()[evaluation.function].kind == Kind::kGated) {
    shape[AxisOf(evaluation.params, shape.size())] /= 2;
  }
  return shape;
}

absl::Status CheckDy(const ShapeField& dy, const Extents& y, const Extents& x) {
  if (dy.rank == y.size() && dy.shape == y) return absl::OkStatus();
  return InvalidField(
      "shape", absl::StrCat("must be the shape of ", y == x ? "x" : "y", ", ", ShapeText(y)));
}

absl::Status CheckWeightCount(size_t count, const Evaluation& evaluation) {
  const size_t channels = evaluation.layout.extent;
  if (count == 1 || count == channels) return absl::OkStatus();
  return InvalidField("shape",
                      absl::StrCat("has ", count, " elements; x has ", channels,
                                   channels == 1 ? " channel, which takes one"
                                                 : " channels, which take as many or one"));
}

bool OverlapsInput(const Evaluation& evaluation, const void* out) {
  const size_t size = SizeOf(evaluation.dtype);
  const size_t bytes = OutputCount(evaluation) * size;
  const bool elementwise = Catalogue()[evaluation.function].kind == Kind::kElementwise;
  const auto overlaps = [&](const void* input, size_t count) {
    if (input == nullptr || (elementwise && input == out)) return false;
    return Overlap(out, bytes, input, count * size);
  };
  return overlaps(evaluation.x, evaluation.count) ||
         overlaps(evaluation.dy, ResultCount(evaluation)) ||
         overlaps(evaluation.weight, evaluation.weight_count);
}

}  // namespace activation::wire
