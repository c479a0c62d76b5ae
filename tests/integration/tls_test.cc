// The whole server with TLS: whom it lets in, and what happens when its files change.
#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <thread>
#include <vector>

#include "activation/client.h"
#include "server/server.h"
#include "tests/integration/authority.h"
#include "tests/integration/probes.h"
#include "tests/integration/raw_stream.h"
#include "tests/integration/requests.h"

namespace activation {
namespace {

using ::testing::HasSubstr;

// Runs one call of a client of its own with that configuration.
absl::Status CallOnce(client::ClientOptions options) {
  options.retry.max_attempts = 1;
  const float x[] = {-1, 0, 2.5};
  float y[3];
  absl::Status status = client::Client(options).Forward({.function = "relu"},
                                                        absl::MakeConstSpan(x), absl::MakeSpan(y));
  EXPECT_TRUE(!status.ok() || y[2] == 2.5F);
  return status;
}

class TlsTest : public testing::Test {
 protected:
  // The server's certificate from `authority`.
  void Present(const Authority& authority) {
    const Identity identity = authority.Issue("server");
    // The pair does not match until both are written, which the server survives.
    folder_.Write("tls.key", identity.key);
    folder_.Write("tls.crt", identity.certificate);
  }

  Config UsualConfig() {
    Config config;
    config.address = "127.0.0.1:0";
    config.http_address = "127.0.0.1:0";
    config.tls.certificate = folder_.Path("tls.crt");
    config.tls.key = folder_.Path("tls.key");
    config.reload_interval = absl::Milliseconds(10);
    return config;
  }

  void Serve(const Config& config) {
    absl::StatusOr<std::unique_ptr<Server>> server = Server::Start(config);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  void ServeMutually() {
    Present(ours_);
    Config config = UsualConfig();
    config.tls.client_ca = folder_.Write("clients.crt", ours_.certificate());
    Serve(config);
  }

  // Of a client that trusts that authority.
  client::ClientOptions Trusting(const Authority& authority) {
    client::ClientOptions options;
    options.endpoint = server_->target();
    options.connections = 1;
    options.tls.enabled = true;
    options.tls.ca_file = folder_.Write("ca.crt", authority.certificate());
    return options;
  }

  client::ClientOptions As(const Identity& identity) {
    client::ClientOptions options = Trusting(ours_);
    options.tls.certificate_file = folder_.Write("client.crt", identity.certificate);
    options.tls.key_file = folder_.Write("client.key", identity.key);
    return options;
  }

  double Reloads(const std::string& result) const {
    return MetricAt(server_->http_address(),
                    "activation_reloads_total{file=\"certificate\",result=\"" + result + "\"}");
  }

  const TestFolder folder_;
  const Authority ours_{"ours"};
  const Authority other_{"other"};
  std::unique_ptr<Server> server_;
};

TEST_F(TlsTest, ServesThoseWhoTrustItsAuthority) {
  Present(ours_);
  Serve(UsualConfig());
  EXPECT_TRUE(CallOnce(Trusting(ours_)).ok());
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(Trusting(other_))));
  client::ClientOptions plain = Trusting(ours_);
  plain.tls = {};
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(plain)));
  client::ClientOptions misnamed = Trusting(ours_);
  misnamed.tls.server_name = "example.org";
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(misnamed)));
  misnamed.tls.server_name = "localhost";
  EXPECT_TRUE(CallOnce(misnamed).ok());
}

TEST_F(TlsTest, AnExpiredCertificateIsServedAndNobodyTrustsIt) {
  const Identity expired =
      ours_.Issue("server", absl::Now() - absl::Hours(48), absl::Now() - absl::Hours(24));
  folder_.Write("tls.key", expired.key);
  folder_.Write("tls.crt", expired.certificate);
  Serve(UsualConfig());
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(Trusting(ours_))));
  Present(ours_);
  EXPECT_TRUE(Eventually([this] { return CallOnce(Trusting(ours_)).ok(); }));
}

TEST_F(TlsTest, MutualTlsWantsACertificateOfTheRightAuthority) {
  ServeMutually();
  EXPECT_TRUE(CallOnce(As(ours_.Issue("client"))).ok());
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(Trusting(ours_))));
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(As(other_.Issue("client")))));
  const Identity expired =
      ours_.Issue("client", absl::Now() - absl::Hours(48), absl::Now() - absl::Hours(24));
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(As(expired))));
  // None of them has reached a handler.
  EXPECT_EQ(server_->metrics().calls_started(), 1);
}

TEST_F(TlsTest, AHealthCheckUsesTheSameCredentials) {
  ServeMutually();
  const client::Client client(As(ours_.Issue("client")));
  EXPECT_TRUE(client.CheckHealth("").ok());
  EXPECT_FALSE(client::Client(Trusting(ours_)).CheckHealth("").ok());
}

TEST_F(TlsTest, NewConnectionsGetTheNewCertificateWhileOldOnesGoOn) {
  Present(ours_);
  Serve(UsualConfig());
  client::ClientOptions options = Trusting(ours_);
  options.retry.max_attempts = 1;
  const client::Client before(options);
  ASSERT_TRUE(before.GetServerInfo().ok());
  Present(other_);
  EXPECT_TRUE(Eventually([this] { return CallOnce(Trusting(other_)).ok(); }));
  EXPECT_TRUE(absl::IsUnavailable(CallOnce(Trusting(ours_))));
  EXPECT_TRUE(before.GetServerInfo().ok());
}

