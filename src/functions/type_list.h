// A list of types.
#ifndef ACTIVATION_SRC_FUNCTIONS_TYPE_LIST_H_
#define ACTIVATION_SRC_FUNCTIONS_TYPE_LIST_H_

#include <cstddef>

namespace activation {

template <class... Types>
struct TypeList {
  static constexpr size_t kSize = sizeof...(Types);
};

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_TYPE_LIST_H_
