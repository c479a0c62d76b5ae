// Every formula as the CUDA host compiles it, for the CPU and for the GPU.
#ifndef ACTIVATION_TESTS_FUNCTIONS_CUDA_HOST_H_
#define ACTIVATION_TESTS_FUNCTIONS_CUDA_HOST_H_

#include <cstddef>
#include <string>

#include "src/functions/function_info.h"

namespace activation::cuda_host {

enum class Where { kCpu, kGpu };

// The grades of grades-inl.h that the GPU's kernels compute in.
enum class Grade { kFast, kQuick, kCareful, kCertain };

// A result as it is rounded, and its words, of which the second is zero of a grade of one.
template <class T>
struct Result {
  T rounded;
  T high;
  T low;
};

// Why there is nothing to run on, or "".
std::string MissingGpu();

// Functions of the catalogue, counted by the CUDA host itself.
size_t FunctionCount();

// out[i] = f(x[i]), or dy[i] * f'(x[i]) where dy is not null, for i < count, zero where the FAST
// tier has no formula of its own; T is float for kFast, double for the others. kCertain is for the
// CPU only: its kernels are the slow lane's. Returns CUDA's error, or "".
template <Grade kGrade, class T>
std::string Evaluate(Where where, size_t function, const Params& params, const T* x, const T* dy,
                     Result<T>* out, size_t count);

}  // namespace activation::cuda_host

#endif  // ACTIVATION_TESTS_FUNCTIONS_CUDA_HOST_H_
