#include "client/src/credentials.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "activation/client.h"
#include "client/src/token_file.h"

namespace activation::client {
namespace {

using ::testing::HasSubstr;

class CredentialsTest : public testing::Test {
 protected:
  void TearDown() override {
    for (const std::string& path : written_) std::filesystem::remove(path);
  }

  std::string Write(const std::string& name, const std::string& text) {
    written_.push_back(testing::TempDir() + "/credentials_" + std::to_string(getpid()) + "_" +
                       name);
    std::ofstream(written_.back()) << text;
    return written_.back();
  }

  static std::string ProblemWith(const ClientOptions& options) {
    return std::string(NewCredentials(options).status().message());
  }

  std::vector<std::string> written_;
};

TEST_F(CredentialsTest, EveryFileThatCannotBeUsedIsNamed) {
  ClientOptions options;
  options.tls.enabled = true;
  EXPECT_EQ(ProblemWith(options), "");
  options.tls.ca_file = "/does/not/exist";
  EXPECT_THAT(ProblemWith(options), HasSubstr("tls.ca_file: /does/not/exist"));
  options.tls.ca_file = Write("ca", "no certificate");
  EXPECT_THAT(ProblemWith(options), HasSubstr("has no certificate in PEM form"));
  options.tls.ca_file = testing::TempDir();
  EXPECT_THAT(ProblemWith(options), HasSubstr("tls.ca_file: "));
  options.tls.ca_file.clear();
  options.tls.certificate_file = Write("crt", "-----BEGIN CERTIFICATE-----");
  EXPECT_THAT(ProblemWith(options), HasSubstr("tls.certificate_file and tls.key_file"));
  options.tls.key_file = options.tls.certificate_file;
  EXPECT_THAT(ProblemWith(options), HasSubstr("tls.key_file"));
}

TEST_F(CredentialsTest, APipeThatNobodyWritesToIsNotWaitedFor) {
  ClientOptions options;
  options.tls.enabled = true;
  options.tls.ca_file = Write("pipe", "");
  std::filesystem::remove(options.tls.ca_file);
  ASSERT_EQ(mkfifo(options.tls.ca_file.c_str(), 0600), 0);
  EXPECT_EQ(ProblemWith(options),
            "tls.ca_file: " + options.tls.ca_file + " is a pipe that nobody has written to");
}

TEST_F(CredentialsTest, APipeThatSomebodyHoldsOpenIsWaitedForAsLongAsAsked) {
  const std::string path = Write("held", "");
  std::filesystem::remove(path);
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  // What was written would go with the last who has the pipe open.
  const int reader = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int writer = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_GE(writer, 0);
  const auto read = ReadOptionFile("token_file", path, absl::ZeroDuration());
  EXPECT_THAT(std::string(read.status().message()), HasSubstr(path + " cannot be read: "));
  ASSERT_EQ(write(writer, "0123456789abcdef", 16), 16);
  std::thread closing([writer] { close(writer); });
  const auto token = TokenFile::Open(path);
  closing.join();
  close(reader);
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ((*token)->Authorization(), "Bearer 0123456789abcdef");
}

TEST_F(CredentialsTest, ATokenDoesNotCrossTheNetworkInTheClear) {
  ClientOptions options;
  options.token_file = Write("token", "0123456789abcdef\n");
  EXPECT_EQ(ProblemWith(options), "");
  options.endpoint = "dns:///activation.example:50051";
  EXPECT_THAT(ProblemWith(options), HasSubstr("token_file: would be sent in the clear"));
  options.insecure_token = true;
  EXPECT_EQ(ProblemWith(options), "");
  options.insecure_token = false;
  options.tls.enabled = true;
  EXPECT_EQ(ProblemWith(options), "");
}

TEST(IsLocalTest, LoopbackAndUnixSocketsAlone) {
  for (const char* local :
       {"unix:/x", "unix:///x", "unix-abstract:x", "localhost:1", "127.0.0.1:1", "127.8.9.1:1",
        "[::1]:1", "[::1]", "localhost", "dns:///localhost:1", "ipv4:127.0.0.1:1"}) {
    EXPECT_TRUE(IsLocal(local)) << local;
  }
  for (const char* other :
       {"10.0.0.1:1", "127.example.org:1", "localhost.example.org:1", "dns:///name:1",
        "[2001:db8::1]:1", "[2001:db8::1]", "ipv4:127.0.0.1:1,10.0.0.1:1", ""}) {
    EXPECT_FALSE(IsLocal(other)) << other;
  }
}

TEST_F(CredentialsTest, ATokenFileHoldsATokenAlone) {
  const auto token = TokenFile::Open(Write("good", "  0123456789abcdef \n"));
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ((*token)->Authorization(), "Bearer 0123456789abcdef");
  for (const char* text : {"", "\n", "two words", "name 0123456789abcdef all\n", "caf\xc3\xa9"}) {
    EXPECT_THAT(std::string(TokenFile::Open(Write("bad", text)).status().message()),
                HasSubstr("token_file: "))
        << text;
  }
}

TEST_F(CredentialsTest, ASecretForAPathIsNotShown) {
  const auto problem_with = [](const std::string& path) {
    return std::string(TokenFile::Open(path).status().message());
  };
  for (const char* token : {"Zk3vQ0wP8xT1mN6bR4yH2sJ7", "Zk3vQ0w/8xT1mN6bR4yH+sJ7=="}) {
    EXPECT_EQ(problem_with(token),
              "token_file: names no file; it is not shown, as it may be the token");
  }
  const std::string absent = Write("token", "0123456789abcdef") + ".txt";
  EXPECT_THAT(problem_with(absent), HasSubstr(absent + " cannot be read: No such file"));
  ClientOptions options;
  options.tls.enabled = true;
  options.tls.ca_file = "-----BEGIN CERTIFICATE-----";
  EXPECT_EQ(ProblemWith(options), "tls.ca_file: wants the path of a file and got its text");
  options.tls = {.enabled = true,
                 .certificate_file = Write("certificate", "-----BEGIN CERTIFICATE-----"),
                 .key_file = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0"};
  EXPECT_EQ(ProblemWith(options),
            "tls.key_file: names no file; it is not shown, as it may be the key");
}

// Nobody listens there: it is the options that are said to be wrong, not the server.
TEST_F(CredentialsTest, CallsOfAClientWithBadOptionsSayWhatIsWrong) {
  ClientOptions options;
  options.endpoint = "127.0.0.1:1";
  options.token_file = "/does/not/exist";
  const Client client(options);
  const absl::Status call = client.GetServerInfo().status();
  EXPECT_TRUE(absl::IsInvalidArgument(call)) << call;
  EXPECT_THAT(std::string(call.message()), HasSubstr("token_file: /does/not/exist"));
  EXPECT_TRUE(absl::IsInvalidArgument(client.CheckHealth("")));
}

}  // namespace
}  // namespace activation::client
