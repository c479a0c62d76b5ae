#include "server/reply_watch.h"

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "src/base/out_of_memory.h"

namespace activation {
namespace {

// Rounds within a timeout, which is thus kept to a quarter.
constexpr int kRounds = 4;
constexpr absl::Duration kLongestRound = absl::Seconds(1);

}  // namespace

ReplyWatch::ReplyWatch(absl::Duration timeout, std::function<void()> on_ended)
    : timeout_(timeout),
      message_(absl::StrCat("the reply was not taken within --reply-timeout (",
                            absl::FormatDuration(timeout), ")")),
      on_ended_(std::move(on_ended)) {
  // Calls are ended by gRPC's own functions, perhaps when the server has gone already.
  grpc_init();
  if (timeout_ > absl::ZeroDuration()) thread_ = std::thread([this] { Watch(); });
}

ReplyWatch::~ReplyWatch() {
  ended_.Notify();
  if (thread_.joinable()) thread_.join();
  grpc_shutdown();
}

void ReplyWatch::Watch() {
  const absl::Duration round = std::min(timeout_ / kRounds, kLongestRound);
  const auto patience = static_cast<uint64_t>(absl::Ceil(timeout_, round) / round);
  while (!ended_.WaitFor(round)) {
    const uint64_t now = round_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (now > patience) UnlessOutOfMemory([&] { EndThoseBefore(now - patience); });
  }
}

// Without a lock: gRPC may be done with the call before this returns, and then it is Taken().
void ReplyWatch::EndThoseBefore(uint64_t oldest) {
  for (Shard& shard : shards_) {
    while (grpc_call* const call = TakeOneBefore(oldest, shard)) {
      const absl::Cleanup letting_go = [call] { grpc_call_unref(call); };
      grpc_call_cancel_with_status(call, GRPC_STATUS_CANCELLED, message_.c_str(), nullptr);
    }
  }
}

grpc_call* ReplyWatch::TakeOneBefore(uint64_t oldest, Shard& shard) {
  const std::lock_guard<std::mutex> lock(shard.mutex);
  Reply* const reply = shard.first;
  if (reply == nullptr || reply->since_ >= oldest) return nullptr;
  reply->Unlink();
  reply->Link();
  if (!std::exchange(reply->late_, true)) on_ended_();
  grpc_call_ref(reply->call_);
  return reply->call_;
}

ReplyWatch::Shard& ReplyWatch::ShardOfThread() {
  static std::atomic<size_t> threads{0};
  thread_local const size_t thread = threads.fetch_add(1, std::memory_order_relaxed);
  return shards_[thread % shards_.size()];
}

void ReplyWatch::Reply::Given(grpc_call* call) {
  if (!watch_.thread_.joinable()) return;
  shard_ = &watch_.ShardOfThread();
  const std::lock_guard<std::mutex> lock(shard_->mutex);
  call_ = call;
  late_ = false;
  Link();
}

void ReplyWatch::Reply::Taken() {
  if (shard_ == nullptr) return;
  {
    const std::lock_guard<std::mutex> lock(shard_->mutex);
    if (waiting_) Unlink();
  }
  shard_ = nullptr;
}

void ReplyWatch::Reply::Link() {
  waiting_ = true;
  since_ = watch_.round_.load(std::memory_order_relaxed);
  before_ = shard_->last;
  after_ = nullptr;
  (before_ != nullptr ? before_->after_ : shard_->first) = this;
  shard_->last = this;
}

void ReplyWatch::Reply::Unlink() {
  waiting_ = false;
  (before_ != nullptr ? before_->after_ : shard_->first) = after_;
  (after_ != nullptr ? after_->before_ : shard_->last) = before_;
}

}  // namespace activation
