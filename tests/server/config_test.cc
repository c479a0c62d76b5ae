#include "server/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace activation {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

CommandLine Parse(const std::vector<std::string>& args, const Environment& environment = {}) {
  return ParseCommandLine(args, environment);
}

// A configuration file that is removed again.
class ConfigFile {
 public:
  explicit ConfigFile(const std::string& text)
      : path_(testing::TempDir() + "/config_test_" + std::to_string(getpid()) + ".toml") {
    std::ofstream(path_) << text;
  }
  ~ConfigFile() { std::filesystem::remove(path_); }
  std::string flag() const { return "--config=" + path_; }

 private:
  const std::string path_;
};

TEST(ConfigTest, DefaultsServeLoopback) {
  const CommandLine line = Parse({});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->address, "127.0.0.1:50051");
  EXPECT_EQ(line.config->http_address, "127.0.0.1:8080");
  EXPECT_EQ(line.config->limits.max_items, Limits().max_items);
  EXPECT_FALSE(line.config->insecure);
}

TEST(ConfigTest, SharedMemoryIsOffUntilTurnedOn) {
  EXPECT_FALSE(Parse({}).config->shared_memory.enabled);
  const CommandLine line =
      Parse({"--shared-memory=on", "--shared-memory-prefix=/mine-", "--shared-memory-lease=1m",
             "--max-shared-memory-regions=7", "--max-shared-memory-bytes=1GiB"});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_TRUE(line.config->shared_memory.enabled);
  EXPECT_EQ(line.config->shared_memory.prefix, "/mine-");
  EXPECT_EQ(line.config->shared_memory.lease, absl::Minutes(1));
  EXPECT_EQ(line.config->limits.max_shared_memory_regions, 7);
  EXPECT_EQ(line.config->limits.max_shared_memory_bytes, 1 << 30);
  for (const char* prefix : {"mine-", "/a/b", ""}) {
    const CommandLine wrong = Parse({std::string("--shared-memory-prefix=") + prefix});
    EXPECT_THAT(wrong.error, HasSubstr("--shared-memory-prefix")) << prefix;
  }
  EXPECT_THAT(Parse({"--max-shared-memory-regions=4097"}).error, HasSubstr("from 1 to 4096"));
}

TEST(ConfigTest, TheBackendAndItsBatchesAreSet) {
  const CommandLine usual = Parse({});
  EXPECT_EQ(usual.config->backend, Placement::kAuto);
  EXPECT_EQ(usual.config->batch_delay, absl::Microseconds(50));
  const CommandLine line =
      Parse({"--backend=cuda", "--batch-delay=0s", "--batch-jobs=64", "--staging-bytes=256MiB"});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->backend, Placement::kCuda);
  EXPECT_EQ(line.config->batch_delay, absl::ZeroDuration());
  EXPECT_EQ(line.config->batch_jobs, 64);
  EXPECT_EQ(line.config->staging_bytes, 256 << 20);
}

TEST(ConfigTest, ReadsEveryKindOfFlag) {
  const CommandLine line =
      Parse({"--address=[::1]:0", "--http-address", "off", "--threads=3",
             "--max-message-bytes=4MiB", "--drain-delay=1m30s", "--log-format=json",
             "--log-level=debug", "--reflection=off", "--page=off"});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->address, "[::1]:0");
  EXPECT_EQ(line.config->http_address, "");
  EXPECT_EQ(line.config->threads, 3);
  EXPECT_EQ(line.config->limits.max_message_bytes, 4 << 20);
  EXPECT_EQ(line.config->drain_delay, absl::Seconds(90));
  EXPECT_EQ(line.config->log_format, LogFormat::kJson);
  EXPECT_EQ(line.config->log_level, "debug");
  EXPECT_EQ(line.config->reflection, Reflection::kOff);
  EXPECT_FALSE(line.config->page);
}

TEST(ConfigTest, FlagWinsOverEnvironmentOverFile) {
  const ConfigFile file("threads = 1\nmax-items = 1\nmax-rank = 1\ninsecure = true\n");
  const CommandLine line = Parse({file.flag(), "--threads=3"},
                                 {{"ACTIVATION_THREADS", "2"}, {"ACTIVATION_MAX_ITEMS", "2"}});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->threads, 3);
  EXPECT_EQ(line.config->limits.max_items, 2);
  EXPECT_EQ(line.config->limits.max_rank, 1);
  EXPECT_TRUE(line.config->insecure);
}

