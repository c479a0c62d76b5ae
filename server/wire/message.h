// Between gRPC's buffers and protobuf's messages. Pure functions.
// In the way of a request: the first step after the transport.
#ifndef ACTIVATION_SERVER_WIRE_MESSAGE_H_
#define ACTIVATION_SERVER_WIRE_MESSAGE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/status.h"

namespace activation::wire {

// Parses the buffer into `message` and empties the buffer. INVALID_ARGUMENT
// where the bytes are no such message.
absl::Status Parse(grpc::ByteBuffer* buffer, google::protobuf::MessageLite* message);

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_MESSAGE_H_
