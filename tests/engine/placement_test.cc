// Where jobs run: as asked, as told, as is possible.
#include <future>
#include <optional>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/base/errors.h"
#include "tests/base/eventually.h"
#include "tests/base/no_memory_here.h"
#include "tests/engine/placement_fixture.h"

namespace activation {
namespace {

using testing::HasSubstr;

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

// Wherever it ends. What its caller may send again must be as it was: here the results replace it.
TEST_F(PlacementTest, WithoutMemoryAJobEndsOnceAndIsWholeOrFailed) {
  Make(Placement::kAuto);
  std::vector<float> other(1000, -1.0F);
  size_t refusals = 0;
  for (size_t granted = 0;; ++granted) {
    x_.assign(1000, -1.0F);
    other.assign(1000, -1.0F);
    Job job;
    job.evaluations = {Item("relu", Placement::kCuda), Item("relu", Placement::kCpu)};
    job.evaluations[0].out = x_.data();
    job.evaluations[1].x = other.data();
    job.evaluations[1].out = other.data();
    std::promise<absl::Status> promise;
    job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
    const bool refused = AsksMoreOftenThan(granted, [&] { engine_->Submit(std::move(job)); });
    const absl::Status status = promise.get_future().get();
    if (!refused) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    ++refusals;
    if (absl::IsResourceExhausted(status)) {
      ASSERT_EQ(x_, std::vector<float>(1000, -1.0F));
      ASSERT_EQ(other, std::vector<float>(1000, -1.0F));
    } else {
      ASSERT_EQ(status.code(), absl::StatusCode::kInternal);
    }
    ASSERT_EQ(engine_->queued(), absl::ZeroDuration());
    ASSERT_EQ(engine_->cuda().LeastLoaded()->outstanding_bytes(), 0U);
  }
  EXPECT_GT(refusals, 10U);
  EXPECT_EQ(x_, zeros_);
  EXPECT_EQ(other, zeros_);
}

// Of more kinds than lists have room for without memory, computed here and by workers.
TEST_F(PlacementTest, WithoutMemoryAndWithoutADeviceAJobEndsOnce) {
  Make(Placement::kAuto, 0);
  for (const size_t count : {100, 100'000}) {
    x_.assign(count, -1.0F);
    std::vector<std::vector<float>> others(7, std::vector<float>(count));
    size_t granted = 0;
    for (bool refused = true; refused; ++granted) {
      y_.assign(count, 7.0F);
      Job job;
      for (const char* function : {"tanh", "gelu", "exp", "mish", "selu", "elu", "celu", "relu"}) {
        Evaluation& item = job.evaluations.emplace_back(Item(function, Placement::kCpu));
        if (job.evaluations.size() <= others.size()) {
          item.out = others[job.evaluations.size() - 1].data();
        }
      }
      std::promise<absl::Status> promise;
      job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
      refused = AsksMoreOftenThan(granted, [&] { engine_->Submit(std::move(job)); });
      const absl::Status status = promise.get_future().get();
      ASSERT_EQ(engine_->queued(), absl::ZeroDuration());
      if (status.ok()) {
        ASSERT_EQ(y_, std::vector<float>(count, 0.0F));
      } else {
        ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
        ASSERT_TRUE(refused);
      }
    }
    EXPECT_GT(granted, 1U);
  }
}

TEST_F(PlacementTest, ManyEvaluationsCountForTheListsThatTheyAreDividedInto) {
  const std::vector<Evaluation> one = {Item("relu")};
  const std::vector<Evaluation> many(1000, one.front());
  Make(Placement::kAuto, 0);
  EXPECT_EQ(engine_->ScratchBytes(many), 0U);
  Make(Placement::kAuto);
  EXPECT_EQ(engine_->ScratchBytes(one), 0U);
  EXPECT_GE(engine_->ScratchBytes(many), 1000 * (sizeof(Evaluation) + sizeof(cuda::Piece)));
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

// On a device that takes no time for elements, the CPU is for what is small.
TEST_F(PlacementTest, WhatHasNoChoiceIsNotChosenFor) {
  constexpr size_t kCount = 8'000'000;
  auto device = std::make_unique<cuda::FakeDevice>();
  device->ComputeNothing();
  devices_.push_back(device.get());
  cuda::Discovery found;
  found.devices.push_back(std::move(device));
  EngineOptions options;
  options.cpu_threads = 1;
  engine_ = std::make_unique<Engine>(std::move(options), std::move(found));
  constexpr size_t kBytes = kCount * sizeof(float);
  const auto memory = engine_->cuda().Import(devices_[0]->Export(kBytes), 0, kBytes);
  ASSERT_TRUE(memory.ok()) << memory.status();
  Evaluation resident = Item("relu");
  resident.count = kCount;
  resident.x = (*memory)->data();
  resident.out = (*memory)->data();
  ASSERT_EQ(Assigned(Item("relu")), Placement::kCpu);
  for (const bool resident_first : {true, false}) {
    std::vector<Evaluation> items = {Item("relu"), Item("relu")};
    items[resident_first ? 0 : 1] = resident;
    ASSERT_TRUE(engine_->Assign(absl::MakeSpan(items)).ok());
    EXPECT_EQ(items[resident_first ? 0 : 1].placement, Placement::kCuda);
    EXPECT_EQ(items[resident_first ? 1 : 0].placement, Placement::kCpu);
  }
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

}  // namespace
}  // namespace activation
