#include "server/connection_limits.h"

#include <grpc/grpc.h>
#include <grpcpp/server_builder.h>

#include <algorithm>
#include <limits>

namespace activation {
namespace {

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(
      std::min<int64_t>(absl::ToInt64Milliseconds(duration), std::numeric_limits<int>::max()));
}

}  // namespace

void Apply(const ConnectionLimits& limits, int64_t max_streams, grpc::ServerBuilder* builder) {
  const auto set = [builder](const char* name, int64_t value) {
    builder->AddChannelArgument(name, static_cast<int>(value));
  };
  // gRPC's own default stands where the flag says so.
  const auto set_duration = [&set](const char* name, absl::Duration duration) {
    if (duration > absl::ZeroDuration()) set(name, Milliseconds(duration));
  };
  const ConnectionLimits usual;
  set(GRPC_ARG_MAX_CONCURRENT_STREAMS, max_streams);
  if (limits.window_bytes != usual.window_bytes) {
    set(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, limits.window_bytes);
  }
  if (!limits.grow_windows) set(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  set(GRPC_ARG_MAX_METADATA_SIZE, limits.max_header_bytes);
  set_duration(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits.handshake_timeout);
  set_duration(GRPC_ARG_MAX_CONNECTION_AGE_MS, limits.max_age);
  set_duration(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, limits.max_age_grace);
  set_duration(GRPC_ARG_MAX_CONNECTION_IDLE_MS, limits.max_idle);
  set_duration(GRPC_ARG_KEEPALIVE_TIME_MS, limits.keepalive_time);
  set_duration(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits.keepalive_timeout);
  set_duration(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, limits.min_ping_interval);
  if (limits.pings_without_calls) set(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
}

}  // namespace activation
