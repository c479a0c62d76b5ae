#include "tests/accuracy/atlas/worker_process.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "absl/strings/str_cat.h"

namespace activation::atlas {
namespace {

// In the child: never returns.
[[noreturn]] void Become(std::vector<std::string>& command, int input, int output) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

}  // namespace

absl::StatusOr<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(
    std::vector<std::string> command, size_t shared_bytes) {
  // A worker that died is an error of the next call, and not the end of us.
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> requests;
  std::array<int, 2> answers;
  const int memory = memfd_create("atlas", 0);
  if (memory < 0 || ftruncate(memory, static_cast<off_t>(shared_bytes)) != 0 ||
      pipe2(requests.data(), O_CLOEXEC) != 0 || pipe2(answers.data(), O_CLOEXEC) != 0) {
    return absl::UnavailableError("no memory or pipes for a worker");
  }
  void* shared = mmap(nullptr, shared_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
  if (shared == MAP_FAILED) return absl::UnavailableError("cannot map memory for a worker");
  command.push_back(absl::StrCat("/proc/self/fd/", memory));
  const pid_t pid = fork();
  if (pid == 0) Become(command, requests[0], answers[1]);
  close(requests[0]);
  close(answers[1]);
  close(memory);
  std::unique_ptr<WorkerProcess> process(new WorkerProcess);
  process->pid_ = pid;
  process->to_ = fdopen(requests[1], "w");
  process->from_ = fdopen(answers[0], "r");
  process->shared_ = static_cast<std::byte*>(shared);
  process->shared_bytes_ = shared_bytes;
  if (pid < 0) return absl::UnavailableError("cannot start a worker");
  return process;
}

WorkerProcess::~WorkerProcess() {
  std::fclose(to_);
  std::fclose(from_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
  munmap(shared_, shared_bytes_);
}

absl::StatusOr<std::string> WorkerProcess::ReadLine() {
  char* line = nullptr;
  size_t capacity = 0;
  const ssize_t length = getline(&line, &capacity, from_);
  std::string text = length > 0 ? std::string(line, static_cast<size_t>(length)) : "";
  std::free(line);  // NOLINT: getline's interface
  if (text.empty() || text.back() != '\n') return absl::UnavailableError("the worker ended");
  text.pop_back();
  return text;
}

absl::StatusOr<std::string> WorkerProcess::Ask(const std::string& line) {
  if (std::fprintf(to_, "%s\n", line.c_str()) < 0 || std::fflush(to_) != 0) {
    return absl::UnavailableError("the worker ended");
  }
  return ReadLine();
}

}  // namespace activation::atlas
