#include "server/work.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
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
  return Hold(2 * request_bytes, &ticket_);
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

absl::Status Work::Take(grpc::ByteBuffer* bytes) {
  absl::StatusOr<grpc::Slice> request = wire::Flatten(bytes);
  if (!request.ok()) return request.status();
  request_ = *std::move(request);
  return absl::OkStatus();
}

absl::Status Work::AdmitBeyondRequest() {
  const size_t beyond = wire::ReplyBeyondRequest(batch_);
  if (beyond == 0) return absl::OkStatus();
  const int64_t most = environment_.engine.limits().max_message_bytes;
  const size_t reply = request().size() + beyond;
  if (reply > static_cast<size_t>(most)) return MessageTooLarge(reply, most);
  return Hold(beyond, &ticket_beyond_request_);
}

absl::Status Work::Lay(absl::StatusOr<wire::Batch> batch, std::optional<wire::StreamMark> mark) {
  if (!batch.ok()) return batch.status();
  batch_ = *std::move(batch);
  environment_.metrics.StageDone(Stage::kDecode, watch_.Lap());
  absl::Status status = AdmitBeyondRequest();
  if (!status.ok()) return status;
  if (mark.has_value()) {
    reply_.emplace(*mark, &batch_);
  } else {
    reply_.emplace(&batch_);
  }
  elements_ = environment_.metrics.ElementsOf(batch_.evaluations);
  environment_.metrics.StageDone(Stage::kEncode, watch_.Lap());
  return absl::OkStatus();
}

void Work::Submit(absl::Time deadline, const std::atomic<bool>* cancelled,
                  std::function<void(absl::Status)> done) {
  Job job;
  job.evaluations = std::move(batch_.evaluations);
  job.deadline = deadline;
  job.cancelled = cancelled;
  job.done = [this, done = std::move(done)](absl::Status status) {
    environment_.metrics.StageDone(Stage::kKernel, watch_.Lap());
    done(std::move(status));
  };
  watch_.Lap();
  environment_.engine.Submit(std::move(job));
}

grpc::ByteBuffer Work::Reply() {
  environment_.metrics.CountElements(elements_);
  return reply_->Finish();
}

}  // namespace activation
