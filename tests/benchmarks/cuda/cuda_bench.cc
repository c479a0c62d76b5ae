// activation-cuda-bench: the CUDA backend on this machine's GPU, as tables in Markdown, held
// against what it is to reach. Every function beside a copy on the device of as many bytes; many
// small tensors in one launch; tensors of the host through CudaBackend beside copies there and back
// at once. Exit code 1 where a goal is missed.
//
// usage: activation-cuda-bench [FILE [FUNCTION...]]   FILE gets the seconds of every function, for
// pytorch_cuda.py; only those named are measured, and then nothing else
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <fstream>
#include <future>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "src/backends/cpu/half.h"
#include "src/backends/cuda/arena.h"
#include "src/backends/cuda/cuda_backend.h"
#include "src/backends/cuda/discovery.h"
#include "tests/benchmarks/cuda/timing.h"

namespace activation::cuda {
namespace {

// What is to be reached: shares of a copy's rate, and seconds.
constexpr double kShareOfFloats = 0.92;
constexpr double kShareOfHalves = 0.90;
constexpr double kManySmallSeconds = 100e-6;
constexpr double kShareOfLink = 0.90;

// Bytes of a tensor: many times what the caches hold.
constexpr size_t kTensor = size_t{1} << 30;

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

// What was missed, one a line.
class Verdicts {
 public:
  void Expect(bool met, const std::string& what) {
    ++goals_;
    if (!met) missed_.push_back(what);
  }

  // 0 where all was met.
  int Print() const {
    std::printf("\n%d goals, %zu missed.\n", goals_, missed_.size());
    for (const std::string& what : missed_) std::printf("- missed: %s\n", what.c_str());
    return missed_.empty() ? 0 : 1;
  }

 private:
  int goals_ = 0;
  std::vector<std::string> missed_;
};

// Numbers as networks have them, normally distributed.
std::vector<std::byte> Normal(DType dtype, size_t count, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<std::byte> bytes(count * SizeOf(dtype));
  for (size_t i = 0; i < count; ++i) {
    const float x = normal(random);
    const double wide = x;
    const uint16_t half = dtype == DType::kF16 ? F16OfFloat(x) : BF16OfFloat(x);
    const void* const from = dtype == DType::kF32   ? static_cast<const void*>(&x)
                             : dtype == DType::kF64 ? static_cast<const void*>(&wide)
                                                    : &half;
    std::memcpy(&bytes[i * SizeOf(dtype)], from, SizeOf(dtype));
  }
  return bytes;
}

Evaluation Of(FunctionId function, const Column& column, Direction direction, size_t count) {
  Evaluation evaluation;
  evaluation.function = function;
  evaluation.params = *ResolveParams(function, {});
  evaluation.dtype = column.dtype;
  evaluation.tier = column.tier;
  evaluation.direction = direction;
  evaluation.count = count;
  // Rows, halves and channels of usual lengths.
  constexpr size_t kExtent = 4096;
  const Kind kind = Catalogue()[function].kind;
  if (kind == Kind::kRowWise || kind == Kind::kGated) {
    evaluation.layout = {count / kExtent, kExtent, 1};
  } else if (kind == Kind::kPerChannel) {
    evaluation.layout = {count / kExtent / 64, 64, kExtent};
    evaluation.weight_count = 64;
  }
  return evaluation;
}

// Memory for whatever a function takes, the same for every type: where tensors lie in it makes some
// hundredths of a difference.
struct Tensors {
  Tensors() : x(kTensor), dy(kTensor), out(kTensor), weight(4096) {}

  void Fill(DType dtype) {
    constexpr size_t kPattern = size_t{1} << 22;
    x.Fill(Normal(dtype, kPattern, 1));
    dy.Fill(Normal(dtype, kPattern, 2));
    weight.Fill(Normal(dtype, 64, 3));
  }

  Evaluation Bound(Evaluation evaluation) const {
    evaluation.x = x.data();
    if (evaluation.direction == Direction::kGradient) evaluation.dy = dy.data();
    if (evaluation.weight_count > 0) evaluation.weight = weight.data();
    evaluation.out = out.data();
    return evaluation;
  }

  Buffer x;
  Buffer dy;
  Buffer out;
  Buffer weight;
};

constexpr Residence kThere = {Memory::kDevice, Memory::kDevice, Memory::kDevice, Memory::kDevice};

// Bytes a second, read and written, of a copy on the device.
double CopyRate() {
  const Buffer from(kTensor);
  const Buffer to(kTensor);
  return 2.0 * kTensor / SecondsOf([&] {
           Check(cudaMemcpyAsync(to.data(), from.data(), kTensor, cudaMemcpyDeviceToDevice));
         });
}

std::string NameOf(const Evaluation& e, const std::string& function) {
  std::string name = function;
  for (const absl::string_view part : {Name(e.direction), Name(e.dtype), Name(e.tier)}) {
    name.append(" ").append(part.data(), part.size());
  }
  return name;
}

// Rows other than the table's: shorter ones, and such that lie across. Without goals.
struct Rows {
  const char* name;
  size_t extent;
  size_t inner;
};
constexpr Rows kOtherRows[] = {{"64", 64, 1}, {"1024", 1024, 1}, {"64x64", 64, 64}};

// A table of shares, a line for each name.
class Table {
 public:
  void Add(const std::string& line, const std::string& cell) {
    const auto [at, is_new] = index_.try_emplace(line, lines_.size());
    if (is_new) lines_.push_back("| " + line);
    lines_[at->second] += " | " + cell;
  }

