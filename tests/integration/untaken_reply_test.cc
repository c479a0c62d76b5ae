// Clients that never take their reply: what it holds comes back after --reply-timeout.
#include <vector>

#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/http2_connection.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

constexpr int kElements = 2000;  // so that calls fit the window of a connection

class UntakenReplyTest : public ServingTest {
 protected:
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

  static v1::ForwardRequest Request() {
    return Forward("relu", MakeTensor(v1::DTYPE_F32, std::vector<float>(kElements)));
  }
};

TEST_F(UntakenReplyTest, OfAUnaryCall) {
  EXPECT_TRUE(Ended(kForwardMethod, Request().SerializeAsString(), 6, false));
}

TEST_F(UntakenReplyTest, OfAStream) {
  EXPECT_TRUE(Ended("/activation.v1.ActivationService/Stream",
                    ItemOf(1, Request()).SerializeAsString(), 6, true));
}

TEST_F(UntakenReplyTest, OfModelStreamInfer) {
  ::inference::ModelInferRequest request;
  request.set_model_name("relu");
  ::inference::ModelInferRequest::InferInputTensor* input = request.add_inputs();
  input->set_name("x");
  input->set_datatype("FP32");
  input->add_shape(kElements);
  request.add_raw_input_contents(std::string(kElements * sizeof(float), '\0'));
  EXPECT_TRUE(Ended("/inference.GRPCInferenceService/ModelStreamInfer", request.SerializeAsString(),
                    6, true));
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

}  // namespace
}  // namespace activation
