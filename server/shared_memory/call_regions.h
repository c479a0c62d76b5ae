// The regions one call uses, kept until its work is done. Thread-compatible.
// In the way of a request: wire::Decode asks it where slices lie; the call asks it
// afterwards whether the regions were whole all the time.
#ifndef ACTIVATION_SERVER_SHARED_MEMORY_CALL_REGIONS_H_
#define ACTIVATION_SERVER_SHARED_MEMORY_CALL_REGIONS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "server/shared_memory/registry.h"
#include "server/wire/slice_resolver.h"

namespace activation::shared_memory {

class CallRegions final : public wire::SliceResolver {
 public:
  // `registry` must outlive it.
  explicit CallRegions(Registry& registry) : registry_(registry) {}

  // Errors of Registry::Find about field `region`; INVALID_ARGUMENT about `offset` where the
  // bytes do not lie inside the region. The same memory has one address in a call, also by
  // two regions of one object, so that overlaps can be seen; INVALID_ARGUMENT about `region`
  // where these are the same in part only. Where a region comes after others that lie in it,
  // the addresses given of those are not that one: see Moved().
  absl::StatusOr<std::byte*> Resolve(absl::string_view region, uint64_t offset,
                                     size_t bytes) override;

  // Whether addresses that were given have changed since the last time that this was asked, so
  // that all have to be resolved again. Of regions that are known none changes.
  bool Moved() { return std::exchange(moved_, false); }

  // Gives the regions back; nothing that Resolve gave may be used any more.
  // The error of a region that is not whole any more: what was computed from it is worth
  // nothing.
  absl::Status End();

 private:
  struct Used {
    Use use;
    std::byte* data;  // of the region, in the mapping that the call uses for its object
  };

  absl::StatusOr<const Used*> Begin(absl::string_view region);
  // Where `memory` lies in a region of this call that holds it, or nullptr where none does.
  // INVALID_ARGUMENT where one is the same in part.
  absl::StatusOr<std::byte*> Within(const Region& memory) const;
  // Has regions that lie in `memory` lie where it does.
  void MoveInto(const Region& memory);

  Registry& registry_;
  std::map<std::string, Used, std::less<>> uses_;
  bool moved_ = false;
};

}  // namespace activation::shared_memory

#endif  // ACTIVATION_SERVER_SHARED_MEMORY_CALL_REGIONS_H_
