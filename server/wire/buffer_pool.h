// Memory of tensors on its way through the server, used again: new memory of
// megabytes costs a page fault for every 4 KiB of it, at every call. Thread-safe.
// In the way of a request: Reply takes its large results from it, and Assemble
// what it gathers; gRPC gives results back once they are sent.
#ifndef ACTIVATION_SERVER_WIRE_BUFFER_POOL_H_
#define ACTIVATION_SERVER_WIRE_BUFFER_POOL_H_

#include <grpcpp/support/slice.h>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "src/base/aligned_buffer.h"

namespace activation::wire {

class BufferPool;

// Memory that goes back to its pool when destroyed. Movable.
class PooledBuffer {
 public:
  PooledBuffer(BufferPool* pool, AlignedBuffer memory) : pool_(pool), memory_(std::move(memory)) {}
  PooledBuffer(PooledBuffer&&) = default;
  PooledBuffer& operator=(PooledBuffer&& other) noexcept {
    std::swap(pool_, other.pool_);
    std::swap(memory_, other.memory_);
    return *this;
  }
  ~PooledBuffer();

  // At least as many bytes as were asked for, on a cache line.
  uint8_t* data() { return memory_.as<uint8_t>(); }

  // Its first `size` bytes, for gRPC to send and then to let go of.
  static grpc::Slice ToSlice(PooledBuffer buffer, size_t size);

 private:
  BufferPool* pool_;
  AlignedBuffer memory_;
};

class BufferPool {
 public:
  // Holds at most `most_held_bytes` of buffers that nobody uses; those given back
  // longest ago go first.
  explicit BufferPool(size_t most_held_bytes);

  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // The process's, which outlives everything gRPC still has to send.
  static BufferPool& Shared();

  PooledBuffer Take(size_t bytes);

  // Lets go of what was held at the last call of this and nobody has taken since.
  void DropUnused();

  size_t held_bytes() const;

 private:
  friend class PooledBuffer;
  // Asks for no memory.
  void Put(AlignedBuffer memory);

  struct Held {
    AlignedBuffer memory;
    uint64_t period;  // how often DropUnused was called before it came back
  };

  // Needs the lock, and one that is held. The caller destroys what it removes without the lock.
  AlignedBuffer RemoveOldest();

  const size_t most_held_bytes_;
  mutable std::mutex mutex_;
  std::vector<Held> held_;  // oldest first; has room for as many as most_held_bytes_ are
  size_t held_bytes_ = 0;
  uint64_t period_ = 0;
};

}  // namespace activation::wire

#endif  // ACTIVATION_SERVER_WIRE_BUFFER_POOL_H_
