// A gRPC server that sends every request of the service's methods back as it came: what the
// same bytes cost without any work. The yardstick of a load test.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_ECHO_SERVER_H_
#define ACTIVATION_CLIENT_CLI_BENCH_ECHO_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace activation::cli {

// Serves from Start until it goes. Thread-safe.
class EchoServer {
 public:
  // On host:port, where port 0 lets the system choose, or unix:/path.
  static absl::StatusOr<std::unique_ptr<EchoServer>> Start(const std::string& address);
  virtual ~EchoServer() = default;

  // What a client connects to.
  virtual const std::string& target() const = 0;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_ECHO_SERVER_H_
