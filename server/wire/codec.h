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
#include "server/wire/slice_resolver.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::wire {

// A checked request. Evaluations point into the request's bytes, which must outlive
// them, and into shared memory. They have no output yet (Reply gives them one), but for
// those whose output is shared memory.
struct Batch {
  Direction direction = Direction::kForward;
  std::vector<Evaluation> evaluations;
  std::vector<Extents> shapes;  // of each evaluation's output
  // Where in shared memory the outputs lie; shorter where the last have none there.
  std::vector<absl::optional<SliceField>> outputs;
  // Of all tensors in shared memory together, each counted as often as it is named.
  size_t shared_bytes = 0;
  // Of results that are sent although their inputs were not.
  size_t unmatched_result_bytes = 0;
  // Where evaluations that were asked for them put their parameter gradients.
  std::vector<std::array<double, kMaxParams>> parameter_gradients;
};

// Of evaluation `i`, or nullptr where its output goes into the reply.
inline const SliceField* OutputSlice(const Batch& batch, size_t i) {
  return i < batch.outputs.size() && batch.outputs[i].has_value() ? &*batch.outputs[i] : nullptr;
}

// `bytes` as a ForwardRequest or GradientRequest. INVALID_ARGUMENT or NOT_FOUND, or what
// `resolver` says of a slice, naming the first field at fault, as `items[3].x.shape`.
// Without a resolver a slice is UNIMPLEMENTED.
absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits,
                             SliceResolver* resolver = nullptr);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_CODEC_H_
