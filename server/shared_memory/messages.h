// The calls about shared memory, from message to message. Thread-safe.
// In the way of a request: ActivationService -> here -> Registry.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_MESSAGES_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_MESSAGES_H_

#include "absl/status/statusor.h"
#include "activation/v1/activation.pb.h"
#include "server/shared_memory/registry.h"

namespace activation::shared_memory {

// Errors are the registry's.
absl::StatusOr<v1::RegisterSharedMemoryResponse> Register(
    const v1::RegisterSharedMemoryRequest& request, Registry& registry);
absl::StatusOr<v1::UnregisterSharedMemoryResponse> Unregister(
    const v1::UnregisterSharedMemoryRequest& request, Registry& registry);
absl::StatusOr<v1::SharedMemoryStatusResponse> Status(const v1::SharedMemoryStatusRequest& request,
                                                      Registry& registry);

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_MESSAGES_H_
