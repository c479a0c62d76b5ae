#include "server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "rpc/said_of_flag.h"
#include "server/address.h"
#include "server/flags.h"
#include "server/profile.h"
#include "server/setting_sources.h"
#include "server/shared_memory/fault_guard.h"
#include "src/base/words.h"

namespace activation {
namespace {

constexpr char kListening[] = "Listening";
constexpr char kAccess[] = "Access";
constexpr char kConnections[] = "Connections";
constexpr char kSharedMemory[] = "Shared memory";
constexpr char kBackends[] = "Backends";
constexpr char kLimits[] = "Limits";
constexpr char kLife[] = "Shutdown";
constexpr char kLogs[] = "Logs";

constexpr char kLogFormat[] = "log-format";

const std::map<std::string, LogFormat>& LogFormats() {
  static const auto* const formats = new std::map<std::string, LogFormat>{
      {"auto", LogFormat::kAuto}, {"text", LogFormat::kText}, {"json", LogFormat::kJson}};
  return *formats;
}

constexpr char kHelpHead[] =
    R"(Serves activation functions, forward and gradient, over gRPC.

Examples:
  activation-server
      serves gRPC on 127.0.0.1:50051; page, metrics and health on 127.0.0.1:8080
  activation-server --address=unix:/run/activation/server.sock --http-address=off
      serves only a unix socket
  activation-server --address=0.0.0.0:50051 --tls-certificate=tls.crt --tls-key=tls.key
      serves other machines with TLS; --tls-client-ca and --token-file say who may call
  activation-server --address=0.0.0.0:50051 --insecure --drain-delay=5s
      serves other machines without TLS, and drains as Kubernetes expects
  ACTIVATION_LOG_FORMAT=json activation-server --config=activation.conf
      takes settings from the environment and from a file
)";

constexpr char kHelpFoot[] =
    "Every flag can also be set as an environment variable ACTIVATION_<FLAG> (--drain-delay is\n"
    "ACTIVATION_DRAIN_DELAY) or as a line of the --config file (drain-delay=5s). A flag wins over\n"
    "the environment, the environment over the file. SIGTERM drains; a second one ends\n"
    "--drain-delay, and then, or where there is none, one more cancels what still runs.\n"
    "SIGHUP has certificates and tokens read again.\n"
    "DURATION is as 500ms, 5s or 1m30s; BYTES as 4096, 4KiB, 64MiB or 8GiB.";

// The flags of one Config.
class ConfigFlags : private Flags {
 public:
  ConfigFlags(CLI::App* app, Config* config) : Flags(app), config_(config) {}

  void AddAll() {
    Add(kListening, "address", config_->address,
        "Where gRPC is served: host:port, [v6]:port or unix:path; port 0 lets the system choose",
        "ADDRESS", [config = config_](const std::string& text) {
          return ReadAddress(text, false, &config->address);
        });
    Add(kListening, "http-address", config_->http_address,
        "Where the status page, /metrics, /healthz and /readyz are served; 'off' serves none",
        "ADDRESS", [config = config_](const std::string& text) {
          if (!text.empty() && text != "off") return ReadAddress(text, true, &config->http_address);
          config->http_address.clear();
          return std::string();
        });
    Choice<bool>(kListening, "page", &config_->page, {{"off", false}, {"on", true}},
                 "Whether --http-address has the status page and /api, which compute for whoever "
                 "reaches it; metrics and health are there anyhow");
    Choice<Profile>(
        kListening, "profile", &config_->profile,
        {{"standard", Profile::kStandard},
         {"edge", Profile::kEdge},
         {"trusted", Profile::kTrusted}},
        "Defaults of limits, connections and reflection; edge: for clients that may be hostile; "
        "trusted: for few of your own");
    Mode(kListening, "socket-mode", &config_->socket_mode, "Permissions of a unix socket");
    AddAccess();
    AddReflection();
    AddConnections();
    AddSharedMemory();
    AddBackends();
    AddLimits();
    AddLife();
    AddLogs();
  }

 private:
  static std::string ReadAddress(const std::string& text, bool for_http, std::string* value) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    if (for_http && !(address.ok() && address->IsNumber())) {
      return absl::StrCat(
          "must be host:port with a host in numbers or localhost and a port from 0 "
          "to 65535, as 127.0.0.1:8080, or off, not '",
          Echo(text), "'");
    }
    if (!address.ok()) return std::string(address.status().message());
    *value = text;
    return "";
  }

