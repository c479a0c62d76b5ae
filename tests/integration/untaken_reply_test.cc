// Clients that never take their reply: what it holds comes back after --reply-timeout.
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/http2_connection.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"
#include "tests/server/shared_memory/test_object.h"

namespace activation {
namespace {

constexpr int kElements = 2000;  // so that calls fit the window of a connection

class UntakenReplyTest : public ServingTest {
 protected:
  static constexpr char kModelStreamInfer[] = "/inference.GRPCInferenceService/ModelStreamInfer";

  void SetUp() override {
    Config config;
    config.reply_timeout = absl::Milliseconds(200);
    Serve(config);
  }

  // Whether these calls of one connection without a window are ended, each counted.
  bool Ended(const char* method, const std::string& message, int calls, bool open) {
    Http2Connection connection(server_->port());
    connection.BeginWithoutWindow();
    for (int i = 0; i < calls; ++i) connection.Call(2 * i + 1, method, message, open);
    return Eventually([&] { return Metric("activation_untaken_replies_total") == calls; }) &&
           ReturnsToRest() && IsRight(*stub_);
  }

  double ItemsAnswered(const std::string& method, const std::string& code = "OK") {
    return Metric(R"(activation_stream_items_total{grpc_code=")" + code + R"(",grpc_method=")" +
                  method + R"("})");
  }

  double ItemsReceived() {
    return Metric(R"(grpc_server_msg_received_total{grpc_method="Stream",)"
                  R"(grpc_service="activation.v1.ActivationService",grpc_type="bidi_stream"})");
  }

  static v1::ForwardRequest Request() {
    return Forward("relu", MakeTensor(v1::DTYPE_F32, std::vector<float>(kElements)));
  }

  static ::inference::ModelInferRequest InferRequest() {
    ::inference::ModelInferRequest request;
    request.set_model_name("relu");
    ::inference::ModelInferRequest::InferInputTensor* input = request.add_inputs();
    input->set_name("x");
    input->set_datatype("FP32");
    input->add_shape(kElements);
    request.add_raw_input_contents(std::string(kElements * sizeof(float), '\0'));
    return request;
  }
};

TEST_F(UntakenReplyTest, OfAUnaryCall) {
  EXPECT_TRUE(Ended(kForwardMethod, Request().SerializeAsString(), 6, false));
}

TEST_F(UntakenReplyTest, OfAStream) {
  EXPECT_TRUE(Ended(kStreamMethod, ItemOf(1, Request()).SerializeAsString(), 6, true));
  EXPECT_EQ(ItemsAnswered("Stream"), 0);
}

TEST_F(UntakenReplyTest, OfModelStreamInfer) {
  EXPECT_TRUE(Ended(kModelStreamInfer, InferRequest().SerializeAsString(), 6, true));
  EXPECT_EQ(ItemsAnswered("ModelStreamInfer"), 0);
}

TEST_F(UntakenReplyTest, OfACallWithoutWork) {
  EXPECT_TRUE(Ended("/activation.v1.ActivationService/ListFunctions", "", 6, false));
}

// Another client is refused only as long as the replies may wait.
TEST_F(UntakenReplyTest, HoldsAdmissionForNoLonger) {
  Config config;
  config.reply_timeout = absl::Seconds(1);
  const std::string message = Request().SerializeAsString();
  config.limits.max_inflight_bytes = static_cast<int64_t>(2 * message.size());
  Serve(config);
  Http2Connection connection(server_->port());
  connection.BeginWithoutWindow();
  connection.Call(1, kForwardMethod, message);
  ASSERT_TRUE(Eventually([this] { return server_->engine().inflight_bytes() > 0; }));
  EXPECT_TRUE(Eventually([this] { return IsRight(*stub_); }));
  EXPECT_TRUE(ReturnsToRest());
}

// The names of its own regions are as long as a client likes. Where admission is full, who asks how
// the server is gets an answer all the same.
TEST_F(UntakenReplyTest, ALargeReplyOfACallWithoutWorkHoldsAdmission) {
  constexpr int kRegions = 100;
  constexpr size_t kName = 255;
  const shared_memory::TestObject object(4096);
  Config config;
  config.reply_timeout = absl::Minutes(10);
  config.shared_memory.enabled = true;
  config.limits.max_inflight_jobs = 1;
  Serve(config);
  {
    Http2Connection connection(server_->port());
    connection.BeginWithoutWindow();
    int stream = 1;
    for (int i = 0; i < kRegions; ++i, stream += 2) {
      ::inference::SystemSharedMemoryRegisterRequest request;
      request.set_name(std::to_string(1000 + i) + std::string(kName - 4, 'r'));
      request.set_key(object.name());
      request.set_byte_size(1);
      connection.Call(stream, "/inference.GRPCInferenceService/SystemSharedMemoryRegister",
                      request.SerializeAsString());
    }
    ASSERT_TRUE(Eventually(
        [this] { return server_->metrics().calls_ended(absl::StatusCode::kOk) == kRegions; }));
    EXPECT_EQ(server_->engine().inflight_bytes(), 0U);
    constexpr char kStatus[] = "/inference.GRPCInferenceService/SystemSharedMemoryStatus";
    connection.Call(stream, kStatus, "");
    ASSERT_TRUE(
        Eventually([this] { return server_->engine().inflight_bytes() > 2 * kName * kRegions; }));
    connection.Call(stream + 2, kStatus, "");
    EXPECT_TRUE(
        Eventually([this] { return Metric(R"(activation_rejected_total{reason="jobs"})") == 1; }));
    EXPECT_FALSE(IsRight(*stub_));
    for (const char* const method : {"/inference.GRPCInferenceService/ServerLive",
                                     "/inference.GRPCInferenceService/ServerReady",
                                     "/activation.v1.ActivationService/GetServerInfo",
                                     "/activation.v1.ActivationService/ListFunctions"}) {
      const grpc::Status status = CallRaw(*channel_, method, "");
      EXPECT_TRUE(status.ok()) << method << ": " << status.error_message();
    }
  }
  EXPECT_TRUE(ReturnsToRest());
  EXPECT_TRUE(IsRight(*stub_));
}

