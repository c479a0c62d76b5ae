#include "tests/accuracy/golden_tensors.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "src/backends/cpu/evaluate.h"
#include "tests/accuracy/bit_hash.h"
#include "tests/accuracy/element.h"

namespace activation::accuracy {
namespace {

struct Shape {
  Layout layout;
  // Special values, if any, are one number in so many: few enough that not every row has
  // a NaN, and enough that some meet another.
  uint64_t special_one_in;
};
constexpr Shape kShapes[] = {{{20, 130, 1}, 64}, {{6, 70, 5}, 4}};

// Which numbers a tensor holds.
struct Draw {
  uint64_t seed;
  double most;              // in size
  uint64_t special_one_in;  // 0: none
};

double Special(uint64_t random) {
  constexpr double kSpecials[] = {0.0, -0.0, kInfinity, -kInfinity, kNotANumber, 1, -1, 1e-45};
  return kSpecials[random % 8];
}

std::vector<std::byte> Numbers(DType dtype, size_t count, const Draw& draw) {
  const size_t size = SizeOf(dtype);
  std::vector<std::byte> numbers(count * size);
  for (size_t i = 0; i < count; ++i) {
    const uint64_t random = Mix(draw.seed + i);
    const double plain = std::ldexp(static_cast<double>(static_cast<int64_t>(random)), -63);
    const bool special = draw.special_one_in != 0 && random % draw.special_one_in == 0;
    const double value = special ? Special(random / draw.special_one_in) : plain * draw.most;
    const uint64_t bits = BitsOf(dtype, value);
    std::memcpy(numbers.data() + i * size, &bits, size);
  }
  return numbers;
}

// Of elements of `size` bytes, by place.
uint64_t HashOf(const void* elements, size_t size, size_t count) {
  uint64_t hash = 0;
  for (size_t i = 0; i < count; ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, static_cast<const std::byte*>(elements) + i * size, size);
    hash += Mix(Mix(i) ^ bits);
  }
  return hash;
}

// In stretches, as workers do.
void EvaluateAll(const KernelSet& kernels, const Evaluation& evaluation) {
  const size_t units = UnitsOf(evaluation);
  for (size_t begin = 0; begin < units;) {
    const size_t count = UnitsOfStretch(evaluation, begin, 1000);
    EvaluateStretch(kernels, evaluation, begin, count);
    begin += count;
  }
}

uint64_t HashOfTensor(const KernelSet& kernels, Evaluation evaluation, const Layout& layout,
                      uint64_t special_one_in) {
  const DType dtype = evaluation.dtype;
  evaluation.layout = layout;
  evaluation.count = layout.outer * layout.extent * layout.inner;
  const auto x = Numbers(dtype, evaluation.count, {1, 12, special_one_in});
  const auto dy = Numbers(dtype, evaluation.count, {2, 2, special_one_in});
  const auto weight = Numbers(dtype, layout.extent, {3, 1, special_one_in});
  std::vector<std::byte> out(x.size());
  std::vector<double> weight_gradient(layout.extent);
  evaluation.x = x.data();
  evaluation.out = out.data();
  const bool gradient = evaluation.direction == Direction::kGradient;
  if (gradient) evaluation.dy = dy.data();
  if (Catalogue()[evaluation.function].kind == Kind::kPerChannel) {
    evaluation.weight = weight.data();
    evaluation.weight_count = layout.extent;
    if (gradient) evaluation.weight_gradient = weight_gradient.data();
  }
  EvaluateAll(kernels, evaluation);
  return HashOf(out.data(), SizeOf(dtype), OutputCount(evaluation)) +
         HashOf(weight_gradient.data(), sizeof(double), weight_gradient.size());
}

uint64_t HashOfBoth(const KernelSet& kernels, const Evaluation& evaluation, bool any_special) {
  uint64_t hash = 0;
  for (const Shape& shape : kShapes) {
    hash += HashOfTensor(kernels, evaluation, shape.layout, any_special ? shape.special_one_in : 0);
  }
  return hash;
}

}  // namespace

uint64_t HashOfTensors(const KernelSet& kernels, const Evaluation& evaluation) {
  return HashOfBoth(kernels, evaluation, false);
}

uint64_t HashOfSpecials(const KernelSet& kernels, const Evaluation& evaluation) {
  return HashOfBoth(kernels, evaluation, true);
}

uint64_t HashOfParameterGradients(const KernelSet& kernels, const Evaluation& evaluation) {
  constexpr size_t kCount = 3000;
  uint64_t hash = 0;
  for (const uint64_t special_one_in : {0, 64}) {
    const auto x = Numbers(evaluation.dtype, kCount, {4, 12, special_one_in});
    const auto dy = Numbers(evaluation.dtype, kCount, {5, 2, special_one_in});
    Evaluation with = evaluation;
    with.count = kCount;
    with.x = x.data();
    with.dy = dy.data();
    for (const CompensatedSum& sum : SumParameterTerms(kernels, with, 0, kCount)) {
      hash = Mix(hash ^ std::bit_cast<uint64_t>(sum.Total()));
    }
  }
  return hash;
}

}  // namespace activation::accuracy
