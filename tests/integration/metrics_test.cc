// What a server counts: stages that a call really had, methods that nobody has, and the
// Open Inference side by Triton's names.
#include <gmock/gmock.h>

#include <chrono>
#include <future>

#include "absl/strings/match.h"
#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using Clock = std::chrono::steady_clock;

class MetricsTest : public ServingTest {
 protected:
  double Stage(const std::string& stage, const std::string& of) {
    return Metric("activation_stage_seconds_" + of + "{stage=\"" + stage + "\"}");
  }

  grpc::Status Infer(const std::string& model, int64_t announced, size_t elements) {
    ::inference::ModelInferRequest request;
    request.set_model_name(model);
    auto* const input = request.add_inputs();
    input->set_name("x");
    input->set_datatype("FP32");
    input->add_shape(announced);
    request.add_raw_input_contents(std::string(elements * sizeof(float), '\0'));
    const auto stub = ::inference::GRPCInferenceService::NewStub(channel_);
    grpc::ClientContext context;
    ::inference::ModelInferResponse response;
    return stub->ModelInfer(&context, request, &response);
  }
};

TEST_F(MetricsTest, AWaitForWorkersIsQueueAndNotKernel) {
  Serve();
  Clock::duration held{};
  Clock::time_point begin;
  std::future<grpc::Status> calling;
  {
    const StuckBackend stuck;
    calling = std::async(std::launch::async, [this] {
      grpc::ClientContext context;
      v1::ForwardResponse response;
      const v1::ForwardRequest request =
          Forward("gelu", MakeTensor(v1::DTYPE_F32, std::vector<float>(size_t{1} << 18, 0.5F)));
      return stub_->Forward(&context, request, &response);
    });
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    begin = Clock::now();
    EXPECT_EQ(Stage("queue", "count"), 0);
    held = Clock::now() - begin;
  }
  EXPECT_TRUE(calling.get().ok());
  const double whole = std::chrono::duration<double>(Clock::now() - begin).count();
  EXPECT_EQ(Stage("queue", "count"), 1);
  EXPECT_GE(Stage("queue", "sum"), std::chrono::duration<double>(held).count());
  EXPECT_EQ(Stage("kernel", "count"), 1);
  EXPECT_LE(Stage("kernel", "sum"), whole - std::chrono::duration<double>(held).count());
  // Its slices were read where they lay, or elements were put together: then it is timed. What
  // was copied may be the function's name alone.
  EXPECT_LE(Stage("copy_in", "count"), Metric("activation_request_copied_bytes_total") > 0 ? 1 : 0);
}

TEST_F(MetricsTest, UnknownMethodsAreOneMethod) {
  Serve();
  for (const char* method : {"/nowhere.Service/One", "/nowhere.Service/Two",
                             "/activation.v1.ActivationService/Nope", "/x"}) {
    const grpc::Status status = CallRaw(*channel_, method, "garbage");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << method;
  }
  ASSERT_TRUE(ReturnsToRest());
  const std::string other = R"(grpc_method="other",grpc_service="other",grpc_type="other"})";
  EXPECT_EQ(Metric("grpc_server_started_total{" + other), 4);
  EXPECT_EQ(Metric(R"(grpc_server_handled_total{grpc_code="Unimplemented",)" + other), 4);
  EXPECT_THAT(HttpGet("/metrics"), testing::Not(testing::HasSubstr("Nope")));
}

TEST_F(MetricsTest, ModelsHaveTritonsMetrics) {
  Serve();
  const auto of = [this](const std::string& name, const std::string& reason = "") {
    return Metric("nv_inference_" + name + R"({model="relu",version="1")" + reason + "}");
  };
  EXPECT_EQ(of("request_success"), -1);
  EXPECT_TRUE(Infer("relu", 3, 3).ok());
  EXPECT_TRUE(Infer("relu", 3, 3).ok());
  EXPECT_EQ(Infer("relu", 3, 4).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Infer("rely", 3, 3).error_code(), grpc::StatusCode::NOT_FOUND);
  ASSERT_TRUE(ReturnsToRest());
  EXPECT_EQ(of("request_success"), 2);
  EXPECT_EQ(of("request_failure", R"(,reason="OTHER")"), 1);
  EXPECT_EQ(of("request_failure", R"(,reason="REJECTED")"), 0);
  EXPECT_EQ(of("count"), 2);
  EXPECT_EQ(of("exec_count"), 2);
  const double whole = of("request_duration_us");
  const double queue = of("queue_duration_us");
  const double infer = of("compute_infer_duration_us");
  EXPECT_GT(queue, 0);
  EXPECT_GT(infer, 0);
  // Nanoseconds, each cut off at most once a request.
  EXPECT_NEAR(queue + infer + of("compute_input_duration_us") + of("compute_output_duration_us"),
              whole, 0.01);
  EXPECT_THAT(HttpGet("/metrics"), testing::Not(testing::HasSubstr("rely")));
}

TEST_F(MetricsTest, WhatIsRefusedIsToldByTritonsReason) {
  Config config;
  config.limits.max_queue_milliseconds = 1;
  Serve(config);
  constexpr size_t kElements = size_t{4} << 20;
  std::future<grpc::Status> first;
  {
    const StuckBackend stuck;
    first = std::async(std::launch::async, [this] { return Infer("gelu", kElements, kElements); });
    ASSERT_TRUE(Eventually([] { return StuckBackend::held() == 1; }));
    // Behind the first, which an empty queue takes whatever its length.
    EXPECT_EQ(Infer("gelu", kElements, kElements).error_code(),
              grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  EXPECT_TRUE(first.get().ok());
  ASSERT_TRUE(ReturnsToRest());
  EXPECT_EQ(Metric(R"(nv_inference_request_failure{model="gelu",version="1",reason="REJECTED"})"),
            1);
}

// The linker has put ours into gRPC, where that is an archive.
const bool kHasOwnPollers = absl::EndsWith(ACTIVATION_GRPC, ".a");

TEST_F(MetricsTest, PollersAreOurs) {
  Serve();
  EXPECT_EQ(Infer("gelu", 1, 1).error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(Metric("activation_pollers") > 0, kHasOwnPollers);
}

// They are the process's, and go with the last server.
TEST_F(MetricsTest, PollersAreAsManyAsTheFirstServerAskedFor) {
  const auto pollers = [this] {
    EXPECT_EQ(Infer("gelu", 1, 1).error_code(), grpc::StatusCode::OK);
    return Metric("activation_pollers");
  };
  Config config;
  config.pollers = 3;
  Serve(config);
  EXPECT_EQ(pollers(), kHasOwnPollers ? 3 : 0);
  const std::unique_ptr<Server> first = std::move(server_);
  config.pollers = 2;
  Serve(config);
  EXPECT_EQ(pollers(), kHasOwnPollers ? 3 : 0);
  first->Drain();
  EXPECT_EQ(pollers(), kHasOwnPollers ? 3 : 0);
}

TEST_F(MetricsTest, PollersAreThoseOfTheServerThatIsThere) {
  for (const int asked : {3, 1, 2}) {
    Config config;
    config.pollers = asked;
    Serve(config);
    EXPECT_EQ(Infer("gelu", 1, 1).error_code(), grpc::StatusCode::OK);
    EXPECT_EQ(Metric("activation_pollers"), kHasOwnPollers ? asked : 0);
    server_.reset();
  }
}

}  // namespace
}  // namespace activation
