// Which channel an element of a per-channel tensor belongs to: a division for the first of
// some that are near each other, none for those after it. Plain C++, for kernels and the host
// alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CHANNEL_WALK_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CHANNEL_WALK_H_

#include <cstdint>

namespace activation::cuda {

struct Division {
  uint64_t whole;
  uint64_t rest;
};

// a / b. Where both have 32 bits it takes the GPU a third of the time.
constexpr Division Divide(uint64_t a, uint64_t b) {
  if (((a | b) >> 32) == 0) {
    const auto short_a = static_cast<uint32_t>(a);
    const auto short_b = static_cast<uint32_t>(b);
    return {short_a / short_b, short_a % short_b};
  }
  return {a / b, a % b};
}

// Of at most 2^31 elements.
class ChannelWalk {
 public:
  // Begins at element i of a tensor [outer, channels, inner] with a weight for each channel, or
  // one for all.
  constexpr ChannelWalk(uint64_t i, uint64_t inner, uint64_t weights)
      : weights_(weights), inner_(Clamp(inner)) {
    if (weights == 1) return;
    const Division run = Divide(i, inner);
    left_ = Clamp(inner - run.rest);
    weight_ = Divide(run.whole, weights).rest;
  }

  // Of the element where it is.
  constexpr uint64_t weight() const { return weight_; }

  // Whether so many elements from there on have that weight.
  constexpr bool StaysFor(uint32_t elements) const { return weights_ == 1 || elements <= left_; }

  constexpr void Advance(uint32_t elements) {
    if (weights_ == 1) return;
    for (; elements >= left_; left_ = inner_) {
      elements -= left_;
      if (++weight_ == weights_) weight_ = 0;
    }
    left_ -= elements;
  }

 private:
  // What is longer than any walk may be shorter.
  static constexpr uint32_t Clamp(uint64_t elements) {
    constexpr uint64_t kMost = 0xffffffff;
    return static_cast<uint32_t>(elements < kMost ? elements : kMost);
  }

  uint64_t weights_;
  uint32_t inner_;
  uint32_t left_ = 0;  // of the run that it is in
  uint64_t weight_ = 0;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_CHANNEL_WALK_H_
