// The slow lane: one element at a time in the grade Certain, for results so near
// to a rounding boundary of the storage type that the kernels cannot decide.
// Results are rounded to odd (half.h), so that one more rounding, to a type of at most 51
// bits, is as good as the only one.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_
#define ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation {

// f(x), or dy * f'(x), rounded to odd. Inputs are floats, in their range.
double EvaluateSlowly(FunctionId function, Direction direction, const Params& params, double x,
                      double dy);

// Of a gated function, w g(b) or, where `a` is not nullptr, w a g'(b).
double EvaluateGateSlowly(size_t place, double w, const float* a, double b);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_
