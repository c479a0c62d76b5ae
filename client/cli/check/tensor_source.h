// A tensor that is read once, from its first element to its last, block by block: a
// file of any size never lies in memory whole. What has to (numbers, stdin, Fortran order)
// does. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_TENSOR_SOURCE_H_
#define ACTIVATION_CLIENT_CLI_CHECK_TENSOR_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/tensor.h"
#include "client/cli/tensor_input.h"

namespace activation::cli::check {

class TensorSource {
 public:
  // `argument` and `dtype` as for ReadTensor. Errors name the file.
  static absl::StatusOr<TensorSource> Open(const std::string& argument, std::optional<DType> dtype);
  // Every number of a dtype of 16 bits, in the order of their bit patterns.
  static TensorSource AllInputs(DType dtype);

  const std::string& name() const { return name_; }
  DType dtype() const { return dtype_; }
  const std::vector<int64_t>& shape() const { return shape_; }
  int64_t elements() const { return elements_; }
  // Whether the shape is the file's own and not merely the number of elements.
  bool has_shape() const { return has_shape_; }

  // Gives it another shape; INVALID_ARGUMENT where that has another number of elements.
  absl::Status Reshape(std::vector<int64_t> shape);

  // The next `count` elements, row-major, which are there and stay until the next call.
  absl::StatusOr<const char*> Next(size_t count);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;

  TensorSource() = default;
  // Nothing where that cannot be or anything is wrong, which ReadTensor then says.
  static std::optional<TensorSource> OpenInBlocks(const std::string& path,
                                                  std::optional<DType> dtype);
  static TensorSource Holding(std::string name, InputTensor input);

  std::string name_;
  DType dtype_ = DType::kF32;
  std::vector<int64_t> shape_;
  int64_t elements_ = 0;
  bool has_shape_ = false;
  File file_;          // null where `bytes_` has everything
  std::string bytes_;  // all elements, or the block read last
  size_t next_ = 0;    // byte of `bytes_`, without a file
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_TENSOR_SOURCE_H_
