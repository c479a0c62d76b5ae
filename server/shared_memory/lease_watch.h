// The thread that ends regions whose lease is over, so that memory comes back even
// where no call comes any more. Runs from construction to destruction.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_LEASE_WATCH_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_LEASE_WATCH_H_

#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/shared_memory/registry.h"

namespace activation::shared_memory {

class LeaseWatch {
 public:
  // `registry` must outlive it.
  explicit LeaseWatch(Registry& registry)
      : thread_([this, &registry] {
          // As long as the shortest lease.
          while (!ended_.WaitForNotificationWithTimeout(absl::Seconds(1))) registry.EndLapsed();
        }) {}

  ~LeaseWatch() {
    ended_.Notify();
    thread_.join();
  }

  LeaseWatch(const LeaseWatch&) = delete;
  LeaseWatch& operator=(const LeaseWatch&) = delete;

 private:
  absl::Notification ended_;
  std::thread thread_;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_LEASE_WATCH_H_
