// The tensors of a check: x, dy where there is one, and somebody's results, opened and
// found to fit each other; read once, together, block by block. Thread-compatible.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_INPUTS_H_
#define ACTIVATION_CLIENT_CLI_CHECK_INPUTS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/check/comparison.h"
#include "client/cli/check/tensor_source.h"

namespace activation::cli::check {

class Inputs {
 public:
  // `arguments` are x and results, or x, dy and results. A dtype that is not given is
  // that of x, a shape x's own.
  static absl::StatusOr<Inputs> Open(const std::vector<std::string>& arguments,
                                     std::optional<DType> dtype,
                                     std::optional<std::vector<int64_t>> shape);
  // Results for every number of a 16-bit dtype, in the order of bit patterns.
  static absl::StatusOr<Inputs> OpenAll(const std::string& results, DType dtype);

  DType dtype() const { return x_.dtype(); }
  bool has_dy() const { return dy_.has_value(); }
  // Of x.
  const std::vector<int64_t>& shape() const { return x_.shape(); }
  size_t elements() const { return static_cast<size_t>(x_.elements()); }

  // Whether dy and the results have these shapes, or as many elements where they have none of
  // their own.
  absl::Status CheckShapes(const std::vector<int64_t>& dy,
                           const std::vector<int64_t>& results) const;

  // The next `count` elements of x, a block of the walk, with what belongs to them; valid until
  // the next call.
  absl::StatusOr<Block> Next(const Walk& walk, size_t count);

 private:
  Inputs(TensorSource x, std::optional<TensorSource> dy, TensorSource results);
  TensorSource x_;
  std::optional<TensorSource> dy_;
  TensorSource results_;
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_INPUTS_H_
