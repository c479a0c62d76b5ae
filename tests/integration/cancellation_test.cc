// Work that nobody waits for any more is not done, and its room comes back: of every way to
// call, while the work stands in the queue of a backend that is stuck, so that it is the server
// that has to end it.
#include <gmock/gmock.h>

#include "absl/synchronization/notification.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

constexpr size_t kSlowElements = size_t{1} << 20;  // for the workers

class CancellationTest : public ServingTest {
 protected:
  void SetUp() override { Serve(); }

  static v1::ForwardRequest Request() {
    return Forward("gelu", MakeTensor(v1::DTYPE_F64, std::vector<double>(kSlowElements, -1.5)));
  }

  static ::inference::ModelInferRequest InferRequest() {
    ::inference::ModelInferRequest request;
    request.set_model_name("gelu");
    auto* const input = request.add_inputs();
    input->set_name("x");
    input->set_datatype("FP64");
    input->add_shape(kSlowElements);
    request.add_raw_input_contents(std::string(kSlowElements * sizeof(double), '\1'));
    return request;
  }

  // Cancels once so many runs are held; they must be told.
  static void CancelHeldRuns(size_t runs, grpc::ClientContext* context) {
    ASSERT_TRUE(Eventually([runs] { return StuckBackend::held() == runs; }));
    EXPECT_EQ(StuckBackend::interrupted(), 0U);
    context->TryCancel();
    EXPECT_TRUE(Eventually([runs] { return StuckBackend::interrupted() == runs; }));
  }

  // How many calls of the method were counted with the code.
  double Handled(const std::string& method, const std::string& code) {
    const bool own = method != "ModelStreamInfer";
    return Metric("grpc_server_handled_total{grpc_code=\"" + code + "\",grpc_method=\"" + method +
                  "\",grpc_service=\"" +
                  (own ? "activation.v1.ActivationService" : "inference.GRPCInferenceService") +
                  "\",grpc_type=\"" + (method == "Forward" ? "unary" : "bidi_stream") + "\"}");
  }

  double ElementsDone() {
    return Metric(R"(activation_elements_total{backend="cpu",direction="forward",dtype="f64",)"
                  R"(function="gelu",tier="exact"})");
  }

  void ExpectNothingWasComputed() {
    EXPECT_TRUE(ReturnsToRest());
    EXPECT_EQ(server_->engine().inflight_jobs(), 0U);
    EXPECT_EQ(server_->engine().queued(), absl::ZeroDuration());
    EXPECT_LE(ElementsDone(), 0);
    EXPECT_TRUE(IsRight(*stub_));
    // That is where they would be counted.
    const v1::ForwardRequest request =
        Forward("gelu", MakeTensor(v1::DTYPE_F64, std::vector<double>(10, -1.5)));
    v1::ForwardResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->Forward(&context, request, &response).ok());
    EXPECT_EQ(ElementsDone(), 10);
  }
};

TEST_F(CancellationTest, OfAUnaryCall) {
  const v1::ForwardRequest request = Request();
  v1::ForwardResponse response;
  grpc::ClientContext context;
  grpc::Status status;
  absl::Notification done;
  {
    const StuckBackend stuck;
    stub_->async()->Forward(&context, &request, &response, [&](grpc::Status s) {
      status = std::move(s);
      done.Notify();
    });
    CancelHeldRuns(1, &context);
  }
  done.WaitForNotification();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  ExpectNothingWasComputed();
}

TEST_F(CancellationTest, OfAStream) {
  constexpr size_t kItems = 3;
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  {
    const StuckBackend stuck;
    for (size_t id = 1; id <= kItems; ++id) ASSERT_TRUE(stream->Write(ItemOf(id, Request())));
    CancelHeldRuns(kItems, &context);
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ExpectNothingWasComputed();
}

TEST_F(CancellationTest, OfModelStreamInfer) {
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  grpc::ClientContext context;
  const auto stream = stub->ModelStreamInfer(&context);
  {
    const StuckBackend stuck;
    ASSERT_TRUE(stream->Write(InferRequest()));
    CancelHeldRuns(1, &context);
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ExpectNothingWasComputed();
  EXPECT_EQ(Handled("ModelStreamInfer", "Canceled"), 1);
}

TEST_F(CancellationTest, OfStreamsOnWhichNothingMoves) {
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  grpc::ClientContext own_context, context;
  const auto own_stream = stub_->Stream(&own_context);
  const auto stream = stub->ModelStreamInfer(&context);
  ASSERT_TRUE(Eventually([this] { return server_->metrics().inflight_calls() == 2; }));
  own_context.TryCancel();
  context.TryCancel();
  EXPECT_EQ(own_stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  ASSERT_TRUE(ReturnsToRest());
  EXPECT_EQ(Handled("Stream", "Canceled"), 1);
  EXPECT_EQ(Handled("ModelStreamInfer", "Canceled"), 1);
}

// That a client has not ended its side is no departure.
TEST_F(CancellationTest, IsNotWhatAStreamIsThatTheServerEnds) {
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  RawStream wrong(*channel_, kStreamMethod);
  ASSERT_TRUE(wrong.Write("\xff\xff garbage"));
  EXPECT_EQ(wrong.Read(), "closed");
  EXPECT_EQ(wrong.Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(ReturnsToRest());
  grpc::ClientContext own_context, context;
  const auto own_stream = stub_->Stream(&own_context);
  const auto stream = stub->ModelStreamInfer(&context);
  ASSERT_TRUE(Eventually([this] { return server_->metrics().inflight_calls() == 2; }));
  server_->Drain();
  EXPECT_EQ(own_stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  ASSERT_TRUE(ReturnsToRest());
  EXPECT_EQ(Handled("Stream", "InvalidArgument"), 1);
  EXPECT_EQ(Handled("Stream", "Unavailable"), 1);
  EXPECT_EQ(Handled("ModelStreamInfer", "Unavailable"), 1);
}

// Of whatever way to call: the clients' resets are here before the server's own time is up.
TEST_F(CancellationTest, OfClientsWhoseDeadlineHasPassedIsCountedSo) {
  constexpr absl::Duration kDeadline = absl::Seconds(2);
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
  const v1::ForwardRequest request = Request();
  v1::ForwardResponse response;
  grpc::ClientContext unary_context, own_context, context;
  grpc::Status status;
  absl::Notification done;
  {
    const StuckBackend stuck;
    const auto deadline = absl::ToChronoTime(absl::Now() + kDeadline);
    for (grpc::ClientContext* each : {&unary_context, &own_context, &context}) {
      each->set_deadline(deadline);
    }
    stub_->async()->Forward(&unary_context, &request, &response, [&](grpc::Status s) {
      status = std::move(s);
      done.Notify();
    });
    const auto own_stream = stub_->Stream(&own_context);
    const auto stream = stub->ModelStreamInfer(&context);
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    EXPECT_EQ(own_stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    done.WaitForNotification();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    EXPECT_TRUE(Eventually([] { return StuckBackend::interrupted() == 1; }));
  }
  ASSERT_TRUE(ReturnsToRest());
  EXPECT_EQ(Handled("Forward", "DeadlineExceeded"), 1);
  EXPECT_EQ(Handled("Stream", "DeadlineExceeded"), 1);
  EXPECT_EQ(Handled("ModelStreamInfer", "DeadlineExceeded"), 1);
}

}  // namespace
}  // namespace activation
