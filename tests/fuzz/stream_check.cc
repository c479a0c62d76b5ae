#include "tests/fuzz/stream_check.h"

#include <utility>

#include "activation/v1/activation.pb.h"
#include "server/wire/stream.h"
#include "tests/fuzz/as_message.h"
#include "tests/fuzz/checks.h"
#include "tests/fuzz/slicing.h"
#include "tests/fuzz/stand_in.h"

namespace activation::wire {
namespace {

// As our reader sees the request.
v1::StreamRequest MessageOf(Pieces pieces, const StreamItem& item) {
  v1::StreamRequest message;
  message.set_id(item.mark.id);
  message.set_more(item.mark.more);
  message.set_may_overtake(item.may_overtake);
  if (item.direction == Direction::kForward) Store(pieces, item.item, message.mutable_forward());
  if (item.direction == Direction::kGradient) Store(pieces, item.item, message.mutable_gradient());
  return message;
}

// Without the parameters that our reader drops.
void Prune(const v1::StreamRequest& read, v1::StreamRequest* wanted) {
  wanted->DiscardUnknownFields();
  if (wanted->forward().has_activation()) {
    DropBeyondLimit(read.forward().activation(), wanted->mutable_forward()->mutable_activation());
  }
  if (wanted->gradient().has_activation()) {
    DropBeyondLimit(read.gradient().activation(), wanted->mutable_gradient()->mutable_activation());
  }
}

// The envelope passes over the item unread, so it may accept more.
std::string EnvelopeDifference(bool valid, Pieces pieces, v1::StreamRequest wanted) {
  const absl::StatusOr<StreamItem> envelope = ReadEnvelope(pieces);
  if (!valid) return "";
  if (!envelope.ok()) return "the envelope is wrongly refused";
  wanted.DiscardUnknownFields();
  wanted.clear_item();
  const bool same = Canonical(MessageOf(pieces, *envelope)) == Canonical(wanted);
  return same ? "" : "another envelope";
}

std::string AnswerTo(Pieces pieces) {
  absl::StatusOr<StreamItem> item = ReadStreamItem(pieces, Limits());
  if (!item.ok()) return item.status().ToString();
  const StreamMark mark = item->mark;
  StandInRegion region;
  return Answer(Decode(*std::move(item), {pieces, &region}, Limits()), region, mark);
}

// What the client gets is a message, with the request's mark.
std::string ReplyProblem(Pieces pieces) {
  absl::StatusOr<StreamItem> item = ReadStreamItem(pieces, Limits());
  if (!item.ok()) return "";
  const StreamMark mark = item->mark;
  StandInRegion region;
  absl::StatusOr<Batch> batch = Decode(*std::move(item), {pieces, &region}, Limits());
  std::string text;
  if (batch.ok()) {
    Reply reply(mark, &*batch);
    RunStandIns(&*batch);
    text = Text(reply.Finish());
  } else {
    text = Text(ErrorReply(mark, batch.status()));
  }
  v1::StreamResponse response;
  if (!response.ParseFromString(text)) return "the reply is no message";
  if (response.id() != mark.id || response.more() != mark.more) return "the reply has another mark";
  if (response.has_error() == batch.ok()) return "the reply and the status differ";
  return "";
}

}  // namespace

std::string StreamDifferenceFromProtobuf(absl::string_view bytes, Pieces pieces) {
  v1::StreamRequest wanted;
  const bool valid = wanted.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const absl::StatusOr<StreamItem> item = ReadStreamItem(pieces, KeepAll());
  if (valid != item.ok()) return valid ? "wrongly refused" : "wrongly accepted";
  std::string difference = EnvelopeDifference(valid, pieces, wanted);
  if (!valid || !difference.empty()) return difference;
  const v1::StreamRequest read = MessageOf(pieces, *item);
  Prune(read, &wanted);
  return Canonical(read) == Canonical(wanted) ? "" : "other fields";
}

}  // namespace activation::wire

namespace activation::fuzz {

std::string CheckStream(absl::string_view input) {
  if (input.empty()) return "";
  const wire::Slicing slicing = wire::CutBy(static_cast<uint8_t>(input.front()), input.substr(1));
  input.remove_prefix(1);
  const wire::Slicing whole(input);
  std::string problem = wire::StreamDifferenceFromProtobuf(input, slicing.pieces());
  if (problem.empty()) problem = wire::ReplyProblem(whole.pieces());
  if (!problem.empty()) return problem;
  return wire::DifferenceOf(wire::AnswerTo(slicing.pieces()), wire::AnswerTo(whole.pieces()));
}

}  // namespace activation::fuzz
