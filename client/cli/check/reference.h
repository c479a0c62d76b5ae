// The exact results that others' are held against: the EXACT tier of the engine, which
// is linked in. Thread-safe.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_
#define ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activation/types.h"
#include "client/cli/tensor.h"
#include "src/backends/backend.h"

namespace activation::cli::check {

class Reference {
 public:
  // NOT_FOUND for an unknown function, INVALID_ARGUMENT for parameters that it does not
  // have, UNIMPLEMENTED where it is not a function of one number.
  static absl::StatusOr<Reference> Make(const client::Activation& activation, bool gradient);

  // f(x), or dy f'(x), of `count` elements, correctly rounded (f64: to 1 ULP) into
  // `out`, which is neither input. A null dy is all ones.
  absl::Status Compute(DType dtype, const void* x, const void* dy, void* out, size_t count) const;

  bool gradient() const { return evaluation_.direction == Direction::kGradient; }

 private:
  explicit Reference(const activation::Evaluation& evaluation) : evaluation_(evaluation) {}

  activation::Evaluation evaluation_;  // all but dtype and tensors
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_
