// libtriton_copy.so: a backend of Triton that copies x to y, so that what is measured is
// the way of the request through that server. Source of the interface:
// https://github.com/triton-inference-server/core/blob/r24.10/include/triton/core/tritonbackend.h
// of which only what is called is declared here.
#include <cstddef>
#include <cstdint>
#include <cstring>

extern "C" {

struct TRITONSERVER_Error;
struct TRITONBACKEND_Input;
struct TRITONBACKEND_ModelInstance;
struct TRITONBACKEND_Output;
struct TRITONBACKEND_Request;
struct TRITONBACKEND_Response;

// Enumerations of the interface, as numbers.
using TRITONSERVER_DataType = int;
using TRITONSERVER_MemoryType = int;

TRITONSERVER_Error* TRITONBACKEND_RequestInput(TRITONBACKEND_Request*, const char* name,
                                               TRITONBACKEND_Input**);
TRITONSERVER_Error* TRITONBACKEND_InputProperties(TRITONBACKEND_Input*, const char** name,
                                                  TRITONSERVER_DataType*, const int64_t** shape,
                                                  uint32_t* dims, uint64_t* byte_size,
                                                  uint32_t* buffers);
TRITONSERVER_Error* TRITONBACKEND_InputBuffer(TRITONBACKEND_Input*, uint32_t index,
                                              const void** buffer, uint64_t* byte_size,
                                              TRITONSERVER_MemoryType*, int64_t* memory_id);
TRITONSERVER_Error* TRITONBACKEND_ResponseNew(TRITONBACKEND_Response**, TRITONBACKEND_Request*);
TRITONSERVER_Error* TRITONBACKEND_ResponseOutput(TRITONBACKEND_Response*, TRITONBACKEND_Output**,
                                                 const char* name, TRITONSERVER_DataType,
                                                 const int64_t* shape, uint32_t dims);
TRITONSERVER_Error* TRITONBACKEND_OutputBuffer(TRITONBACKEND_Output*, void** buffer,
                                               uint64_t byte_size, TRITONSERVER_MemoryType*,
                                               int64_t* memory_id);
TRITONSERVER_Error* TRITONBACKEND_ResponseSend(TRITONBACKEND_Response*, uint32_t flags,
                                               TRITONSERVER_Error*);
TRITONSERVER_Error* TRITONBACKEND_RequestRelease(TRITONBACKEND_Request*, uint32_t flags);

}  // extern "C"

namespace {

constexpr TRITONSERVER_MemoryType kCpuMemory = 0;  // TRITONSERVER_MEMORY_CPU
constexpr uint32_t kFinal = 1;                     // TRITONSERVER_RESPONSE_COMPLETE_FINAL
constexpr uint32_t kReleaseAll = 1;                // TRITONSERVER_REQUEST_RELEASE_ALL

// The first error of the calls.
TRITONSERVER_Error* Copy(TRITONBACKEND_Request* request, TRITONBACKEND_Response* response) {
  TRITONBACKEND_Input* input = nullptr;
  TRITONSERVER_DataType type = 0;
  const int64_t* shape = nullptr;
  uint32_t dims = 0;
  uint64_t size = 0;
  uint32_t buffers = 0;
  TRITONSERVER_Error* error = TRITONBACKEND_RequestInput(request, "x", &input);
  if (error != nullptr) return error;
  error = TRITONBACKEND_InputProperties(input, nullptr, &type, &shape, &dims, &size, &buffers);
  if (error != nullptr) return error;

  TRITONBACKEND_Output* output = nullptr;
  void* to = nullptr;
  TRITONSERVER_MemoryType memory = kCpuMemory;
  int64_t memory_id = 0;
  error = TRITONBACKEND_ResponseOutput(response, &output, "y", type, shape, dims);
  if (error != nullptr) return error;
  error = TRITONBACKEND_OutputBuffer(output, &to, size, &memory, &memory_id);
  if (error != nullptr) return error;

  auto* at = static_cast<char*>(to);
  for (uint32_t i = 0; i < buffers; ++i) {
    const void* from = nullptr;
    uint64_t part = 0;
    error = TRITONBACKEND_InputBuffer(input, i, &from, &part, &memory, &memory_id);
    if (error != nullptr) return error;
    std::memcpy(at, from, part);
    at += part;
  }
  return nullptr;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) TRITONSERVER_Error*
TRITONBACKEND_ModelInstanceExecute(TRITONBACKEND_ModelInstance*, TRITONBACKEND_Request** requests,
                                   uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    TRITONBACKEND_Response* response = nullptr;
    if (TRITONBACKEND_ResponseNew(&response, requests[i]) == nullptr) {
      TRITONBACKEND_ResponseSend(response, kFinal, Copy(requests[i], response));
    }
    TRITONBACKEND_RequestRelease(requests[i], kReleaseAll);
  }
  return nullptr;
}
