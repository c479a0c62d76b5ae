// The rules about one item of a request, and its place in the batch. Pure functions.
// In the way of a request: a step of Decode.
#ifndef ACTIVATION_SERVER_WIRE_APPEND_H_
#define ACTIVATION_SERVER_WIRE_APPEND_H_

#include <cstddef>
#include <optional>

#include "absl/status/status.h"
#include "server/wire/decode.h"
#include "server/wire/item.h"
#include "server/wire/slice_resolver.h"
#include "src/base/limits.h"

namespace activation::wire {

// What decoding reads by, and what it adds up.
struct DecodeContext {
  const Limits& limits;
  SliceResolver* resolver;
  size_t shared_bytes = 0;
  // Of the item before, in a batch: most items have the same.
  std::optional<ActivationField> before{};
};

inline bool WantsStatistics(const Item& item) { return item.statistics || item.statistics_only; }

// Checks `item` and adds it to the batch, whose last item is context->before where that is set,
// without parameter gradients and statistics, whose places move until the batch has all of its
// items. Takes its output away. INVALID_ARGUMENT or what the resolver says, naming the item's
// field.
absl::Status Append(Item* item, DecodeContext* context, Batch* batch);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_APPEND_H_
