// Reads the dictionary in an .npy header: a Python literal such as
// {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
#ifndef ACTIVATION_CLIENT_CLI_NPY_HEADER_READER_H_
#define ACTIVATION_CLIENT_CLI_NPY_HEADER_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::cli {

struct NpyDictionary {
  std::string descr;
  bool fortran_order = false;
  std::vector<int64_t> shape;
};

// INVALID_ARGUMENT unless the text has exactly these three entries, each once,
// in any order. Reads nothing beyond `text`.
absl::StatusOr<NpyDictionary> ReadNpyDictionary(absl::string_view text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_NPY_HEADER_READER_H_
