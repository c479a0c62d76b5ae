// The tensors that an item speaks of in other terms. Pure functions.
#ifndef ACTIVATION_CLIENT_SRC_ITEM_TENSORS_H_
#define ACTIVATION_CLIENT_SRC_ITEM_TENSORS_H_

#include "activation/types.h"

namespace activation::client {

// What an item says of y and dy, as a tensor without elements.
template <class Item>
ConstTensor ResultOf(const Item& item) {
  return {.dtype = item.x.dtype, .shape = item.y_shape.empty() ? item.x.shape : item.y_shape};
}

// The weights, as a tensor; where there are none, an empty one.
template <class Item>
ConstTensor WeightOf(const Item& item) {
  if (item.weight.data == nullptr) return {.dtype = item.x.dtype, .shape = {0}};
  return {.dtype = item.x.dtype, .shape = item.weight.shape, .data = item.weight.data};
}

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_ITEM_TENSORS_H_
