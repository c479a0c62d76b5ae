// A thread that does something ever again, from construction to destruction.
#ifndef ACTIVATION_SERVER_PERIODIC_H_
#define ACTIVATION_SERVER_PERIODIC_H_

#include <functional>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "server/steady_clock.h"
#include "src/base/out_of_memory.h"

namespace activation {

class Periodic {
 public:
  // Calls `task` once in each period, the first time when one is over. What it leaves undone for
  // want of memory, but for lines of the log, it must be able to do the next time.
  Periodic(absl::Duration period, std::function<void()> task)
      : thread_([this, period, task = std::move(task)] {
          while (!ended_.WaitFor(period)) UnlessOutOfMemory(task);
        }) {}

  ~Periodic() {
    ended_.Notify();
    thread_.join();
  }

  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  SteadyNotification ended_;
  std::thread thread_;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_PERIODIC_H_
