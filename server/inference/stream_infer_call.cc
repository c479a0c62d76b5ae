#include "server/inference/stream_infer_call.h"

#include <string>

#include "server/failed_call.h"
#include "server/wire/message.h"
#include "server/wire/status.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

constexpr Method kMethod = Method::kModelStreamInfer;

grpc::ByteBuffer ErrorReply(absl::string_view id, const absl::Status& status) {
  ::inference::ModelStreamInferResponse response;
  response.set_error_message(std::string(status.message()));
  response.mutable_infer_response()->set_id(std::string(id));
  return wire::Serialize(response);
}

}  // namespace

StreamInferCall::StreamInferCall(const InferEnvironment& environment,
                                 grpc::CallbackServerContext* context)
    : environment_(environment), context_(context) {
  environment_.calls.metrics.CallStarted(kMethod);
}

void StreamInferCall::OnReadDone(bool ok) {
  if (!ok) return End(cancelled_ ? CallCancelled() : absl::OkStatus());
  environment_.calls.metrics.ItemReceived(kMethod);
  item_.emplace(environment_);
  const absl::Status status = Prepare();
  if (!status.ok()) return Answer(status);
  item_->work.Submit(DeadlineOf(*context_), &cancelled_,
                     [this](const absl::Status& result) { Answer(result); });
}

absl::Status StreamInferCall::Prepare() {
  const absl::Status status = item_->work.Admit(request_.Length(), DeadlineOf(*context_));
  if (!status.ok()) return status;
  item_->work.Take(&request_);
  return item_->work.OrOutOfMemory(
      [this] { return item_->task.Lay(ReplyForm::kStream, &item_->work); });
}

// Nothing may be touched after StartWrite(): the next request may be at hand at once.
void StreamInferCall::Answer(const absl::Status& status) {
  item_->task.Ended(item_->work, status);
  // A client that is told so can go on elsewhere.
  if (absl::IsUnavailable(status)) return End(status);
  if (!status.ok()) LogFailedCall(kMethod, status, *context_);
  reply_ = status.ok() ? item_->work.Reply() : ErrorReply(item_->task.id(), status);
  environment_.calls.metrics.ItemAnswered(kMethod, status.code());
  StartWrite(&reply_);
}

void StreamInferCall::OnWriteDone(bool ok) {
  item_.reset();
  request_.Clear();
  reply_.Clear();
  if (!ok) return End(CallCancelled());
  StartRead(&request_);
}

// Nothing may be touched after Finish().
void StreamInferCall::End(const absl::Status& status) {
  environment_.calls.metrics.CallHandled(kMethod, status.code(), watch_.Total());
  Finish(wire::ToGrpc(status));
}

void StreamInferCall::OnDone() {
  Metrics& metrics = environment_.calls.metrics;
  delete this;
  metrics.CallReleased();
}

}  // namespace activation::inference
