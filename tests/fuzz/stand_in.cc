#include "tests/fuzz/stand_in.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "src/base/errors.h"

namespace activation::wire {
namespace {

constexpr size_t kRegionBytes = 96;

// In place of a result: a number that depends on every byte of x.
double StandInMean(const Evaluation& e) {
  const auto* const x = static_cast<const uint8_t*>(e.x);
  uint32_t sum = 0;
  for (size_t i = 0; i < e.count * SizeOf(e.dtype); ++i) sum = 3 * sum + x[i];
  return sum;
}

// Every byte of an input counts, and where it stands.
void StandIn(const Evaluation& e) {
  if (e.out == nullptr) {
    *e.statistics = {e.count, 1, 2, 3, 4, StandInMean(e), 0.25, 0.125};
    return;
  }
  if (e.statistics != nullptr) *e.statistics = {e.count, 1, 2, 3, 4, 0.5, 0.25, 0.125};
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
  if (e.weight_gradient != nullptr && e.parameter_gradients != nullptr) {
    std::memset(e.weight_gradient, 1, e.weight_count * sizeof(double));
  }
}

}  // namespace

StandInRegion::StandInRegion() : memory_(std::make_unique<std::byte[]>(kRegionBytes)) {
  for (size_t i = 0; i < kRegionBytes; ++i) memory_[i] = static_cast<std::byte>(i);
}

absl::StatusOr<std::byte*> StandInRegion::Resolve(absl::string_view region, uint64_t offset,
                                                  size_t bytes) {
  if (region != "r") return UnknownRegion();
  if (offset > kRegionBytes || bytes > kRegionBytes - offset) {
    return InvalidField("offset", "lies outside");
  }
  return memory_.get() + offset;
}

std::string StandInRegion::Contents() const {
  return {reinterpret_cast<const char*>(memory_.get()), kRegionBytes};
}

void RunStandIns(Batch* batch) {
  for (const Evaluation& evaluation : batch->evaluations) StandIn(evaluation);
  for (auto& values : batch->parameter_gradients) values.fill(0.5);
}

std::string Text(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (!buffer.Dump(&slices).ok()) return text;
  for (const grpc::Slice& slice : slices) text.append(slice.begin(), slice.end());
  return text;
}

}  // namespace activation::wire
