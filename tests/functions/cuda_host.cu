#include <array>
#include <optional>
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
  if (dy == nullptr) {
    if constexpr (!cuda::kIsFast<G> || cuda::kHasFastForward<Function>) {
      return ResultOf(Function::template Forward<G>(N{x[i]}, params));
    }
  } else {
    if constexpr (!cuda::kIsFast<G> || cuda::kHasFastGradient<Function>) {
      return ResultOf(Function::template Gradient<G>(N{x[i]}, N{dy[i]}, params));
    }
  }
  return {};
}

template <class Function, Grade kGrade, class T>
__global__ void Kernel(Params params, const T* x, const T* dy, Result<T>* out, size_t count) {
  const size_t i = size_t{blockIdx.x} * blockDim.x + threadIdx.x;
  if (i < count) out[i] = EvaluateOne<Function, kGrade>(params, x, dy, i);
}

// Memory of the device; its first error is kept.
template <class T>
class OnGpu {
 public:
  OnGpu(size_t count, cudaError_t& error) : bytes_(count * sizeof(T)), error_(error) {
    Do([&] { return cudaMalloc(&data_, bytes_); });
  }
  ~OnGpu() { cudaFree(data_); }
  OnGpu(const OnGpu&) = delete;
  OnGpu& operator=(const OnGpu&) = delete;

  void CopyIn(const T* from) {
    Do([&] { return cudaMemcpy(data_, from, bytes_, cudaMemcpyHostToDevice); });
  }
  void CopyOut(T* to) const {
    Do([&] { return cudaMemcpy(to, data_, bytes_, cudaMemcpyDeviceToHost); });
  }

  T* data() const { return data_; }

 private:
  // Nothing after an error.
  template <class Call>
  void Do(Call call) const {
    if (error_ == cudaSuccess) error_ = call();
  }

  const size_t bytes_;
  cudaError_t& error_;
  T* data_ = nullptr;
};

template <class Function, Grade kGrade, class T>
cudaError_t EvaluateOnGpu(const Params& params, const T* x, const T* dy, Result<T>* out,
                          size_t count) {
  cudaError_t error = cudaSuccess;
  OnGpu<T> x_there(count, error);
  std::optional<OnGpu<T>> dy_there;
  const OnGpu<Result<T>> out_there(count, error);
  x_there.CopyIn(x);
  if (dy != nullptr) dy_there.emplace(count, error).CopyIn(dy);
  if (error != cudaSuccess) return error;
  constexpr unsigned kThreads = 256;
  const auto blocks = static_cast<unsigned>((count + kThreads - 1) / kThreads);
  Kernel<Function, kGrade, T><<<blocks, kThreads>>>(
      params, x_there.data(), dy_there ? dy_there->data() : nullptr, out_there.data(), count);
  error = cudaGetLastError();
  // The copy waits for the kernel.
  out_there.CopyOut(out);
  return error;
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

size_t FunctionCount() { return cuda::ElementwiseFunctions::kSize; }

template <Grade kGrade, class T>
std::string Evaluate(Where where, size_t function, const Params& params, const T* x, const T* dy,
                     Result<T>* out, size_t count) {
  static constexpr auto kEvaluators = EvaluatorsOf<kGrade, T>(cuda::ElementwiseFunctions());
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
