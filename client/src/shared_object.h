// A new POSIX shared-memory object, mapped for reading and writing.
#ifndef ACTIVATION_CLIENT_SRC_SHARED_OBJECT_H_
#define ACTIVATION_CLIENT_SRC_SHARED_OBJECT_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace activation::client {

// Movable; unmaps and removes the name when it goes. Thread-compatible.
class SharedObject {
 public:
  // Under a name that nobody can guess, with memory for all of it, so that no later
  // touch can fail. RESOURCE_EXHAUSTED where there is not so much.
  static absl::StatusOr<SharedObject> Create(const std::string& prefix, unsigned mode,
                                             size_t bytes);

  ~SharedObject();
  SharedObject(SharedObject&& other) noexcept;
  SharedObject& operator=(SharedObject&&) = delete;

  const std::string& name() const { return name_; }
  void* data() const { return data_; }
  size_t size() const { return bytes_; }

  // From now on nobody else can open it; who has stays.
  void RemoveName();

 private:
  SharedObject(std::string name, size_t bytes) : name_(std::move(name)), bytes_(bytes) {}

  std::string name_;  // empty once removed
  size_t bytes_;
  void* data_ = nullptr;
};

}  // namespace activation::client

#endif  // ACTIVATION_CLIENT_SRC_SHARED_OBJECT_H_
