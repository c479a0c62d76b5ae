// How much memory the process's container may hold, as Linux keeps it in control groups.
// Reads a few small files; thread-safe.
#ifndef ACTIVATION_SERVER_MEMORY_LIMIT_H_
#define ACTIVATION_SERVER_MEMORY_LIMIT_H_

#include <cstdint>
#include <optional>
#include <string>

namespace activation {

// The least limit of the process's group and of those around it, in bytes, by version 2 of
// control groups or by version 1; nothing where there is none. Files are those below `root`.
std::optional<uint64_t> MemoryLimit(const std::string& root = "");

}  // namespace activation

#endif  // ACTIVATION_SERVER_MEMORY_LIMIT_H_
