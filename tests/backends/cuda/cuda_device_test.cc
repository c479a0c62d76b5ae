// The runtime's side: what its errors mean, on every machine with a toolkit; and the
// backend on a real device, where there is one.
#include "src/backends/cuda/cuda_device.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "src/backends/cuda/discovery.h"
#include "src/backends/cuda/job_table.h"
#include "src/backends/cuda/kernels/launch.h"
#include "tests/backends/cuda/backend_fixture.h"

namespace activation::cuda {
namespace {

TEST(CudaErrorTest, SaysWhatIsLeftOfTheDevice) {
  EXPECT_TRUE(StatusOf(cudaSuccess).ok());
  for (const int error : {cudaErrorMemoryAllocation, cudaErrorLaunchOutOfResources}) {
    EXPECT_TRUE(absl::IsResourceExhausted(StatusOf(error))) << error;
  }
  for (const int error : {cudaErrorInvalidValue, cudaErrorInvalidConfiguration,
                          cudaErrorNoKernelImageForDevice, cudaErrorInvalidDeviceFunction}) {
    EXPECT_TRUE(absl::IsInternal(StatusOf(error))) << error;
  }
  // Those that stay, and any that is not known.
  for (const int error : {cudaErrorIllegalAddress, cudaErrorLaunchFailure, cudaErrorLaunchTimeout,
                          cudaErrorECCUncorrectable, cudaErrorMisalignedAddress,
                          cudaErrorDevicesUnavailable, cudaErrorNoDevice, cudaErrorUnknown}) {
    EXPECT_TRUE(absl::IsUnavailable(StatusOf(error))) << error;
  }
  EXPECT_THAT(std::string(StatusOf(cudaErrorMemoryAllocation).message()),
              testing::HasSubstr("(cudaErrorMemoryAllocation)"));
}

// Rows of one element for more blocks than a grid has, of all threads a row each: nothing is
// launched, and no device is asked.
TEST(LaunchTest, RefusesMoreBlocksThanAGridHas) {
  Evaluation evaluation;
  evaluation.function = *FindFunction("softmax");
  evaluation.params = *ResolveParams(evaluation.function, {});
  evaluation.dtype = DType::kBF16;
  for (const size_t rows : {size_t{1} << 39, (size_t{1} << 40) + 1}) {
    evaluation.count = rows;
    evaluation.layout = {rows, 1, 1};
    EXPECT_EQ(Launch(JobTable({evaluation}).groups(), nullptr, nullptr, nullptr),
              cudaErrorInvalidConfiguration);
  }
}

TEST(DiscoveryTest, FindsDevicesOrSaysWhyNot) {
  const Discovery found = FindDevices();
  EXPECT_EQ(found.devices.empty() && found.why_none.empty(), false);
  int last = -1;
  for (const auto& device : found.devices) {
    EXPECT_GT(device->properties().number, last);
    last = device->properties().number;
  }
}

// The first device of this machine; nullptr and why where there is none, which is a failure where
// `./dev gpu` says that there must be one.
std::unique_ptr<Device> FindDevice(std::string* why_none) {
  Discovery found = FindDevices();
  if (!found.devices.empty()) return std::move(found.devices.front());
  *why_none = found.why_none;
  if (std::getenv("ACTIVATION_NEED_GPU") != nullptr) ADD_FAILURE() << *why_none;
  return nullptr;
}

std::unique_ptr<CudaBackend> BackendOn(std::unique_ptr<Device> device) {
  auto backend = CudaBackend::Make(std::move(device), {}, nullptr, nullptr);
  EXPECT_TRUE(backend.ok()) << backend.status();
  return backend.ok() ? *std::move(backend) : nullptr;
}

// A tensor with all that its function can be asked for.
struct Case {
  Case(FunctionId function, Direction direction, DType dtype, Layout layout)
      : tensor(Catalogue()[function].name, direction, dtype,
               layout.outer * layout.extent * layout.inner) {
    Evaluation& e = tensor.evaluation;
    e.layout = layout;
    const Kind kind = Catalogue()[function].kind;
    if (kind == Kind::kPerChannel) {
      weight = RandomBytes(layout.extent * SizeOf(dtype), 3);
      by_weight.resize(layout.extent, -1);
      e.weight = weight.data();
      e.weight_count = layout.extent;
      if (direction == Direction::kGradient) e.weight_gradient = by_weight.data();
    }
    if (kind == Kind::kElementwise && direction == Direction::kGradient) {
      e.parameter_gradients = by_parameter.data();
    }
  }

  // Small numbers, so that sums of them are none that is not finite.
  void FillWithSmallNumbers() {
    for (std::vector<std::byte>* bytes : {&tensor.x, &tensor.dy}) {
      const DType dtype = tensor.evaluation.dtype;
      for (size_t i = SizeOf(dtype) - 1; i < bytes->size(); i += SizeOf(dtype)) {
        (*bytes)[i] = ((*bytes)[i] & std::byte{0x80}) | std::byte{0x3c};
      }
    }
  }

