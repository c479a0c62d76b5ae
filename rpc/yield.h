// A step aside: comes back to a call once what its completion queue holds already has
// been handed out. A stream, of the server or a client, uses it to learn whether more items
// are there before it writes a small one, so that one system call carries many.
#ifndef ACTIVATION_RPC_YIELD_H_
#define ACTIVATION_RPC_YIELD_H_

#include <grpc/grpc.h>

#include <functional>
#include <utility>

namespace activation {

// Thread-compatible. Must live until each Start has brought its call of `then`, which may end it.
class Yield : private grpc_completion_queue_functor {
 public:
  explicit Yield(std::function<void()> then)
      : grpc_completion_queue_functor{}, then_(std::move(then)) {
    functor_run = [](grpc_completion_queue_functor* self, int) {
      static_cast<Yield*>(self)->then_();
    };
    inlineable = true;
  }

  Yield(const Yield&) = delete;
  Yield& operator=(const Yield&) = delete;

  // Calls `then` once, on a thread of gRPC's. Not again before that. An empty batch is
  // complete at once, and goes to the end of the queue.
  void Start(grpc_call* call) {
    grpc_call_start_batch(call, nullptr, 0, static_cast<grpc_completion_queue_functor*>(this),
                          nullptr);
  }

 private:
  const std::function<void()> then_;
};

}  // namespace activation

#endif  // ACTIVATION_RPC_YIELD_H_
