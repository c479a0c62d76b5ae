#include "client/src/grpc_connection.h"

#include <grpcpp/client_context.h>

#include <memory>
#include <utility>

#include "client/src/callback_scope.h"
#include "client/src/channel.h"
#include "client/src/health_check.h"
#include "client/src/outcome.h"

namespace activation::client {
namespace {

using Stub = v1::ActivationService::Stub;
using OnStatus = std::function<void(grpc::Status)>;

void Send(Stub& stub, grpc::ClientContext* context, ForwardExchange& e, OnStatus on_status) {
  stub.async()->Forward(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, GradientExchange& e, OnStatus on_status) {
  stub.async()->Gradient(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, ListFunctionsExchange& e, OnStatus on_status) {
  stub.async()->ListFunctions(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, GetServerInfoExchange& e, OnStatus on_status) {
  stub.async()->GetServerInfo(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, RegisterExchange& e, OnStatus on_status) {
  stub.async()->RegisterSharedMemory(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, UnregisterExchange& e, OnStatus on_status) {
  stub.async()->UnregisterSharedMemory(context, &e.request, &e.response, std::move(on_status));
}

void Send(Stub& stub, grpc::ClientContext* context, StatusExchange& e, OnStatus on_status) {
  stub.async()->SharedMemoryStatus(context, &e.request, &e.response, std::move(on_status));
}

// What must live as long as gRPC works on a call, and as somebody is cancelling it.
struct Attempt {
  std::shared_ptr<Stub> stub;
  std::shared_ptr<Call> call;
  Connection::Done done;
  grpc::ClientContext context{};
  std::shared_ptr<Attempt> self{};  // until gRPC is done
};

void Finish(std::shared_ptr<Attempt> attempt, const grpc::Status& status) {
  Outcome outcome = ToOutcome(status, attempt->context);
  const Connection::Done done = std::move(attempt->done);
  attempt.reset();
  done(std::move(outcome));
}

}  // namespace

GrpcConnection::GrpcConnection(ClientOptions options)
    : options_(std::move(options)),
      stub_(v1::ActivationService::NewStub(NewChannelToHealthy(options_)).release(),
            DeleteOutsideCallbacks{}) {}

void GrpcConnection::Start(std::shared_ptr<Call> call, Done done) {
  const auto owned = std::make_shared<Attempt>();
  owned->stub = stub_;
  owned->call = std::move(call);
  owned->done = std::move(done);
  owned->self = owned;
  owned->context.set_deadline(absl::ToChronoTime(owned->call->deadline));
  Attempt* const attempt = owned.get();
  std::visit(
      [attempt](auto& exchange) {
        Send(*attempt->stub, &attempt->context, exchange, [attempt](const grpc::Status& status) {
          CallbackScope scope;
          Finish(std::exchange(attempt->self, nullptr), status);
        });
      },
      owned->call->exchange);
  if (owned->call->cancellation == nullptr) return;
  owned->call->cancellation->OnCancel([weak = std::weak_ptr<Attempt>(owned)] {
    if (const auto held = weak.lock()) held->context.TryCancel();
  });
}

absl::Status GrpcConnection::CheckHealth(const std::string& service, absl::Time deadline) {
  return client::CheckHealth(NewChannel(options_), service, deadline);
}

}  // namespace activation::client
