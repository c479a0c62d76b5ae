// Bounds on what one connection may make the server hold, and for how long, beside those of
// limits.h; gRPC keeps them.
#ifndef ACTIVATION_SERVER_CONNECTION_LIMITS_H_
#define ACTIVATION_SERVER_CONNECTION_LIMITS_H_

#include <cstdint>

#include "absl/time/time.h"

namespace grpc {
class ServerBuilder;
}

namespace activation {

struct ConnectionLimits {
  // Bytes of a call that may arrive before the server asks for more, to begin with.
  int64_t window_bytes = 64 << 10;
  // Whether the windows of a connection grow with what its network can carry.
  bool grow_windows = true;
  // Headers of a call; more is RESOURCE_EXHAUSTED.
  int64_t max_header_bytes = 8 << 10;
  // From accept to the first frames of HTTP/2, TLS included.
  absl::Duration handshake_timeout = absl::Seconds(120);
  // After this the client is told to connect again, once its calls are done or the grace is
  // over; zero: never, and no end of the grace.
  absl::Duration max_age;
  absl::Duration max_age_grace;
  // After this without a call a connection is closed; zero: never.
  absl::Duration max_idle;
  // How often the server looks whether a silent client is there, and how long it waits for
  // the answer; zero: every two hours.
  absl::Duration keepalive_time = absl::Minutes(2);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  // Clients that ping more often than this without sending data are disconnected. Below what our
  // clients do (activation/options.h): a ping costs the server one frame, and one in ten seconds is
  // no flood.
  absl::Duration min_ping_interval = absl::Seconds(10);
  // Whether pings are fine while there is no call.
  bool pings_without_calls = false;
};

// Tells gRPC, with the most calls under way on a connection.
void Apply(const ConnectionLimits& limits, int64_t max_streams, grpc::ServerBuilder* builder);

}  // namespace activation

#endif  // ACTIVATION_SERVER_CONNECTION_LIMITS_H_
