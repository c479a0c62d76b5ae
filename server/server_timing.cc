#include "server/server_timing.h"

#include "absl/strings/str_format.h"

namespace activation {

bool WantsServerTiming(const grpc::CallbackServerContext& context) {
  return context.client_metadata().count("activation-timing") > 0;
}

std::string ServerTiming(const StepTimes& times) {
  const auto ms = [](absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); };
  return absl::StrFormat("queue;dur=%.6f, copy;dur=%.6f, kernel;dur=%.6f",
                         ms(times.admit + times.queue), ms(times.decode + times.lay + times.reply),
                         ms(times.run - times.queue));
}

void AddServerTiming(const StepTimes& times, grpc::CallbackServerContext* context) {
  context->AddTrailingMetadata("server-timing", ServerTiming(times));
}

}  // namespace activation
