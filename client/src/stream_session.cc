#include "client/src/stream_session.h"

#include <algorithm>
#include <utility>

#include "client/src/callback_scope.h"
#include "client/src/channel.h"
#include "client/src/outcome.h"

namespace activation::client {
namespace {

// A tensor of more elements is the server's to refuse.
constexpr int64_t kMostElements = int64_t{1} << 56;

// A run this long saves nearly all that runs can save.
constexpr size_t kLongRun = 32;

// Without room for one item none would ever be sent.
StreamOptions Sound(StreamOptions options) {
  options.max_pending = std::max<size_t>(1, options.max_pending);
  return options;
}

}  // namespace

StreamSession::StreamSession(const ClientOptions& options, StreamOptions stream_options)
    : options_(options),
      stream_options_(Sound(stream_options)),
      stub_(v1::ActivationService::NewStub(NewChannel(options))),
      elementwise_(stub_) {
  if (stream_options.deadline.count() > 0) {
    context_.set_deadline(std::chrono::system_clock::now() + stream_options.deadline);
  }
  stub_->async()->Stream(&context_, this);
  // Writes are started from any thread, until Advance lets go.
  AddHold();
  StartRead(&response_);
  StartCall();
}

size_t StreamSession::ChunkElements(const StreamedItem& item) {
  const auto of = [this](const auto& whole) -> size_t {
    const ConstTensor& x = whole.x;
    const size_t most = stream_options_.chunk_bytes / SizeOf(x.dtype);
    const int64_t elements = x.elements();
    if (most == 0 || elements <= static_cast<int64_t>(most) || elements > kMostElements) return 0;
    const bool like_x = whole.y_shape.empty() || whole.y_shape == x.shape;
    if (!like_x || whole.weight.data != nullptr) return 0;
    return elementwise_.Contains(whole.activation.function) ? most : 0;
  };
  return std::visit(of, item);
}

void StreamSession::Submit(StreamedItem item, Stream::Done done) {
  const size_t chunk_elements = ChunkElements(item);
  auto pending = std::make_shared<Pending>(
      Pending{.submission = {std::move(item), chunk_elements}, .done = std::move(done)});
  Lock lock(mutex_);
  if (!CallbackScope::Inside()) {
    changed_.wait(lock,
                  [this] { return Closed() || pending_.size() < stream_options_.max_pending; });
  }
  if (Closed()) {
    const bool failed = end_.has_value() && !end_->ok();
    const absl::Status status = failed ? *end_ : absl::UnavailableError("the stream has ended");
    lock.unlock();
    return pending->done(status);
  }
  pending->id = next_id_++;
  pending_.emplace(pending->id, pending);
  to_send_.push_back(std::move(pending));
  Advance(std::move(lock));
}

void StreamSession::Advance(Lock lock) {
  if (writing_ || yielding_ || released_) return;
  if (!broken_ && !to_send_.empty()) {
    if (!in_run_ && to_send_.size() < kLongRun) {
      to_send_before_yield_ = to_send_.size();
      yielding_ = true;
      lock.unlock();
      return yield_.Start(context_.c_call());
    }
    const std::shared_ptr<Pending> pending = to_send_.front();
    const size_t chunk = pending->encoded;
    if (chunk + 1 == pending->submission.chunks()) to_send_.pop_front();
    in_run_ = !to_send_.empty();
    const bool more_follow = in_run_;
    writing_ = true;
    lock.unlock();
    return Write(*pending, chunk, more_follow);
  }
  if (!broken_ && !finishing_) return;
  released_ = true;
  const bool last = !broken_;
  lock.unlock();
  if (last) StartWritesDone();
  RemoveHold();
}

// What cannot be encoded is sent as an item without content: each message that is
// announced comes, so that one that was left in a buffer for the next is not left there.
void StreamSession::Write(Pending& pending, size_t chunk, bool more_follow) {
  request_.set_id(pending.id);
  request_.set_may_overtake(stream_options_.may_overtake);
  const absl::Status status =
      pending.submission.Encode(chunk, options_.max_message_bytes, &request_);
  {
    const Lock lock(mutex_);
    // Not before: whoever has the last answer may take the tensors away.
    ++pending.encoded;
    pending.status.Update(status);
  }
  grpc::WriteOptions write_options;
  if (more_follow) write_options.set_buffer_hint();
  StartWrite(&request_, write_options);
}

void StreamSession::OnYield() {
  const CallbackScope scope;
  Lock lock(mutex_);
  yielding_ = false;
  in_run_ = to_send_.size() == to_send_before_yield_;
  Advance(std::move(lock));
}

void StreamSession::OnWriteDone(bool ok) {
  const CallbackScope scope;
  Lock lock(mutex_);
  writing_ = false;
  if (!ok) broken_ = true;
  Advance(std::move(lock));
}

void StreamSession::OnReadDone(bool ok) {
  const CallbackScope scope;
  if (ok) {
    TakeReply();
    return StartRead(&response_);
  }
  Lock lock(mutex_);
  broken_ = true;
  Advance(std::move(lock));
}

void StreamSession::TakeReply() {
  Lock lock(mutex_);
  const auto found = pending_.find(response_.id());
  // A reply nobody waits for changes nothing, nor does one that comes before its request.
  if (found == pending_.end() || found->second->answered == found->second->encoded) return;
  const std::shared_ptr<Pending> pending = found->second;
  lock.unlock();
  const absl::Status status = pending->submission.Read(pending->answered, response_);
  lock.lock();
  pending->status.Update(status);
  if (++pending->answered < pending->submission.chunks()) return;
  pending_.erase(pending->id);
  changed_.notify_one();
  lock.unlock();
  pending->done(pending->status);
}

void StreamSession::OnDone(const grpc::Status& status) {
  const CallbackScope scope;
  Lock lock(mutex_);
  end_ = ToStatus(status);
  broken_ = true;
  const auto left = std::exchange(pending_, {});
  to_send_.clear();
  changed_.notify_all();
  lock.unlock();
  const absl::Status cause =
      status.ok() ? absl::InternalError("the stream ended without this reply") : *end_;
  for (const auto& [id, pending] : left) pending->done(cause);
  lock.lock();
  ended_ = true;
  // Under the lock: whoever waits may take this object away with it.
  changed_.notify_all();
}

absl::Status StreamSession::Finish() {
  Lock lock(mutex_);
  finishing_ = true;
  changed_.notify_all();
  Advance(std::move(lock));
  return AwaitEnd();
}

void StreamSession::Cancel() {
  context_.TryCancel();
  AwaitEnd().IgnoreError();
}

absl::Status StreamSession::AwaitEnd() {
  Lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_; });
  return *end_;
}

}  // namespace activation::client
