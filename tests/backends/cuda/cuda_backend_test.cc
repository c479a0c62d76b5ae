#include "src/backends/cuda/cuda_backend.h"

#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "tests/backends/cuda/backend_fixture.h"
#include "tests/base/eventually.h"

namespace activation::cuda {
namespace {

TEST_F(CudaBackendTest, ComputesEveryFunctionAsTheCpuDoes) {
  MakeBackend();
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const DType dtype : kAllDTypes) {
        SCOPED_TRACE(info.name);
        Tensor tensor(info.name, direction, dtype, 1001);
        ExpectRight(tensor);
      }
    }
  }
  EXPECT_GT(device_->launches(), 0);
}

TEST_F(CudaBackendTest, LargeTensorsTravelInPieces) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kGradient, DType::kF32, 1'000'003);
  ExpectRight(tensor);
  EXPECT_GE(device_->launches(), 12);
}

TEST_F(CudaBackendTest, SumsComeBackWithTheTensor) {
  MakeBackend();
  Tensor tensor("swish", Direction::kGradient, DType::kF64, 10'000);
  std::vector<double> x(10'000, 0.25);
  tensor.evaluation.x = x.data();
  tensor.evaluation.dy = nullptr;
  double wanted[kMaxParams] = {-1, -1};
  tensor.evaluation.parameter_gradients = wanted;
  ASSERT_TRUE(Start(*cpu_, {tensor.evaluation}).get().ok());
  double sums[kMaxParams] = {-1, -1};
  tensor.evaluation.parameter_gradients = sums;
  ASSERT_TRUE(Start(*backend_, {tensor.evaluation}).get().ok());
  EXPECT_EQ(sums[0], wanted[0]);
  EXPECT_EQ(sums[1], wanted[1]);
}

TEST_F(CudaBackendTest, WhatHasNoKernelOrNoRoomIsLeftToTheFallback) {
  MakeBackend();
  Tensor row("softmax", Direction::kForward, DType::kF32, 1'000'000);
  EXPECT_FALSE(backend_->Takes(row.evaluation));
  ExpectRight(row);
  EXPECT_EQ(device_->launches(), 0);
  Tensor sums("swish", Direction::kGradient, DType::kF32, 1'000'000);
  double gradients[kMaxParams];
  sums.evaluation.parameter_gradients = gradients;
  EXPECT_FALSE(backend_->Takes(sums.evaluation));
  EXPECT_TRUE(backend_->Takes(Tensor("swish", Direction::kGradient, DType::kF32, 1000).evaluation));
}

TEST_F(CudaBackendTest, NothingToDoIsDone) {
  MakeBackend();
  EXPECT_TRUE(Start(*backend_, {}).get().ok());
  Tensor empty("relu", Direction::kForward, DType::kF32, 0);
  EXPECT_TRUE(Start(*backend_, {empty.evaluation}).get().ok());
}

TEST_F(CudaBackendTest, TenThousandSmallTensorsOfManyCallersAreFewLaunches) {
  Options options = SmallShuttles();
  options.batch = {.jobs = 10'000,
                   .full_bytes = size_t{1} << 30,
                   .capacity_bytes = size_t{64} << 20,
                   .delay = absl::Hours(1)};
  MakeBackend(options);
  std::vector<Tensor> tensors;
  for (uint32_t i = 0; i < 10'000; ++i) {
    tensors.emplace_back(i % 2 == 0 ? "relu" : "tanh", Direction::kForward, DType::kF32, 64, i);
  }
  std::vector<std::future<absl::Status>> results;
  for (Tensor& tensor : tensors) results.push_back(Start(*backend_, {tensor.evaluation}));
  for (auto& result : results) ASSERT_TRUE(result.get().ok());
  for (Tensor& tensor : tensors) ASSERT_EQ(tensor.out, tensor.Expected());
  EXPECT_EQ(device_->launches(), 1);
  EXPECT_EQ(backend_->metrics().batch_jobs.sum(), 10'000);
}

TEST_F(CudaBackendTest, PinnedTensorsAreCopiedFromWhereTheyLie) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kGradient, DType::kF32, 500'001);
  for (std::vector<std::byte>* memory : {&tensor.x, &tensor.out}) {
    ASSERT_TRUE(device_->Pin(memory->data(), memory->size()).ok());
    backend_->memory().Add(memory->data(), memory->size(), Memory::kPinned);
  }
  ExpectRight(tensor);
}

// Registered memory full of them: a copy for each would be all that the device does.
TEST_F(CudaBackendTest, SmallPinnedTensorsShareTheCopiesOfTheirBatch) {
  constexpr size_t kTensors = 100;
  Options options = SmallShuttles();
  options.batch.jobs = kTensors;
  options.batch.full_bytes = size_t{1} << 30;
  options.batch.delay = absl::Hours(1);
  MakeBackend(options);
  std::vector<Tensor> tensors;
  for (uint32_t i = 0; i < kTensors; ++i) {
    tensors.emplace_back("relu", Direction::kGradient, DType::kF32, 64, i);
    for (std::vector<std::byte>* memory : {&tensors[i].x, &tensors[i].dy, &tensors[i].out}) {
      ASSERT_TRUE(device_->Pin(memory->data(), memory->size()).ok());
      backend_->memory().Add(memory->data(), memory->size(), Memory::kPinned);
    }
  }
  std::vector<std::future<absl::Status>> results;
  for (Tensor& tensor : tensors) results.push_back(Start(*backend_, {tensor.evaluation}));
  for (auto& result : results) ASSERT_TRUE(result.get().ok());
  for (Tensor& tensor : tensors) ASSERT_EQ(tensor.out, tensor.Expected());
  EXPECT_EQ(device_->copies_in(), 1);
  EXPECT_EQ(device_->copies_out(), 1);
}

// While one piece waits for the device another has been taken there.
TEST_F(CudaBackendTest, ATensorThatFitsAShuttleIsOnSeveralAllTheSame) {
  Options options = SmallShuttles();
  options.batch.capacity_bytes = size_t{16} << 20;
  options.batch.delay = absl::Microseconds(50);
  MakeBackend(options);
  for (const bool pinned : {false, true}) {
    Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
    for (std::vector<std::byte>* memory : {&tensor.x, &tensor.out}) {
      if (!pinned) continue;
      ASSERT_TRUE(device_->Pin(memory->data(), memory->size()).ok());
      backend_->memory().Add(memory->data(), memory->size(), Memory::kPinned);
    }
    const std::vector<std::byte> expected = tensor.Expected();
    const int launches = device_->launches();
    device_->Hold();
    std::future<absl::Status> result = Start(*backend_, {tensor.evaluation});
    EXPECT_TRUE(device_->WaitForLaunches(launches + 2));
    device_->Release();
    EXPECT_TRUE(result.get().ok());
    EXPECT_EQ(tensor.out, expected);
    if (!pinned) continue;
    for (std::vector<std::byte>* memory : {&tensor.x, &tensor.out}) {
      backend_->memory().Remove(memory->data());
      device_->Unpin(memory->data());
    }
  }
}

// Larger than a piece, and not to be cut.
TEST_F(CudaBackendTest, ARowLargerThanAPieceFitsAShuttle) {
  Options options = SmallShuttles();
  options.batch.capacity_bytes = size_t{16} << 20;
  MakeBackend(options);
  Tensor rows("softmax", Direction::kForward, DType::kF32, 2'400'000);
  rows.evaluation.layout = {3, 800'000, 1};
  EXPECT_TRUE(backend_->Takes(rows.evaluation));
  ExpectRight(rows);
  EXPECT_GT(device_->launches(), 1);
}

TEST_F(CudaBackendTest, WhatIsOutstandingIsCountedWhereverItLies) {
  MakeBackend();
  constexpr size_t kCount = 100'000;
  constexpr size_t kBytes = kCount * sizeof(float);
  Tensor tensor("gelu", Direction::kForward, DType::kF32, kCount);
  const IpcMemory opened = *device_->OpenIpc(device_->Export(kBytes));
  backend_->memory().Add(opened.data, opened.bytes, Memory::kDevice);
  tensor.evaluation.out = opened.data;
  device_->Hold();
  std::future<absl::Status> result = Start(*backend_, {tensor.evaluation});
  EXPECT_EQ(backend_->outstanding().staged, kBytes);
  EXPECT_EQ(backend_->outstanding().resident, kBytes);
  EXPECT_EQ(backend_->outstanding_bytes(), 2 * kBytes);
  device_->Release();
  EXPECT_TRUE(result.get().ok());
  device_->CloseIpc(opened.data);
}

TEST_F(CudaBackendTest, ABatchThatDoesNotComeBackGrowsOld) {
  MakeBackend();
  EXPECT_EQ(backend_->oldest_batch(), absl::ZeroDuration());
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1000);
  device_->Hold();
  std::future<absl::Status> result = Start(*backend_, {tensor.evaluation});
  ASSERT_TRUE(device_->WaitForLaunches(1));
  const absl::Duration age = backend_->oldest_batch();
  EXPECT_GT(age, absl::ZeroDuration());
  EXPECT_TRUE(Eventually([&] { return backend_->oldest_batch() > age; }));
  device_->Release();
  EXPECT_TRUE(result.get().ok());
  EXPECT_EQ(backend_->oldest_batch(), absl::ZeroDuration());
}

TEST_F(CudaBackendTest, TensorsOnTheDeviceAreNotCopied) {
  MakeBackend();
  constexpr size_t kCount = 1'000'000;
  Tensor tensor("gelu", Direction::kForward, DType::kF32, kCount);
  const std::vector<std::byte> expected = tensor.Expected();
  const std::string handle = device_->Export(2 * kCount * sizeof(float));
  const IpcMemory opened = *device_->OpenIpc(handle);
  backend_->memory().Add(opened.data, opened.bytes, Memory::kDevice);
  auto* const x = static_cast<std::byte*>(opened.data);
  std::copy(tensor.x.begin(), tensor.x.end(), x);
  tensor.evaluation.x = x;
  tensor.evaluation.out = x + tensor.x.size();
  EXPECT_TRUE(backend_->Holds(tensor.evaluation));
  ASSERT_TRUE(Start(*backend_, {tensor.evaluation}).get().ok());
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), x + tensor.x.size()));
  EXPECT_EQ(device_->launches(), 1);
  EXPECT_LT(device_->bytes_in() + device_->bytes_out(), 1000U);
  device_->CloseIpc(opened.data);
}

