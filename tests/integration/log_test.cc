// What the program's log says of secrets, which is nothing, and of those it turns away.
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "inference/grpc_service.grpc.pb.h"
#include "tests/integration/authority.h"
#include "tests/integration/child_process.h"
#include "tests/integration/probes.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

TEST(LogTest, TokensAreNeverLogged) {
  const std::string token = "a-token-that-nobody-may-see";
  const std::string guess = "a-guess-that-nobody-may-see";
  const TestFolder folder;
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--log-level=trace",
                       "--token-file=" + folder.Write("tokens", "watcher " + token + " inspect")});
  std::string log;
  std::string address;
  for (std::string line; address.empty() && !(line = server.ReadLine()).empty();) {
    log += line;
    if (line.find("\"started\"") != std::string::npos) {
      address = nlohmann::json::parse(line)["address"];
    }
  }
  const auto stub = v1::ActivationService::NewStub(Connect(address));
  for (const std::string& each : {token, guess}) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + each);
    v1::ForwardResponse response;
    const grpc::Status status = stub->Forward(&context, SmallRequest(), &response);
    EXPECT_EQ(status.error_code(), each == token ? grpc::StatusCode::PERMISSION_DENIED
                                                 : grpc::StatusCode::UNAUTHENTICATED);
  }
  server.Signal(SIGTERM);
  for (std::string line; !(line = server.ReadLine()).empty();) log += line;
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_NE(log.find("call_refused"), std::string::npos);
  EXPECT_EQ(log.find("nobody-may-see"), std::string::npos) << log;
}

// As of ACTIVATION_TLS_KEY="$(cat tls.key)" in a manifest.
TEST(LogTest, TheTextOfAFileInPlaceOfItsPathIsNeverLogged) {
  const Authority authority("authority");
  const Identity identity = authority.Issue("server");
  const TestFolder folder;
  const std::string certificate = folder.Write("tls.crt", identity.certificate);
  for (const std::string& variable :
       {"ACTIVATION_TLS_KEY=" + identity.key,
        std::string("ACTIVATION_TOKEN_FILE=watcher a-token-that-nobody-may-see inspect")}) {
    std::vector<std::string> command = {"/usr/bin/env",         variable,
                                        ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0",
                                        "--http-address=off",   "--log-format=json",
                                        "--log-level=trace"};
    if (variable.find("KEY") != std::string::npos) {
      command.push_back("--tls-certificate=" + certificate);
    }
    ChildProcess server(command);
    std::string log;
    for (std::string line; !(line = server.ReadLine()).empty();) log += line;
    EXPECT_EQ(server.Wait(), 2);
    EXPECT_NE(log.find("wants the path of a file and got its text"), std::string::npos) << log;
    EXPECT_EQ(log.find("nobody-may-see"), std::string::npos) << log;
    EXPECT_EQ(log.find("PRIVATE"), std::string::npos) << log;
    EXPECT_EQ(log.find(identity.key.substr(60, 20)), std::string::npos) << log;
  }
}

// The next line of a log with that event whose message has that in it.
nlohmann::json EventOf(ChildProcess& server, const std::string& name, const std::string& text) {
  for (std::string line; !(line = server.ReadLine()).empty();) {
    nlohmann::json event = nlohmann::json::parse(line);
    const std::string message = event.value("message", "");
    if (event["event"] == name && message.find(text) != std::string::npos) return event;
  }
  throw std::runtime_error("the log ended without " + name + " and " + text);
}

// The metrics count it as `other`.
TEST(LogTest, AMethodThatNobodyHasIsNamedAsTheCallerNamedIt) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--log-level=debug"});
  const auto channel = Connect(EventOf(server, "started", "")["address"]);
  const std::string path = "/nowhere.Service/Method" + std::string(200, 'x');
  EXPECT_EQ(CallRaw(*channel, path.c_str(), "garbage").error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
  const nlohmann::json failed = EventOf(server, "call_failed", "no service of this server");
  EXPECT_EQ(failed["method"], path.substr(0, 100));
  EXPECT_EQ(failed["code"], "UNIMPLEMENTED");
}

