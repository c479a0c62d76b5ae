// The messages of a stream: a StreamRequest as it stands on the wire, and the replies
// that have no tensor. Pure functions.
// In the way of a request: Reader -> StreamItem -> Decode -> Reply -> Engine::Submit.
#ifndef ACTIVATION_SERVER_WIRE_STREAM_H_
#define ACTIVATION_SERVER_WIRE_STREAM_H_

#include <grpcpp/support/byte_buffer.h>

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/wire/decode.h"
#include "server/wire/item.h"
#include "server/wire/pieces.h"
#include "server/wire/reply.h"
#include "src/base/limits.h"

namespace activation::wire {

// activation.v1.StreamRequest. Views into the request's bytes and itself.
struct StreamItem {
  StreamMark mark;
  bool may_overtake = false;
  // Which of `forward` and `gradient` was sent, and that.
  std::optional<Direction> direction;
  Item item;
};

// The field of a StreamRequest that holds an item of that direction.
const char* ItemField(Direction direction);

// INVALID_ARGUMENT where the bytes are no StreamRequest.
absl::StatusOr<StreamItem> ReadStreamItem(Pieces pieces, const Limits& limits);

// What a request that is not let in says beside its item, which is passed over unread.
// The same error.
absl::StatusOr<StreamItem> ReadEnvelope(Pieces pieces);

// The item as a batch of one. Errors name the field, as `forward.x.shape`.
absl::StatusOr<Batch> Decode(StreamItem item, const ItemSource& source, const Limits& limits);

// A StreamResponse with the error.
grpc::ByteBuffer ErrorReply(const StreamMark& mark, const absl::Status& error);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_STREAM_H_
