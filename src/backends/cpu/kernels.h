// The CPU's kernels as a table of function pointers for one instruction set.
// A kernel computes whole arrays of a compute type; what is stored in another
// type passes through the conversions around it (convert.h). So a formula is
// compiled once a compute type and direction, not once a storage type.
// All tables are immutable.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "src/functions/catalogue.h"

namespace activation {

// Arrays given to a kernel hold a multiple of this many elements: the most
// lanes any target has.
inline constexpr size_t kKernelGranule = 16;

// out = f(x), dy * f'(x) or dy * df/dp. `n` is a multiple of kKernelGranule;
// `dy` may be nullptr for ones; pointers are aligned to the element at least
// and may be equal.
template <class T>
using Kernel = void (*)(const Params& params, const T* x, const T* dy, T* out, size_t n);

template <class T>
struct KernelPair {
  Kernel<T> forward = nullptr;
  Kernel<T> gradient = nullptr;
};

struct FunctionKernels {
  KernelPair<float> in_float;
  KernelPair<double> in_double;
  // nullptr for a parameter that is not differentiable.
  std::array<Kernel<double>, kMaxParams> parameter_terms{};
};

// Conversions between storage and compute types, any number of elements.
// Narrowing rounds to nearest, ties to even.
struct ConversionKernels {
  void (*f16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*bf16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*float_to_double)(const float* in, double* out, size_t n);
  // These also set doubt[i] to non-zero where numbers within `relative` of
  // in[i] round to different results: Ziv's rounding test. Returns whether any
  // was set.
  bool (*double_to_float)(const double* in, double relative, float* out, uint16_t* doubt, size_t n);
  bool (*float_to_f16)(const float* in, float relative, uint16_t* out, uint16_t* doubt, size_t n);
  bool (*float_to_bf16)(const float* in, float relative, uint16_t* out, uint16_t* doubt, size_t n);
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
