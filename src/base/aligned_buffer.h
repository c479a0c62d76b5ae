// A buffer of bytes that begins on a cache line and is never zero-filled.
// Movable, not copyable; thread-compatible.
#ifndef ACTIVATION_SRC_BASE_ALIGNED_BUFFER_H_
#define ACTIVATION_SRC_BASE_ALIGNED_BUFFER_H_

#include <cstddef>
#include <memory>
#include <new>

namespace activation {

class AlignedBuffer {
 public:
  static constexpr size_t kAlignment = 64;

  AlignedBuffer() = default;
  explicit AlignedBuffer(size_t bytes)
      : data_(static_cast<std::byte*>(::operator new (bytes, std::align_val_t{kAlignment}))),
        bytes_(bytes) {}

  std::byte* data() { return data_.get(); }
  const std::byte* data() const { return data_.get(); }
  size_t size() const { return bytes_; }

  template <class T>
  T* as() {
    return reinterpret_cast<T*>(data());
  }

 private:
  struct Release {
    void operator()(std::byte* p) const { ::operator delete (p, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<std::byte, Release> data_;
  size_t bytes_ = 0;
};

}  // namespace activation

#endif  // ACTIVATION_SRC_BASE_ALIGNED_BUFFER_H_
