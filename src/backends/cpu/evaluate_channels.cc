#include <algorithm>
#include <vector>

#include "hwy/cache_control.h"
#include "src/backends/cpu/direct_blocks.h"
#include "src/backends/cpu/evaluate_kinds.h"
#include "src/backends/cpu/staging.h"
#include "src/base/exact_sum.h"

namespace activation {
namespace {

// Consecutive elements that share a weight.
size_t RunLength(const Evaluation& evaluation) {
  return evaluation.weight_count == 1 ? evaluation.count : evaluation.layout.inner;
}

// Calls visit(weight, offset, length) for runs of elements [begin, begin + count)
// that share a weight; offsets count from begin.
template <class Visit>
void ForEachChannelRun(const Evaluation& evaluation, size_t begin, size_t count, Visit visit) {
  const size_t inner = RunLength(evaluation);
  for (size_t done = 0; done < count;) {
    const size_t at = begin + done;
    const size_t length = std::min(count - done, inner - at % inner);
    visit(at / inner % evaluation.weight_count, done, length);
    done += length;
  }
}

template <class T>
T WeightAt(const Evaluation& evaluation, size_t index) {
  const auto* from =
      static_cast<const std::byte*>(evaluation.weight) + index * SizeOf(evaluation.dtype);
  const auto read = [from](auto value) {
    std::memcpy(&value, from, sizeof(value));
    return value;
  };
  switch (evaluation.dtype) {
    case DType::kF32:
      return static_cast<T>(read(0.0F));
    case DType::kF64:
      return static_cast<T>(read(0.0));
    case DType::kF16:
      return static_cast<T>(FloatOfF16(read(uint16_t{0})));
    case DType::kBF16:
      break;
  }
  return static_cast<T>(FloatOfBF16(read(uint16_t{0})));
}

// The weight of each element of a block, in whole granules.
template <class T>
const T* ExpandWeights(const Evaluation& evaluation, size_t begin, size_t count,
                       Buffer<T>& buffer) {
  ForEachChannelRun(evaluation, begin, count, [&](size_t weight, size_t offset, size_t length) {
    std::fill_n(buffer.at + offset, length, WeightAt<T>(evaluation, weight));
  });
  std::fill(buffer.at + count, buffer.at + RoundUp(count), T{0});
  return buffer.at;
}

const ChannelKernels& KernelsOf(const KernelSet& kernels, const Evaluation& evaluation) {
  return kernels.channels[PlaceInKind(evaluation.function)];
}

// A run of so many elements is worth a call of a kernel.
constexpr size_t kLongRun = 64;

// Elements of f32 or f64 that share a weight.
template <class T>
void EvaluateRun(const ChannelKernelsOf<T>& kernels, const Evaluation& evaluation, size_t weight,
                 size_t begin, size_t count, Store store) {
  const auto kernel = kernels.of_one.For(evaluation.direction);
  const T w = WeightAt<T>(evaluation, weight);
  ForEachDirectBlock(evaluation, begin, count, store, [&](size_t index, size_t size, Store to) {
    Buffer<T> x;
    Buffer<T> dy;
    StagedOutput<T> out(evaluation.out, index, size);
    kernel(w, Stage(evaluation.x, index, size, x), Stage(evaluation.dy, index, size, dy),
           out.data(), RoundUp(size), to);
    out.Commit();
  });
}

// Elements of any type, of any number of channels.
void EvaluateBlock(const KernelSet& kernels, const Evaluation& evaluation, size_t index,
                   size_t count) {
  const ChannelKernels& channels = KernelsOf(kernels, evaluation);
  const size_t n = RoundUp(count);
  if (evaluation.dtype == DType::kF64) {
    Buffer<double> x;
    Buffer<double> dy;
    Buffer<double> weights;
    StagedOutput<double> out(evaluation.out, index, count);
    channels.in_double.of_each.For(evaluation.direction)(
        ExpandWeights(evaluation, index, count, weights), Stage(evaluation.x, index, count, x),
        Stage(evaluation.dy, index, count, dy), out.data(), n);
    return out.Commit();
  }
  Buffer<float> x_buffer;
  Buffer<float> dy_buffer;
  Buffer<float> weights;
  Buffer<float> y;
  const float* x = StageFloats(kernels, evaluation.dtype, evaluation.x, index, count, x_buffer);
  const float* dy = StageFloats(kernels, evaluation.dtype, evaluation.dy, index, count, dy_buffer);
  channels.in_floats.of_each.For(evaluation.direction)(
      ExpandWeights(evaluation, index, count, weights), x, dy, y.at, n);
  // A product of two 16-bit numbers is a float but where it is too small for one; as a
  // double it always is exact.
  const auto result = [&](size_t i) {
    const float factor = evaluation.direction == Direction::kForward ? x[i]
                         : dy == nullptr                             ? 1.0F
                                                                     : dy[i];
    return x[i] > 0 ? static_cast<double>(factor)
                    : static_cast<double>(weights.at[i]) * static_cast<double>(factor);
  };
  StoreFloats(kernels, evaluation.dtype, y.at, evaluation.out, index, count, result);
}

// Adds what elements [begin, begin + count) are worth to the sums of their weights,
// the first of which is `first`.
void AddTerms(const KernelSet& kernels, const Evaluation& evaluation, size_t begin, size_t count,
              size_t first, std::vector<ExactSum>& sums) {
  ForEachBlock(begin, count, kBlock, [&](size_t index, size_t size) {
    Buffer<double> x;
    Buffer<double> dy;
    Buffer<double> terms;
    Widen(kernels, evaluation.dtype, evaluation.x, index, size, x);
    const bool has_dy = evaluation.dy != nullptr;
    if (has_dy) Widen(kernels, evaluation.dtype, evaluation.dy, index, size, dy);
    KernelsOf(kernels, evaluation)
        .weight_terms(x.at, has_dy ? dy.at : nullptr, terms.at, RoundUp(size));
    ForEachChannelRun(evaluation, index, size, [&](size_t weight, size_t offset, size_t length) {
      for (size_t i = 0; i < length; ++i) sums[weight - first].Add(terms.at[offset + i]);
    });
  });
}

}  // namespace

void EvaluateChannels(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                      size_t count) {
  const DType dtype = evaluation.dtype;
  if (RunLength(evaluation) < kLongRun || (dtype != DType::kF32 && dtype != DType::kF64)) {
    return ForEachBlock(begin, count, kBlock, [&](size_t index, size_t size) {
      EvaluateBlock(kernels, evaluation, index, size);
    });
  }
  const ChannelKernels& channels = KernelsOf(kernels, evaluation);
  const Store store = StoreOf(evaluation);
  ForEachChannelRun(evaluation, begin, count, [&](size_t weight, size_t offset, size_t length) {
    if (dtype == DType::kF32) {
      EvaluateRun(channels.in_floats, evaluation, weight, begin + offset, length, store);
    } else {
      EvaluateRun(channels.in_double, evaluation, weight, begin + offset, length, store);
    }
  });
  if (store == Store::kStreamed) hwy::FlushStream();
}

void SumWeightTerms(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                    size_t count) {
  std::vector<ExactSum> sums(count);
  if (evaluation.weight_count == 1) {
    AddTerms(kernels, evaluation, 0, evaluation.count, 0, sums);
  } else {
    const Layout& layout = evaluation.layout;
    for (size_t outer = 0; outer < layout.outer; ++outer) {
      const size_t channel = outer * layout.extent + begin;
      AddTerms(kernels, evaluation, channel * layout.inner, count * layout.inner, begin, sums);
    }
  }
  auto* const out = static_cast<std::byte*>(evaluation.weight_gradient) + begin * sizeof(double);
  for (size_t i = 0; i < count; ++i) {
    const double sum = sums[i].Total().high;
    std::memcpy(out + i * sizeof(sum), &sum, sizeof(sum));
  }
}

}  // namespace activation
