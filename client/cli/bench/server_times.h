// What the server says about its own part of a call.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_SERVER_TIMES_H_
#define ACTIVATION_CLIENT_CLI_BENCH_SERVER_TIMES_H_

#include <chrono>
#include <optional>

#include "absl/strings/string_view.h"

namespace activation::cli {

// The metadata with which a call asks, and the trailer in which the server answers, in the
// form of W3C's Server-Timing (https://www.w3.org/TR/server-timing/).
inline constexpr char kTimingRequestKey[] = "activation-timing";
inline constexpr char kTimingReplyKey[] = "server-timing";

struct ServerTimes {
  std::chrono::nanoseconds queue{0};   // waiting: for room, then for a worker
  std::chrono::nanoseconds copy{0};    // reading the request, laying out the reply
  std::chrono::nanoseconds kernel{0};  // computing

  std::chrono::nanoseconds total() const { return queue + copy + kernel; }
};

// "queue;dur=0.012, copy;dur=0.031, kernel;dur=0.2", in milliseconds. Nothing where one of
// the three is missing or is no number; other entries are passed over.
std::optional<ServerTimes> ParseServerTimes(absl::string_view text);

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_SERVER_TIMES_H_
