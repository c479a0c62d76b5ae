// Where jobs run: as asked, as told, as is possible.
#include <future>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/errors.h"
#include "src/engine/engine.h"
#include "tests/backends/cuda/fake_device.h"
#include "tests/base/eventually.h"

namespace activation {
namespace {

using testing::HasSubstr;

class PlacementTest : public testing::Test {
 protected:
  // An engine on so many fake devices.
  void Make(Placement placement, size_t devices = 1) {
    Make(placement, std::vector<size_t>(devices, size_t{1} << 30));
  }

  // On fake devices with so much memory each.
  void Make(Placement placement, const std::vector<size_t>& memory_bytes) {
    cuda::Discovery found;
    found.why_none = "none in this test";
    for (size_t i = 0; i < memory_bytes.size(); ++i) {
      auto device = std::make_unique<cuda::FakeDevice>(memory_bytes[i], static_cast<int>(i));
      devices_.push_back(device.get());
      found.devices.push_back(std::move(device));
    }
    EngineOptions options;
    options.cpu_threads = 1;
    options.placement = placement;
    options.cuda.batch.delay = absl::ZeroDuration();
    options.on_device_lost = [this](const cuda::DeviceProperties& device, const absl::Status& why) {
      ++losses_;
      last_loss_ = absl::StrCat(device.number, ": ", why.message());
    };
    engine_ = std::make_unique<Engine>(std::move(options), std::move(found));
  }

  Evaluation Item(const char* function, Placement placement = Placement::kAuto) {
    Evaluation evaluation;
    evaluation.function = *FindFunction(function);
    evaluation.params = *ResolveParams(evaluation.function, {});
    evaluation.placement = placement;
    evaluation.count = x_.size();
    evaluation.layout = {1, x_.size(), 1};
    evaluation.x = x_.data();
    evaluation.out = y_.data();
    return evaluation;
  }

  Placement Assigned(Evaluation evaluation) {
    EXPECT_TRUE(engine_->Assign(absl::MakeSpan(&evaluation, 1)).ok());
    return evaluation.placement;
  }

  // As a service does it.
  absl::Status Run(std::vector<Evaluation> evaluations) {
    absl::Status status = engine_->Assign(absl::MakeSpan(evaluations));
    if (!status.ok()) return status;
    std::promise<absl::Status> promise;
    Job job;
    job.evaluations = std::move(evaluations);
    job.done = [&promise](absl::Status result) { promise.set_value(std::move(result)); };
    engine_->Submit(std::move(job));
    return promise.get_future().get();
  }

  // Of an evaluation that was assigned.
  std::future<absl::Status> Start(const Evaluation& evaluation) {
    auto promise = std::make_shared<std::promise<absl::Status>>();
    Job job;
    job.evaluations = {evaluation};
    job.done = [promise](absl::Status status) { promise->set_value(std::move(status)); };
    engine_->Submit(std::move(job));
    return promise->get_future();
  }

