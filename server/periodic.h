// A thread that does something ever again, from construction to destruction; and a round of such.
#ifndef ACTIVATION_SERVER_PERIODIC_H_
#define ACTIVATION_SERVER_PERIODIC_H_

#include <functional>
#include <new>
#include <thread>
#include <utility>

#include "absl/time/time.h"
#include "server/steady_clock.h"

namespace activation {

// A round of what a thread does ever again, where there is memory for it: else the rest of it is
// left out, and the next one tries again. Nobody is above such a thread who would catch it.
template <class Round>
void UnlessOutOfMemory(const Round& round) {
  try {
    round();
  } catch (const std::bad_alloc&) {
  }
}

class Periodic {
 public:
  // Calls `task` once in each period, the first time when one is over. What it leaves undone for
  // want of memory it must be able to do the next time.
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
