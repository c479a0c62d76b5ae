// Time an element of every function: direction, tier and dtype, on the best
// instruction set of the machine, in tensors that fit the second-level cache.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "src/backends/cpu/evaluate.h"
#include "src/functions/catalogue.h"

namespace activation {
namespace {

constexpr size_t kElements = size_t{16} << 10;

void EvaluateTensor(benchmark::State& state, Evaluation evaluation) {
  const size_t bytes = kElements * SizeOf(evaluation.dtype);
  // Every finite bit pattern whose top byte is that of a number around one.
  std::vector<unsigned char> x(bytes);
  for (size_t i = 0; i < bytes; ++i) x[i] = static_cast<unsigned char>(i * 131 + i / 7);
  const size_t size = SizeOf(evaluation.dtype);
  for (size_t i = size - 1; i < bytes; i += size) x[i] = (i / size) % 2 == 0 ? 0x3f : 0xbf;
  std::vector<unsigned char> out(bytes);
  evaluation.count = kElements;
  evaluation.x = x.data();
  evaluation.out = out.data();
  while (state.KeepRunning()) {
    EvaluateStretch(BestKernels(), evaluation, 0, kElements);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kElements));
}

void Register() {
  for (FunctionId function = 0; function < ElementwiseFunctions().size(); ++function) {
    for (const Direction direction : {Direction::kForward, Direction::kGradient}) {
      for (const Tier tier : {Tier::kExact, Tier::kFast}) {
        for (const DType dtype : kAllDTypes) {
          Evaluation evaluation;
          evaluation.function = function;
          evaluation.params = *ResolveParams(function, {});
          evaluation.direction = direction;
          evaluation.tier = tier;
          evaluation.dtype = dtype;
          std::string name = Catalogue()[function].name;
          for (const absl::string_view part : {Name(direction), Name(tier), Name(dtype)}) {
            name.append("/").append(part.data(), part.size());
          }
          benchmark::RegisterBenchmark(name.c_str(), EvaluateTensor, evaluation);
        }
      }
    }
  }
}

[[maybe_unused]] const bool registered = (Register(), true);

}  // namespace
}  // namespace activation
