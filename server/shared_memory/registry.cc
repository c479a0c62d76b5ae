#include "server/shared_memory/registry.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "server/shared_memory/device_region.h"
#include "server/shared_memory/posix_region.h"
#include "src/base/errors.h"

namespace activation::shared_memory {
namespace {

constexpr absl::Duration kShortestLease = absl::Seconds(1);
constexpr absl::Duration kAbandoned = absl::Seconds(kRegionAbandonedSeconds);

// 128 bits from the system's generator, as 32 digits.
absl::StatusOr<std::string> NewHandle() {
  std::array<char, 16> bits{};
  if (getrandom(bits.data(), bits.size(), 0) != static_cast<ssize_t>(bits.size())) {
    return InternalError("the system gives no random bits");
  }
  return absl::BytesToHexString(absl::string_view(bits.data(), bits.size()));
}

}  // namespace

// A region with its lease.
class Entry {
 public:
  Entry(Room::Share share, std::unique_ptr<Region> region, absl::Duration lease,
        const SteadyClock& clock)
      : share_(std::move(share)), region_(std::move(region)), lease_(lease), clock_(clock) {
    Renew();
  }

  void Begin() { uses_.fetch_add(1, std::memory_order_relaxed); }
  // The lease begins anew with the end of a use.
  void End() {
    Renew();
    uses_.fetch_sub(1, std::memory_order_release);
  }

  bool Lapsed() const { return Idle() && SinceRenewed() > lease_; }

  // To one who has `object`.
  bool Abandoned(absl::string_view object) const {
    if (!Idle()) return false;
    const bool same = region_->origin().object == object;
    return (same && SinceRenewed() >= kAbandoned) || region_->Unlinked();
  }

  Region& region() const { return *region_; }
  absl::Duration lease() const { return lease_; }

 private:
  bool Idle() const { return uses_.load(std::memory_order_acquire) == 0; }
  absl::Duration SinceRenewed() const {
    return clock_() - absl::Nanoseconds(renewed_.load(std::memory_order_relaxed));
  }
  void Renew() { renewed_.store(absl::ToInt64Nanoseconds(clock_()), std::memory_order_relaxed); }

  const Room::Share share_;  // given back after the memory
  const std::unique_ptr<Region> region_;
  const absl::Duration lease_;
  const SteadyClock& clock_;
  std::atomic<int64_t> renewed_{0};  // by the clock, in nanoseconds
  std::atomic<int> uses_{0};
};

Use::Use(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) { entry_->Begin(); }

Use::~Use() {
  if (entry_ != nullptr) entry_->End();
}

Region& Use::region() const { return entry_->region(); }

Registry::Registry(Options options, const Limits& limits, SteadyClock clock,
                   cuda::DeviceSet* devices)
    : options_(std::move(options)),
      longest_lease_(absl::Seconds(limits.max_shared_memory_lease_seconds)),
      clock_(std::move(clock)),
      devices_(devices),
      room_(limits.max_shared_memory_regions, limits.max_shared_memory_bytes) {}

Registry::~Registry() = default;

absl::StatusOr<Registration> Registry::RegisterPosix(const std::string& key, uint64_t offset,
                                                     uint64_t bytes, absl::Duration lease) {
  if (!enabled()) return SharedMemoryOff();
  const absl::Status status = CheckKey(key, options_.prefix);
  if (!status.ok()) return status;
  return Register(bytes, lease, [&]() -> absl::StatusOr<std::unique_ptr<Region>> {
    absl::StatusOr<std::unique_ptr<Region>> region = OpenPosixRegion(key, offset, bytes);
    if (!region.ok() || !takes_cuda()) return region;
    return Pinned(*std::move(region), *devices_);
  });
}

absl::StatusOr<Registration> Registry::RegisterCuda(absl::string_view handle, int64_t device,
                                                    uint64_t bytes, absl::Duration lease) {
  if (!enabled()) return SharedMemoryOff();
  if (!takes_cuda()) return NoCudaRegions();
  return Register(bytes, lease, [&] { return OpenCudaRegion(handle, device, bytes, *devices_); });
}

absl::StatusOr<Registration> Registry::Register(uint64_t bytes, absl::Duration lease,
                                                const Open& open) {
  absl::StatusOr<Room::Share> share = room_.Take(bytes);
  if (!share.ok()) return share.status();
  absl::StatusOr<std::unique_ptr<Region>> region = open();
  if (!region.ok()) return region.status();
  absl::StatusOr<std::string> handle = NewHandle();
  if (!handle.ok()) return handle.status();
  if (lease == absl::ZeroDuration()) lease = options_.lease;
  lease = std::clamp(lease, kShortestLease, longest_lease_);
  auto entry = std::make_shared<Entry>(*std::move(share), *std::move(region), lease, clock_);
  const std::lock_guard<std::mutex> lock(mutex_);
  entries_.emplace(*handle, std::move(entry));
  return Registration{*std::move(handle), lease};
}

absl::Status Registry::Unregister(absl::string_view region) {
  if (!enabled()) return SharedMemoryOff();
  std::shared_ptr<Entry> ended;  // gives memory back, which takes time: not under the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(region);
  if (found == entries_.end()) return absl::OkStatus();
  ended = std::move(found->second);
  entries_.erase(found);
  return absl::OkStatus();
}

absl::StatusOr<std::string> Registry::Identify(const std::string& key) const {
  const absl::Status status = CheckKey(key, options_.prefix);
  if (!status.ok()) return status;
  return IdentifyPosixObject(key);
}

bool Registry::EndAbandoned(absl::string_view region, absl::string_view object) {
  std::shared_ptr<Entry> ended;  // as above
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = entries_.find(region);
  if (found == entries_.end()) return true;
  // Who finds a region has begun to use it before it gives the lock back.
  if (!found->second->Abandoned(object)) return false;
  ended = std::move(found->second);
  entries_.erase(found);
  return true;
}

absl::StatusOr<std::shared_ptr<Entry>> Registry::Look(absl::string_view region) {
  if (!enabled()) return SharedMemoryOff();
  const auto found = entries_.find(region);
  if (found == entries_.end() || found->second->Lapsed()) return UnknownRegion();
  return found->second;
}

absl::StatusOr<Description> Registry::Describe(absl::string_view region) {
  const std::lock_guard<std::mutex> lock(mutex_);
  absl::StatusOr<std::shared_ptr<Entry>> entry = Look(region);
  if (!entry.ok()) return entry.status();
  const Use use(*entry);
  return Description{use.region().bytes(), (*entry)->lease(), !use.region().Whole().ok()};
}

absl::StatusOr<Use> Registry::Find(absl::string_view region) {
  std::unique_lock<std::mutex> lock(mutex_);
  absl::StatusOr<std::shared_ptr<Entry>> entry = Look(region);
  if (!entry.ok()) return entry.status();
  Use use(*std::move(entry));
  lock.unlock();
  const absl::Status whole = use.region().Whole();
  if (!whole.ok()) return whole;
  return use;
}

bool Registry::Holds(absl::string_view region) {
  const std::lock_guard<std::mutex> lock(mutex_);
  return Look(region).ok();
}

void Registry::EndLapsed() {
  std::vector<std::shared_ptr<Entry>> ended;  // gives memory back: not under the lock
  const std::lock_guard<std::mutex> lock(mutex_);
  std::erase_if(entries_, [&ended](auto& entry) {
    if (!entry.second->Lapsed()) return false;
    ended.push_back(std::move(entry.second));
    return true;
  });
}

}  // namespace activation::shared_memory
