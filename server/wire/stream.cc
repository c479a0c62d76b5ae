#include "server/wire/stream.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.pb.h"
#include "server/wire/message.h"
#include "server/wire/reader.h"
#include "src/base/errors.h"

namespace activation::wire {
namespace {

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

bool ReadEnvelopeField(uint32_t tag, Reader* reader, StreamItem* item) {
  switch (tag) {
    case kIdTag:
      return reader->ReadVarint(&item->mark.id);
    case kMayOvertakeTag:
      return reader->ReadBool(&item->may_overtake);
    case kMoreTag:
      return reader->ReadBool(&item->mark.more);
    default:
      return reader->Skip(tag);
  }
}

// Calls `read(tag, reader, item)` for each field.
template <class ReadField>
absl::StatusOr<StreamItem> ReadFields(Pieces pieces, ReadField read) {
  // Made where it is returned: its views of itself do not outlive a copy.
  absl::StatusOr<StreamItem> item = StreamItem();
  Reader reader(pieces);
  while (!reader.AtEnd()) {
    uint32_t tag = 0;
    if (!reader.ReadTag(&tag) || !read(tag, &reader, &*item)) return Malformed();
  }
  return item;
}

}  // namespace

const char* ItemField(Direction direction) {
  return direction == Direction::kForward ? "forward" : "gradient";
}

absl::StatusOr<StreamItem> ReadStreamItem(Pieces pieces, const Limits& limits) {
  return ReadFields(pieces, [&limits](uint32_t tag, Reader* reader, StreamItem* item) {
    switch (tag) {
      case kForwardTag:
        return ReadDirection(Direction::kForward, limits, reader, item);
      case kGradientTag:
        return ReadDirection(Direction::kGradient, limits, reader, item);
      default:
        return ReadEnvelopeField(tag, reader, item);
    }
  });
}

absl::StatusOr<StreamItem> ReadEnvelope(Pieces pieces) {
  return ReadFields(pieces, ReadEnvelopeField);
}

absl::StatusOr<Batch> Decode(StreamItem item, const ItemSource& source, const Limits& limits) {
  if (!item.direction.has_value()) {
    return InvalidField("item", "is required, either forward or gradient");
  }
  const Direction direction = *item.direction;
  absl::StatusOr<Batch> batch = Decode(direction, std::move(item.item), source, limits);
  if (batch.ok()) return batch;
  return Within(absl::StrCat(ItemField(direction), "."), batch.status());
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
