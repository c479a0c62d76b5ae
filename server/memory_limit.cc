#include "server/memory_limit.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace activation {
namespace {

// Version 1 writes a number near 2^63 for none.
constexpr uint64_t kUnlimited = uint64_t{1} << 62;

std::optional<uint64_t> ReadLimit(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  uint64_t bytes = 0;
  // Version 2 says "max" for none.
  if (!(file >> text) || !absl::SimpleAtoi(text, &bytes) || bytes >= kUnlimited)
    return std::nullopt;
  return bytes;
}

// Of the group and its parents. In a container the path may be one of the host, of which there is
// only the end here: its own group then is the root.
std::optional<uint64_t> LeastOf(const std::string& folder, std::string group, const char* name) {
  std::optional<uint64_t> least;
  while (true) {
    if (const auto limit = ReadLimit(folder + group + "/" + name)) {
      least = std::min(least.value_or(*limit), *limit);
    }
    if (group.empty()) return least;
    group.resize(group.find_last_of('/'));
  }
}

}  // namespace

std::optional<uint64_t> MemoryLimit(const std::string& root) {
  const std::string groups = root + "/sys/fs/cgroup";
  std::ifstream file(root + "/proc/self/cgroup");
  std::optional<uint64_t> least;
  const auto take = [&least](std::optional<uint64_t> limit) {
    if (limit) least = std::min(least.value_or(*limit), *limit);
  };
  for (std::string line; std::getline(file, line);) {
    // hierarchy:controllers:/path; version 2 is hierarchy 0 and names no controllers.
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3 || fields[2].empty() || fields[2][0] != '/') continue;
    const std::string group = fields[2] == "/" ? "" : fields[2];
    if (fields[0] == "0" && fields[1].empty()) take(LeastOf(groups, group, "memory.max"));
    const std::vector<std::string> controllers = absl::StrSplit(fields[1], ',');
    if (std::find(controllers.begin(), controllers.end(), "memory") != controllers.end()) {
      take(LeastOf(groups + "/memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

}  // namespace activation
