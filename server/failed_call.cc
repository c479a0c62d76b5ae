#include "server/failed_call.h"

#include <string>

#include "server/logging.h"
#include "server/trace_id.h"
#include "server/wire/status.h"

namespace activation {

void LogFailedCall(Method method, const absl::Status& status,
                   const grpc::CallbackServerContext& context) {
  LogFailedCall(absl::string_view(InfoOf(method).name), status, context);
}

void LogFailedCall(absl::string_view path, const absl::Status& status,
                   const grpc::CallbackServerContext& context) {
  if (!LogsAt(LogLevel::kDebug)) return;
  LogFields fields = {{"method", CallersText(path)},
                      {"code", absl::StatusCodeToString(status.code())},
                      {"message", std::string(status.message())}};
  const auto header = context.client_metadata().find("traceparent");
  if (header != context.client_metadata().end()) {
    const std::string id = TraceId({header->second.data(), header->second.size()});
    if (!id.empty()) fields["trace_id"] = id;
  }
  Log(LogLevel::kDebug, "call_failed", fields);
}

grpc::Status EndOf(absl::string_view name, const absl::Status& status,
                   grpc::CallbackServerContext* context) {
  if (status.ok()) return grpc::Status::OK;
  LogFailedCall(name, status, *context);
  wire::AddPushback(status, context);
  return wire::ToGrpc(status);
}

}  // namespace activation