TEST_F(CudaBackendTest, AnInterruptedRunIsNotComputed) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
  const auto cancelled = [] { return absl::CancelledError("called off"); };
  EXPECT_EQ(Start(*backend_, {tensor.evaluation}, cancelled).get().code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(device_->launches(), 0);
  EXPECT_EQ(backend_->metrics().batch_jobs.sum(), 0);
  EXPECT_EQ(tensor.out, std::vector<std::byte>(tensor.out.size()));
}

TEST_F(CudaBackendTest, ALongRunIsInterruptedBetweenItsPieces) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 4'000'000);
  std::atomic<int> looks{0};
  const auto after_three = [&looks] {
    return ++looks <= 3 ? absl::OkStatus() : absl::DeadlineExceededError("too late");
  };
  EXPECT_EQ(Start(*backend_, {tensor.evaluation}, after_three).get().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LE(device_->launches(), 3);
}

TEST_F(CudaBackendTest, WhatWasBegunIsFinishedAtTheEnd) {
  MakeBackend();
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
  const std::vector<std::byte> expected = tensor.Expected();
  std::future<absl::Status> result = Start(*backend_, {tensor.evaluation});
  backend_.reset();
  EXPECT_TRUE(result.get().ok());
  EXPECT_EQ(tensor.out, expected);
}

