// How one part of the library tells another that nobody waits for a call any more.
#ifndef ACTIVATION_CLIENT_SRC_CANCELLATION_H_
#define ACTIVATION_CLIENT_SRC_CANCELLATION_H_

#include <functional>
#include <mutex>
#include <utility>

namespace activation::client {

// Thread-safe.
class Cancellation {
 public:
  // `cancel` is called once when the call is cancelled; here and now where it was.
  void OnCancel(std::function<void()> cancel) {
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      if (!cancelled_) {
        cancel_ = std::move(cancel);
        return;
      }
    }
    cancel();
  }

  void Cancel() {
    std::function<void()> cancel;
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      cancelled_ = true;
      cancel = std::exchange(cancel_, nullptr);
    }
    if (cancel) cancel();
  }

 private:
  std::mutex mutex_;
  std::function<void()> cancel_;  // guarded by mutex_
  bool cancelled_ = false;        // guarded by mutex_
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_CANCELLATION_H_
