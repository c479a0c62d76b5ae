#include "tests/accuracy/atlas/inputs.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/accuracy/atlas/peer.h"
#include "tests/accuracy/bit_hash.h"
#include "tests/accuracy/ulp.h"

namespace activation::atlas {
namespace {

// Bit patterns, of f32 and narrower types.
uint64_t PatternsOf(DType dtype) { return uint64_t{1} << (dtype == DType::kF32 ? 32 : 16); }

// Numbers with one exponent.
uint64_t BinadeOf(DType dtype) {
  return static_cast<uint64_t>(std::ldexp(1.0, accuracy::FormatOf(dtype).precision - 1));
}

}  // namespace

Inputs::Inputs(DType dtype, uint64_t samples) : dtype_(dtype) {
  const uint64_t patterns = PatternsOf(dtype);
  stride_ = dtype == DType::kF32 ? patterns / samples : 1;
  block_size_ = std::min<uint64_t>(kMaxBlock, BinadeOf(dtype) / stride_);
  blocks_ = static_cast<uint32_t>(patterns / span());
}

bool Inputs::IsFinite(uint32_t block) const {
  const uint64_t half = PatternsOf(dtype_) / 2;
  return block * span() % half < half - BinadeOf(dtype_);
}

// Where not every pattern is taken, the first one of a block is, for that is a
// power of two, a zero or an infinity, and of the other ranges any one.
template <class Bits>
void Inputs::FillAs(uint32_t block, Bits* x) const {
  const uint64_t first = block * span();
  if (stride_ == 1) return std::iota(x, x + block_size_, static_cast<Bits>(first));
  x[0] = static_cast<Bits>(first);
  for (size_t i = 1; i < block_size_; ++i) {
    const uint64_t range = first + i * stride_;
    x[i] = static_cast<Bits>(range + accuracy::Mix(range) % stride_);
  }
}

void Inputs::Fill(uint32_t block, void* x) const {
  if (dtype_ == DType::kF32) {
    FillAs(block, static_cast<uint32_t*>(x));
  } else {
    FillAs(block, static_cast<uint16_t*>(x));
  }
}

}  // namespace activation::atlas
