#include "tests/benchmarks/tensors.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "src/backends/half.h"

namespace activation {
namespace {

constexpr size_t kPage = 4096;

constexpr size_t RoundUpToPage(size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }

void Put(DType dtype, double value, std::byte* to) {
  const auto single = static_cast<float>(value);
  switch (dtype) {
    case DType::kF64:
      std::memcpy(to, &value, sizeof(value));
      return;
    case DType::kF32:
      std::memcpy(to, &single, sizeof(single));
      return;
    case DType::kF16:
    case DType::kBF16:
      const uint16_t half = dtype == DType::kF16 ? F16OfFloat(single) : BF16OfFloat(single);
      std::memcpy(to, &half, sizeof(half));
  }
}

}  // namespace

Tensors::Tensors(DType dtype, size_t count, size_t pages_between)
    : dtype_(dtype),
      count_(count),
      step_(RoundUpToPage(count * SizeOf(dtype)) + pages_between * kPage),
      buffer_(2 * kPage + 3 * step_) {
  // In no order that a branch predictor could learn.
  constexpr size_t kPeriod = size_t{16} << 10;
  constexpr size_t kStride = 7919;
  const size_t size = SizeOf(dtype);
  for (size_t i = 0; i < count; ++i) {
    const auto place = static_cast<double>(i * kStride % kPeriod);
    Put(dtype, place * 16 / kPeriod - 8, x() + i * size);
    Put(dtype, static_cast<double>(i % 17) / 8 - 1, dy() + i * size);
  }
  std::memset(out(), 0, bytes());
  for (size_t i = 0; i < kChannels; ++i) Put(dtype, 0.25, weight() + i * size);
}

std::byte* Tensors::Page(size_t index) {
  const auto address = reinterpret_cast<uintptr_t>(buffer_.data());
  return buffer_.data() + (RoundUpToPage(address) - address) + index * step_;
}

Evaluation DefaultEvaluation(FunctionId function, Direction direction, Tier tier, DType dtype,
                             size_t count, size_t row_length) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.tier = tier;
  evaluation.direction = direction;
  evaluation.dtype = dtype;
  evaluation.count = count;
  switch (Catalogue()[function].kind) {
    case Kind::kElementwise:
      break;
    case Kind::kPerChannel:
      evaluation.layout = {count / (kChannels * kChannelLength), kChannels, kChannelLength};
      evaluation.weight_count = kChannels;
      break;
    case Kind::kRowWise:
      evaluation.layout = {count / row_length, row_length, 1};
      break;
    case Kind::kGated: {
      const size_t length = std::min(count, kGatedRowLength);
      evaluation.layout = {count / length, length, 1};
    }
  }
  return evaluation;
}

Evaluation Tensors::EvaluationOf(FunctionId function, Direction direction, Tier tier) {
  Evaluation evaluation = DefaultEvaluation(function, direction, tier, dtype_, count_, row_length_);
  evaluation.x = x();
  evaluation.dy = direction == Direction::kGradient ? dy() : nullptr;
  evaluation.out = out();
  if (evaluation.weight_count > 0) evaluation.weight = weight();
  return evaluation;
}

}  // namespace activation
