#include "server/work.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/wire/assemble.h"
#include "server/wire/stream.h"
#include "src/base/errors.h"

namespace activation {

absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

absl::Status Work::Admit(size_t request_bytes, absl::Time deadline) {
  const int64_t most = environment_.engine.limits().max_message_bytes;
  if (request_bytes > static_cast<size_t>(most)) return MessageTooLarge(request_bytes, most);
  if (environment_.closed) {
    environment_.metrics.Rejected(Draining());
    return Draining();
  }
  if (deadline != absl::InfiniteFuture() && absl::Now() > deadline) return DeadlinePassed();
  absl::Status status = Hold(environment_.engine.Admit(2 * request_bytes), &ticket_);
  times_.admit = watch_.Lap();
  return status;
}

absl::Status Work::Hold(absl::StatusOr<AdmissionTicket> taken, AdmissionTicket* ticket) {
  if (!taken.ok()) {
    environment_.metrics.Rejected(taken.status());
    return taken.status();
  }
  *ticket = *std::move(taken);
  return absl::OkStatus();
}

absl::Status Work::RefuseForMemory() { return environment_.metrics.Counted(OutOfMemory()); }

absl::Status Work::AdmitBeyondRequest() {
  const size_t reply = wire::BytesOfResults(batch_);
  const int64_t most = environment_.engine.limits().max_message_bytes;
  if (reply > static_cast<size_t>(most)) return MessageTooLarge(reply, most);
  // As much as the request has was admitted with it.
  const size_t beyond = reply - std::min(reply, request_->size());
  const size_t bytes = beyond + batch_.shared_bytes + wire::BytesToGather(batch_) +
                       batch_.gathered_bytes + wire::BytesOfItems(batch_) +
                       environment_.engine.ScratchBytes(batch_.evaluations);
  if (bytes == 0) return absl::OkStatus();
  return Hold(environment_.engine.AdmitMore(ticket_, bytes), &ticket_beyond_request_);
}

// Backends are chosen while an evaluation is an item: the reply cuts those whose tensors came in
// several pieces.
template <class... Begin>
absl::Status Work::LayAs(PathOf path, wire::Batch batch, const Begin&... begin) {
  batch_ = std::move(batch);
  times_.decode = watch_.Lap();
  environment_.metrics.StageDone(Stage::kDecode, times_.admit + times_.decode);
  absl::Status status = AdmitBeyondRequest();
  if (!status.ok()) return status;
  status = environment_.engine.Assign(absl::MakeSpan(batch_.evaluations), path);
  if (!status.ok()) return status;
  reply_.emplace(begin..., &batch_);
  elements_ = environment_.metrics.ElementsOf(batch_.evaluations);
  environment_.metrics.RequestBytesCopied(batch_.copied_bytes + batch_.gathered_bytes);
  times_.lay = watch_.Lap();
  if (batch_.copying.has_value()) {
    times_.copy_in = *batch_.copying;
    environment_.metrics.StageDone(Stage::kCopyIn, times_.copy_in);
  }
  return absl::OkStatus();
}

absl::Status Work::Lay(absl::StatusOr<wire::Batch> batch) {
  return batch.ok() ? LayAs(ItemPath, *std::move(batch)) : batch.status();
}

absl::Status Work::Lay(const wire::StreamMark& mark, absl::StatusOr<wire::Batch> batch) {
  if (!batch.ok()) return batch.status();
  const char* const item = wire::ItemField(batch->direction);
  return LayAs([item](size_t) { return std::string(item); }, *std::move(batch), mark);
}

absl::Status Work::Lay(absl::string_view header, wire::Batch batch) {
  return LayAs([](size_t) { return std::string("inputs"); }, std::move(batch), header);
}

void Work::Submit(absl::Time deadline, const std::atomic<bool>* cancelled,
                  std::function<void(absl::Status)> done) {
  Job job;
  job.evaluations = std::move(batch_.evaluations);
  job.deadline = deadline;
  job.cancelled = cancelled;
  job.taken_up = &taken_up_;
  done_ = std::move(done);
  job.done = [this](absl::Status status) {
    const Stopwatch::Clock::time_point submitted = watch_.lap();
    times_.run = watch_.Lap();
    // What was refused has neither waited nor run.
    if (WasTakenUp()) {
      times_.queue = absl::FromChrono(taken_up_ - submitted);
      environment_.metrics.StageDone(Stage::kQueue, times_.queue);
      environment_.metrics.StageDone(Stage::kKernel, times_.run - times_.queue);
    }
    environment_.metrics.Rejected(status);
    status.Update(regions_.End());
    // Not where it was: the work may go with the call.
    const auto ended = std::exchange(done_, nullptr);
    ended(std::move(status));
  };
  environment_.engine.Submit(std::move(job));
}

void Work::GiveBack() {
  reply_.reset();
  batch_ = wire::Batch();
  request_.reset();
  regions_.End().IgnoreError();
  // Room last, when it is there.
  ticket_beyond_request_ = AdmissionTicket();
  ticket_ = AdmissionTicket();
}

grpc::ByteBuffer Work::Reply() {
  environment_.metrics.CountElements(elements_);
  grpc::ByteBuffer reply = reply_->Finish();
  times_.reply = watch_.Lap();
  environment_.metrics.StageDone(Stage::kEncode, times_.lay - times_.copy_in + times_.reply);
  return reply;
}

}  // namespace activation
