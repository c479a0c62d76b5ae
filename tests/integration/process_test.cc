// The real program in a process of its own: its exit code, its drain under
// load, and what remains of clients that are killed. `process_test --hammer
// TARGET` is such a client.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/authority.h"
#include "tests/integration/child_process.h"
#include "tests/integration/probes.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

std::string own_path;

// activation-server, serving on ports the system chose.
class ProcessTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = std::make_unique<ChildProcess>(
        std::vector<std::string>{ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0",
                                 "--http-address=127.0.0.1:0", "--log-format=json"});
    const nlohmann::json started = Event("started");
    target_ = started["address"];
    http_ = started["http_address"];
    stub_ = v1::ActivationService::NewStub(Connect(target_));
    ASSERT_TRUE(IsRight(*stub_));
  }

  // The next line of the log with that event; every line before it is JSON too.
  nlohmann::json Event(const std::string& name) {
    for (std::string line; !(line = server_->ReadLine()).empty();) {
      nlohmann::json event = nlohmann::json::parse(line);
      if (event["event"] == name) return event;
    }
    throw std::runtime_error("the server's log ended without " + name);
  }

  bool AtRest() const {
    return MetricAt(http_, "activation_inflight_bytes") == 0 &&
           MetricAt(http_, "activation_inflight_calls") == 0;
  }

  std::unique_ptr<ChildProcess> server_;
  std::string target_;
  std::string http_;
  std::unique_ptr<v1::ActivationService::Stub> stub_;
};

// Calls until the first that fails, on a connection of its own; checks replies.
struct Caller {
  void Run(const std::string& target) {
    const auto stub = v1::ActivationService::NewStub(Connect(target));
    for (float x = 0; status.ok(); x += 1) {
      grpc::ClientContext context;
      v1::ForwardResponse response;
      status = stub->Forward(&context, Forward("relu", MakeTensor<float>(v1::DTYPE_F32, {x, -x})),
                             &response);
      if (!status.ok()) break;
      if (ValuesOf<float>(response.results(0).y()) != std::vector<float>{x, 0.0F}) ++wrong;
      ++answered;
    }
  }

  std::atomic<int> answered{0};
  int wrong = 0;
  grpc::Status status;
};

