// Where intervals are measured: the inputs of a function in deviations, from its own zero where
// the distribution reaches it. Pure functions.
#ifndef ACTIVATION_SRC_DIAGNOSIS_AXIS_H_
#define ACTIVATION_SRC_DIAGNOSIS_AXIS_H_

#include <vector>

#include "src/diagnosis/interval_rule.h"
#include "src/diagnosis/normal.h"

namespace activation::diagnosis {

// A place u on it is the input x = zero + deviation u, and t = u - mean deviations above the mean.
// What is narrow about x = 0 has all its digits in u whatever the deviation is; in t it would be
// the difference of two numbers near to each other. Far from 0, numbers are too few for that to
// matter, and t is what has to have its digits: there zero is the distribution's mean.
struct Axis {
  double zero = 0;
  double deviation = 1;
  double mean = 0;
};

Axis AxisOf(const Normal& normal);

// The intervals to begin with, ascending, from end to end of what is not weightless. Those about
// x = 0 reach from a power of two to the next, and far out over several: functions bend there, on a
// scale of about 1 or of a parameter, and wherever between the smallest and the deviation it is,
// some intervals are as wide. With equal ones alone no point would lie on what is narrow beside the
// deviation.
std::vector<Interval> FirstIntervals(const Axis& axis);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_AXIS_H_
