// A thread for what takes long and computes nothing, as mapping gigabytes of shared memory:
// whoever reads requests would be kept from all others by it. One after the other, in the order
// in which they were given. Thread-safe.
// In the way of a request: SlowCall -> Errands -> Registry.
#ifndef ACTIVATION_SERVER_ERRANDS_H_
#define ACTIVATION_SERVER_ERRANDS_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/status/status.h"
#include "src/base/limits.h"

namespace activation {

class Errands {
 public:
  // So many may wait.
  explicit Errands(size_t most = kMaxErrands);
  // Does all that was given first.
  ~Errands();

  Errands(const Errands&) = delete;
  Errands& operator=(const Errands&) = delete;

  // OK: `errand` will be called once, and may have been called before this returns. It throws
  // nothing. RESOURCE_EXHAUSTED with a delay where too many wait.
  absl::Status Give(std::function<void()> errand);

  // Whether none is waiting or being done.
  bool IsIdle();

 private:
  void Work();

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;  // guarded by mutex_
  bool busy_ = false;                          // with one; guarded by mutex_
  bool ending_ = false;                        // guarded by mutex_
  std::thread thread_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_ERRANDS_H_
