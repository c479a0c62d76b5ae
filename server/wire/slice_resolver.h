// How Decode finds the memory that a SharedMemorySlice of a request means: the seam
// between the wire and the registry of regions (server/shared_memory/).
// In the way of a request: Item -> Decode -> SliceResolver.
#ifndef ACTIVATION_SERVER_WIRE_SLICE_RESOLVER_H_
#define ACTIVATION_SERVER_WIRE_SLICE_RESOLVER_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace activation::wire {

class SliceResolver {
 public:
  virtual ~SliceResolver() = default;

  // Where `bytes` bytes from `offset` of a region lie, checked to be inside it. They
  // stay there for as long as the resolver says. Errors are about the fields `region`
  // and `offset`.
  virtual absl::StatusOr<std::byte*> Resolve(absl::string_view region, uint64_t offset,
                                             size_t bytes) = 0;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_SLICE_RESOLVER_H_
