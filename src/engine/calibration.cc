#include "src/engine/calibration.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <vector>

#include "src/backends/cpu/cpu_backend.h"
#include "src/backends/run_to_end.h"

namespace activation {
namespace {

constexpr size_t kElements = size_t{1} << 20;
constexpr size_t kBytes = kElements * sizeof(double);
// Up to which elements in a device's memory are taken more, while what they take is lost in what
// a batch takes anyway: of f32 some 200 us of a card of 4 TB/s, and 1 GiB with the results in f64.
constexpr size_t kMostElements = size_t{1} << 26;
// Of f32, a tensor that keeps all shuttles of a device busy for some rounds.
constexpr size_t kStreamedElements = 4 * kElements;

// Of a few times the least, because what disturbs a measurement only makes it longer, and by how
// much the longest is longer.
struct Times {
  double least = std::numeric_limits<double>::infinity();
  double spread = 0;
};

Times Measure(const std::function<void()>& work) {
  Times times;
  double most = 0;
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
    times.least = std::min(times.least, taken.count());
    most = std::max(most, taken.count());
  }
  times.spread = most - times.least;
  return times;
}

double Seconds(const std::function<void()>& work) { return Measure(work).least; }

// Memory on both sides, with numbers as networks have them.
class Tensors {
 public:
  explicit Tensors(cuda::CudaBackend& cuda) : device_(cuda.device()), map_(cuda.memory()) {}

  ~Tensors() {
    if (stream_ != nullptr) device_.EndStream(stream_);
    Release();
    if (pinned_ != nullptr) device_.FreePinned(pinned_);
  }
  Tensors(const Tensors&) = delete;
  Tensors& operator=(const Tensors&) = delete;

  absl::Status Allocate() {
    absl::StatusOr<std::byte*> pinned = device_.AllocatePinned(kBytes);
    if (!pinned.ok()) return pinned.status();
    pinned_ = *pinned;
    absl::StatusOr<cuda::Stream> stream = device_.MakeStream();
    if (!stream.ok()) return stream.status();
    stream_ = *stream;
    Fill();
    return Grow(kElements);
  }

  // Room for so many elements on the device, with numbers in it, a multiple of kElements. Where
  // there is no memory for them what was there stays.
  absl::Status Grow(size_t elements) {
    absl::StatusOr<std::byte*> memory = device_.Allocate(2 * elements * sizeof(double));
    if (!memory.ok()) return memory.status();
    Release();
    memory_ = *memory;
    elements_ = elements;
    map_.Add(memory_, 2 * elements * sizeof(double), cuda::Memory::kDevice);
    absl::Status status;
    for (size_t begin = 0; begin < elements; begin += kElements) {
      status.Update(CopyIn(begin * sizeof(double)));
    }
    return status;
  }

  // How many there is room for.
  size_t elements() const { return elements_; }

  // One copy of kBytes.
  absl::Status CopyIn(size_t to = 0) {
    absl::Status status = device_.CopyIn(memory_ + to, pinned_, kBytes, stream_);
    status.Update(device_.Synchronize(stream_));
    return status;
  }
  absl::Status CopyOut() {
    absl::Status status = device_.CopyOut(pinned_, memory_, kBytes, stream_);
    status.Update(device_.Synchronize(stream_));
    return status;
  }

  // gelu of so many elements in the device's memory.
  Evaluation OnDevice(DType dtype, Tier tier, size_t count) const {
    return Gelu(dtype, tier, count, memory_, memory_ + elements_ * sizeof(double));
  }
  // The same in the host's.
  Evaluation OnHost(DType dtype, Tier tier, size_t count) {
    return Gelu(dtype, tier, count, host_.data(), host_.data() + host_.size() / 2);
  }

 private:
  // Bytes that are small numbers in every type: repeated, 3.5 in 16 bits or wider.
  void Fill() {
    auto* const halves = reinterpret_cast<uint16_t*>(pinned_);
    std::fill_n(halves, kBytes / sizeof(uint16_t), uint16_t{0x4060});
  }

  void Release() {
    if (memory_ == nullptr) return;
    map_.Remove(memory_);
    device_.Free(memory_);
  }

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
  size_t elements_ = 0;
  std::byte* pinned_ = nullptr;
  cuda::Stream stream_ = nullptr;
};

}  // namespace

absl::StatusOr<CostModel> Calibrate(Backend& cpu, cuda::CudaBackend& cuda) {
  Tensors tensors(cuda);
  absl::Status status = tensors.Allocate();
  cuda.Note(status);
  if (!status.ok()) return status;
  const auto run = [&status](Backend& backend, const Evaluation& evaluation) {
    return Seconds([&] { status.Update(RunToEnd(backend, {evaluation})); });
  };
  CostModel model;
  model.in_byte = Seconds([&] { status.Update(tensors.CopyIn()); }) / kBytes;
  model.out_byte = Seconds([&] { status.Update(tensors.CopyOut()); }) / kBytes;
  model.cuda_latency = run(cuda, tensors.OnHost(DType::kF32, Tier::kExact, 1));
  const auto has_room = [&](size_t elements) {
    if (elements <= tensors.elements()) return true;
    const absl::Status grown = tensors.Grow(elements);
    if (!absl::IsResourceExhausted(grown)) status.Update(grown);
    return grown.ok();
  };
  // By what more elements take longer: of so many more that this is not lost in what a batch takes
  // anyway, if there is memory for them. Else the rate is at most that of the whole.
  const auto cuda_element = [&](DType dtype, Tier tier) {
    // Of any type full by themselves, as the others are, so that neither wait for company.
    constexpr size_t kFew = kElements / 4;
    static_assert(2 * kFew * sizeof(uint16_t) >= cuda::BatchLimits().full_bytes);
    const Times few =
        Measure([&] { status.Update(RunToEnd(cuda, {tensors.OnDevice(dtype, tier, kFew)})); });
    for (size_t count = kElements;; count *= 4) {
      const double all = run(cuda, tensors.OnDevice(dtype, tier, count));
      if (all - few.least > few.spread) {
        return (all - few.least) / static_cast<double>(count - kFew);
      }
      if (4 * count > kMostElements || !has_room(4 * count)) {
        return all / static_cast<double>(count);
      }
    }
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
  cuda.ResetMetrics();
  return model;
}

}  // namespace activation
