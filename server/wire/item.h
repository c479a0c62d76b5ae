// One item of a request as it stands on the wire: ForwardItem or GradientItem,
// which has two fields more. Views into the request's bytes and itself.
// In the way of a request: Reader -> Item -> Decode.
#ifndef ACTIVATION_SERVER_WIRE_ITEM_H_
#define ACTIVATION_SERVER_WIRE_ITEM_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "server/wire/reader.h"
#include "src/base/dtype.h"
#include "src/base/limits.h"
#include "src/functions/function_info.h"

namespace activation::wire {

using Extents = absl::InlinedVector<int64_t, 4>;

// activation.v1.SharedMemorySlice.
struct SliceField {
  absl::string_view region;
  uint64_t offset = 0;
  // The region's name where it lay in two pieces.
  std::forward_list<std::string> joined;
};

// The first extents of a shape, one more than the limit on them at most, and how many
// there are. So no request makes this grow.
struct ShapeField {
  Extents shape;
  size_t rank = 0;
};

// activation.v1.Tensor.
struct TensorField : ShapeField {
  int dtype = 0;
  // Of its content at most one, the one that came last.
  std::optional<Payload> data;
  std::optional<SliceField> shared_memory;
};

// activation.v1.Activation.
struct ActivationField {
  absl::string_view function;
  // By name, each name once. No function has more than kMaxParams parameters:
  // what comes after one more than that is dropped, one of those is wrong.
  absl::InlinedVector<std::pair<absl::string_view, double>, kMaxParams + 1> parameters;
  int tier = 0;
  int backend = 0;
  // Names that lay in two pieces.
  std::forward_list<std::string> joined;

  // Whether it asks for the same; of parameters the bits count, as -0 is not 0 to every function.
  bool operator==(const ActivationField& other) const {
    const auto same = [](const auto& a, const auto& b) {
      return a.first == b.first &&
             std::bit_cast<uint64_t>(a.second) == std::bit_cast<uint64_t>(b.second);
    };
    return function == other.function && tier == other.tier && backend == other.backend &&
           std::equal(parameters.begin(), parameters.end(), other.parameters.begin(),
                      other.parameters.end(), same);
  }
};

struct Item {
  std::optional<ActivationField> activation;
  std::optional<TensorField> x;
  std::optional<TensorField> weight;
  std::optional<SliceField> output;
  bool statistics = false;
  bool statistics_only = false;
  std::optional<TensorField> dy;     // of GradientItem
  bool parameter_gradients = false;  // of GradientItem
};

// Reads the next extent of a shape; false where it is malformed.
bool ReadExtent(const Limits& limits, Reader* reader, ShapeField* field);

// Reads the next value of `items` of a request of that direction; false where
// it is malformed.
bool ReadItem(Direction direction, const Limits& limits, Reader* reader, Item* item);

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_ITEM_H_
