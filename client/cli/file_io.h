// Whole files in and out of memory; "-" is stdin or stdout. Errors name the file.
#ifndef ACTIVATION_CLIENT_CLI_FILE_IO_H_
#define ACTIVATION_CLIENT_CLI_FILE_IO_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::cli {

// At most 16 GiB, so that an endless stream ends in an error.
absl::StatusOr<std::string> ReadWhole(const std::string& path);

// Whether WriteWhole can open that file. Nothing is changed, and none is left where there was none.
absl::Status CheckWritable(const std::string& path);

absl::Status WriteWhole(const std::string& path, absl::string_view contents);

// "stdin" for "-", else the path in itself.
std::string InputName(const std::string& path);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_FILE_IO_H_