TEST(ConfigTest, EnvironmentNamesTheFile) {
  const ConfigFile file("drain-timeout=7s\n");
  const CommandLine line = Parse({}, {{"ACTIVATION_CONFIG", file.flag().substr(9)}});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->drain_timeout, absl::Seconds(7));
}

TEST(ConfigTest, EmptyHttpAddressServesNone) {
  EXPECT_EQ(Parse({"--http-address="}).config->http_address, "");
  EXPECT_EQ(Parse({}, {{"ACTIVATION_HTTP_ADDRESS", ""}}).config->http_address, "");
}

struct BadFlag {
  const char* arg;
  const char* says;
};

void PrintTo(const BadFlag& flag, std::ostream* out) { *out << flag.arg; }

class BadFlagTest : public testing::TestWithParam<BadFlag> {};

TEST_P(BadFlagTest, IsRefusedInOneLineThatNamesIt) {
  const CommandLine line = Parse({GetParam().arg});
  EXPECT_FALSE(line.config.has_value());
  EXPECT_EQ(line.exit_code, 2);
  const std::string flag =
      std::string(GetParam().arg).substr(0, std::string(GetParam().arg).find('='));
  EXPECT_THAT(line.error, HasSubstr(flag));
  EXPECT_THAT(line.error + "\n", HasSubstr(GetParam().says));
  EXPECT_EQ(std::count(line.error.begin(), line.error.end(), '\n'), 0) << line.error;
}

INSTANTIATE_TEST_SUITE_P(
    Config, BadFlagTest,
    testing::Values(
        BadFlag{"--threads=abc", "from 0 to 1024"}, BadFlag{"--threads=-1", "from 0 to"},
        BadFlag{"--threads=99999999999999999999", "from 0 to 1024"},
        BadFlag{"--max-message-bytes=9GiB", "from 1024 to 2147483647"},
        BadFlag{"--max-items=0", "from 1 to"}, BadFlag{"--drain-delay=soon", "0s to 1h"},
        BadFlag{"--drain-timeout=-1s", "0s to 1h"}, BadFlag{"--address=nowhere", "host:port"},
        BadFlag{"--address=1.2.3.4:70000", "65535"}, BadFlag{"--address=::1:5", "[::1]"},
        BadFlag{"--address=[localhost:5", "[::1]"}, BadFlag{"--address=[[:0", "[::1]"},
        BadFlag{"--address=[::1]]:0", "[::1]"}, BadFlag{"--http-address=unix:/x", "host:port"},
        BadFlag{"--http-address=localhost", "as 127.0.0.1:8080, or off, not 'localhost'"},
        BadFlag{"--log-format=xml", "auto|json|text"}, BadFlag{"--reflection=maybe", "auto"},
        BadFlag{"--config=/does/not/exist", "/does/not/exist: cannot be read: No such file"},
        BadFlag{"--backend=gpu", "auto|cpu|cuda"}, BadFlag{"--batch-delay=2s", "0s to 1s"},
        BadFlag{"--batch-jobs=0", "from 1 to"}, BadFlag{"--staging-bytes=1KiB", "from 1048576"},
        BadFlag{"--socket-mode=rw", "octal"}, BadFlag{"--socket-mode=1777", "0777"},
        BadFlag{"--socket-mode=0680", "octal"}, BadFlag{"--profile=open", "edge|standard|trusted"},
        BadFlag{"--reload-interval=0s", "from 1ms to 1h"},
        BadFlag{"--max-queue-time=0s", "from 1ms to 1h"},
        BadFlag{"--min-ping-interval=0s", "from 1ms to 24h"},
        BadFlag{"--handshake-timeout=0s", "from 1ms to 1h"},
        BadFlag{"--max-connection-idle=1us", "0s to 24h"},
        BadFlag{"--max-concurrent-streams=1", "from 2 to"},
        BadFlag{"--drain-delay=inf", "0s to 1h"}, BadFlag{"--drain-delay=nan", "0s to 1h"},
        BadFlag{"--max-connection-age=25h", "0s to 24h"},
        BadFlag{"--window-bytes=1KiB", "from 65536"}, BadFlag{"--insecure=2x", "true or false"},
        BadFlag{"--qqqqqq=1", "there is no flag --qqqqqq\n"},
        BadFlag{"--adress=x", "; did you mean '--address'?"},
        BadFlag{"--max_items=3", "; did you mean '--max-items'?"},
        BadFlag{"--Threads", "; did you mean '--threads'?"},
        BadFlag{"--tls-cert=x", "; did you mean '--tls-certificate'?"},
        BadFlag{"-v", "there is no flag -v"}, BadFlag{"stray", "takes the argument 'stray'"},
        BadFlag{"--shared-memory", "has no value; write --shared-memory=off|on"},
        BadFlag{"--threads", "--threads: has no value; write --threads=N"}));

