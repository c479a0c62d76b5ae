// Where a request says that the elements of a tensor are, and of what type. Pure functions.
// In the way of a request: a step of Decode.
#ifndef ACTIVATION_SERVER_INFERENCE_TENSOR_BYTES_H_
#define ACTIVATION_SERVER_INFERENCE_TENSOR_BYTES_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "rpc/infer_names.h"
#include "server/inference/parameters.h"
#include "server/inference/request_fields.h"
#include "src/base/dtype.h"

namespace activation::inference {

// A part of a region, as a request names it.
struct RegionSlice {
  absl::string_view region;
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

// The inverse of DatatypeOf (rpc/infer_names.h).
// INVALID_ARGUMENT about field `datatype`.
absl::StatusOr<DType> DecodeDatatype(absl::string_view name);

bool HasTypedContents(const InputField& input);

// Typed contents as bytes, which they are on the wire; INVALID_ARGUMENT about field `contents`
// where they are of another type.
absl::StatusOr<wire::Payload> DecodeContents(const InputField& input, DType dtype);

// The slice of a region that a tensor's parameters name, if they do.
absl::StatusOr<std::optional<RegionSlice>> DecodeSlice(const Parameters& parameters);

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_TENSOR_BYTES_H_
