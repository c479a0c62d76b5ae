#include "server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "server/address.h"
#include "server/shared_memory/fault_guard.h"

namespace activation {
namespace {

constexpr char kListening[] = "Listening";
constexpr char kSharedMemory[] = "Shared memory";
constexpr char kBackends[] = "Backends";
constexpr char kLimits[] = "Limits";
constexpr char kLife[] = "Shutdown";
constexpr char kLogs[] = "Logs";

constexpr char kHelpHead[] =
    R"(Serves activation functions, forward and gradient, over gRPC.

Examples:
  activation-server
      serves gRPC on 127.0.0.1:50051; page, metrics and health on 127.0.0.1:8080
  activation-server --address=unix:/run/activation.sock --http-address=off
      serves only a unix socket
  activation-server --address=0.0.0.0:50051 --insecure --drain-delay=5s
      serves other machines without TLS, and drains as Kubernetes expects
  ACTIVATION_LOG_FORMAT=json activation-server --config=activation.toml
      takes settings from the environment and from a file
)";

constexpr char kHelpFoot[] =
    "Every flag can also be set as an environment variable ACTIVATION_<FLAG> (--drain-delay is\n"
    "ACTIVATION_DRAIN_DELAY) or as a line of the --config file (drain-delay=5s). A flag wins over\n"
    "the environment, the environment over the file. SIGTERM drains; a second one ends\n"
    "--drain-delay, a further one the drain.";

// A whole number in [low, high], optionally with KiB, MiB or GiB.
std::string ReadNumber(const std::string& text, int64_t low, int64_t high, int64_t* value) {
  absl::string_view digits = text;
  int64_t unit = 1;
  if (absl::ConsumeSuffix(&digits, "KiB")) unit = int64_t{1} << 10;
  if (absl::ConsumeSuffix(&digits, "MiB")) unit = int64_t{1} << 20;
  if (absl::ConsumeSuffix(&digits, "GiB")) unit = int64_t{1} << 30;
  int64_t number = 0;
  if (absl::SimpleAtoi(digits, &number) && number >= 0 && number <= high / unit &&
      number * unit >= low) {
    *value = number * unit;
    return "";
  }
  return absl::StrCat("must be a whole number from ", low, " to ", high,
                      ", optionally with KiB, MiB or GiB, not '", text, "'");
}

std::string ReadDuration(const std::string& text, absl::Duration high, absl::Duration* value) {
  absl::Duration duration;
  if (absl::ParseDuration(text, &duration) && duration >= absl::ZeroDuration() &&
      duration <= high) {
    *value = duration;
    return "";
  }
  return absl::StrCat("must be a duration from 0s to ", absl::FormatDuration(high),
                      ", as 500ms, 5s or 1m30s, not '", text, "'");
}

// Adds the flags of one Config; each reader returns "" or what is wrong.
class Flags {
 public:
  Flags(CLI::App* app, Config* config) : app_(app), config_(config) {}

  void AddAll() {
    Add(kListening, "address", config_->address,
        "Where gRPC is served: host:port, [v6]:port or unix:path; port 0 lets the system choose",
        "ADDRESS", [config = config_](const std::string& text) {
          return ReadAddress(text, true, &config->address);
        });
    Add(kListening, "http-address", config_->http_address,
        "Where the status page, /metrics, /healthz and /readyz are served; 'off' serves none",
        "ADDRESS", [config = config_](const std::string& text) {
          if (!text.empty() && text != "off")
            return ReadAddress(text, false, &config->http_address);
          config->http_address.clear();
          return std::string();
        });
    Switch(kListening, "insecure", &config_->insecure,
           "Allow addresses that other machines can reach, although there is no TLS");
    AddReflection();
    AddSharedMemory();
    AddBackends();
    AddLimits();
    AddLife();
    AddLogs();
  }

 private:
  using Reader = std::function<std::string(const std::string&)>;

  void Add(const char* group, const std::string& name, const std::string& default_text,
           const std::string& meaning, const std::string& type, Reader reader) {
    // The check runs first and reports with the flag's name; it also stores.
    app_->add_option_function<std::string>(
            "--" + name, [](const std::string&) {}, meaning)
        ->check(CLI::Validator(std::move(reader), ""))
        ->option_text(type + " [" + default_text + "]")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->group(group);
  }

  void Switch(const char* group, const std::string& name, bool* value, const std::string& meaning) {
    app_->add_flag("--" + name, *value, meaning)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->group(group);
  }