// A list of so many that are late together would be larger than what is to be had.
TEST_F(UntakenReplyTest, AreEndedWithoutMemory) {
  constexpr int kCalls = 2000;
  Config config;
  config.reply_timeout = absl::Seconds(1);
  config.limits.max_concurrent_streams = kCalls;
  Serve(config);
  Http2Connection connection(server_->port());
  connection.BeginWithoutWindow();
  for (int i = 0; i < kCalls; ++i) {
    connection.Call(2 * i + 1, "/activation.v1.ActivationService/ListFunctions", "");
  }
  ASSERT_TRUE(Eventually([this] { return server_->metrics().calls_started() == kCalls; }));
  {
    const NoMemory none(sizeof(void*) * kCalls / 2, NoMemory::Of::kOthers);
    EXPECT_TRUE(Eventually([this] { return server_->metrics().replies_untaken() == kCalls; }));
    EXPECT_TRUE(ReturnsToRest());
  }
  EXPECT_TRUE(IsRight(*stub_));
}

// An error has no use for the request that it is about: nothing is held but its text.
TEST_F(UntakenReplyTest, AWrongItemHoldsNothingWhileItsErrorWaits) {
  constexpr int kItems = 3;
  Config config;
  config.reply_timeout = absl::Minutes(10);
  v1::StreamRequest item = ItemOf(1, Request());
  item.mutable_forward()->mutable_activation()->set_function("rely");
  const std::string message = item.SerializeAsString();
  // One that is held is as much as the stream may hold.
  config.limits.max_stream_bytes = static_cast<int64_t>(message.size());
  Serve(config);
  Http2Connection connection(server_->port());
  connection.BeginWithoutWindow();
  connection.Call(1, kStreamMethod, message, true);
  for (int i = 1; i < kItems; ++i) connection.Message(1, message);
  EXPECT_TRUE(Eventually([this] { return ItemsReceived() == kItems; }));
  EXPECT_TRUE(Eventually([this] { return server_->engine().inflight_bytes() == 0; }));
  EXPECT_EQ(server_->metrics().inflight_calls(), 1);
}

// Nothing admits them. gRPC takes some tens of KiB of them as written, and what is read while
// others fail may fail, too: an item for each of up to 16 pollers.
TEST_F(UntakenReplyTest, FewErrorsOfItemsWait) {
  constexpr int kItems = 4000;
  constexpr double kFew = 50;
  Config config;
  config.reply_timeout = absl::Minutes(10);
  Serve(config);
  Http2Connection connection(server_->port());
  connection.BeginWithoutWindow();
  v1::StreamRequest wrong;
  wrong.mutable_forward();
  const std::string message = wrong.SerializeAsString();
  connection.Call(1, kStreamMethod, message, true);
  for (int i = 1; i < kItems; ++i) connection.Message(1, message);
  double received = 0;
  EXPECT_TRUE(Eventually([&] {
    const double before = std::exchange(received, ItemsReceived());
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(IsRight(*stub_));
    return received > 0 && received == before;
  }));
  EXPECT_LT(received, kItems);
  EXPECT_LT(received - ItemsAnswered("Stream", "InvalidArgument"), kFew);
}

// They hold nothing by which it could be seen that they are there.
TEST_F(UntakenReplyTest, ADrainWaitsForErrorsOfItems) {
  Config config;
  config.reply_timeout = absl::Minutes(10);
  Serve(config);
  std::thread draining;
  {
    Http2Connection connection(server_->port());
    connection.BeginWithoutWindow();
    v1::StreamRequest wrong;
    wrong.mutable_forward();
    connection.Call(1, kStreamMethod, wrong.SerializeAsString(), true);
    ASSERT_TRUE(Eventually([this] { return ItemsReceived() == 1; }));
    draining = std::thread([this] { server_->Drain(); });
    // A drain that does not wait for it cancels it about a second after nothing else is left.
    const absl::Time late = absl::Now() + absl::Milliseconds(2500);
    EXPECT_TRUE(Eventually([late] { return absl::Now() > late; }));
    EXPECT_EQ(server_->metrics().inflight_calls(), 1);
  }
  draining.join();
}

TEST_F(UntakenReplyTest, AWrongRequestOfModelStreamInferHoldsNothingWhileItsErrorWaits) {
  Config config;
  config.reply_timeout = absl::Minutes(10);
  Serve(config);
  ::inference::ModelInferRequest request = InferRequest();
  request.set_model_name("rely");
  Http2Connection connection(server_->port());
  connection.BeginWithoutWindow();
  connection.Call(1, kModelStreamInfer, request.SerializeAsString(), true);
  EXPECT_TRUE(Eventually([this] {
    return Metric(R"(grpc_server_msg_received_total{grpc_method="ModelStreamInfer",)"
                  R"(grpc_service="inference.GRPCInferenceService",grpc_type="bidi_stream"})") == 1;
  }));
  EXPECT_TRUE(Eventually([this] { return server_->engine().inflight_bytes() == 0; }));
  EXPECT_EQ(server_->metrics().inflight_calls(), 1);
}

}  // namespace
}  // namespace activation
