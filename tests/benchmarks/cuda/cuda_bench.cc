// activation-cuda-bench: the CUDA backend on this machine's GPU, as tables in Markdown, held
// against what it is to reach. Every function beside a copy on the device of as many bytes; many
// small tensors in one launch; tensors of the host through CudaBackend beside copies there and back
// at once. Exit code 1 where a goal is missed or FILE cannot be written.
//
// usage: activation-cuda-bench [FILE [FUNCTION...]]   FILE gets the seconds of every function, for
// pytorch_cuda.py; only those named are measured, and then nothing else
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "src/backends/cuda/kernels/launch.h"
#include "src/backends/cuda/piece.h"
#include "tests/benchmarks/cuda/bench.h"
#include "tests/benchmarks/cuda/timing.h"

namespace activation::cuda {
namespace {

// What is to be reached: shares of a copy's rate, and seconds.
constexpr double kShareOfFloats = 0.92;
constexpr double kShareOfHalves = 0.90;
constexpr double kManySmallSeconds = 100e-6;

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

// Bytes a second, read and written, of a copy on the device, after two seconds of copies: a card
// that was idle is slower at first by some hundredths.
double CopyRate() {
  const Buffer from(kTensor);
  const Buffer to(kTensor);
  const auto seconds = [&] {
    return SecondsOf(
        [&] { Check(cudaMemcpyAsync(to.data(), from.data(), kTensor, cudaMemcpyDeviceToDevice)); });
  };
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
  while (std::chrono::steady_clock::now() < end) seconds();
  return 2.0 * kTensor / seconds();
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

// Says that `path` cannot be written; the exit code.
int CannotWrite(const char* path) {
  std::fprintf(stderr, "activation-cuda-bench: cannot write '%s'\n", path);
  return 1;
}

int Main(const char* seconds_path, const std::set<std::string>& names) {
  // Before anything is measured for it.
  std::ofstream seconds_of;
  if (seconds_path != nullptr) {
    seconds_of.open(seconds_path);
    if (!seconds_of) return CannotWrite(seconds_path);
  }
  cudaDeviceProp properties;
  Check(cudaGetDeviceProperties(&properties, 0));
  // As the server does before its first launch; how kernels share a multiprocessor's memory is said
  // there, too.
  Check(static_cast<cudaError_t>(LoadKernels()));
  std::printf("%s, medians of %d rounds, normally distributed numbers.\n\n", properties.name,
              kRounds);
  Verdicts verdicts;
  Shares shares(CopyRate(), names);
  for (const Column& column : kColumns) shares.Measure(column, verdicts, seconds_of);
  shares.Print();
  if (names.empty()) {
    MeasureManySmall(verdicts);
    MeasureHostResident(verdicts);
  }
  const int missed = verdicts.Print();
  if (seconds_path != nullptr) {
    seconds_of.close();
    if (!seconds_of) return CannotWrite(seconds_path);
  }
  return missed;
}

}  // namespace
}  // namespace activation::cuda

int main(int argc, char** argv) {
  const std::set<std::string> names(argv + std::min(argc, 2), argv + argc);
  return activation::cuda::Main(argc > 1 ? argv[1] : nullptr, names);
}
