#include "tests/fuzz/decoder_check.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <cstring>
#include <iterator>
#include <optional>
#include <vector>

#include "activation/v1/activation.pb.h"
#include "server/wire/codec.h"
#include "server/wire/item.h"
#include "server/wire/reader.h"
#include "server/wire/reply.h"
#include "tests/fuzz/slicing.h"

namespace activation::wire {
namespace {

std::string Joined(Pieces pieces, const Payload& payload) {
  std::string bytes(payload.size, '\0');
  PieceCursor(pieces, payload).Copy(payload.size, bytes.data());
  return bytes;
}

void Store(const SliceField& from, v1::SharedMemorySlice* to) {
  to->set_region(std::string(from.region));
  to->set_offset(from.offset);
}

void Store(Pieces pieces, const TensorField& from, v1::Tensor* to) {
  to->set_dtype(static_cast<v1::DType>(from.dtype));
  to->mutable_shape()->Add(from.shape.begin(), from.shape.end());
  if (from.data) to->set_data(Joined(pieces, *from.data));
  if (from.shared_memory) Store(*from.shared_memory, to->mutable_shared_memory());
}

void StoreOwn(Pieces, const Item&, v1::ForwardItem*) {}

void StoreOwn(Pieces pieces, const Item& from, v1::GradientItem* to) {
  if (from.dy) Store(pieces, *from.dy, to->mutable_dy());
  to->set_parameter_gradients(from.parameter_gradients);
}

template <class ItemMessage>
void Store(Pieces pieces, const Item& from, ItemMessage* to) {
  if (from.activation) {
    v1::Activation* activation = to->mutable_activation();
    activation->set_function(std::string(from.activation->function));
    for (const auto& [name, value] : from.activation->parameters) {
      (*activation->mutable_parameters())[std::string(name)] = value;
    }
    activation->set_tier(static_cast<v1::Tier>(from.activation->tier));
    activation->set_backend(static_cast<v1::Backend>(from.activation->backend));
  }
  if (from.x) Store(pieces, *from.x, to->mutable_x());
  if (from.weight) Store(pieces, *from.weight, to->mutable_weight());
  if (from.output) Store(*from.output, to->mutable_output());
  to->set_statistics(from.statistics);
  StoreOwn(pieces, from, to);
}

// As our reader sees the request.
template <class Request>
std::optional<Request> Read(Direction direction, Pieces pieces) {
  Limits limits;
  limits.max_rank = int64_t{1} << 30;
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

// The same text for the same fields, whatever the order of a map.
std::string Canonical(const google::protobuf::MessageLite& request) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  request.SerializeToCodedStream(&out);
  out.Trim();
  return text;
}

// Of parameters beyond what any function has, ours keeps the first: what it kept must be
// right, and the others are dropped here too.
void DropBeyondLimit(const v1::Activation& read, v1::Activation* wanted) {
  if (wanted->parameters_size() <= static_cast<int>(kMaxParams) + 1) return;
  auto* const parameters = wanted->mutable_parameters();
  for (auto at = parameters->begin(); at != parameters->end();) {
    at = read.parameters().count(at->first) > 0 ? std::next(at) : parameters->erase(at);
  }
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

// In place of a kernel: every byte of an input counts, and where it stands.
void StandIn(const Evaluation& e) {
  const size_t size = SizeOf(e.dtype);
  const auto add = [&e, size](const void* from, size_t elements) {
    const auto* const in = static_cast<const uint8_t*>(from);
    auto* const out = static_cast<uint8_t*>(e.out);
    if (in == nullptr || elements == 0) return;
    for (size_t i = 0; i < OutputCount(e) * size; ++i) {
      out[i] = static_cast<uint8_t>(3 * out[i] + in[i % (elements * size)]);
    }
  };
  std::memset(e.out, 0, OutputCount(e) * size);
  add(e.x, e.count);
  add(e.dy, ResultCount(e));
  add(e.weight, e.weight_count);
  if (e.statistics != nullptr) *e.statistics = {e.count, 1, 2, 3, 4, 0.5, 0.25, 0.125};
  if (e.weight_gradient != nullptr && e.parameter_gradients != nullptr) {
    std::memset(e.weight_gradient, 1, e.weight_count * sizeof(double));
  }
}

// The reply, or the status.
std::string Answer(Direction direction, Pieces pieces) {
  absl::StatusOr<Batch> batch = Decode(direction, pieces, Limits());
  if (!batch.ok()) return batch.status().ToString();
  Reply reply(&*batch);
  for (const Evaluation& evaluation : batch->evaluations) StandIn(evaluation);
  for (auto& values : batch->parameter_gradients) values.fill(0.5);
  const grpc::ByteBuffer bytes = reply.Finish();
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return "no reply";
  std::string text = "reply ";
  for (const grpc::Slice& slice : slices) text.append(slice.begin(), slice.end());
  return text;
}

}  // namespace

std::string DifferenceFromProtobuf(Direction direction, absl::string_view bytes, Pieces pieces) {
  return direction == Direction::kForward
             ? Difference<v1::ForwardRequest>(direction, bytes, pieces)
             : Difference<v1::GradientRequest>(direction, bytes, pieces);
}

std::string DifferenceFromWhole(Direction direction, absl::string_view bytes, Pieces pieces) {
  const Slicing whole(bytes);
  const std::string wanted = Answer(direction, whole.pieces());
  const std::string answer = Answer(direction, pieces);
  return answer == wanted ? "" : "in pieces another answer: " + answer + ", not " + wanted;
}

std::string CheckDecoder(absl::string_view input) {
  if (input.empty()) return "";
  const auto choice = static_cast<uint8_t>(input.front());
  input.remove_prefix(1);
  const Direction direction = choice % 2 == 0 ? Direction::kForward : Direction::kGradient;
  // Single bytes, halves, or pieces of random lengths.
  const size_t longest = choice / 2 % 4 == 0   ? 1
                         : choice / 2 % 4 == 1 ? 1 + input.size() / 2
                                               : size_t{1} << (choice / 2 % 8);
  const Slicing slicing(input, longest, choice / 2 % 4 < 2 ? 0 : choice);
  std::string difference = DifferenceFromProtobuf(direction, input, slicing.pieces());
  return difference.empty() ? DifferenceFromWhole(direction, input, slicing.pieces()) : difference;
}

}  // namespace activation::wire
