// Which threads are gRPC's. The last channel to go stops and joins the threads
// that run gRPC's callbacks, so it must not go on one of them.
#ifndef ACTIVATION_CLIENT_SRC_CALLBACK_SCOPE_H_
#define ACTIVATION_CLIENT_SRC_CALLBACK_SCOPE_H_

#include <functional>

namespace activation::client {

// Stands in every callback gRPC calls, before anything else. Not to be shared
// between threads.
class CallbackScope {
 public:
  CallbackScope() { ++depth(); }
  ~CallbackScope() { --depth(); }
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;

  // Whether this thread is in a callback.
  static bool Inside() { return depth() > 0; }

 private:
  static int& depth();
};

// Runs `task` here and now or, inside a callback, on a thread of its own; where the system has none
// more for that, not at all.
void RunOutsideCallbacks(std::function<void()> task);

// The deleter of what holds a channel and may lose its last owner in a callback. Without a thread
// to delete it on, the holder is leaked.
struct DeleteOutsideCallbacks {
  template <class T>
  void operator()(T* holder) const {
    RunOutsideCallbacks([holder] { delete holder; });
  }
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CALLBACK_SCOPE_H_
