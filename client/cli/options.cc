#include "client/cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "client/cli/duration_text.h"
#include "rpc/option_value.h"
#include "src/base/settings_file.h"
#include "src/base/words.h"

namespace activation::cli {
namespace {

constexpr char kFileText[] = "FILE";
constexpr char kPrefix[] = "ACTIVATION_CLIENT_";
// Of the server, whose image has the client as well, and of the Python client.
constexpr char kSharedAddress[] = "ACTIVATION_ADDRESS";

std::string CheckParameter(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  double value;
  if (parts.size() == 2 && !parts[0].empty() && absl::SimpleAtod(parts[1], &value)) return "";
  return absl::StrCat("'", text, "' is no parameter; write it as slope=0.2");
}

bool EndsInPortFrom(uint32_t least, absl::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) return false;
  const absl::string_view host = text.substr(0, colon);
  const bool host_is_clear = !absl::StrContains(host, ":") || absl::EndsWith(host, "]");
  uint32_t port = 0;
  return host_is_clear && absl::SimpleAtoi(text.substr(colon + 1), &port) && port >= least &&
         port < 65536;
}

bool EndsInPort(absl::string_view text) { return EndsInPortFrom(1, text); }

// Of what is named as gRPC has it: several addresses, or a name behind the server that knows it.
bool EndsInPorts(absl::string_view scheme, absl::string_view rest) {
  if (absl::ConsumePrefix(&rest, "//")) rest.remove_prefix(std::min(rest.find('/'), rest.size()));
  absl::ConsumePrefix(&rest, "/");
  if (scheme == "dns:") return EndsInPort(rest);
  const std::vector<absl::string_view> addresses = absl::StrSplit(rest, ',');
  return std::all_of(addresses.begin(), addresses.end(), EndsInPort);
}

// What gRPC would take for port 443 or 0, and then find nobody there.
std::string CheckAddress(const std::string& text) {
  if (absl::StartsWithIgnoreCase(text, "http://")) {
    return absl::StrCat("'", Echo(text), "' is a URL: leave http:// out");
  }
  if (absl::StartsWithIgnoreCase(text, "https://")) {
    return absl::StrCat("'", Echo(text), "' is a URL: leave https:// out; --tls connects with TLS");
  }
  const auto has_ports = [&text] {
    for (const absl::string_view scheme : {"dns:", "ipv4:", "ipv6:"}) {
      absl::string_view rest = text;
      if (absl::ConsumePrefix(&rest, scheme)) return EndsInPorts(scheme, rest);
    }
    const bool other = absl::StartsWith(text, "unix:") ||
                       absl::StartsWith(text, "unix-abstract:") || absl::StrContains(text, "://");
    return other || EndsInPort(text);
  };
  if (has_ports()) return "";
  return absl::StrCat("'", Echo(text),
                      "' does not end in a port from 1 to 65535; write it as localhost:50051, "
                      "[::1]:50051, dns:///localhost:50051 or unix:/path");
}

// The client library counts in milliseconds.
std::string CheckDeadline(const std::string& text) {
  const auto deadline = ParseDuration(text);
  return deadline && *deadline < std::chrono::milliseconds(1) ? "must be at least 1ms"
                                                              : CheckDuration(text);
}

void AddAccessOptions(CLI::App& app, GlobalOptions& options) {
  app.add_flag("--tls", options.tls.enabled,
               "Connect with TLS; implied by the options that begin so")
      ->envname("ACTIVATION_CLIENT_TLS");
  const auto file = [&app](const char* name, const char* variable, std::string& value,
                           const char* meaning) {
    app.add_option(name, value, meaning)->type_name(kFileText)->envname(variable);
  };
  file("--tls-ca", "ACTIVATION_CLIENT_TLS_CA", options.tls.ca_file,
       "PEM of the authorities that may have signed the server's certificate;\n"
       "those that the system trusts when absent");
  file("--tls-certificate", "ACTIVATION_CLIENT_TLS_CERTIFICATE", options.tls.certificate_file,
       "PEM of this client's certificate, for a server that asks for one");
  file("--tls-key", "ACTIVATION_CLIENT_TLS_KEY", options.tls.key_file, "PEM of its private key");
  app.add_option("--tls-server-name", options.tls.server_name,
                 "The name in the server's certificate, where the address has another")
      ->type_name("NAME")
      ->envname("ACTIVATION_CLIENT_TLS_SERVER_NAME");
  file("--token-file", "ACTIVATION_CLIENT_TOKEN_FILE", options.token_file,
       "The file with the token that the server wants");
  app.add_flag("--insecure-token", options.insecure_token,
               "Send the token to other machines without TLS, too")
      ->envname("ACTIVATION_CLIENT_INSECURE_TOKEN");
}

// CLI11 asks once for each value of one command line.
std::function<std::string(const std::string&)> CheckParameters() {
  const auto names = std::make_shared<std::set<std::string>>();
  return [names](const std::string& text) {
    std::string problem = CheckParameter(text);
    if (!problem.empty()) return problem;
    const std::string name = text.substr(0, text.find('='));
    return names->insert(name).second ? "" : absl::StrCat("'", name, "' is given twice");
  };
}

}  // namespace