// The call goes on, and counts as none that failed.
TEST(LogTest, ItemsOfStreamsThatFailAreInTheLog) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--log-level=debug"});
  const auto channel = Connect(EventOf(server, "started", "")["address"]);
  {
    const auto stub = v1::ActivationService::NewStub(channel);
    grpc::ClientContext context;
    context.AddMetadata("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01");
    const auto stream = stub->Stream(&context);
    v1::StreamResponse response;
    ASSERT_TRUE(stream->Write(ItemOf(1, Forward("nowhere", SmallRequest().items(0).x()))));
    ASSERT_TRUE(stream->Read(&response) && response.has_error());
    const nlohmann::json failed = EventOf(server, "call_failed", "nowhere");
    EXPECT_EQ(failed["method"], "Stream");
    EXPECT_EQ(failed["code"], "NOT_FOUND");
    EXPECT_EQ(failed["trace_id"], "0123456789abcdef0123456789abcdef");
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
  const auto stub = ::inference::GRPCInferenceService::NewStub(channel);
  grpc::ClientContext context;
  const auto stream = stub->ModelStreamInfer(&context);
  ::inference::ModelInferRequest request;
  request.set_model_name("nowhere");
  ::inference::ModelStreamInferResponse response;
  ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
  EXPECT_EQ(EventOf(server, "call_failed", "nowhere")["method"], "ModelStreamInfer");
  server.Signal(SIGTERM);
  const nlohmann::json ended = EventOf(server, "call_failed", "draining");
  EXPECT_EQ(ended["method"], "ModelStreamInfer");
  EXPECT_EQ(ended["code"], "UNAVAILABLE");
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(server.Wait(), 0);
}

void CallWith(const std::string& token, v1::ActivationService::Stub& stub) {
  grpc::ClientContext context;
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  v1::ForwardResponse response;
  EXPECT_EQ(stub.Forward(&context, SmallRequest(), &response).error_code(),
            grpc::StatusCode::UNAUTHENTICATED);
}

TEST(LogTest, RefusedTokensAreInTheLogOnceAndThenAsACount) {
  const TestFolder folder;
  const std::string file = folder.Write("tokens", "watcher watcher-token-0123456789 inspect");
  for (const std::string& token : {std::string("a-guess-that-nobody-may-see"), std::string()}) {
    ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                         "--log-format=json", "--token-file=" + file});
    const nlohmann::json started = EventOf(server, "started", "");
    EXPECT_EQ(started["tokens"], 1);
    const auto stub = v1::ActivationService::NewStub(Connect(started["address"]));
    CallWith(token, *stub);
    const nlohmann::json refused = EventOf(server, "call_refused", "authorization: ");
    EXPECT_EQ(refused["level"], "warning");
    EXPECT_EQ(refused["code"], "UNAUTHENTICATED");
    EXPECT_EQ(refused["method"], "/activation.v1.ActivationService/Forward");
    EXPECT_NE(refused["user_agent"].get<std::string>().find("grpc"), std::string::npos);
    EXPECT_EQ(refused.dump().find("nobody-may-see"), std::string::npos);
    if (token.empty()) continue;
    for (int i = 0; i < 5; ++i) CallWith(token, *stub);
    EXPECT_EQ(EventOf(server, "calls_refused", "")["calls"], 5);
    // And at the stop, although the ten seconds are not over.
    for (int i = 0; i < 3; ++i) CallWith(token, *stub);
    server.Signal(SIGTERM);
    int told = 0;
    for (std::string line; !(line = server.ReadLine()).empty();) {
      const nlohmann::json event = nlohmann::json::parse(line);
      if (event["event"] == "call_refused") ++told;
      if (event["event"] == "calls_refused") told += event["calls"].get<int>();
    }
    EXPECT_EQ(told, 3);
  }
}

TEST(LogTest, FailedHandshakesAreInTheLog) {
  const Authority authority("authority");
  const TestFolder folder;
  const Identity identity = authority.Issue("server");
  const std::vector<std::string> command = {
      ACTIVATION_SERVER_PATH,
      "--address=127.0.0.1:0",
      "--http-address=off",
      "--log-format=json",
      "--tls-certificate=" + folder.Write("tls.crt", identity.certificate),
      "--tls-key=" + folder.Write("tls.key", identity.key),
      "--tls-client-ca=" + folder.Write("ca.crt", authority.certificate())};
  const Identity expired =
      authority.Issue("client", absl::Now() - absl::Hours(48), absl::Now() - absl::Hours(24));
  const auto with_expired =
      grpc::SslCredentials({authority.certificate(), expired.key, expired.certificate});
  for (const auto& credentials : {with_expired, grpc::InsecureChannelCredentials()}) {
    ChildProcess server(command);
    const std::string address = EventOf(server, "started", "")["address"];
    const auto stub = v1::ActivationService::NewStub(grpc::CreateChannel(address, credentials));
    grpc::ClientContext context;
    v1::ForwardResponse response;
    EXPECT_EQ(stub->Forward(&context, SmallRequest(), &response).error_code(),
              grpc::StatusCode::UNAVAILABLE);
    EXPECT_EQ(EventOf(server, "grpc", "Handshake failed")["level"], "warning");
  }
}