  void AddAccess() {
    Switch(kAccess, "insecure", &config_->insecure,
           "Allow addresses that other machines can reach, although there is no TLS");
    Switch(kAccess, "insecure-http", &config_->insecure_http,
           "Allow the same of --http-address alone: HTTP never has TLS");
    File(kAccess, "tls-certificate", &config_->tls.certificate,
         "Serve gRPC with TLS: PEM of the server's certificate and those up to its root");
    File(kAccess, "tls-key", &config_->tls.key, "PEM of its private key, without a passphrase");
    File(kAccess, "tls-client-ca", &config_->tls.client_ca,
         "Clients must present a certificate that one in this PEM has signed (mTLS)");
    File(kAccess, "token-file", &config_->token_file,
         "Calls need a bearer token of this file, with a name, a token and groups a line; groups "
         "are compute, inspect, shared-memory, all, with commas between");
    Duration(kAccess, "reload-interval", &config_->reload_interval,
             "How often these files are looked at again", {.low = absl::Milliseconds(1)});
  }

  void AddReflection() {
    Choice<Reflection>(
        kAccess, "reflection", &config_->reflection,
        {{"auto", Reflection::kAuto}, {"on", Reflection::kOn}, {"off", Reflection::kOff}},
        "Whether clients may ask for the schema; auto: where only this machine can");
  }

  void AddSharedMemory() {
    shared_memory::Options& options = config_->shared_memory;
    Choice<bool>(kSharedMemory, "shared-memory", &options.enabled, {{"off", false}, {"on", true}},
                 "Let clients of this machine hand tensors over in POSIX shared memory");
    Add(kSharedMemory, "shared-memory-prefix", options.prefix,
        "What the names of their objects begin with; others are refused", "NAME",
        [&options](const std::string& text) {
          if (!absl::StartsWith(text, "/") || absl::StrContains(text.substr(1), '/')) {
            return std::string("must begin with a slash and have no other");
          }
          options.prefix = text;
          return std::string();
        });
    Duration(kSharedMemory, "shared-memory-lease", &options.lease,
             "How long a region may lie unused before it ends, unless its client says",
             {.low = absl::Seconds(1)});
    Number(kSharedMemory, "max-shared-memory-regions", &config_->limits.max_shared_memory_regions,
           1, shared_memory::FaultGuard::kMost, "Most regions of all clients together");
    Bytes(kSharedMemory, "max-shared-memory-bytes", &config_->limits.max_shared_memory_bytes, 1,
          int64_t{1} << 40, "Most bytes of these regions");
  }

  void AddBackends() {
    Choice<Placement>(
        kBackends, "backend", &config_->backend,
        {{"auto", Placement::kAuto}, {"cpu", Placement::kCpu}, {"cuda", Placement::kCuda}},
        "What computes where a request does not say; auto: what is done first; cuda: "
        "not ready without a device");
    Number(kBackends, "threads", &config_->threads, 0, 1024,
           "Workers for large tensors; 0 means one a processor");
    Number(kBackends, "pollers", &config_->pollers, 0, 256,
           "Threads that read requests, compute small tensors and write replies; 0 means one, and "
           "more while these are busy and processors idle");
    Duration(kBackends, "batch-delay", &config_->batch_delay,
             "How long a small tensor waits for others to share a CUDA launch with; 0s: not at all",
             {.high = absl::Seconds(1), .unit = absl::Nanoseconds(1)});
    Number(kBackends, "batch-jobs", &config_->batch_jobs, 1, int64_t{1} << 20,
           "Most tensors in one CUDA launch");
    Bytes(kBackends, "staging-bytes", &config_->staging_bytes, int64_t{1} << 20, int64_t{1} << 40,
          "Memory of each CUDA device, and pinned memory of the host, for tensors on their way");
  }

