// What surrounds the answers: admission, health, reflection, metrics, HTTP, drain.
#include "tests/integration/serving.h"

#include <gmock/gmock.h>

#include <deque>
#include <thread>

#include "google/rpc/error_details.pb.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kCheck[] = "/grpc.health.v1.Health/Check";
// HealthCheckResponse with status SERVING and NOT_SERVING.
constexpr char kServing[] = "\x08\x01";
constexpr char kNotServing[] = "\x08\x02";

constexpr char kServerReadyMethod[] = "/inference.GRPCInferenceService/ServerReady";
constexpr char kModelReadyMethod[] = "/inference.GRPCInferenceService/ModelReady";
// ModelReadyRequest{name: "relu"}; replies with ready and without.
constexpr char kRelu[] = "\x0a\x04relu";
constexpr char kReady[] = "\x08\x01";
constexpr char kNotReady[] = "";

// ServerReflectionRequest{list_services: "*"}.
constexpr char kList[] = "\x3a\x01*";

// HealthCheckRequest{service}.
std::string HealthRequest(const std::string& service) {
  return service.empty() ? ""
                         : "\x0a" + std::string(1, static_cast<char>(service.size())) + service;
}

TEST_F(ServingTest, FullServerSaysWhenToRetryAndRecovers) {
  Config config;
  config.limits.max_inflight_bytes = 100000;
  Serve(config);
  {
    const absl::StatusOr<AdmissionTicket> others = server_->engine().Admit(99990);
    ASSERT_TRUE(others.ok());
    grpc::ClientContext context;
    v1::ForwardResponse response;
    const grpc::Status status = stub_->Forward(&context, SmallRequest(), &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    google::rpc::RetryInfo retry;
    ASSERT_EQ(DetailsOf(status).details_size(), 1);
    ASSERT_TRUE(DetailsOf(status).details(0).UnpackTo(&retry));
    EXPECT_GT(retry.retry_delay().nanos(), 0);
    const auto pushback = context.GetServerTrailingMetadata().find("grpc-retry-pushback-ms");
    ASSERT_NE(pushback, context.GetServerTrailingMetadata().end());
    EXPECT_EQ(pushback->second, "10");
    EXPECT_EQ(Metric("activation_inflight_bytes"), 99990);
    EXPECT_EQ(Metric("activation_inflight_limit_bytes"), 100000);
  }
  EXPECT_TRUE(IsRight(*stub_));
  EXPECT_EQ(Metric("activation_rejected_total{reason=\"inflight_bytes\"}"), 1);
  grpc::ClientContext context;
  v1::ForwardResponse response;
  const grpc::Status status = stub_->Forward(&context, LargeRequest(200000), &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Metric("activation_rejected_total{reason=\"too_large\"}"), 1);
}

TEST_F(ServingTest, HealthOverallAndOfTheService) {
  Serve();
  std::string reply;
  for (const char* service : {"", "activation.v1.ActivationService"}) {
    ASSERT_TRUE(CallRaw(*channel_, kCheck, HealthRequest(service), &reply).ok());
    EXPECT_EQ(reply, kServing);
  }
  EXPECT_EQ(CallRaw(*channel_, kCheck, HealthRequest("nope")).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(ServingTest, DrainIsSeenAtOnceWhileCallsAreStillServed) {
  Config config;
  config.drain_delay = absl::Hours(1);
  Serve(config);
  RawStream watch(*channel_, "/grpc.health.v1.Health/Watch");
  ASSERT_TRUE(watch.Write(HealthRequest("activation.v1.ActivationService")));
  EXPECT_EQ(watch.Read(), kServing);
  EXPECT_THAT(HttpGet("/readyz"), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(Metric("activation_draining"), 0);
  const auto expect_ready = [this](const char* ready) {
    std::string reply = "none";
    EXPECT_TRUE(CallRaw(*channel_, kServerReadyMethod, "", &reply).ok());
    EXPECT_EQ(reply, ready);
    EXPECT_TRUE(CallRaw(*channel_, kModelReadyMethod, kRelu, &reply).ok());
    EXPECT_EQ(reply, ready);
  };
  expect_ready(kReady);
  std::thread draining([this] { server_->Drain(); });
  EXPECT_EQ(watch.Read(), kNotServing);
  EXPECT_EQ(Metric("activation_draining"), 1);
  EXPECT_THAT(HttpGet("/readyz"), StartsWith("HTTP/1.1 503"));
  expect_ready(kNotReady);
  EXPECT_THAT(HttpGet("/healthz"), StartsWith("HTTP/1.1 200"));
  EXPECT_TRUE(IsRight(*stub_));
  // Ends the delay. The watch, still open, does not hold the drain.
  server_->Hasten();
  draining.join();
  EXPECT_EQ(watch.Read(), "closed");
  grpc::ClientContext context;
  v1::ForwardResponse response;
  EXPECT_EQ(stub_->Forward(&context, SmallRequest(), &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
}

TEST_F(ServingTest, ReflectionFollowsTheFlag) {
  Serve();
  {
    RawStream stream(*channel_, kReflectionMethod);
    ASSERT_TRUE(stream.Write(kList));
    EXPECT_THAT(stream.Read(), HasSubstr("activation.v1.ActivationService"));
  }
  Config config;
  config.reflection = Reflection::kOff;
  Serve(config);
  RawStream stream(*channel_, kReflectionMethod);
  stream.Write(kList);
  EXPECT_EQ(stream.Read(), "closed");
}

// Each that is open holds a thread: beyond some they are refused, and other calls go on.
TEST_F(ServingTest, ReflectionTakesNoMoreThreadsThanItMay) {
  constexpr size_t kOpen = 60;
  Serve();
  std::deque<RawStream> streams;
  size_t refused = 0;
  for (size_t i = 0; i < kOpen; ++i) {
    RawStream& stream = streams.emplace_back(*channel_, kReflectionMethod);
    stream.Write(kList);
    if (stream.Read() != "closed") continue;
    ++refused;
    EXPECT_EQ(stream.Finish().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  }
  EXPECT_GT(refused, kOpen / 2);
  EXPECT_LT(refused, kOpen - 4);
  EXPECT_TRUE(IsRight(*stub_));
  streams.clear();
  EXPECT_TRUE(Eventually([this] {
    RawStream stream(*channel_, kReflectionMethod);
    return stream.Write(kList) && stream.Read() != "closed";
  }));
}

TEST_F(ServingTest, MetricsTellTheTruth) {
  Serve();
  ASSERT_TRUE(IsRight(*stub_));
  ASSERT_TRUE(IsRight(*stub_));
  CallRaw(*channel_, "/activation.v1.ActivationService/Forward", "garbage");
  ASSERT_TRUE(ReturnsToRest());
  const std::string method =
      R"(grpc_method="Forward",grpc_service="activation.v1.ActivationService",grpc_type="unary")";
  EXPECT_EQ(Metric("grpc_server_started_total{" + method + "}"), 3);
  EXPECT_EQ(Metric("grpc_server_msg_received_total{" + method + "}"), 3);
  EXPECT_EQ(Metric("grpc_server_msg_sent_total{" + method + "}"), 2);
  EXPECT_EQ(Metric(R"(grpc_server_handled_total{grpc_code="OK",)" + method + "}"), 2);
  EXPECT_EQ(Metric(R"(grpc_server_handled_total{grpc_code="InvalidArgument",)" + method + "}"), 1);
  EXPECT_EQ(Metric(R"(grpc_server_handling_seconds_count{grpc_code="OK",)" + method + "}"), 2);
  EXPECT_EQ(Metric(R"(activation_elements_total{backend="cpu",direction="forward",dtype="f32",)"
                   R"(function="relu",tier="exact"})"),
            6);
  for (const char* stage : {"decode", "queue", "kernel", "encode"}) {
    EXPECT_EQ(Metric(std::string("activation_stage_seconds_count{stage=\"") + stage + "\"}"), 2);
  }
  EXPECT_EQ(Metric("activation_inflight_bytes"), 0);
  EXPECT_EQ(Metric("activation_inflight_calls"), 0);
  EXPECT_THAT(HttpGet("/metrics"), HasSubstr(std::string("version=\"") + Version() + "\"} 1"));
  EXPECT_GT(Metric("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(Metric("process_open_fds"), 3);
  EXPECT_GE(Metric("process_cpu_seconds_total"), 0);
  const auto now = static_cast<double>(time(nullptr));
  EXPECT_NEAR(Metric("process_start_time_seconds"), now, 3600);
}

TEST_F(ServingTest, HttpIsReadOnlyAndStrict) {
  Serve();
  const std::string page = HttpGet("/");
  EXPECT_THAT(page, StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(page, HasSubstr("<title>activation-server</title>"));
  EXPECT_THAT(HttpGet("/api/functions"), HasSubstr(Version()));
  EXPECT_THAT(HttpGet("/api/curve?function=relu&from=-1&to=1&points=3"),
              HasSubstr("\"y\":[0,0,1]"));
  for (const char* path : {"/", "/metrics", "/healthz", "/nope"}) {
    const std::string response = HttpGet(path);
    EXPECT_THAT(response, HasSubstr("Content-Security-Policy: default-src 'none'")) << path;
    EXPECT_THAT(response, HasSubstr("X-Content-Type-Options: nosniff")) << path;
    EXPECT_THAT(response, HasSubstr("Cache-Control: no-store")) << path;
  }
  EXPECT_THAT(Http(server_->http_address(), "POST", "/metrics"), StartsWith("HTTP/1.1 405"));
  const std::string head = Http(server_->http_address(), "HEAD", "/healthz");
  EXPECT_THAT(head, HasSubstr("Content-Length: 3"));
  EXPECT_EQ(head.substr(head.size() - 4), "\r\n\r\n");
}

TEST_F(ServingTest, AddressInUseIsRefused) {
  Serve();
  Config config;
  config.address = server_->target();
  config.http_address = "";
  EXPECT_EQ(Server::Start(config).status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace activation
