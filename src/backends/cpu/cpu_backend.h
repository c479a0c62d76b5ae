// Evaluates on the CPU with the best instruction set the machine has. Small
// runs are computed in the calling thread; larger ones are cut into pieces for
// a pool of workers. Thread-safe.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_CPU_BACKEND_H_
#define ACTIVATION_SRC_BACKENDS_CPU_CPU_BACKEND_H_

#include <memory>
#include <string>

#include "src/backends/backend.h"
#include "src/backends/cpu/kernels.h"

namespace activation {

// The SIMD target in use: "AVX-512", "AVX2", "NEON", "SCALAR".
std::string InstructionSet();

// Runs up to this many elements are computed by the calling thread, but for RunElsewhere:
// of most kinds they cost less than waking another.
inline constexpr size_t kInlineElements = size_t{32} << 10;

// Whether Run would compute them so.
bool IsInline(absl::Span<const Evaluation> evaluations);

// How many workers `threads` stands for: 0 means one a processor.
int WorkersOf(int threads);

// How many bytes so many workers hold at a time beside the tensors while they compute these.
size_t ScratchOf(absl::Span<const Evaluation> evaluations, int workers);

// WorkersOf(threads) workers beside the calling threads.
std::unique_ptr<Backend> MakeCpuBackend(int threads = 0);

// The same with the kernels of one instruction set, one of AllKernels().
std::unique_ptr<Backend> MakeCpuBackend(const KernelSet& kernels, int threads);

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_CPU_BACKEND_H_
