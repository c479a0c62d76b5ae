// The CPU's kernels as a table of function pointers for one instruction set. All
// tables are immutable.
#ifndef ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_
#define ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
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

// Of a gated function, a g(b), or the gradients dy g(b) by a and dy a g'(b) by b; NaN where a or b
// is. Tested as TestedKernel is, where either gradient is in doubt; `doubt` is nullptr in the FAST
// tier, which takes what it has. All pointers are set; arrays are whole granules.
struct GatedKernels {
  bool (*forward)(const float* a, const float* b, float* out, uint8_t* doubt, size_t n,
                  Store store);
  bool (*gradient)(const float* dy, const float* a, const float* b, float* by_a, float* by_b,
                   uint8_t* doubt, size_t n, Store store);
  void (*forward_in_double)(const double* a, const double* b, double* out, size_t n);
  void (*gradient_in_double)(const double* dy, const double* a, const double* b, double* by_a,
                             double* by_b, size_t n);
};

// Rows of one length, one after the other, that the following take at once.
inline constexpr size_t kRowsTogether = 16;

// At most so many rows of a row-wise function, each of n elements, none NaN and the greatest
// finite. `dy` is nullptr for ones, and not read forward. Tested as GatedKernels are, a byte of
// `doubt` an element. `out` may lie at any address.
using RowKernel = bool (*)(Direction direction, const float* x, const float* dy, void* out,
                           uint8_t* doubt, size_t n, size_t rows);

// The same in floats, for the FAST tier, whatever is in the rows; `dy` is not
// nullptr for a gradient. Returns a bit for each row that floats would not do for: what is
// in its `out` is nothing yet. All are aligned to the element; `out` is neither x nor dy.
using FastRowKernel = uint32_t (*)(const float* x, const float* dy, float* out, size_t n,
                                   size_t rows);

// Consecutive results in two words, high + low, right to 2^-58 of `size`, which is that
// of what a gradient adds up and of the result itself forward; or the double nearest to
// such a sum, which is on the same side of every number of fewer bits, or is it.
struct RowPairs {
  const double* high;
  const double* low;
  const double* size;
  size_t count;
};

// The same in two words, handed block by block to visit(index of the first, results). Where
// `wanted` is not nullptr, blocks in which it has no one are left out, and of the others what it
// has not is unspecified.
template <class T>
using RowPairKernel = void (*)(Direction direction, const T* x, const T* dy, size_t n,
                               const uint8_t* wanted,
                               absl::FunctionRef<void(size_t, const RowPairs&)> visit);

struct RowPairKernels {
  RowPairKernel<float> of_floats;
  RowPairKernel<double> of_doubles;
};

// Of a per-channel function, whole granules; `dy` may be nullptr for ones, and counts for
// nothing forward.
template <class T>
struct ChannelKernelsOf {
  // With a weight for each element.
  KernelPair<void (*)(const T* weights, const T* x, const T* dy, T* out, size_t n)> of_each;
  // With one weight for all.
  KernelPair<void (*)(T weight, const T* x, const T* dy, T* out, size_t n, Store store)> of_one;
};

struct ChannelKernels {
  ChannelKernelsOf<float> in_floats;
  ChannelKernelsOf<double> in_double;
  // What each element adds to the gradient by its weight.
  void (*weight_terms)(const double* x, const double* dy, double* out, size_t n);
};

// Conversions between storage and compute types, any number of elements.
// Narrowing rounds to nearest, ties to even.
struct ConversionKernels {
  void (*f16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*bf16_to_float)(const uint16_t* in, float* out, size_t n);
  void (*float_to_double)(const float* in, double* out, size_t n);
  // in[i] is a correctly rounded float. These also set doubt[i] to 1, else 0,
  // where it lies in the middle between two results, so that only the number it
  // was rounded from can say which is the nearer. Returns whether any does; where none
  // does, `doubt` is as it was.
  bool (*float_to_f16)(const float* in, uint16_t* out, uint8_t* doubt, size_t n);
  bool (*float_to_bf16)(const float* in, uint16_t* out, uint8_t* doubt, size_t n);
  // Whether no element is infinite or NaN.
  bool (*are_finite)(const float* in, size_t n);
};

struct BlockStatistics;

// Adds up what whole granules of y and f'(x) come to (statistics_kernel.h).
using StatisticsKernel = void (*)(const double* y, const double* slope, size_t n,
                                  BlockStatistics* block);

struct KernelSet {
  std::string target;                      // "AVX-512", "AVX2", "NEON", "SCALAR"
  std::vector<FunctionKernels> functions;  // of elementwise functions, by FunctionId
  // Of the other kinds, by their place in it.
  std::vector<ChannelKernels> channels;
  std::vector<RowKernel> rows;
  std::vector<KernelPair<FastRowKernel>> fast_rows;
  std::vector<RowPairKernels> rows_in_pairs;
  std::vector<GatedKernels> gated;
  ConversionKernels convert{};
  StatisticsKernel sum_block = nullptr;
};

// The kernels of the best target this machine has.
const KernelSet& BestKernels();

// One set for every target that was compiled and runs here, the best first.
absl::Span<const KernelSet> AllKernels();

}  // namespace activation

#endif  // ACTIVATION_SRC_BACKENDS_CPU_KERNELS_H_
