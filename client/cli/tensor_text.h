// A tensor as text.
#ifndef ACTIVATION_CLIENT_CLI_TENSOR_TEXT_H_
#define ACTIVATION_CLIENT_CLI_TENSOR_TEXT_H_

#include <cstdint>
#include <string>

#include "client/cli/tensor.h"

namespace activation::cli {

// Every element on a line of its own, for programs.
std::string OnePerLine(const Tensor& tensor);

// In nested brackets as numpy prints it, for people. Past `most_elements` the
// middle of each long axis becomes "...".
std::string Bracketed(const Tensor& tensor, int64_t most_elements = 1000);

// All elements in row-major order as a JSON array.
std::string JsonArray(const Tensor& tensor);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_TENSOR_TEXT_H_
