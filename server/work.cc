#include "server/work.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "server/wire/assemble.h"
#include "src/base/errors.h"

namespace activation {

absl::Time DeadlineOf(const grpc::ServerContextBase& context) {
  const auto deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::InfiniteFuture();
  return absl::FromChrono(deadline);
}

absl::Status Work::Admit(size_t request_bytes) {
  const int64_t most = environment_.engine.limits().max_message_bytes;
  if (request_bytes > static_cast<size_t>(most)) return MessageTooLarge(request_bytes, most);
  if (environment_.closed) {
    environment_.metrics.Rejected(Draining());
    return Draining();
  }
  const absl::Status status = Hold(2 * request_bytes, &ticket_);
  times_.admit = watch_.Lap();
  return status;
}

absl::Status Work::Hold(size_t bytes, AdmissionTicket* ticket) {
  absl::StatusOr<AdmissionTicket> taken = environment_.engine.Admit(bytes);
  if (!taken.ok()) {
    environment_.metrics.Rejected(taken.status());
    return taken.status();
  }
  *ticket = *std::move(taken);
  return absl::OkStatus();
}

absl::Status Work::AdmitBeyondRequest() {
  const size_t beyond = wire::ReplyBeyondRequest(batch_);
  const int64_t most = environment_.engine.limits().max_message_bytes;
  const size_t reply = request_->size() + beyond;
  if (beyond > 0 && reply > static_cast<size_t>(most)) return MessageTooLarge(reply, most);
  const size_t bytes = beyond + batch_.shared_bytes + wire::BytesToGather(batch_);
  return bytes > 0 ? Hold(bytes, &ticket_beyond_request_) : absl::OkStatus();
}

template <class... Begin>
absl::Status Work::LayAs(wire::Batch batch, const Begin&... begin) {
  batch_ = std::move(batch);
  times_.decode = watch_.Lap();
  environment_.metrics.StageDone(Stage::kDecode, times_.admit + times_.decode);
  absl::Status status = AdmitBeyondRequest();
  if (!status.ok()) return status;
  reply_.emplace(begin..., &batch_);
  status = environment_.engine.Assign(absl::MakeSpan(batch_.evaluations));
  if (!status.ok()) return status;
  elements_ = environment_.metrics.ElementsOf(batch_.evaluations);
  environment_.metrics.RequestBytesCopied(batch_.copied_bytes);
  times_.lay = watch_.Lap();
  environment_.metrics.StageDone(Stage::kEncode, times_.lay);
  return absl::OkStatus();
}

absl::Status Work::Lay(absl::StatusOr<wire::Batch> batch) {
  return batch.ok() ? LayAs(*std::move(batch)) : batch.status();
}

absl::Status Work::Lay(const wire::StreamMark& mark, absl::StatusOr<wire::Batch> batch) {
  return batch.ok() ? LayAs(*std::move(batch), mark) : batch.status();
}

absl::Status Work::Lay(absl::string_view header, wire::Batch batch) {
  return LayAs(std::move(batch), header);
}

void Work::Submit(absl::Time deadline, const std::atomic<bool>* cancelled,
                  std::function<void(absl::Status)> done) {
  Job job;
  job.evaluations = std::move(batch_.evaluations);
  job.deadline = deadline;
  job.cancelled = cancelled;
  if (time_queue_) {
    job.taken_up = &taken_up_;
    submitted_ = taken_up_ = std::chrono::steady_clock::now();
  }
  job.done = [this, done = std::move(done)](absl::Status status) {
    times_.run = watch_.Lap();
    times_.queue = absl::FromChrono(taken_up_ - submitted_);
    environment_.metrics.StageDone(Stage::kKernel, times_.run);
    status.Update(regions_.End());
    done(std::move(status));
  };
  environment_.engine.Submit(std::move(job));
}

grpc::ByteBuffer Work::Reply() {
  environment_.metrics.CountElements(elements_);
  grpc::ByteBuffer reply = reply_->Finish();
  times_.reply = watch_.Lap();
  return reply;
}

}  // namespace activation
