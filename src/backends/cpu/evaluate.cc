#include "src/backends/cpu/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "src/backends/cpu/half.h"

namespace activation {
namespace {

// Elements that pass through the pipeline at a time: the buffers of a block stay
// in the first-level cache.
constexpr size_t kBlock = 512;

// Bounds the relative error of a float kernel with room to spare (measured:
// below 2^-23, docs/accuracy.md). Numbers this near to a rounding boundary of a
// 16-bit type go to the slow lane.
constexpr float kFloatKernelError = 0x1p-20F;

template <class T>
struct alignas(64) Buffer {
  T at[kBlock];
};

constexpr size_t RoundUp(size_t n) { return (n + kKernelGranule - 1) / kKernelGranule * kKernelGranule; }

// Tensors arrive at any address; kernels need naturally aligned elements and
// whole granules.
template <class T>
bool Direct(const void* pointer, size_t count) {
  return reinterpret_cast<uintptr_t>(pointer) % alignof(T) == 0 && count % kKernelGranule == 0;
}

// `count` elements from `index` on, where they are if possible, else copied and
// padded with zeros; nullptr stays nullptr.
template <class T>
const T* Stage(const void* base, size_t index, size_t count, Buffer<T>& buffer) {
  if (base == nullptr) return nullptr;
  const auto* from = static_cast<const std::byte*>(base) + index * sizeof(T);
  if (Direct<T>(from, count)) return reinterpret_cast<const T*>(from);
  std::memcpy(buffer.at, from, count * sizeof(T));
  std::fill(buffer.at + count, buffer.at + RoundUp(count), T{0});
  return buffer.at;
}

// The same for the way out: compute into the result, then Commit().
template <class T>
class StagedOutput {
 public:
  StagedOutput(void* base, size_t index, size_t count)
      : to_(static_cast<std::byte*>(base) + index * sizeof(T)), count_(count) {}

  T* data() { return Direct<T>(to_, count_) ? reinterpret_cast<T*>(to_) : buffer_.at; }
  void Commit() {
    if (!Direct<T>(to_, count_)) std::memcpy(to_, buffer_.at, count_ * sizeof(T));
  }

 private:
  std::byte* to_;
  size_t count_;
  Buffer<T> buffer_;
};

// Whether a float kernel can take these parameters: as a pair of floats they
// must keep 48 bits.
bool FloatHolds(const Params& params) {
  return std::all_of(params.values.begin(), params.values.end(),
                     [](double value) { return value == 0 || std::fabs(value) >= 0x1p-60; });
}

// One block of an evaluation.
struct Block {
  const KernelSet& kernels;
  const Evaluation& evaluation;
  size_t index;
  size_t count;

  const FunctionKernels& function() const { return kernels.functions[evaluation.function]; }
  size_t padded() const { return RoundUp(count); }