  // Expects `backend` to give the CPU's bits, of all results.
  void ExpectTheCpusBits(Backend& backend) {
    static Backend* const cpu = MakeCpuBackend(1).release();
    ASSERT_TRUE(Start(*cpu, {tensor.evaluation}).get().ok());
    const std::vector<std::byte> out =
        std::exchange(tensor.out, std::vector<std::byte>(tensor.out.size(), std::byte{0xa5}));
    tensor.evaluation.out = tensor.out.data();
    const std::vector<double> of_weights = by_weight;
    const std::array<double, kMaxParams> of_parameters = by_parameter;
    std::fill(by_weight.begin(), by_weight.end(), -2);
    by_parameter.fill(-2);
    const absl::Status status = Start(backend, {tensor.evaluation}).get();
    ASSERT_TRUE(status.ok()) << status;
    const Evaluation& e = tensor.evaluation;
    const size_t bytes = OutputCount(e) * SizeOf(e.dtype);
    EXPECT_EQ(std::memcmp(tensor.out.data(), out.data(), bytes), 0) << Describe();
    if (e.weight_gradient != nullptr) {
      EXPECT_EQ(std::memcmp(by_weight.data(), of_weights.data(), e.weight_count * sizeof(double)),
                0)
          << Describe();
    }
    if (e.parameter_gradients != nullptr) {
      EXPECT_EQ(std::memcmp(by_parameter.data(), of_parameters.data(),
                            by_parameter.size() * sizeof(double)),
                0)
          << Describe();
    }
  }

  std::string Describe() const {
    const Evaluation& e = tensor.evaluation;
    return absl::StrCat(Catalogue()[e.function].name, " ", Name(e.direction), " ", Name(e.dtype),
                        " ", e.layout.outer, "x", e.layout.extent, "x", e.layout.inner);
  }

  Tensor tensor;
  std::vector<std::byte> weight;
  std::vector<double> by_weight;
  std::array<double, kMaxParams> by_parameter{-1, -1};
};

// Functions of every kind, with and without differentiable parameters.
constexpr const char* kFunctions[] = {"gelu", "swish", "prelu", "softmax", "log_softmax", "swiglu"};

// Every result of every kind, of tensors that are one piece.
void ExpectEveryKind(CudaBackend& backend) {
  for (const char* name : kFunctions) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const DType dtype : kAllDTypes) {
        for (const Layout& layout : {Layout{3, 130, 7}, Layout{1, 4096, 1}, Layout{50, 64, 1}}) {
          for (const bool small : {false, true}) {
            Case one(*FindFunction(name), direction, dtype, layout);
            if (small) one.FillWithSmallNumbers();
            one.ExpectTheCpusBits(backend);
          }
        }
      }
    }
  }
}

// Tensors of several pieces, in pageable memory and in memory that is pinned.
void ExpectLargeTensors(CudaBackend& backend) {
  for (const bool pinned : {false, true}) {
    for (const char* name : kFunctions) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        Case large(*FindFunction(name), direction, DType::kF32, {1000, 64, 40});
        large.FillWithSmallNumbers();
        // Sums are of one piece.
        large.tensor.evaluation.parameter_gradients = nullptr;
        large.tensor.evaluation.weight_gradient = nullptr;
        std::vector<std::byte>& x = large.tensor.x;
        if (pinned) {
          ASSERT_TRUE(backend.device().Pin(x.data(), x.size()).ok());
          backend.memory().Add(x.data(), x.size(), Memory::kPinned);
        }
        large.ExpectTheCpusBits(backend);
        if (!pinned) continue;
        backend.memory().Remove(x.data());
        backend.device().Unpin(x.data());
      }
    }
  }
}

// That these expectations are right where there is no device.
TEST(CudaDeviceTest, AFakeOneDoesWhatIsExpectedOfARealOne) {
  const auto backend = BackendOn(std::make_unique<FakeDevice>());
  ASSERT_NE(backend, nullptr);
  ExpectEveryKind(*backend);
  ExpectLargeTensors(*backend);
}

TEST(CudaDeviceTest, TheBackendHasTheCpusBitsOfEveryFunction) {
  std::string why_none;
  std::unique_ptr<Device> device = FindDevice(&why_none);
  if (device == nullptr) GTEST_SKIP() << "no CUDA device: " << why_none;
  const auto backend = BackendOn(std::move(device));
  ASSERT_NE(backend, nullptr);
  for (const FunctionInfo& info : ElementwiseFunctions()) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const DType dtype : kAllDTypes) {
        Tensor tensor(info.name, direction, dtype, 300'001);
        ASSERT_TRUE(Start(*backend, {tensor.evaluation}).get().ok());
        EXPECT_EQ(tensor.out == tensor.Expected(), true) << info.name;
      }
    }
  }
}

TEST(CudaDeviceTest, TheBackendHasTheCpusBitsOfEveryKind) {
  std::string why_none;
  std::unique_ptr<Device> device = FindDevice(&why_none);
  if (device == nullptr) GTEST_SKIP() << "no CUDA device: " << why_none;
  const auto backend = BackendOn(std::move(device));
  ASSERT_NE(backend, nullptr);
  ExpectEveryKind(*backend);
}

TEST(CudaDeviceTest, TheBackendHasTheCpusBitsOfTensorsInPieces) {
  std::string why_none;
  std::unique_ptr<Device> device = FindDevice(&why_none);
  if (device == nullptr) GTEST_SKIP() << "no CUDA device: " << why_none;
  const auto backend = BackendOn(std::move(device));
  ASSERT_NE(backend, nullptr);
  ExpectLargeTensors(*backend);
}

}  // namespace
}  // namespace activation::cuda
