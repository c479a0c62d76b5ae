// The CPU's kernels as a table of function pointers for one instruction set. All
// tables are immutable.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "src/base/dtype.h"
#include "src/functions/catalogue.h"

namespace activation {

// Arrays given to a kernel hold a multiple of this many elements: the most
// lanes any target has.
inline constexpr size_t kKernelGranule = 16;

// Where results go: into the caches, for whoever reads them next, or past them to
// memory, which then is not read before it is written. Streamed results are aligned
// to kStreamAlignment; a fence must come before another thread reads them.
enum class Store : bool { kCached, kStreamed };
inline constexpr size_t kStreamAlignment = 64;

// out = f(x), dy * f'(x) or dy * df/dp. `n` is a multiple of kKernelGranule;
// `dy` may be nullptr for ones; pointers are aligned to the element at least
// and may be equal.
template <class T>
using Kernel = void (*)(const Params& params, const T* x, const T* dy, T* out, size_t n,
                        Store store);

// The same for f32, correctly rounded but where doubt[i] is set to 1. Returns
// whether any was set; where none was, `doubt` is as it was. `out` must not be `x`
// or `dy`.
using TestedKernel = bool (*)(const Params& params, const float* x, const float* dy, float* out,
                              uint8_t* doubt, size_t n, Store store);

template <class AnyKernel>
struct KernelPair {
  AnyKernel forward = nullptr;
  AnyKernel gradient = nullptr;

  AnyKernel For(Direction direction) const {
    return direction == Direction::kForward ? forward : gradient;
  }
};

struct FunctionKernels {
  KernelPair<Kernel<float>> fast;  // nullptr where the exact kernel is to be taken
  KernelPair<TestedKernel> exact;
  KernelPair<Kernel<double>> in_double;
  // nullptr for a parameter that is not differentiable.
  std::array<Kernel<double>, kMaxParams> parameter_terms{};
};

// Conversions between storage and compute types, any number of elements.
// Narrowing rounds to nearest, ties to even.
struct ConversionKernels {
  void (*f16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*bf16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*float_to_double)(const float* in, double* out, size_t n);
  // in[i] is a correctly rounded float. These also set doubt[i] to 1, else 0,
  // where it lies in the middle between two results, so that only the number it
  // was rounded from can say which is the nearer. Returns whether any was set.
  bool (*float_to_f16)(const float* in, uint16_t* out, uint8_t* doubt, size_t n);
  bool (*float_to_bf16)(const float* in, uint16_t* out, uint8_t* doubt, size_t n);
};

struct KernelSet {
  std::string target;                      // "AVX3", "AVX2", "NEON", "SCALAR"
  std::vector<FunctionKernels> functions;  // by FunctionId
  ConversionKernels convert{};
};

// The kernels of the best target this machine has.
const KernelSet& BestKernels();

// One set for every target that was compiled and runs here, the best first.
absl::Span<const KernelSet> AllKernels();

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_
