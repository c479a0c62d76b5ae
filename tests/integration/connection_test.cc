// What a connection may do, seen by a client that speaks HTTP/2 byte by byte.
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <map>

#include "activation/options.h"
#include "server/profile.h"
#include "tests/integration/authority.h"
#include "tests/integration/http2_connection.h"
#include "tests/integration/requests.h"
#include "tests/integration/serving.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

std::map<int, uint32_t> SettingsIn(const std::string& payload) {
  std::map<int, uint32_t> settings;
  for (size_t at = 0; at + 6 <= payload.size(); at += 6) {
    uint32_t value = 0;
    for (size_t i = 2; i < 6; ++i) value = value << 8 | static_cast<unsigned char>(payload[at + i]);
    settings[static_cast<unsigned char>(payload[at]) << 8 |
             static_cast<unsigned char>(payload[at + 1])] = value;
  }
  return settings;
}

class ConnectionTest : public ServingTest {
 protected:
  std::map<int, uint32_t> SettingsUnder(Profile profile) {
    Serve(DefaultsOf(profile));
    Http2Connection connection(server_->port());
    connection.Begin();
    const auto frame = connection.Next(Http2Connection::kSettings);
    return frame.has_value() ? SettingsIn(frame->payload) : std::map<int, uint32_t>();
  }
};

TEST_F(ConnectionTest, TheProfileIsWhatTheServerTellsItsClients) {
  auto standard = SettingsUnder(Profile::kStandard);
  EXPECT_EQ(standard[Http2Connection::kMaxConcurrentStreams], 1000u);
  EXPECT_EQ(standard[Http2Connection::kMaxHeaderListSize], 8u << 10);
  auto edge = SettingsUnder(Profile::kEdge);
  EXPECT_EQ(edge[Http2Connection::kMaxConcurrentStreams], 100u);
  EXPECT_EQ(edge[Http2Connection::kMaxHeaderListSize], 8u << 10);
  EXPECT_TRUE(IsRight(*stub_));
  auto trusted = SettingsUnder(Profile::kTrusted);
  EXPECT_EQ(trusted[Http2Connection::kMaxConcurrentStreams], 10000u);
  EXPECT_EQ(trusted[Http2Connection::kMaxHeaderListSize], 64u << 10);
  EXPECT_GE(trusted[Http2Connection::kInitialWindowSize], 1u << 20);
  EXPECT_TRUE(IsRight(*stub_));
}

TEST_F(ConnectionTest, WhoDoesNotBeginIsDisconnected) {
  Config config;
  config.connections.handshake_timeout = absl::Milliseconds(100);
  Serve(config);
  Http2Connection silent(server_->port());
  ASSERT_TRUE(silent.connected());
  EXPECT_TRUE(silent.Ends());
  EXPECT_TRUE(IsRight(*stub_));
}

TEST_F(ConnectionTest, WhoMakesNoCallIsDisconnected) {
  Config config;
  config.connections.max_idle = absl::Milliseconds(100);
  Serve(config);
  Http2Connection idle(server_->port());
  idle.Begin();
  EXPECT_TRUE(idle.Ends());
}

TEST_F(ConnectionTest, WhoDoesNotAnswerPingsIsDisconnected) {
  Config config;
  EXPECT_GT(config.connections.keepalive_time, absl::ZeroDuration());
  config.connections.keepalive_time = absl::Milliseconds(100);
  config.connections.keepalive_timeout = absl::Milliseconds(100);
  Serve(config);
  Http2Connection vanished(server_->port());
  vanished.Begin();
  vanished.Call(1, kStreamMethod, ItemOf(1, SmallRequest()).SerializeAsString(), true);
  EXPECT_TRUE(vanished.Ends());
  EXPECT_TRUE(ReturnsToRest());
}

TEST_F(ConnectionTest, OurOwnClientsPingNoMoreThanTheyMay) {
  const absl::Duration interval = absl::FromChrono(client::ClientOptions().keepalive.time);
  EXPECT_GT(interval, absl::ZeroDuration());
  for (const Profile profile : {Profile::kStandard, Profile::kEdge, Profile::kTrusted}) {
    EXPECT_LT(DefaultsOf(profile).connections.min_ping_interval, interval);
  }
}

TEST_F(ConnectionTest, AgeSendsClientsToConnectAnewAndLosesNoCall) {
  Config config;
  config.connections.max_age = absl::Milliseconds(50);
  Serve(config);
  // Those that are open end; a call at any time is answered.
  for (int ended = 0; ended < 3; ++ended) {
    Http2Connection old(server_->port());
    old.Begin();
    EXPECT_TRUE(IsRight(*stub_));
    EXPECT_TRUE(old.Next(Http2Connection::kGoAway).has_value());
    EXPECT_TRUE(IsRight(*stub_));
  }
}

TEST_F(ConnectionTest, HeadersBeyondTheLimitAreRefused) {
  Serve(DefaultsOf(Profile::kEdge));
  const auto with_header = [this](size_t bytes) {
    grpc::ClientContext context;
    context.AddMetadata("x-large", std::string(bytes, 'x'));
    v1::GetServerInfoResponse response;
    return stub_->GetServerInfo(&context, {}, &response).error_code();
  };
  EXPECT_EQ(with_header(4 << 10), grpc::StatusCode::OK);
  EXPECT_EQ(with_header(12 << 10), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

class UnixSocketTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<Server>> Start(mode_t mode = 0600) {
    Config config;
    config.address = "unix:" + path_;
    config.http_address = "";
    config.socket_mode = mode;
    return Server::Start(config);
  }

  mode_t Mode() const {
    struct stat info {};
    EXPECT_EQ(stat(path_.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  // What a server leaves behind that is killed.
  void LeaveSocketBehind() const {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path_.copy(at.sun_path, sizeof(at.sun_path) - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&at), sizeof(at)), 0);
    ASSERT_EQ(listen(fd, 1), 0);
    close(fd);
  }

  const TestFolder folder_;
  const std::string path_ = folder_.Path("a.sock");
};

TEST_F(UnixSocketTest, ServesItsOwnerUnlessToldOtherwise) {
  const mode_t before = umask(0);
  umask(before);
  for (const mode_t mode : {0600u, 0660u, 0666u, 0777u}) {
    const auto server = Start(mode);
    ASSERT_TRUE(server.ok()) << server.status();
    EXPECT_EQ(Mode(), mode);
    EXPECT_TRUE(IsRight(*v1::ActivationService::NewStub(Connect((*server)->target()))));
  }
  // What else the process makes is as it was.
  const mode_t after = umask(before);
  EXPECT_EQ(after, before);
}

TEST_F(UnixSocketTest, TakesThePlaceOfASocketLeftBehind) {
  LeaveSocketBehind();
  const auto server = Start();
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_EQ(Mode(), 0600u);
  EXPECT_TRUE(IsRight(*v1::ActivationService::NewStub(Connect((*server)->target()))));
}

TEST_F(UnixSocketTest, TakesNoOtherServersPlace) {
  const auto first = Start();
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Start().status();
  EXPECT_TRUE(absl::IsUnavailable(second)) << second;
  EXPECT_THAT(std::string(second.message()), HasSubstr("another server answers there"));
  EXPECT_TRUE(IsRight(*v1::ActivationService::NewStub(Connect((*first)->target()))));
}

TEST_F(UnixSocketTest, LeavesAFileAlone) {
  folder_.Write("a.sock", "precious");
  EXPECT_TRUE(absl::IsInvalidArgument(Start().status()));
  struct stat info {};
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_size, 8);
}

}  // namespace
}  // namespace activation
