#include "client/src/shared_ranges.h"

#include <iterator>
#include <mutex>
#include <utility>

namespace activation::client {

void SharedRanges::Add(const void* begin, size_t bytes, std::string region) {
  const std::lock_guard lock(mutex_);
  ranges_[reinterpret_cast<uintptr_t>(begin)] = {bytes, std::move(region)};
  empty_ = false;
}

void SharedRanges::Remove(const void* begin) {
  const std::lock_guard lock(mutex_);
  ranges_.erase(reinterpret_cast<uintptr_t>(begin));
  empty_ = ranges_.empty();
}

std::optional<SharedPlace> SharedRanges::Find(const void* data, size_t bytes) const {
  if (bytes == 0 || empty_.load(std::memory_order_acquire)) return std::nullopt;
  const auto at = reinterpret_cast<uintptr_t>(data);
  const std::shared_lock lock(mutex_);
  const auto after = ranges_.upper_bound(at);
  if (after == ranges_.begin()) return std::nullopt;
  const auto& [begin, range] = *std::prev(after);
  const size_t offset = at - begin;
  if (offset > range.bytes || bytes > range.bytes - offset) return std::nullopt;
  return SharedPlace{range.region, offset};
}

}  // namespace activation::client
