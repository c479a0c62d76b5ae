#include "src/backends/cpu/evaluate.h"

#include <algorithm>
#include <cstring>

#include "hwy/cache_control.h"
#include "src/backends/cpu/direct_blocks.h"
#include "src/backends/cpu/evaluate_kinds.h"
#include "src/backends/cpu/slow_lane.h"
#include "src/backends/cpu/staging.h"

namespace activation {
namespace {

// One block of an evaluation.
struct Block {
  const KernelSet& kernels;
  const Evaluation& evaluation;
  size_t index;
  size_t count;
  Store store;  // kStreamed only where kernels write the tensor itself

  const FunctionKernels& function() const { return kernels.functions[evaluation.function]; }
  size_t padded() const { return RoundUp(count); }
};

// Storage type and compute type are one: f64, and f32 in the fast tier.
template <class T>
void EvaluateAsStored(const Block& block, Kernel<T> kernel) {
  Buffer<T> x_buffer;
  Buffer<T> dy_buffer;
  StagedOutput<T> out(block.evaluation.out, block.index, block.count);
  const T* x = Stage(block.evaluation.x, block.index, block.count, x_buffer);
  const T* dy = Stage(block.evaluation.dy, block.index, block.count, dy_buffer);
  kernel(block.evaluation.params, x, dy, out.data(), block.padded(), block.store);
  out.Commit();
}

// Decides by the slow lane what is in doubt; `round` takes its result to the
// storage type S.
template <class S, class Round>
void Decide(const Block& block, const float* x, const float* dy, const uint8_t* doubt, Round round,
            S* out) {
  const Evaluation& evaluation = block.evaluation;
  // They are rare; memchr looks for them by whole vectors.
  const auto* const end = doubt + block.count;
  for (const auto* at = doubt; at != end; ++at) {
    at = static_cast<const uint8_t*>(std::memchr(at, 1, static_cast<size_t>(end - at)));
    if (at == nullptr) return;
    const auto i = static_cast<size_t>(at - doubt);
    out[i] = round(EvaluateSlowly(evaluation.function, evaluation.direction, evaluation.params,
                                  static_cast<double>(x[i]), dy == nullptr ? 1.0 : dy[i]));
  }
}

// Input that is still there when `out` is written: the slow lane reads it then.
const float* Kept(const Block& block, const float* in, const float* out, Buffer<float>& buffer) {
  if (in != out) return in;
  std::copy(in, in + block.padded(), buffer.at);
  return buffer.at;
}

// Correctly rounded floats of whole granules.
void EvaluateFloats(const Block& block, const float* x, const float* dy, float* out) {
  uint8_t doubt[kDirectBlock];
  Buffer<float> x_buffer;
  Buffer<float> dy_buffer;
  x = Kept(block, x, out, x_buffer);
  dy = Kept(block, dy, out, dy_buffer);
  const TestedKernel kernel = block.function().exact.For(block.evaluation.direction);
  if (kernel(block.evaluation.params, x, dy, out, doubt, block.padded(), block.store)) {
    if (block.store == Store::kStreamed) hwy::FlushStream();
    Decide(
        block, x, dy, doubt, [](double y) { return static_cast<float>(y); }, out);
  }
}

void EvaluateF32(const Block& block) {
  Buffer<float> x_buffer;
  Buffer<float> dy_buffer;
  StagedOutput<float> out(block.evaluation.out, block.index, block.count);
  EvaluateFloats(block, Stage(block.evaluation.x, block.index, block.count, x_buffer),
                 Stage(block.evaluation.dy, block.index, block.count, dy_buffer), out.data());
  out.Commit();
}

// f16 and bf16 by way of correctly rounded floats. Both tiers are this.
void EvaluateHalf(const Block& block) {
  const Evaluation& evaluation = block.evaluation;
  const HalfFormat format = FormatOf(block.kernels, evaluation.dtype);
  Buffer<uint16_t> stage;
  Buffer<float> x;
  Buffer<float> dy;
  Buffer<float> y;
  Buffer<uint8_t> doubt;
  format.widen(Stage(evaluation.x, block.index, block.count, stage), x.at, block.padded());
  const float* dy_or_null = nullptr;
  if (evaluation.dy != nullptr) {
    format.widen(Stage(evaluation.dy, block.index, block.count, stage), dy.at, block.padded());
    dy_or_null = dy.at;
  }
  EvaluateFloats(block, x.at, dy_or_null, y.at);
  StagedOutput<uint16_t> out(evaluation.out, block.index, block.count);
  if (format.narrow(y.at, out.data(), doubt.at, block.padded())) {
    Decide(block, x.at, dy_or_null, doubt.at, format.round, out.data());
  }
  out.Commit();
}

void EvaluateBlock(const Block& block) {
  const Evaluation& evaluation = block.evaluation;
  const FunctionKernels& function = block.function();
  switch (evaluation.dtype) {
    case DType::kF64:
      return EvaluateAsStored(block, function.in_double.For(evaluation.direction));
    case DType::kF32:
      if (const auto fast = function.fast.For(evaluation.direction);
          fast != nullptr && evaluation.tier == Tier::kFast && HoldInTwoFloats(evaluation.params)) {
        return EvaluateAsStored(block, fast);
      }
      return EvaluateF32(block);
    case DType::kF16:
    case DType::kBF16:
      return EvaluateHalf(block);
  }
}

void EvaluateElements(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                      size_t count) {
  const Store store = StoreOf(evaluation);
  ForEachDirectBlock(evaluation, begin, count, store, [&](size_t index, size_t size, Store to) {
    EvaluateBlock({kernels, evaluation, index, size, to});
  });
  if (store == Store::kStreamed) hwy::FlushStream();
}

Kind KindOf(const Evaluation& evaluation) { return Catalogue()[evaluation.function].kind; }

}  // namespace

size_t UnitsOf(const Evaluation& evaluation) {
  switch (KindOf(evaluation)) {
    case Kind::kElementwise:
      return evaluation.count;
    case Kind::kPerChannel:
      return evaluation.count +
             (evaluation.weight_gradient == nullptr ? 0 : evaluation.weight_count);
    case Kind::kRowWise:
      return evaluation.layout.outer * evaluation.layout.inner;
    case Kind::kGated:
      break;
  }
  return evaluation.count / 2;
}

size_t ElementsOfUnit(const Evaluation& evaluation, size_t index) {
  switch (KindOf(evaluation)) {
    case Kind::kRowWise:
      return std::max<size_t>(1, evaluation.layout.extent);
    case Kind::kPerChannel: {
      if (index < evaluation.count) return 1;
      // An exact sum is some hundred bytes, and that much work.
      constexpr size_t kSum = 32;
      return std::max(kSum, evaluation.count / evaluation.weight_count);
    }
    case Kind::kElementwise:
    case Kind::kGated:
      break;
  }
  return 1;
}

size_t ElementsOf(const Evaluation& evaluation) {
  const size_t units = UnitsOf(evaluation);
  if (KindOf(evaluation) != Kind::kPerChannel || units == evaluation.count) return evaluation.count;
  return evaluation.count +
         (units - evaluation.count) * ElementsOfUnit(evaluation, evaluation.count);
}

size_t ScratchOfStretch(const Evaluation& evaluation) {
  if (KindOf(evaluation) != Kind::kRowWise) return 0;
  constexpr size_t kFew = size_t{1} << 20;
  const size_t bytes = ScratchOfRows(evaluation);
  return bytes < kFew ? 0 : bytes;
}

size_t UnitsOfStretch(const Evaluation& evaluation, size_t begin, size_t elements) {
  const bool before_weights = KindOf(evaluation) == Kind::kPerChannel && begin < evaluation.count;
  const size_t end = before_weights ? evaluation.count : UnitsOf(evaluation);
  return std::min(end - begin, std::max<size_t>(1, elements / ElementsOfUnit(evaluation, begin)));
}

void EvaluateStretch(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                     size_t count) {
  switch (KindOf(evaluation)) {
    case Kind::kElementwise:
      return EvaluateElements(kernels, evaluation, begin, count);
    case Kind::kPerChannel:
      return begin < evaluation.count
                 ? EvaluateChannels(kernels, evaluation, begin, count)
                 : SumWeightTerms(kernels, evaluation, begin - evaluation.count, count);
    case Kind::kRowWise:
      return EvaluateRows(kernels, evaluation, begin, count);
    case Kind::kGated:
      return EvaluateGated(kernels, evaluation, begin, count);
  }
}

ParameterSums SumParameterTerms(const KernelSet& kernels, const Evaluation& evaluation,
                                size_t begin, size_t count) {
  const auto& terms = kernels.functions[evaluation.function].parameter_terms;
  ParameterSums sums;
  ForEachBlock(begin, count, kBlock, [&](size_t index, size_t size) {
    Buffer<double> x;
    Buffer<double> dy;
    Buffer<double> out;
    Widen(kernels, evaluation.dtype, evaluation.x, index, size, x);
    const bool has_dy = evaluation.dy != nullptr;
    if (has_dy) Widen(kernels, evaluation.dtype, evaluation.dy, index, size, dy);
    for (size_t param = 0; param < kMaxParams; ++param) {
      if (terms[param] == nullptr) continue;
      terms[param](evaluation.params, x.at, has_dy ? dy.at : nullptr, out.at, RoundUp(size),
                   Store::kCached);
      sums[param].Add(out.at, size);
    }
  });
  return sums;
}

}  // namespace activation
