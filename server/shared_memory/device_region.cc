#include "server/shared_memory/device_region.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace activation::shared_memory {
namespace {

class PinnedRegion final : public Region {
 public:
  PinnedRegion(std::unique_ptr<Region> region, std::unique_ptr<cuda::PinnedMemory> pin)
      : region_(std::move(region)), pin_(std::move(pin)) {}

  std::byte* data() const override { return region_->data(); }
  size_t bytes() const override { return region_->bytes(); }
  const Origin& origin() const override { return region_->origin(); }
  bool Unlinked() const override { return region_->Unlinked(); }
  absl::Status Whole() const override { return region_->Whole(); }

 private:
  const std::unique_ptr<Region> region_;
  const std::unique_ptr<cuda::PinnedMemory> pin_;  // goes before the memory
};

// Its owner must not free it while it is registered: CUDA does not say what becomes of a device
// that reads it then, so a client that registers such memory is trusted with the device.
class CudaRegion final : public Region {
 public:
  CudaRegion(std::unique_ptr<cuda::ImportedMemory> memory, size_t bytes, std::string object)
      : memory_(std::move(memory)), bytes_(bytes), origin_{std::move(object)} {}

  std::byte* data() const override { return memory_->data(); }
  size_t bytes() const override { return bytes_; }
  const Origin& origin() const override { return origin_; }
  absl::Status Whole() const override { return absl::OkStatus(); }

 private:
  const std::unique_ptr<cuda::ImportedMemory> memory_;
  const size_t bytes_;
  const Origin origin_;
};

}  // namespace

std::unique_ptr<Region> Pinned(std::unique_ptr<Region> region, cuda::DeviceSet& devices) {
  std::unique_ptr<cuda::PinnedMemory> pin = devices.Pin(region->data(), region->bytes());
  if (pin == nullptr) return region;
  return std::make_unique<PinnedRegion>(std::move(region), std::move(pin));
}

// A handle names memory of one device.
std::string IdentifyCudaMemory(absl::string_view handle, int64_t device) {
  return absl::StrCat("cuda ", device, " ", handle);
}

absl::StatusOr<std::unique_ptr<Region>> OpenCudaRegion(absl::string_view handle, int64_t device,
                                                       uint64_t bytes, cuda::DeviceSet& devices) {
  absl::StatusOr<std::unique_ptr<cuda::ImportedMemory>> memory =
      devices.Import(handle, device, bytes);
  if (!memory.ok()) return memory.status();
  return std::make_unique<CudaRegion>(*std::move(memory), bytes,
                                      IdentifyCudaMemory(handle, device));
}

}  // namespace activation::shared_memory
