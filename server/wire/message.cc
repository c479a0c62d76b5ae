#include "server/wire/message.h"

#include <grpcpp/support/slice.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace activation::wire {

absl::Status Parse(grpc::ByteBuffer* buffer, size_t most, google::protobuf::MessageLite* message) {
  if (const size_t size = buffer->Length(); size > most) {
    buffer->Clear();
    return absl::ResourceExhaustedError(absl::StrCat("the request has ", size, " bytes; at most ",
                                                     most, " are taken of ",
                                                     message->GetTypeName()));
  }
  bool parsed = true;
  if (buffer->Valid()) {
    grpc::ProtoBufferReader reader(buffer);
    parsed = reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
  }
  buffer->Clear();
  if (parsed) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the request's bytes are no valid ", message->GetTypeName()));
}

ReceivedBytes::ReceivedBytes(grpc::ByteBuffer* buffer) {
  if (!buffer->Valid()) return;
  reader_.emplace(buffer);
  const void* data = nullptr;
  // A message in one piece needs no second look, and mostly is one.
  const size_t length = buffer->Length();
  for (int size = 0; size_ < length && reader_->Next(&data, &size);) {
    pieces_.emplace_back(static_cast<const char*>(data), static_cast<size_t>(size));
    size_ += static_cast<size_t>(size);
  }
}

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

}  // namespace activation::wire
