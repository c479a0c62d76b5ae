// Memory that a server on the same machine sees, too: tensors in it are not sent.
//
//   #include <activation/shared_buffer.h>
//
//   auto buffer = activation::client::SharedBuffer::Create(client, 2 * n * sizeof(float));
//   absl::Span<float> x = buffer->as<float>().first(n), y = buffer->as<float>().last(n);
//   ... fill x ...
//   absl::Status status = client.Forward({.function = "gelu"}, x, y);
#ifndef ACTIVATION_SHARED_BUFFER_H_
#define ACTIVATION_SHARED_BUFFER_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "activation/client.h"

namespace activation::client {

// How the memory is made and registered.
struct SharedBufferOptions {
  // What the server's --shared-memory-prefix says.
  std::string prefix = "/activation-";
  // Who may open the memory until the server has: its owner. 0660 where the server
  // runs as another user of the same group.
  unsigned mode = 0600;
  // How long the server keeps its mapping when this process dies; it is renewed as
  // long as the buffer lives. 0 or less: the server's default, five minutes.
  std::chrono::seconds lease{0};
};

// A block of POSIX shared memory, zeros at first, registered with the server that
// `client` talks to. Every call of that client or a copy of it finds out by itself
// which of its tensors (x, dy, weight, y, dx) lie in the buffer, whole: these the
// server reads and writes where they are. The others are sent as ever.
//
// In the buffer y may be x itself, and dx may be x or dy, of an elementwise function; an
// output that overlaps an input in another way is INVALID_ARGUMENT. After the server
// was started anew calls on the buffer are NOT_FOUND: create another.
//
// Nothing is left in the system's list of shared memory: the name is removed as soon
// as the server has the memory. To be destroyed after the calls that use it.
//
// Thread safety: as other memory. Movable; addresses stay.
class SharedBuffer {
 public:
  // `bytes` is at least 1. UNIMPLEMENTED where the server has shared memory off, NOT_FOUND
  // where it runs on another machine, RESOURCE_EXHAUSTED where there is no room, and
  // what else a call may end with.
  static absl::StatusOr<SharedBuffer> Create(const Client& client, size_t bytes,
                                             const SharedBufferOptions& options = {});

  // Unregisters and unmaps; waits for the server's answer, a second at most.
  ~SharedBuffer();
  SharedBuffer(SharedBuffer&& other) noexcept;
  SharedBuffer& operator=(SharedBuffer&& other) noexcept;

  // Begins on a page.
  void* data() const;
  size_t size() const;  // in bytes

  // All of it as elements of a type.
  template <class T>
  absl::Span<T> as() const {
    return {static_cast<T*>(data()), size() / sizeof(T)};
  }

 private:
  class State;

  explicit SharedBuffer(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace activation::client

#endif  // ACTIVATION_SHARED_BUFFER_H_