TEST_F(CudaBackendTest, ShuttlesThatDoNotFitAreMadeSmaller) {
  auto device = std::make_unique<FakeDevice>(size_t{3} << 20);
  Options options = SmallShuttles();
  options.batch.capacity_bytes = size_t{16} << 20;
  device_ = device.get();
  auto backend = CudaBackend::Make(std::move(device), options, cpu_.get(), nullptr);
  ASSERT_TRUE(backend.ok()) << backend.status();
  backend_ = *std::move(backend);
  EXPECT_EQ(backend_->memory_bytes(), size_t{2} << 20);
  EXPECT_EQ(device_->allocated(), size_t{2} << 20);
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 1'000'000);
  ExpectRight(tensor);
}

TEST_F(CudaBackendTest, ADeviceWithoutCodeForItsKernelsIsRefused) {
  auto device = std::make_unique<FakeDevice>();
  device->FailNext(FakeDevice::Call::kLoadKernels, absl::InternalError("no kernel image"));
  const auto backend = CudaBackend::Make(std::move(device), SmallShuttles(), cpu_.get(), nullptr);
  EXPECT_EQ(backend.status(), absl::InternalError("no kernel image"));
}

TEST_F(CudaBackendTest, ADeviceWithoutRoomForAShuttleIsRefused) {
  const auto backend = CudaBackend::Make(std::make_unique<FakeDevice>(size_t{100} << 10),
                                         SmallShuttles(), cpu_.get(), nullptr);
  EXPECT_EQ(backend.status().code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace activation::cuda
