#include "server/unary_call.h"

#include <utility>

#include "server/failed_call.h"
#include "server/server_timing.h"
#include "server/wire/status.h"
#include "src/base/errors.h"
#include "src/base/out_of_memory.h"

namespace activation {

UnaryCall::UnaryCall(CallEnvironment environment, Method method,
                     grpc::CallbackServerContext* context, grpc::ByteBuffer* request_bytes,
                     grpc::ByteBuffer* response)
    : environment_(environment),
      method_(method),
      context_(context),
      request_bytes_(request_bytes),
      response_(response),
      work_(environment),
      reply_(environment.replies) {
  environment_.metrics.CallStarted(method_);
}

void UnaryCall::Run() {
  const absl::Status status = OrOutOfMemory(
      [this] { return Prepare(); }, [this] { return environment_.metrics.Counted(OutOfMemory()); });
  if (!status.ok()) return Complete(status);
  work_.Submit(DeadlineOf(*context_), &departure_.noted(),
               [this](const absl::Status& result) { Complete(OnResult(result)); });
}

void UnaryCall::OnDone() {
  Metrics& metrics = environment_.metrics;
  metrics.CallHandled(method_, departure_.Or(ended_).code(), elapsed_);
  delete this;
  metrics.CallReleased();
}

// Everything before the work. What is cheap to refuse is refused first.
absl::Status UnaryCall::Prepare() {
  if (context_->IsCancelled()) return CallCancelled();
  absl::Status status = work_.Admit(request_bytes_->Length(), DeadlineOf(*context_));
  if (!status.ok()) return status;
  wants_times_ = WantsServerTiming(*context_);
  return work_.OrOutOfMemory([this] {
    work_.Take(request_bytes_);
    return Lay(&work_);
  });
}

absl::Status UnaryCall::OnResult(const absl::Status& status) {
  if (!status.ok()) return status;
  const auto take = [this] {
    grpc::ByteBuffer reply = work_.Reply();
    response_->Swap(&reply);
    return absl::OkStatus();
  };
  return OrOutOfMemory(take, [this] { return environment_.metrics.Counted(OutOfMemoryAtWork()); });
}

// Nothing may be touched after Finish(): gRPC may be done with the call at once.
void UnaryCall::Complete(const absl::Status& status) {
  ended_ = departure_.Or(status);
  elapsed_ = work_.Elapsed();
  grpc::Status told = wire::OrCodeAlone(ended_, [this] { return Tell(); });
  if (!ended_.ok()) {
    // However long the client takes to take an error, it has no use for the rest.
    work_.GiveBack();
    request_bytes_->Clear();
    response_->Clear();
  }
  reply_.Given(context_->c_call());
  Finish(std::move(told));
}

grpc::Status UnaryCall::Tell() {
  Ended(work_, ended_);
  if (wants_times_ && work_.WasTakenUp()) AddServerTiming(work_.times(), context_);
  return EndOf(InfoOf(method_).name, AsProtocolSays(ended_), context_);
}

}  // namespace activation