TEST_F(ProcessTest, SigtermUnderLoadLosesNoCall) {
  constexpr int kCallers = 8;
  Caller callers[kCallers];
  std::vector<std::thread> threads;
  for (Caller& caller : callers) threads.emplace_back([this, &caller] { caller.Run(target_); });
  EXPECT_TRUE(Eventually([&callers] {
    for (const Caller& caller : callers) {
      if (caller.answered < 200) return false;
    }
    return true;
  }));
  server_->Signal(SIGTERM);
  for (std::thread& thread : threads) thread.join();
  int answered = 1;  // by SetUp
  for (const Caller& caller : callers) {
    EXPECT_EQ(caller.wrong, 0);
    EXPECT_EQ(caller.status.error_code(), grpc::StatusCode::UNAVAILABLE)
        << caller.status.error_message();
    answered += caller.answered;
  }
  const nlohmann::json stopped = Event("stopped");
  const int64_t accepted = stopped["calls"].get<int64_t>() - stopped["unavailable"].get<int64_t>();
  EXPECT_EQ(accepted, answered);
  EXPECT_EQ(stopped["answered_ok"], answered);
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(ProcessTest, SigintEndsItToo) {
  server_->Signal(SIGINT);
  EXPECT_EQ(Event("draining")["signal"], "SIGINT");
  EXPECT_EQ(server_->Wait(), 0);
}

TEST_F(ProcessTest, KilledClientsLeaveNothingBehind) {
  constexpr size_t kBytes = 32 << 20;
  constexpr double kResidue = 96 << 20;  // what the allocator may keep, less than one call held
  const auto kill_one = [this] {
    ChildProcess client({own_path, "--hammer", target_});
    EXPECT_TRUE(
        Eventually([this] { return MetricAt(http_, "activation_inflight_bytes") > kBytes; }));
    client.Signal(SIGKILL);
    EXPECT_EQ(client.Wait(), -SIGKILL);
    EXPECT_TRUE(Eventually([this] { return AtRest(); }));
  };
  // Buffers that the process keeps for good are there after the first.
  kill_one();
  const double before = MetricAt(http_, "process_resident_memory_bytes");
  for (int i = 0; i < 5; ++i) kill_one();
  EXPECT_TRUE(Eventually([&] {
    return MetricAt(http_, "process_resident_memory_bytes") < before + kResidue;
  })) << before
      << " bytes before, " << MetricAt(http_, "process_resident_memory_bytes") << " after";
  EXPECT_TRUE(IsRight(*stub_));
}

TEST_F(ProcessTest, AStreamThatIsNeverReadFillsNoMemory) {
  constexpr int kItems = 1024;  // of 1 MiB, were they all taken
#ifdef _GLIBCXX_TSAN
  // The thread sanitizer remembers who has used each byte, in twice as many.
  constexpr int kTimes = 3;
#else
  constexpr int kTimes = 1;
#endif
  constexpr double kMost = kTimes * (200 << 20);  // --max-stream-bytes and what gRPC holds
  constexpr double kUnbounded = kTimes * (512 << 20);
  const std::string received =
      R"(grpc_server_msg_received_total{grpc_method="Stream",)"
      R"(grpc_service="activation.v1.ActivationService",grpc_type="bidi_stream"})";
  const double before = MetricAt(http_, "process_resident_memory_bytes");
  grpc::ClientContext context;
  const auto stream = stub_->Stream(&context);
  std::thread writing([&stream] {
    v1::StreamRequest item;
    *item.mutable_forward() = LargeRequest(1 << 20).items(0);
    for (int i = 0; i < kItems && stream->Write(item); ++i) {
    }
  });
  double greatest = 0, taken = 0;
  int quiet = 0;
  EXPECT_TRUE(Eventually([&] {
    greatest = std::max(greatest, MetricAt(http_, "process_resident_memory_bytes") - before);
    const double now = MetricAt(http_, received);
    quiet = now == taken ? quiet + 1 : 0;
    taken = now;
    return (now > 1 && quiet == 50) || greatest > kUnbounded;
  }));
  EXPECT_LT(greatest, kMost);
  EXPECT_LT(taken, kItems);
  context.TryCancel();
  writing.join();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(Eventually([this] { return AtRest(); }));
  EXPECT_TRUE(IsRight(*stub_));
}

TEST_F(ProcessTest, HostileBytesWriteNoLines) {
  const auto channel = Connect(target_);
  // items[0].activation.function = "\xff\xfe", which is not UTF-8.
  const grpc::Status status = CallRaw(*channel, "/activation.v1.ActivationService/Forward",
                                      "\x0a\x06\x0a\x04\x0a\x02\xff\xfe");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  server_->Signal(SIGTERM);
  EXPECT_EQ(nlohmann::json::parse(server_->ReadLine())["event"], "backend");
  EXPECT_EQ(nlohmann::json::parse(server_->ReadLine())["event"], "draining");
  EXPECT_EQ(nlohmann::json::parse(server_->ReadLine())["event"], "stopped");
  EXPECT_EQ(server_->ReadLine(), "");
  EXPECT_EQ(server_->Wait(), 0);
}

// Where a server says that it listens; its log has been read up to there.
std::string AddressOf(ChildProcess& server) {
  for (std::string line; !(line = server.ReadLine()).empty();) {
    if (line.find("\"started\"") != std::string::npos)
      return nlohmann::json::parse(line)["address"];
  }
  return "";
}

TEST(ProgramTest, BadFlagsExitWithTwo) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--threads=many", "--log-format=text"});
  EXPECT_EQ(server.ReadLine().rfind("activation-server: --threads: must be", 0), 0U);
  EXPECT_EQ(server.ReadLine(), "");
  EXPECT_EQ(server.Wait(), 2);
}

// As they are elsewhere than on a terminal.
TEST(ProgramTest, BadFlagsAreALineOfAJsonLog) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--threads=many"});
  const nlohmann::json event = nlohmann::json::parse(server.ReadLine());
  EXPECT_EQ(event["event"], "start_failed");
  EXPECT_EQ(event["level"], "error");
  EXPECT_EQ(event["message"].get<std::string>().rfind("--threads: must be", 0), 0U);
  EXPECT_EQ(server.ReadLine(), "");
  EXPECT_EQ(server.Wait(), 2);
}

