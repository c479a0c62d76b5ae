#include "server/wire/message.h"

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace activation::wire {

absl::Status Parse(grpc::ByteBuffer* buffer, google::protobuf::MessageLite* message) {
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

absl::StatusOr<grpc::Slice> Flatten(grpc::ByteBuffer* buffer) {
  grpc::Slice slice;
  if (buffer->Valid() && !buffer->TrySingleSlice(&slice).ok() &&
      !buffer->DumpToSingleSlice(&slice).ok()) {
    return absl::InvalidArgumentError("the request's bytes cannot be decompressed");
  }
  buffer->Clear();
  return slice;
}

absl::string_view View(const grpc::Slice& slice) {
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

grpc::ByteBuffer Serialize(const google::protobuf::MessageLite& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return {&slice, 1};
}

}  // namespace activation::wire
