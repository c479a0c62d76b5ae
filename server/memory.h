// How the process keeps memory that it has freed, and when it gives it back.
#ifndef ACTIVATION_SERVER_MEMORY_H_
#define ACTIVATION_SERVER_MEMORY_H_

#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace activation {

// Makes the C library keep tens of megabytes that were freed instead of giving them
// back at once: what gRPC receives a message of megabytes into is freed with every call,
// and new memory costs a page fault for every 4 KiB. To be called before other threads
// start; does nothing where the C library is not glibc.
void KeepFreedMemory();

// Gives the system the buffers of results that nobody took since the last time, and
// every free page of the heaps. A few milliseconds; thread-safe.
void GiveBackUnusedMemory();

// The thread that does so ever again, so that after a burst the process holds what the
// calls of now need: without it heaps keep the most that ever was in use, in the places
// where each of them happened to need it. Runs from construction to destruction.
class MemoryKeeper {
 public:
  // Seldom enough that the page faults to come are no cost that can be measured.
  static constexpr absl::Duration kPeriod = absl::Seconds(10);

  explicit MemoryKeeper(absl::Duration period = kPeriod)
      : thread_([this, period] {
          while (!ended_.WaitForNotificationWithTimeout(period)) GiveBackUnusedMemory();
        }) {}

  ~MemoryKeeper() {
    ended_.Notify();
    thread_.join();
  }

  MemoryKeeper(const MemoryKeeper&) = delete;
  MemoryKeeper& operator=(const MemoryKeeper&) = delete;

 private:
  absl::Notification ended_;
  std::thread thread_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_MEMORY_H_
