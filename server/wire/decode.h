// From a request's bytes to the engine's terms: every rule of the contract about
// what a request may say is checked here, for the whole batch, before any work.
// No tensor is copied, no message object and nothing of a tensor's size is made, so
// an item of a batch costs little more than its bytes. Pure functions.
// In the way of a request: Reader -> Item -> Decode -> Reply -> Engine::Submit.
#ifndef ACTIVATION_SERVER_WIRE_DECODE_H_
#define ACTIVATION_SERVER_WIRE_DECODE_H_

#include <array>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/wire/buffer_pool.h"
#include "server/wire/item.h"
#include "server/wire/pieces.h"
#include "server/wire/slice_resolver.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation::wire {

// An item with a tensor that came in several pieces.
struct ScatteredItem {
  size_t index = 0;
  Payload x;
  std::optional<Payload> dy;
  std::optional<Payload> weight;
};

inline bool IsScattered(const ScatteredItem& item) {
  const auto split = [](const std::optional<Payload>& data) {
    return data.has_value() && !data->whole();
  };
  return !item.x.whole() || split(item.dy) || split(item.weight);
}

// A checked request, one evaluation an item. They point into the request's bytes, which
// must outlive them, and into shared memory. They still lack their output, but where that
// is shared memory or none is wanted, and their input where it is scattered: Reply gives them both.
// After that an item may have several.
struct Batch {
  Direction direction = Direction::kForward;
  std::vector<Evaluation> evaluations;
  absl::InlinedVector<Extents, 1> shapes;  // of each item's output
  // Where in shared memory the outputs lie; shorter where the last have none there.
  std::vector<std::optional<SliceField>> outputs;
  // Whether an item has statistics and no result; shorter where the last have one.
  std::vector<bool> statistics_only;
  // Of all tensors in shared memory together, each counted as often as it is named.
  size_t shared_bytes = 0;
  // Where evaluations that were asked for them put their parameter gradients.
  std::vector<std::array<double, kMaxParams>> parameter_gradients;
  // The same of statistics.
  std::vector<TensorStatistics> statistics;

  Pieces pieces;                         // of the request, where an item is scattered
  std::vector<ScatteredItem> scattered;  // by index
  // What Assemble (assemble.h) makes for evaluations to point into.
  std::forward_list<uint64_t> split_elements;
  std::optional<PooledBuffer> gathered;
  // Of the request, copied so far: of tensors, and names that lie in two pieces.
  size_t copied_bytes = 0;
  // How long copying of tensors took; nothing where none was.
  std::optional<absl::Duration> copying;
  // Of the request, put together while it was read.
  size_t gathered_bytes = 0;
};

// Of evaluation `i`, or nullptr where its output goes into the reply.
inline const SliceField* OutputSlice(const Batch& batch, size_t i) {
  return i < batch.outputs.size() && batch.outputs[i].has_value() ? &*batch.outputs[i] : nullptr;
}

// Whether evaluation `i` has a result, wherever it goes.
inline bool HasResult(const Batch& batch, size_t i) {
  return i >= batch.statistics_only.size() || !batch.statistics_only[i];
}

// What a decoded request takes beside its bytes, and beyond one item: a batch of many small
// items, each with a long shape, takes several times what was received.
size_t BytesOfItems(const Batch& batch);

// `pieces` as a ForwardRequest or GradientRequest; their bytes must outlive the batch,
// the views of them too where an item is scattered. INVALID_ARGUMENT or NOT_FOUND, or what
// `resolver` says of a slice, naming the first field at fault, as `items[3].x.shape`.
// Without a resolver a slice is UNIMPLEMENTED.
absl::StatusOr<Batch> Decode(Direction direction, Pieces pieces, const Limits& limits,
                             SliceResolver* resolver = nullptr);

// The same of bytes in one piece.
absl::StatusOr<Batch> Decode(Direction direction, absl::string_view bytes, const Limits& limits,
                             SliceResolver* resolver = nullptr);

// Where the tensors of an item may lie: in the pieces it was read from, and in shared memory.
struct ItemSource {
  Pieces pieces;
  SliceResolver* resolver = nullptr;
};

// An item that was read already, as a batch of one; its fields are named as `x.shape`.
absl::StatusOr<Batch> Decode(Direction direction, Item item, const ItemSource& source,
                             const Limits& limits);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_DECODE_H_
