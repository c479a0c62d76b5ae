// The whole server with tokens: which calls go on, and what becomes of the others.
#include <gmock/gmock.h>
#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "activation/client.h"
#include "activation/stream.h"
#include "inference/grpc_service.pb.h"
#include "server/access/groups.h"
#include "tests/integration/authority.h"
#include "tests/integration/faulty_backend.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTrainer[] = "trainer-token-0123456789";
constexpr char kWatcher[] = "watcher-token-0123456789";
constexpr char kOperator[] = "operator-token-0123456789";

constexpr char kGetServerInfo[] = "/activation.v1.ActivationService/GetServerInfo";
constexpr char kSharedMemoryStatus[] = "/activation.v1.ActivationService/SharedMemoryStatus";
constexpr char kModelInfer[] = "/inference.GRPCInferenceService/ModelInfer";
constexpr char kServerReady[] = "/inference.GRPCInferenceService/ServerReady";
constexpr char kHealth[] = "/grpc.health.v1.Health/Check";
constexpr char kUnknown[] = "/nowhere.Service/Method";
constexpr char kModelStatistics[] = "/inference.GRPCInferenceService/ModelStatistics";
constexpr char kCatalogueAsked[] =
    "grpc_server_started_total{grpc_method=\"ListFunctions\",grpc_service=\"activation.v1."
    "ActivationService\",grpc_type=\"unary\"}";

class TokensTest : public ServingTest {
 protected:
  void SetUp() override {
    WriteTokens(kTrainer);
    Config config;
    config.token_file = folder_.Path("tokens");
    config.reload_interval = absl::Milliseconds(10);
    Serve(config);
  }

  // Before its file goes.
  void TearDown() override { server_.reset(); }

  void WriteTokens(const std::string& trainer) const {
    folder_.Write("tokens", "# who   token  groups\ntrainer " + trainer + " compute\nwatcher " +
                                kWatcher + "\tinspect\noperator " + kOperator + " all\n");
  }

  // Of a unary call with that header; none where it is empty. `second` is one more.
  grpc::Status Call(const char* method, const std::string& authorization,
                    const std::string& request = "", const std::string& second = "") const {
    const grpc::Slice slice(request);
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::ByteBuffer answer;
    grpc::ClientContext context;
    for (const std::string& header : {authorization, second}) {
      if (!header.empty()) context.AddMetadata("authorization", header);
    }
    const grpc::internal::RpcMethod rpc(method, grpc::internal::RpcMethod::NORMAL_RPC);
    return grpc::internal::BlockingUnaryCall(channel_.get(), rpc, &context, bytes, &answer);
  }

  grpc::StatusCode CodeOf(const char* method, const std::string& token) const {
    return Call(method, token.empty() ? "" : "Bearer " + token).error_code();
  }

  client::ClientOptions With(const std::string& token) const {
    client::ClientOptions options;
    options.endpoint = server_->target();
    options.token_file = folder_.Write("token", token + "\n");
    return options;
  }

  double Denied(const std::string& reason) {
    return Metric("activation_denied_total{reason=\"" + reason + "\"}");
  }
  double Reloads(const std::string& result) {
    return Metric("activation_reloads_total{file=\"tokens\",result=\"" + result + "\"}");
  }

  const TestFolder folder_;
};

// To cut a large tensor a stream asks for the catalogue, and asks once.
TEST_F(TokensTest, ATokenToComputeIsEnoughForLargeTensors) {
  const std::vector<float> x(1000, -1);
  std::vector<float> y(x.size());
  client::Stream stream(With(kTrainer), {.chunk_bytes = 400});
  for (int i = 0; i < 3; ++i) {
    std::fill(y.begin(), y.end(), 7.0F);
    const client::ForwardItem item{.activation = {.function = "relu"},
                                   .x = {.shape = {1000}, .data = x.data()},
                                   .y = y.data()};
    EXPECT_EQ(stream.Submit(item).get(), absl::OkStatus());
    EXPECT_EQ(y, std::vector<float>(x.size()));
  }
  EXPECT_EQ(stream.Finish(), absl::OkStatus());
  EXPECT_EQ(Metric(kCatalogueAsked), 1);
  EXPECT_EQ(Metric(R"(activation_stream_items_total{grpc_code="OK",grpc_method="Stream"})"), 30);
  EXPECT_EQ(Denied("permission_denied"), 0);
}