  static std::string ReadAddress(const std::string& text, bool allow_unix, std::string* value) {
    const absl::StatusOr<Address> address = ParseAddress(text);
    if (!address.ok()) return std::string(address.status().message());
    if (address->is_unix && !allow_unix) return "must be host:port, not a unix socket";
    *value = text;
    return "";
  }

  template <class Int>
  void Number(const char* group, const std::string& name, Int* value, int64_t low, int64_t high,
              const std::string& meaning) {
    Add(group, name, std::to_string(*value), meaning, "N",
        [value, low, high](const std::string& text) {
          int64_t number = 0;
          std::string problem = ReadNumber(text, low, high, &number);
          if (problem.empty()) *value = static_cast<Int>(number);
          return problem;
        });
  }

  void Duration(const char* group, const std::string& name, absl::Duration* value,
                const std::string& meaning, absl::Duration high = absl::Hours(1)) {
    // The library writes zero without a unit.
    const bool zero = *value == absl::ZeroDuration();
    Add(group, name, zero ? "0s" : absl::FormatDuration(*value), meaning, "DURATION",
        [value, high](const std::string& text) { return ReadDuration(text, high, value); });
  }

  // A duration that is kept as a whole number of milliseconds.
  void Milliseconds(const char* group, const std::string& name, int64_t* value,
                    const std::string& meaning) {
    Add(group, name, absl::FormatDuration(absl::Milliseconds(*value)), meaning, "DURATION",
        [value](const std::string& text) {
          absl::Duration duration;
          std::string problem = ReadDuration(text, absl::Hours(1), &duration);
          if (problem.empty()) *value = absl::ToInt64Milliseconds(duration);
          return problem;
        });
  }

  template <class Enum>
  void Choice(const char* group, const std::string& name, Enum* value,
              const std::map<std::string, Enum>& choices, const std::string& meaning) {
    std::string default_text;
    std::string names;
    for (const auto& [text, choice] : choices) {
      if (choice == *value) default_text = text;
      absl::StrAppend(&names, names.empty() ? "" : "|", text);
    }
    Add(group, name, default_text, meaning, names,
        [value, choices, names](const std::string& text) -> std::string {
          const auto found = choices.find(text);
          if (found == choices.end()) {
            return absl::StrCat("must be one of ", names, ", not '", text, "'");
          }
          *value = found->second;
          return "";
        });
  }

  void AddReflection() {
    Choice<Reflection>(
        kListening, "reflection", &config_->reflection,
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
             "How long a region may lie unused before it ends, unless its client says");
    Number(kSharedMemory, "max-shared-memory-regions", &config_->limits.max_shared_memory_regions,
           1, shared_memory::FaultGuard::kMost, "Most regions of all clients together");
    Number(kSharedMemory, "max-shared-memory-bytes", &config_->limits.max_shared_memory_bytes, 1,
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
    Duration(kBackends, "batch-delay", &config_->batch_delay,
             "How long a small tensor waits for others to share a CUDA launch with; 0s: not at all",
             absl::Seconds(1));
    Number(kBackends, "batch-jobs", &config_->batch_jobs, 1, int64_t{1} << 20,
           "Most tensors in one CUDA launch");
    Number(kBackends, "staging-bytes", &config_->staging_bytes, int64_t{1} << 20, int64_t{1} << 40,
           "Memory of each CUDA device, and pinned memory of the host, for tensors on their way");
  }

  void AddLimits() {
    constexpr int64_t kMaxInt = std::numeric_limits<int32_t>::max();
    Limits& limits = config_->limits;
    Number(kLimits, "max-message-bytes", &limits.max_message_bytes, 1024, kMaxInt,
           "Largest request or reply message");
    Number(kLimits, "max-items", &limits.max_items, 1, kMaxInt, "Most items in one request");
    Number(kLimits, "max-rank", &limits.max_rank, 1, 1024, "Most extents in a shape");
    Number(kLimits, "max-elements", &limits.max_elements, 1, kMaxInt,
           "Most elements in one tensor");
    Number(kLimits, "max-inflight-bytes", &limits.max_inflight_bytes, 1024, int64_t{1} << 46,
           "Most bytes of requests and replies held by all calls together");
    Number(kLimits, "max-inflight-jobs", &limits.max_inflight_jobs, 1, kMaxInt,
           "Most calls and items of streams under way together");
    Milliseconds(kLimits, "max-queue-time", &limits.max_queue_milliseconds,
                 "How long what is queued for the CPU may take; calls beyond are refused");
    Number(kLimits, "max-stream-items", &limits.max_stream_items, 1, kMaxInt,
           "Most unanswered items of one stream; at it no more are read");
    Number(kLimits, "max-stream-bytes", &limits.max_stream_bytes, 1024, int64_t{1} << 46,
           "Most bytes of one stream's unanswered items, replies included");
    Number(kLimits, "max-concurrent-streams", &config_->max_concurrent_streams, 1, kMaxInt,
           "Calls in flight on one connection; more wait at the client");
  }

  void AddLife() {
    Duration(kLife, "drain-delay", &config_->drain_delay,
             "How long calls are still taken after SIGTERM, so that balancers notice");
    Duration(kLife, "drain-timeout", &config_->drain_timeout,
             "How long running calls may then take before they are cancelled");
  }

  void AddLogs() {
    Choice<LogFormat>(
        kLogs, "log-format", &config_->log_format,
        {{"auto", LogFormat::kAuto}, {"text", LogFormat::kText}, {"json", LogFormat::kJson}},
        "Form of the log lines; auto: text on a terminal, else JSON");
    std::map<std::string, std::string> levels;
    for (const char* level : {"trace", "debug", "info", "warning", "error", "off"})
      levels[level] = level;
    Choice<std::string>(kLogs, "log-level", &config_->log_level, levels,
                        "Least severe lines logged; debug includes failed requests");
  }

  CLI::App* app_;
  Config* config_;
};

// "--drain-delay=5s" for each ACTIVATION_DRAIN_DELAY=5s; put before the real
// arguments, so that a flag given there comes last and wins.
std::vector<std::string> FromEnvironment(const CLI::App& app, const Environment& environment) {
  std::vector<std::string> args;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_lnames().empty()) continue;
    const std::string& name = option->get_lnames().front();
    if (name == "help" || name == "version") continue;
    const std::string variable =
        absl::StrCat("ACTIVATION_", absl::AsciiStrToUpper(absl::StrReplaceAll(name, {{"-", "_"}})));
    const char* value = environment(variable.c_str());
    const bool may_be_empty = name == "http-address";
    if (value == nullptr || (*value == '\0' && !may_be_empty)) continue;
    args.push_back(absl::StrCat("--", name, "=", value));
  }
  return args;
}

