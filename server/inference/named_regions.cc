#include "server/inference/named_regions.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/shared_memory/device_region.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

constexpr size_t kLongestName = 255;

// The registry's errors with the protocol's names of fields.
absl::Status AsProtocolSays(const absl::Status& status) {
  return FieldOf(status) == "bytes" ? Renamed(status, "byte_size") : status;
}

// Whether `asker` means the region `known` of `owner` by `name`, which may be empty.
bool IsMeant(absl::string_view known, absl::string_view owner, absl::string_view asker,
             absl::string_view name) {
  return owner == asker && (name.empty() ? !asker.empty() : name == known);
}

}  // namespace

template <class Make>
absl::Status NamedRegions::Enter(absl::string_view name, absl::string_view object, Entry entry,
                                 const Make& make) {
  if (name.empty() || name.size() > kLongestName) {
    return InvalidField("name", absl::StrCat("must have 1 to ", kLongestName, " bytes"));
  }
  absl::Status free = MakeFree(name, entry.owner, object);
  if (!free.ok()) return free;
  // Mapping takes a while: not under the lock.
  const absl::StatusOr<shared_memory::Registration> registration = make();
  if (!registration.ok()) return AsProtocolSays(registration.status());
  // Nobody would know of it.
  absl::Cleanup ending = [&] { registry_.Unregister(registration->region).IgnoreError(); };
  entry.handle = registration->region;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ForgetEnded();
    if (entries_.emplace(name, std::move(entry)).second) {
      std::move(ending).Cancel();
      return absl::OkStatus();
    }
  }
  // Another call took the name in the meantime.
  return RegionNameTaken("name");
}

// Before the new region is made: there may be room for one of them only.
absl::Status NamedRegions::MakeFree(absl::string_view name, absl::string_view owner,
                                    absl::string_view object) {
  std::string handle;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ForgetEnded();
    const auto found = entries_.find(name);
    if (found == entries_.end()) return absl::OkStatus();
    // Who is known to have registered it can end it.
    if (!owner.empty() && found->second.owner == owner) return RegionNameTaken("name");
    handle = found->second.handle;
  }
  // Giving memory back takes a while, too.
  return registry_.EndAbandoned(handle, object) ? absl::OkStatus() : RegionNameTaken("name");
}

absl::Status NamedRegions::Register(absl::string_view owner,
                                    const ::inference::SystemSharedMemoryRegisterRequest& request) {
  if (!enabled()) return SharedMemoryOff();
  SystemStatus status;
  status.set_name(request.name());
  status.set_key(request.key());
  status.set_offset(request.offset());
  status.set_byte_size(request.byte_size());
  // Where there is none, registering says so.
  const std::string object = registry_.Identify(request.key()).value_or("");
  auto shared = std::make_shared<const SystemStatus>(std::move(status));
  return Enter(request.name(), object, {std::string(owner), "", std::move(shared)}, [&] {
    return registry_.RegisterPosix(request.key(), request.offset(), request.byte_size(),
                                   absl::InfiniteDuration());
  });
}

absl::Status NamedRegions::Register(absl::string_view owner,
                                    const ::inference::CudaSharedMemoryRegisterRequest& request) {
  if (!takes_cuda()) return NoCudaRegions();
  CudaStatus status;
  status.set_name(request.name());
  status.set_device_id(static_cast<uint64_t>(request.device_id()));
  status.set_byte_size(request.byte_size());
  const std::string object =
      shared_memory::IdentifyCudaMemory(request.raw_handle(), request.device_id());
  auto shared = std::make_shared<const CudaStatus>(std::move(status));
  return Enter(request.name(), object, {std::string(owner), "", std::move(shared)}, [&] {
    return registry_.RegisterCuda(request.raw_handle(), request.device_id(), request.byte_size(),
                                  absl::InfiniteDuration());
  });
}

template <class RegionStatus>
absl::Status NamedRegions::Unregister(absl::string_view owner, absl::string_view name) {
  std::vector<std::string> handles;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    handles.reserve(entries_.size());
    std::erase_if(entries_, [&](auto& entry) {
      const bool meant =
          IsMeant(entry.first, entry.second.owner, owner, name) &&
          std::holds_alternative<std::shared_ptr<const RegionStatus>>(entry.second.status);
      if (meant) handles.push_back(std::move(entry.second.handle));
      return meant;
    });
  }
  absl::Status status;
  for (const std::string& handle : handles) status.Update(registry_.Unregister(handle));
  return status;
}

absl::Status NamedRegions::UnregisterSystem(absl::string_view owner, absl::string_view name) {
  return enabled() ? Unregister<SystemStatus>(owner, name) : SharedMemoryOff();
}

// Without devices there is nothing to end: clients end all of theirs when they begin.
absl::Status NamedRegions::UnregisterCuda(absl::string_view owner, absl::string_view name) {
  if (!enabled() && !name.empty()) return SharedMemoryOff();
  if (!takes_cuda()) return absl::OkStatus();
  return Unregister<CudaStatus>(owner, name);
}

template <class Response>
absl::Status NamedRegions::DescribeAll(absl::string_view owner, absl::string_view name,
                                       Response* response) {
  using Shared = std::shared_ptr<const typename Response::RegionStatus>;
  std::vector<Shared> meant;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ForgetEnded();
    for (const auto& [known, entry] : entries_) {
      const auto* const status = std::get_if<Shared>(&entry.status);
      if (status != nullptr && IsMeant(known, entry.owner, owner, name)) meant.push_back(*status);
    }
  }
  // All together may be a megabyte: not under the lock that evaluations take.
  for (const Shared& status : meant) (*response->mutable_regions())[status->name()] = *status;
  const bool missing = !name.empty() && meant.empty();
  return missing ? UnknownRegionName("name") : absl::OkStatus();
}

absl::Status NamedRegions::Describe(absl::string_view owner, absl::string_view name,
                                    ::inference::SystemSharedMemoryStatusResponse* response) {
  return enabled() ? DescribeAll(owner, name, response) : SharedMemoryOff();
}

absl::Status NamedRegions::Describe(absl::string_view owner, absl::string_view name,
                                    ::inference::CudaSharedMemoryStatusResponse* response) {
  return takes_cuda() ? DescribeAll(owner, name, response) : NoCudaRegions();
}

absl::StatusOr<std::string> NamedRegions::Handle(absl::string_view name) {
  if (!enabled()) return SharedMemoryOff();
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return UnknownRegionName("region");
  return found->second.handle;
}

void NamedRegions::ForgetEnded() {
  std::erase_if(entries_,
                [this](const auto& entry) { return !registry_.Holds(entry.second.handle); });
}

absl::StatusOr<std::byte*> NamedResolver::Resolve(absl::string_view name, uint64_t offset,
                                                  size_t bytes) {
  const absl::StatusOr<std::string> handle = names_.Handle(name);
  if (!handle.ok()) return handle.status();
  return regions_.Resolve(*handle, offset, bytes);
}

}  // namespace activation::inference
