// From the caller's tensors to protobuf messages and back. Going out, the bytes
// are copied once, into the message; coming back once, into the caller's memory,
// after dtype, shape and size of every result have been compared with what was
// asked for. Of tensors in shared memory only the place is sent, and nothing copied.
#ifndef ACTIVATION_CLIENT_SRC_MESSAGES_H_
#define ACTIVATION_CLIENT_SRC_MESSAGES_H_

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "activation/types.h"
#include "activation/v1/activation.pb.h"
#include "client/src/shared_ranges.h"

namespace activation::client {

// Writes `items` into `request`. INVALID_ARGUMENT, naming the field, for what
// could not be read safely: no memory, a shape that is no size, an unknown dtype.
// RESOURCE_EXHAUSTED for a message over `max_bytes`, found before it is made.
// All else is for the server to judge.
absl::Status Encode(absl::Span<const ForwardItem> items, int64_t max_bytes,
                    const SharedRanges& shared, v1::ForwardRequest* request);
absl::Status Encode(absl::Span<const GradientItem> items, int64_t max_bytes,
                    const SharedRanges& shared, v1::GradientRequest* request);
// The same for an item of a stream, which is sent wherever it lies.
absl::Status Encode(const ForwardItem& item, int64_t max_bytes, v1::ForwardItem* message);
absl::Status Encode(const GradientItem& item, int64_t max_bytes, v1::GradientItem* message);

// Which function, and how.
void Encode(const Activation& activation, v1::Activation* message);

// Copies the results into the memory `items` point to. INTERNAL for a reply
// that does not fit the request; then nothing has been written.
absl::Status Decode(const v1::ForwardRequest& request, const v1::ForwardResponse& response,
                    absl::Span<const ForwardItem> items);
absl::Status Decode(const v1::GradientRequest& request, const v1::GradientResponse& response,
                    absl::Span<const GradientItem> items);
absl::Status Decode(const v1::ForwardResult& result, const ForwardItem& item);
absl::Status Decode(const v1::GradientResult& result, const GradientItem& item);

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_MESSAGES_H_
