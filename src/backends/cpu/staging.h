// How blocks of tensors come to the kernels and back: where they are if possible,
// else through a buffer in the first-level cache.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_STAGING_H_
#define ACTIVATION_SRC_BACKENDS_CPU_STAGING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "src/backends/cpu/kernels.h"
#include "src/backends/half.h"

namespace activation {

// Elements that pass through the pipeline at a time: the buffers of a block stay
// in the first-level cache.
constexpr size_t kBlock = 512;

template <class T>
struct alignas(64) Buffer {
  T at[kBlock];
};

constexpr size_t RoundUp(size_t n) {
  return (n + kKernelGranule - 1) / kKernelGranule * kKernelGranule;
}

// Tensors arrive at any address; kernels need naturally aligned elements and
// whole granules.
inline bool IsAligned(const void* pointer, size_t alignment) {
  return reinterpret_cast<uintptr_t>(pointer) % alignment == 0;
}

template <class T>
bool Direct(const void* pointer, size_t count) {
  return IsAligned(pointer, alignof(T)) && count % kKernelGranule == 0;
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

// How a 16-bit type reads and writes.
struct HalfFormat {
  void (*widen)(const uint16_t* in, float* out, size_t n);
  bool (*narrow)(const float* in, uint16_t* out, uint8_t* doubt, size_t n);
  uint16_t (*round)(double value);
};

inline HalfFormat FormatOf(const KernelSet& kernels, DType dtype) {
  const ConversionKernels& convert = kernels.convert;
  if (dtype == DType::kF16) {
    return {convert.f16_to_float, convert.float_to_f16,
            [](double value) { return F16OfFloat(RoundToOdd(value)); }};
  }
  return {convert.bf16_to_float, convert.float_to_bf16,
          [](double value) { return BF16OfFloat(RoundToOdd(value)); }};
}

// Elements of f32, f16 or bf16 as floats, in whole granules.
inline const float* StageFloats(const KernelSet& kernels, DType dtype, const void* base,
                                size_t index, size_t count, Buffer<float>& buffer) {
  if (base == nullptr) return nullptr;
  if (dtype == DType::kF32) return Stage(base, index, count, buffer);
  Buffer<uint16_t> stage;
  FormatOf(kernels, dtype).widen(Stage(base, index, count, stage), buffer.at, RoundUp(count));
  return buffer.at;
}

// Stores correctly rounded floats, of whole granules, in a type of at most 32 bits.
// Where that rounds again and the float does not say which way, `result(i)` gives
// element i rounded to odd (slow_lane.h).
template <class Result>
void StoreFloats(const KernelSet& kernels, DType dtype, const float* y, void* base, size_t index,
                 size_t count, Result result) {
  auto* const to = static_cast<std::byte*>(base) + index * SizeOf(dtype);
  if (dtype == DType::kF32) {
    std::memcpy(to, y, count * sizeof(float));
    return;
  }
  const HalfFormat format = FormatOf(kernels, dtype);
  Buffer<uint16_t> narrow;
  Buffer<uint8_t> doubt;
  if (format.narrow(y, narrow.at, doubt.at, RoundUp(count))) {
    for (size_t i = 0; i < count; ++i) {
      if (doubt.at[i] != 0) narrow.at[i] = format.round(result(i));
    }
  }
  std::memcpy(to, narrow.at, count * sizeof(uint16_t));
}

// Elements of any storage type in double.
inline void Widen(const KernelSet& kernels, DType dtype, const void* base, size_t index,
                  size_t count, Buffer<double>& out) {
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
void ForEachBlock(size_t begin, size_t count, size_t block, Visit visit) {
  for (size_t done = 0; done < count; done += block) {
    visit(begin + done, std::min(block, count - done));
  }
}

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_STAGING_H_
