// From a request message to the engine's terms: every rule of the contract
// about what a request may say is checked here, for the whole batch, before any
// work. No tensor is copied. Pure functions.
// In the way of a request: Parse -> Decode -> Reply -> Engine::Submit.
#ifndef ACTIVATION_SERVER_WIRE_CODEC_H_
#define ACTIVATION_SERVER_WIRE_CODEC_H_

#include <array>
#include <vector>

#include "absl/status/statusor.h"
#include "activation/v1/activation.pb.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::wire {

// A checked request. Evaluations point into the request message, which must
// outlive them, and have no output yet (Reply gives them one).
struct Batch {
  Direction direction = Direction::kForward;
  std::vector<Evaluation> evaluations;
  // The x of each evaluation: its dtype and shape are those of the result.
  std::vector<const v1::Tensor*> inputs;
  // Where evaluations[i].parameter_gradients points; empty where no item asks.
  std::vector<std::array<double, kMaxParams>> parameter_gradients;
};

// INVALID_ARGUMENT or NOT_FOUND naming the first field at fault, as
// `items[3].x.shape`.
absl::StatusOr<Batch> Decode(const v1::ForwardRequest& request, const Limits& limits);
absl::StatusOr<Batch> Decode(const v1::GradientRequest& request, const Limits& limits);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_CODEC_H_
