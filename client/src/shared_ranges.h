// Which memory of this process the server can see: the ranges of a client's
// SharedBuffers, asked for every tensor of every call.
#ifndef ACTIVATION_CLIENT_SRC_SHARED_RANGES_H_
#define ACTIVATION_CLIENT_SRC_SHARED_RANGES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <shared_mutex>
#include <string>

namespace activation::client {

// Bytes of a region of the server.
struct SharedPlace {
  std::string region;
  uint64_t offset = 0;
};

// Thread-safe. Costs one load where there are no ranges.
class SharedRanges {
 public:
  // Ranges do not overlap; `bytes` is at least 1.
  void Add(const void* begin, size_t bytes, std::string region);
  void Remove(const void* begin);

  // Where `bytes` bytes at `data` lie, if all of them are in one range; an empty
  // tensor lies nowhere.
  std::optional<SharedPlace> Find(const void* data, size_t bytes) const;

 private:
  struct Range {
    size_t bytes;
    std::string region;
  };

  mutable std::shared_mutex mutex_;
  std::map<uintptr_t, Range> ranges_;  // by first byte; guarded by mutex_
  std::atomic<bool> empty_{true};
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_SHARED_RANGES_H_