TEST(ProgramTest, ASignalOfOthersEndsNoDrain) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--drain-delay=30s"});
  EXPECT_NE(AddressOf(server), "");
  server.Signal(SIGTERM);
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "backend");
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "draining");
  server.Signal(SIGUSR1);
  server.Signal(SIGTERM);
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "hastening");
  EXPECT_EQ(server.Wait(), 0);
}

TEST(ProgramTest, ATokenFileThatCannotBeUsedExitsWithTwo) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--token-file=/does/not/exist"});
  const nlohmann::json event = nlohmann::json::parse(server.ReadLine());
  EXPECT_EQ(event["event"], "start_failed");
  EXPECT_NE(event["message"].get<std::string>().find("--token-file: /does/not/exist"),
            std::string::npos);
  EXPECT_EQ(server.Wait(), 2);
}

TEST(ProgramTest, WarnsOfMessagesThatCanNeverBeAdmitted) {
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--max-message-bytes=2MiB",
                       "--max-inflight-bytes=3MiB"});
  const nlohmann::json event = nlohmann::json::parse(server.ReadLine());
  EXPECT_EQ(event["event"], "limits");
  EXPECT_EQ(event["level"], "warning");
  EXPECT_NE(AddressOf(server), "");
}

// Where HTTP is off no library of its own ignores SIGPIPE.
TEST(ProgramTest, LivesWithoutAReaderOfItsLog) {
  const TestFolder folder;
  const Identity identity = Authority("ca").Issue("server");
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--log-level=trace",
                       "--tls-certificate=" + folder.Write("crt", identity.certificate),
                       "--tls-key=" + folder.Write("key", identity.key)});
  const std::string target = AddressOf(server);
  server.StopReading();
  // gRPC writes a line about a handshake that fails.
  EXPECT_FALSE(IsRight(*v1::ActivationService::NewStub(Connect(target))));
  server.Signal(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(ProgramTest, SighupLooksAtTheFilesNow) {
  const TestFolder folder;
  const std::string tokens = folder.Write("tokens", "first a-token-of-those-before compute\n");
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--reload-interval=1h", "--token-file=" + tokens});
  AddressOf(server);
  folder.Write("tokens", "first a-token-of-those-after compute\n");
  server.Signal(SIGHUP);
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "backend");
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "reloading");
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "tokens_reloaded");
  server.Signal(SIGTERM);
  EXPECT_EQ(nlohmann::json::parse(server.ReadLine())["event"], "draining");
  EXPECT_EQ(server.Wait(), 0);
}

// As under systemd, which gives up on a service that is silent.
TEST(ProgramTest, TellsItsManagerThatItServesAndThatItStops) {
  const TestFolder folder;
  const std::string path = folder.Path("notify");
  const int manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  ASSERT_EQ(bind(manager, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  const timeval patience{.tv_sec = 60, .tv_usec = 0};
  setsockopt(manager, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  const auto told = [manager] {
    char text[256];
    const ssize_t size = recv(manager, text, sizeof(text), 0);
    return std::string(text, size < 0 ? 0 : size);
  };
  setenv("NOTIFY_SOCKET", path.c_str(), 1);
  ChildProcess server({ACTIVATION_SERVER_PATH, "--address=127.0.0.1:0", "--http-address=off",
                       "--log-format=json", "--drain-delay=1ms", "--drain-timeout=90s"});
  unsetenv("NOTIFY_SOCKET");
  EXPECT_EQ(told(), "READY=1");
  EXPECT_TRUE(IsRight(*v1::ActivationService::NewStub(Connect(AddressOf(server)))));
  server.Signal(SIGTERM);
  EXPECT_EQ(told(), "STOPPING=1\nEXTEND_TIMEOUT_USEC=100001000");
  EXPECT_EQ(server.Wait(), 0);
  close(manager);
}

// Sends large tensors until it is killed.
int Hammer(const char* target) {
  const auto stub = v1::ActivationService::NewStub(Connect(target));
  const v1::ForwardRequest request = LargeRequest(32 << 20);
  while (true) {
    grpc::ClientContext context;
    v1::ForwardResponse response;
    stub->Forward(&context, request, &response);
  }
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--hammer") == 0) return activation::Hammer(argv[2]);
  activation::own_path = argv[0];
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
