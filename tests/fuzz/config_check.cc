#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/address.h"
#include "server/config.h"
#include "tests/fuzz/checks.h"
#include "tests/fuzz/memory_file.h"

namespace activation::fuzz {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

std::string VariableOf(absl::string_view flag) {
  return "ACTIVATION_" + absl::AsciiStrToUpper(absl::StrReplaceAll(flag, {{"-", "_"}}));
}

// The variables that the server has, but for that of a file of someone else's.
const std::set<std::string>& Variables() {
  static const auto* const variables = [] {
    auto* const known = new std::set<std::string>;
    for (absl::string_view line : absl::StrSplit(ParseCommandLine({"--help"}, {}).output, '\n')) {
      line = absl::StripLeadingAsciiWhitespace(line);
      if (!absl::ConsumePrefix(&line, "--")) continue;
      known->insert(VariableOf(line.substr(0, line.find_first_of(" ,"))));
    }
    known->erase("ACTIVATION_CONFIG");
    return known;
  }();
  return *variables;
}

bool IsPlain(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("._:/-", c);
  });
}

// Those lines of the form name=value that mean the same wherever they stand.
Settings PlainSettings(absl::string_view text) {
  Settings settings;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::pair<std::string, std::string> sides = absl::StrSplit(line, absl::MaxSplits('=', 1));
    const bool lower = sides.first == absl::AsciiStrToLower(sides.first);
    if (lower && Variables().contains(VariableOf(sides.first)) && IsPlain(sides.second)) {
      settings.push_back(sides);
    }
  }
  return settings;
}

// What a parse came to, field by field. Of several mistakes another may be named first.
std::string Outcome(const CommandLine& line) {
  if (!line.config.has_value()) return absl::StrCat("exit code ", line.exit_code);
  const Config& config = *line.config;
  const Limits& limits = config.limits;
  const ConnectionLimits& connections = config.connections;
  std::string text = absl::StrCat(
      config.address, ";", config.http_address, ";", config.threads, ";", config.batch_jobs, ";",
      config.staging_bytes, ";", config.log_level, ";", config.socket_mode, ";", config.token_file,
      ";", config.tls.certificate, ";", config.tls.key, ";", config.tls.client_ca, ";");
  for (const int64_t value :
       {limits.max_message_bytes, limits.max_items, limits.max_rank, limits.max_elements,
        limits.max_inflight_bytes, limits.max_inflight_jobs, limits.max_queue_milliseconds,
        limits.max_shared_memory_regions, limits.max_shared_memory_bytes, limits.max_stream_items,
        limits.max_stream_bytes, limits.max_concurrent_streams, connections.window_bytes,
        connections.max_header_bytes}) {
    absl::StrAppend(&text, value, ";");
  }
  for (const absl::Duration value :
       {config.batch_delay, config.drain_delay, config.drain_timeout, config.reload_interval,
        config.shared_memory.lease, connections.handshake_timeout, connections.max_age,
        connections.max_age_grace, connections.max_idle, connections.keepalive_time,
        connections.keepalive_timeout, connections.min_ping_interval}) {
    absl::StrAppend(&text, absl::FormatDuration(value), ";");
  }
  for (const bool value : {config.insecure, config.insecure_http, config.shared_memory.enabled,
                           connections.grow_windows, connections.pings_without_calls}) {
    absl::StrAppend(&text, value);
  }
  return absl::StrCat(text, config.shared_memory.prefix, ";", static_cast<int>(config.profile),
                      static_cast<int>(config.backend), static_cast<int>(config.log_format),
                      static_cast<int>(config.reflection));
}

// Whether it only prints, refuses in a line, or serves nobody who was not meant.
std::string CheckCommandLine(const CommandLine& line) {
  if (!line.config.has_value()) {
    if (line.exit_code == 0) return line.output.empty() ? "nothing was said" : "";
    const bool one_line = !line.error.empty() && line.error.find('\n') == std::string::npos;
    return line.exit_code == 2 && one_line ? "" : "a refusal of another form";
  }
  const Config& config = *line.config;
  const auto address = ParseAddress(config.address);
  if (!address.ok()) return "an address that is none";
  if (!address->IsLocal() && !config.insecure && !config.tls.on()) return "served without TLS";
  if (config.http_address.empty()) return "";
  const auto http = ParseAddress(config.http_address);
  if (!http.ok() || http->is_unix) return "an HTTP address that is none";
  const bool meant = http->IsLocal() || config.insecure || config.insecure_http;
  return meant ? "" : "HTTP served to others";
}

CommandLine FromFlags(const std::vector<std::string>& lines) { return ParseCommandLine(lines, {}); }

CommandLine FromFile(absl::string_view text) {
  static const auto* const file = new MemoryFile;
  file->Hold(text);
  return ParseCommandLine({"--config=" + file->path()}, {});
}

CommandLine FromEnvironment(const Settings& settings) {
  Environment variables;
  for (const auto& [name, value] : settings) variables[VariableOf(name)] = value;
  return ParseCommandLine({}, variables);
}

std::string CheckThreeWays(const Settings& settings) {
  // Three times the defaults.
  if (settings.empty()) return "";
  std::vector<std::string> flags;
  std::string file;
  // Of the lines of a name the last counts.
  std::map<std::string, std::string> last(settings.begin(), settings.end());
  for (const auto& [name, value] : settings) last[name] = value;
  for (const auto& [name, value] : last) {
    flags.push_back(absl::StrCat("--", name, "=", value));
    absl::StrAppend(&file, name, "=", value, "\n");
  }
  const std::string by_flags = Outcome(FromFlags(flags));
  const std::string by_file = Outcome(FromFile(file));
  const std::string by_environment = Outcome(FromEnvironment(settings));
  if (by_file != by_flags) return "file: " + by_file + " flags: " + by_flags;
  return by_environment == by_flags ? "" : "env: " + by_environment + " flags: " + by_flags;
}

}  // namespace

std::string CheckConfig(absl::string_view input) {
  if (input.empty()) return "";
  const char choice = input.front();
  input.remove_prefix(1);
  if (choice == 's') return CheckThreeWays(PlainSettings(input));
  if (choice == 'f') return CheckCommandLine(FromFile(input));
  std::vector<std::string> flags = absl::StrSplit(input, '\n');
  // Of a file of someone else's.
  const auto is_file = [](const std::string& flag) { return absl::StartsWith(flag, "--config"); };
  flags.erase(std::remove_if(flags.begin(), flags.end(), is_file), flags.end());
  return CheckCommandLine(FromFlags(flags));
}

}  // namespace activation::fuzz
