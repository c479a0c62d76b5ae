// Parameters of a function as nobody would choose them.
#ifndef ACTIVATION_TESTS_FUNCTIONS_ANY_PARAMS_H_
#define ACTIVATION_TESTS_FUNCTIONS_ANY_PARAMS_H_

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "src/functions/catalogue.h"

namespace activation {

// The default parameters, and where there are any others of many sizes and both signs, some of
// which two floats do not hold. The same at each call.
inline std::vector<Params> AnyParams(FunctionId function) {
  const FunctionInfo& info = Catalogue()[function];
  std::vector<Params> all = {*ResolveParams(function, {})};
  std::mt19937_64 random(function);
  std::uniform_real_distribution<double> exponent(-70, 20);
  for (int set = 0; set < 4 && ParamCount(info) > 0; ++set) {
    Params params;
    for (size_t i = 0; i < ParamCount(info); ++i) {
      const double size = std::exp2(set < 2 ? exponent(random) / 20 : exponent(random));
      const double value = random() % 2 == 0 ? size : -size;
      params.values[i] = std::clamp(value, info.params[i].minimum, info.params[i].maximum);
    }
    if (info.ordered_params) std::sort(params.values.begin(), params.values.end());
    all.push_back(params);
  }
  return all;
}

}  // namespace activation

#endif  // ACTIVATION_TESTS_FUNCTIONS_ANY_PARAMS_H_
