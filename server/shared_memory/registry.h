// The regions that clients have registered, by handles nobody can guess: 128 random
// bits. Who has a handle may use its region and end it; so no client can end another's
// region, and there is nothing to list.
//
// A region has a lease: it ends when it was not used for that long, and every use
// renews it. So what a crashed client leaves behind ends by itself. A region that ends
// while calls use it is given back when the last of them is done.
//
// A service whose clients choose names (Open Inference) keeps its own names for handles.
// In the way of a request: wire::Decode -> CallRegions -> Registry::Use.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_REGISTRY_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "server/shared_memory/region.h"
#include "server/shared_memory/room.h"
#include "server/steady_clock.h"
#include "src/backends/cuda/device_set.h"
#include "src/base/limits.h"

namespace activation::shared_memory {

struct Options {
  // Else every call of the registry is UNIMPLEMENTED.
  bool enabled = false;
  // What the keys of POSIX objects begin with.
  std::string prefix = "/activation-";
  // For those who ask for no lease of their own.
  absl::Duration lease = absl::Minutes(5);
};

// What a new region's owner is told.
struct Registration {
  std::string region;
  absl::Duration lease;
};

// What is said of a region.
struct Description {
  size_t bytes;
  absl::Duration lease;
  bool broken;
};

class Entry;  // registry.cc

// Keeps a region while it exists, and renews its lease. Not to outlive the registry.
class Use {
 public:
  explicit Use(std::shared_ptr<Entry> entry);
  ~Use();
  Use(Use&&) noexcept = default;
  Use& operator=(Use&&) = delete;

  Region& region() const;

 private:
  std::shared_ptr<Entry> entry_;
};

// Thread-safe. Errors are about the fields `key`, `offset`, `bytes` and `region`.
class Registry {
 public:
  // With `devices`, which must outlive it, regions are pinned for their copies.
  Registry(Options options, const Limits& limits, SteadyClock clock = SteadyTime,
           cuda::DeviceSet* devices = nullptr);
  ~Registry();

  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // `bytes` from `offset` of the POSIX object `key`. A lease of zero is the default
  // one; one above the limit is cut. Errors: see CheckKey, OpenPosixRegion and Room.
  absl::StatusOr<Registration> RegisterPosix(const std::string& key, uint64_t offset,
                                             uint64_t bytes, absl::Duration lease);

  // `bytes` of the memory of CUDA device `device` that another process exported. The same
  // about the lease. UNIMPLEMENTED without a device. Errors: see DeviceSet::Import and Room.
  absl::StatusOr<Registration> RegisterCuda(absl::string_view handle, int64_t device,
                                            uint64_t bytes, absl::Duration lease);

  // OK also where there is no such region.
  absl::Status Unregister(absl::string_view region);

  // What Origin says of regions that would be registered so. Errors as those of registering.
  absl::StatusOr<std::string> Identify(const std::string& key) const;

  // Ends `region` for somebody who would register `object`, as Identify says it, in its place,
  // and says whether it has ended. Not while it is in use; else where it is of the same object
  // and was not used for kRegionAbandonedSeconds, or where its object is unlinked.
  bool EndAbandoned(absl::string_view region, absl::string_view object);

  // Both renew the lease. NOT_FOUND; Find also gives the error of a region that is not
  // whole any more.
  absl::StatusOr<Description> Describe(absl::string_view region);
  absl::StatusOr<Use> Find(absl::string_view region);

  // Whether there is such a region. Does not renew its lease.
  bool Holds(absl::string_view region);

  // Ends the regions whose lease is over. They are refused from that moment; this
  // gives their memory back.
  void EndLapsed();

  bool enabled() const { return options_.enabled; }
  bool takes_cuda() const { return enabled() && devices_ != nullptr && !devices_->empty(); }
  // Of regions whose memory has not been given back.
  size_t regions() const { return room_.regions(); }
  size_t bytes() const { return room_.bytes(); }

 private:
  using Open = std::function<absl::StatusOr<std::unique_ptr<Region>>()>;

  // The way of every kind of memory: takes room, then opens, then enters.
  absl::StatusOr<Registration> Register(uint64_t bytes, absl::Duration lease, const Open& open);
  absl::StatusOr<std::shared_ptr<Entry>> Look(absl::string_view region);

  const Options options_;
  const absl::Duration longest_lease_;
  const SteadyClock clock_;
  cuda::DeviceSet* const devices_;
  Room room_;
  std::mutex mutex_;
  // Abseil's hash tables cannot be used any more once one had no memory to grow.
  // Guarded by mutex_.
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> entries_;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_REGISTRY_H_
