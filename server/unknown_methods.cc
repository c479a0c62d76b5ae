#include "server/unknown_methods.h"

#include "server/failed_call.h"
#include "server/stopwatch.h"
#include "server/wire/status.h"

namespace activation {
namespace {

class UnknownCall final : public grpc::ServerGenericBidiReactor {
 public:
  UnknownCall(const CallEnvironment& environment, grpc::GenericCallbackServerContext* context)
      : metrics_(environment.metrics), reply_(environment.replies) {
    const absl::Status status =
        absl::UnimplementedError("no service of this server has such a method");
    metrics_.CallStarted(Method::kOther);
    metrics_.CallHandled(Method::kOther, status.code(), watch_.Total());
    LogFailedCall(absl::string_view(context->method()), status, *context);
    reply_.Given(context->c_call());
    Finish(wire::ToGrpc(status));
  }

  void OnDone() override {
    metrics_.CallReleased();
    delete this;
  }

 private:
  ~UnknownCall() override = default;

  Metrics& metrics_;
  const Stopwatch watch_;
  ReplyWatch::Reply reply_;
};

}  // namespace

grpc::ServerGenericBidiReactor* UnknownMethods::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  return new UnknownCall(environment_, context);
}

}  // namespace activation