// A proxy in front may have judged by the one that does not count here.
TEST_F(TokensTest, TwoHeadersAreNone) {
  const std::string good = std::string("Bearer ") + kOperator, bad = "Bearer nobody-has-this-one";
  EXPECT_TRUE(Call(kGetServerInfo, good).ok());
  for (const auto& [first, second] : {std::pair(good, bad), {bad, good}, {good, good}}) {
    EXPECT_EQ(Call(kGetServerInfo, first, "", second).error_code(),
              grpc::StatusCode::UNAUTHENTICATED);
  }
  EXPECT_TRUE(Call(kHealth, bad, "", good).ok());
}

TEST_F(TokensTest, EachTokenIsGoodForItsGroups) {
  using enum grpc::StatusCode;
  struct Row {
    const char* method;
    grpc::StatusCode none, trainer, watcher, op;
  };
  // An empty message is a request of no items, of an unknown model or of nothing: where the
  // call goes on, it is the method that answers.
  const Row rows[] = {
      {kForwardMethod, UNAUTHENTICATED, INVALID_ARGUMENT, PERMISSION_DENIED, INVALID_ARGUMENT},
      {kModelInfer, UNAUTHENTICATED, NOT_FOUND, PERMISSION_DENIED, NOT_FOUND},
      {kGetServerInfo, UNAUTHENTICATED, OK, OK, OK},
      {kModelStatistics, UNAUTHENTICATED, PERMISSION_DENIED, OK, OK},
      {kSharedMemoryStatus, UNAUTHENTICATED, PERMISSION_DENIED, PERMISSION_DENIED, UNIMPLEMENTED},
      {kReflectionMethod, UNAUTHENTICATED, PERMISSION_DENIED, OK, OK},
      {kUnknown, UNAUTHENTICATED, PERMISSION_DENIED, PERMISSION_DENIED, UNIMPLEMENTED},
      {kHealth, OK, OK, OK, OK},
      {kServerReady, OK, OK, OK, OK},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(CodeOf(row.method, ""), row.none) << row.method;
    EXPECT_EQ(CodeOf(row.method, "not-a-token-of-the-file"), row.none) << row.method;
    EXPECT_EQ(CodeOf(row.method, kTrainer), row.trainer) << row.method;
    EXPECT_EQ(CodeOf(row.method, kWatcher), row.watcher) << row.method;
    EXPECT_EQ(CodeOf(row.method, kOperator), row.op) << row.method;
  }
  EXPECT_EQ(Denied("unauthenticated"), 14);
  EXPECT_EQ(Denied("permission_denied"), 8);
}

