#include "server/profile.h"

namespace activation {
namespace {

// Clients that may be hostile: little is held for each, and nobody stays without working.
Config Edge() {
  Config config;
  ConnectionLimits& connections = config.connections;
  connections.grow_windows = false;
  connections.handshake_timeout = absl::Seconds(10);
  connections.max_age = absl::Minutes(30);
  connections.max_age_grace = absl::Minutes(1);
  connections.max_idle = absl::Minutes(5);
  connections.keepalive_time = absl::Minutes(1);
  connections.keepalive_timeout = absl::Seconds(10);
  config.reply_timeout = absl::Seconds(30);
  // They may reach it through a proxy, although only this machine reaches the server.
  config.reflection = Reflection::kOff;
  Limits& limits = config.limits;
  limits.max_message_bytes = int64_t{4} << 20;
  limits.max_items = 1024;
  limits.max_rank = 16;
  limits.max_elements = int64_t{2} << 20;
  limits.max_inflight_bytes = int64_t{512} << 20;
  limits.max_concurrent_streams = 100;
  limits.max_stream_items = 64;
  limits.max_stream_bytes = int64_t{16} << 20;
  return config;
}

// Clients of the same owner on a fast network: few, busy, with large tensors.
Config Trusted() {
  Config config;
  ConnectionLimits& connections = config.connections;
  connections.window_bytes = int64_t{1} << 20;
  connections.max_header_bytes = int64_t{64} << 10;
  connections.pings_without_calls = true;
  Limits& limits = config.limits;
  limits.max_message_bytes = int64_t{1} << 30;
  limits.max_items = 65536;
  limits.max_elements = int64_t{512} << 20;
  limits.max_inflight_bytes = int64_t{4} << 30;
  limits.max_concurrent_streams = 10000;
  limits.max_stream_items = 1024;
  limits.max_stream_bytes = int64_t{256} << 20;
  return config;
}

}  // namespace

Config DefaultsOf(Profile profile) {
  Config config = profile == Profile::kEdge      ? Edge()
                  : profile == Profile::kTrusted ? Trusted()
                                                 : Config();
  config.profile = profile;
  return config;
}

}  // namespace activation
