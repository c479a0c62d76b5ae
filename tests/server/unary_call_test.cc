#include "server/unary_call.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "activation/v1/activation.grpc.pb.h"
#include "server/wire/message.h"
#include "src/base/errors.h"
#include "tests/base/no_memory_here.h"
#include "tests/integration/probes.h"
#include "tests/server/test_environment.h"

namespace activation {
namespace {

// Refused by its decoding, from when on there is no memory. Tells at its end what it still held.
class RefusedWithoutMemory final : public UnaryCall {
 public:
  RefusedWithoutMemory(CallEnvironment environment, grpc::CallbackServerContext* context,
                       grpc::ByteBuffer* request, grpc::ByteBuffer* response,
                       std::atomic<size_t>* held)
      : UnaryCall(environment, Method::kForward, context, request, response), held_(held) {}

  // As memory is back when Run() returns.
  void MemoryIsBack() { none_.reset(); }

  void OnDone() override {
    *held_ = environment().engine.inflight_bytes();
    UnaryCall::OnDone();
  }

 private:
  ~RefusedWithoutMemory() override = default;

  absl::Status Lay(Work* /*work*/) override {
    absl::Status status = InvalidField("items[0].x.shape", "is none that the test wants");
    none_.emplace();
    return status;
  }

  std::atomic<size_t>* const held_;
  std::optional<NoMemoryHere> none_;
};

class Service final
    : public v1::ActivationService::WithRawCallbackMethod_Forward<v1::ActivationService::Service> {
 public:
  explicit Service(const CallEnvironment& environment) : environment_(environment) {}

  grpc::ServerUnaryReactor* Forward(grpc::CallbackServerContext* context,
                                    const grpc::ByteBuffer* request,
                                    grpc::ByteBuffer* response) override {
    auto* const call = new (context)
        RefusedWithoutMemory(environment_, context, wire::Own(request), response, &held_);
    call->Run();
    call->MemoryIsBack();
    return call;
  }

  // By the call when it ended.
  size_t held() const { return held_; }

 private:
  const CallEnvironment& environment_;
  std::atomic<size_t> held_{1};
};

// However long its client takes to take that: gRPC is done with the call no sooner.
TEST(UnaryCallTest, WithoutMemoryToSayMoreACallEndsWithItsCodeAndHoldsNothing) {
  TestEnvironment test;
  Service service(test.calls);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  ASSERT_NE(server, nullptr);
  const auto channel = Connect(absl::StrCat("127.0.0.1:", port));
  const grpc::Status status =
      CallRaw(*channel, "/activation.v1.ActivationService/Forward", "anything");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  EXPECT_EQ(status.error_message(), "");
  EXPECT_TRUE(Eventually([&test] { return test.metrics.inflight_calls() == 0; }));
  EXPECT_EQ(service.held(), 0U);
  EXPECT_EQ(test.metrics.calls_ended(absl::StatusCode::kInvalidArgument), 1);
}

// The first of its code, for which a series would be made.
TEST(UnaryCallTest, WithoutMemoryTheEndOfACallIsCounted) {
  TestEnvironment test;
  {
    const NoMemoryHere none;
    test.metrics.CallHandled(Method::kGradient, absl::StatusCode::kAborted, absl::Milliseconds(1));
    EXPECT_TRUE(NoMemoryHere::refused());
  }
  EXPECT_EQ(test.metrics.calls_ended(absl::StatusCode::kAborted), 1);
}

}  // namespace
}  // namespace activation
