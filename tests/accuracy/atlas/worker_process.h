// A child process with a pipe to its standard input, one from its standard output,
// and memory that both share. Thread-compatible.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PROCESS_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PROCESS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace activation::atlas {

class WorkerProcess {
 public:
  // The command gets one more argument: the path of the shared memory.
  static absl::StatusOr<std::unique_ptr<WorkerProcess>> Start(std::vector<std::string> command,
                                                              size_t shared_bytes);
  // Closes the pipes, which ends a worker, and waits for it.
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  // The next line of its output, without the end; UNAVAILABLE where it ended.
  absl::StatusOr<std::string> ReadLine();
  // Sends a line and returns the line that answers it.
  absl::StatusOr<std::string> Ask(const std::string& line);

  std::byte* shared() const { return shared_; }

 private:
  WorkerProcess() = default;

  pid_t pid_ = -1;
  std::FILE* to_ = nullptr;
  std::FILE* from_ = nullptr;
  std::byte* shared_ = nullptr;
  size_t shared_bytes_ = 0;
};

}  // namespace activation::atlas

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_WORKER_PROCESS_H_
