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
#include "server/steady_clock.h"
#include "server/throttle.h"
#include "src/base/out_of_memory.h"

// Releases from 22 on log through absl instead.
#if GOOGLE_PROTOBUF_VERSION < 4022000
#include <google/protobuf/stubs/logging.h>
#define ACTIVATION_PROTOBUF_LOGS
#endif

namespace activation {
namespace {

using Json = nlohmann::ordered_json;

std::atomic<bool> as_json{false};
// gRPC's warnings: of handshakes that failed, and all others.
Throttle handshakes;
Throttle other_warnings;

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
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '"' && c != '=' && c != '\\';
  });
}

// How many bytes of UTF-8 the character has that the text begins with, if it is not to be seen and
// does something to those around it: a control character, of the second set too, the ends of a line
// or a paragraph, what turns the direction of writing. Else 0.
size_t Hidden(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  if (absl::ascii_iscntrl(static_cast<unsigned char>(byte(0)))) return 1;
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0) return 2;  // U+0080 to U+009F
  if (byte(0) != 0xe2) return 0;
  const bool u20 = byte(1) == 0x80 && ((byte(2) >= 0x8e && byte(2) <= 0x8f) ||  // U+200E, U+200F
                                       (byte(2) >= 0xa8 && byte(2) <= 0xae));   // U+2028 to U+202E
  const bool isolates = byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9;  // U+2066 to U+2069
  return u20 || isolates ? 3 : 0;
}

// Errors to gRPC that are none here: a name that a client asks for and the certificate lacks, as
// often as it likes, though it gets the certificate all the same; and why it cannot listen, which
// the line start_failed says.
bool IsNoNews(const gpr_log_func_args& args) {
  return absl::StartsWith(args.message, "No match found for server name") ||
         absl::EndsWith(args.file, "/chttp2_server.cc");
}

// As the text, with ? for what is not to be seen.
std::string InSight(absl::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const size_t hidden = Hidden(text);
    shown += hidden == 0 ? text[0] : '?';
    text.remove_prefix(std::max<size_t>(hidden, 1));
  }
  return shown;
}

// A library's message, in which gRPC repeats a caller's header whole.
std::string Shortened(absl::string_view message) {
  constexpr size_t kMost = 500;
  return absl::StrCat(InSight(message.substr(0, kMost)), message.size() > kMost ? "..." : "");
}

// gRPC's own lines, so that every line of the process has one form.
void LogLine(gpr_log_func_args* args) {
  const LogLevel level = IsNoNews(*args)                            ? LogLevel::kDebug
                         : args->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarning
                         : args->severity == GPR_LOG_SEVERITY_INFO  ? LogLevel::kInfo
                                                                    : LogLevel::kDebug;
  if (!LogsAt(level)) return;
  const LogFields fields = {
      {"message", Shortened(args->message)}, {"file", args->file}, {"line", args->line}};
  if (level != LogLevel::kWarning) return Log(level, "grpc", fields);
  // Whoever reaches the port can cause one after the other.
  const absl::Duration now = SteadyTime();
  LogWhatGrpcRepeats(now);
  const bool handshake = absl::StrContains(args->message, "Handshake failed");
  const bool first = (handshake ? handshakes : other_warnings).Admit(now);
  Log(first ? level : LogLevel::kDebug, "grpc", fields);
}

// Through gRPC nothing may be thrown.
void LogFromGrpc(gpr_log_func_args* args) {
  UnlessOutOfMemory([args] { LogLine(args); });
}

#ifdef ACTIVATION_PROTOBUF_LOGS
// Protobuf complains about a caller's bytes: worth no more than a failed call.
void LogFromProtobuf(google::protobuf::LogLevel, const char* file, int line,
                     const std::string& message) {
  if (!LogsAt(LogLevel::kDebug)) return;
  Log(LogLevel::kDebug, "protobuf",
      {{"message", Shortened(message)}, {"file", file}, {"line", line}});
}
#endif

void LogRepeated(int64_t handshakes_failed, int64_t lines) {
  if (handshakes_failed > 0) {
    Log(LogLevel::kWarning, "handshakes_failed", {{"handshakes", handshakes_failed}});
  }
  if (lines > 0) Log(LogLevel::kWarning, "grpc_repeated", {{"lines", lines}});
}

}  // namespace

bool WritesJson(LogFormat format) {
  return format == LogFormat::kJson || (format == LogFormat::kAuto && isatty(STDERR_FILENO) == 0);
}

void StartLogging(LogFormat format, const std::string& level) {
  as_json = WritesJson(format);
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
  return InSight(text.substr(0, kMost));
}

void LogWhatGrpcRepeats(absl::Duration now) {
  LogRepeated(handshakes.Take(now), other_warnings.Take(now));
}

void LogWhatGrpcRepeatedLast() { LogRepeated(handshakes.TakeLast(), other_warnings.TakeLast()); }

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
