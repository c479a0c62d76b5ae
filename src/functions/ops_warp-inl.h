// How the lanes of a warp compute that all evaluate one formula at a time, each for an element of
// its own: without a branch, so that the instructions of several elements overlap, and with tables
// in the lanes' registers. Include after ops_scalar.h.
//
// Results in float are those of plain numbers, bit for bit. In double a quotient and a root are
// within two units in the last place, which is for the grade Quick alone (grades-inl.h): its
// errors are far below what the rounding test asks about.
#ifndef ACTIVATION_SRC_FUNCTIONS_OPS_WARP_INL_H_
#define ACTIVATION_SRC_FUNCTIONS_OPS_WARP_INL_H_

#include <limits>

namespace activation {
namespace ACT_HOST_NAMESPACE {

// The first bits of 1 / b and of 1 / sqrt(b), within 2^-19 of them. On
// the host they are as wrong as that, so that tests see what follows do its work.
ACT_FN double ReciprocalStart(double b) {
  double start;
#ifdef __CUDA_ARCH__
  asm("rcp.approx.ftz.f64 %0, %1;" : "=d"(start) : "d"(b));
#else
  start = 1 / b * 0x1.00001p0;
#endif
  return start;
}

ACT_FN double InverseRootStart(double b) {
  double start;
#ifdef __CUDA_ARCH__
  asm("rsqrt.approx.ftz.f64 %0, %1;" : "=d"(start) : "d"(b));
#else
  start = 1 / std::sqrt(b) * 0x1.00001p0;
#endif
  return start;
}

// The float nearest to 1 / b for 1/2 <= b <= 4: a step of Newton's after the first bits is what
// nvcc makes of rcp.rn.f32 for such numbers.
ACT_FN float NearestReciprocal(float b) {
#ifdef __CUDA_ARCH__
  float start;
  asm("rcp.approx.ftz.f32 %0, %1;" : "=f"(start) : "f"(b));
  return fmaf(start, fmaf(-b, start, 1), start);
#else
  return 1 / b;
#endif
}

// a / b rounded to nearest, where a is zero or 2^-100 at least in size, so that the remainder is a
// float, or b a power of two; r is the float nearest to 1 / b.
//
// In units of its last place the first quotient is within 1.5 of a / b, and what is rounded last
// within 3 * 2^-25. A quotient of floats is at least 2^-25 from the middle between two; those that
// are nearer than what would do are all tried in a test (Markstein 1990 for the idea). By a power
// of two the first quotient is right and the remainder at most half the least float, whose half
// moves no quotient. It has the sign with which a zero keeps its own.
ACT_FN float RatioBy(float r, float a, float b) {
  const float first = a * r;
  const float second = fmaf(fmaf(first, b, -a), -r, first);
  // Of an infinite one the remainder is NaN.
  return fabsf(first) < std::numeric_limits<float>::infinity() ? second : first;
}

struct InWarp : Plainly {
  static constexpr bool kScalesInDouble = true;

  static ACT_FN float Quotient(float a, float b) { return a / b; }
  // For 2^-1000 <= |b| <= 2^1001 and any a. The error of the start, cubed, is nothing; 1 / b is
  // then rounded, and so is the product.
  static ACT_FN double Quotient(double a, double b) {
    const double start = ReciprocalStart(b);
    const double error = fma(-b, start, 1);
    return a * fma(start, fma(error, error, error), start);
  }

  static ACT_FN float Ratio(float a, float b) { return RatioBy(NearestReciprocal(b), a, b); }

  // For 2^-1000 <= a <= 2^1001.
  static ACT_FN double Root(double a) {
    const double start = InverseRootStart(a);
    const double error = fma(-(a * start), start, 1);
    const double correction = fma(error, 0.375, 0.5);
    return a * fma(start * error, correction, start);
  }
  static ACT_FN float Root(float a) { return std::sqrt(a); }

  static ACT_FN float MinOfFloats(float a, float b) { return Lesser(a, b); }
  static ACT_FN float MaxOfFloats(float a, float b) { return Greater(a, b); }
  static ACT_FN float MinSizeOfFloats(float a, float b) { return Lesser(fabsf(a), b); }
  // In float, on the host too, so that tests see what that leaves of a limit.
  static ACT_FN double MinOfFloats(double a, double b) {
    return Lesser(static_cast<float>(a), static_cast<float>(b));
  }
  static ACT_FN double MaxOfFloats(double a, double b) {
    return Greater(static_cast<float>(a), static_cast<float>(b));
  }
  // On the way from float to double and back conversions cancel out, but not around fabs().
  static ACT_FN double MinSizeOfFloats(double a, double b) {
    return Lesser(fabsf(static_cast<float>(a)), static_cast<float>(b));
  }

#ifdef __CUDA_ARCH__
  // A lane has the entries of one segment and asks the one that has its own.
  template <size_t kTerms>
  struct Entries {
    const Segments<kTerms>& segments;
    uint32_t segment;
    ACT_FN float operator[](size_t i) const {
      return OfLane(segments.columns[i][ThisLane()], segment);
    }
  };
  template <size_t kTerms>
  static ACT_FN Entries<kTerms> EntriesOf(const Segments<kTerms>& segments, uint32_t segment) {
    return {segments, segment};
  }

  // The same of sixteen entries, which two lanes have each. An exponent is k / 16 more: a lane's
  // entry has its own number taken off where k is added.
  static ACT_FN uint64_t TableExp2(uint64_t k) {
    uint64_t entry;
    std::memcpy(&entry, &kExp2Table[ThisLane() % 16], sizeof(entry));
    const auto low = static_cast<uint32_t>(entry);
    const uint32_t high = static_cast<uint32_t>(entry >> 32) - (ThisLane() % 16 << 16);
    const auto place = static_cast<uint32_t>(k);
    return uint64_t{OfLane(high, place) + (place << 16)} << 32 | OfLane(low, place);
  }

  static ACT_FN uint32_t TableInverse(uint32_t above) {
    const uint32_t entry = UpperHalf(kInverseTable[ThisLane() % 16]);
    return OfLane(entry, above >> 16) - (above & 0xFFF00000);
  }

  static ACT_FN double TableLog(uint32_t above) {
    const double entry = kLogTable[ThisLane() % 16];
    const auto low = static_cast<uint32_t>(__double2loint(entry));
    return OfHalves(OfLane(UpperHalf(entry), above >> 16), OfLane(low, above >> 16));
  }
#endif

 private:
  // One instruction there.
  static ACT_FN float Lesser(float a, float b) {
#ifdef __CUDA_ARCH__
    return fminf(a, b);
#else
    return a < b ? a : b;
#endif
  }
  static ACT_FN float Greater(float a, float b) {
#ifdef __CUDA_ARCH__
    return fmaxf(a, b);
#else
    return b < a ? a : b;
#endif
  }

#ifdef __CUDA_ARCH__
  static ACT_FN unsigned ThisLane() { return threadIdx.x % 32; }

  // What `value` is in the lane of which `lane` has the last five bits.
  template <class T>
  static ACT_FN T OfLane(T value, uint32_t lane) {
    return __shfl_sync(0xffffffff, value, static_cast<int>(lane));
  }
#endif
};

}  // namespace ACT_HOST_NAMESPACE
}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_OPS_WARP_INL_H_
