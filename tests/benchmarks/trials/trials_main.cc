// activation-trials: times what was tried for speed and prints a line of JSON for each
// trial, for scripts/trials_table.py to lay out. `where` the tensors are: L2, DRAM, or
// "places" for the mean over random places in the second-level cache
// (docs/performance.md says why). An argument leaves only names that contain it.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/benchmarks/stream_copy.h"
#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/trials/trial.h"
#include "tests/benchmarks/work.h"

namespace activation {
namespace {

constexpr size_t kInCache = size_t{16} << 10;  // elements of a tensor
constexpr size_t kInMemory = size_t{16} << 20;

// A trial in one direction.
struct Run {
  std::string name;
  TrialKernel kernel;
  bool gradient;
};

void Print(const Run& run, const char* where, const nlohmann::ordered_json& figures) {
  nlohmann::ordered_json record = {
      {"name", run.name}, {"direction", run.gradient ? "gradient" : "forward"}, {"where", where}};
  record.update(figures);
  std::printf("%s\n", record.dump().c_str());
  std::fflush(stdout);
}

// In turns with a copy of the same traffic.
void TimeBesideCopy(const Run& run, const char* where, Tensors& tensors, int rounds) {
  const auto* x = reinterpret_cast<const float*>(tensors.x());
  const auto* dy = reinterpret_cast<const float*>(tensors.dy());
  auto* out = reinterpret_cast<float*>(tensors.out());
  const Work work = [&] { run.kernel(x, dy, out, tensors.count()); };
  const Work copy = [&] {
    StreamCopy(tensors.x(), run.gradient ? tensors.dy() : nullptr, tensors.out(), tensors.bytes());
  };
  const std::vector<double> seconds = Race({work, copy}, rounds, 1);
  Print(run, where,
        {{"ns", seconds[0] * 1e9 / static_cast<double>(tensors.count())},
         {"of_copy", seconds[1] / seconds[0]}});
}

// The least time at each of many places: their geometric mean and the worst of them.
void TimeAtRandomPlaces(const Run& run) {
  constexpr size_t kPlaces = 60;
  constexpr size_t kRounds = 300;
  constexpr size_t kPages = 3000;  // that a tensor may begin on
  constexpr size_t kFloatsOfPage = 1024;
  static Tensors& room = *new Tensors(DType::kF32, kPages * kFloatsOfPage + 2 * kInCache);
  std::mt19937 random(1);
  std::vector<Work> works;
  for (size_t i = 0; i < kPlaces; ++i) {
    // A cache line from one to the next, as consecutive allocations lie.
    const auto place = [&](std::byte* base, size_t line) {
      return reinterpret_cast<float*>(base) + random() % kPages * kFloatsOfPage + 16 * line;
    };
    const float* x = place(room.x(), 0);
    const float* dy = place(room.dy(), 1);
    float* out = place(room.out(), 2);
    works.emplace_back([=, kernel = run.kernel] { kernel(x, dy, out, kInCache); });
  }
  double mean = 0;
  double worst = 0;
  for (const double seconds : Race(works, kRounds, 1)) {
    const double ns = seconds * 1e9 / kInCache;
    mean += std::log(ns) / kPlaces;
    worst = std::max(worst, ns);
  }
  Print(run, "places", {{"ns", std::exp(mean)}, {"worst_ns", worst}});
}

void Time(const Run& run) {
  static Tensors& in_cache = *new Tensors(DType::kF32, kInCache);
  static Tensors& in_memory = *new Tensors(DType::kF32, kInMemory);
  TimeBesideCopy(run, "L2", in_cache, 2000);
  if (run.name.find("loop/") != 0) return;
  TimeBesideCopy(run, "DRAM", in_memory, 40);
  TimeAtRandomPlaces(run);
}

void TimeAll(const std::string& part) {
  for (const auto& trials : {LoopTrials(), FormulaTrials()}) {
    for (const Trial& trial : trials) {
      if (trial.name.find(part) == std::string::npos) continue;
      if (trial.forward != nullptr) Time({trial.name, trial.forward, false});
      if (trial.gradient != nullptr) Time({trial.name, trial.gradient, true});
    }
  }
}

}  // namespace
}  // namespace activation

int main(int argc, char** argv) {
  activation::TimeAll(argc > 1 ? argv[1] : "");
  return 0;
}
