#include "server/methods.h"

#include <iterator>

namespace activation {
namespace {

using access::Group;

constexpr MethodInfo kMethods[] = {
    {kOwnService, "Forward", Group::kCompute},
    {kOwnService, "Gradient", Group::kCompute},
    {kOwnService, "Stream", Group::kCompute},
    {kOwnService, "ListFunctions", Group::kAnyToken},
    {kOwnService, "GetServerInfo", Group::kAnyToken},
    {kOwnService, "RegisterSharedMemory", Group::kSharedMemory},
    {kOwnService, "UnregisterSharedMemory", Group::kSharedMemory},
    {kOwnService, "SharedMemoryStatus", Group::kSharedMemory},
    {kOpenInferenceService, "ServerLive", Group::kOpen},
    {kOpenInferenceService, "ServerReady", Group::kOpen},
    {kOpenInferenceService, "ModelReady", Group::kOpen},
    {kOpenInferenceService, "ServerMetadata", Group::kAnyToken},
    {kOpenInferenceService, "ModelMetadata", Group::kAnyToken},
    {kOpenInferenceService, "ModelInfer", Group::kCompute},
    {kOpenInferenceService, "ModelStreamInfer", Group::kCompute},
    {kOpenInferenceService, "ModelConfig", Group::kAnyToken},
    {kOpenInferenceService, "ModelStatistics", Group::kInspect},
    {kOpenInferenceService, "RepositoryIndex", Group::kInspect},
    {kOpenInferenceService, "RepositoryModelLoad", Group::kInspect},
    {kOpenInferenceService, "RepositoryModelUnload", Group::kInspect},
    {kOpenInferenceService, "SystemSharedMemoryStatus", Group::kSharedMemory},
    {kOpenInferenceService, "SystemSharedMemoryRegister", Group::kSharedMemory},
    {kOpenInferenceService, "SystemSharedMemoryUnregister", Group::kSharedMemory},
    {kOpenInferenceService, "CudaSharedMemoryStatus", Group::kSharedMemory},
    {kOpenInferenceService, "CudaSharedMemoryRegister", Group::kSharedMemory},
    {kOpenInferenceService, "CudaSharedMemoryUnregister", Group::kSharedMemory},
    {kOpenInferenceService, "TraceSetting", Group::kInspect},
    {kOpenInferenceService, "LogSettings", Group::kInspect},
    {"other", "other", Group::kOpen},
};
static_assert(std::size(kMethods) == kMethodCount);

}  // namespace

const MethodInfo& InfoOf(Method method) { return kMethods[static_cast<size_t>(method)]; }

}  // namespace activation
