// Eigen's functions over arrays of floats, apart from everything else: the file behind
// this is compiled once for each instruction set and mode, so no code that others share may
// come out of it. Thread-safe.
#ifndef ACTIVATION_TESTS_PEERS_EIGEN_LOOPS_H_
#define ACTIVATION_TESTS_PEERS_EIGEN_LOOPS_H_

#include <cstddef>

#define ACTIVATION_EIGEN_LOOPS(isa)                          \
  namespace activation::eigen_##isa {                        \
    void Abs(const float* x, float* out, size_t count);      \
    void Square(const float* x, float* out, size_t count);   \
    void Relu(const float* x, float* out, size_t count);     \
    void Clip(const float* x, float* out, size_t count);     \
    void Logistic(const float* x, float* out, size_t count); \
    void Silu(const float* x, float* out, size_t count);     \
    void Tanh(const float* x, float* out, size_t count);     \
    void Exp(const float* x, float* out, size_t count);      \
    void Expm1(const float* x, float* out, size_t count);    \
    void Log1p(const float* x, float* out, size_t count);    \
    void Erf(const float* x, float* out, size_t count);      \
  }
ACTIVATION_EIGEN_LOOPS(avx2)
ACTIVATION_EIGEN_LOOPS(avx2_accurate)  // with EIGEN_FAST_MATH as 0
ACTIVATION_EIGEN_LOOPS(avx512)
#undef ACTIVATION_EIGEN_LOOPS

#endif  // ACTIVATION_TESTS_PEERS_EIGEN_LOOPS_H_
