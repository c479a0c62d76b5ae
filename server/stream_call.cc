#include "server/stream_call.h"

#include <utility>

#include "server/failed_call.h"
#include "server/metrics.h"
#include "server/wire/status.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {
namespace {

// A run this long saves nearly all that runs can save.
constexpr size_t kLongRun = 32;
// With so much in flight a system call more is little.
constexpr size_t kManyBytes = size_t{256} << 10;
// Errors that wait for their client, of a kilobyte or two each that nothing admits.
constexpr size_t kMostFailed = 16;

}  // namespace

StreamCall::StreamCall(CallEnvironment environment, grpc::CallbackServerContext* context)
    : environment_(environment), context_(context), reply_(environment.replies) {
  environment_.metrics.CallStarted(Method::kStream);
}

void StreamCall::Start() {
  environment_.streams.Add(this);
  // A drain that has begun has either seen this stream or is seen here.
  if (environment_.closed) {
    environment_.metrics.Rejected(Draining());
    return Drain();
  }
  // gRPC would send it with the first write, and leave both in the buffer where that is
  // one of a run: the write would then not be done before the next, which waits for it.
  StartSendInitialMetadata();
  Advance(Lock(mutex_));
}

void StreamCall::Drain() {
  Lock lock(mutex_);
  EndWith(Draining());
  Advance(std::move(lock));
}

void StreamCall::OnReadDone(bool ok) {
  Lock lock(mutex_);
  if (!ok) EndWith(absl::OkStatus());
  // What arrives after the end is the client's to send again.
  if (end_.has_value()) {
    reading_ = false;
    return Advance(std::move(lock));
  }
  ++unanswered_;
  ++arrivals_;
  lock.unlock();
  environment_.metrics.ItemReceived(Method::kStream);
  StreamTasks arrived;
  absl::Status refused;
  absl::StatusOr<wire::StreamItem> item;
  const auto open = [&] {
    item = Open(&arrived.emplace_back(environment_), &refused);
    return item.status();
  };
  const absl::Status opened =
      OrOutOfMemory(open, [this] { return environment_.metrics.Counted(OutOfMemory()); });
  const bool ends = !opened.ok() || absl::IsUnavailable(refused);
  // What it holds is given back before the call can end.
  if (ends) arrived.clear();
  lock.lock();
  reading_ = false;
  if (ends) {
    --unanswered_;
    EndWith(opened.ok() ? refused : opened);
    return Advance(std::move(lock));
  }
  StreamTask* const task = order_.Add(std::move(arrived));
  inflight_bytes_ += task->bytes;
  Advance(std::move(lock));
  Evaluate(task, *std::move(item), std::move(refused));
}

absl::StatusOr<wire::StreamItem> StreamCall::Open(StreamTask* task, absl::Status* refused) {
  task->request.Swap(&request_);
  const size_t size = task->request.Length();
  *refused = task->work->Admit(size, DeadlineOf(*context_));
  absl::StatusOr<wire::StreamItem> item;
  if (refused->ok()) {
    task->bytes = 2 * size;
    *refused = task->work->OrOutOfMemory([&] {
      task->work->Take(&task->request);
      item = wire::ReadStreamItem(task->work->request(), environment_.engine.limits());
      return absl::OkStatus();
    });
  }
  // There is no room for more of it.
  if (!refused->ok()) item = ReadEnvelope(task);
  if (!item.ok()) return item;
  task->mark = item->mark;
  task->may_overtake = item->may_overtake;
  return item;
}

