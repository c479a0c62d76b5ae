// From a request's bytes to the engine's terms: every rule of the contract about
// what a request may say is checked here, for the whole batch, before any work.
// No tensor is copied and no message object made from the one piece of memory
// that Flatten gives, so an item of a batch costs little more than its bytes. Pure functions.
// In the way of a request: Reader -> Item -> Decode -> Reply -> Engine::Submit.
#ifndef ACTIVATION_SERVER_WIRE_CODEC_H_
#define ACTIVATION_SERVER_WIRE_CODEC_H_

#include <array>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/wire/item.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::wire {

// A checked request. Evaluations point into the request's bytes, which must
// outlive them, and have no output yet (Reply gives them one).
struct Batch {
  Direction direction = Direction::kForward;
  std::vector<Evaluation> evaluations;
  std::vector<Extents> shapes;  // of each evaluation's output
  // Where evaluations that were asked for them put their parameter gradients.
  std::vector<std::array<double, kMaxParams>> parameter_gradients;
};

// `bytes` as a ForwardRequest or GradientRequest. INVALID_ARGUMENT or NOT_FOUND
// naming the first field at fault, as `items[3].x.shape`.
absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits);

// An item that was read already, as a batch of one; its fields are named as `x.shape`.
absl::StatusOr<Batch> Decode(Direction direction, const Item& item, const Limits& limits);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_CODEC_H_
