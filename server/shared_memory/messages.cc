#include "server/shared_memory/messages.h"

#include <utility>

#include "src/base/errors.h"

namespace activation::shared_memory {
namespace {

uint32_t Seconds(absl::Duration duration) {
  return static_cast<uint32_t>(absl::ToInt64Seconds(duration));
}

absl::StatusOr<Registration> RegisterPosix(const v1::RegisterSharedMemoryRequest& request,
                                           Registry& registry) {
  return registry.RegisterPosix(request.key(), request.offset(), request.bytes(),
                                absl::Seconds(request.lease_seconds()));
}

absl::StatusOr<Registration> RegisterCuda(const v1::RegisterSharedMemoryRequest& request,
                                          Registry& registry) {
  if (!request.key().empty()) return InvalidField("key", "must not stand beside cuda_ipc_handle");
  if (request.offset() != 0) return InvalidField("offset", "must be 0 with cuda_ipc_handle");
  absl::StatusOr<Registration> made =
      registry.RegisterCuda(request.cuda_ipc_handle(), request.cuda_device(), request.bytes(),
                            absl::Seconds(request.lease_seconds()));
  if (made.ok()) return made;
  // The fields as Open Inference calls them.
  static constexpr std::pair<const char*, const char*> kNames[] = {
      {"raw_handle", "cuda_ipc_handle"}, {"device_id", "cuda_device"}, {"byte_size", "bytes"}};
  for (const auto& [theirs, ours] : kNames) {
    if (FieldOf(made.status()) == theirs) return Renamed(made.status(), ours);
  }
  return made;
}

}  // namespace

absl::StatusOr<v1::RegisterSharedMemoryResponse> Register(
    const v1::RegisterSharedMemoryRequest& request, Registry& registry) {
  absl::StatusOr<Registration> made = request.cuda_ipc_handle().empty()
                                          ? RegisterPosix(request, registry)
                                          : RegisterCuda(request, registry);
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
