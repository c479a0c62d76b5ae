#include "client/src/shared_object.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace activation::client {
namespace {

absl::Status Failed(const char* what, int error) {
  const std::string message = absl::StrCat(what, ": ", strerror(error));
  if (error == ENOSPC || error == ENOMEM || error == EMFILE || error == ENFILE) {
    return absl::ResourceExhaustedError(message);
  }
  return absl::InvalidArgumentError(message);
}

// Memory for all of it now: without, a touch that finds none would end the process.
int Allocate(int file, size_t bytes) {
  int error;
  do {
    error = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  } while (error == EINTR);
  return error;
}

absl::StatusOr<std::string> NewName(const std::string& prefix) {
  std::array<char, 16> bits{};
  if (getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
    return absl::InternalError("the system gives no random bits");
  }
  return absl::StrCat(prefix, absl::BytesToHexString(absl::string_view(bits.data(), bits.size())));
}

}  // namespace

absl::StatusOr<SharedObject> SharedObject::Create(const std::string& prefix, unsigned mode,
                                                  size_t bytes) {
  absl::StatusOr<std::string> name = NewName(prefix);
  if (!name.ok()) return name.status();
  const int file = shm_open(name->c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  if (file < 0) return Failed("cannot create shared memory", errno);
  SharedObject object(*std::move(name), bytes);
  int error = Allocate(file, bytes);
  // Not by shm_open: the process' mask of permissions would take some away.
  if (error == 0 && fchmod(file, mode) != 0) error = errno;
  if (error == 0) {
    void* const data =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, file, 0);
    if (data == MAP_FAILED) {
      error = errno;
    } else {
      object.data_ = data;
    }
  }
  close(file);
  if (error != 0) return Failed("cannot get shared memory", error);
  return object;
}

SharedObject::SharedObject(SharedObject&& other) noexcept
    : name_(std::exchange(other.name_, "")),
      bytes_(other.bytes_),
      data_(std::exchange(other.data_, nullptr)) {}

SharedObject::~SharedObject() {
  RemoveName();
  if (data_ != nullptr) munmap(data_, bytes_);
}

void SharedObject::RemoveName() {
  if (!name_.empty()) shm_unlink(name_.c_str());
  name_.clear();
}

}  // namespace activation::client
