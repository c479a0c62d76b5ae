#include "server/shared_memory/call_regions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"

namespace activation::shared_memory {

absl::StatusOr<std::byte*> CallRegions::Resolve(absl::string_view region, uint64_t offset,
                                                size_t bytes) {
  auto found = uses_.find(region);
  if (found == uses_.end()) {
    absl::StatusOr<Use> use = registry_.Find(region);
    if (!use.ok()) return use.status();
    found = uses_.emplace(std::string(region), *std::move(use)).first;
  }
  const Region& memory = found->second.region();
  if (offset > memory.bytes() || bytes > memory.bytes() - offset) {
    return InvalidField("offset",
                        absl::StrCat(bytes, " bytes at offset ", offset,
                                     " do not lie inside the region of ", memory.bytes()));
  }
  return memory.data() + offset;
}

absl::Status CallRegions::End() {
  bool whole = true;
  for (const auto& [handle, use] : uses_) whole = whole && use.region().IsWhole();
  uses_.clear();
  return whole ? absl::OkStatus() : BrokenRegion();
}

}  // namespace activation::shared_memory
