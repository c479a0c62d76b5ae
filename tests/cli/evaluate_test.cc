#include "client/cli/evaluate.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <new>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "activation/v1/activation.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace activation::cli {
namespace {

using ::testing::HasSubstr;

TEST(ElementsPerCallTest, FitsTheMessage) {
  client::ServerInfo info;
  info.max_message_bytes = 1 << 20;
  info.max_inflight_bytes = int64_t{1} << 31;
  info.max_elements = 1 << 27;
  const size_t forward = ElementsPerCall(info, 4, 1);
  EXPECT_LT(forward * 4, size_t{1} << 20);
  EXPECT_GT(forward * 4, size_t{1} << 19);
  EXPECT_EQ(ElementsPerCall(info, 4, 2), forward / 2);
}

TEST(ElementsPerCallTest, FitsElementsAndAdmission) {
  client::ServerInfo info;
  info.max_message_bytes = int64_t{256} << 20;
  info.max_inflight_bytes = int64_t{2} << 30;
  info.max_elements = 1000;
  EXPECT_EQ(ElementsPerCall(info, 4, 1), 1000u);
  info.max_elements = 1 << 27;
  info.max_inflight_bytes = 1 << 20;
  EXPECT_LE(ElementsPerCall(info, 4, 1) * 4 * 4, size_t{1} << 20);
}

TEST(ElementsPerCallTest, IsNeverZeroAndNeverUnbounded) {
  client::ServerInfo tiny;
  tiny.max_message_bytes = 1;
  EXPECT_EQ(ElementsPerCall(tiny, 8, 2), 1u);
  EXPECT_LE(ElementsPerCall({}, 1, 1), size_t{64} << 20);
}

// A server with two functions that this program does not know, both the identity. Counts its calls
// of them; one whose x begins with kHeld waits for LetHeld().
class NewerServer final : public v1::ActivationService::Service {
 public:
  static constexpr int64_t kMostElements = 1 << 17;
  static constexpr char kHeld = 'h';

  NewerServer() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    builder.SetMaxReceiveMessageSize(-1);
    server_ = builder.BuildAndStart();
    endpoint_ = absl::StrCat("127.0.0.1:", port);
  }

  const std::string& endpoint() const { return endpoint_; }
  int calls() const { return calls_; }
  void AwaitHeld() const { holds_.WaitForNotification(); }
  void LetHeld() { let_.Notify(); }

 private:
  grpc::Status ListFunctions(grpc::ServerContext*, const v1::ListFunctionsRequest*,
                             v1::ListFunctionsResponse* response) override {
    const auto add = [response](const char* name, v1::FunctionKind kind) {
      v1::FunctionInfo* const info = response->add_functions();
      info->set_name(name);
      info->set_kind(kind);
    };
    add("of_numbers", v1::FUNCTION_KIND_ELEMENTWISE);
    add("of_rows", v1::FUNCTION_KIND_ROW_WISE);
    return grpc::Status::OK;
  }
  grpc::Status GetServerInfo(grpc::ServerContext*, const v1::GetServerInfoRequest*,
                             v1::GetServerInfoResponse* response) override {
    response->mutable_limits()->set_max_elements(kMostElements);
    return grpc::Status::OK;
  }
  grpc::Status Forward(grpc::ServerContext*, const v1::ForwardRequest* request,
                       v1::ForwardResponse* response) override {
    ++calls_;
    if (request->items(0).x().data().front() == kHeld) {
      holds_.Notify();
      let_.WaitForNotification();
    }
    *response->add_results()->mutable_y() = request->items(0).x();
    return grpc::Status::OK;
  }

  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
  std::atomic<int> calls_{0};
  absl::Notification holds_;
  absl::Notification let_;
};

TEST(EvaluateTest, AFunctionThatOnlyTheServerKnowsIsCutWhereTheServerSaysItMayBe) {
  constexpr int64_t kElements = 4 * NewerServer::kMostElements;
  Tensor x{.dtype = client::DType::kF32, .shape = {1, kElements}, .bytes = {}};
  x.bytes.resize(kElements * sizeof(float), 'x');
  for (const auto& [function, calls] : {std::pair("of_rows", 1), std::pair("of_numbers", 4)}) {
    const NewerServer server;
    const client::Client client({.endpoint = server.endpoint()});
    Tensor y;
    const absl::Status status =
        Evaluate(client, {.activation = {.function = function}, .x = &x}, y);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(y.bytes, x.bytes) << function;
    EXPECT_EQ(server.calls(), calls) << function;
  }
}

// As where there is no memory for more: what was sent writes into the result still.
TEST(EvaluateTest, AnExceptionWaitsForWhatWasSent) {
  constexpr int64_t kElements = 4 * NewerServer::kMostElements;
  Tensor x{.dtype = client::DType::kF32, .shape = {kElements}, .bytes = {}};
  x.bytes.resize(kElements * sizeof(float), 'x');
  x.bytes[NewerServer::kMostElements * sizeof(float)] = NewerServer::kHeld;
  NewerServer server;
  const client::Client client({.endpoint = server.endpoint()});
  Tensor y;
  ResultWanted wanted{.activation = {.function = "of_numbers"}, .x = &x};
  wanted.on_progress = [&server](size_t, size_t) {
    server.AwaitHeld();
    throw std::bad_alloc();
  };
  std::future<void> ended = std::async(std::launch::async, [&] {
    EXPECT_THROW(Evaluate(client, wanted, y).IgnoreError(), std::bad_alloc);
  });
  EXPECT_EQ(ended.wait_for(std::chrono::milliseconds(200)), std::future_status::timeout);
  server.LetHeld();
  ended.get();
}

// Without a server: nothing is sent.
TEST(EvaluateTest, ATensorThatCannotBeCutAndFitsNoCallIsRefused) {
  const client::Client client({.endpoint = "unix:/nonexistent/activation.sock"});
  Tensor x{.dtype = client::DType::kF32, .shape = {1, (64 << 20) + 1}, .bytes = {}};
  x.bytes.resize((size_t{256} << 20) + 4);
  Tensor y;
  const absl::Status status = Evaluate(client, {.activation = {.function = "softmax"}, .x = &x}, y);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("x: takes 268435460 bytes; one call has"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("softmax are not cut"));
}

}  // namespace
}  // namespace activation::cli