TEST(ConfigTest, AnUnknownFlagIsNamedBesideItsValue) {
  EXPECT_THAT(Parse({"--tokenfile", "x"}).error,
              HasSubstr("there is no flag --tokenfile; did you mean '--token-file'?"));
}

TEST(ConfigTest, MisspeltVariablesAreRefused) {
  const CommandLine line = Parse({}, {{"ACTIVATION_TOKEN_FLIE", "x"}});
  EXPECT_EQ(line.exit_code, 2);
  EXPECT_THAT(line.error, HasSubstr("there is no variable ACTIVATION_TOKEN_FLIE; did you mean "
                                    "'ACTIVATION_TOKEN_FILE'?"));
  EXPECT_EQ(Parse({}, {{"ACTIVATION_TLS_CERT", "x"}}).exit_code, 2);
  // What is the client's, and what Kubernetes sets for a Service named activation.
  for (const std::string other :
       {"CLIENT_TOKEN_FILE", "CLIENT_TLS_KEY", "CONNECTIONS", "DEADLINE", "VERSION", "PORT",
        "SERVICE_HOST", "SERVICE_PORT", "SERVICE_PORT_GRPC", "PORT_50051_TCP",
        "PORT_50051_TCP_ADDR", "PORT_50051_TCP_PORT", "PORT_50051_TCP_PROTO"}) {
    const CommandLine fine = Parse({}, {{"ACTIVATION_" + other, "tcp://10.0.0.1:50051"}});
    EXPECT_TRUE(fine.config.has_value()) << fine.error;
  }
}

// Without its value a server would start that asks for less than it was told to.
TEST(ConfigTest, AnEmptyNameOfAFileIsRefusedWhereverItStands) {
  for (const std::string name : {"tls-certificate", "tls-key", "tls-client-ca", "token-file"}) {
    std::string variable = "ACTIVATION_" + name;
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(toupper(c));
    const CommandLine environment = Parse({}, {{variable, ""}});
    EXPECT_EQ(environment.exit_code, 2) << name;
    EXPECT_THAT(environment.error, HasSubstr(variable + ": names a file and is empty"));
    for (const std::string value : {"\"\"", "''", ""}) {
      const ConfigFile file(absl::StrCat(name, " = ", value, "\n"));
      const CommandLine line = Parse({file.flag()});
      EXPECT_EQ(line.exit_code, 2) << name << " = " << value;
      EXPECT_THAT(line.error, HasSubstr(name)) << value;
    }
    for (const std::vector<std::string>& args :
         {std::vector<std::string>{"--" + name + "=", "--address=127.0.0.1:1"},
          std::vector<std::string>{"--" + name, "", "--address=127.0.0.1:1"},
          std::vector<std::string>{"--address=127.0.0.1:1", "--" + name + "="}}) {
      const CommandLine line = Parse(args);
      EXPECT_EQ(line.exit_code, 2) << name;
      EXPECT_THAT(line.error, HasSubstr("--" + name + ": names a file and is empty"));
    }
  }
  EXPECT_THAT(Parse({}, {{"ACTIVATION_CONFIG", ""}}).error, HasSubstr("ACTIVATION_CONFIG: names"));
  EXPECT_THAT(Parse({"--config="}).error, HasSubstr("--config: names"));
  EXPECT_THAT(Parse({"--config", ""}).error, HasSubstr("--config: names"));
}

TEST(ConfigTest, ARefusalKnowsTheFormOfTheLog) {
  const std::string bad = "--threads=many";
  const Environment json = {{"ACTIVATION_LOG_FORMAT", "json"}};
  EXPECT_EQ(Parse({bad}).log_format, LogFormat::kAuto);
  EXPECT_EQ(Parse({bad}, json).log_format, LogFormat::kJson);
  EXPECT_EQ(Parse({bad, "--log-format=text"}, json).log_format, LogFormat::kText);
  EXPECT_EQ(Parse({"--log-format=json", "--log-format", "text", bad}).log_format, LogFormat::kText);
  EXPECT_EQ(Parse({bad, "--log-format=yaml"}).log_format, LogFormat::kAuto);
  const ConfigFile file("log-format=json\ntls-key=a\n");
  EXPECT_EQ(Parse({file.flag()}).log_format, LogFormat::kJson);
}