  void AddLimits() {
    constexpr int64_t kMaxInt = std::numeric_limits<int32_t>::max();
    Limits& limits = config_->limits;
    Bytes(kLimits, "max-message-bytes", &limits.max_message_bytes, 1024, kMaxInt,
          "Largest request or reply message");
    Number(kLimits, "max-items", &limits.max_items, 1, kMaxInt, "Most items in one request");
    Number(kLimits, "max-rank", &limits.max_rank, 1, 1024, "Most extents in a shape");
    Number(kLimits, "max-elements", &limits.max_elements, 1, kMaxInt,
           "Most elements in one tensor");
    Bytes(kLimits, "max-inflight-bytes", &limits.max_inflight_bytes, 1024, int64_t{1} << 46,
          "Most bytes of requests and replies held by all calls together");
    Number(kLimits, "max-inflight-jobs", &limits.max_inflight_jobs, 1, kMaxInt,
           "Most calls and items of streams under way together");
    Milliseconds(kLimits, "max-queue-time", &limits.max_queue_milliseconds,
                 "How long what is queued for the CPU may take; calls beyond are refused",
                 {.low = absl::Milliseconds(1)});
    Number(kLimits, "max-stream-items", &limits.max_stream_items, 1, kMaxInt,
           "Most unanswered items of one stream; at it, or at 16 that failed, no more are read");
    Bytes(kLimits, "max-stream-bytes", &limits.max_stream_bytes, 1024, int64_t{1} << 46,
          "Most bytes of one stream's unanswered items, replies included");
  }

  void AddConnections() {
    ConnectionLimits& limits = config_->connections;
    // With one our clients, which watch a server's health, would have none left for calls.
    Number(kConnections, "max-concurrent-streams", &config_->limits.max_concurrent_streams, 2,
           std::numeric_limits<int32_t>::max(),
           "Calls in flight on one connection; more wait at the client");
    Bytes(kConnections, "max-header-bytes", &limits.max_header_bytes, 1024, 1 << 20,
          "Largest headers of one call");
    Bytes(kConnections, "window-bytes", &limits.window_bytes, 64 << 10, 64 << 20,
          "Bytes of one call that may arrive before the server asks for more, to begin with");
    Choice<bool>(kConnections, "window-growth", &limits.grow_windows,
                 {{"off", false}, {"on", true}},
                 "Whether windows grow with what a connection's network can carry");
    const DurationRange day = {.high = absl::Hours(24)};
    // Zero would stand for gRPC's own default, which of pings is five minutes.
    const DurationRange some = {.low = absl::Milliseconds(1)};
    Duration(kConnections, "handshake-timeout", &limits.handshake_timeout,
             "How long a client may take to begin, TLS included", some);
    Duration(kConnections, "max-connection-age", &limits.max_age,
             "When clients are sent to connect anew, so that they see new servers; 0s: never", day);
    Duration(kConnections, "max-connection-age-grace", &limits.max_age_grace,
             "How long calls may run on after that; 0s: until they end", day);
    Duration(kConnections, "max-connection-idle", &limits.max_idle,
             "When connections without a call are closed; 0s: never", day);
    Duration(kConnections, "keepalive-time", &limits.keepalive_time,
             "How often silent clients are asked whether they are there; 0s: every two hours", day);
    Duration(kConnections, "keepalive-timeout", &limits.keepalive_timeout,
             "How long their answer may take", some);
    Duration(kConnections, "reply-timeout", &config_->reply_timeout,
             "How long a reply may wait to be taken before its call is ended; 0s: for ever", day);
    Duration(kConnections, "min-ping-interval", &limits.min_ping_interval,
             "Clients that ping more often than this are disconnected",
             {.low = absl::Milliseconds(1), .high = absl::Hours(24)});
    Choice<bool>(kConnections, "pings-without-calls", &limits.pings_without_calls,
                 {{"off", false}, {"on", true}}, "Whether clients may ping while there is no call");
  }

  void AddLife() {
    Duration(kLife, "drain-delay", &config_->drain_delay,
             "How long calls are still taken after SIGTERM, so that balancers notice");
    Duration(kLife, "drain-timeout", &config_->drain_timeout,
             "How long running calls may then take before they are cancelled");
  }

  void AddLogs() {
    Choice<LogFormat>(kLogs, kLogFormat, &config_->log_format, LogFormats(),
                      "Form of the log lines; auto: text on a terminal, else JSON");
    std::map<std::string, std::string> levels;
    for (const char* level : {"trace", "debug", "info", "warning", "error", "off"})
      levels[level] = level;
    Choice<std::string>(kLogs, "log-level", &config_->log_level, levels,
                        "Least severe lines logged; debug includes failed requests");
  }

  Config* config_;
};

// Other machines without TLS only on purpose.
std::string RefuseExposure(const Config& config) {
  if (config.insecure) return "";
  const auto is_exposed = [](const std::string& text) {
    return !text.empty() && !ParseAddress(text)->IsLocal();
  };
  if (is_exposed(config.address) && !config.tls.on()) {
    return absl::StrCat(
        "--address: ", config.address, " can be reached by other machines and there is no TLS",
        config.token_file.empty() ? "" : ", so that tokens could be read on their way",
        ": give --tls-certificate and --tls-key, or --insecure to serve it all the same, or a "
        "loopback or unix: address");
  }
  if (is_exposed(config.http_address) && !config.insecure_http) {
    return absl::StrCat("--http-address: ", config.http_address,
                        " can be reached by other machines and HTTP has no TLS: give "
                        "--insecure-http to serve it all the same, or a loopback address");
  }
  return "";
}

