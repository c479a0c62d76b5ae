// Functions with a weight for each channel.
#if defined(ACT_DEFINITIONS_CHANNELS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef ACT_DEFINITIONS_CHANNELS_INL_H_
#undef ACT_DEFINITIONS_CHANNELS_INL_H_
#else
#define ACT_DEFINITIONS_CHANNELS_INL_H_
#endif

#include "src/functions/definitions/values-inl.h"

ACT_BEFORE_NAMESPACE();
namespace activation {
namespace ACT_HOST_NAMESPACE {

// Every result is one product at most, so the storage precision, at least float,
// rounds correctly without more.
struct Prelu {
  static constexpr FunctionInfo kInfo{
      .name = "prelu",
      .formula = "x > 0 ? x : weight[channel] * x",
      .description =
          "The rectifier with a slope for each channel below zero that is learned: channels are "
          "axis 1, one weight does for all, and a tensor of less than two axes is one channel.",
      .range = "(-inf, inf)",
      .monotone = false,
      .smooth = false,
      .special = {},
      .reference = "He, Zhang, Ren, Sun, ICCV 2015",
      .kind = Kind::kPerChannel,
      .used_in = "the ImageNet networks of its paper, SRGAN",
      .strengths = "learns the slope below zero, so that no unit need die",
      .weaknesses = "more parameters; a kink at zero; not sparse"};

  template <class N>
  static ACT_FN N Forward(N x, N weight) {
    return Sloped(x, x, weight);
  }

  template <class N>
  static ACT_FN N Gradient(N x, N weight, N dy) {
    return Sloped(x, dy, weight);
  }

  // What an element adds to the gradient by its weight.
  template <class N>
  static ACT_FN N WeightTerm(N x, N dy) {
    return SlopeTerm(x, dy);
  }
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation
ACT_AFTER_NAMESPACE();

#endif  // ACT_DEFINITIONS_CHANNELS_INL_H_