TEST(ConfigTest, OnlyBytesHaveUnits) {
  EXPECT_EQ(Parse({"--max-stream-bytes=2KiB"}).config->limits.max_stream_bytes, 2048);
  for (const char* count : {"--threads=1KiB", "--max-rank=1KiB", "--batch-jobs=1KiB",
                            "--max-elements=1MiB", "--max-items=1GiB"}) {
    EXPECT_THAT(Parse({count}).error, HasSubstr("must be a whole number from ")) << count;
  }
  const std::string help = Parse({"--help"}).output;
  EXPECT_THAT(help, HasSubstr("--batch-jobs N"));
  EXPECT_THAT(help, HasSubstr("launch (1 to 1048576)"));
  EXPECT_THAT(help, HasSubstr("--staging-bytes BYTES [128MiB]"));
  EXPECT_THAT(help, HasSubstr("DURATION is as 500ms, 5s or 1m30s; BYTES as 4096, 4KiB, 64MiB"));
}

TEST(ConfigTest, APathThatIsTooLongForASocketIsRefused) {
  const std::string longest = "unix:" + std::string(107, 'a');
  EXPECT_EQ(Parse({"--address=" + longest}).config->address, longest);
  const CommandLine line = Parse({"--address=" + longest + "a"});
  EXPECT_EQ(line.exit_code, 2);
  EXPECT_THAT(line.error, HasSubstr("--address: the path of a socket has at most 107 bytes"));
}

TEST(ConfigTest, AFlagWithoutItsValueTakesNoOther) {
  const CommandLine line = Parse({"--threads=", "3"});
  EXPECT_EQ(line.exit_code, 2);
  EXPECT_THAT(line.error, HasSubstr("--threads: has no value; write --threads=N"));
  EXPECT_EQ(Parse({"--address=", "unix:/x"}).exit_code, 2);
  // What is empty in the environment and names no file counts as absent.
  EXPECT_TRUE(Parse({}, {{"ACTIVATION_THREADS", ""}}).config.has_value());
}

struct BadFile {
  const char* text;
  const char* says;
};

TEST(ConfigTest, WhatIsWrongInAFileIsNamedWithItsLine) {
  for (const BadFile& bad : {
           BadFile{"qqqqqq = 4\n", "line 1: there is no setting 'qqqqqq'\n"},
           BadFile{"# a\n\nadress = \"x\"\n",
                   "line 3: there is no setting 'adress'; did you mean 'address'?"},
           BadFile{"threads = 2\nmax-items = many\n", "line 2: --max-items: must be a whole"},
           BadFile{"threads = 2\ninsecure = maybe\n", "line 2: --insecure: must be true or false"},
           BadFile{"drain-delay\n", "line 1: drain-delay has no value"},
           BadFile{"threads = 3\nmax-rank = 3\nthreads = 4\n",
                   "line 3: threads is there already, on line 1"},
           BadFile{"[server]\nthreads = 3\n", "line 1: settings have no sections"},
           BadFile{"threads = [1, 2]\n", "line 1: --threads: must be a whole"},
           BadFile{"threads = 1 2\n", "line 1: --threads: must be a whole"},
           BadFile{"address = \"unix:/a\n", "line 1: address: a quote is not closed"},
           BadFile{"address = 'unix:/a' b\n", "line 1: address: there is more after"},
           BadFile{" = 3\n", "line 1: there is no name"},
           BadFile{"config = other.toml\n", "line 1: there is no setting 'config'"},
           BadFile{"help = true\n", "line 1: there is no setting 'help'"},
           BadFile{"\xff\x01\x1b[31m = 1\n",
                   "line 1: there is no setting '?"
                   "?"
                   "?[31m'"},
       }) {
    const ConfigFile file(bad.text);
    const CommandLine line = Parse({file.flag()});
    EXPECT_EQ(line.exit_code, 2) << bad.text;
    EXPECT_THAT(line.error, HasSubstr(file.flag().substr(9) + ": ")) << bad.text;
    EXPECT_THAT(line.error + "\n", HasSubstr(bad.says)) << bad.text;
    EXPECT_EQ(std::count(line.error.begin(), line.error.end(), '\n'), 0) << line.error;
  }
}

TEST(ConfigTest, ValuesOfAFileAreTakenWhole) {
  const ConfigFile file(
      "address = unix:/with a space, and a comma  # a comment\n"
      "token-file='/with # in it'\r\n"
      "; another comment\n"
      "\"threads\" = \"3\"\n"
      "insecure\n"
      "insecure-http = off");
  const CommandLine line = Parse({file.flag()});
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->address, "unix:/with a space, and a comma");
  EXPECT_EQ(line.config->token_file, "/with # in it");
  EXPECT_EQ(line.config->threads, 3);
  EXPECT_TRUE(line.config->insecure);
  EXPECT_FALSE(line.config->insecure_http);
}

