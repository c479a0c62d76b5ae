// Memory that another process shares with the server, whatever kind of memory it is:
// the seam between the registry and the system. A kind is one class: of POSIX objects
// (posix_region.h), pinned for CUDA devices or of their memory (device_region.h).
// In the way of a request: wire::Decode -> CallRegions -> Registry -> Region.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_REGION_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_REGION_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace activation::shared_memory {

// What memory of the system a region is a part of, and from where on. Regions of one
// object may lie at different addresses and still be the same memory.
struct Origin {
  std::string object;
  uint64_t offset = 0;
};

// Members are thread-safe. The destructor gives the memory back; nobody may use it
// any more then.
class Region {
 public:
  virtual ~Region() = default;

  // Where it lies for the kernels that work on it. Its owner may change what stands
  // there at any time: nothing read from it may be trusted to stay.
  virtual std::byte* data() const = 0;
  virtual size_t bytes() const = 0;
  virtual const Origin& origin() const = 0;
  // Whether its object has been put away: no name leads to it any more.
  virtual bool Unlinked() const { return false; }

  // OK where all of it is there. Once an error it stays one, and what was read in the
  // meantime is unspecified; reading and writing are safe all the same.
  virtual absl::Status Whole() const = 0;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_REGION_H_
