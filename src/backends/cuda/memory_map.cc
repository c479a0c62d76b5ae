#include "src/backends/cuda/memory_map.h"

#include <algorithm>

namespace activation::cuda {
namespace {

constexpr size_t kFirstEntries = 16;

uintptr_t AddressOf(const void* pointer) { return reinterpret_cast<uintptr_t>(pointer); }

}  // namespace

void MemoryMap::Add(const void* begin, size_t bytes, Memory memory) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Reserve();
  Range& range = ranges_.try_emplace(AddressOf(begin), Range{0, memory, 0}).first->second;
  range.bytes = std::max(range.bytes, bytes);
  ++range.uses;
  Publish();
}

void MemoryMap::Remove(const void* begin) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = ranges_.find(AddressOf(begin));
  if (found == ranges_.end() || --found->second.uses > 0) return;
  ranges_.erase(found);
  Publish();
}

void MemoryMap::Reserve() {
  const size_t most = snapshots_.empty() ? 0 : snapshots_.back()->entries.size();
  if (ranges_.size() < most) return;
  snapshots_.push_back(std::make_unique<Snapshot>(std::max(2 * most, kFirstEntries)));
}

void MemoryMap::Publish() {
  Snapshot& latest = *snapshots_.back();
  ++changes_;
  auto entry = latest.entries.begin();
  for (const auto& [begin, range] : ranges_) {
    entry->begin = begin;
    entry->bytes = range.bytes;
    entry->memory = range.memory;
    ++entry;
  }
  latest.count = ranges_.size();
  latest_ = &latest;
  ++changes_;
}

Memory MemoryMap::Find(const void* address) const {
  if (address == nullptr) return Memory::kPageable;
  const uint64_t changes = changes_;
  if (changes % 2 == 0) {
    const Memory found = Look(address);
    if (changes_ == changes) return found;
  }
  // Not again and again: whoever writes may have been interrupted.
  const std::lock_guard<std::mutex> lock(mutex_);
  return Look(address);
}

Memory MemoryMap::Look(const void* address) const {
  const Snapshot* const latest = latest_;
  if (latest == nullptr) return Memory::kPageable;
  // A search that expects nothing: entries that are being written may be out of order, and what is
  // found then is not used.
  size_t after = 0;
  for (size_t end = latest->count; after < end;) {
    const size_t middle = after + (end - after) / 2;
    if (AddressOf(address) < latest->entries[middle].begin) {
      end = middle;
    } else {
      after = middle + 1;
    }
  }
  if (after == 0) return Memory::kPageable;
  const Entry& entry = latest->entries[after - 1];
  return AddressOf(address) - entry.begin < entry.bytes ? entry.memory.load() : Memory::kPageable;
}

}  // namespace activation::cuda
