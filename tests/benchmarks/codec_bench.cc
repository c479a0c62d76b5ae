// A batch from its bytes to evaluations and a laid-out reply, beside protobuf's
// parser alone on the same bytes.
#include <benchmark/benchmark.h>
#include <google/protobuf/arena.h>

#include <string>

#include "activation/v1/activation.pb.h"
#include "server/wire/decode.h"
#include "server/wire/reply.h"

namespace activation {
namespace {

// A batch of items of `elements` f32 each.
std::string Request(int64_t items, int64_t elements) {
  v1::ForwardRequest request;
  for (int64_t i = 0; i < items; ++i) {
    v1::ForwardItem* item = request.add_items();
    item->mutable_activation()->set_function("gelu");
    item->mutable_x()->set_dtype(v1::DTYPE_F32);
    item->mutable_x()->add_shape(elements);
    item->mutable_x()->set_data(std::string(static_cast<size_t>(elements) * sizeof(float), 'x'));
  }
  return request.SerializeAsString();
}

void DecodeAndLayOut(benchmark::State& state) {
  const std::string bytes = Request(state.range(0), state.range(1));
  while (state.KeepRunning()) {
    absl::StatusOr<wire::Batch> batch = wire::Decode(Direction::kForward, bytes, Limits());
    wire::Reply reply(&*batch);
    benchmark::DoNotOptimize(&reply);
  }
}

void ParseByProtobuf(benchmark::State& state) {
  const std::string bytes = Request(state.range(0), state.range(1));
  while (state.KeepRunning()) {
    google::protobuf::Arena arena;
    auto* request = google::protobuf::Arena::CreateMessage<v1::ForwardRequest>(&arena);
    benchmark::DoNotOptimize(request->ParseFromString(bytes));
  }
}

void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"items", "elements"})->Args({1, 256})->Args({64, 256})->Args({1, 16384});
}

BENCHMARK(DecodeAndLayOut)->Apply(Sizes);
BENCHMARK(ParseByProtobuf)->Apply(Sizes);

}  // namespace
}  // namespace activation