TEST_F(TlsTest, RotationUnderLoadDropsNoCall) {
  ServeMutually();
  const Identity identity = ours_.Issue("client");
  client::ClientOptions options = As(identity);
  constexpr int kCallers = 4, kRotations = 30, kCallsOfAConnection = 20;
  std::atomic<bool> ended{false};
  std::atomic<int> answered{0}, failed{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&] {
      while (!ended) {
        // Old connections and new ones: a handshake now and then, and no retry hides a failure.
        client::ClientOptions once = options;
        once.retry.max_attempts = 1;
        const client::Client client(once);
        for (int call = 0; call < kCallsOfAConnection; ++call) {
          const float x[] = {-1, 2.5};
          float y[2] = {};
          const absl::Status status =
              client.Forward({.function = "relu"}, absl::MakeConstSpan(x), absl::MakeSpan(y));
          const bool right = status.ok() && y[0] == 0 && y[1] == 2.5F;
          EXPECT_TRUE(right) << status;
          ++(right ? answered : failed);
        }
      }
    });
  }
  for (int rotation = 1; rotation <= kRotations; ++rotation) {
    const int before = answered;
    Present(ours_);
    EXPECT_TRUE(Eventually([&] {
      return failed > 0 || (Reloads("ok") >= rotation && answered >= before + kCallsOfAConnection);
    }));
  }
  ended = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(failed, 0);
}

TEST_F(TlsTest, ClientsThatAreTrustedChangeToo) {
  ServeMutually();
  const Identity theirs = other_.Issue("client");
  EXPECT_FALSE(CallOnce(As(theirs)).ok());
  folder_.Write("clients.crt", other_.certificate());
  EXPECT_TRUE(Eventually([&] { return CallOnce(As(theirs)).ok(); }));
  EXPECT_FALSE(CallOnce(As(ours_.Issue("client"))).ok());
}

TEST_F(TlsTest, ABrokenReloadKeepsServing) {
  Present(ours_);
  Serve(UsualConfig());
  ASSERT_EQ(Reloads("failed"), 0);
  double failed = 0;
  for (const std::string& key : {std::string("no key"), other_.Issue("server").key}) {
    folder_.Write("tls.key", key);
    ++failed;
    ASSERT_TRUE(Eventually([&] { return Reloads("failed") == failed; }));
    EXPECT_TRUE(CallOnce(Trusting(ours_)).ok());
  }
  std::remove(folder_.Path("tls.crt").c_str());
  ++failed;
  ASSERT_TRUE(Eventually([&] { return Reloads("failed") == failed; }));
  EXPECT_TRUE(CallOnce(Trusting(ours_)).ok());
  Present(other_);
  EXPECT_TRUE(Eventually([this] { return CallOnce(Trusting(other_)).ok(); }));
}

TEST_F(TlsTest, MetricsSayWhenCertificatesExpire) {
  ServeMutually();
  const auto days = [this](const std::string& file) {
    const double when =
        MetricAt(server_->http_address(),
                 "activation_certificate_expiry_timestamp_seconds{file=\"" + file + "\"}");
    return absl::FDivDuration(absl::FromUnixSeconds(static_cast<int64_t>(when)) - absl::Now(),
                              absl::Hours(24));
  };
  EXPECT_NEAR(days("certificate"), 30, 1);
  EXPECT_NEAR(days("client_ca"), 365, 1);
}

TEST_F(TlsTest, FilesThatCannotBeUsedEndTheStart) {
  Present(ours_);
  const auto problem_with = [this](const char* name, const std::string& text) {
    Present(ours_);
    folder_.Write(name, text);
    const absl::Status status = Server::Start(UsualConfig()).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    return std::string(status.message());
  };
  EXPECT_THAT(problem_with("tls.crt", "nothing"), HasSubstr("--tls-certificate: "));
  EXPECT_THAT(problem_with("tls.key", "nothing"), HasSubstr("--tls-key: "));
  EXPECT_THAT(problem_with("tls.key", other_.Issue("server").key),
              HasSubstr("does not belong to the certificate"));
  Config config = UsualConfig();
  config.tls.certificate = folder_.Path("absent");
  EXPECT_THAT(std::string(Server::Start(config).status().message()),
              HasSubstr("--tls-certificate: " + config.tls.certificate));
}

TEST_F(TlsTest, ReflectionIsOffWhereOtherMachinesReachTheServer) {
  Present(ours_);
  const auto answers = [this] {
    grpc::SslCredentialsOptions ssl;
    ssl.pem_root_certs = ours_.certificate();
    const auto channel = grpc::CreateChannel("127.0.0.1:" + std::to_string(server_->port()),
                                             grpc::SslCredentials(ssl));
    RawStream stream(*channel, kReflectionMethod);
    // ServerReflectionRequest{list_services: "*"}.
    stream.Write("\x3a\x01*");
    return stream.Read() != "closed";
  };
  Config config = UsualConfig();
  Serve(config);
  EXPECT_TRUE(answers());
  config.address = "0.0.0.0:0";
  Serve(config);
  EXPECT_FALSE(answers());
  config.reflection = Reflection::kOn;
  Serve(config);
  EXPECT_TRUE(answers());
}

}  // namespace
}  // namespace activation
