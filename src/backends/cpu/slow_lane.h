// The slow lane: one element at a time in double-double, for results so near to
// a rounding boundary of the storage type that the kernels' precision cannot
// decide (Ziv, "Fast evaluation of elementary mathematical functions with
// correctly rounded last bit", 1991). Results are rounded to odd, so that one
// more rounding to a type of at most 51 bits is as good as the only one.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_
#define ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_

#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation {

// f(x), or dy * f'(x).
double EvaluateSlowly(FunctionId function, Direction direction, const Params& params, double x,
                      double dy);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_SLOW_LANE_H_
