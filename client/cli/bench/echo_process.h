// `activation-client echo` as a child: an echo that shares no thread with the load.
#ifndef ACTIVATION_CLIENT_CLI_BENCH_ECHO_PROCESS_H_
#define ACTIVATION_CLIENT_CLI_BENCH_ECHO_PROCESS_H_

#include <sys/types.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace activation::cli {

// Ended when it goes; ends by itself when this process does. Thread-compatible.
class EchoProcess {
 public:
  // `program` is activation-client.
  static absl::StatusOr<std::unique_ptr<EchoProcess>> Start(const std::string& program);
  ~EchoProcess();

  EchoProcess(const EchoProcess&) = delete;
  EchoProcess& operator=(const EchoProcess&) = delete;

  const std::string& target() const { return target_; }

 private:
  EchoProcess() = default;

  pid_t pid_ = -1;
  int input_ = -1;  // the child's: its end tells the child to go
  std::string target_;
};

}  // namespace activation::cli

#endif  // ACTIVATION_CLIENT_CLI_BENCH_ECHO_PROCESS_H_
