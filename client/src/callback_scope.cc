#include "client/src/callback_scope.h"

#include <thread>
#include <utility>

namespace activation::client {

int& CallbackScope::depth() {
  thread_local int depth = 0;
  return depth;
}

void RunOutsideCallbacks(std::function<void()> task) {
  if (!CallbackScope::Inside()) return task();
  std::thread(std::move(task)).detach();
}

}  // namespace activation::client
