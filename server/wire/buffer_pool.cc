#include "server/wire/buffer_pool.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <utility>

namespace activation::wire {
namespace {

// Results of 64 MiB for two calls at a time, or of 4 MiB for 32.
constexpr size_t kSharedHeldBytes = size_t{128} << 20;

// Sizes are whole multiples of this, so that few buffers fill the pool.
constexpr size_t kGranule = size_t{64} << 10;

// A buffer may be larger than what is asked for by a quarter: tensors of nearly one
// size share theirs, and little is held that nobody fills.
bool Fits(size_t size, size_t wanted) { return size >= wanted && size - wanted <= wanted / 4; }

}  // namespace

PooledBuffer::~PooledBuffer() {
  if (memory_.data() != nullptr) pool_->Put(std::move(memory_));
}

grpc::Slice PooledBuffer::ToSlice(PooledBuffer buffer, size_t size) {
  auto* const owner = new PooledBuffer(std::move(buffer));
  return {owner->data(), size, [](void* o) { delete static_cast<PooledBuffer*>(o); }, owner};
}

BufferPool::BufferPool(size_t most_held_bytes) : most_held_bytes_(most_held_bytes) {
  held_.reserve(most_held_bytes / kGranule);
}

BufferPool& BufferPool::Shared() {
  static auto* const pool = new BufferPool(kSharedHeldBytes);
  return *pool;
}

PooledBuffer BufferPool::Take(size_t bytes) {
  const size_t size = std::max((bytes + kGranule - 1) / kGranule, size_t{1}) * kGranule;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    // The newest is the likeliest to be in a cache.
    const auto found = std::find_if(held_.rbegin(), held_.rend(), [size](const Held& held) {
      return Fits(held.memory.size(), size);
    });
    if (found != held_.rend()) {
      AlignedBuffer memory = std::move(found->memory);
      held_.erase(std::next(found).base());
      held_bytes_ -= memory.size();
      return {this, std::move(memory)};
    }
  }
  return {this, AlignedBuffer(size)};
}

// One after the other is let go, each without the lock: for a list of them there may be no memory,
// and destructors come here.
void BufferPool::Put(AlignedBuffer memory) {
  if (memory.size() > most_held_bytes_) return;
  while (true) {
    AlignedBuffer dropped;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (held_bytes_ + memory.size() <= most_held_bytes_) {
      held_bytes_ += memory.size();
      held_.push_back({std::move(memory), period_});
      return;
    }
    dropped = RemoveOldest();
  }
}

void BufferPool::DropUnused() {
  while (true) {
    AlignedBuffer dropped;
    const std::lock_guard<std::mutex> lock(mutex_);
    if (held_.empty() || held_.front().period == period_) {
      ++period_;
      return;
    }
    dropped = RemoveOldest();
  }
}

AlignedBuffer BufferPool::RemoveOldest() {
  AlignedBuffer oldest = std::move(held_.front().memory);
  held_.erase(held_.begin());
  held_bytes_ -= oldest.size();
  return oldest;
}

size_t BufferPool::held_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return held_bytes_;
}

}  // namespace activation::wire
