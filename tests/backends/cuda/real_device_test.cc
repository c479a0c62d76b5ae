// What only a card can show, each skipped with the reason where there is none: memory of another
// object pinned from inside a page on, a device without memory, one that is lost by an error that
// stays, and the engine's choice. `cuda_device_test --break` is the process that loses it.
#include "tests/backends/cuda/real_device_test.h"

#include <cuda_runtime_api.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cuda/device_set.h"
#include "src/engine/calibration.h"
#include "src/engine/engine.h"
#include "tests/backends/cuda/backend_fixture.h"
#include "tests/integration/child_process.h"

namespace activation::cuda {
namespace {

// The devices of this machine; why there are none, which is a failure where `./dev gpu` says that
// there must be one.
Discovery FindCards(std::string* why_none) {
  Discovery found = FindDevices();
  if (found.devices.empty()) {
    *why_none = "no CUDA device: " + found.why_none;
    if (std::getenv("ACTIVATION_NEED_GPU") != nullptr) ADD_FAILURE() << *why_none;
  }
  return found;
}

// An object of shared memory, mapped as often as one asks.
class SharedObject {
 public:
  explicit SharedObject(size_t bytes) : bytes_(bytes) {
    const std::string name = "/activation_real_device_test_" + std::to_string(getpid());
    const int file = shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    shm_unlink(name.c_str());
    EXPECT_EQ(ftruncate(file, static_cast<off_t>(bytes)), 0);
    for (std::byte*& mapping : mappings_) {
      void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      EXPECT_NE(memory, MAP_FAILED);
      mapping = static_cast<std::byte*>(memory);
    }
    close(file);
  }
  ~SharedObject() {
    for (std::byte* mapping : mappings_) munmap(mapping, bytes_);
  }
  SharedObject(const SharedObject&) = delete;
  SharedObject& operator=(const SharedObject&) = delete;

  std::byte* mapping(int i) const { return mappings_[i]; }

 private:
  const size_t bytes_;
  std::byte* mappings_[2] = {};
};

// x, dy and results inside of regions that begin inside a page, of one object that is registered
// twice: what clients' shared memory is.
void ExpectRegionsArePinned(Discovery found) {
  constexpr size_t kLead = 100;
  constexpr size_t kElements = 500'003;
  const size_t tensor = kElements * sizeof(float);
  const SharedObject object(kLead + 4 * tensor);
  DeviceSet devices(std::move(found), Options(), nullptr, nullptr);
  ASSERT_FALSE(devices.empty());
  const auto first = devices.Pin(object.mapping(0) + kLead, 4 * tensor);
  EXPECT_NE(first, nullptr) << "a region is not pinned";
  // A driver may refuse it: then it is copied like any other memory.
  const auto second = devices.Pin(object.mapping(1) + kLead, 4 * tensor);
  CudaBackend& backend = *devices.backends().front();
  for (const int mapping : {0, 1}) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const bool in_place : {false, true}) {
        Tensor tensor_here("gelu", direction, DType::kF32, kElements, in_place ? 5 : 7);
        std::byte* const region = object.mapping(mapping) + kLead;
        // Between the tensors a hole that no vector fits in.
        std::byte* const dy = region + tensor + 4;
        std::byte* const out = in_place ? region : region + 2 * tensor + 12;
        std::memcpy(region, tensor_here.x.data(), tensor);
        std::memcpy(dy, tensor_here.dy.data(), tensor);
        Evaluation evaluation = tensor_here.evaluation;
        evaluation.x = region;
        evaluation.dy = direction == Direction::kGradient ? dy : nullptr;
        evaluation.out = out;
        const std::vector<std::byte> wanted = tensor_here.Expected();
        const absl::Status status = Start(backend, {evaluation}).get();
        ASSERT_TRUE(status.ok()) << status;
        EXPECT_EQ(std::memcmp(out, wanted.data(), tensor), 0)
            << Name(direction) << (in_place ? " in place" : "") << ", mapping " << mapping;
      }
    }
  }
}

TEST(RealDeviceTest, RegionsThatBeginInsideAPageArePinnedOnAFakeOne) {
  Discovery fake;
  fake.devices.push_back(std::make_unique<FakeDevice>());
  ExpectRegionsArePinned(std::move(fake));
}

TEST(RealDeviceTest, RegionsThatBeginInsideAPageArePinned) {
  std::string why_none;
  Discovery found = FindCards(&why_none);
  if (found.devices.empty()) GTEST_SKIP() << why_none;
  ExpectRegionsArePinned(std::move(found));
}

