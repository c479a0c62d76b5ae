// A dense row-major tensor with memory of its own, and the names of dtypes and
// tiers on the command line. Plain values.
#ifndef ACTIVATION_CLIENT_CLI_TENSOR_H_
#define ACTIVATION_CLIENT_CLI_TENSOR_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "activation/types.h"
#include "src/base/dtype.h"

namespace activation::cli {

using client::DType;
using client::SizeOf;
using client::Tier;

struct Tensor {
  DType dtype = DType::kF32;
  std::vector<int64_t> shape;
  std::string bytes;  // little-endian elements, exactly as many as `shape` says

  int64_t elements() const { return static_cast<int64_t>(bytes.size() / SizeOf(dtype)); }
};

// The same dtype or tier in the engine's vocabulary.
activation::DType ToEngine(DType dtype);
activation::Tier ToEngine(Tier tier);

// "f32", "f64", "f16", "bf16"; the text must be one of them.
std::string NameOf(DType dtype);
DType DTypeNamed(absl::string_view name);

// "exact", "fast"; the text must be one of them.
std::string NameOf(Tier tier);
Tier TierNamed(absl::string_view name);

// Product of the extents; INVALID_ARGUMENT where one is negative or the bytes
// of such a tensor do not fit 63 bits.
absl::StatusOr<int64_t> ElementsOf(absl::Span<const int64_t> shape, DType dtype);

// "(2, 3)", "(3,)", "()".
std::string ShapeText(absl::Span<const int64_t> shape);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TENSOR_H_