std::function<std::string(const std::string&)> NumberFrom(double low, double high) {
  return [low, high](const std::string& text) -> std::string {
    double value = 0;
    // Nothing is true of what is not a number.
    if (absl::SimpleAtod(text, &value) && value >= low && value <= high) return "";
    return absl::StrCat("'", text, "' is no number from ", low, " to ", high);
  };
}

std::string CheckListen(const std::string& text) {
  if (absl::StartsWith(text, "unix:") || EndsInPortFrom(0, text)) return "";
  return absl::StrCat("'", Echo(text),
                      "' does not end in a port from 0 to 65535; write it as 127.0.0.1:50052, "
                      "[::1]:50052 or unix:/path");
}

client::ClientOptions GlobalOptions::ForClient() const {
  client::ClientOptions result;
  result.endpoint = address;
  result.connections = connections;
  result.tls = tls;
  result.tls.enabled = tls.enabled || !tls.ca_file.empty() || !tls.certificate_file.empty() ||
                       !tls.key_file.empty() || !tls.server_name.empty();
  result.token_file = token_file;
  result.insecure_token = insecure_token;
  result.deadline = std::chrono::duration_cast<std::chrono::milliseconds>(
      ParseDuration(deadline).value_or(result.deadline));
  return result;
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& options) {
  // The variables are not those of the server, of which the client in its container sees the
  // environment.
  app.add_option("-a,--address", options.address,
                 "The server, as host:port, unix:/path or dns:///name:port;\n"
                 "ACTIVATION_ADDRESS, which the server has, too, where the variable is not set")
      ->type_name("ADDRESS")
      ->envname("ACTIVATION_CLIENT_ADDRESS")
      ->check(CheckAddress, "")
      ->capture_default_str();
  app.add_option("--deadline", options.deadline, "How long one call may take with its retries")
      ->envname("ACTIVATION_CLIENT_DEADLINE")
      ->type_name("DURATION")
      ->check(CheckDeadline, "")
      ->capture_default_str();
  app.add_option("--connections", options.connections, "HTTP/2 connections to the server")
      ->envname("ACTIVATION_CLIENT_CONNECTIONS")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  AddAccessOptions(app, options);
  app.add_flag("--json", options.json, "Answer in JSON")->envname("ACTIVATION_CLIENT_JSON");
  app.add_flag("--print-grpcurl", options.print_grpcurl,
               "Print the grpcurl command that makes the same call, and make none: for\n"
               "forward, gradient, list, describe and health")
      ->envname("ACTIVATION_CLIENT_PRINT_GRPCURL");
  app.add_option("--config", options.config,
                 "A file with `address = \"...\"` and the like; flags and environment win over it")
      ->type_name(kFileText)
      ->envname("ACTIVATION_CLIENT_CONFIG");
}

std::string ApplySharedAddress(CLI::App& app) {
  CLI::Option* const option = app.get_option("--address");
  const char* const value = std::getenv(kSharedAddress);
  if (option->count() > 0 || value == nullptr || *value == '\0') return "";
  const std::string problem = CheckAddress(value);
  if (!problem.empty()) return absl::StrCat(kSharedAddress, ": ", problem);
  option->add_result(value);
  option->run_callback();
  return "";
}

