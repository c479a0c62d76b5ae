// What becomes of CUDA devices that are lost, left out or not measured, and of the memory that
// clients share with them.
#include "gtest/gtest.h"
#include "src/base/errors.h"
#include "tests/base/no_memory_here.h"
#include "tests/engine/placement_fixture.h"

namespace activation {
namespace {

class DevicesTest : public PlacementTest {};

// Else clients whose memory is the device's would be told to try again for ever.
TEST_F(DevicesTest, ALossThatARegistrationMeetsIsOneForEverybody) {
  Make(Placement::kCuda, 2);
  const std::string handle = devices_[0]->Export(4000);
  devices_[0]->FailNext(cuda::FakeDevice::Call::kOpenIpc, absl::ResourceExhaustedError("full"));
  const absl::Status full = engine_->cuda().Import(handle, 0, 4000).status();
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(FieldOf(full), "raw_handle");
  EXPECT_EQ(losses_, 0);
  devices_[0]->Lose();
  EXPECT_EQ(engine_->cuda().Import(handle, 0, 4000).status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(losses_, 1);
  EXPECT_TRUE(engine_->IsReady());
  devices_[1]->Lose();
  EXPECT_EQ(engine_->cuda().Pin(reinterpret_cast<std::byte*>(x_.data()), 4000), nullptr);
  EXPECT_EQ(losses_, 2);
  EXPECT_EQ(last_loss_, "1: the fake device is lost");
  EXPECT_FALSE(engine_->IsReady());
}

TEST_F(DevicesTest, WhyADeviceCouldNotBeMeasuredIsSaid) {
  for (const bool lost : {false, true}) {
    auto device = std::make_unique<cuda::FakeDevice>();
    const absl::Status why =
        lost ? absl::UnavailableError("injected") : absl::InternalError("injected");
    device->FailNext(cuda::FakeDevice::Call::kCopyIn, why);
    cuda::Discovery found;
    found.devices.push_back(std::move(device));
    engine_ = std::make_unique<Engine>(EngineOptions(), std::move(found));
    EXPECT_EQ(engine_->RunsOn(), lost ? "the CPU: no CUDA device: it is lost, injected"
                                      : "the CPU: the CUDA device could not be measured: injected");
    EXPECT_TRUE(Run({Item("relu")}).ok());
  }
}

TEST_F(DevicesTest, ADeviceThatIsLeftOutIsNamedWithTheReason) {
  cuda::Discovery found;
  found.left_out.push_back({{"Broken", 0}, "it does not answer"});
  found.devices.push_back(std::make_unique<cuda::FakeDevice>(size_t{1}, 1));
  found.devices.push_back(std::make_unique<cuda::FakeDevice>(size_t{1} << 30, 2));
  engine_ = std::make_unique<Engine>(EngineOptions(), std::move(found));
  const std::vector<DeviceInfo> devices = engine_->devices();
  ASSERT_EQ(devices.size(), 4U);
  EXPECT_EQ(devices[1].Shown(), "Fake");
  EXPECT_EQ(devices[2].Shown(), "Broken, left out: it does not answer");
  EXPECT_EQ(devices[3].Shown(), "Fake, left out: the fake device has no memory left");
  EXPECT_EQ(devices[3].backend, "cuda");
  EXPECT_EQ(engine_->cuda().left_out()[1].properties.number, 1);
}

TEST_F(DevicesTest, WhatCannotBePinnedIsCopied) {
  Make(Placement::kCuda);
  devices_[0]->FailNext(cuda::FakeDevice::Call::kPin, absl::InternalError("injected"));
  EXPECT_EQ(engine_->cuda().Pin(reinterpret_cast<std::byte*>(x_.data()), 4000), nullptr);
  EXPECT_TRUE(Run({Item("relu")}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(devices_[0]->violations(), std::vector<std::string>());
}

TEST_F(DevicesTest, WhatOneDevicePinnedIsReadByAll) {
  Make(Placement::kCuda, 2);
  x_.resize(100'000, -1.0F);
  const auto pinned =
      engine_->cuda().Pin(reinterpret_cast<std::byte*>(x_.data()), x_.size() * sizeof(float));
  ASSERT_NE(pinned, nullptr);
  for (cuda::FakeDevice* device : devices_) device->Hold();
  std::vector<std::vector<float>> outs(2, std::vector<float>(x_.size(), 7.0F));
  std::vector<std::future<absl::Status>> results;
  for (std::vector<float>& out : outs) {
    Evaluation item = Item("relu", Placement::kCuda);
    item.out = out.data();
    results.push_back(Start(item));
  }
  for (cuda::FakeDevice* device : devices_) device->Release();
  for (auto& result : results) EXPECT_TRUE(result.get().ok());
  for (const std::vector<float>& out : outs) EXPECT_EQ(out, std::vector<float>(x_.size(), 0.0F));
  for (size_t i = 0; i < devices_.size(); ++i) {
    EXPECT_EQ(devices_[i]->launches(), 1);
    EXPECT_EQ(engine_->cuda().backends()[i]->metrics().copy_in_seconds.sum(), 0);
    EXPECT_EQ(devices_[i]->violations(), std::vector<std::string>());
  }
}

// The runtime opens it once, and counts.
TEST_F(DevicesTest, MemoryThatIsImportedTwiceIsThereUntilTheLastEnds) {
  Make(Placement::kAuto);
  const std::string handle = devices_[0]->Export(4000);
  auto first = engine_->cuda().Import(handle, 0, 4000);
  const auto second = engine_->cuda().Import(handle, 0, 4000);
  ASSERT_TRUE(first.ok() && second.ok());
  first->reset();
  std::copy_n(reinterpret_cast<const std::byte*>(x_.data()), 4000, (*second)->data());
  Evaluation item = Item("relu", Placement::kCpu);
  item.x = (*second)->data();
  EXPECT_EQ(Assigned(item), Placement::kCuda);
  EXPECT_TRUE(Run({item}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(devices_[0]->violations(), std::vector<std::string>());
}

TEST_F(DevicesTest, ALostDeviceLeavesPinningToAnother) {
  Make(Placement::kCuda, 2);
  const size_t pinned_before = devices_[1]->pinned_ranges();
  devices_[0]->Lose();
  auto pinned = engine_->cuda().Pin(reinterpret_cast<std::byte*>(x_.data()), 4000);
  ASSERT_NE(pinned, nullptr);
  EXPECT_EQ(losses_, 1);
  EXPECT_EQ(devices_[1]->pinned_ranges(), pinned_before + 1);
  EXPECT_TRUE(Run({Item("relu")}).ok());
  EXPECT_EQ(y_, zeros_);
  pinned.reset();
  EXPECT_EQ(devices_[1]->pinned_ranges(), pinned_before);
  for (cuda::FakeDevice* device : devices_) {
    EXPECT_EQ(device->violations(), std::vector<std::string>());
  }
}

// Wherever it ends. What stayed pinned could not be pinned again, and what stayed in a map would be
// taken for the device's once others have that address.
TEST_F(DevicesTest, ARegistrationWithoutMemoryLeavesNothing) {
  Make(Placement::kCuda, 2);
  const std::string handle = devices_[1]->Export(4000);
  auto* const memory = reinterpret_cast<std::byte*>(x_.data());
  const size_t pinned_before = devices_[0]->pinned_ranges();
  const auto found_by_any = [this](const std::byte* address) {
    const auto& backends = engine_->cuda().backends();
    return std::any_of(backends.begin(), backends.end(), [&](const auto& backend) {
      return backend->memory().Find(address) != cuda::Memory::kPageable;
    });
  };
  std::unique_ptr<cuda::PinnedMemory> pinned;
  size_t granted = 0;
  for (; AsksMoreOftenThan(granted, [&] { pinned = engine_->cuda().Pin(memory, 4000); });
       ++granted) {
    ASSERT_EQ(devices_[0]->pinned_ranges(), pinned_before);
    ASSERT_FALSE(found_by_any(memory));
  }
  EXPECT_GE(granted, 4U);
  EXPECT_TRUE(found_by_any(memory));
  pinned.reset();
  EXPECT_EQ(devices_[0]->pinned_ranges(), pinned_before);
  EXPECT_FALSE(found_by_any(memory));
  absl::StatusOr<std::unique_ptr<cuda::ImportedMemory>> imported;
  granted = 0;
  for (; AsksMoreOftenThan(granted, [&] { imported = engine_->cuda().Import(handle, 1, 4000); });
       ++granted) {
    ASSERT_EQ(devices_[1]->opened(), 0U);
    ASSERT_FALSE(found_by_any(devices_[1]->Exported(handle)));
  }
  EXPECT_GE(granted, 4U);
  EXPECT_TRUE(found_by_any((*imported)->data()));
  imported->reset();
  EXPECT_EQ(devices_[1]->opened(), 0U);
  for (cuda::FakeDevice* device : devices_) {
    EXPECT_EQ(device->violations(), std::vector<std::string>());
  }
}

}  // namespace
}  // namespace activation
