// Whether a function saturates, dies, thins out or shifts the mean, as shares of its inputs:
// what the statistics of a tensor say, or the expectation over a distribution. Plain values.
#ifndef ACTIVATION_SRC_DIAGNOSIS_FIGURES_H_
#define ACTIVATION_SRC_DIAGNOSIS_FIGURES_H_

#include "src/backends/tensor_statistics.h"

namespace activation::diagnosis {

// As in TensorStatistics, but shares of all inputs in place of counts.
struct Figures {
  double non_finite = 0;
  double zeros = 0;
  double dead = 0;
  double saturated = 0;
  double mean = 0;
  double variance = 0;
  double gradient_gain = 0;
};

// Shares are 0 of a tensor without elements.
Figures FiguresOf(const TensorStatistics& statistics);

// What is left of the variance of a gradient after so many layers, each with weights that
// keep the variance of what they are given: gradient_gain to that power.
double GradientLeft(const Figures& figures, int layers);

// The gain g with which weights of variance g^2 / fan_in keep the variance of pre-activations
// at 1 from layer to layer, 1 / sqrt(mean of f^2): the counterpart of PyTorch's
// torch.nn.init.calculate_gain, whose sqrt(2 / (1 + slope^2)) of the rectifiers it is exactly.
// Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015, equations 8 to 10.
double ForwardGain(const Figures& figures);

// The same for gradients, with weights of variance g^2 / fan_out: 1 / sqrt(mean of f'^2).
// Source: the same, equations 11 to 14.
double BackwardGain(const Figures& figures);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_FIGURES_H_