  std::atomic<int> losses_{0};
  std::string last_loss_;
  std::vector<float> x_ = std::vector<float>(1000, -1.0F);
  std::vector<float> y_ = std::vector<float>(1000, 7.0F);
  const std::vector<float> zeros_ = std::vector<float>(1000, 0.0F);
  std::vector<cuda::FakeDevice*> devices_;  // the engine's
  std::unique_ptr<Engine> engine_;
};

TEST_F(PlacementTest, WithoutADeviceEverythingIsOnTheCpu) {
  Make(Placement::kAuto, 0);
  EXPECT_EQ(Assigned(Item("relu")), Placement::kCpu);
  EXPECT_EQ(engine_->RunsOn(), "the CPU: no CUDA device: none in this test");
  EXPECT_TRUE(engine_->IsReady());
  Evaluation asking = Item("relu", Placement::kCuda);
  const absl::Status status = engine_->Assign(absl::MakeSpan(&asking, 1));
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr("none in this test"));
}

TEST_F(PlacementTest, AnItemGoesWhereItAsks) {
  Make(Placement::kAuto);
  EXPECT_EQ(Assigned(Item("relu", Placement::kCpu)), Placement::kCpu);
  EXPECT_EQ(Assigned(Item("relu", Placement::kCuda)), Placement::kCuda);
  const int launches = devices_[0]->launches();
  EXPECT_TRUE(Run({Item("relu", Placement::kCuda)}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(devices_[0]->launches(), launches + 1);
}

TEST_F(PlacementTest, LeftOpenItIsDecidedAndRight) {
  Make(Placement::kAuto);
  EXPECT_NE(Assigned(Item("relu")), Placement::kAuto);
  EXPECT_TRUE(Run({Item("relu")}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_THAT(engine_->RunsOn(), HasSubstr("the CPU and CUDA"));
}

TEST_F(PlacementTest, AJobIsDividedAmongBackends) {
  Make(Placement::kAuto);
  std::vector<float> z(1000, 7.0F);
  std::vector<float> rows(1000, 7.0F);
  Evaluation second = Item("relu", Placement::kCpu);
  second.out = z.data();
  Evaluation third = Item("softmax", Placement::kAuto);
  third.out = rows.data();
  EXPECT_TRUE(Run({Item("relu", Placement::kCuda), second, third}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(z, zeros_);
  EXPECT_EQ(rows, std::vector<float>(1000, 0.001F));
}

TEST_F(PlacementTest, ToldCudaALossMakesTheEngineUnready) {
  Make(Placement::kCuda);
  EXPECT_TRUE(Run({Item("relu")}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_TRUE(engine_->IsReady());
  devices_[0]->Lose();
  EXPECT_EQ(Run({Item("relu")}).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(losses_, 1);
  EXPECT_FALSE(engine_->IsReady());
  EXPECT_EQ(Run({Item("relu")}).code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(engine_->RunsOn(), HasSubstr("nothing: the backend is set to cuda and"));
  EXPECT_THAT(engine_->devices()[1].state, HasSubstr("lost: "));
  // Whoever asks for the CPU still has it.
  EXPECT_TRUE(Run({Item("relu", Placement::kCpu)}).ok());
}

TEST_F(PlacementTest, ALossInPlaceIsNotToBeTriedAgain) {
  Make(Placement::kCuda);
  devices_[0]->LoseAtCopyOut(0);
  Evaluation in_place = Item("relu");
  in_place.out = x_.data();
  EXPECT_EQ(Run({Item("relu"), in_place}).code(), absl::StatusCode::kInternal);
}

// Else clients whose memory is the device's would be told to try again for ever.
TEST_F(PlacementTest, ALossThatARegistrationMeetsIsOneForEverybody) {
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

TEST_F(PlacementTest, OnAutoALossIsNotSeen) {
  Make(Placement::kAuto);
  devices_[0]->LoseAtCopyOut(0);
  EXPECT_TRUE(Run({Item("relu", Placement::kCuda)}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_TRUE(engine_->IsReady());
  EXPECT_EQ(Assigned(Item("relu")), Placement::kCpu);
  EXPECT_THAT(engine_->RunsOn(), HasSubstr("the CPU: no CUDA device: it is lost"));
}

// Else jobs behind it would be taken, or put on the CPU, as if nothing were there.
TEST_F(PlacementTest, WhatADeviceLeavesToTheCpuIsInItsQueue) {
  Make(Placement::kAuto);
  x_.resize(300'000, -1.0F);
  y_.resize(x_.size(), 7.0F);
  // The only worker stands still at the end of this one.
  absl::Notification stands;
  absl::Notification goes_on;
  Job standing;
  std::vector<float> out(x_.size());
  standing.evaluations = {Item("relu", Placement::kCpu)};
  standing.evaluations[0].out = out.data();
  standing.done = [&](const absl::Status&) {
    stands.Notify();
    goes_on.WaitForNotification();
  };
  engine_->Submit(std::move(standing));
  stands.WaitForNotification();
  EXPECT_EQ(engine_->queued(), absl::ZeroDuration());
  devices_[0]->Lose();
  std::promise<absl::Status> promise;
  Job job;
  job.evaluations = {Item("relu", Placement::kCuda)};
  job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
  engine_->Submit(std::move(job));
  EXPECT_TRUE(Eventually([this] { return engine_->queued() > absl::ZeroDuration(); }));
  goes_on.Notify();
  EXPECT_TRUE(promise.get_future().get().ok());
  EXPECT_EQ(y_, std::vector<float>(x_.size(), 0.0F));
  EXPECT_EQ(engine_->queued(), absl::ZeroDuration());
}

TEST_F(PlacementTest, TheLeastLoadedDeviceIsNext) {
  Make(Placement::kCuda, 2);
  for (cuda::FakeDevice* device : devices_) device->Hold();
  std::vector<std::future<absl::Status>> results;
  std::vector<std::vector<float>> outs(4, y_);
  for (std::vector<float>& out : outs) {
    Evaluation item = Item("relu", Placement::kCuda);
    item.out = out.data();
    results.push_back(Start(item));
  }
  for (const auto& backend : engine_->cuda().backends()) {
    EXPECT_EQ(backend->outstanding_bytes(),
              engine_->cuda().backends().front()->outstanding_bytes());
  }
  for (cuda::FakeDevice* device : devices_) device->Release();
  for (auto& result : results) EXPECT_TRUE(result.get().ok());
  EXPECT_EQ(outs, std::vector<std::vector<float>>(4, zeros_));
}

// It has nothing to copy, and is not to be taken for idle.
TEST_F(PlacementTest, ADeviceThatWorksOnItsOwnMemoryIsLoaded) {
  Make(Placement::kCuda, 2);
  auto memory = engine_->cuda().Import(devices_[0]->Export(8000), 0, 8000);
  ASSERT_TRUE(memory.ok()) << memory.status();
  devices_[0]->Hold();
  Evaluation resident = Item("relu");
  resident.x = (*memory)->data();
  resident.out = (*memory)->data() + 4000;
  ASSERT_TRUE(engine_->Assign(absl::MakeSpan(&resident, 1)).ok());
  std::promise<absl::Status> promise;
  Job job;
  job.evaluations = {resident};
  job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
  engine_->Submit(std::move(job));
  EXPECT_EQ(engine_->cuda().LeastLoaded(), engine_->cuda().backends()[1].get());
  devices_[0]->Release();
  EXPECT_TRUE(promise.get_future().get().ok());
}

TEST_F(PlacementTest, WhyADeviceCouldNotBeMeasuredIsSaid) {
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

TEST_F(PlacementTest, ADeviceWithoutKernelsIsNone) {
  auto device = std::make_unique<cuda::FakeDevice>();
  device->FailNext(cuda::FakeDevice::Call::kLoadKernels, absl::InternalError("no kernel image"));
  cuda::Discovery found;
  found.devices.push_back(std::move(device));
  engine_ = std::make_unique<Engine>(EngineOptions(), std::move(found));
  EXPECT_EQ(Assigned(Item("relu")), Placement::kCpu);
  EXPECT_EQ(engine_->RunsOn(), "the CPU: no CUDA device: no kernel image");
}

TEST_F(PlacementTest, TensorsOfADeviceGoToIt) {
  Make(Placement::kAuto, 2);
  const std::string handle = devices_[1]->Export(8000);
  EXPECT_EQ(engine_->cuda().Import(handle, 2, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
  const absl::Status another = engine_->cuda().Import(handle, 0, 1).status();
  EXPECT_EQ(another, InvalidField("raw_handle", "is memory of CUDA device 1"));
  EXPECT_EQ(engine_->cuda().Import("short", 1, 1).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(engine_->cuda().Import(handle, 1, 8001).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(devices_[1]->opened(), 0U);
  auto memory = engine_->cuda().Import(handle, 1, 8000);
  ASSERT_TRUE(memory.ok()) << memory.status();
  std::copy_n(reinterpret_cast<const std::byte*>(x_.data()), 4000, (*memory)->data());
  Evaluation item = Item("relu", Placement::kCpu);
  item.x = (*memory)->data();
  EXPECT_EQ(Assigned(item), Placement::kCuda);
  const int launches = devices_[1]->launches();
  EXPECT_TRUE(Run({item}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(devices_[1]->launches(), launches + 1);
  memory->reset();
  EXPECT_EQ(devices_[1]->opened(), 0U);
}

TEST_F(PlacementTest, ADeviceKeepsItsNumberWhereAnotherIsLeftOut) {
  constexpr size_t kNoRoom = 1;
  Make(Placement::kAuto, {kNoRoom, size_t{1} << 30});
  ASSERT_EQ(engine_->cuda().backends().size(), 1U);
  const std::string handle = devices_[1]->Export(4000);
  EXPECT_TRUE(engine_->cuda().Import(handle, 1, 4000).ok());
  const absl::Status status = engine_->cuda().Import(handle, 0, 4000).status();
  EXPECT_EQ(FieldOf(status), "device_id");
  EXPECT_THAT(std::string(status.message()), HasSubstr("this server has 1"));
}

TEST_F(PlacementTest, ADeviceThatIsLeftOutIsNamedWithTheReason) {
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

TEST_F(PlacementTest, TensorsOfTwoDevicesAreRefused) {
  Make(Placement::kAuto, 2);
  const auto first = engine_->cuda().Import(devices_[0]->Export(4000), 0, 4000);
  const auto second = engine_->cuda().Import(devices_[1]->Export(4000), 1, 4000);
  ASSERT_TRUE(first.ok() && second.ok());
  Evaluation item = Item("relu");
  item.x = (*first)->data();
  item.out = (*second)->data();
  std::vector<Evaluation> items = {Item("relu"), item};
  const absl::Status status = engine_->Assign(absl::MakeSpan(items));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FieldOf(status), "items[1]");
  const auto named = [](size_t index) { return "inputs" + std::to_string(index); };
  EXPECT_EQ(FieldOf(engine_->Assign(absl::MakeSpan(items), named)), "inputs1");
}

// Of a reply that is laid out only after backends are chosen.
TEST_F(PlacementTest, ALargeTensorNeedsNoPlaceForItsResultToBeAssigned) {
  Make(Placement::kCuda, std::vector<size_t>{size_t{2} << 20});
  x_.resize(8'000'000, -1.0F);
  Evaluation item = Item("relu");
  item.out = nullptr;
  EXPECT_EQ(Assigned(item), Placement::kCuda);
}

// The second device has room for small shuttles only.
TEST_F(PlacementTest, WhatNotEveryDeviceTakesIsOnTheCpu) {
  Make(Placement::kCuda, {size_t{1} << 30, size_t{2} << 20});
  x_.resize(1'000'000, -1.0F);
  y_.resize(x_.size(), 7.0F);
  const Evaluation row = Item("softmax", Placement::kCuda);
  ASSERT_TRUE(engine_->cuda().backends()[0]->Takes(row));
  ASSERT_FALSE(engine_->cuda().backends()[1]->Takes(row));
  EXPECT_EQ(Assigned(row), Placement::kCpu);
  EXPECT_EQ(Assigned(Item("relu")), Placement::kCuda);
}

TEST_F(PlacementTest, PinnedMemoryIsReadWhereItLies) {
  Make(Placement::kCuda);
  const auto pinned = engine_->cuda().Pin(reinterpret_cast<std::byte*>(x_.data()), 4000);
  ASSERT_NE(pinned, nullptr);
  EXPECT_TRUE(Run({Item("relu"), Item("relu")}).ok());
  EXPECT_EQ(y_, zeros_);
  EXPECT_EQ(devices_[0]->violations(), std::vector<std::string>());
  devices_[0]->FailNext(cuda::FakeDevice::Call::kPin, absl::InternalError("injected"));
  EXPECT_EQ(engine_->cuda().Pin(reinterpret_cast<std::byte*>(y_.data()), 4000), nullptr);
}

TEST_F(PlacementTest, WhatOneDevicePinnedIsReadByAll) {
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
TEST_F(PlacementTest, MemoryThatIsImportedTwiceIsThereUntilTheLastEnds) {
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

TEST_F(PlacementTest, ALostDeviceLeavesPinningToAnother) {
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

}  // namespace
}  // namespace activation
