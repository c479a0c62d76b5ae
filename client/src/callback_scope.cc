#include "client/src/callback_scope.h"

#include <exception>
#include <thread>
#include <utility>

namespace activation::client {

int& CallbackScope::depth() {
  thread_local int depth = 0;
  return depth;
}

void RunOutsideCallbacks(std::function<void()> task) {
  if (!CallbackScope::Inside()) return task();
  try {
    std::thread(std::move(task)).detach();
  } catch (const std::exception&) {
    // The system has no thread more, or no memory for one. Here the task could make this thread
    // wait for its own end, and a deleter that throws ends the process: better that what it would
    // have freed stays.
  }
}

}  // namespace activation::client
