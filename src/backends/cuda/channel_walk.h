// Which channel an element of a per-channel tensor belongs to: a division for the first of
// neighbours, none for those after it. Plain C++, for kernels and the host alike.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_CHANNEL_WALK_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_CHANNEL_WALK_H_

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

class ChannelWalk {
 public:
  // Begins at element i of a tensor [outer, channels, inner] with a weight for each channel, or
  // one for all.
  constexpr ChannelWalk(uint64_t i, uint64_t inner, uint64_t weights)
      : inner_(inner), weights_(weights) {
    if (weights == 1) return;
    const Division run = Divide(i, inner);
    within_ = run.rest;
    weight_ = Divide(run.whole, weights).rest;
  }

  // Of the element where it is.
  constexpr uint64_t weight() const { return weight_; }

  constexpr void Next() {
    if (weights_ == 1 || ++within_ < inner_) return;
    within_ = 0;
    if (++weight_ == weights_) weight_ = 0;
  }

 private:
  uint64_t inner_;
  uint64_t weights_;
  uint64_t within_ = 0;  // its run of `inner` elements
  uint64_t weight_ = 0;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_CHANNEL_WALK_H_
