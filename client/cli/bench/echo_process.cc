#include "client/cli/bench/echo_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

extern char** environ;

namespace activation::cli {
namespace {

// Both ends close themselves in other children.
bool Pipe(int* read_end, int* write_end) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  *read_end = ends[0];
  *write_end = ends[1];
  return true;
}

// The first line that comes, without its end.
std::string ReadLine(int file) {
  std::string line;
  for (char c = 0; read(file, &c, 1) == 1 && c != '\n';) line += c;
  return line;
}

int Spawn(const std::string& program, int input, int output, pid_t* pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  const char* const arguments[] = {program.c_str(), "echo", "--listen=127.0.0.1:0",
                                   "--until-input-ends", nullptr};
  const int error = posix_spawn(pid, program.c_str(), &actions, nullptr,
                                const_cast<char* const*>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

absl::StatusOr<std::unique_ptr<EchoProcess>> EchoProcess::Start(const std::string& program) {
  int child_input = -1, child_output = -1, output = -1;
  std::unique_ptr<EchoProcess> echo(new EchoProcess);
  if (!Pipe(&child_input, &echo->input_) || !Pipe(&output, &child_output)) {
    return absl::InternalError(absl::StrCat("no pipe for the echo: ", std::strerror(errno)));
  }
  const int error = Spawn(program, child_input, child_output, &echo->pid_);
  close(child_input);
  close(child_output);
  if (error == 0) echo->target_ = ReadLine(output);
  close(output);
  if (error != 0) {
    echo->pid_ = -1;
    return absl::InternalError(
        absl::StrCat("the echo '", program, "' did not start: ", std::strerror(error)));
  }
  if (echo->target_.empty()) return absl::InternalError("the echo ended before it listened");
  return echo;
}

EchoProcess::~EchoProcess() {
  if (input_ >= 0) close(input_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

}  // namespace activation::cli
