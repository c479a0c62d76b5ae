#include "src/engine/calibration.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <limits>
#include <vector>

#include "src/backends/cpu/cpu_backend.h"

namespace activation {
namespace {

constexpr size_t kElements = size_t{1} << 20;
constexpr size_t kBytes = kElements * sizeof(double);
// Of f32, a tensor that keeps all lanes of a device busy for some rounds.
constexpr size_t kStreamedElements = 4 * kElements;

// The least of a few times: what disturbs a measurement only makes it longer.
double Seconds(const std::function<void()>& work) {
  double least = std::numeric_limits<double>::infinity();
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    least = std::min(least, taken.count());
  }
  return least;
}

absl::Status RunToEnd(Backend& backend, const Evaluation& evaluation) {
  std::promise<absl::Status> promise;
  backend.Run(
      {evaluation}, [] { return absl::OkStatus(); },
      [&promise](absl::Status status) { promise.set_value(std::move(status)); });
  return promise.get_future().get();
}

// Memory on both sides, with numbers as networks have them.
class Tensors {
 public:
  explicit Tensors(cuda::CudaBackend& cuda) : device_(cuda.device()), map_(cuda.memory()) {}

  ~Tensors() {
    if (stream_ != nullptr) device_.EndStream(stream_);
    if (memory_ != nullptr) {
      map_.Remove(memory_);
      device_.Free(memory_);
    }
    if (pinned_ != nullptr) device_.FreePinned(pinned_);
  }
  Tensors(const Tensors&) = delete;
  Tensors& operator=(const Tensors&) = delete;

  absl::Status Allocate() {
    absl::StatusOr<std::byte*> memory = device_.Allocate(2 * kBytes);
    if (!memory.ok()) return memory.status();
    memory_ = *memory;
    map_.Add(memory_, 2 * kBytes, cuda::Memory::kDevice);
    absl::StatusOr<std::byte*> pinned = device_.AllocatePinned(kBytes);
    if (!pinned.ok()) return pinned.status();
    pinned_ = *pinned;
    absl::StatusOr<cuda::Stream> stream = device_.MakeStream();
    if (!stream.ok()) return stream.status();
    stream_ = *stream;
    return absl::OkStatus();
  }

  // One copy of kBytes.
  absl::Status CopyIn() {
    absl::Status status = device_.CopyIn(memory_, pinned_, kBytes, stream_);
    status.Update(device_.Synchronize(stream_));
    return status;
  }
  absl::Status CopyOut() {
    absl::Status status = device_.CopyOut(pinned_, memory_, kBytes, stream_);
    status.Update(device_.Synchronize(stream_));
    return status;
  }

  // Bytes that are small numbers in every type: repeated, 3.5 in 16 bits or wider.
  void Fill() {
    auto* const halves = reinterpret_cast<uint16_t*>(pinned_);
    std::fill_n(halves, kBytes / sizeof(uint16_t), uint16_t{0x4060});
  }

  // gelu of so many elements in the device's memory.
  Evaluation OnDevice(DType dtype, Tier tier, size_t count) const {
    return Gelu(dtype, tier, count, memory_, memory_ + kBytes);
  }
  // The same in the host's.
  Evaluation OnHost(DType dtype, Tier tier, size_t count) {
    return Gelu(dtype, tier, count, host_.data(), host_.data() + host_.size() / 2);
  }

 private:
  static Evaluation Gelu(DType dtype, Tier tier, size_t count, const void* x, void* out) {
    Evaluation evaluation;
    evaluation.function = *FindFunction("gelu");
    evaluation.params = *ResolveParams(evaluation.function, {});
    evaluation.dtype = dtype;
    evaluation.tier = tier;
    evaluation.count = count;
    evaluation.x = x;
    evaluation.out = out;
    return evaluation;
  }

  cuda::Device& device_;
  cuda::MemoryMap& map_;
  std::vector<double> host_ = std::vector<double>(kStreamedElements, 1.0);
  std::byte* memory_ = nullptr;
  std::byte* pinned_ = nullptr;
  cuda::Stream stream_ = nullptr;
};

}  // namespace

absl::StatusOr<CostModel> Calibrate(Backend& cpu, cuda::CudaBackend& cuda) {
  Tensors tensors(cuda);
  absl::Status status = tensors.Allocate();
  if (!status.ok()) return status;
  tensors.Fill();
  const auto run = [&status](Backend& backend, const Evaluation& evaluation) {
    return Seconds([&] { status.Update(RunToEnd(backend, evaluation)); });
  };
  CostModel model;
  model.in_byte = Seconds([&] { status.Update(tensors.CopyIn()); }) / kBytes;
  model.out_byte = Seconds([&] { status.Update(tensors.CopyOut()); }) / kBytes;
  model.cuda_latency = run(cuda, tensors.OnHost(DType::kF32, Tier::kExact, 1));
  // By what more elements take longer; where that is lost in what else happens on the
  // machine, the rate is at most that of the whole.
  const auto cuda_element = [&](DType dtype, Tier tier) {
    constexpr size_t kFew = kElements / 8;
    const double few = run(cuda, tensors.OnDevice(dtype, tier, kFew));
    const double all = run(cuda, tensors.OnDevice(dtype, tier, kElements));
    return all > few ? (all - few) / (kElements - kFew) : all / kElements;
  };
  for (const DType dtype : {DType::kF32, DType::kF64, DType::kBF16}) {
    for (const Tier tier : {Tier::kExact, Tier::kFast}) {
      const size_t c = RateClassOf(dtype, tier);
      model.cpu_element[c] =
          run(cpu, tensors.OnHost(dtype, tier, kInlineElements)) / kInlineElements;
      model.cuda_element[c] = cuda_element(dtype, tier);
    }
  }
  const Evaluation large = tensors.OnHost(DType::kF32, Tier::kFast, kElements);
  const double alone = model.cpu_element[RateClassOf(large.dtype, large.tier)] * kElements;
  model.cpu_speedup = std::max(1.0, alone / run(cpu, large));
  // Two pieces of the least size that is handed to workers.
  const Evaluation waking = tensors.OnHost(DType::kF32, Tier::kFast, kInlineElements + 1);
  model.cpu_wake = std::max(0.0, run(cpu, waking) - alone / kElements * kInlineElements);
  const Evaluation streamed = tensors.OnHost(DType::kF32, Tier::kFast, kStreamedElements);
  model.staged_byte = std::max(0.0, run(cuda, streamed) - model.cuda_latency) /
                      (2 * kStreamedElements * sizeof(float));
  model.resident_byte =
      model.cuda_element[RateClassOf(DType::kF32, Tier::kExact)] / (2 * sizeof(float));
  if (!status.ok()) return status;
  cuda.ResetStatistics();
  return model;
}

}  // namespace activation
