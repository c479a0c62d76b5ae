// Between gRPC's buffers and protobuf's messages. Pure functions.
// In the way of a request: the first step after the transport.
#ifndef ACTIVATION_SERVER_WIRE_MESSAGE_H_
#define ACTIVATION_SERVER_WIRE_MESSAGE_H_

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <cstddef>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "server/wire/pieces.h"

namespace activation::wire {

// gRPC declares a request const, but it belongs to its call alone: its bytes are given back as
// soon as they are of no more use.
inline grpc::ByteBuffer* Own(const grpc::ByteBuffer* request) {
  return const_cast<grpc::ByteBuffer*>(request);
}

// Parses the buffer of up to `most` bytes into `message` and empties it. RESOURCE_EXHAUSTED where
// it is larger, which is looked at first; INVALID_ARGUMENT where the bytes are no such message.
absl::Status Parse(grpc::ByteBuffer* buffer, size_t most, google::protobuf::MessageLite* message);

// A message's bytes where gRPC received them. Thread-compatible.
class ReceivedBytes {
 public:
  // The buffer must outlive this, unchanged.
  explicit ReceivedBytes(grpc::ByteBuffer* buffer);

  ReceivedBytes(const ReceivedBytes&) = delete;
  ReceivedBytes& operator=(const ReceivedBytes&) = delete;

  Pieces pieces() const { return pieces_; }
  size_t size() const { return size_; }

 private:
  std::optional<grpc::ProtoBufferReader> reader_;
  absl::InlinedVector<absl::string_view, 1> pieces_;
  size_t size_ = 0;
};

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_MESSAGE_H_