absl::StatusOr<wire::StreamItem> StreamCall::ReadEnvelope(StreamTask* task) {
  absl::StatusOr<wire::StreamItem> item;
  absl::Status status = task->work->OrOutOfMemory([&] {
    const wire::ReceivedBytes bytes(&task->request);
    item = wire::ReadEnvelope(bytes.pieces());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return item;
}

void StreamCall::Evaluate(StreamTask* task, wire::StreamItem item, absl::Status status) {
  if (status.ok()) status = Lay(task, std::move(item));
  if (!status.ok()) return Answer(task, status);
  task->work->Submit(DeadlineOf(*context_), &departure_.noted(),
                     [this, task](const absl::Status& result) { Answer(task, result); });
}

absl::Status StreamCall::Lay(StreamTask* task, wire::StreamItem item) {
  const wire::ItemSource source{task->work->request(), &task->work->regions()};
  const Limits& limits = environment_.engine.limits();
  bool at_hand = true;
  const auto decode = [&]() -> absl::StatusOr<wire::Batch> {
    if (std::exchange(at_hand, false)) return wire::Decode(std::move(item), source, limits);
    // The first went with its decoding.
    absl::StatusOr<wire::StreamItem> again = wire::ReadStreamItem(source.pieces, limits);
    return again.ok() ? wire::Decode(*std::move(again), source, limits) : again.status();
  };
  absl::Status status = task->work->OrOutOfMemory(
      [&] { return task->work->Lay(task->mark, task->work->Decoded(decode)); });
  if (const size_t beyond = task->work->bytes_beyond_request(); beyond > 0) {
    const Lock lock(mutex_);
    task->bytes += beyond;
    inflight_bytes_ += beyond;
  }
  return status;
}

void StreamCall::Answer(StreamTask* task, const absl::Status& status) {
  task->code = status.code();
  const auto reply = [&] {
    task->reply = ReplyTo(task, status);
    return absl::OkStatus();
  };
  const absl::Status replied =
      OrOutOfMemory(reply, [this] { return environment_.metrics.Counted(OutOfMemoryAtWork()); });
  size_t given_back = 0;
  if (!status.ok()) {
    // However long the client takes to take it, it has no use for the request.
    task->GiveBack();
    given_back = std::exchange(task->bytes, 0);
  }
  Lock lock(mutex_);
  inflight_bytes_ -= given_back;
  if (!status.ok()) ++failed_;
  // An item without a reply would be waited for.
  if (!replied.ok()) Break(replied);
  order_.Done(task);
  Advance(std::move(lock));
}

grpc::ByteBuffer StreamCall::ReplyTo(StreamTask* task, const absl::Status& status) const {
  if (status.ok()) return task->work->Reply();
  LogFailedCall(Method::kStream, status, *context_);
  return wire::ErrorReply(task->mark, status);
}

void StreamCall::OnWriteDone(bool ok) {
  // Before others may start the next.
  reply_.Taken();
  // This write's alone until its place is free. What it holds is given back before the call can
  // end, and without the lock.
  StreamTask& written = writing_.front();
  if (ok) environment_.metrics.ItemAnswered(Method::kStream, written.code);
  written.GiveBack();
  written.reply.Clear();
  Lock lock(mutex_);
  --unanswered_;
  if (written.code != absl::StatusCode::kOk) --failed_;
  inflight_bytes_ -= written.bytes;
  writing_.clear();
  if (!ok) Break(departure_.Or(CallCancelled()));
  Advance(std::move(lock));
}

void StreamCall::OnYield() {
  Lock lock(mutex_);
  yielding_ = false;
  in_run_ = in_run_ || (order_.ready() > 0 && arrivals_ == arrivals_before_yield_);
  Advance(std::move(lock));
}

void StreamCall::OnCancel() {
  departure_.Note(DeadlineOf(*context_) - absl::Now(), watch_.Total());
  Lock lock(mutex_);
  Break(departure_.Or(CallCancelled()));
  Advance(std::move(lock));
}

void StreamCall::OnDone() {
  environment_.streams.Remove(this);
  Metrics& metrics = environment_.metrics;
  metrics.CallHandled(Method::kStream, departure_.Or(*end_).code(), elapsed_);
  delete this;
  metrics.CallReleased();
}

void StreamCall::EndWith(absl::Status status) {
  if (!end_.has_value()) end_ = std::move(status);
}

void StreamCall::Break(absl::Status status) {
  broken_ = true;
  end_ = std::move(status);
}

bool StreamCall::MayRead() const {
  const Limits& limits = environment_.engine.limits();
  return !reading_ && !end_.has_value() &&
         unanswered_ < static_cast<size_t>(limits.max_stream_items) && failed_ < kMostFailed &&
         inflight_bytes_ < static_cast<size_t>(limits.max_stream_bytes);
}

bool StreamCall::MayWrite() const { return writing_.empty() && order_.ready() > 0 && !broken_; }

bool StreamCall::IsRun() const {
  return in_run_ || order_.ready() >= kLongRun || inflight_bytes_ >= kManyBytes;
}

void StreamCall::Advance(Lock lock) {
  if (advancing_) {
    noted_ = true;
    return;
  }
  advancing_ = true;
  do {
    noted_ = false;
    const bool read = MayRead();
    reading_ = reading_ || read;
    const bool write = MayWrite() && IsRun();
    const bool yield = MayWrite() && !write && !yielding_;
    if (write) writing_ = order_.Next();
    if (write) in_run_ = order_.ready() > 0;
    if (yield) arrivals_before_yield_ = arrivals_;
    yielding_ = yielding_ || yield;
    const bool more_follow = in_run_;
    lock.unlock();
    if (read) StartRead(&request_);
    if (yield) yield_.Start(context_->c_call());
    if (write) {
      grpc::WriteOptions options;
      if (more_follow) options.set_buffer_hint();
      reply_.Given(context_->c_call());
      StartWrite(&writing_.front().reply, options);
    }
    lock.lock();
  } while (noted_);
  while (broken_ && order_.ready() > 0) {
    inflight_bytes_ -= order_.Next().front().bytes;
    --unanswered_;
  }
  if (end_.has_value() && unanswered_ == 0 && !yielding_) return Close(std::move(lock));
  advancing_ = false;
}

// Nothing may be touched after Finish(): gRPC may be done with the call at once.
void StreamCall::Close(Lock lock) {
  const absl::Status status = *end_;
  elapsed_ = watch_.Total();
  lock.unlock();
  grpc::Status told = wire::OrCodeAlone(
      status, [&] { return EndOf(InfoOf(Method::kStream).name, status, context_); });
  reply_.Given(context_->c_call());
  environment_.streams.Ended();
  Finish(std::move(told));
}

}  // namespace activation
