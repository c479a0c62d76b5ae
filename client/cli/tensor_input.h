// What a tensor argument on the command line means: an .npy file, a raw file,
// stdin, or numbers written in place.
#ifndef ACTIVATION_CLIENT_CLI_TENSOR_INPUT_H_
#define ACTIVATION_CLIENT_CLI_TENSOR_INPUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/tensor.h"

namespace activation::cli {

enum class Source { kNumbers, kNpy, kRaw };

struct InputTensor {
  Tensor tensor;
  Source source = Source::kNumbers;
};

struct InputOptions {
  // For numbers the dtype to round to (f32 when absent); a raw file needs it; an
  // .npy file must agree with it.
  std::optional<DType> dtype;
  // Instead of one dimension (numbers, raw) or of the file's own shape (.npy).
  std::optional<std::vector<int64_t>> shape;
};

// `argument` is "-1,0,0.5", a path, or "-" for stdin. A file that begins like an
// .npy file is one; any other is raw. Errors name the file and are the user's.
absl::StatusOr<InputTensor> ReadTensor(const std::string& argument, const InputOptions& options);

// "2,3" or "2x3" as a shape; "" is a scalar.
absl::StatusOr<std::vector<int64_t>> ParseShape(const std::string& text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TENSOR_INPUT_H_