// Other machines without TLS only on purpose.
std::string RefuseExposure(const Config& config) {
  if (config.insecure) return "";
  for (const auto& [flag, text] :
       {std::pair{"--address", config.address}, std::pair{"--http-address", config.http_address}}) {
    if (text.empty() || ParseAddress(text)->IsLocal()) continue;
    return absl::StrCat(flag, ": ", text,
                        " can be reached by other machines and this server has no TLS: give "
                        "--insecure to serve it all the same, or a loopback or unix: address");
  }
  return "";
}

CommandLine Refuse(absl::string_view problem) {
  CommandLine result;
  // One line, whatever the library or a value put into it.
  const std::string line = absl::StrReplaceAll(problem, {{"\n", " "}});
  result.error = absl::StrCat("activation-server: ", line, "\n");
  result.exit_code = 2;
  return result;
}

}  // namespace

CommandLine ParseCommandLine(std::vector<std::string> args, const Environment& environment) {
  Config config;
  CLI::App app{kHelpHead, "activation-server"};
  app.footer(kHelpFoot);
  app.get_formatter()->column_width(42);
  app.set_version_flag("--version", absl::StrCat("activation-server ", Version()),
                       "Print the version and exit");
  app.set_config("--config", "", "Read settings from FILE")
      ->option_text("FILE")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.allow_config_extras(CLI::config_extras_mode::error);
  Flags(&app, &config).AddAll();

  std::vector<std::string> all = FromEnvironment(app, environment);
  all.insert(all.end(), args.begin(), args.end());
  for (std::string& arg : all) {
    if (arg == "--http-address=") arg = "--http-address=off";
  }
  // The library takes arguments last first.
  std::reverse(all.begin(), all.end());
  try {
    app.parse(all);
  } catch (const CLI::Success& wish) {
    CommandLine result;
    std::ostringstream out;
    app.exit(wish, out, out);
    result.output = out.str();
    return result;
  } catch (const CLI::FileError& error) {
    return Refuse(absl::StrCat("--config: ", error.what()));
  } catch (const CLI::Error& error) {
    return Refuse(error.what());
  }
  const std::string exposure = RefuseExposure(config);
  if (!exposure.empty()) return Refuse(exposure);
  CommandLine result;
  result.config = std::move(config);
  return result;
}

const char* Version() { return ACTIVATION_VERSION; }

}  // namespace activation