TEST(RealDeviceTest, WithLittleMemoryItHasSmallerShuttles) {
  std::string why_none;
  Discovery found = FindCards(&why_none);
  if (found.devices.empty()) GTEST_SKIP() << why_none;
  const size_t usual = static_cast<size_t>(Options().shuttles) * Options().batch.capacity_bytes;
  ASSERT_EQ(cudaSetDevice(found.devices.front()->properties().number), cudaSuccess);
  // Those take memory, too, and stay.
  ASSERT_TRUE(found.devices.front()->LoadKernels().ok());
  size_t free = 0;
  size_t total = 0;
  ASSERT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  ASSERT_GT(free, usual);
  void* rest = nullptr;
  ASSERT_EQ(cudaMalloc(&rest, free - usual / 2), cudaSuccess);
  {
    const auto made = CudaBackend::Make(std::move(found.devices.front()), {}, nullptr, nullptr);
    ASSERT_TRUE(made.ok()) << made.status();
    EXPECT_LT((*made)->memory_bytes(), usual);
    Tensor tensor("gelu", Direction::kGradient, DType::kF32, 300'001);
    EXPECT_TRUE(Start(**made, {tensor.evaluation}).get().ok());
    EXPECT_TRUE(tensor.out == tensor.Expected());
  }
  EXPECT_EQ(cudaFree(rest), cudaSuccess);
}

TEST(RealDeviceTest, AnErrorThatStaysLosesTheDeviceAndNotTheProcess) {
  std::string why_none;
  const Discovery found = FindCards(&why_none);
  if (found.devices.empty()) GTEST_SKIP() << why_none;
  ChildProcess child({"/proc/self/exe", "--break"});
  std::string lines;
  for (std::string line = child.ReadLine(); !line.empty(); line = child.ReadLine()) lines += line;
  EXPECT_EQ(child.Wait(), 0);
  std::printf("%s", lines.c_str());
}

TEST(RealDeviceTest, TheEngineChoosesAndIsRight) {
  std::string why_none;
  Discovery found = FindCards(&why_none);
  if (found.devices.empty()) GTEST_SKIP() << why_none;
  Engine engine(EngineOptions{}, std::move(found));
  const auto cpu = MakeCpuBackend(1);
  const auto costs = Calibrate(*cpu, *engine.cuda().backends().front());
  ASSERT_TRUE(costs.ok()) << costs.status();
  std::printf("a batch %.1f us; a GB staged %.1f ms, in %.1f, out %.1f, resident %.3f;",
              costs->cuda_latency * 1e6, costs->staged_byte * 1e12, costs->in_byte * 1e12,
              costs->out_byte * 1e12, costs->resident_byte * 1e12);
  for (size_t i = 0; i < kRateClasses; ++i) {
    std::printf(" %.4f/%.4f", costs->cpu_element[i] * 1e9, costs->cuda_element[i] * 1e9);
  }
  std::printf(" ns an element on a CPU thread/the device (16 bits, f32, f64; EXACT, FAST)\n");
  for (const size_t count : {size_t{1}, (size_t{64} << 20) / sizeof(float)}) {
    Tensor tensor("gelu", Direction::kForward, DType::kF32, count);
    Job job;
    job.evaluations = {tensor.evaluation};
    ASSERT_TRUE(engine.Assign(absl::MakeSpan(job.evaluations)).ok());
    std::printf("%zu elements: on the %s\n", count,
                job.evaluations[0].placement == Placement::kCuda ? "device" : "CPU");
    std::promise<absl::Status> promise;
    job.done = [&promise](absl::Status status) { promise.set_value(std::move(status)); };
    engine.Submit(std::move(job));
    const absl::Status status = promise.get_future().get();
    ASSERT_TRUE(status.ok()) << status;
    EXPECT_TRUE(tensor.out == tensor.Expected());
  }
}

}  // namespace

int BreakDevice() {
  Discovery found = FindDevices();
  if (found.devices.empty()) return 2;
  const auto cpu = MakeCpuBackend(1);
  std::atomic<int> losses{0};
  std::vector<std::byte> pinned(size_t{1} << 20);
  auto made = CudaBackend::Make(std::move(found.devices.front()), {}, cpu.get(),
                                [&losses](const auto&...) { ++losses; });
  if (!made.ok()) return 3;
  CudaBackend& backend = **made;
  if (!backend.device().Pin(pinned.data(), pinned.size()).ok()) return 4;
  // Nothing lies there: the kernel's first load is an error that stays.
  auto* const nothing = reinterpret_cast<std::byte*>(uintptr_t{1} << 44);  // NOLINT: no object
  constexpr size_t kElements = 1 << 20;
  backend.memory().Add(nothing, 2 * kElements * sizeof(float), Memory::kDevice);
  Evaluation lost = Make(*FindFunction("gelu"), Direction::kForward, DType::kF32, kElements);
  lost.layout = {1, kElements, 1};
  lost.x = nothing;
  lost.out = nothing + kElements * sizeof(float);
  const absl::Status status = Start(backend, {lost}).get();
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  if (!absl::IsUnavailable(status) || !backend.lost() || losses != 1) return 5;
  Tensor tensor("gelu", Direction::kForward, DType::kF32, 300'001);
  const absl::Status after = Start(backend, {tensor.evaluation}).get();
  std::fprintf(stderr, "then %s\n", after.ok() ? "OK" : std::string(after.message()).c_str());
  if (!after.ok() || tensor.out != tensor.Expected()) return 6;
  backend.memory().Remove(nothing);
  backend.device().Unpin(pinned.data());
  // "not registered" would mean that this has worked, anything else that the pages stay pinned.
  std::fprintf(stderr, "once unpinned, unpinning says %s\n",
               cudaGetErrorName(cudaHostUnregister(pinned.data())));
  made->reset();
  std::fprintf(stderr, "and gone\n");
  return 0;
}

}  // namespace activation::cuda
