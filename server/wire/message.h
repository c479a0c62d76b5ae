// Between gRPC's buffers and protobuf's messages. Pure functions.
// In the way of a request: the first step after the transport.
#ifndef ACTIVATION_SERVER_WIRE_MESSAGE_H_
#define ACTIVATION_SERVER_WIRE_MESSAGE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::wire {

// Parses the buffer into `message` and empties the buffer. INVALID_ARGUMENT
// where the bytes are no such message.
absl::Status Parse(grpc::ByteBuffer* buffer, google::protobuf::MessageLite* message);

// The buffer's bytes in one piece; empties the buffer. Copies only where they
// came in several.
absl::StatusOr<grpc::Slice> Flatten(grpc::ByteBuffer* buffer);

absl::string_view View(const grpc::Slice& slice);

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_MESSAGE_H_
