// A device that fails in every way: no wrong tensor, and `done` once.
#include <algorithm>
#include <optional>
#include <thread>

#include "absl/synchronization/blocking_counter.h"
#include "gtest/gtest.h"
#include "tests/backends/cuda/backend_fixture.h"
#include "tests/base/no_memory_here.h"

namespace activation::cuda {
namespace {

using Call = FakeDevice::Call;

class FaultsTest : public CudaBackendTest {};

TEST_F(FaultsTest, ABatchWithoutMemoryIsHalvedUntilItFits) {
  Options options = SmallShuttles();
  options.batch = {.jobs = 64, .full_bytes = size_t{1} << 30, .delay = absl::Hours(1)};
  MakeBackend(options);
  device_->LimitLaunch(10);
  std::vector<Tensor> tensors;
  for (uint32_t i = 0; i < 64; ++i) {
    tensors.emplace_back("tanh", Direction::kForward, DType::kF32, 100, i);
  }
  std::vector<std::future<absl::Status>> results;
  for (Tensor& tensor : tensors) results.push_back(Start(*backend_, {tensor.evaluation}));
  for (auto& result : results) EXPECT_TRUE(result.get().ok());
  for (Tensor& tensor : tensors) EXPECT_EQ(tensor.out, tensor.Expected());
  EXPECT_EQ(device_->launches(), 8);
  EXPECT_EQ(backend_->metrics().batch_jobs.count(3), 8U);
  EXPECT_EQ(backend_->metrics().batch_jobs.sum(), 64);
  EXPECT_EQ(Fallbacks(Fallback::kNoMemory), 0U);
}

TEST_F(FaultsTest, WhatFailsAloneIsLeftToTheFallback) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1000);
  device_->LimitLaunch(0);
  ExpectRight(tensor);
  EXPECT_EQ(Fallbacks(Fallback::kNoMemory), 1U);
  device_->LimitLaunch(1000);
  for (const Call call : {Call::kCopyIn, Call::kLaunch, Call::kCopyOut}) {
    device_->FailNext(call, absl::InternalError("injected"));
    ExpectRight(tensor);
  }
  EXPECT_EQ(Fallbacks(Fallback::kFailed), 3U);
  EXPECT_FALSE(backend_->lost());
}

TEST_F(FaultsTest, ADeviceLostAnywhereIsLostForEver) {
  for (const Call call : {Call::kCopyIn, Call::kLaunch, Call::kCopyOut, Call::kSynchronize}) {
    MakeBackend();
    losses_ = 0;
    device_->FailNext(call, absl::UnavailableError("injected"));
    Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
    ExpectRight(tensor);
    EXPECT_TRUE(backend_->lost());
    EXPECT_TRUE(absl::IsUnavailable(backend_->state()));
    EXPECT_GT(Fallbacks(Fallback::kLost), 0U);
    const int launches = device_->launches();
    ExpectRight(tensor);
    EXPECT_EQ(device_->launches(), launches);
    EXPECT_EQ(losses_, 1);
  }
}

// The copy of its result was queued, to where the fallback wrote.
TEST_F(FaultsTest, WhatIsNotOverWhenTheDeviceIsLostNeverHappens) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 100'000);
  ASSERT_TRUE(device_->Pin(tensor.out.data(), tensor.out.size()).ok());
  backend_->memory().Add(tensor.out.data(), tensor.out.size(), Memory::kPinned);
  device_->Hold();
  device_->FailNext(Call::kSynchronize, absl::UnavailableError("injected"));
  const int copies = device_->copies_out();
  ExpectRight(tensor);
  EXPECT_EQ(device_->copies_out(), copies + 1);
  EXPECT_TRUE(backend_->lost());
  EXPECT_EQ(Fallbacks(Fallback::kLost), 1U);
  const std::vector<std::byte> result = tensor.out;
  EXPECT_EQ(device_->violations(), std::vector<std::string>());
  // Streams are over when they have ended.
  backend_.reset();
  EXPECT_EQ(tensor.out, result);
}

