// A part of a POSIX shared-memory object (shm_open), mapped for reading and writing.
// The server never makes an object. Its file descriptor stays open, to see whether
// the owner has cut it.
// In the way of a request: Registry -> OpenPosixRegion, at registration only.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_POSIX_REGION_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_POSIX_REGION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/shared_memory/region.h"

namespace activation::shared_memory {

// INVALID_ARGUMENT about field `key` unless it is one slash and a name without
// another, begins with `prefix` and is not too long.
absl::Status CheckKey(absl::string_view key, absl::string_view prefix);

// What Origin says of regions of the object `key`. The same errors about the key.
absl::StatusOr<std::string> IdentifyPosixObject(const std::string& key);

// `bytes` from `offset` of the object `key`, of any alignment. INVALID_ARGUMENT where
// they do not lie inside the object as it is now, NOT_FOUND where there is none,
// PERMISSION_DENIED, or RESOURCE_EXHAUSTED where it cannot be mapped or guarded.
absl::StatusOr<std::unique_ptr<Region>> OpenPosixRegion(const std::string& key, uint64_t offset,
                                                        uint64_t bytes);

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_POSIX_REGION_H_
