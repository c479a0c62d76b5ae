#include <array>
#include <type_traits>

#include "src/functions/ops_cuda.h"
#include "tests/functions/cuda_host.h"
// Needs a host's primitives before it.
#include "src/functions/definitions-inl.h"

namespace activation::cuda_host {
namespace {

template <Grade kGrade, class N>
using GradeOf =
    std::conditional_t<kGrade == Grade::kFast, cuda::Fast<N>,
                       std::conditional_t<kGrade == Grade::kQuick, cuda::Quick<N>,
                                          std::conditional_t<kGrade == Grade::kCareful,
                                                             cuda::Careful<N>, cuda::Certain<N>>>>;

template <class Value>
ACT_FN auto ResultOf(Value y) {
  return Result{Rounded(y).v, High(y).v, Low(y).v};
}

template <class Function, Grade kGrade, class T>
ACT_FN Result<T> EvaluateOne(const Params& params, const T* x, const T* dy, size_t i) {
  using N = cuda::Number<T>;
  using G = GradeOf<kGrade, N>;
  if (dy == nullptr) return ResultOf(Function::template Forward<G>(N{x[i]}, params));
  return ResultOf(Function::template Gradient<G>(N{x[i]}, N{dy[i]}, params));
}

template <class Function, Grade kGrade, class T>
__global__ void Kernel(Params params, const T* x, const T* dy, Result<T>* out, size_t count) {
  const size_t i = size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < count) out[i] = EvaluateOne<Function, kGrade>(params, x, dy, i);
}

// Memory both sides can reach, holding a copy of `from` where there is one.
template <class T>
class Shared {
 public:
  Shared(const T* from, size_t count) {
    error_ = cudaMallocManaged(&data_, count * sizeof(T));
    if (error_ != cudaSuccess) return;
    for (size_t i = 0; from != nullptr && i < count; ++i) data_[i] = from[i];
  }
  ~Shared() { cudaFree(data_); }

  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  T* data() const { return data_; }
  cudaError_t error() const { return error_; }

 private:
  T* data_ = nullptr;
  cudaError_t error_;
};

template <class Function, Grade kGrade, class T>
cudaError_t EvaluateOnGpu(const Params& params, const T* x, const T* dy, Result<T>* out,
                          size_t count) {
  const Shared<T> x_there(x, count);
  const Shared<T> dy_there(dy, count);
  const Shared<Result<T>> out_there(nullptr, count);
  for (const cudaError_t error : {x_there.error(), dy_there.error(), out_there.error()}) {
    if (error != cudaSuccess) return error;
  }
  constexpr unsigned kThreads = 256;
  const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
  Kernel<Function, kGrade, T><<<blocks, kThreads>>>(
      params, x_there.data(), dy == nullptr ? nullptr : dy_there.data(), out_there.data(), count);
  if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess) return error;
  if (const cudaError_t error = cudaDeviceSynchronize(); error != cudaSuccess) return error;
  for (size_t i = 0; i < count; ++i) out[i] = out_there.data()[i];
  return cudaSuccess;
}

template <class Function, Grade kGrade, class T>
std::string EvaluateFunction(Where where, const Params& params, const T* x, const T* dy,
                             Result<T>* out, size_t count) {
  if (where == Where::kGpu) {
    cudaError_t error = cudaErrorNotSupported;
    if constexpr (kGrade != Grade::kCertain) {
      error = EvaluateOnGpu<Function, kGrade>(params, x, dy, out, count);
    }
    return error == cudaSuccess ? "" : cudaGetErrorString(error);
  }
  for (size_t i = 0; i < count; ++i) out[i] = EvaluateOne<Function, kGrade>(params, x, dy, i);
  return "";
}

template <class T>
using Evaluator = std::string (*)(Where, const Params&, const T*, const T*, Result<T>*, size_t);

template <Grade kGrade, class T, class... Functions>
constexpr std::array<Evaluator<T>, sizeof...(Functions)> EvaluatorsOf(TypeList<Functions...>) {
  return {EvaluateFunction<Functions, kGrade, T>...};
}

}  // namespace

std::string MissingGpu() {
  int devices = 0;
  const cudaError_t error = cudaGetDeviceCount(&devices);
  if (error != cudaSuccess) return cudaGetErrorString(error);
  return devices == 0 ? "no device" : "";
}

size_t FunctionCount() { return cuda::AllFunctions::kSize; }

template <Grade kGrade, class T>
std::string Evaluate(Where where, size_t function, const Params& params, const T* x, const T* dy,
                     Result<T>* out, size_t count) {
  static constexpr auto kEvaluators = EvaluatorsOf<kGrade, T>(cuda::AllFunctions());
  return kEvaluators[function](where, params, x, dy, out, count);
}

template std::string Evaluate<Grade::kFast>(Where, size_t, const Params&, const float*,
                                            const float*, Result<float>*, size_t);
template std::string Evaluate<Grade::kQuick>(Where, size_t, const Params&, const double*,
                                             const double*, Result<double>*, size_t);
template std::string Evaluate<Grade::kCareful>(Where, size_t, const Params&, const double*,
                                               const double*, Result<double>*, size_t);
template std::string Evaluate<Grade::kCertain>(Where, size_t, const Params&, const double*,
                                               const double*, Result<double>*, size_t);

}  // namespace activation::cuda_host
