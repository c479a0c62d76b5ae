// libactivation-kernels: our kernels behind an interface of C, so that pytorch.py times
// them in the process in which PyTorch runs. Not part of the product.
#include "src/functions/catalogue.h"
#include "tests/benchmarks/tensors.h"
#include "tests/benchmarks/work.h"

namespace activation {
namespace {

struct Request {
  const char* function;
  bool gradient;
  bool fast;
  int threads;
  size_t count;
  size_t row_length;  // of row-wise functions
  const float* x;
  const float* dy;
  float* out;
};

}  // namespace
}  // namespace activation

// What Run() does, or nullptr where there is no such function. Never freed.
extern "C" activation::Work* ActivationPrepare(const activation::Request* request) {
  using activation::Direction;
  const auto function = activation::FindFunction(request->function);
  if (!function.ok()) return nullptr;
  activation::Evaluation evaluation = activation::DefaultEvaluation(
      *function, request->gradient ? Direction::kGradient : Direction::kForward,
      request->fast ? activation::Tier::kFast : activation::Tier::kExact, activation::DType::kF32,
      request->count, request->row_length);
  evaluation.x = request->x;
  evaluation.dy = request->gradient ? request->dy : nullptr;
  evaluation.out = request->out;
  return new activation::Work(activation::WorkOf(evaluation, request->threads));
}

extern "C" void ActivationRun(const activation::Work* work) { (*work)(); }
