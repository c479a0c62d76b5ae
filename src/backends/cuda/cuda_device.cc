#include "src/backends/cuda/cuda_device.h"

#include <cuda.h>
#include <cuda_runtime_api.h>

#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "src/backends/cuda/kernels/launch.h"
#include "src/base/out_of_memory.h"

namespace activation::cuda {
namespace {

static_assert(kIpcHandleBytes == CUDA_IPC_HANDLE_SIZE);

cudaStream_t RawStream(Stream stream) { return static_cast<cudaStream_t>(stream); }

// Errors of one call, after which the device is as it was: of its arguments, or of what
// it could not have. All others are errors of an earlier operation, which stay, or of the
// device itself.
bool IsOfOneCall(cudaError_t error) {
  switch (error) {
    case cudaErrorInvalidValue:
    case cudaErrorInvalidConfiguration:
    case cudaErrorInvalidDevicePointer:
    case cudaErrorInvalidResourceHandle:
    case cudaErrorInvalidMemcpyDirection:
    case cudaErrorHostMemoryAlreadyRegistered:
    case cudaErrorHostMemoryNotRegistered:
    case cudaErrorAlreadyMapped:
    case cudaErrorMapBufferObjectFailed:
    case cudaErrorNotSupported:
    case cudaErrorNotPermitted:
    case cudaErrorOperatingSystem:
    case cudaErrorNoKernelImageForDevice:
    case cudaErrorInvalidKernelImage:
    case cudaErrorInvalidDeviceFunction:
    case cudaErrorUnsupportedPtxVersion:
    case cudaErrorSymbolNotFound:
    case cudaErrorPeerAccessUnsupported:
    case cudaErrorDeviceUninitialized:
      return true;
    default:
      return false;
  }
}

// Clears the error that the runtime keeps for whoever asks for the last one.
absl::Status Take(cudaError_t error) {
  if (error != cudaSuccess) cudaGetLastError();
  return StatusOf(error);
}

// Of a stream that cannot be waited for.
constexpr absl::Duration kBetweenQueries = absl::Milliseconds(1);

// Whether the current device is not lost: of one that is, every query has the error that stays.
bool Answers() {
  const cudaError_t state = cudaStreamQuery(nullptr);
  return state == cudaErrorNotReady || Take(state).ok();
}

// How large the allocation is that begins there: the runtime does not say, so the driver is asked,
// without linking it.
absl::Status SetAllocationBytes(IpcMemory* memory) {
  using GetAddressRange = CUresult (*)(CUdeviceptr*, size_t*, CUdeviceptr);
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found = cudaDriverEntryPointSymbolNotFound;
  absl::Status status = Take(cudaGetDriverEntryPointByVersion("cuMemGetAddressRange", &function,
                                                              12000, cudaEnableDefault, &found));
  if (!status.ok()) return status;
  if (found != cudaDriverEntryPointSuccess) return absl::InternalError("an old driver");
  CUdeviceptr begin = 0;
  size_t bytes = 0;
  const auto address = reinterpret_cast<CUdeviceptr>(memory->data);
  const CUresult result = reinterpret_cast<GetAddressRange>(function)(&begin, &bytes, address);
  if (result != CUDA_SUCCESS) return absl::InternalError("memory of an unknown size");
  memory->bytes = bytes - static_cast<size_t>(address - begin);
  return absl::OkStatus();
}

}  // namespace

absl::Status StatusOf(int error) {
  const auto code = static_cast<cudaError_t>(error);
  if (code == cudaSuccess) return absl::OkStatus();
  absl::StatusCode kind =
      IsOfOneCall(code) ? absl::StatusCode::kInternal : absl::StatusCode::kUnavailable;
  if (code == cudaErrorMemoryAllocation || code == cudaErrorLaunchOutOfResources) {
    kind = absl::StatusCode::kResourceExhausted;
  }
  const auto words = [&] {
    return absl::Status(kind,
                        absl::StrCat(cudaGetErrorString(code), " (", cudaGetErrorName(code), ")"));
  };
  return OrOutOfMemory(words, [kind] { return absl::Status(kind, ""); });
}

absl::StatusOr<std::unique_ptr<Device>> CudaDevice::Open(int number) {
  // A shuttle that waits sleeps: one that spins is quicker to see the end by some microseconds, but
  // takes a core of those who serve.
  absl::Status status = Take(cudaSetDevice(number));
  if (status.ok()) status = Take(cudaSetDeviceFlags(cudaDeviceScheduleBlockingSync));
  // A context is made with the first call that needs one; here it can still fail in peace.
  if (status.ok()) status = Take(cudaFree(nullptr));
  if (!status.ok()) return status;
  return std::unique_ptr<Device>(new CudaDevice(number, Describe(number)));
}

DeviceProperties CudaDevice::Describe(int number) {
  cudaDeviceProp found{};
  if (!Take(cudaGetDeviceProperties(&found, number)).ok()) {
    return {absl::StrCat("device ", number), number};
  }
  return {absl::StrCat(found.name, ", compute capability ", found.major, ".", found.minor), number};
}

absl::Status CudaDevice::MakeCurrent() const { return Take(cudaSetDevice(number_)); }

absl::Status CudaDevice::LoadKernels() {
  absl::Status status = MakeCurrent();
  if (status.ok()) status = Take(static_cast<cudaError_t>(cuda::LoadKernels()));
  if (status.ok()) return status;
  return {status.code(), absl::StrCat("no kernels for ", properties_.name, ": ", status.message())};
}

absl::StatusOr<std::byte*> CudaDevice::Allocate(size_t bytes) {
  void* memory = nullptr;
  absl::Status status = MakeCurrent();
  if (status.ok()) status = Take(cudaMalloc(&memory, bytes));
  if (!status.ok()) return status;
  return static_cast<std::byte*>(memory);
}

absl::StatusOr<std::byte*> CudaDevice::AllocatePinned(size_t bytes) {
  void* memory = nullptr;
  absl::Status status = MakeCurrent();
  if (status.ok()) status = Take(cudaHostAlloc(&memory, bytes, cudaHostAllocPortable));
  if (!status.ok()) return status;
  return static_cast<std::byte*>(memory);
}

// Giving back fails on a lost device only. Its own memory is gone with it; pages of the host that
// it pinned may stay so until the process ends. What another device has at the same address stays.
void CudaDevice::Free(std::byte* memory) {
  if (MakeCurrent().ok()) Take(cudaFree(memory)).IgnoreError();
}

void CudaDevice::FreePinned(std::byte* memory) {
  if (MakeCurrent().ok()) Take(cudaFreeHost(memory)).IgnoreError();
}

absl::Status CudaDevice::Pin(void* memory, size_t bytes) {
  absl::Status status = MakeCurrent();
  if (!status.ok()) return status;
  status = Take(cudaHostRegister(memory, bytes, cudaHostRegisterPortable));
  // A client chose what memory that is, and shall not lose the device to everybody by it.
  if (absl::IsUnavailable(status) && Answers()) return absl::InternalError(status.message());
  return status;
}

void CudaDevice::Unpin(void* memory) {
  if (MakeCurrent().ok()) Take(cudaHostUnregister(memory)).IgnoreError();
}

absl::StatusOr<IpcMemory> CudaDevice::OpenIpc(absl::string_view handle) {
  // On another device the handle might be opened, too, and its address be taken for this one's.
  absl::Status status = MakeCurrent();
  if (!status.ok()) return status;
  cudaIpcMemHandle_t raw;
  std::memcpy(&raw, handle.data(), sizeof(raw));
  IpcMemory memory;
  status = Take(cudaIpcOpenMemHandle(&memory.data, raw, cudaIpcMemLazyEnablePeerAccess));
  // The handle came from outside, and drivers say many things to what is none: as long as the
  // device answers, which after an error that stays it does not, it is the handle's fault.
  if (!status.ok() && !absl::IsResourceExhausted(status) && Answers()) {
    return absl::InvalidArgumentError(status.message());
  }
  if (!status.ok()) return status;
  status = CheckItIsHere(memory.data);
  if (status.ok()) status = SetAllocationBytes(&memory);
  if (!status.ok()) {
    CloseIpc(memory.data);
    return status;
  }
  return memory;
}

// Where devices reach each other, the runtime opens another's memory, too: then it would be used
// over the link, and be two regions to whoever asks whether they are the same memory.
absl::Status CudaDevice::CheckItIsHere(void* memory) const {
  cudaPointerAttributes attributes{};
  absl::Status status = Take(cudaPointerGetAttributes(&attributes, memory));
  if (!status.ok() || attributes.device == number_) return status;
  return absl::InvalidArgumentError(absl::StrCat("is memory of CUDA device ", attributes.device));
}

void CudaDevice::CloseIpc(void* memory) {
  if (MakeCurrent().ok()) Take(cudaIpcCloseMemHandle(memory)).IgnoreError();
}

absl::StatusOr<Stream> CudaDevice::MakeStream() {
  cudaStream_t stream = nullptr;
  absl::Status status = MakeCurrent();
  if (status.ok()) status = Take(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  if (!status.ok()) return status;
  return static_cast<Stream>(stream);
}

void CudaDevice::EndStream(Stream stream) {
  if (MakeCurrent().ok()) Take(cudaStreamDestroy(RawStream(stream))).IgnoreError();
}

absl::Status CudaDevice::CopyIn(std::byte* to, const void* from, size_t bytes, Stream stream) {
  absl::Status status = MakeCurrent();
  if (!status.ok()) return status;
  return Take(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, RawStream(stream)));
}

absl::Status CudaDevice::CopyOut(void* to, const std::byte* from, size_t bytes, Stream stream) {
  absl::Status status = MakeCurrent();
  if (!status.ok()) return status;
  return Take(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, RawStream(stream)));
}

absl::Status CudaDevice::Launch(const JobTable& jobs, const std::byte* table, std::byte* scratch,
                                Stream stream) {
  absl::Status status = MakeCurrent();
  if (!status.ok()) return status;
  return Take(static_cast<cudaError_t>(cuda::Launch(jobs.groups(), table, scratch, stream)));
}

absl::Status CudaDevice::Synchronize(Stream stream) {
  // A stream can be waited for from any device, and what is queued uses memory until it is over.
  MakeCurrent().IgnoreError();
  absl::Status waited = Take(cudaStreamSynchronize(RawStream(stream)));
  if (waited.ok()) return waited;
  // The wait has failed, and what was waited for perhaps not: of that only the stream itself knows.
  cudaError_t state = cudaStreamQuery(RawStream(stream));
  while (state == cudaErrorNotReady) {
    absl::SleepFor(kBetweenQueries);
    state = cudaStreamQuery(RawStream(stream));
  }
  if (Take(state).ok()) return absl::OkStatus();
  return OrOutOfMemory([&] { return absl::UnavailableError(waited.message()); },
                       [] { return absl::Status(absl::StatusCode::kUnavailable, ""); });
}

}  // namespace activation::cuda
