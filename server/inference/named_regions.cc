#include "server/inference/named_regions.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "src/base/errors.h"

namespace activation::inference {
namespace {

constexpr size_t kLongestName = 255;

// The registry's errors with the protocol's names of fields.
absl::Status AsProtocolSays(const absl::Status& status) {
  return FieldOf(status) == "bytes" ? Renamed(status, "byte_size") : status;
}

}  // namespace

absl::Status NamedRegions::Register(absl::string_view owner,
                                    const ::inference::SystemSharedMemoryRegisterRequest& request) {
  if (!enabled()) return SharedMemoryOff();
  const std::string& name = request.name();
  if (name.empty() || name.size() > kLongestName) {
    return InvalidField("name", absl::StrCat("must have 1 to ", kLongestName, " bytes"));
  }
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    ForgetEnded();
    if (entries_.contains(name)) return RegionNameTaken("name");
  }
  // Mapping takes a while: not under the lock.
  const absl::StatusOr<shared_memory::Registration> registration = registry_.RegisterPosix(
      request.key(), request.offset(), request.byte_size(), absl::InfiniteDuration());
  if (!registration.ok()) return AsProtocolSays(registration.status());
  Entry entry{std::string(owner), registration->region, {}};
  entry.status.set_name(name);
  entry.status.set_key(request.key());
  entry.status.set_offset(request.offset());
  entry.status.set_byte_size(request.byte_size());
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (entries_.emplace(name, std::move(entry)).second) return absl::OkStatus();
  }
  // Another call took the name in the meantime.
  const absl::Status ended = registry_.Unregister(registration->region);
  return ended.ok() ? RegionNameTaken("name") : ended;
}

absl::Status NamedRegions::Unregister(absl::string_view owner, absl::string_view name) {
  if (!enabled()) return SharedMemoryOff();
  std::vector<std::string> handles;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    absl::erase_if(entries_, [&](auto& entry) {
      const bool meant = name.empty() ? entry.second.owner == owner : entry.first == name;
      if (meant) handles.push_back(std::move(entry.second.handle));
      return meant;
    });
  }
  absl::Status status;
  for (const std::string& handle : handles) status.Update(registry_.Unregister(handle));
  return status;
}

absl::Status NamedRegions::Describe(absl::string_view owner, absl::string_view name,
                                    ::inference::SystemSharedMemoryStatusResponse* response) {
  if (!enabled()) return SharedMemoryOff();
  const std::lock_guard<std::mutex> lock(mutex_);
  ForgetEnded();
  for (const auto& [known, entry] : entries_) {
    const bool meant = entry.owner == owner && (name.empty() || name == known);
    if (meant) (*response->mutable_regions())[known] = entry.status;
  }
  const bool missing = !name.empty() && response->regions().empty();
  return missing ? UnknownRegionName("name") : absl::OkStatus();
}

absl::StatusOr<std::string> NamedRegions::Handle(absl::string_view name) {
  if (!enabled()) return SharedMemoryOff();
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(name);
  if (found == entries_.end()) return UnknownRegionName("region");
  return found->second.handle;
}

void NamedRegions::ForgetEnded() {
  absl::erase_if(entries_,
                 [this](const auto& entry) { return !registry_.Holds(entry.second.handle); });
}

absl::StatusOr<std::byte*> NamedResolver::Resolve(absl::string_view name, uint64_t offset,
                                                  size_t bytes) {
  const absl::StatusOr<std::string> handle = names_.Handle(name);
  if (!handle.ok()) return handle.status();
  return regions_.Resolve(*handle, offset, bytes);
}

}  // namespace activation::inference
