// NumPy's .npy files, versions 1 to 3: reading and writing dense arrays of
// floating point. Nothing in a file is trusted: every length is checked against
// what is there, every product against overflow.
// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#ifndef ACTIVATION_CLIENT_CLI_NPY_H_
#define ACTIVATION_CLIENT_CLI_NPY_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/cli/tensor.h"

namespace activation::cli {

struct NpyHeader {
  std::string descr;           // "<f4"
  bool fortran_order = false;  // first index fastest
  std::vector<int64_t> shape;
  size_t data_offset = 0;  // where the elements begin in the file
};

// Whether `file` begins as an .npy file does.
bool HasNpyMagic(absl::string_view file);

// The header of a whole file or the beginning of one.
absl::StatusOr<NpyHeader> ParseNpyHeader(absl::string_view file);

// The dtype of a file with this header and `data_bytes` bytes behind it, where that is as
// many as its shape takes. bfloat16, which numpy does not know, is accepted as raw 2-byte
// elements ('<u2', '|V2') where `dtype` is kBF16; any other `dtype` must be the file's.
absl::StatusOr<DType> CheckNpyData(const NpyHeader& header, uint64_t data_bytes,
                                   std::optional<DType> dtype);

// The tensor in a whole file, in row-major order whatever the file's order.
// `dtype` as for CheckNpyData.
absl::StatusOr<Tensor> ParseNpy(std::string file, std::optional<DType> dtype);

// A version 1 file in C order; bfloat16 is written as '<u2'.
std::string NpyFile(const Tensor& tensor);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_NPY_H_
