#include "server/access/groups.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"

namespace activation::access {
namespace {

struct Entry {
  absl::string_view method;
  Group group;
};

constexpr absl::string_view kOwn = "/activation.v1.ActivationService/";
constexpr Entry kOwnMethods[] = {
    {"Forward", Group::kCompute},
    {"Gradient", Group::kCompute},
    {"Stream", Group::kCompute},
    {"ListFunctions", Group::kInspect},
    {"GetServerInfo", Group::kInspect},
    {"RegisterSharedMemory", Group::kSharedMemory},
    {"UnregisterSharedMemory", Group::kSharedMemory},
    {"SharedMemoryStatus", Group::kSharedMemory},
};

constexpr absl::string_view kOpenInference = "/inference.GRPCInferenceService/";
constexpr Entry kOpenInferenceMethods[] = {
    {"ModelInfer", Group::kCompute},
    {"ModelStreamInfer", Group::kCompute},
    {"ServerLive", Group::kOpen},
    {"ServerReady", Group::kOpen},
    {"ModelReady", Group::kOpen},
    {"ServerMetadata", Group::kInspect},
    {"ModelMetadata", Group::kInspect},
    {"ModelConfig", Group::kInspect},
    {"ModelStatistics", Group::kInspect},
    {"RepositoryIndex", Group::kInspect},
    {"RepositoryModelLoad", Group::kInspect},
    {"RepositoryModelUnload", Group::kInspect},
    {"TraceSetting", Group::kInspect},
    {"LogSettings", Group::kInspect},
    {"SystemSharedMemoryStatus", Group::kSharedMemory},
    {"SystemSharedMemoryRegister", Group::kSharedMemory},
    {"SystemSharedMemoryUnregister", Group::kSharedMemory},
    {"CudaSharedMemoryStatus", Group::kSharedMemory},
    {"CudaSharedMemoryRegister", Group::kSharedMemory},
    {"CudaSharedMemoryUnregister", Group::kSharedMemory},
};

template <size_t kCount>
std::optional<Group> Find(const Entry (&entries)[kCount], absl::string_view method) {
  const auto* const found =
      std::find_if(std::begin(entries), std::end(entries),
                   [method](const Entry& entry) { return entry.method == method; });
  if (found == std::end(entries)) return std::nullopt;
  return found->group;
}

constexpr Entry kNames[] = {{"compute", Group::kCompute},
                            {"inspect", Group::kInspect},
                            {"shared-memory", Group::kSharedMemory}};

}  // namespace

std::optional<Group> GroupNamed(absl::string_view name) { return Find(kNames, name); }

const char* GroupName(Group group) {
  for (const Entry& entry : kNames) {
    if (entry.group == group) return entry.method.data();
  }
  return "open";
}

std::optional<Group> GroupOf(absl::string_view path) {
  if (absl::ConsumePrefix(&path, kOwn)) return Find(kOwnMethods, path);
  if (absl::ConsumePrefix(&path, kOpenInference)) return Find(kOpenInferenceMethods, path);
  if (absl::StartsWith(path, "/grpc.health.v1.Health/")) return Group::kOpen;
  if (absl::StartsWith(path, "/grpc.reflection.")) return Group::kInspect;
  return std::nullopt;
}

}  // namespace activation::access
