#include "src/backends/cuda/memory_map.h"

#include <algorithm>
#include <iterator>
#include <mutex>

namespace activation::cuda {
namespace {

uintptr_t AddressOf(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

}  // namespace

void MemoryMap::Add(const void* begin, size_t bytes, Memory memory) {
  const std::lock_guard<std::shared_mutex> lock(mutex_);
  Range& range = ranges_.try_emplace(AddressOf(begin), Range{0, memory, 0}).first->second;
  range.bytes = std::max(range.bytes, bytes);
  ++range.uses;
  ranges_count_.store(ranges_.size(), std::memory_order_release);
}

void MemoryMap::Remove(const void* begin) {
  const std::lock_guard<std::shared_mutex> lock(mutex_);
  const auto found = ranges_.find(AddressOf(begin));
  if (found == ranges_.end() || --found->second.uses > 0) return;
  ranges_.erase(found);
  ranges_count_.store(ranges_.size(), std::memory_order_release);
}

Memory MemoryMap::Find(const void* address) const {
  if (ranges_count_.load(std::memory_order_acquire) == 0) return Memory::kPageable;
  const std::shared_lock<std::shared_mutex> lock(mutex_);
  const auto after = ranges_.upper_bound(AddressOf(address));
  if (after == ranges_.begin()) return Memory::kPageable;
  const auto& [begin, range] = *std::prev(after);
  return AddressOf(address) - begin < range.bytes ? range.memory : Memory::kPageable;
}

}  // namespace activation::cuda
