#include <cstring>
#include <random>

#include "src/backends/half.h"
#include "tests/benchmarks/cuda/bench.h"

namespace activation::cuda {

std::vector<std::byte> Normal(DType dtype, size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<std::byte> bytes(count * SizeOf(dtype));
  for (size_t i = 0; i < count; ++i) {
    const float x = normal(random);
    const double wide = x;
    const uint16_t half = dtype == DType::kF16 ? F16OfFloat(x) : BF16OfFloat(x);
    const void* const from = dtype == DType::kF32   ? static_cast<const void*>(&x)
                             : dtype == DType::kF64 ? static_cast<const void*>(&wide)
                                                    : &half;
    std::memcpy(&bytes[i * SizeOf(dtype)], from, SizeOf(dtype));
  }
  return bytes;
}

Evaluation Of(FunctionId function, const Column& column, Direction direction, size_t count) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = column.dtype;
  evaluation.tier = column.tier;
  evaluation.direction = direction;
  evaluation.count = count;
  // Rows, halves and channels of usual lengths.
  constexpr size_t kExtent = 4096;
  const Kind kind = Catalogue()[function].kind;
  if (kind == Kind::kRowWise || kind == Kind::kGated) {
    evaluation.layout = {count / kExtent, kExtent, 1};
  } else if (kind == Kind::kPerChannel) {
    evaluation.layout = {count / kExtent / 64, 64, kExtent};
    evaluation.weight_count = 64;
  }
  return evaluation;
}

}  // namespace activation::cuda
