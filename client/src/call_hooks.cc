#include "client/src/call_hooks.h"

#include <string>
#include <utility>

namespace activation::client {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

class TokenSender final : public Interceptor {
 public:
  // The channel holds the token longer than its calls live.
  explicit TokenSender(const std::shared_ptr<TokenFile>& token) : token_(*token) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", token_.Authorization());
    }
    methods->Proceed();
  }

 private:
  TokenFile& token_;
};

class Ender final : public Interceptor {
 public:
  explicit Ender(const absl::Status& status) : status_(status) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::POST_RECV_STATUS)) {
      *methods->GetRecvStatus() = grpc::Status(static_cast<grpc::StatusCode>(status_.raw_code()),
                                               std::string(status_.message()));
    }
    methods->Proceed();
  }

 private:
  const absl::Status& status_;
};

// Makes an Interceptor of what it holds for each call.
template <class Kind, class Held>
class Factory final : public ClientInterceptorFactoryInterface {
 public:
  explicit Factory(Held held) : held_(std::move(held)) {}

  Interceptor* CreateClientInterceptor(ClientRpcInfo*) override { return new Kind(held_); }

 private:
  const Held held_;
};

}  // namespace

CallHook SendToken(std::shared_ptr<TokenFile> token) {
  return std::make_unique<Factory<TokenSender, std::shared_ptr<TokenFile>>>(std::move(token));
}

CallHook EndWith(absl::Status status) {
  return std::make_unique<Factory<Ender, absl::Status>>(std::move(status));
}

}  // namespace activation::client
