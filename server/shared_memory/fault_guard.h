// Keeps the process alive when the owner of shared memory cuts it short while it is
// used. The system answers a touch of a page that is gone with SIGBUS, which ends a
// process. Here a handler puts zeros in the place of the whole range and lets the
// instruction run again: the work ends as if nothing had happened, on memory that is
// the server's own, and whoever asked for it finds faulted() true (ADR 6).
//
// A check of the size beforehand cannot replace this: the owner may cut between the
// check and the touch.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_FAULT_GUARD_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_FAULT_GUARD_H_

#include <cstddef>
#include <optional>
#include <utility>

namespace activation::shared_memory {

// One guarded range. Movable; faulted() may be called from any thread.
class FaultGuard {
 public:
  // Ranges guarded at once in this process.
  static constexpr size_t kMost = 4096;

  // Guards whole pages from `begin`, the beginning of a mapping, from now on. Nothing
  // where there are kMost already, or where the range is larger than 2^28 pages. The
  // first call installs the handler; a SIGBUS elsewhere still takes the way it took before.
  static std::optional<FaultGuard> Guard(void* begin, size_t bytes);

  // To be destroyed before the range is unmapped.
  ~FaultGuard();
  FaultGuard(FaultGuard&& other) noexcept : slot_(std::exchange(other.slot_, kNone)) {}
  FaultGuard& operator=(FaultGuard&&) = delete;

  // Whether a page was gone when it was touched, so that the range holds zeros now.
  bool faulted() const;

 private:
  static constexpr size_t kNone = kMost;

  explicit FaultGuard(size_t slot) : slot_(slot) {}

  size_t slot_;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_FAULT_GUARD_H_