// The lines of a program until it ends.
std::vector<nlohmann::json> AllLines(ChildProcess& server) {
  std::vector<nlohmann::json> lines;
  for (std::string line; !(line = server.ReadLine()).empty();) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

// Has gRPC write of what it refuses, with the caller's text.
void MakeGrpcWarn(v1::ActivationService::Stub& stub) {
  grpc::ClientContext context;
  context.AddMetadata("grpc-encoding", std::string(3000, 'x'));
  v1::ForwardResponse response;
  stub.Forward(&context, SmallRequest(), &response);
  grpc::ClientContext compressed;
  compressed.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  stub.Forward(&compressed, SmallRequest(), &response);
}

// Without a bound of ours whoever reaches the port fills the disk.
TEST(LogTest, WhatCallersMakeGrpcSayIsInTheLogOnceAndShortAndThenAsACount) {
  ChildProcess server(
      {ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off", "--log-format=json"});
  const auto stub = v1::ActivationService::NewStub(
      Connect(EventOf(server, "started", "")["address"].get<std::string>()));
  for (int i = 0; i < 20; ++i) MakeGrpcWarn(*stub);
  const nlohmann::json first = EventOf(server, "grpc", "");
  EXPECT_LT(first.dump().size(), 1000U);
  const nlohmann::json repeated = EventOf(server, "grpc_repeated", "");
  EXPECT_EQ(repeated["level"], "warning");
  EXPECT_GE(repeated["lines"], 19);
  // And at the stop, although the ten seconds are not over.
  MakeGrpcWarn(*stub);
  server.Signal(SIGTERM);
  int of_grpc = 0;
  int counted = 0;
  for (const nlohmann::json& line : AllLines(server)) {
    EXPECT_LT(line.dump().size(), 1000U);
    of_grpc += line["event"] == "grpc" ? 1 : 0;
    counted += line["event"] == "grpc_repeated" ? 1 : 0;
  }
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_LE(of_grpc, 1);
  EXPECT_EQ(counted, 1);
}

// gRPC calls it an error and gives the certificate that there is.
TEST(LogTest, ANameThatTheCertificateLacksIsNoWarning) {
  const Authority authority("authority");
  const TestFolder folder;
  const Identity identity = authority.Issue("server");
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json",
                       "--tls-certificate=" + folder.Write("tls.crt", identity.certificate),
                       "--tls-key=" + folder.Write("tls.key", identity.key)});
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("elsewhere.example");
  const auto stub = v1::ActivationService::NewStub(grpc::CreateCustomChannel(
      EventOf(server, "started", "")["address"].get<std::string>(),
      grpc::SslCredentials({authority.certificate(), "", ""}), arguments));
  grpc::ClientContext context;
  v1::ForwardResponse response;
  EXPECT_EQ(stub->Forward(&context, SmallRequest(), &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  server.Signal(SIGTERM);
  for (const nlohmann::json& line : AllLines(server)) {
    EXPECT_EQ(line.dump().find("elsewhere.example"), std::string::npos) << line;
  }
  EXPECT_EQ(server.Wait(), 0);
}

struct Unlistenable {
  std::vector<std::string> flags;
  std::string says;
};

TEST(LogTest, WhyItCannotListenIsSaidInOneLine) {
  ChildProcess first({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=127.0.0.1:0",
                      "--log-format=json"});
  const nlohmann::json started = EventOf(first, "started", "");
  const std::string address = started["address"], http = started["http_address"];
  for (const Unlistenable& bad : {
           Unlistenable{{"--address=" + address, "--http-address=off"},
                        "cannot listen on " + address + ": another program listens there; "},
           Unlistenable{{"--address=127.0.0.1:0", "--http-address=" + http},
                        "cannot listen on " + http + " for HTTP: another program listens there; "},
           // An address that documentation has for itself, and no machine.
           Unlistenable{{"--address=192.0.2.1:50051", "--insecure", "--http-address=off"},
                        "192.0.2.1:50051: no network of this machine has this address; "},
           Unlistenable{{"--address=unix:/nowhere/a.sock", "--http-address=off"},
                        "unix:/nowhere/a.sock: /nowhere/: No such file or directory; "},
       }) {
    std::vector<std::string> command = {ACTIVATION_SERVER_PATH, "--log-format=json"};
    command.insert(command.end(), bad.flags.begin(), bad.flags.end());
    ChildProcess second(command);
    const std::vector<nlohmann::json> lines = AllLines(second);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.back()["event"], "start_failed");
    EXPECT_NE(lines.back()["message"].get<std::string>().find(bad.says), std::string::npos)
        << lines.back();
    for (const nlohmann::json& line : lines) EXPECT_NE(line["event"], "grpc") << line;
    EXPECT_EQ(second.Wait(), 1);
  }
  first.Signal(SIGTERM);
  EXPECT_EQ(first.Wait(), 0);
}

}  // namespace
}  // namespace activation