// Results replace inputs, and the device is lost while it brings them back.
TEST_F(FaultsTest, AnInputInPlaceIsAsItWasWhereTheDeviceIsLost) {
  for (const bool pinned : {false, true}) {
    MakeBackend();
    Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
    const std::vector<std::byte> expected = tensor.Expected();
    if (pinned) {
      ASSERT_TRUE(device_->Pin(tensor.x.data(), tensor.x.size()).ok());
      backend_->memory().Add(tensor.x.data(), tensor.x.size(), Memory::kPinned);
    }
    tensor.evaluation.out = tensor.x.data();
    device_->LoseAtCopyOut(3);
    EXPECT_TRUE(Start(*backend_, {tensor.evaluation}).get().ok());
    EXPECT_EQ(tensor.x, expected);
    EXPECT_TRUE(backend_->lost());
  }
}

TEST_F(FaultsTest, WithoutAFallbackALossIsUnavailable) {
  MakeBackend(SmallShuttles(), false);
  device_->LoseAtCopyOut(2);
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
  EXPECT_EQ(Start(*backend_, {tensor.evaluation}).get().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Start(*backend_, {tensor.evaluation}).get().code(), absl::StatusCode::kUnavailable);
  Tensor row("softmax", Direction::kForward, DType::kF32, 1'000'000);
  EXPECT_EQ(Start(*backend_, {row.evaluation}).get().code(), absl::StatusCode::kUnimplemented);
}

TEST_F(FaultsTest, TensorsOfTheDeviceHaveNoFallback) {
  MakeBackend();
  const IpcMemory opened = *device_->OpenIpc(device_->Export(8000));
  backend_->memory().Add(opened.data, opened.bytes, Memory::kDevice);
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1000);
  tensor.evaluation.x = opened.data;
  device_->Lose();
  EXPECT_EQ(Start(*backend_, {tensor.evaluation}).get().code(), absl::StatusCode::kUnavailable);
  device_->CloseIpc(opened.data);
}

// The batch that fails has computed it already, over its input.
TEST_F(FaultsTest, WhatReplacesItsInputOnTheDeviceIsComputedOnce) {
  Options options = SmallShuttles();
  options.batch = {.jobs = 2, .full_bytes = size_t{1} << 30, .delay = absl::Hours(1)};
  MakeBackend(options);
  Tensor there("gelu", Direction::kForward, DType::kF32, 1000);
  Tensor here("gelu", Direction::kForward, DType::kF32, 1000, 2);
  const std::vector<std::byte> once = there.Expected();
  const IpcMemory opened = *device_->OpenIpc(device_->Export(4000));
  backend_->memory().Add(opened.data, opened.bytes, Memory::kDevice);
  std::copy(there.x.begin(), there.x.end(), static_cast<std::byte*>(opened.data));
  there.evaluation.x = opened.data;
  there.evaluation.out = opened.data;
  device_->FailNext(Call::kCopyOut, absl::InternalError("injected"));
  std::future<absl::Status> failed = Start(*backend_, {there.evaluation});
  std::future<absl::Status> repeated = Start(*backend_, {here.evaluation});
  EXPECT_EQ(failed.get().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(repeated.get().ok());
  EXPECT_TRUE(std::equal(once.begin(), once.end(), static_cast<std::byte*>(opened.data)));
  EXPECT_EQ(here.out, here.Expected());
  EXPECT_EQ(Fallbacks(Fallback::kFailed), 1U);
  EXPECT_EQ(device_->launches(), 2);
  device_->CloseIpc(opened.data);
}

// Wherever it ends, be it in the middle of a list.
TEST_F(FaultsTest, WithoutMemoryForItsPiecesARunIsRefused) {
  MakeBackend();
  Tensor large("gelu", Direction::kForward, DType::kF32, 1'000'003);
  Tensor small("tanh", Direction::kForward, DType::kF32, 100);
  const std::vector<std::byte> expected = large.Expected();
  const std::vector<Evaluation> evaluations = {small.evaluation, large.evaluation};
  size_t refusals = 0;
  for (size_t granted = 0;; ++granted) {
    std::promise<absl::Status> promise;
    std::function<void(absl::Status)> done = [&promise](absl::Status status) {
      promise.set_value(std::move(status));
    };
    const bool refused =
        AsksMoreOftenThan(granted, [&] { backend_->Run(evaluations, Always, std::move(done)); });
    const absl::Status status = promise.get_future().get();
    if (!refused) {
      EXPECT_TRUE(status.ok()) << status;
      break;
    }
    ++refusals;
    ASSERT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    ASSERT_EQ(backend_->outstanding_bytes(), 0U);
    ASSERT_EQ(device_->launches(), 0);
  }
  EXPECT_GT(refusals, 10U);
  EXPECT_EQ(large.out, expected);
}

TEST_F(FaultsTest, AShuttleWithoutMemoryLosesNoBatch) {
  Options options = SmallShuttles();
  options.batch = {.jobs = 4, .full_bytes = size_t{1} << 30, .delay = absl::Hours(1)};
  MakeBackend(options);
  std::vector<Tensor> tensors;
  for (uint32_t i = 0; i < 4; ++i) {
    tensors.emplace_back("tanh", Direction::kForward, DType::kF32, 100, i);
  }
  // On the shuttle's thread, from when the last is looked at to when the first has ended.
  std::optional<NoMemoryHere> none;
  std::vector<absl::Status> ends(4, absl::UnknownError("has not ended"));
  absl::BlockingCounter ended(4);
  for (size_t i = 0; i < 4; ++i) {
    const auto look = [&none, last = i == 3] {
      if (last) none.emplace();
      return absl::OkStatus();
    };
    backend_->Run({tensors[i].evaluation}, look, [&, i](const absl::Status& status) {
      none.reset();
      ends[i] = status;
      ended.DecrementCount();
    });
  }
  ended.Wait();
  EXPECT_EQ(ends[0].code(), absl::StatusCode::kResourceExhausted);
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_TRUE(ends[i].ok()) << ends[i];
    EXPECT_EQ(tensors[i].out, tensors[i].Expected());
  }
  EXPECT_EQ(device_->launches(), 2);
}

