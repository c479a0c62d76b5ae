// A file that lies in memory alone, under a path of this process: for parsers that read a
// file themselves. Thread-compatible.
#ifndef ACTIVATION_TESTS_FUZZ_MEMORY_FILE_H_
#define ACTIVATION_TESTS_FUZZ_MEMORY_FILE_H_

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/strings/string_view.h"

namespace activation::fuzz {

class MemoryFile {
 public:
  // Of its owner alone: what everybody may write is refused.
  MemoryFile() : file_(memfd_create("fuzz", MFD_CLOEXEC)) { fchmod(file_, 0600); }
  ~MemoryFile() { close(file_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  // Whether the file now holds that and nothing else.
  bool Hold(absl::string_view text) const {
    return ftruncate(file_, 0) == 0 &&
           pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  }
  std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  const int file_;
};

}  // namespace activation::fuzz

#endif  // ACTIVATION_TESTS_FUZZ_MEMORY_FILE_H_
