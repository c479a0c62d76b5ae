#include "server/failed_call.h"

#include "absl/strings/ascii.h"
#include "server/logging.h"

namespace activation {

std::string TraceId(absl::string_view traceparent) {
  // version "-" trace id "-" parent id "-" flags: 2, 32, 16 and 2 hex digits.
  constexpr size_t kBegin = 3, kLength = 32;
  if (traceparent.size() < kBegin + kLength + 1) return "";
  if (traceparent[kBegin - 1] != '-' || traceparent[kBegin + kLength] != '-') return "";
  const absl::string_view id = traceparent.substr(kBegin, kLength);
  for (const char c : id) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) return "";
  }
  return std::string(id);
}

void LogFailedCall(Method method, const absl::Status& status,
                   const grpc::CallbackServerContext& context) {
  if (!LogsAt(LogLevel::kDebug)) return;
  LogFields fields = {{"method", MethodName(method)},
                      {"code", absl::StatusCodeToString(status.code())},
                      {"message", std::string(status.message())}};
  const auto header = context.client_metadata().find("traceparent");
  if (header != context.client_metadata().end()) {
    const std::string id = TraceId({header->second.data(), header->second.size()});
    if (!id.empty()) fields["trace_id"] = id;
  }
  Log(LogLevel::kDebug, "call_failed", fields);
}

}  // namespace activation