// Faults of every sort while several callers send tensors of several sizes, and a backend
// that ends while they run.
TEST_F(FaultsTest, UnderLoadEveryTensorIsRightAndEveryCallEnds) {
  for (const bool lose : {false, true}) {
    MakeBackend();
    device_->LimitLaunch(3);
    std::vector<std::thread> callers;
    for (uint32_t caller = 0; caller < 3; ++caller) {
      callers.emplace_back([this, caller] {
        for (uint32_t i = 0; i < 30; ++i) {
          Tensor small("tanh", Direction::kForward, DType::kF32, 100 + i, caller);
          Tensor large("relu", Direction::kGradient, DType::kF32, 200'000 + i, caller);
          const std::vector<std::byte> wanted = small.Expected();
          const std::vector<std::byte> wanted_large = large.Expected();
          auto first = Start(*backend_, {small.evaluation, large.evaluation});
          auto second = Start(*backend_, {small.evaluation});
          EXPECT_TRUE(first.get().ok());
          EXPECT_TRUE(second.get().ok());
          EXPECT_EQ(small.out, wanted);
          EXPECT_EQ(large.out, wanted_large);
        }
      });
    }
    for (const Call call : {Call::kCopyIn, Call::kLaunch, Call::kCopyOut}) {
      device_->FailNext(call, absl::InternalError("injected"), 5);
    }
    if (lose) device_->LoseAtCopyOut(50);
    for (std::thread& caller : callers) caller.join();
    EXPECT_EQ(backend_->lost(), lose);
    EXPECT_EQ(device_->violations(), std::vector<std::string>());
  }
}

TEST_F(FaultsTest, AShutdownWaitsForASlowDevice) {
  for (const bool lose : {false, true}) {
    MakeBackend();
    device_->Hold();
    Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
    const std::vector<std::byte> expected = tensor.Expected();
    std::future<absl::Status> result = Start(*backend_, {tensor.evaluation});
    FakeDevice* const device = device_;
    std::thread end([this] { backend_.reset(); });
    if (lose) device->Lose();
    device->Release();
    end.join();
    EXPECT_TRUE(result.get().ok());
    EXPECT_EQ(tensor.out, expected);
  }
}

}  // namespace
}  // namespace activation::cuda
