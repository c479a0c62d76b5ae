// The normal distribution: its density, and a sample of it that is the same every time.
// Pure functions.
#ifndef ACTIVATION_SRC_DIAGNOSIS_NORMAL_H_
#define ACTIVATION_SRC_DIAGNOSIS_NORMAL_H_

#include <cstddef>
#include <vector>

namespace activation::diagnosis {

struct Normal {
  double mean = 0;
  double deviation = 1;
};

// Of the standard normal distribution.
double Density(double t);

// `count` numbers, ascending: of as many ranges of equal probability, the median of each. So
// shares are right to 1 / count and no draw of luck is in it.
std::vector<double> StratifiedSample(const Normal& normal, size_t count);

}  // namespace activation::diagnosis

#endif  // ACTIVATION_SRC_DIAGNOSIS_NORMAL_H_
