// Streams to a server that means ill; what they do with a sound one is in tests/integration.
#include "client/src/stream_session.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"

namespace activation::client {
namespace {

// Says of item 1, before it is asked and for as long as the stream is open, that it is wrong.
class Prejudiced : public v1::ActivationService::Service {
 public:
  Prejudiced() {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    endpoint_ = absl::StrCat("127.0.0.1:", port);
  }

  grpc::Status Stream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::StreamResponse, v1::StreamRequest>* stream) override {
    v1::StreamResponse reply;
    reply.set_id(1);
    reply.mutable_error()->set_code(static_cast<int>(absl::StatusCode::kInvalidArgument));
    for (int written = 0; stream->Write(reply); ++written) {
      if (written == 1000) flooding.Notify();
    }
    return grpc::Status::OK;
  }

  const std::string& endpoint() const { return endpoint_; }

  absl::Notification flooding;

 private:
  std::unique_ptr<grpc::Server> server_;
  std::string endpoint_;
};

TEST(StreamSessionTest, AnAnswerDoesNotEndAnItemThatIsStillBeingRead) {
  // Large, so that answers come while it is read, and gone with the answer that counts.
  constexpr size_t kBytes = size_t{64} << 20;
  void* const x = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(x, MAP_FAILED);
  Prejudiced server;
  StreamSession session({.endpoint = server.endpoint()}, {.chunk_bytes = kBytes});
  server.flooding.WaitForNotification();
  absl::Notification done;
  session.Submit(ForwardItem{.activation = {.function = "gelu"},
                             .x = {.shape = {kBytes / sizeof(float)}, .data = x},
                             .y = x},
                 [&](const absl::Status& status) {
                   EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
                   munmap(x, kBytes);
                   done.Notify();
                 });
  done.WaitForNotification();
  session.Cancel();
}

}  // namespace
}  // namespace activation::client
