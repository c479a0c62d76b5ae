#include "server/shared_memory/messages.h"

namespace activation::shared_memory {
namespace {

uint32_t Seconds(absl::Duration duration) {
  return static_cast<uint32_t>(absl::ToInt64Seconds(duration));
}

}  // namespace

absl::StatusOr<v1::RegisterSharedMemoryResponse> Register(
    const v1::RegisterSharedMemoryRequest& request, Registry& registry) {
  absl::StatusOr<Registration> made = registry.RegisterPosix(
      request.key(), request.offset(), request.bytes(), absl::Seconds(request.lease_seconds()));
  if (!made.ok()) return made.status();
  v1::RegisterSharedMemoryResponse response;
  response.set_region(made->region);
  response.set_lease_seconds(Seconds(made->lease));
  return response;
}

absl::StatusOr<v1::UnregisterSharedMemoryResponse> Unregister(
    const v1::UnregisterSharedMemoryRequest& request, Registry& registry) {
  const absl::Status status = registry.Unregister(request.region());
  if (!status.ok()) return status;
  return v1::UnregisterSharedMemoryResponse();
}

absl::StatusOr<v1::SharedMemoryStatusResponse> Status(const v1::SharedMemoryStatusRequest& request,
                                                      Registry& registry) {
  const absl::StatusOr<Description> description = registry.Describe(request.region());
  if (!description.ok()) return description.status();
  v1::SharedMemoryStatusResponse response;
  response.set_bytes(description->bytes);
  response.set_lease_seconds(Seconds(description->lease));
  response.set_broken(description->broken);
  return response;
}

}  // namespace activation::shared_memory
