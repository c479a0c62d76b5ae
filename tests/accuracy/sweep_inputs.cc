#include "tests/accuracy/sweep_inputs.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "tests/accuracy/bit_hash.h"
#include "tests/accuracy/element.h"

namespace activation::accuracy {
namespace {

bool IsFinite(DType dtype, uint64_t bits) {
  switch (dtype) {
    case DType::kF32:
      return (bits & 0x7f800000) != 0x7f800000;
    case DType::kF64:
      return (bits & 0x7ff0000000000000) != 0x7ff0000000000000;
    case DType::kF16:
      return (bits & 0x7c00) != 0x7c00;
    case DType::kBF16:
      return (bits & 0x7f80) != 0x7f80;
  }
  return false;
}

}  // namespace

void Widen(DType dtype, const std::byte* from, size_t count, double* to) {
  if (dtype == DType::kF32) {
    const auto* floats = reinterpret_cast<const float*>(from);
    for (size_t i = 0; i < count; ++i) to[i] = floats[i];
    return;
  }
  for (size_t i = 0; i < count; ++i) to[i] = Load(dtype, from, i);
}

void CopyBits(DType dtype, const std::byte* from, size_t count, uint64_t* to) {
  const size_t size = SizeOf(dtype);
  if (dtype == DType::kF32) {
    const auto* bits = reinterpret_cast<const uint32_t*>(from);
    for (size_t i = 0; i < count; ++i) to[i] = bits[i];
    return;
  }
  std::fill_n(to, count, 0);
  for (size_t i = 0; i < count; ++i) std::memcpy(to + i, from + i * size, size);
}

SweepInputs::SweepInputs(const SweepOptions& options)
    : options_(options),
      stride_(std::max<uint64_t>(1, kEveryInput / options.samples)),
      is_power_(std::has_single_bit(stride_)),
      every_pair_(SizeOf(options.dtype) == 2 && InputCount(options) == kEveryInput),
      x_(kSweepBlock * SizeOf(options.dtype)),
      dy_(x_.size()),
      wide_x_(kSweepBlock),
      wide_dy_(kSweepBlock),
      mixed_(kSweepBlock) {}

// Strides that do not divide all inputs are spread over them, else the last ones, which are
// negative numbers, would be left out.
uint64_t SweepInputs::FirstOfStride(uint64_t index) const {
  if (kEveryInput % options_.samples == 0) return index * stride_;
  const double stride = static_cast<double>(kEveryInput) / static_cast<double>(options_.samples);
  return static_cast<uint64_t>(static_cast<double>(index) * stride);
}

// Below the stride.
uint64_t SweepInputs::Jitter(uint64_t index) const {
  // The remainder, without a division.
  if (is_power_) return Mix(index) & (stride_ - 1);
  return Mix(index) % stride_;
}

namespace {

// The float with sign, mantissa and one of `count` exponents, from the least on, of random bits.
uint64_t FloatFrom(uint64_t random, uint64_t least, uint64_t count) {
  constexpr uint64_t kSignAndMantissa = 0x807fffff;
  return (random & kSignAndMantissa) | ((least + (random >> 32) % count) << 23);
}

// 2^-6 <= |x| < 2^5, where functions bend: of floats of any bits one in 25 is there.
uint64_t BendingFloat(uint64_t random) { return FloatFrom(random, 127 - 6, 11); }

}  // namespace

uint64_t SweepInputs::PatternOfX(uint64_t index) const {
  switch (options_.dtype) {
    case DType::kF16:
    case DType::kBF16:
      return index % 65536;
    case DType::kF32:
      if (options_.with_dy && index % 2 != 0) return BendingFloat(Mix(index));
      return FirstOfStride(index) + Jitter(index);
    case DType::kF64: {
      // Half of them anywhere, half where the functions bend.
      const uint64_t random = Mix(index);
      if (index % 2 == 0) return random;
      const double x = std::ldexp(static_cast<double>(static_cast<int64_t>(random)), -63) * 40;
      return std::bit_cast<uint64_t>(x);
    }
  }
  return 0;
}

uint64_t SweepInputs::PatternOfDy(uint64_t index) const {
  if (every_pair_) return index / 65536;
  // With those x, numbers of one size, as a product's error depends on their last bits.
  if (options_.dtype == DType::kF32 && index % 2 != 0) return FloatFrom(Mix(~index), 127, 1);
  return Mix(~index);
}

// Special values have a test of their own.
void SweepInputs::Fill(uint64_t first, size_t count) {
  if (options_.dtype == DType::kF32 && stride_ == 1 && !options_.with_dy) {
    FillWithNeighbours(first, count);
  } else {
    FillOneByOne(first, count);
  }
  Widen(options_.dtype, x_.data(), kSweepBlock, wide_x_.data());
  if (options_.with_dy) Widen(options_.dtype, dy_.data(), kSweepBlock, wide_dy_.data());
  CopyBits(options_.dtype, x_.data(), count_, mixed_.data());
  MixBits(mixed_.data(), mixed_.data(), count_);
}

// f32 without gaps, which are all finite or none, unless a part begins anywhere.
void SweepInputs::FillWithNeighbours(uint64_t first, size_t count) {
  auto* bits = reinterpret_cast<uint32_t*>(x_.data());
  count_ = 0;
  for (uint64_t index = first; index < first + count; ++index) {
    bits[index - first] = static_cast<uint32_t>(index);
  }
  if (IsFinite(DType::kF32, first) == IsFinite(DType::kF32, first + count - 1)) {
    count_ = IsFinite(DType::kF32, first) ? count : 0;
  } else {
    FillOneByOne(first, count);
  }
}

void SweepInputs::FillOneByOne(uint64_t first, size_t count) {
  const size_t size = SizeOf(options_.dtype);
  count_ = 0;
  for (uint64_t index = first; index < first + count; ++index) {
    const uint64_t x = PatternOfX(index);
    if (!IsFinite(options_.dtype, x)) continue;
    if (options_.with_dy) {
      const uint64_t dy = PatternOfDy(index);
      if (!IsFinite(options_.dtype, dy)) continue;
      std::memcpy(dy_.data() + count_ * size, &dy, size);
    }
    std::memcpy(x_.data() + count_ * size, &x, size);
    ++count_;
  }
}

}  // namespace activation::accuracy
