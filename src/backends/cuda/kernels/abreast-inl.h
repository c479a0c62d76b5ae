// Numbers that go through a formula side by side. Of a lane's elements one after another ptxas
// leaves a long formula in that order, and loads its coefficients anew for each; of some of them
// abreast it loads them once, and fewer operations wait for the one before. Include in .cu files
// after ops_cuda.h.
#ifndef ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ABREAST_INL_H_
#define ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ABREAST_INL_H_

namespace activation::cuda {

// What formulas of the grade Quick for gates ask of a host (ops_scalar.h), of each number by
// itself.
template <class N, unsigned kCount>
struct Abreast {
  using Real = typename N::Real;
  static constexpr bool kPowersUnderflow = N::kPowersUnderflow;
  struct Mask {
    typename N::Mask at[kCount];
  };

  N at[kCount];

  static ACT_FN Abreast Of(double c) {
    return Each([&](unsigned) { return N::Of(c); });
  }

  friend ACT_FN Abreast operator+(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return a.at[i] + b.at[i]; });
  }
  friend ACT_FN Abreast operator-(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return a.at[i] - b.at[i]; });
  }
  friend ACT_FN Abreast operator*(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return a.at[i] * b.at[i]; });
  }
  friend ACT_FN Abreast operator/(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return a.at[i] / b.at[i]; });
  }
  friend ACT_FN Abreast operator-(const Abreast& a) {
    return Each([&](unsigned i) { return -a.at[i]; });
  }
  friend ACT_FN Abreast Fma(const Abreast& a, const Abreast& b, const Abreast& c) {
    return Each([&](unsigned i) { return Fma(a.at[i], b.at[i], c.at[i]); });
  }

  friend ACT_FN Mask operator<(const Abreast& a, const Abreast& b) {
    Mask mask;
#pragma unroll
    for (unsigned i = 0; i < kCount; ++i) mask.at[i] = a.at[i] < b.at[i];
    return mask;
  }
  friend ACT_FN Abreast Select(const Mask& mask, const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return Select(mask.at[i], a.at[i], b.at[i]); });
  }
  friend ACT_FN Abreast Min(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return Min(a.at[i], b.at[i]); });
  }
  friend ACT_FN Abreast MinOfFloats(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return MinOfFloats(a.at[i], b.at[i]); });
  }
  friend ACT_FN Abreast MaxOfFloats(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return MaxOfFloats(a.at[i], b.at[i]); });
  }
  friend ACT_FN Abreast MinSizeOfFloats(const Abreast& a, const Abreast& b) {
    return Each([&](unsigned i) { return MinSizeOfFloats(a.at[i], b.at[i]); });
  }
  friend ACT_FN Abreast TableExp2(const Abreast& shifted) {
    return Each([&](unsigned i) { return TableExp2(shifted.at[i]); });
  }

  // What make(i) is for each.
  template <class Make>
  static ACT_FN Abreast Each(Make make) {
    Abreast all;
#pragma unroll
    for (unsigned i = 0; i < kCount; ++i) all.at[i] = make(i);
    return all;
  }
};

}  // namespace activation::cuda

#endif  // ACTIVATION_SRC_BACKENDS_CUDA_KERNELS_ABREAST_INL_H_
