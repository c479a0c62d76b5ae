#include "tests/benchmarks/wire/request.h"

#include <grpcpp/support/slice.h>

#include <cstring>
#include <random>
#include <string_view>

#include "activation/v1/activation.pb.h"

namespace activation::wire_benchmark {
namespace {

// Normal numbers, as activations are.
std::string Tensor(size_t bytes) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::string tensor(bytes, '\0');
  for (size_t at = 0; at + sizeof(float) <= bytes; at += sizeof(float)) {
    const float x = normal(random);
    std::memcpy(&tensor[at], &x, sizeof x);
  }
  return tensor;
}

// Enough of protobuf's encoding for one message that is not ours
// (https://protobuf.dev/programming-guides/encoding/).
std::string Varint(uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(value | 0x80);
  return text + static_cast<char>(value);
}

std::string Field(int number, std::string_view bytes) {
  std::string text = Varint(static_cast<uint64_t>(number) << 3 | 2) + Varint(bytes.size());
  return text.append(bytes);
}

v1::ForwardItem Item(size_t bytes, const std::string& tier) {
  v1::ForwardItem item;
  item.mutable_activation()->set_function("gelu");
  item.mutable_activation()->set_tier(tier == "fast" ? v1::TIER_FAST : v1::TIER_EXACT);
  item.mutable_x()->set_dtype(v1::DTYPE_F32);
  item.mutable_x()->add_shape(static_cast<int64_t>(bytes / sizeof(float)));
  item.mutable_x()->set_data(Tensor(bytes));
  return item;
}

}  // namespace

Request ForwardRequest(size_t bytes, int items, const std::string& tier) {
  v1::ForwardRequest request;
  for (int i = 0; i < items; ++i) *request.add_items() = Item(bytes, tier);
  return {request.SerializeAsString(), bytes * static_cast<size_t>(items)};
}

Request StreamRequest(size_t bytes, const std::string& tier) {
  // StreamRequest.forward; the id is that of all, as replies keep their order.
  return {Field(2, Item(bytes, tier).SerializeAsString()), bytes};
}

Request InferRequest(size_t bytes, const std::string& tier) {
  // inference/grpc_service.proto: ModelInferRequest.parameters, InferParameter.string_param,
  // InferInputTensor.name, .datatype and .shape.
  const std::string parameter = Field(1, "tier") + Field(2, Field(3, tier));
  const std::string input =
      Field(1, "x") + Field(2, "FP32") + Field(3, Varint(bytes / sizeof(float)));
  return {Field(1, "gelu") + Field(4, parameter) + Field(5, input) + Field(7, Tensor(bytes)),
          bytes};
}

grpc::ByteBuffer Borrow(const std::string& bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE);
  return {&slice, 1};
}

}  // namespace activation::wire_benchmark
