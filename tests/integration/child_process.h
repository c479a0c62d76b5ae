// A program run by a test: its standard error is read, its end awaited. Killed
// when the object goes before it has ended. Thread-compatible.
#ifndef ACTIVATION_TESTS_INTEGRATION_CHILD_PROCESS_H_
#define ACTIVATION_TESTS_INTEGRATION_CHILD_PROCESS_H_

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace activation {

class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> command);
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next line of its standard error, or "" at the end.
  std::string ReadLine();
  // From now on nobody reads it.
  void StopReading();
  void Signal(int signal) const;
  // The exit code, or minus the signal that ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
  FILE* errors_ = nullptr;
};

}  // namespace activation

#endif  // ACTIVATION_TESTS_INTEGRATION_CHILD_PROCESS_H_
