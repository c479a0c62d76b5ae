// The methods of the services: one table for metrics, the log and tokens. Immutable.
#ifndef ACTIVATION_SERVER_METHODS_H_
#define ACTIVATION_SERVER_METHODS_H_

#include <cstddef>

#include "server/access/groups.h"

namespace activation {

inline constexpr char kOwnService[] = "activation.v1.ActivationService";
inline constexpr char kOpenInferenceService[] = "inference.GRPCInferenceService";

enum class Method {
  // Of activation.v1.ActivationService.
  kForward,
  kGradient,
  kStream,
  kListFunctions,
  kGetServerInfo,
  kRegisterSharedMemory,
  kUnregisterSharedMemory,
  kSharedMemoryStatus,
  // Of inference.GRPCInferenceService.
  kServerLive,
  kServerReady,
  kModelReady,
  kServerMetadata,
  kModelMetadata,
  kModelInfer,
  kModelStreamInfer,
  kModelConfig,
  kModelStatistics,
  kRepositoryIndex,
  kRepositoryModelLoad,
  kRepositoryModelUnload,
  kSystemSharedMemoryStatus,
  kSystemSharedMemoryRegister,
  kSystemSharedMemoryUnregister,
  kCudaSharedMemoryStatus,
  kCudaSharedMemoryRegister,
  kCudaSharedMemoryUnregister,
  kTraceSetting,
  kLogSettings,
  // Of no service: whatever a caller names.
  kOther,
};
inline constexpr size_t kMethodCount = static_cast<size_t>(Method::kOther) + 1;

struct MethodInfo {
  const char* service;  // "other" of kOther
  const char* name;     // as in the contract, "Forward"; "other" of kOther
  access::Group group;  // whom a token must be good for; of kOther without a meaning
};

const MethodInfo& InfoOf(Method method);

}  // namespace activation

#endif  // ACTIVATION_SERVER_METHODS_H_