// Whoever may write it may turn off what it asks for.
TEST(ConfigTest, AFileThatEveryoneMayWriteIsRefused) {
  const ConfigFile file("threads = 3\n");
  std::filesystem::permissions(file.flag().substr(9), std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  EXPECT_THAT(Parse({file.flag()}).error, HasSubstr("may be written by every user"));
}

TEST(ConfigTest, AFileThatIsNoneIsNamed) {
  EXPECT_THAT(Parse({"--config=/"}).error, HasSubstr("--config: /: cannot be read: Is a dir"));
  EXPECT_THAT(Parse({"--config=/nowhere"}).error, HasSubstr("/nowhere: cannot be read: No such"));
}

TEST(ConfigTest, OnePortIsNotServedTwice) {
  EXPECT_THAT(Parse({"--address=127.0.0.1:8080"}).error, HasSubstr("a port of its own"));
  EXPECT_TRUE(Parse({"--address=127.0.0.1:0", "--http-address=127.0.0.1:0"}).config.has_value());
  EXPECT_TRUE(Parse({"--address=127.0.0.2:8080"}).config.has_value());
}

TEST(ConfigTest, OtherMachinesNeedInsecure) {
  for (const char* flag :
       {"--address=0.0.0.0:0", "--http-address=[::]:0", "--address=example.org:1"}) {
    const CommandLine refused = Parse({flag});
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.error, HasSubstr("--insecure"));
    EXPECT_TRUE(Parse({flag, "--insecure"}).config.has_value());
  }
  // HTTP has none, whatever gRPC has; and what it may do says nothing about gRPC.
  EXPECT_TRUE(Parse({"--http-address=[::]:0", "--insecure-http"}).config.has_value());
  EXPECT_EQ(Parse({"--address=0.0.0.0:0", "--insecure-http"}).exit_code, 2);
  for (const char* flag : {"--address=127.1.2.3:0", "--address=[::1]:0", "--address=localhost:0",
                           "--address=unix:/tmp/a.sock"}) {
    EXPECT_TRUE(Parse({flag}).config.has_value()) << flag;
  }
}

TEST(ConfigTest, TlsServesOtherMachines) {
  const std::vector<std::string> tls = {"--address=0.0.0.0:0", "--tls-certificate=a",
                                        "--tls-key=b"};
  const CommandLine line = Parse(tls);
  ASSERT_TRUE(line.config.has_value()) << line.error;
  EXPECT_EQ(line.config->tls.certificate, "a");
  EXPECT_EQ(line.config->tls.key, "b");
  EXPECT_FALSE(line.config->tls.mutual());
  std::vector<std::string> with_http = tls;
  with_http.emplace_back("--http-address=0.0.0.0:0");
  EXPECT_THAT(Parse(with_http).error, HasSubstr("--insecure-http"));
  for (const char* half : {"--tls-certificate=a", "--tls-key=b", "--tls-client-ca=c"}) {
    EXPECT_THAT(Parse({half}).error, HasSubstr("is of no use without")) << half;
  }
}

TEST(ConfigTest, TokensDoNotCrossTheNetworkInTheClear) {
  EXPECT_TRUE(Parse({"--token-file=t"}).config.has_value());
  EXPECT_TRUE(Parse({"--token-file=t", "--address=unix:/x"}).config.has_value());
  const CommandLine refused = Parse({"--token-file=t", "--address=0.0.0.0:0"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.error, HasSubstr("tokens could be read on their way"));
  EXPECT_TRUE(Parse({"--token-file=t", "--address=0.0.0.0:0", "--insecure"}).config.has_value());
}

TEST(ConfigTest, HelpBeginsWithWhatItIsAndExamples) {
  const CommandLine line = Parse({"--help"});
  EXPECT_EQ(line.exit_code, 0);
  EXPECT_FALSE(line.config.has_value());
  EXPECT_THAT(line.output, StartsWith("Serves activation functions"));
  EXPECT_LT(line.output.find("Examples:"), line.output.find("--address ADDRESS"));
  EXPECT_THAT(line.output, HasSubstr("[127.0.0.1:50051]"));
}

TEST(ConfigTest, VersionIsPrinted) {
  EXPECT_EQ(Parse({"--version"}).output, std::string("activation-server ") + Version() + "\n");
}

}  // namespace
}  // namespace activation
