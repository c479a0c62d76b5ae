#include <algorithm>
#include <chrono>
#include <cstring>
#include <future>
#include <memory>

#include "src/backends/cuda/arena.h"
#include "src/backends/cuda/cuda_backend.h"
#include "src/backends/cuda/discovery.h"
#include "tests/benchmarks/cuda/bench.h"
#include "tests/benchmarks/cuda/timing.h"

namespace activation::cuda {
namespace {

constexpr double kShareOfLink = 0.90;

// As CudaBackend's callers see it.
double SecondsOfRun(CudaBackend& backend, const Evaluation& evaluation) {
  std::vector<double> times;
  for (int round = 0; round <= kRounds; ++round) {
    std::promise<absl::Status> promise;
    const auto begin = std::chrono::steady_clock::now();
    backend.Run(
        {evaluation}, [] { return absl::OkStatus(); },
        [&promise](absl::Status status) { promise.set_value(std::move(status)); });
    const absl::Status status = promise.get_future().get();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (!status.ok()) {
      std::fprintf(stderr, "activation-cuda-bench: %s\n", std::string(status.message()).c_str());
      std::exit(1);
    }
    // The first one warms up.
    if (round > 0) times.push_back(taken.count());
  }
  return Median(times);
}

// Of copies of as many bytes to the device and back at the same time.
double SecondsOfTwoWays(const std::byte* in, std::byte* back) {
  const Buffer there(kTensor);
  const Buffer here(kTensor);
  cudaStream_t streams[2];
  for (cudaStream_t& stream : streams) {
    Check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  }
  std::vector<double> times;
  for (int round = 0; round <= kRounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    Check(cudaMemcpyAsync(there.data(), in, kTensor, cudaMemcpyHostToDevice, streams[0]));
    Check(cudaMemcpyAsync(back, here.data(), kTensor, cudaMemcpyDeviceToHost, streams[1]));
    for (cudaStream_t stream : streams) Check(cudaStreamSynchronize(stream));
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    if (round > 0) times.push_back(taken.count());
  }
  for (cudaStream_t stream : streams) Check(cudaStreamDestroy(stream));
  return Median(times);
}

std::unique_ptr<CudaBackend> BackendWith(const Options& options) {
  Discovery found = FindDevices();
  const auto fail = [](const std::string& why) {
    std::fprintf(stderr, "activation-cuda-bench: %s\n", why.c_str());
    std::exit(1);
  };
  if (found.devices.empty()) fail(found.why_none);
  auto made = CudaBackend::Make(std::move(found.devices.front()), options, nullptr, nullptr);
  if (!made.ok()) fail(std::string(made.status().message()));
  return *std::move(made);
}

// 1 GiB in the host's memory and room for as much behind it: pinned and pageable.
class HostTensors {
 public:
  HostTensors() : pageable_(2 * kTensor) {
    void* memory = nullptr;
    Check(cudaMallocHost(&memory, 2 * kTensor));
    pinned_ = static_cast<std::byte*>(memory);
    const std::vector<std::byte> pattern = Normal(DType::kF32, size_t{1} << 22, 1);
    for (size_t at = 0; at < kTensor; at += pattern.size()) {
      std::memcpy(pinned_ + at, pattern.data(), pattern.size());
    }
    std::memcpy(pageable_.data(), pinned_, kTensor);
  }
  ~HostTensors() { cudaFreeHost(pinned_); }
  HostTensors(const HostTensors&) = delete;
  HostTensors& operator=(const HostTensors&) = delete;

  std::byte* pinned() { return pinned_; }
  std::byte* pageable() { return pageable_.data(); }

 private:
  std::byte* pinned_ = nullptr;
  std::vector<std::byte> pageable_;
};

// gelu (f32 EXACT) of tensors that begin at `at`.
double SecondsOfGelu(CudaBackend& backend, std::byte* at) {
  Evaluation e =
      Of(*FindFunction("gelu"), kColumns[1], Direction::kForward, kTensor / sizeof(float));
  e.x = at;
  e.out = at + kTensor;
  return SecondsOfRun(backend, e);
}

double SecondsOfPinnedGelu(CudaBackend& backend, HostTensors& tensors) {
  backend.memory().Add(tensors.pinned(), 2 * kTensor, Memory::kPinned);
  const double seconds = SecondsOfGelu(backend, tensors.pinned());
  backend.memory().Remove(tensors.pinned());
  return seconds;
}

}  // namespace

void MeasureHostResident(Verdicts& verdicts) {
  HostTensors tensors;
  const double link = SecondsOfTwoWays(tensors.pinned(), tensors.pinned() + kTensor);
  double of_pinned;
  double of_pageable;
  {
    const std::unique_ptr<CudaBackend> backend = BackendWith({});
    of_pinned = SecondsOfPinnedGelu(*backend, tensors);
    of_pageable = SecondsOfGelu(*backend, tensors.pageable());
  }
  std::printf(
      "\n1 GiB of the host's memory to the device and back at once: %.1f GB/s each way. gelu of as "
      "much (f32 EXACT) by the backend: pinned %.3f of that rate, pageable %.3f.\n",
      kTensor / link * 1e-9, link / of_pinned, link / of_pageable);
  verdicts.Expect(link / of_pinned >= kShareOfLink,
                  "1 GiB of pinned memory: " + std::to_string(link / of_pinned) + " of the link");
  std::printf(
      "\nOther pieces and shuttles, pinned:\n\n| MiB a piece | shuttles | share "
      "|\n|---|---|---|\n");
  for (const size_t mebibytes : {2, 4, 8, 16, 32}) {
    for (const int shuttles : {4, 6, 8}) {
      Options options;
      options.piece_bytes = mebibytes << 20;
      options.batch.capacity_bytes = std::max(options.batch.capacity_bytes, options.piece_bytes);
      options.shuttles = shuttles;
      const double seconds = SecondsOfPinnedGelu(*BackendWith(options), tensors);
      std::printf("| %zu | %d | %.3f |\n", mebibytes, shuttles, link / seconds);
    }
  }
}

}  // namespace activation::cuda
