// A CudaBackend on a fake device, and tensors whose right results are the CPU's.
#ifndef ACTIVATION_TESTS_BACKENDS_CUDA_BACKEND_FIXTURE_H_
#define ACTIVATION_TESTS_BACKENDS_CUDA_BACKEND_FIXTURE_H_

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/cuda/cuda_backend.h"
#include "tests/backends/cpu/evaluations.h"
#include "tests/backends/cuda/fake_device.h"

namespace activation::cuda {

inline absl::Status Always() { return absl::OkStatus(); }

inline std::future<absl::Status> Start(Backend& backend, const std::vector<Evaluation>& evaluations,
                                       Interrupt interrupt = Always) {
  auto promise = std::make_shared<std::promise<absl::Status>>();
  // Set twice it throws: `done` is called once.
  backend.Run(evaluations, std::move(interrupt),
              [promise](absl::Status status) { promise->set_value(std::move(status)); });
  return promise->get_future();
}

// An evaluation with memory of its own.
struct Tensor {
  Tensor(const char* function, Direction direction, DType dtype, size_t count, uint32_t seed = 1)
      : x(RandomBytes(count * SizeOf(dtype), seed)),
        dy(RandomBytes(count * SizeOf(dtype), seed + 1)),
        out(count * SizeOf(dtype)),
        evaluation(Make(*FindFunction(function), direction, dtype, count)) {
    evaluation.x = x.data();
    evaluation.dy = direction == Direction::kGradient ? dy.data() : nullptr;
    evaluation.out = out.data();
    evaluation.layout = {1, count, 1};
  }

  // What the CPU makes of it.
  std::vector<std::byte> Expected() const {
    static Backend* const cpu = MakeCpuBackend(1).release();
    std::vector<std::byte> result(out.size());
    Evaluation wanted = evaluation;
    wanted.out = result.data();
    EXPECT_TRUE(Start(*cpu, {wanted}).get().ok());
    return result;
  }

  std::vector<std::byte> x;
  std::vector<std::byte> dy;
  std::vector<std::byte> out;
  Evaluation evaluation;
};

class CudaBackendTest : public testing::Test {
 protected:
  static constexpr size_t kShuttleBytes = size_t{1} << 20;

  static Options SmallShuttles() {
    Options options;
    options.batch.capacity_bytes = kShuttleBytes;
    options.batch.delay = absl::ZeroDuration();
    options.shuttles = 2;
    return options;
  }

  void MakeBackend(Options options = SmallShuttles(), bool with_fallback = true) {
    auto device = std::make_unique<FakeDevice>();
    device_ = device.get();
    auto backend =
        CudaBackend::Make(std::move(device), options, with_fallback ? cpu_.get() : nullptr,
                          [this](const auto&...) { ++losses_; });
    ASSERT_TRUE(backend.ok()) << backend.status();
    backend_ = *std::move(backend);
  }

  void TearDown() override {
    if (backend_ == nullptr) return;
    EXPECT_EQ(backend_->outstanding_bytes(), 0U);
    EXPECT_EQ(device_->violations(), std::vector<std::string>());
  }

  void ExpectRight(Tensor& tensor) {
    const std::vector<std::byte> expected = tensor.Expected();
    ASSERT_TRUE(Start(*backend_, {tensor.evaluation}).get().ok());
    EXPECT_EQ(tensor.out, expected);
  }

  uint64_t Fallbacks(Fallback reason) const {
    return backend_->metrics().fallbacks[static_cast<size_t>(reason)];
  }

  std::atomic<int> losses_{0};
  std::unique_ptr<Backend> cpu_ = MakeCpuBackend(1);
  FakeDevice* device_ = nullptr;
  std::unique_ptr<CudaBackend> backend_;
};

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BACKENDS_CUDA_BACKEND_FIXTURE_H_
