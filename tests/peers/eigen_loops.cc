// ACTIVATION_LOOPS is the namespace of the instruction set and mode that this is compiled for;
// Eigen itself gets another name in each, so that the linker does not mix them.
#include "tests/peers/eigen_loops.h"

#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>

namespace activation::ACTIVATION_LOOPS {
namespace {

using In = Eigen::Map<const Eigen::ArrayXf>;
using Out = Eigen::Map<Eigen::ArrayXf>;

In Of(const float* x, size_t count) { return {x, static_cast<Eigen::Index>(count)}; }
Out To(float* out, size_t count) { return {out, static_cast<Eigen::Index>(count)}; }

}  // namespace

void Abs(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).abs(); }
void Square(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).square(); }
void Relu(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).max(0.0F); }
void Clip(const float* x, float* out, size_t count) {
  To(out, count) = Of(x, count).max(-1.0F).min(1.0F);
}
void Logistic(const float* x, float* out, size_t count) {
  To(out, count) = Of(x, count).logistic();
}
void Silu(const float* x, float* out, size_t count) {
  To(out, count) = Of(x, count) * Of(x, count).logistic();
}
void Tanh(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).tanh(); }
void Exp(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).exp(); }
void Expm1(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).expm1(); }
void Log1p(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).log1p(); }
void Erf(const float* x, float* out, size_t count) { To(out, count) = Of(x, count).erf(); }

}  // namespace activation::ACTIVATION_LOOPS
