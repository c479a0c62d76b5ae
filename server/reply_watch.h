// Replies that wait to be taken by their clients, and the end of those that wait too long.
// What a call was admitted for it holds until its reply is sent, and a client may keep a
// window shut for as long as it likes, answering every ping: without a bound a single one
// fills all admission.
//
// A reply costs its call two uncontended locks: they stand in lists, one for each of some
// threads, in the order in which they began to wait, and one thread looks at the heads of
// these from time to time. Thread-safe.
// In the way of a request: wire::Reply -> ReplyWatch::Reply::Given -> Finish.
#ifndef ACTIVATION_SERVER_REPLY_WATCH_H_
#define ACTIVATION_SERVER_REPLY_WATCH_H_

#include <grpc/grpc.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "absl/time/time.h"
#include "server/steady_clock.h"

namespace activation {

class ReplyWatch {
 public:
  class Reply;

  // Zero: replies may wait for ever. `on_ended` is told of each call that is to be ended, under a
  // lock.
  ReplyWatch(absl::Duration timeout, std::function<void()> on_ended);
  ~ReplyWatch();

  ReplyWatch(const ReplyWatch&) = delete;
  ReplyWatch& operator=(const ReplyWatch&) = delete;

 private:
  struct alignas(64) Shard {
    std::mutex mutex;
    Reply* first = nullptr;  // guarded by mutex; has waited longest
    Reply* last = nullptr;   // guarded by mutex
  };

  Shard& ShardOfThread();
  // Ends the calls whose replies have waited since before `oldest`. Asks for no memory, which
  // such replies may have taken; but gRPC may.
  void EndThoseBefore(uint64_t oldest);
  // The call of one of them, for the caller to let go of, or nullptr. It begins to wait anew: for
  // gRPC to be done with it or, where gRPC had no memory to begin that, to be ended once more.
  grpc_call* TakeOneBefore(uint64_t oldest, Shard& shard);
  void Watch();

  const absl::Duration timeout_;
  const std::string message_;  // to the client
  const std::function<void()> on_ended_;
  std::array<Shard, 16> shards_;
  std::atomic<uint64_t> round_{0};  // how often the thread has looked
  SteadyNotification ended_;
  std::thread thread_;
};

// The reply that one call may have under way, and its place among those that wait.
// Thread-compatible, as a call's operations are.
class ReplyWatch::Reply {
 public:
  // `watch` outlives it.
  explicit Reply(ReplyWatch& watch) : watch_(watch) {}
  ~Reply() { Taken(); }

  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;

  // To be called before the operation that sends it.
  void Given(grpc_call* call);
  // That operation is done. Nothing where no reply was given.
  void Taken();

 private:
  friend class ReplyWatch;

  // Both with the shard's lock. Since the round of now it waits, behind all others.
  void Link();
  void Unlink();

  ReplyWatch& watch_;
  Shard* shard_ = nullptr;  // it was given to
  // Guarded by the shard's mutex.
  bool waiting_ = false;
  bool late_ = false;  // its call was to be ended
  grpc_call* call_ = nullptr;
  uint64_t since_ = 0;  // round
  Reply* before_ = nullptr;
  Reply* after_ = nullptr;
};

}  // namespace activation

#endif  // ACTIVATION_SERVER_REPLY_WATCH_H_
