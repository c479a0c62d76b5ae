// The server's log: lines on standard error, as text for people or as one JSON
// object a line for machines. An event has a short constant name and fields;
// tensor values and secrets are never logged. Log() is thread-safe.
#ifndef ACTIVATION_SERVER_LOGGING_H_
#define ACTIVATION_SERVER_LOGGING_H_

#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/config.h"

namespace activation {

// What is worth knowing about an event, in order: {{"port", 50051}, ...}.
using LogFields = nlohmann::ordered_json;

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// Whether a log of that form is of JSON lines, as standard error is now.
bool WritesJson(LogFormat format);

// Sets form and level of the process's log, gRPC's and protobuf's own lines included. To be
// called once, before any thread logs.
void StartLogging(LogFormat format, const std::string& level);

// Whether lines of this level go anywhere: spares the building of fields.
bool LogsAt(LogLevel level);

void Log(LogLevel level, absl::string_view event, const LogFields& fields = LogFields::object());

// What a caller wrote, as the value of a field: the first 100 characters, those that are none to
// be seen, or turn others around, as ?.
std::string CallersText(absl::string_view text);

// What gRPC wrote since its last line that is in the log, as numbers, where that was ten seconds
// before `now`, a SteadyTime(): callers can cause one after the other, so of those about
// handshakes, and of the others, the first alone goes there at once. To be called ever again.
void LogWhatGrpcRepeats(absl::Duration now);
// The same, however short the time was: at the end.
void LogWhatGrpcRepeatedLast();

// `event key=value ...`; a value with other characters than those of a word is
// quoted.
std::string TextLine(absl::string_view event, const LogFields& fields);

// `"event":"...","key":value ...`: the inside of a JSON object. Bytes that are
// not UTF-8 are replaced.
std::string JsonMembers(absl::string_view event, const LogFields& fields);

}  // namespace activation

#endif  // ACTIVATION_SERVER_LOGGING_H_
