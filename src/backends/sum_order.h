// The order in which gradients by parameters are added, which decides their last bits: all
// backends keep it.
#ifndef ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_
#define ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_

#include <cstddef>

namespace activation {

// Consecutive elements of a tensor that are summed together before their sum meets others.
inline constexpr size_t kSumElements = size_t{32} << 10;

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_SUM_ORDER_H_
