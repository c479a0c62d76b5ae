// Where a result goes: an .npy or raw file, stdout as such, or printed.
#ifndef ACTIVATION_CLIENT_CLI_TENSOR_OUTPUT_H_
#define ACTIVATION_CLIENT_CLI_TENSOR_OUTPUT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "activation/types.h"
#include "client/cli/tensor.h"

namespace activation::cli {

enum class Format { kAuto, kNpy, kRaw };

struct OutputOptions {
  std::string path;  // "" prints; "-" writes to stdout
  // kAuto: by the path's ending, .npy or anything else for raw; for "-" raw
  // where the input was raw, else .npy.
  Format format = Format::kAuto;
  bool input_was_raw = false;
  bool json = false;  // prints an object instead of numbers
};

// A computed tensor and what it was computed from.
struct Result {
  client::Activation activation;
  std::string name;  // "y" or "dx", the key of the values in JSON
  Tensor tensor;
  bool has_parameter_gradients = false;
  std::map<std::string, double> parameter_gradients;
  std::vector<double> weight_gradient;
};

// Writes or prints the result. Beside a file, gradients by parameters and weights are
// printed.
absl::Status WriteResult(const Result& result, const OutputOptions& options);

// The JSON object, in one line.
std::string ResultJson(const Result& result);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TENSOR_OUTPUT_H_
