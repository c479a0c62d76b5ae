#include "server/pollers/in_grpc.h"

#include <grpcpp/completion_queue.h>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "server/pollers/pollers.h"

namespace activation {
namespace {

// What gRPC's servers and channels share, of this process.
struct Shared {
  std::mutex mutex;
  std::optional<int> fixed;  // since UseOwnPollers()
  // Of the queue, each given back once. Gone with the last of them.
  int holders = 0;
  std::unique_ptr<Pollers> pollers;
};

// Never destroyed: gRPC's objects may outlive it.
Shared& TheShared() {
  static auto* const shared = new Shared;
  return *shared;
}

}  // namespace

// grpc::CompletionQueue::CallbackAlternativeCQ() and ReleaseCallbackAlternativeCQ(), as the linker
// knows them. Whoever calls the first calls the second once with what it got; the queue ends when
// all have. Weak, so that a gRPC without them links, which never calls ours.
[[gnu::weak]] grpc::CompletionQueue* RealQueue() asm(
    "__real__ZN4grpc15CompletionQueue21CallbackAlternativeCQEv");
[[gnu::weak]] void RealRelease(grpc::CompletionQueue* queue) asm(
    "__real__ZN4grpc15CompletionQueue28ReleaseCallbackAlternativeCQEPS0_");
grpc::CompletionQueue* OwnQueue() asm("__wrap__ZN4grpc15CompletionQueue21CallbackAlternativeCQEv");
void ReleaseOwn(grpc::CompletionQueue* queue) asm(
    "__wrap__ZN4grpc15CompletionQueue28ReleaseCallbackAlternativeCQEPS0_");

grpc::CompletionQueue* OwnQueue() {
  Shared& shared = TheShared();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  if (!shared.fixed.has_value()) return RealQueue();
  if (shared.holders == 0) {
    shared.pollers = std::make_unique<Pollers>(PollerOptions{.fixed = *shared.fixed});
  }
  ++shared.holders;
  return shared.pollers->queue();
}

void ReleaseOwn(grpc::CompletionQueue* queue) {
  Shared& shared = TheShared();
  std::unique_ptr<Pollers> last;
  bool is_own = false;
  {
    const std::lock_guard<std::mutex> lock(shared.mutex);
    is_own = shared.pollers != nullptr && shared.pollers->queue() == queue;
    if (is_own && --shared.holders == 0) last = std::move(shared.pollers);
  }
  // Without the lock, here and where `last` ends: what is still to be done may make or end a
  // channel.
  if (!is_own) RealRelease(queue);
}

void UseOwnPollers(int fixed) {
  Shared& shared = TheShared();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  shared.fixed = fixed;
}

int OwnPollers() {
  Shared& shared = TheShared();
  const std::lock_guard<std::mutex> lock(shared.mutex);
  return shared.pollers == nullptr ? 0 : shared.pollers->count();
}

}  // namespace activation
