// ACTIVATION_LOOPS is the namespace of the instruction set that this is compiled for.
#include "tests/peers/sleef_loops.h"

#include <immintrin.h>
#include <sleef.h>

namespace activation::ACTIVATION_LOOPS {
namespace {

#ifdef __AVX512F__
#define ACTIVATION_SLEEF(name, error) Sleef_##name##f16_##error##avx512f
constexpr size_t kLanes = 16;
__m512 Load(const float* from) { return _mm512_loadu_ps(from); }
void Store(float* to, __m512 v) { _mm512_storeu_ps(to, v); }
#else
#define ACTIVATION_SLEEF(name, error) Sleef_##name##f8_##error##avx2
constexpr size_t kLanes = 8;
__m256 Load(const float* from) { return _mm256_loadu_ps(from); }
void Store(float* to, __m256 v) { _mm256_storeu_ps(to, v); }
#endif

template <auto kFunction>
void Run(const float* x, float* out, size_t count) {
  for (size_t i = 0; i < count; i += kLanes) Store(out + i, kFunction(Load(x + i)));
}

}  // namespace

void Tanh(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(tanh, u10)>(x, out, count);
}
void TanhLoosely(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(tanh, u35)>(x, out, count);
}
void Exp(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(exp, u10)>(x, out, count);
}
void Expm1(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(expm1, u10)>(x, out, count);
}
void Log1p(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(log1p, u10)>(x, out, count);
}
void Erf(const float* x, float* out, size_t count) {
  Run<ACTIVATION_SLEEF(erf, u10)>(x, out, count);
}

}  // namespace activation::ACTIVATION_LOOPS
