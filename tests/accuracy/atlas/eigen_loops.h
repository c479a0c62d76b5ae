// Eigen's functions over arrays of floats, apart from everything else: the file
// behind this is compiled once for each mode, for AVX2 and FMA, so no code that
// others share may come out of it. Thread-safe.
#ifndef ACTIVATION_TESTS_ACCURACY_ATLAS_EIGEN_LOOPS_H_
#define ACTIVATION_TESTS_ACCURACY_ATLAS_EIGEN_LOOPS_H_

#include <cstddef>

// EIGEN_FAST_MATH as Eigen sets it, and 0.
#define ACTIVATION_EIGEN_LOOPS(mode)                       \
  namespace activation::atlas::mode {                      \
  void Abs(const float* x, float* out, size_t count);      \
  void Square(const float* x, float* out, size_t count);   \
  void Relu(const float* x, float* out, size_t count);     \
  void Logistic(const float* x, float* out, size_t count); \
  void Tanh(const float* x, float* out, size_t count);     \
  void Exp(const float* x, float* out, size_t count);      \
  void Expm1(const float* x, float* out, size_t count);    \
  void Log1p(const float* x, float* out, size_t count);    \
  void Erf(const float* x, float* out, size_t count);      \
  }
ACTIVATION_EIGEN_LOOPS(eigen_fast)
ACTIVATION_EIGEN_LOOPS(eigen_accurate)
#undef ACTIVATION_EIGEN_LOOPS

#endif  // ACTIVATION_TESTS_ACCURACY_ATLAS_EIGEN_LOOPS_H_