TEST_F(TokensTest, OnlyAWholeTokenAfterBearerCounts) {
  const std::string token = kTrainer;
  const std::vector<std::string> headers = {
      token,
      "Basic " + token,
      "Bearer",
      "Bearer ",
      "Bearer " + token + "x",
      "Bearer  " + token,
      "Bearer " + token.substr(1),
      "Bearer " + token + "," + token,
  };
  for (const std::string& header : headers) {
    EXPECT_EQ(Call(kForwardMethod, header).error_code(), grpc::StatusCode::UNAUTHENTICATED)
        << header;
  }
  EXPECT_EQ(Call(kForwardMethod, "bearer " + token).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TokensTest, ARefusalComesBeforeTheMessageIsRead) {
  const grpc::Status status = Call(kForwardMethod, "", "\xff\xff garbage");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_THAT(status.error_message(), HasSubstr("authorization: "));
  EXPECT_EQ(Call(kForwardMethod, "Bearer wrong", std::string(8 << 20, 'x')).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(server_->metrics().calls_started(), 0);
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(TokensTest, ARefusalNamesTheTokenAndNeverShowsIt) {
  const grpc::Status status = Call(kForwardMethod, std::string("Bearer ") + kWatcher);
  EXPECT_THAT(status.error_message(), HasSubstr("'watcher' is not for the group compute"));
  EXPECT_THAT(status.error_message(), Not(HasSubstr(kWatcher)));
}

// Nothing is thrown through gRPC, which asks, nor by the thread that looks at the file, as long as
// that name is.
TEST_F(TokensTest, WithoutMemoryToSayWhyACallIsRefusedAllTheSame) {
  constexpr size_t kName = 20'000;
  folder_.Write("tokens", std::string(kName, 'w') + " " + kWatcher + " inspect\n");
  ASSERT_TRUE(Eventually([this] { return Reloads("ok") == 1; }));
  EXPECT_EQ(CodeOf(kGetServerInfo, kWatcher), grpc::StatusCode::OK);
  {
    const NoMemory none(kName, NoMemory::Of::kOthers);
    EXPECT_EQ(CodeOf(kForwardMethod, kWatcher), grpc::StatusCode::RESOURCE_EXHAUSTED);
    const size_t failures = NoMemory::failures();
    EXPECT_GT(failures, 0U);
    EXPECT_TRUE(Eventually([failures] { return NoMemory::failures() > failures + 1; }));
  }
  WriteTokens(kTrainer);
  EXPECT_TRUE(Eventually([this] { return Reloads("ok") == 2; }));
  EXPECT_EQ(CodeOf(kForwardMethod, kTrainer), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(TokensTest, TheClientLibrarySendsItsToken) {
  const client::Client trainer(With(kTrainer));
  const float x[] = {-1, 2};
  float y[2];
  EXPECT_TRUE(
      trainer.Forward({.function = "relu"}, absl::MakeConstSpan(x), absl::MakeSpan(y)).ok());
  EXPECT_EQ(y[1], 2);
  EXPECT_TRUE(trainer.GetServerInfo().ok());
  EXPECT_TRUE(trainer.CheckHealth("").ok());
  EXPECT_TRUE(client::Client(With(kWatcher)).GetServerInfo().ok());
  client::ClientOptions none;
  none.endpoint = server_->target();
  EXPECT_TRUE(absl::IsUnauthenticated(client::Client(none).GetServerInfo().status()));
}

TEST_F(TokensTest, AChangedFileCountsFromThenOn) {
  const std::string rotated = "rotated-token-0123456789";
  const client::Client client(With(kTrainer));
  EXPECT_EQ(CodeOf(kForwardMethod, kTrainer), grpc::StatusCode::INVALID_ARGUMENT);
  WriteTokens(rotated);
  EXPECT_TRUE(Eventually(
      [&] { return CodeOf(kForwardMethod, rotated) == grpc::StatusCode::INVALID_ARGUMENT; }));
  EXPECT_EQ(CodeOf(kForwardMethod, kTrainer), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_TRUE(Eventually([this] { return Reloads("ok") == 1; }));
  // A client that has been there for long takes up the new one too.
  folder_.Write("token", rotated);
  EXPECT_TRUE(Eventually([&] {
    const float x = 1;
    float y = 0;
    return client.Forward({.function = "relu"}, absl::MakeConstSpan(&x, 1), absl::MakeSpan(&y, 1))
        .ok();
  }));
}

TEST_F(TokensTest, ABrokenFileLeavesTheTokensAsTheyWere) {
  folder_.Write("tokens", "trainer short compute\n");
  ASSERT_TRUE(Eventually([this] { return Reloads("failed") == 1; }));
  EXPECT_EQ(CodeOf(kForwardMethod, kTrainer), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf(kForwardMethod, ""), grpc::StatusCode::UNAUTHENTICATED);
  WriteTokens("rotated-token-0123456789");
  EXPECT_TRUE(Eventually([this] { return Reloads("ok") == 1; }));
  EXPECT_EQ(CodeOf(kForwardMethod, kTrainer), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(TokensTest, AFileThatCannotBeUsedEndsTheStart) {
  Config config;
  config.address = "127.0.0.1:0";
  config.http_address = "";
  config.token_file = folder_.Write("bad", "trainer short compute\n");
  const absl::Status status = Server::Start(config).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--token-file: " + config.token_file));
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 1"));
}

// A method that is added must be given a group.
TEST(GroupsTest, EveryMethodHasOne) {
  int methods = 0;
  for (const google::protobuf::FileDescriptor* file :
       {v1::ForwardRequest::descriptor()->file(),
        ::inference::ModelInferRequest::descriptor()->file()}) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        const auto* method = file->service(s)->method(m);
        const std::string path = "/" + file->service(s)->full_name() + "/" + method->name();
        EXPECT_TRUE(access::GroupOf(path).has_value()) << path;
        ++methods;
      }
    }
  }
  EXPECT_GE(methods, 28);
  EXPECT_FALSE(access::GroupOf("/activation.v1.ActivationService/Nope").has_value());
  EXPECT_FALSE(access::GroupOf("").has_value());
}

}  // namespace
}  // namespace activation
