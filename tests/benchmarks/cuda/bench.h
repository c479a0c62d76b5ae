// What the parts of activation-cuda-bench have in common: what is measured, and what it is to
// reach.
#ifndef ACTIVATION_TESTS_BENCHMARKS_CUDA_BENCH_H_
#define ACTIVATION_TESTS_BENCHMARKS_CUDA_BENCH_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "src/backends/backend.h"

namespace activation::cuda {

// Bytes of a tensor: many times what the caches hold.
inline constexpr size_t kTensor = size_t{1} << 30;

struct Column {
  const char* name;
  DType dtype;
  Tier tier;
};
inline constexpr Column kColumns[] = {{"f32 FAST", DType::kF32, Tier::kFast},
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
std::vector<std::byte> Normal(DType dtype, size_t count, uint32_t seed);

// So many elements of a function, in rows, halves and channels of usual lengths.
Evaluation Of(FunctionId function, const Column& column, Direction direction, size_t count);

// gelu of tensors in the host's memory, through CudaBackend, beside copies there and back at once.
void MeasureHostResident(Verdicts& verdicts);

}  // namespace activation::cuda

#endif  // ACTIVATION_TESTS_BENCHMARKS_CUDA_BENCH_H_