  void Compute(const float* x, const float* dy, float* out, size_t n) const {
    const KernelPair<float>& pair = function().in_float;
    (evaluation.direction == Direction::kForward ? pair.forward : pair.gradient)(evaluation.params, x,
                                                                                dy, out, n);
  }
  void Compute(const double* x, const double* dy, double* out, size_t n) const {
    const KernelPair<double>& pair = function().in_double;
    (evaluation.direction == Direction::kForward ? pair.forward : pair.gradient)(evaluation.params, x,
                                                                                dy, out, n);
  }
};

// Storage type and compute type are one: f64, and f32 in the fast tier.
template <class T>
void EvaluateAsStored(const Block& block) {
  Buffer<T> x_buffer;
  Buffer<T> dy_buffer;
  StagedOutput<T> out(block.evaluation.out, block.index, block.count);
  const T* x = Stage(block.evaluation.x, block.index, block.count, x_buffer);
  const T* dy = Stage(block.evaluation.dy, block.index, block.count, dy_buffer);
  block.Compute(x, dy, out.data(), block.padded());
  out.Commit();
}

// f32 in double. The rounding test of this conversion and its slow lane in
// double-double have their place here, as EvaluateHalf has its own.
void EvaluateF32InDouble(const Block& block) {
  const auto& convert = block.kernels.convert;
  const size_t n = block.padded();
  Buffer<float> stage;
  Buffer<double> x;
  Buffer<double> dy;
  convert.float_to_double(Stage(block.evaluation.x, block.index, block.count, stage), x.at, n);
  const bool has_dy = block.evaluation.dy != nullptr;
  if (has_dy) {
    convert.float_to_double(Stage(block.evaluation.dy, block.index, block.count, stage), dy.at, n);
  }
  block.Compute(x.at, has_dy ? dy.at : nullptr, x.at, n);
  StagedOutput<float> out(block.evaluation.out, block.index, block.count);
  convert.double_to_float(x.at, out.data(), n);
  out.Commit();
}

// How a 16-bit type reads and writes.
struct HalfFormat {
  void (*widen)(const uint16_t* in, float* out, size_t n);
  bool (*narrow)(const float* in, float relative, uint16_t* out, uint16_t* doubt, size_t n);
  uint16_t (*narrow_one)(float);
};

HalfFormat FormatOf(const KernelSet& kernels, DType dtype) {
  const auto& convert = kernels.convert;
  if (dtype == DType::kF16) return {convert.f16_to_float, convert.float_to_f16, F16OfFloat};
  return {convert.bf16_to_float, convert.float_to_bf16, BF16OfFloat};
}

struct HalfInputs {
  Buffer<float> x;
  Buffer<float> dy;
  bool has_dy;
};

// Decides the elements of a block that the rounding test could not: the same
// formula, one precision up, for those elements alone.
void SlowLane(const Block& block, const HalfFormat& format, const HalfInputs& in,
              const uint16_t* doubt, uint16_t* out) {
  Buffer<double> x;
  Buffer<double> dy;
  std::array<uint16_t, kBlock> where;
  size_t found = 0;
  for (size_t i = 0; i < block.count; ++i) {
    if (doubt[i] == 0) continue;
    x.at[found] = in.x.at[i];
    dy.at[found] = in.has_dy ? in.dy.at[i] : 1.0F;
    where[found++] = static_cast<uint16_t>(i);
  }
  const size_t n = RoundUp(found);
  std::fill(x.at + found, x.at + n, 0.0);
  std::fill(dy.at + found, dy.at + n, 0.0);
  block.Compute(x.at, in.has_dy ? dy.at : nullptr, x.at, n);
  for (size_t i = 0; i < found; ++i) out[where[i]] = format.narrow_one(RoundToOdd(x.at[i]));
}

// f16 and bf16 in float, correctly rounded: Ziv's test on every element, the
// slow lane for those it cannot decide. Both tiers are this.
void EvaluateHalf(const Block& block) {
  const HalfFormat format = FormatOf(block.kernels, block.evaluation.dtype);
  const size_t n = block.padded();
  Buffer<uint16_t> stage;
  HalfInputs in;
  format.widen(Stage(block.evaluation.x, block.index, block.count, stage), in.x.at, n);
  in.has_dy = block.evaluation.dy != nullptr;
  if (in.has_dy) {
    format.widen(Stage(block.evaluation.dy, block.index, block.count, stage), in.dy.at, n);
  }
  StagedOutput<uint16_t> out(block.evaluation.out, block.index, block.count);
  Buffer<uint16_t> doubt;
  bool any = true;
  if (FloatHolds(block.evaluation.params)) {
    Buffer<float> y;
    block.Compute(in.x.at, in.has_dy ? in.dy.at : nullptr, y.at, n);
    any = format.narrow(y.at, kFloatKernelError, out.data(), doubt.at, n);
  } else {
    std::fill(doubt.at, doubt.at + n, uint16_t{1});
  }
  if (any) SlowLane(block, format, in, doubt.at, out.data());
  out.Commit();
}

void EvaluateBlock(const Block& block) {
  switch (block.evaluation.dtype) {
    case DType::kF64:
      return EvaluateAsStored<double>(block);
    case DType::kF32:
      if (block.evaluation.tier == Tier::kFast && FloatHolds(block.evaluation.params)) {
        return EvaluateAsStored<float>(block);
      }
      return EvaluateF32InDouble(block);
    case DType::kF16:
    case DType::kBF16:
      return EvaluateHalf(block);
  }
}

// Elements of any storage type in double.
void Widen(const KernelSet& kernels, DType dtype, const void* base, size_t index, size_t count,
           Buffer<double>& out) {
  const size_t n = RoundUp(count);
  if (dtype == DType::kF64) {
    Buffer<double> stage;
    const double* in = Stage(base, index, count, stage);
    std::copy(in, in + n, out.at);
    return;
  }
  Buffer<float> floats;
  const float* in = floats.at;
  if (dtype == DType::kF32) {
    in = Stage(base, index, count, floats);
  } else {
    Buffer<uint16_t> stage;
    FormatOf(kernels, dtype).widen(Stage(base, index, count, stage), floats.at, n);
  }
  kernels.convert.float_to_double(in, out.at, n);
}

// Calls visit(index, count) for each block of a stretch.
template <class Visit>
void ForEachBlock(size_t begin, size_t count, Visit visit) {
  for (size_t done = 0; done < count; done += kBlock) {
    visit(begin + done, std::min(kBlock, count - done));
  }
}

}  // namespace

void EvaluateStretch(const KernelSet& kernels, const Evaluation& evaluation, size_t begin,
                     size_t count) {
  ForEachBlock(begin, count, [&](size_t index, size_t size) {
    EvaluateBlock({kernels, evaluation, index, size});
  });
}

ParameterSums SumParameterTerms(const KernelSet& kernels, const Evaluation& evaluation,
                                size_t begin, size_t count) {
  const auto& terms = kernels.functions[evaluation.function].parameter_terms;
  ParameterSums sums;
  ForEachBlock(begin, count, [&](size_t index, size_t size) {
    Buffer<double> x;
    Buffer<double> dy;
    Buffer<double> out;
    Widen(kernels, evaluation.dtype, evaluation.x, index, size, x);
    const bool has_dy = evaluation.dy != nullptr;
    if (has_dy) Widen(kernels, evaluation.dtype, evaluation.dy, index, size, dy);
    for (size_t param = 0; param < kMaxParams; ++param) {
      if (terms[param] == nullptr) continue;
      terms[param](evaluation.params, x.at, has_dy ? dy.at : nullptr, out.at, RoundUp(size));
      sums[param].Add(out.at, size);
    }
  });
  return sums;
}

}  // namespace activation
