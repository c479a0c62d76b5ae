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

BufferPool& BufferPool::Shared() {
  static auto* const pool = new BufferPool(kSharedHeldBytes);
  return *pool;
}

PooledBuffer BufferPool::Take(size_t bytes) {
  const size_t size = (bytes + kGranule - 1) / kGranule * kGranule;
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

void BufferPool::Put(AlignedBuffer memory) {
  if (memory.size() > most_held_bytes_) return;
  std::vector<Held> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t count = 0;
  size_t held_bytes = held_bytes_;
  while (held_bytes + memory.size() > most_held_bytes_) held_bytes -= held_[count++].memory.size();
  dropped = RemoveOldest(count);
  held_bytes_ += memory.size();
  held_.push_back({std::move(memory), period_});
}

void BufferPool::DropUnused() {
  std::vector<Held> dropped;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto used = std::find_if(held_.begin(), held_.end(),
                                 [this](const Held& held) { return held.period == period_; });
  dropped = RemoveOldest(static_cast<size_t>(used - held_.begin()));
  ++period_;
}

std::vector<BufferPool::Held> BufferPool::RemoveOldest(size_t count) {
  const auto end = held_.begin() + static_cast<ptrdiff_t>(count);
  std::vector<Held> removed(std::make_move_iterator(held_.begin()), std::make_move_iterator(end));
  held_.erase(held_.begin(), end);
  for (const Held& held : removed) held_bytes_ -= held.memory.size();
  return removed;
}

size_t BufferPool::held_bytes() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return held_bytes_;
}

}  // namespace activation::wire
