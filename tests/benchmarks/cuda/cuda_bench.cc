// activation-cuda-bench: the CUDA backend's kernels on this machine's GPU, as tables in
// Markdown. Every function beside a copy on the device of as many bytes, many small tensors in
// one launch, and tensors of the host that stream through the device.
#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "src/backends/cuda/launch.h"

namespace activation::cuda {
namespace {

constexpr int kRounds = 9;

void Check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::fprintf(stderr, "activation-cuda-bench: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

// Memory of the device, all of it `filling`.
std::byte* OnDevice(size_t bytes, int filling) {
  void* there = nullptr;
  Check(cudaMalloc(&there, bytes + 1));
  Check(cudaMemset(there, filling, bytes));
  return static_cast<std::byte*>(there);
}

// The median of a few rounds, in seconds, of what `enqueue` puts into the default stream.
template <class Enqueue>
double SecondsOf(Enqueue enqueue) {
  cudaEvent_t begin;
  cudaEvent_t end;
  Check(cudaEventCreate(&begin));
  Check(cudaEventCreate(&end));
  enqueue();
  std::vector<float> times(kRounds);
  for (float& time : times) {
    Check(cudaEventRecord(begin));
    enqueue();
    Check(cudaEventRecord(end));
    Check(cudaEventSynchronize(end));
    Check(cudaEventElapsedTime(&time, begin, end));
  }
  Check(cudaEventDestroy(begin));
  Check(cudaEventDestroy(end));
  std::nth_element(times.begin(), times.begin() + kRounds / 2, times.end());
  return times[kRounds / 2] * 1e-3;
}

// A table on the device, ready to be launched.
class Prepared {
 public:
  explicit Prepared(const std::vector<Evaluation>& evaluations) : table_(evaluations) {
    there_ = OnDevice(table_.bytes().size(), 0);
    scratch_ = OnDevice(table_.scratch_bytes(), 0);
    Check(cudaMemcpy(there_, table_.bytes().data(), table_.bytes().size(), cudaMemcpyHostToDevice));
  }
  ~Prepared() {
    cudaFree(there_);
    cudaFree(scratch_);
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

  void Launch(cudaStream_t stream = nullptr) const {
    Check(static_cast<cudaError_t>(cuda::Launch(table_, there_, scratch_, stream)));
  }

 private:
  const JobTable table_;
  std::byte* there_;
  std::byte* scratch_;
};

Evaluation Of(FunctionId function, DType dtype, Tier tier, Direction direction, size_t count) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = dtype;
  evaluation.tier = tier;
  evaluation.direction = direction;
  evaluation.count = count;
  return evaluation;
}

struct Column {
  const char* name;
  DType dtype;
  Tier tier;
};
constexpr Column kColumns[] = {{"f32 FAST", DType::kF32, Tier::kFast},
                               {"f32 EXACT", DType::kF32, Tier::kExact},
                               {"f64", DType::kF64, Tier::kExact},
                               {"f16", DType::kF16, Tier::kExact},
                               {"bf16", DType::kBF16, Tier::kExact}};

// Bytes of a tensor: many times what the caches hold.
constexpr size_t kTensor = size_t{1} << 30;

// Every elementwise function's rate as a share of a copy's on the device.
void PrintShares() {
  // Numbers near one in every type.
  std::byte* const x = OnDevice(kTensor, 0x3d);
  std::byte* const dy = OnDevice(kTensor, 0x3d);
  std::byte* const out = OnDevice(kTensor, 0);
  const double copy = 2.0 * kTensor / SecondsOf([&] {
                        Check(cudaMemcpyAsync(out, x, kTensor, cudaMemcpyDeviceToDevice));
                      });
  std::printf("A copy on the device moves %.2f TB/s, read and written. Shares of that:\n\n|",
              copy / 1e12);
  for (const Column& column : kColumns) std::printf(" | %s forward | gradient", column.name);
  std::printf(" |\n|---");
  for (size_t i = 0; i < 2 * std::size(kColumns); ++i) std::printf("|---");
  std::printf("|\n");
  for (FunctionId function = 0; function < ElementwiseFunctions().size(); ++function) {
    std::printf("| %s", Catalogue()[function].name);
    for (const Column& column : kColumns) {
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        Evaluation evaluation =
            Of(function, column.dtype, column.tier, direction, kTensor / SizeOf(column.dtype));
        evaluation.x = x;
        evaluation.out = out;
        const bool gradient = direction == Direction::kGradient;
        if (gradient) evaluation.dy = dy;
        const Prepared prepared({evaluation});
        const double moved = (gradient ? 3.0 : 2.0) * kTensor;
        std::printf(" | %.3f", moved / SecondsOf([&] { prepared.Launch(); }) / copy);
      }
    }
    std::printf(" |\n");
    std::fflush(stdout);
  }
  for (std::byte* const tensor : {x, dy, out}) Check(cudaFree(tensor));
}

void PrintManySmall() {
  constexpr size_t kJobs = 10'000;
  constexpr size_t kElements = 64;
  const size_t bytes = kJobs * kElements * sizeof(float);
  std::byte* const x = OnDevice(bytes, 0x3d);
  std::byte* const out = OnDevice(bytes, 0);
  std::vector<Evaluation> evaluations;
  for (size_t i = 0; i < kJobs; ++i) {
    evaluations.push_back(
        Of(*FindFunction("gelu"), DType::kF32, Tier::kExact, Direction::kForward, kElements));
    evaluations.back().x = x + i * kElements * sizeof(float);
    evaluations.back().out = out + i * kElements * sizeof(float);
  }
  const Prepared prepared(evaluations);
  std::printf("\n10,000 tensors of 64 elements (gelu, f32 EXACT) in one launch: %.1f us.\n",
              SecondsOf([&] { prepared.Launch(); }) * 1e6);
  Check(cudaFree(x));
  Check(cudaFree(out));
}

// A host's pinned tensor through the device and back in chunks on a few streams, with the
// kernel between the copies or without.
double SecondsThroughDevice(std::byte* in, std::byte* back, bool with_kernel) {
  constexpr size_t kStreams = 3;
  constexpr size_t kChunk = size_t{16} << 20;
  cudaStream_t streams[kStreams];
  std::vector<std::unique_ptr<Prepared>> prepared;
  std::byte* rooms[kStreams];
  for (size_t i = 0; i < kStreams; ++i) {
    Check(cudaStreamCreateWithFlags(&streams[i], cudaStreamNonBlocking));
    rooms[i] = OnDevice(kChunk, 0);
    Evaluation evaluation = Of(*FindFunction("gelu"), DType::kF32, Tier::kExact,
                               Direction::kForward, kChunk / sizeof(float));
    evaluation.x = rooms[i];
    evaluation.out = rooms[i];
    prepared.push_back(std::make_unique<Prepared>(std::vector<Evaluation>{evaluation}));
  }
  Check(cudaDeviceSynchronize());
  const double seconds = SecondsOf([&] {
    for (size_t at = 0; at < kTensor; at += kChunk) {
      const size_t i = at / kChunk % kStreams;
      Check(cudaMemcpyAsync(rooms[i], in + at, kChunk, cudaMemcpyHostToDevice, streams[i]));
      if (with_kernel) prepared[i]->Launch(streams[i]);
      Check(cudaMemcpyAsync(back + at, rooms[i], kChunk, cudaMemcpyDeviceToHost, streams[i]));
    }
    for (cudaStream_t stream : streams) Check(cudaStreamSynchronize(stream));
  });
  for (size_t i = 0; i < kStreams; ++i) {
    Check(cudaStreamDestroy(streams[i]));
    Check(cudaFree(rooms[i]));
  }
  return seconds;
}

void PrintHostResident() {
  void* in = nullptr;
  void* back = nullptr;
  Check(cudaMallocHost(&in, kTensor));
  Check(cudaMallocHost(&back, kTensor));
  const auto seconds = [&](bool with_kernel) {
    return SecondsThroughDevice(static_cast<std::byte*>(in), static_cast<std::byte*>(back),
                                with_kernel);
  };
  const double copies = seconds(false);
  const double all = seconds(true);
  std::printf(
      "\n1 GiB of pinned memory to the device and back: %.1f GB/s each way; with gelu between: "
      "%.3f of that.\n",
      kTensor / copies * 1e-9, copies / all);
  Check(cudaFreeHost(in));
  Check(cudaFreeHost(back));
}

int Main() {
  cudaDeviceProp properties;
  Check(cudaGetDeviceProperties(&properties, 0));
  std::printf("%s, medians of %d rounds.\n\n", properties.name, kRounds);
  PrintShares();
  PrintManySmall();
  PrintHostResident();
  return 0;
}

}  // namespace
}  // namespace activation::cuda

int main() { return activation::cuda::Main(); }