std::string ApplyConfigFile(CLI::App& app, const GlobalOptions& options) {
  if (options.config.empty()) return "";
  std::vector<std::string> names;
  for (const std::string& flag : FlagsOf(app)) {
    const std::string name = flag.substr(2);
    if (name != "config" && name != "help" && name != "version") names.push_back(name);
  }
  const auto settings = SettingsOf(options.config, ReadSettingsText(options.config));
  const auto give = [&app](const Setting& setting) {
    return GiveIfAbsent(app, setting.name, setting.value);
  };
  const absl::Status status =
      settings.ok() ? ApplySettings(*settings, options.config, names, give) : settings.status();
  return status.ok() ? "" : absl::StrCat("--config: ", status.message());
}

std::string RefuseEmpty(const std::vector<std::string>& arguments, const CLI::App& app) {
  std::vector<std::string> flags = FlagsOf(app);
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    for (std::string& flag : FlagsOf(*command)) flags.push_back(std::move(flag));
  }
  for (const std::string& argument : arguments) {
    if (argument == "--") break;  // what follows are no flags
    if (!absl::EndsWith(argument, "=")) continue;
    const std::string flag = argument.substr(0, argument.size() - 1);
    if (std::count(flags.begin(), flags.end(), flag) == 0) continue;
    return absl::StrCat(flag, ": is empty", flag == "--shape" ? "; a scalar's is --shape ''" : "");
  }
  return "";
}

std::string RefuseVariables(const CLI::App& app) {
  // What the server has no flag for: without the client's prefix they are nobody's.
  constexpr absl::string_view kOwn[] = {"DEADLINE", "CONNECTIONS",     "TLS",
                                        "TLS_CA",   "TLS_SERVER_NAME", "INSECURE_TOKEN",
                                        "JSON",     "PRINT_GRPCURL"};
  std::vector<std::string> known;
  std::vector<std::string> files;
  for (const CLI::Option* option : app.get_options()) {
    known.push_back(option->get_envname());
    if (option->get_type_name() == kFileText) files.push_back(option->get_envname());
  }
  for (char** each = environ; *each != nullptr; ++each) {
    absl::string_view variable = *each;
    const size_t equals = variable.find('=');
    const bool is_empty = equals + 1 == variable.size();
    variable = variable.substr(0, equals);
    std::string problem;
    if (is_empty && std::count(files.begin(), files.end(), variable) > 0) {
      // Without it the client would do without what was asked for.
      problem = absl::StrCat(variable, ": is empty; leave it out where no file is meant");
    } else if (absl::StartsWith(variable, kPrefix)) {
      problem = MisspeltVariable(variable, kPrefix, known);
    } else if (absl::ConsumePrefix(&variable, "ACTIVATION_") &&
               std::count(std::begin(kOwn), std::end(kOwn), variable) > 0) {
      problem = absl::StrCat("there is no variable ACTIVATION_", variable,
                             DidYouMean({absl::StrCat(kPrefix, variable)}));
    }
    if (!problem.empty()) return problem;
  }
  return "";
}

std::vector<std::string> FlagsOf(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

client::Activation ActivationOptions::ForClient() const {
  client::Activation result;
  result.function = function;
  result.tier = TierNamed(tier);
  for (const std::string& text : parameters) {
    const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
    double value = 0;
    if (absl::SimpleAtod(parts[1], &value)) result.parameters[parts[0]] = value;
  }
  return result;
}

void AddHowOptions(CLI::App& command, ActivationOptions& options) {
  command
      .add_option("-p,--param", options.parameters,
                  "A parameter of the function, as slope=0.2; may be repeated")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false)
      ->check(CheckParameters(), "");
  command
      .add_option("--tier", options.tier,
                  "exact: correctly rounded, f64 within 1 ULP; fast: f32 within 2 ULP,\n"
                  "gradients within 4 (of row-wise functions: of their terms)")
      ->check(CLI::IsMember({"exact", "fast"}))
      ->capture_default_str();
}

void AddActivationOptions(CLI::App& command, ActivationOptions& options) {
  command.add_option("-f,--function", options.function, "The function; `list` shows all")
      ->type_name("NAME")
      ->required();
  AddHowOptions(command, options);
}

void AddDTypeOption(CLI::App& command, std::string& dtype, const std::string& meaning) {
  command.add_option("--dtype", dtype, meaning)
      ->check(CLI::IsMember({"f32", "f64", "f16", "bf16"}))
      ->capture_default_str();
}

}  // namespace activation::cli
