// SLEEF's functions over arrays of floats, apart from everything else: the file behind
// this is compiled once for each instruction set, so no code that others share may come
// out of it. Thread-safe.
#ifndef ACTIVATION_TESTS_PEERS_SLEEF_LOOPS_H_
#define ACTIVATION_TESTS_PEERS_SLEEF_LOOPS_H_

#include <cstddef>

#define ACTIVATION_SLEEF_LOOPS(isa)                             \
  namespace activation::sleef_##isa {                           \
    void Tanh(const float* x, float* out, size_t count);        \
    void TanhLoosely(const float* x, float* out, size_t count); \
    void Exp(const float* x, float* out, size_t count);         \
    void Expm1(const float* x, float* out, size_t count);       \
    void Log1p(const float* x, float* out, size_t count);       \
    void Erf(const float* x, float* out, size_t count);         \
  }
ACTIVATION_SLEEF_LOOPS(avx2)
ACTIVATION_SLEEF_LOOPS(avx512)
#undef ACTIVATION_SLEEF_LOOPS

#endif  // ACTIVATION_TESTS_PEERS_SLEEF_LOOPS_H_
