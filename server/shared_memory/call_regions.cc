#include "server/shared_memory/call_regions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "src/base/errors.h"

namespace activation::shared_memory {
namespace {

// Where a region begins in its object, and where it ends.
uint64_t BeginOf(const Region& region) { return region.origin().offset; }
uint64_t EndOf(const Region& region) { return BeginOf(region) + region.bytes(); }

bool Holds(const Region& outer, const Region& inner) {
  return BeginOf(outer) <= BeginOf(inner) && EndOf(inner) <= EndOf(outer);
}

bool Entangled(const Region& one, const Region& other) {
  return one.origin().object == other.origin().object && BeginOf(one) < EndOf(other) &&
         BeginOf(other) < EndOf(one);
}

}  // namespace

absl::StatusOr<std::byte*> CallRegions::Resolve(absl::string_view region, uint64_t offset,
                                                size_t bytes) {
  const absl::StatusOr<const Used*> used = Begin(region);
  if (!used.ok()) return used.status();
  const size_t size = (*used)->use.region().bytes();
  if (offset > size || bytes > size - offset) {
    return InvalidField("offset", absl::StrCat(bytes, " bytes at offset ", offset,
                                               " do not lie inside the region of ", size));
  }
  return (*used)->data + offset;
}

absl::StatusOr<const CallRegions::Used*> CallRegions::Begin(absl::string_view region) {
  const auto found = uses_.find(region);
  if (found != uses_.end()) return &found->second;
  absl::StatusOr<Use> use = registry_.Find(region);
  if (!use.ok()) return use.status();
  const absl::StatusOr<std::byte*> inside = Within(use->region());
  if (!inside.ok()) return inside.status();
  std::byte* data = *inside;
  if (data == nullptr) {
    MoveInto(use->region());
    data = use->region().data();
  }
  return &uses_.emplace(std::string(region), Used{*std::move(use), data}).first->second;
}

absl::StatusOr<std::byte*> CallRegions::Within(const Region& memory) const {
  std::byte* data = nullptr;
  for (const auto& [handle, other] : uses_) {
    const Region& known = other.use.region();
    if (!Entangled(known, memory)) continue;
    if (Holds(known, memory)) {
      data = other.data + (BeginOf(memory) - BeginOf(known));
    } else if (!Holds(memory, known)) {
      return EntangledRegions();
    }
  }
  return data;
}

void CallRegions::MoveInto(const Region& memory) {
  for (auto& [handle, other] : uses_) {
    const Region& known = other.use.region();
    if (!Entangled(known, memory)) continue;
    other.data = memory.data() + (BeginOf(known) - BeginOf(memory));
    moved_ = true;
  }
}

absl::Status CallRegions::End() {
  absl::Status whole;
  for (const auto& [handle, used] : uses_) whole.Update(used.use.region().Whole());
  // Not left to another thread, though giving gigabytes back takes time: whoever ended a region may
  // do with its memory what he likes once he has the replies to all calls that used it.
  uses_.clear();
  return whole;
}

}  // namespace activation::shared_memory
