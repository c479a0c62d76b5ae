// What calls of a test's own server share: an engine of the CPU and the rest of a server, without
// gRPC. Thread-safe.
#ifndef ACTIVATION_TESTS_SERVER_TEST_ENVIRONMENT_H_
#define ACTIVATION_TESTS_SERVER_TEST_ENVIRONMENT_H_

#include <atomic>

#include "server/errands.h"
#include "server/metrics.h"
#include "server/work.h"

namespace activation {

struct TestEnvironment {
  Engine engine{EngineOptions()};
  shared_memory::Registry regions{{}, Limits()};
  Metrics metrics{engine, regions};
  ReplyWatch replies{absl::ZeroDuration(), [] {}};
  OpenStreams streams;
  Errands errands;
  const std::atomic<bool> closed{false};
  const std::atomic<bool> ready{true};
  const CallEnvironment calls{engine, metrics, regions, replies, streams, errands, closed, ready};
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_SERVER_TEST_ENVIRONMENT_H_
