#include "server/access/groups.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "server/methods.h"

namespace activation::access {
namespace {

struct GroupWithName {
  absl::string_view name;
  Group group;
};

constexpr GroupWithName kNames[] = {{"compute", Group::kCompute},
                                    {"inspect", Group::kInspect},
                                    {"shared-memory", Group::kSharedMemory}};

}  // namespace

std::optional<Group> GroupNamed(absl::string_view name) {
  for (const GroupWithName& known : kNames) {
    if (known.name == name) return known.group;
  }
  return std::nullopt;
}

const char* GroupName(Group group) {
  for (const GroupWithName& known : kNames) {
    if (known.group == group) return known.name.data();
  }
  return "";
}

std::optional<Group> GroupOf(absl::string_view path) {
  if (absl::StartsWith(path, "/grpc.health.v1.Health/")) return Group::kOpen;
  if (absl::StartsWith(path, "/grpc.reflection.")) return Group::kInspect;
  for (size_t i = 0; i < static_cast<size_t>(Method::kOther); ++i) {
    const MethodInfo& info = InfoOf(static_cast<Method>(i));
    absl::string_view rest = path;
    const bool same = absl::ConsumePrefix(&rest, "/") && absl::ConsumePrefix(&rest, info.service) &&
                      absl::ConsumePrefix(&rest, "/") && rest == info.name;
    if (same) return info.group;
  }
  return std::nullopt;
}

}  // namespace activation::access
