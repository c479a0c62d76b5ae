#include "server/logging.h"

#include <google/protobuf/stubs/common.h>
#include <grpc/support/log.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/throttle.h"

// Releases from 22 on log through absl instead.
#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#define ACTIVATION_PROTOBUF_LOGS
#endif

namespace activation {
namespace {

using Json = nlohmann::ordered_json;

std::atomic<bool> as_json{false};
Throttle handshakes;  // those that failed

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string Dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsWord(absl::string_view text) {
  for (const char c : text) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == '\x7f') return false;
  }
  return !text.empty();
}

// gRPC's own lines, so that every line of the process has one form.
void LogFromGrpc(gpr_log_func_args* args) {
  const LogLevel level = args->severity == GPR_LOG_SEVERITY_ERROR  ? LogLevel::kWarning
                         : args->severity == GPR_LOG_SEVERITY_INFO ? LogLevel::kInfo
                                                                   : LogLevel::kDebug;
  if (!LogsAt(level)) return;
  // Whoever reaches the port can cause one after the other.
  const bool handshake = absl::StrContains(args->message, "Handshake failed");
  if (handshake && !handshakes.Admit(absl::Now())) return;
  Log(level, "grpc", {{"message", args->message}, {"file", args->file}, {"line", args->line}});
}

#ifdef ACTIVATION_PROTOBUF_LOGS
// Protobuf complains about a caller's bytes: worth no more than a failed call.
void LogFromProtobuf(google::protobuf::LogLevel, const char* file, int line,
                     const std::string& message) {
  if (!LogsAt(LogLevel::kDebug)) return;
  Log(LogLevel::kDebug, "protobuf", {{"message", message}, {"file", file}, {"line", line}});
}
#endif

}  // namespace

void StartLogging(LogFormat format, const std::string& level) {
  as_json =
      format == LogFormat::kJson || (format == LogFormat::kAuto && isatty(STDERR_FILENO) == 0);
  auto logger =
      std::make_shared<spdlog::logger>("server", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern(as_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})"
                              : "%Y-%m-%d %H:%M:%S.%e %l %v",
                      as_json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local);
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(std::move(logger));
  gpr_set_log_function(LogFromGrpc);
#ifdef ACTIVATION_PROTOBUF_LOGS
  google::protobuf::SetLogHandler(LogFromProtobuf);
#endif
}

bool LogsAt(LogLevel level) { return spdlog::should_log(ToSpdlog(level)); }

void Log(LogLevel level, absl::string_view event, const LogFields& fields) {
  if (!LogsAt(level)) return;
  const std::string line = as_json ? JsonMembers(event, fields) : TextLine(event, fields);
  spdlog::default_logger_raw()->log(ToSpdlog(level), spdlog::string_view_t(line));
}

std::string CallersText(absl::string_view text) {
  constexpr size_t kMost = 100;
  std::string shown(text.substr(0, kMost));
  std::replace_if(
      shown.begin(), shown.end(),
      [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); }, '?');
  return shown;
}

void LogFailedHandshakes(absl::Time now) {
  const int64_t failed = handshakes.Take(now);
  if (failed > 0) Log(LogLevel::kWarning, "handshakes_failed", {{"handshakes", failed}});
}

std::string TextLine(absl::string_view event, const LogFields& fields) {
  std::string line(event);
  for (const auto& [key, value] : fields.items()) {
    const bool plain = value.is_string() && IsWord(value.get_ref<const std::string&>());
    absl::StrAppend(&line, " ", key, "=", plain ? value.get<std::string>() : Dump(value));
  }
  return line;
}

std::string JsonMembers(absl::string_view event, const LogFields& fields) {
  Json object = {{"event", std::string(event)}};
  object.update(fields);
  const std::string text = Dump(object);
  return text.substr(1, text.size() - 2);
}

}  // namespace activation
