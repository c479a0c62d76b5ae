// Shared-memory regions by the names that clients of the Open Inference Protocol choose,
// over the registry, which knows them by handles of its own.
//
// Who knows a name may use the region, from any connection: clients register on one and
// evaluate on others. To be told of it and to end it is for the connection that registered
// it. A region ends with its lease, the longest that the registry grants, and its name is
// then free. Sooner than that it goes to another connection that registers it: a client that
// was restarted or has lost its connection (Registry::EndAbandoned).
// In the way of a request: Decode -> NamedResolver -> NamedRegions -> CallRegions.
#ifndef ACTIVATION_SERVER_INFERENCE_NAMED_REGIONS_H_
#define ACTIVATION_SERVER_INFERENCE_NAMED_REGIONS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "inference/grpc_service.pb.h"
#include "server/shared_memory/registry.h"
#include "server/wire/slice_resolver.h"

namespace activation::inference {

// Thread-safe. `owner` is the connection of the caller, or "" where that cannot be told
// from others: such callers name what they end or ask about, and list nothing. UNIMPLEMENTED
// where shared memory is off.
class NamedRegions {
 public:
  // `registry` must outlive it.
  explicit NamedRegions(shared_memory::Registry& registry) : registry_(registry) {}

  // ALREADY_EXISTS, or what the registry says, about `name`, `key`, `offset`, `byte_size`,
  // `raw_handle`, `device_id`. Both kinds of memory share one space of names.
  absl::Status Register(absl::string_view owner,
                        const ::inference::SystemSharedMemoryRegisterRequest& request);
  absl::Status Register(absl::string_view owner,
                        const ::inference::CudaSharedMemoryRegisterRequest& request);

  // Ends the owner's region of that name and kind, if there is one; without a name all of them.
  absl::Status UnregisterSystem(absl::string_view owner, absl::string_view name);
  absl::Status UnregisterCuda(absl::string_view owner, absl::string_view name);

  // The owner's region of that name, or NOT_FOUND; without a name all of them. Of memory
  // of CUDA devices UNIMPLEMENTED where the server has none.
  absl::Status Describe(absl::string_view owner, absl::string_view name,
                        ::inference::SystemSharedMemoryStatusResponse* response);
  absl::Status Describe(absl::string_view owner, absl::string_view name,
                        ::inference::CudaSharedMemoryStatusResponse* response);

  // The registry's handle of a region. NOT_FOUND about `region`.
  absl::StatusOr<std::string> Handle(absl::string_view name);

  bool enabled() const { return registry_.enabled(); }
  bool takes_cuda() const { return registry_.takes_cuda(); }

 private:
  using SystemStatus = ::inference::SystemSharedMemoryStatusResponse::RegionStatus;
  using CudaStatus = ::inference::CudaSharedMemoryStatusResponse::RegionStatus;

  struct Entry {
    std::string owner;
    std::string handle;
    // By the kind of memory.
    std::variant<std::shared_ptr<const SystemStatus>, std::shared_ptr<const CudaStatus>> status;
  };

  // Enters what `make` registers under a name that is free, or that of a region that
  // is abandoned to one who has `object`.
  template <class Make>
  absl::Status Enter(absl::string_view name, absl::string_view object, Entry entry,
                     const Make& make);
  absl::Status MakeFree(absl::string_view name, absl::string_view owner, absl::string_view object);
  template <class RegionStatus>
  absl::Status Unregister(absl::string_view owner, absl::string_view name);
  template <class Response>
  absl::Status DescribeAll(absl::string_view owner, absl::string_view name, Response* response);

  // Forgets names of regions that have ended. To be called with the lock.
  void ForgetEnded();

  shared_memory::Registry& registry_;
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // guarded by mutex_
};

// Finds slices by names.
class NamedResolver final : public wire::SliceResolver {
 public:
  NamedResolver(NamedRegions& names, wire::SliceResolver& regions)
      : names_(names), regions_(regions) {}

  absl::StatusOr<std::byte*> Resolve(absl::string_view name, uint64_t offset,
                                     size_t bytes) override;

 private:
  NamedRegions& names_;
  wire::SliceResolver& regions_;
};

}  // namespace activation::inference

#endif  // ACTIVATION_SERVER_INFERENCE_NAMED_REGIONS_H_
