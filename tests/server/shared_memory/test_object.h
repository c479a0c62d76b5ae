// A POSIX shared-memory object as a client makes one, for tests: made, mapped and
// removed again. What tests left behind that were killed is removed by the next ones.
// Thread-compatible.
#ifndef ACTIVATION_TESTS_SERVER_SHARED_MEMORY_TEST_OBJECT_H_
#define ACTIVATION_TESTS_SERVER_SHARED_MEMORY_TEST_OBJECT_H_

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace activation::shared_memory {

// Removes objects of these names, which end in a number of a process and one of the object,
// whose process has ended.
inline void RemoveLeftovers(const std::string& prefix) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/shm", ignored)) {
    const std::string name = absl::StrCat("/", entry.path().filename().string());
    absl::string_view numbers = name;
    if (!absl::ConsumePrefix(&numbers, prefix)) continue;
    pid_t process = 0;
    const bool is_number = absl::SimpleAtoi(numbers.substr(0, numbers.find('-')), &process);
    if (is_number && process > 0 && kill(process, 0) != 0 && errno == ESRCH) {
      shm_unlink(name.c_str());
    }
  }
}

class TestObject {
 public:
  static constexpr char kPrefix[] = "/activation-test-";

  explicit TestObject(size_t bytes, const std::string& prefix = kPrefix)
      : name_(absl::StrCat(prefix, getpid(), "-", NextNumber())),
        file_(MakeAnew(name_)),
        bytes_(bytes) {
    if (file_ < 0 || ftruncate(file_, static_cast<off_t>(bytes)) != 0) abort();
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file_, 0);
    if (data_ == MAP_FAILED) abort();
  }
  ~TestObject() {
    munmap(data_, bytes_);
    close(file_);
    shm_unlink(name_.c_str());
  }
  TestObject(const TestObject&) = delete;
  TestObject& operator=(const TestObject&) = delete;

  const std::string& name() const { return name_; }
  int file() const { return file_; }
  size_t size() const { return bytes_; }
  size_t allocated_bytes() const {
    struct stat status {};
    if (fstat(file_, &status) != 0) abort();
    return static_cast<size_t>(status.st_blocks) * 512;
  }

  // So that it does not outlive a process that is to die.
  void Unlink() const { shm_unlink(name_.c_str()); }

  template <class T>
  T* as() {
    return static_cast<T*>(data_);
  }

  // Afterwards what lies behind must not be touched through as().
  void Cut(size_t bytes) {
    if (ftruncate(file_, static_cast<off_t>(bytes)) != 0) abort();
  }

 private:
  // One of the same name is that of a dead process that had our number.
  static int MakeAnew(const std::string& name) {
    static const bool first = [] {
      RemoveLeftovers(kPrefix);
      return true;
    }();
    static_cast<void>(first);
    shm_unlink(name.c_str());
    return shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  }

  static int NextNumber() {
    static std::atomic<int> number{0};
    return ++number;
  }

  const std::string name_;
  const int file_;
  const size_t bytes_;
  void* data_;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_TESTS_SERVER_SHARED_MEMORY_TEST_OBJECT_H_
