#include "tests/fuzz/as_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <iterator>

namespace activation::wire {
namespace {

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

// What both kinds of item have.
template <class ItemMessage>
void StoreCommon(Pieces pieces, const Item& from, ItemMessage* to) {
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
  to->set_statistics_only(from.statistics_only);
}

}  // namespace

std::string Joined(Pieces pieces, const Payload& payload) {
  std::string bytes(payload.size, '\0');
  PieceCursor(pieces, payload).Copy(payload.size, bytes.data());
  return bytes;
}

void Store(Pieces pieces, const Item& from, v1::ForwardItem* to) { StoreCommon(pieces, from, to); }

void Store(Pieces pieces, const Item& from, v1::GradientItem* to) {
  StoreCommon(pieces, from, to);
  if (from.dy) Store(pieces, *from.dy, to->mutable_dy());
  to->set_parameter_gradients(from.parameter_gradients);
}

void DropBeyondLimit(const v1::Activation& read, v1::Activation* wanted) {
  if (wanted->parameters_size() <= static_cast<int>(kMaxParams) + 1) return;
  auto* const parameters = wanted->mutable_parameters();
  for (auto at = parameters->begin(); at != parameters->end();) {
    at = read.parameters().count(at->first) > 0 ? std::next(at) : parameters->erase(at);
  }
}

Limits KeepAll() {
  Limits limits;
  limits.max_rank = int64_t{1} << 30;
  limits.max_parameters = int64_t{1} << 30;
  return limits;
}

std::string Canonical(const google::protobuf::MessageLite& message) {
  std::string text;
  google::protobuf::io::StringOutputStream stream(&text);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&out);
  out.Trim();
  return text;
}

}  // namespace activation::wire
