// The exact results that others' are held against: the EXACT tier of the engine, which
// is linked in. Thread-safe once it fits.
#ifndef ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_
#define ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "activation/types.h"
#include "client/cli/check/walk.h"
#include "client/cli/tensor.h"
#include "src/backends/backend.h"

namespace activation::cli::check {

class Reference {
 public:
  // NOT_FOUND for an unknown function, INVALID_ARGUMENT for parameters that it does not have.
  static absl::StatusOr<Reference> Make(const client::Activation& activation, bool gradient);

  // Takes an x of this shape, and weights where the function has them, of the dtype that is
  // checked. INVALID_ARGUMENT where the function cannot. A function of one number takes any x
  // without being asked.
  absl::Status Fit(absl::Span<const int64_t> x_shape, const std::optional<Tensor>& weight);

  // f(x), or the gradient by x times dy, correctly rounded (f64: to 1 ULP) into `out`, which is
  // none of the inputs. `stretch` is a block of the walk, of which `x` and `dy` point to the first
  // elements. A null dy is all ones.
  absl::Status Compute(DType dtype, const void* x, const void* dy, void* out,
                       Stretch stretch) const;

  bool gradient() const { return evaluation_.direction == Direction::kGradient; }
  Kind kind() const;
  const Walk& walk() const { return walk_; }
  double weight(size_t i) const { return weights_[i]; }

 private:
  explicit Reference(const Evaluation& evaluation) : evaluation_(evaluation) {}

  Evaluation evaluation_;  // all but dtype and tensors
  Walk walk_;
  std::string weight_bytes_;
  std::vector<double> weights_;  // the same in f64
};

}  // namespace activation::cli::check

#endif  // ACTIVATION_CLIENT_CLI_CHECK_REFERENCE_H_
