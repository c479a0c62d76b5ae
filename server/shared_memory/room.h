// How much all regions together take, against the limits on it. Thread-safe.
// In the way of a request: Registry::Register takes room before it opens anything.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_ROOM_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_ROOM_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include "absl/status/statusor.h"
#include "src/base/errors.h"

namespace activation::shared_memory {

class Room {
 public:
  // One region's share; gives it back when it goes. The room outlives it.
  class Share {
   public:
    Share(Room* room, size_t bytes) : room_(room), bytes_(bytes) {}
    Share(Share&& other) noexcept
        : room_(std::exchange(other.room_, nullptr)), bytes_(other.bytes_) {}
    Share& operator=(Share&&) = delete;
    ~Share() {
      if (room_ != nullptr) room_->GiveBack(bytes_);
    }

   private:
    Room* room_;
    size_t bytes_;
  };

  Room(int64_t max_regions, int64_t max_bytes) : max_regions_(max_regions), max_bytes_(max_bytes) {}

  // RESOURCE_EXHAUSTED where one region of so many bytes more would pass a limit.
  absl::StatusOr<Share> Take(uint64_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool fits = regions_ < static_cast<size_t>(max_regions_) &&
                      bytes <= static_cast<size_t>(max_bytes_) - bytes_;
    if (!fits) return TooMuchSharedMemory(bytes, max_regions_, max_bytes_);
    ++regions_;
    bytes_ += bytes;
    return Share(this, bytes);
  }

  size_t regions() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return regions_;
  }
  size_t bytes() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return bytes_;
  }

 private:
  void GiveBack(size_t bytes) {
    const std::lock_guard<std::mutex> lock(mutex_);
    --regions_;
    bytes_ -= bytes;
  }

  const int64_t max_regions_;
  const int64_t max_bytes_;
  mutable std::mutex mutex_;
  size_t regions_ = 0;  // guarded by mutex_
  size_t bytes_ = 0;    // guarded by mutex_; never above max_bytes_
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_ROOM_H_
