#include "src/backends/cuda/device_set.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "src/base/errors.h"

namespace activation::cuda {
namespace {

absl::Status NoSuchDevice(int64_t number, absl::Span<const std::unique_ptr<CudaBackend>> backends) {
  const auto add_number = [](std::string* to, const std::unique_ptr<CudaBackend>& backend) {
    absl::StrAppend(to, backend->number());
  };
  return InvalidField("device_id",
                      absl::StrCat("there is no CUDA device ", number, "; this server has ",
                                   absl::StrJoin(backends, ", ", add_number)));
}

// What a device has yet to do, as bytes that are copied. Those of its own memory count little: a
// card reads them some sixty times as fast as it gets others over PCIe (H100: 3.35 TB/s and 55
// GB/s).
double BurdenOf(const TouchedBytes& outstanding) {
  return static_cast<double>(outstanding.copied()) + static_cast<double>(outstanding.resident) / 60;
}

}  // namespace

DeviceSet::DeviceSet(Discovery found, const Options& options, Backend* fallback,
                     const OnLost& on_lost)
    : why_none_(std::move(found.why_none)), left_out_(std::move(found.left_out)) {
  for (std::unique_ptr<Device>& device : found.devices) {
    DeviceProperties properties = device->properties();
    absl::StatusOr<std::unique_ptr<CudaBackend>> backend =
        CudaBackend::Make(std::move(device), options, fallback, on_lost);
    if (backend.ok()) {
      backends_.push_back(*std::move(backend));
    } else {
      why_none_ = std::string(backend.status().message());
      left_out_.push_back({std::move(properties), why_none_});
    }
  }
}

absl::Status DeviceSet::state() const {
  if (empty()) return NoCudaDevice(why_none_);
  absl::Status lost;
  for (const auto& backend : backends_) {
    absl::Status state = backend->state();
    if (state.ok()) return state;
    lost.Update(state);
  }
  return NoCudaDevice(absl::StrCat("it is lost, ", lost.message()));
}

CudaBackend* DeviceSet::LeastLoaded() const {
  CudaBackend* least = nullptr;
  for (const auto& backend : backends_) {
    if (backend->lost()) continue;
    if (least == nullptr || BurdenOf(backend->outstanding()) < BurdenOf(least->outstanding())) {
      least = backend.get();
    }
  }
  return least;
}

bool DeviceSet::Takes(const Evaluation& evaluation) const {
  if (evaluation.statistics != nullptr) return false;
  return std::all_of(backends_.begin(), backends_.end(), [&](const auto& backend) {
    return backend->lost() || backend->Takes(evaluation);
  });
}

std::vector<CudaBackend*> DeviceSet::HoldersOf(const Evaluation& evaluation) const {
  std::vector<CudaBackend*> holders;
  for (const auto& backend : backends_) {
    if (backend->Holds(evaluation)) holders.push_back(backend.get());
  }
  return holders;
}

CudaBackend* DeviceSet::Find(int64_t number) const {
  for (const auto& backend : backends_) {
    if (backend->number() == number) return backend.get();
  }
  return nullptr;
}

std::unique_ptr<PinnedMemory> DeviceSet::Pin(std::byte* memory, size_t bytes) {
  PinnedMemory::Pin pin = PinByAny(memory, bytes);
  if (pin == nullptr) return nullptr;
  return std::make_unique<PinnedMemory>(std::move(pin), bytes, backends_);
}

// Where one refuses that is not lost, others would, too.
PinnedMemory::Pin DeviceSet::PinByAny(std::byte* memory, size_t bytes) {
  for (const auto& backend : backends_) {
    if (backend->lost()) continue;
    const absl::Status pinned = backend->device().Pin(memory, bytes);
    backend->Note(pinned);
    if (pinned.ok()) return {memory, Unpin{backend.get()}};
    if (!absl::IsUnavailable(pinned)) break;
  }
  return {nullptr, Unpin{nullptr}};
}

absl::StatusOr<std::unique_ptr<ImportedMemory>> DeviceSet::Import(absl::string_view handle,
                                                                  int64_t number, uint64_t bytes) {
  CudaBackend* const backend = Find(number);
  if (backend == nullptr) return NoSuchDevice(number, backends_);
  if (handle.size() != kIpcHandleBytes) {
    return InvalidField("raw_handle",
                        absl::StrCat("must have ", kIpcHandleBytes, " bytes, not ", handle.size()));
  }
  const absl::StatusOr<IpcMemory> opened = backend->device().OpenIpc(handle);
  backend->Note(opened.status());
  if (absl::IsInvalidArgument(opened.status())) {
    return InvalidField("raw_handle", opened.status().message());
  }
  if (absl::IsResourceExhausted(opened.status())) {
    return CannotMapDeviceMemory(opened.status().message());
  }
  if (!opened.ok()) return DeviceFailed(opened.status().message());
  ImportedMemory::Opened memory(static_cast<std::byte*>(opened->data), CloseIpc{backend});
  if (bytes == 0 || bytes > opened->bytes) {
    return InvalidField("byte_size", absl::StrCat("must be from 1 to the ", opened->bytes,
                                                  " bytes of that memory"));
  }
  return std::make_unique<ImportedMemory>(std::move(memory), opened->bytes);
}

}  // namespace activation::cuda
