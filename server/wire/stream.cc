#include "server/wire/stream.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>

#include <string>

#include "activation/v1/activation.pb.h"
#include "server/wire/message.h"
#include "server/wire/reader.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

constexpr uint32_t kIdTag = VarintTag(v1::StreamRequest::kIdFieldNumber);
constexpr uint32_t kForwardTag = BytesTag(v1::StreamRequest::kForwardFieldNumber);
constexpr uint32_t kGradientTag = BytesTag(v1::StreamRequest::kGradientFieldNumber);
constexpr uint32_t kMayOvertakeTag = VarintTag(v1::StreamRequest::kMayOvertakeFieldNumber);
constexpr uint32_t kMoreTag = VarintTag(v1::StreamRequest::kMoreFieldNumber);

absl::Status Malformed() {
  return absl::InvalidArgumentError("the request's bytes are no valid activation.v1.StreamRequest");
}

// The oneof keeps what came last; what comes twice is merged.
bool ReadDirection(Direction direction, const Limits& limits, Reader* reader, StreamItem* item) {
  if (item->direction != direction) item->item = Item();
  item->direction = direction;
  return ReadItem(direction, limits, reader, &item->item);
}

bool ReadField(uint32_t tag, const Limits& limits, Reader* reader, StreamItem* item) {
  uint64_t flag = 0;
  switch (tag) {
    case kIdTag:
      return reader->ReadVarint(&item->mark.id);
    case kForwardTag:
      return ReadDirection(Direction::kForward, limits, reader, item);
    case kGradientTag:
      return ReadDirection(Direction::kGradient, limits, reader, item);
    case kMayOvertakeTag:
      if (!reader->ReadVarint(&flag)) return false;
      item->may_overtake = flag != 0;
      return true;
    case kMoreTag:
      if (!reader->ReadVarint(&flag)) return false;
      item->mark.more = flag != 0;
      return true;
    default:
      return reader->Skip(tag);
  }
}

bool ReadEnvelopeField(uint32_t tag, CodedInputStream* in, StreamItem* item) {
  uint64_t flag = 0;
  switch (tag) {
    case kIdTag:
      return in->ReadVarint64(&item->mark.id);
    case kMayOvertakeTag:
      if (!in->ReadVarint64(&flag)) return false;
      item->may_overtake = flag != 0;
      return true;
    case kMoreTag:
      if (!in->ReadVarint64(&flag)) return false;
      item->mark.more = flag != 0;
      return true;
    default:
      return WireFormatLite::SkipField(in, tag);
  }
}

}  // namespace

absl::StatusOr<StreamItem> ReadStreamItem(absl::string_view bytes, const Limits& limits) {
  StreamItem item;
  Reader reader(bytes);
  while (!reader.AtEnd()) {
    uint32_t tag = 0;
    if (!reader.ReadTag(&tag) || !ReadField(tag, limits, &reader, &item)) return Malformed();
  }
  return item;
}

absl::StatusOr<StreamItem> ReadEnvelope(const grpc::ByteBuffer& bytes) {
  StreamItem item;
  if (!bytes.Valid()) return item;
  // The reader wants a buffer that it may change, and leaves it as it was.
  grpc::ByteBuffer same = bytes;
  grpc::ProtoBufferReader slices(&same);
  CodedInputStream in(&slices);
  while (const uint32_t tag = in.ReadTag()) {
    if (!ReadEnvelopeField(tag, &in, &item)) return Malformed();
  }
  return in.ConsumedEntireMessage() ? absl::StatusOr<StreamItem>(item) : Malformed();
}

absl::StatusOr<Batch> Decode(const StreamItem& item, const Limits& limits) {
  if (!item.direction.has_value()) {
    return InvalidField("item", "is required, either forward or gradient");
  }
  absl::StatusOr<Batch> batch = Decode(*item.direction, item.item, limits);
  if (batch.ok()) return batch;
  return Within(*item.direction == Direction::kForward ? "forward." : "gradient.", batch.status());
}

grpc::ByteBuffer ErrorReply(const StreamMark& mark, const absl::Status& error) {
  v1::StreamResponse response;
  response.set_id(mark.id);
  response.set_more(mark.more);
  v1::StreamError* const to = response.mutable_error();
  to->set_code(error.raw_code());
  to->set_message(std::string(error.message()));
  to->set_field(FieldOf(error));
  to->set_retry_delay_ms(
      absl::ToInt64Milliseconds(absl::Ceil(RetryDelayOf(error), absl::Milliseconds(1))));
  return Serialize(response);
}

}  // namespace activation::wire
