#include "tests/fuzz/decoder_check.h"

#include <optional>

#include "activation/v1/activation.pb.h"
#include "server/wire/decode.h"
#include "server/wire/item.h"
#include "server/wire/reader.h"
#include "tests/fuzz/as_message.h"
#include "tests/fuzz/checks.h"
#include "tests/fuzz/slicing.h"
#include "tests/fuzz/stand_in.h"

namespace activation::wire {
namespace {

// As our reader sees the request.
template <class Request>
std::optional<Request> Read(Direction direction, Pieces pieces) {
  const Limits limits = KeepAll();
  Request request;
  Reader reader(pieces);
  while (!reader.AtEnd()) {
    uint32_t tag;
    if (!reader.ReadTag(&tag)) return std::nullopt;
    if (tag == BytesTag(Request::kItemsFieldNumber)) {
      Item item;
      if (!ReadItem(direction, limits, &reader, &item)) return std::nullopt;
      Store(pieces, item, request.add_items());
    } else if (!reader.Skip(tag)) {
      return std::nullopt;
    }
  }
  return request;
}

template <class Request>
std::string Difference(Direction direction, absl::string_view bytes, Pieces pieces) {
  Request wanted;
  const bool valid = wanted.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const std::optional<Request> read = Read<Request>(direction, pieces);
  if (valid != read.has_value()) return valid ? "wrongly refused" : "wrongly accepted";
  if (!valid) return "";
  wanted.DiscardUnknownFields();
  if (read->items_size() != wanted.items_size()) return "another number of items";
  for (int i = 0; i < wanted.items_size(); ++i) {
    if (!wanted.items(i).has_activation()) continue;
    DropBeyondLimit(read->items(i).activation(), wanted.mutable_items(i)->mutable_activation());
  }
  return Canonical(*read) == Canonical(wanted) ? "" : "other fields";
}

std::string AnswerTo(Direction direction, Pieces pieces) {
  StandInRegion region;
  return Answer(Decode(direction, pieces, Limits(), &region), region);
}

}  // namespace

std::string DifferenceFromProtobuf(Direction direction, absl::string_view bytes, Pieces pieces) {
  return direction == Direction::kForward
             ? Difference<v1::ForwardRequest>(direction, bytes, pieces)
             : Difference<v1::GradientRequest>(direction, bytes, pieces);
}

std::string DifferenceFromWhole(Direction direction, absl::string_view bytes, Pieces pieces) {
  const Slicing whole(bytes);
  return DifferenceOf(AnswerTo(direction, pieces), AnswerTo(direction, whole.pieces()));
}

}  // namespace activation::wire

namespace activation::fuzz {

std::string CheckDecoder(absl::string_view input) {
  if (input.empty()) return "";
  const auto choice = static_cast<uint8_t>(input.front());
  input.remove_prefix(1);
  const Direction direction = choice % 2 == 0 ? Direction::kForward : Direction::kGradient;
  const wire::Slicing slicing = wire::CutBy(choice / 2, input);
  std::string difference = wire::DifferenceFromProtobuf(direction, input, slicing.pieces());
  return difference.empty() ? wire::DifferenceFromWhole(direction, input, slicing.pieces())
                            : difference;
}

}  // namespace activation::fuzz
