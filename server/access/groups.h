// What a token may be good for: the methods of the services in three groups, beside those
// that need no token and those that any token is good for. Pure functions.
#ifndef ACTIVATION_SERVER_ACCESS_GROUPS_H_
#define ACTIVATION_SERVER_ACCESS_GROUPS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace activation::access {

enum class Group {
  // Health for probes: says whether the server serves, and nothing else.
  kOpen,
  // What clients ask before they compute or look around: functions, models, limits. Any token is
  // good for it.
  kAnyToken,
  // Evaluation, unary and in streams.
  kCompute,
  // What the server does: statistics, settings, reflection.
  kInspect,
  // Regions of shared memory: registering one has the server map memory.
  kSharedMemory,
};

// A set of groups.
class Groups {
 public:
  void Add(Group group) { bits_ |= Bit(group); }
  bool Contains(Group group) const { return (bits_ & Bit(group)) != 0; }
  bool ContainsAll() const {
    return Contains(Group::kCompute) && Contains(Group::kInspect) && Contains(Group::kSharedMemory);
  }

 private:
  static uint32_t Bit(Group group) { return uint32_t{1} << static_cast<uint32_t>(group); }

  uint32_t bits_ = 0;
};

// `compute`, `inspect`, `shared-memory`; nothing for another name.
std::optional<Group> GroupNamed(absl::string_view name);
// Empty of a group that no token names.
const char* GroupName(Group group);

// By its path, `/activation.v1.ActivationService/Forward`; nothing for a method that is not
// in the table, which then takes a token with all groups.
std::optional<Group> GroupOf(absl::string_view path);

}  // namespace activation::access

#endif  // ACTIVATION_SERVER_ACCESS_GROUPS_H_
