// Everything that can be set from outside, read from the command line, the
// environment and a configuration file: a flag wins over ACTIVATION_<FLAG>,
// which wins over the file named by --config. ParseCommandLine is pure apart from reading that
// file.
#ifndef ACTIVATION_SERVER_CONFIG_H_
#define ACTIVATION_SERVER_CONFIG_H_

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/access/certificates.h"
#include "server/connection_limits.h"
#include "server/shared_memory/registry.h"
#include "src/backends/backend.h"
#include "src/base/limits.h"

namespace activation {

// kAuto is text on a terminal and JSON lines elsewhere.
enum class LogFormat { kAuto, kText, kJson };

// kAuto is on where only this machine can reach the server.
enum class Reflection { kAuto, kOn, kOff };

// What the other settings begin with (profile.h): kEdge for clients that may be hostile,
// kTrusted for few of the same owner.
enum class Profile { kStandard, kEdge, kTrusted };

struct Config {
  Profile profile = Profile::kStandard;
  std::string address = "127.0.0.1:50051";
  // Where page, metrics and health are served over HTTP; empty serves none.
  std::string http_address = "127.0.0.1:8080";
  // Whether that has the status page and what it computes; metrics and health are there anyhow.
  bool page = true;
  // Workers of the CPU backend; 0 means one a processor.
  int threads = 0;
  // Threads that read requests, compute small tensors and write replies; 0 means as many as are
  // needed, from one to PollerOptions::MostPollers().
  int pollers = 0;
  // What computes items that do not ask for a backend. With kCpu no CUDA device is used.
  Placement backend = Placement::kAuto;
  // How long a small tensor waits for others to share a launch with.
  absl::Duration batch_delay = absl::Microseconds(50);
  // Most tensors in one launch.
  int64_t batch_jobs = 16384;
  // Memory for tensors on their way, of each device and as much of the host, pinned.
  int64_t staging_bytes = int64_t{128} << 20;
  Limits limits;
  ConnectionLimits connections;
  // How long a reply may wait to be taken by its client before the call ends; zero: for ever.
  absl::Duration reply_timeout = absl::Minutes(2);
  // How long calls are still taken after SIGTERM, so that balancers notice.
  absl::Duration drain_delay = absl::ZeroDuration();
  // How long running calls may take after that before they are cancelled.
  absl::Duration drain_timeout = absl::Seconds(30);
  LogFormat log_format = LogFormat::kAuto;
  // trace, debug, info, warning, error or off.
  std::string log_level = "info";
  Reflection reflection = Reflection::kAuto;
  shared_memory::Options shared_memory;
  // Whether addresses that other machines can reach may be served without TLS.
  bool insecure = false;
  // The same for http_address alone, which never has TLS.
  bool insecure_http = false;
  access::TlsFiles tls;
  // Tokens and what each may call (access/tokens.h); empty: calls need none.
  std::string token_file;
  // How often the files of `tls` and `token_file` are looked at again.
  absl::Duration reload_interval = absl::Seconds(10);
  // Permissions of a unix socket.
  mode_t socket_mode = 0600;
};

// What the command line asks for: to serve with `config`, or, where that is
// absent, to print and leave.
struct CommandLine {
  std::optional<Config> config;
  std::string output;  // for standard output
  std::string error;   // why it is refused, in one line without its end
  // Of the line that says so, as far as it is known.
  LogFormat log_format = LogFormat::kAuto;
  int exit_code = 0;
};

// Variables by name.
using Environment = std::map<std::string, std::string>;

// Those of this process that may be settings: their names begin with ACTIVATION_.
Environment OwnEnvironment();

// `args` without the program's name. A bad value gives exit code 2 and a line
// that names the flag and what it allows; so does what is like the name of a flag and is none.
CommandLine ParseCommandLine(const std::vector<std::string>& args, const Environment& environment);

// The version of this server, as `1.0.0`.
const char* Version();

}  // namespace activation

#endif  // ACTIVATION_SERVER_CONFIG_H_
