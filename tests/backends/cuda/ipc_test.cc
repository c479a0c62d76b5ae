// Memory of a device that another process exports (CUDA IPC), on a real device: opened, read and
// computed on where it lies. `cuda_device_test --export DEVICE` is such a process.
#include <cuda_runtime_api.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/device_set.h"
#include "src/base/errors.h"
#include "tests/backends/cuda/backend_fixture.h"
#include "tests/backends/cuda/real_device_test.h"
#include "tests/integration/child_process.h"

namespace activation::cuda {
namespace {

constexpr size_t kCount = 300'001;
constexpr size_t kBytes = kCount * sizeof(float);

std::string own_path;

// Of both signs, and different everywhere.
std::vector<float> Pattern() {
  std::vector<float> values(kCount);
  for (size_t i = 0; i < kCount; ++i) values[i] = static_cast<float>(i) * 0.5F - 70'000;
  return values;
}

class IpcTest : public testing::Test {
 protected:
  void SetUp() override {
    Discovery found = FindDevices();
    if (found.devices.empty()) {
      ASSERT_EQ(std::getenv("ACTIVATION_NEED_GPU"), nullptr) << found.why_none;
      GTEST_SKIP() << "no CUDA device: " << found.why_none;
    }
    number_ = found.devices.front()->properties().number;
    last_ = found.devices.back()->properties().number;
    devices_.emplace(std::move(found), Options(), nullptr, nullptr);
  }

  int number_ = 0;
  int last_ = 0;  // the same where there is one device
  std::optional<DeviceSet> devices_;
};

TEST_F(IpcTest, AnothersMemoryIsReadAndComputedOnWhereItLies) {
  ChildProcess owner({own_path, "--export", std::to_string(number_)});
  const std::string line = owner.ReadLine();
  ASSERT_EQ(line.size(), 2 * kIpcHandleBytes + 1) << "the other process exported nothing: " << line;
  const std::string handle = absl::HexStringToBytes(line.substr(0, 2 * kIpcHandleBytes));
  const auto too_large = devices_->Import(handle, number_, size_t{1} << 40);
  EXPECT_EQ(FieldOf(too_large.status()), "byte_size") << too_large.status();
  auto memory = devices_->Import(handle, number_, 2 * kBytes);
  ASSERT_TRUE(memory.ok()) << memory.status();
  std::byte* const x = (*memory)->data();
  std::vector<float> read(kCount);
  ASSERT_EQ(cudaMemcpy(read.data(), x, kBytes, cudaMemcpyDeviceToHost), cudaSuccess);
  EXPECT_TRUE(read == Pattern());

  Evaluation evaluation =
      activation::Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, kCount);
  evaluation.layout = {1, kCount, 1};
  evaluation.x = x;
  evaluation.out = x + kBytes;
  ASSERT_EQ(devices_->HoldersOf(evaluation).size(), 1U);
  CudaBackend& backend = *devices_->backends().front();
  ASSERT_TRUE(Start(backend, {evaluation}).get().ok());
  // What the owner sees there it writes to its errors.
  memory->reset();
  owner.Signal(SIGTERM);
  EXPECT_EQ(owner.ReadLine(), "the results are the CPU's\n");
  EXPECT_EQ(owner.Wait(), 0);
}

TEST_F(IpcTest, AHandleOfAnotherDevicesMemoryIsNoneOfThis) {
  if (number_ == last_) GTEST_SKIP() << "one CUDA device: there is no other";
  ChildProcess owner({own_path, "--export", std::to_string(last_)});
  const std::string line = owner.ReadLine();
  ASSERT_EQ(line.size(), 2 * kIpcHandleBytes + 1) << "the other process exported nothing: " << line;
  const std::string handle = absl::HexStringToBytes(line.substr(0, 2 * kIpcHandleBytes));
  const absl::Status status = devices_->Import(handle, number_, kBytes).status();
  EXPECT_EQ(FieldOf(status), "raw_handle") << status;
  EXPECT_TRUE(devices_->state().ok()) << devices_->state();
  EXPECT_TRUE(devices_->Import(handle, last_, kBytes).ok());
}

TEST_F(IpcTest, AHandleOfNothingIsTheClientsFaultAndDoesNoHarm) {
  const std::string rubbish(kIpcHandleBytes, 'x');
  EXPECT_EQ(FieldOf(devices_->Import(rubbish, number_, 1).status()), "raw_handle");
  EXPECT_TRUE(devices_->state().ok());
  Tensor tensor("gelu", Direction::kForward, DType::kF32, kCount);
  ASSERT_TRUE(Start(*devices_->backends().front(), {tensor.evaluation}).get().ok());
  EXPECT_TRUE(tensor.out == tensor.Expected());
}

bool Good(cudaError_t error) {
  if (error != cudaSuccess) std::fprintf(stderr, "%s\n", cudaGetErrorName(error));
  return error == cudaSuccess;
}

// Exports memory with the pattern in its first half, and once it is told to compares the second
// with the CPU's results. The exit code.
int Export(int device) {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  sigprocmask(SIG_BLOCK, &end, nullptr);
  void* memory = nullptr;
  cudaIpcMemHandle_t handle;
  std::vector<float> x = Pattern();
  const bool exported = Good(cudaSetDevice(device)) && Good(cudaMalloc(&memory, 2 * kBytes)) &&
                        Good(cudaMemcpy(memory, x.data(), kBytes, cudaMemcpyHostToDevice)) &&
                        Good(cudaMemset(static_cast<char*>(memory) + kBytes, 0, kBytes)) &&
                        Good(cudaDeviceSynchronize()) && Good(cudaIpcGetMemHandle(&handle, memory));
  if (!exported) return 1;
  const absl::string_view bytes(reinterpret_cast<const char*>(&handle), sizeof(handle));
  std::fprintf(stderr, "%s\n", absl::BytesToHexString(bytes).c_str());
  int signal = 0;
  sigwait(&end, &signal);
  std::vector<float> wanted(kCount), found(kCount);
  Evaluation evaluation =
      activation::Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, kCount);
  evaluation.x = x.data();
  evaluation.out = wanted.data();
  const auto cpu = MakeCpuBackend(1);
  if (!Start(*cpu, {evaluation}).get().ok()) return 2;
  if (!Good(cudaMemcpy(found.data(), static_cast<char*>(memory) + kBytes, kBytes,
                       cudaMemcpyDeviceToHost))) {
    return 1;
  }
  const bool same = std::memcmp(found.data(), wanted.data(), found.size() * sizeof(float)) == 0;
  std::fprintf(stderr, same ? "the results are the CPU's\n" : "other results\n");
  return same ? 0 : 3;
}

}  // namespace
}  // namespace activation::cuda

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], "--export") == 0) {
    return activation::cuda::Export(std::atoi(argv[2]));
  }
  if (argc == 2 && std::strcmp(argv[1], "--break") == 0) return activation::cuda::BreakDevice();
  activation::cuda::own_path = argv[0];
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