  void Print() const {
    std::printf("|");
    for (const Column& column : kColumns) std::printf(" | %s forward | gradient", column.name);
    std::printf(" |\n|---");
    for (size_t i = 0; i < 2 * std::size(kColumns); ++i) std::printf("|---");
    std::printf("|\n");
    for (const std::string& line : lines_) std::printf("%s |\n", line.c_str());
  }

 private:
  std::vector<std::string> lines_;
  std::map<std::string, size_t> index_;
};

// Every function's rate as a share of a copy's, by function and column.
class Shares {
 public:
  // Of the functions named, or of all.
  Shares(double copy, std::set<std::string> names) : copy_(copy), names_(std::move(names)) {}

  void Measure(const Column& column, Verdicts& verdicts, std::ostream& seconds_of) {
    tensors_.Fill(column.dtype);
    for (FunctionId function = 0; function < Catalogue().size(); ++function) {
      if (!names_.empty() && names_.count(Catalogue()[function].name) == 0) continue;
      for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
        Evaluation e =
            tensors_.Bound(Of(function, column, direction, kTensor / SizeOf(column.dtype)));
        const std::string name = Catalogue()[function].name;
        const double share = MeasureOne(e, name, table_, seconds_of);
        if (e.dtype != DType::kF64) {
          const double goal = e.dtype == DType::kF32 ? kShareOfFloats : kShareOfHalves;
          verdicts.Expect(share >= goal, NameOf(e, name) + ": " + Text(share) + " of a copy");
        }
        if (Catalogue()[function].kind != Kind::kRowWise) continue;
        for (const Rows& rows : kOtherRows) {
          e.layout = {e.count / rows.extent / rows.inner, rows.extent, rows.inner};
          MeasureOne(e, name + "/" + rows.name, other_rows_, seconds_of);
        }
      }
    }
  }

  void Print() const {
    std::printf("A copy on the device moves %.2f TB/s, read and written. Shares of that:\n\n",
                copy_ / 1e12);
    table_.Print();
    std::printf("\nRows of 64 and 1,024 elements, and of 64 that lie 64 apart:\n\n");
    other_rows_.Print();
  }

 private:
  static std::string Text(double share) {
    char text[32];
    std::snprintf(text, sizeof(text), "%.3f", share);
    return text;
  }

  double MeasureOne(const Evaluation& e, const std::string& name, Table& table,
                    std::ostream& seconds_of) const {
    const Prepared prepared({e});
    const double seconds = SecondsOf([&] { prepared.Launch(); });
    const auto moved = static_cast<double>(BytesTouched(e, kThere).resident);
    const double share = moved / seconds / copy_;
    table.Add(name, Text(share));
    seconds_of << NameOf(e, name) << " " << seconds << "\n";
    return share;
  }

  const double copy_;
  const std::set<std::string> names_;
  Tensors tensors_;
  Table table_;
  Table other_rows_;
};

void MeasureManySmall(Verdicts& verdicts) {
  constexpr size_t kJobs = 10'000;
  constexpr size_t kElements = 64;
  const size_t bytes = kJobs * kElements * sizeof(float);
  Buffer x(bytes);
  x.Fill(Normal(DType::kF32, kJobs * kElements, 1));
  const Buffer out(bytes);
  std::vector<Evaluation> evaluations;
  for (size_t i = 0; i < kJobs; ++i) {
    evaluations.push_back(Of(*FindFunction("gelu"), kColumns[1], Direction::kForward, kElements));
    evaluations.back().x = x.data() + i * kElements * sizeof(float);
    evaluations.back().out = out.data() + i * kElements * sizeof(float);
  }
  const Prepared prepared(evaluations);
  const double seconds = SecondsOf([&] { prepared.Launch(); });
  std::printf("\n10,000 tensors of 64 elements (gelu, f32 EXACT) in one launch: %.1f us.\n",
              seconds * 1e6);
  verdicts.Expect(seconds <= kManySmallSeconds,
                  "10,000 small tensors in " + std::to_string(seconds * 1e6) + " us");
}

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
      "\nOther pieces and lanes, pinned:\n\n| MiB a piece | lanes | share |\n|---|---|---|\n");
  for (const size_t mebibytes : {2, 4, 8, 16, 32}) {
    for (const int lanes : {4, 6, 8}) {
      Options options;
      options.piece_bytes = mebibytes << 20;
      options.batch.capacity_bytes = std::max(options.batch.capacity_bytes, options.piece_bytes);
      options.lanes = lanes;
      const double seconds = SecondsOfPinnedGelu(*BackendWith(options), tensors);
      std::printf("| %zu | %d | %.3f |\n", mebibytes, lanes, link / seconds);
    }
  }
}

int Main(const char* seconds_path, const std::set<std::string>& names) {
  cudaDeviceProp properties;
  Check(cudaGetDeviceProperties(&properties, 0));
  std::printf("%s, medians of %d rounds, normally distributed numbers.\n\n", properties.name,
              kRounds);
  std::ofstream seconds_of;
  if (seconds_path != nullptr) seconds_of.open(seconds_path);
  Verdicts verdicts;
  Shares shares(CopyRate(), names);
  for (const Column& column : kColumns) shares.Measure(column, verdicts, seconds_of);
  shares.Print();
  if (names.empty()) {
    MeasureManySmall(verdicts);
    MeasureHostResident(verdicts);
  }
  return verdicts.Print();
}

}  // namespace
}  // namespace activation::cuda

int main(int argc, char** argv) {
  const std::set<std::string> names(argv + std::min(argc, 2), argv + argc);
  return activation::cuda::Main(argc > 1 ? argv[1] : nullptr, names);
}