// Files that mean nothing without each other.
std::string RefuseHalves(const Config& config) {
  if (config.tls.certificate.empty() != config.tls.key.empty()) {
    return "--tls-certificate and --tls-key: one is of no use without the other";
  }
  if (config.tls.mutual() && !config.tls.on()) {
    return "--tls-client-ca: is of no use without --tls-certificate and --tls-key";
  }
  return "";
}

// One port for both.
std::string RefuseSameAddress(const Config& config) {
  if (config.http_address.empty()) return "";
  const absl::StatusOr<Address> grpc = ParseAddress(config.address);
  const absl::StatusOr<Address> http = ParseAddress(config.http_address);
  const bool same =
      !grpc->is_unix && grpc->port != 0 && grpc->port == http->port && grpc->host == http->host;
  return same ? absl::StrCat("--http-address: ", config.http_address,
                             " is --address, too; each needs a port of its own")
              : "";
}

CommandLine Refused(absl::string_view problem) {
  CommandLine result;
  // One line, whatever the library or a value put into it.
  result.error = absl::StrReplaceAll(problem, {{"\n", " "}});
  result.exit_code = 2;
  return result;
}

// What the library says of a command line, in the words of the rest.
std::string Explained(const CLI::Error& error, const CLI::App& app) {
  const std::vector<std::string> extra = app.remaining();
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extra.empty()) {
    std::vector<std::string> flags;
    for (const std::string& name : NamesOf(app)) flags.push_back("--" + name);
    return NoSuchArgument(extra, flags);
  }
  return SaidOfFlag(error, app);
}

// The same with `config` as what the flags begin with, and where they are stored; `file` is the one
// that --config names.
CommandLine Parse(const std::vector<std::string>& args, const Environment& environment,
                  SettingsFile* file, Config* config) {
  CLI::App app{kHelpHead, "activation-server"};
  app.footer(kHelpFoot);
  app.get_formatter()->column_width(42);
  app.set_version_flag("--version", absl::StrCat("activation-server ", Version()),
                       "Print the version and exit");
  std::string path;
  app.add_option("--config", path, "Read settings from FILE")
      ->option_text(kFileText)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  ConfigFlags(&app, config).AddAll();

  for (const std::string& wrong :
       {RefuseEmpty(app, environment, args), RefuseMisspelt(app, environment)}) {
    if (!wrong.empty()) return Refused(wrong);
  }
  std::vector<std::string> all = FromEnvironment(app, environment);
  all.insert(all.end(), args.begin(), args.end());
  for (std::string& arg : all) {
    if (arg == absl::StrCat(kHttpAddress, "=")) arg = absl::StrCat(kHttpAddress, "=off");
  }
  // The library takes arguments last first.
  std::reverse(all.begin(), all.end());
  try {
    app.parse(std::move(all));
  } catch (const CLI::Success& wish) {
    CommandLine result;
    std::ostringstream out;
    app.exit(wish, out, out);
    result.output = out.str();
    return result;
  } catch (const CLI::Error& error) {
    return Refused(Explained(error, app));
  }
  std::string problem = file->Store(path, &app);
  for (const auto& refuse : {RefuseHalves, RefuseExposure, RefuseSameAddress}) {
    if (problem.empty()) problem = refuse(*config);
  }
  if (!problem.empty()) return Refused(problem);
  CommandLine result;
  result.config = *config;
  return result;
}

}  // namespace

CommandLine ParseCommandLine(const std::vector<std::string>& args, const Environment& environment) {
  Config config;
  SettingsFile file;
  CommandLine result = Parse(args, environment, &file, &config);
  if (config.profile != Profile::kStandard) {
    // Once more, with what it sets as the defaults, of --help too.
    config = DefaultsOf(config.profile);
    result = Parse(args, environment, &file, &config);
  }
  // What is refused before it is read says how all the same.
  const auto format = LogFormats().find(GivenText(kLogFormat, environment, args));
  result.log_format = format == LogFormats().end() ? config.log_format : format->second;
  return result;
}

const char* Version() { return ACTIVATION_VERSION; }

}  // namespace activation
