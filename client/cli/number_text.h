// Numbers as text: reading "-1,0,0.5" into the bits of a dtype and writing each
// element as the shortest text that reads back to the same bits.
#ifndef ACTIVATION_CLIENT_CLI_NUMBER_TEXT_H_
#define ACTIVATION_CLIENT_CLI_NUMBER_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/cli/tensor.h"

namespace activation::cli {

// Whether `text` is a list of numbers separated by commas, so that it cannot be
// meant as a file's name.
bool LooksLikeNumbers(absl::string_view text);

// A one-dimensional tensor. Each number is rounded to nearest, ties to even;
// "inf" and "nan" are numbers. INVALID_ARGUMENT names the one that is none, or
// that is finite and too large for the dtype.
absl::StatusOr<Tensor> ParseNumbers(absl::string_view text, DType dtype);

// The element at `element`, as "-0.15865526", "1e+20", "-0", "inf", "nan".
std::string ElementText(DType dtype, const char* element);
std::string NumberText(double value);
// Of a value that the dtype has.
std::string NumberText(DType dtype, double value);

// The same for JSON, which has no such numbers: "\"NaN\"", "\"Infinity\"",
// "\"-Infinity\"", as protobuf writes them.
std::string ElementJson(DType dtype, const char* element);

// The element's value; every dtype fits a double.
double ElementValue(DType dtype, const char* element);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_NUMBER_TEXT_H_
