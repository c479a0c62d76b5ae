#!/usr/bin/env python3
"""Writes src/functions/coefficients.h: polynomials and constants as double-doubles.

What is fitted and how each is called; fits.py fits. Needs mpmath. Usage: coefficients.py > src/functions/coefficients.h
"""
import struct

from fits import as_float, interpolate, octave_fits, rational_fit, relative_error_bits, uniform_fits, weighted_fit
from mpmath import erf, erfc, exp, findroot, floor, log, mpf, pi, sqrt, tanh


def real(value):
    high = float(value)
    return "{%s, %s}" % (high.hex(), float(value - mpf(high)).hex())


def root(name, value, comment):
    """In three words: a number next to a root is half a unit of its last place away, and less."""
    words = []
    for _ in range(3):
        words.append(float(value - sum(mpf(w) for w in words)))
    text = ", ".join(w.hex() for w in words)
    print("// %s\nACT_CONSTANT constexpr RealRoot %s = {%s};" % (comment, name, text))


def constant(name, value, comment):
    print("// %s\nACT_CONSTANT constexpr RealConstant %s = %s;" % (comment, name, real(value)))


def polynomial(name, f, low, high, degree):
    coefficients = interpolate(f, low, high, degree)
    print_polynomial(name, coefficients, relative_error_bits(coefficients, f, low, high))


def minimax(name, f, low, high, degree):
    fit, error = weighted_fit(f, lambda x: 1 / f(x), low, high, degree)
    print_polynomial(name, fit, float(log(error, 2)))


def print_polynomial(name, coefficients, bits):
    print("// Relative error 2^%.1f." % bits)
    print("ACT_CONSTANT constexpr RealConstant %s[] = {" % name)
    for c in coefficients:
        print("    %s," % real(c))
    print("};")


def print_segments(name, type_name, scale, fits):
    print("// Relative error 2^%.1f." % float(log(max(error for _, error in fits), 2)))
    terms = len(fits[0][0]) - 1
    print("ACT_CONSTANT constexpr %s<%d> %s = {" % (type_name, terms, name))
    columns = ["{%s}" % ", ".join(as_float(values[i]).hex() + "F" for values, _ in fits) for i in range(terms + 1)]
    print("    %s, Segments<%d>({\n    %s})" % (float(scale).hex(), terms, ",\n    ".join(columns)))
    print("};")


def segments(name, f, stretch, terms, limit):
    print_segments(name, "SegmentTable", stretch, octave_fits(f, stretch, terms, limit))


def uniform_segments(name, f, low, high, terms):
    fits, scale = uniform_fits(f, low, high, terms)
    print_segments(name, "UniformSegmentTable", scale, fits)


def truncate(value, bits):
    scale = mpf(2) ** (bits - 1 - int(floor(log(value, 2))))
    return floor(value * scale) / scale


def mills(a):
    """e^(a^2/2) Phi(-a): Mills' ratio over sqrt(2 pi)."""
    return exp(a * a / 2) * erfc(a / sqrt(mpf(2))) / 2


ln2 = log(mpf(2))
gelu_root = findroot(lambda a: mills(a) - a / sqrt(2 * pi), mpf("0.75179"))
silu_root = findroot(lambda a: 1 + exp(-a) - a, mpf("1.27846"))
c1 = 2 * sqrt(2 / pi)
c3 = c1 * mpf("0.044715")
tanh_root = findroot(lambda a: 1 + exp(-c1 * a - c3 * a**3) - c1 * a - 3 * c3 * a**3, mpf("0.75246"))
CENTRE = mpf(4)


def mish_sum(z, x):
    """What mish'(x) has for a root, with z = e^x."""
    return (z + 2) * (z * z + 2 * z + 2) + 4 * x * (1 + z)


def mish_gate(e):
    """tanh(log(1 + e))."""
    return e * (e + 2) / (e * (e + 2) + 2)


def mish_slope(x):
    e = exp(x)
    n = e * (e + 2)
    return n / (n + 2) + x * 4 * e * (e + 1) / (n + 2) ** 2


def mish_slope_over_root(x):
    if abs(x - mish_root) < mpf(10) ** -25:
        x = mish_root + mpf(10) ** -25
    return mish_slope(x) / (x - mish_root)


def silu_slope_over_root(x):
    if abs(x + silu_root) < mpf(10) ** -25:
        x = -silu_root + mpf(10) ** -25
    s = 1 / (1 + exp(-x))
    return s * (1 + x * (1 - s)) / (x + silu_root)


def argument(u):
    return CENTRE * (1 + u) / (1 - u)


def substituted(a):
    return (a - CENTRE) / (a + CENTRE)


def mills_scaled(u):
    return mills(argument(u)) * (argument(u) + CENTRE)


def gelu_slope_at(a):
    if abs(gelu_root - a) < mpf(10) ** -25:
        a = gelu_root - mpf(10) ** -25
    return (mills(a) - a / sqrt(2 * pi)) / (gelu_root - a)


def gelu_slope(u):
    return gelu_slope_at(argument(u))


def gelu_tanh_slope_at(a):
    """e^A f'(-a) / (a - r) with A = c1 a + c3 a^3, but for the last bits of c1 and c3."""
    if abs(tanh_root - a) < mpf(10) ** -25:
        a = tanh_root - mpf(10) ** -25
    z = exp(-c1 * a - c3 * a**3)
    scaled = exp(-(c1 - c1_leading) * a - (c3 - c3_leading) * a**3)
    return scaled * (1 + z - c1 * a - 3 * c3 * a**3) / ((a - tanh_root) * (1 + z) ** 2)


def log1p_over(z):
    return log(1 + z) / z if abs(z) > mpf(10) ** -30 else 1 - z / 2


def artanh_over(t):
    s = sqrt(t)
    return log((1 + s / 2) / (1 - s / 2)) / s if t > mpf(10) ** -30 else 1 + t / 12


def tanhshrink_over_cube(s):
    x = sqrt(s)
    return (x - tanh(x)) / x**3 if s > mpf(10) ** -20 else mpf(1) / 3 - 2 * s / 15


def erf_over(s):
    x = sqrt(s)
    return erf(x) / x if s > mpf(10) ** -30 else 2 / sqrt(pi) * (1 - s / 3)


# Below the first of these numbers y > 0 is doubled until it is not, from twice it on halved, and then is in one of 16 segments
# by four bits after those of LOG_START. Within 1/48 of 1 none is taken from the table.
LOG_START = 0x3FE5555500000000


def log_segments():
    """Each one's ends and a number of 20 bits by which those are about as far above 1 as below."""
    found = []
    for i in range(16):
        low, high = (mpf(struct.unpack("d", struct.pack("Q", LOG_START + (j << 48)))[0]) for j in (i, i + 1))
        inverse = mpf(1) if low < 1 < high else floor((low + high) / (2 * low * high) * 2**19 + mpf(1) / 2) / 2**19
        found.append((low, high, inverse))
    return found


def log1p_weight(f):
    """For the error of log(1 + f) / f: what it is of the greatest error of a logarithm relative to itself."""
    weight = mpf(1) / 100
    for low, high, inverse in log_segments():
        y = (1 + f) / inverse
        if low <= y <= high:
            weight = max(weight, 1 if inverse == 1 else abs(f / log(y)))
    return weight


def normal_remainder(t):
    return (exp(-t / 2) - 1) / t if abs(t) > mpf(10) ** -20 else t / 8 - mpf(1) / 2


def exp_remainder(r):
    return (exp(r) - 1 - r) / r**2 if abs(r) > mpf(10) ** -20 else mpf(1) / 2 + r / 6


print("""// Constants and polynomials of math-inl.h and definitions-inl.h, each as an
// unevaluated sum of two doubles. Written by scripts/coefficients.py; do not edit.
#ifndef ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_
#define ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_

// A host whose code runs elsewhere says where its constants lie.
#ifndef ACT_CONSTANT
#define ACT_CONSTANT inline
#endif

#include <cstddef>

namespace activation {

// A real number to 106 bits: high + low.
struct RealConstant {
  double high;
  double low;
};

// A root to 159 bits, of which the first 106 are a RealConstant: high + low + lowest.
struct RealRoot : RealConstant {
  double lowest;
};

// Of each of 32 segments the centre and the terms of a polynomial in the distance from it: by
// column for hosts that look up in registers, by segment for those that read memory.
template <size_t kTerms>
struct Segments {
  static constexpr size_t kColumns = kTerms + 1;
  alignas(64) float columns[kColumns][32]{};
  alignas(64) float rows[32][8]{};

  constexpr explicit Segments(const float (&by_column)[kColumns][32]) {
    static_assert(kColumns <= 8);
    for (size_t i = 0; i < kColumns; ++i) {
      for (size_t segment = 0; segment < 32; ++segment) {
        columns[i][segment] = rows[segment][i] = by_column[i][segment];
      }
    }
  }
};

// A function of a >= 0 in 32 segments of growing width, by the two last bits of
// the exponent and the three first of the mantissa of 1 + stretch * a, which is
// below 16. The first term is exact.
template <size_t kTerms>
struct SegmentTable {
  float stretch;
  Segments<kTerms> segments;
};

// A function of x in 32 segments around the multiples of 1 / scale, by the last
// five bits of that multiple.
template <size_t kTerms>
struct UniformSegmentTable {
  float scale;
  Segments<kTerms> segments;
};

// clang-format off""")
constant("kLog2E", 1 / ln2, "1 / ln 2")
for bits, name in ((15, "Fast"), (40, "Careful")):
    high = truncate(ln2, bits)
    constant("kLn2High" + name, high, "The leading %d bits of ln 2: times an exponent it is exact." % bits)
    constant("kLn2Low" + name, ln2 - high, "ln 2 less those bits.")
root("kSiluRoot", silu_root, "r > 0 with silu'(-r) = 0, that is 1 + e^-r = r")
constant("kSiluRootLessOne", silu_root - 1, "e^-r of that r")
root("kGeluSigmoidRoot", silu_root / mpf("1.702"), "r > 0 with gelu_sigmoid'(-r) = 0")
constant("kNormalDensityAtZero", 1 / sqrt(2 * pi), "1 / sqrt(2 pi)")
root("kGeluRoot", gelu_root, "r > 0 with gelu'(-r) = 0")
root("kGeluTanhRoot", tanh_root, "r > 0 with gelu_tanh'(-r) = 0")
constant("kGeluTanhRootExp", exp(-c1 * tanh_root - c3 * tanh_root**3), "e^-(c1 r + c3 r^3) of that r")
constant("kGeluTanhC1", c1, "2 sqrt(2 / pi)")
constant("kGeluTanhC3", c3, "2 sqrt(2 / pi) * 0.044715")
c1_leading, c3_leading = truncate(c1, 12), mpf(as_float(c3))
constant("kGeluTanhC1Leading", c1_leading, "The leading 12 bits of c1.")
constant("kGeluTanhC1Rest", c1 - c1_leading, "c1 less those bits.")
constant("kGeluTanhC3Leading", c3_leading, "c3 as a float.")
constant("kGeluTanhC3Rest", c3 - c3_leading, "c3 less that.")
constant("kSqrt2", sqrt(mpf(2)), "sqrt(2)")
constant("kErfSlopeAtZero", 2 / sqrt(pi), "2 / sqrt(pi)")
mish_root = findroot(lambda x: mish_sum(exp(x), x), mpf("-1.19243"))
root("kMishRoot", -mish_root, "r > 0 with mish'(-r) = 0")
constant("kMishRootExp", exp(mish_root), "e^-r of that r")
constant("kMishConstant", 6 + 4 * mish_root, "6 - 4 r of that r")
constant("kSixth", mpf(1) / 6, "1 / 6")
constant("kThird", mpf(1) / 3, "1 / 3")
SELU_SCALE, SELU_ALPHA = mpf("1.0507009873554804934193349852946"), mpf("1.6732632423543772848170429916717")
constant("kSeluScale", SELU_SCALE, "selu's lambda")
constant("kSeluScaleAlpha", SELU_SCALE * SELU_ALPHA, "selu's lambda alpha")
constant("kGeluSigmoidBeta", mpf("1.702"), "1.702")
constant("kLn2", ln2, "ln 2")
constant("kSixteenLog2E", 16 / ln2, "16 / ln 2")
constant("kLn2Sixteenth", ln2 / 16, "ln 2 / 16")
print("\n// 2^(j / 16).")
print("alignas(64) ACT_CONSTANT constexpr double kExp2Table[16] = {")
for j in range(16):
    print("    %s," % float(mpf(2) ** (mpf(j) / 16)).hex())
print("};")
print("\n// What these are less than 2^(j / 16).")
print("alignas(64) ACT_CONSTANT constexpr double kExp2TableLow[16] = {")
for j in range(16):
    power = mpf(2) ** (mpf(j) / 16)
    print("    %s," % float(power - mpf(float(power))).hex())
print("};")
print("\n// Logarithms of y = 2^k c (1 + f): the bits of y less these have k above bit 51 and the number of the segment in bits 48 to 51.")
print("inline constexpr unsigned long long kLogStart = 0x%X;" % LOG_START)
print("// 1 / c, of which a double's lower half is zero, so that f is exact but for a rounding, beyond k = 33 for two.")
print("alignas(64) ACT_CONSTANT constexpr double kInverseTable[16] = {")
for _, _, inverse in log_segments():
    print("    %s," % float(inverse).hex())
print("};")
print("// log(c).")
print("alignas(64) ACT_CONSTANT constexpr double kLogTable[16] = {")
for _, _, inverse in log_segments():
    print("    %s," % float(-log(inverse)).hex())
print("};")
print("// log(1 + f) / f for these f, by powers of f; the error is that of log(y).")
log_low = min(low * inverse - 1 for low, _, inverse in log_segments())
log_high = max(high * inverse - 1 for _, high, inverse in log_segments())
fit, error = weighted_fit(log1p_over, log1p_weight, log_low, log_high, 7)
print_polynomial("kLog1pQuick", fit, float(log(error, 2)))
print("\n// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, by powers of r, for floats.")
# Weighted by r, for the error of e^r - 1 relative to itself.
reach = ln2 / 2 * mpf("1.01")
fit, error = weighted_fit(exp_remainder, abs, -reach, reach, 4)
print_polynomial("kExpRemainderFast", fit, float(log(error, 2)))
print("\n// e^(a^2/2) Phi(-a) on 0 <= a <= 14.5 as a quotient, both by powers of a.")
mills_points = [argument(-1 + (substituted(mpf("14.5")) + 1) * k / 1000) for k in range(1001)]
over, under, error = rational_fit(mills, mills_points, 7, 8)
print_polynomial("kMillsOverQuick", over, float(log(error, 2)))
print_polynomial("kMillsUnderQuick", under, float(log(error, 2)))
print("\n// (e^(-t/2) - 1) / t on |t| <= ln(2) / 16, by powers of t; the error is that of e^(-t/2).")
reach = ln2 / 16 * mpf("1.01")
fit, error = weighted_fit(normal_remainder, abs, -reach, reach, 4)
print_polynomial("kNormalRemainderQuick", fit, float(log(error, 2)))
# Grade; gelu: greatest a, degrees; e^r: the part of ln 2 that |r| stays below, degree.
for name, limit, mills_degree, slope_degree, exp_part, exp_degree in (
    ("Quick", 24, 16, 16, 32, 4),
    ("Careful", 55, 25, 24, 2, 10),
    ("Certain", 24, 40, 40, 2, 18),
):
    high = substituted(mpf(limit))
    # For doubles, of which the rounding test asks less, as short as can be.
    smooth = minimax if name == "Quick" else polynomial
    reach = ln2 / exp_part * mpf("1.01")
    print("\n// (e^r - 1 - r) / r^2 on |r| <= ln(2) / %d, by powers of r." % exp_part)
    polynomial("kExpRemainder" + name, exp_remainder, -reach, reach, exp_degree)
    print("\n// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= %d, by powers of u = (a - 4) / (a + 4)." % limit)
    smooth("kMillsScaled" + name, mills_scaled, mpf(-1), high, mills_degree)
    print("\n// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= %d, by powers of u." % limit)
    smooth("kGeluSlope" + name, gelu_slope, mpf(-1), high, slope_degree)
print("\n// e^(a^2/2) Phi(-a), for floats.")
segments("kMillsSegments", mills, mpf("0.75"), 6, mpf(20))
print("\n// e^(a^2/2) gelu'(-a) / (kGeluRoot - a), for floats.")
segments("kGeluSlopeSegments", gelu_slope_at, mpf("0.75"), 5, mpf(20))
print("\n// e^A gelu_tanh'(-a) / (a - kGeluTanhRoot), A = a (kGeluTanhC1Leading + kGeluTanhC3Leading a^2), for floats.")
segments("kGeluTanhSlopeSegments", gelu_tanh_slope_at, mpf("1.09"), 5, mpf("13.7"))
print("\n// mish(x) / x on [-10, 9.5], for floats.")
uniform_segments("kMishSegments", lambda x: mish_gate(exp(x)), "-10.2", "9.6", 7)
print("\n// mish'(x) / (x + kMishRoot) on [-10, 10.4], for floats.")
uniform_segments("kMishSlopeSegments", mish_slope_over_root, "-10.2", "10.6", 7)
print("\n// silu'(x) / (x + kSiluRoot) on [-8.5, 20], for floats.")
uniform_segments("kSiluSlopeSegments", silu_slope_over_root, "-9", "20.5", 7)
print("\n// log(1 + e^-a) on [0, 16.6], for floats.")
uniform_segments("kSoftTailSegments", lambda a: log(1 + exp(-a)), "-0.26", "16.9", 6)
print("\n// erf(a) / a, for floats.")
segments("kErfSegments", lambda a: erf_over(a * a), mpf("3.7"), 6, mpf(4))
print("\n// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f, for floats.")
polynomial("kLog1pNearFast", lambda u: log1p_over(u / 3), mpf(-1), mpf(1), 9)
print("\n// log((1 + s / 2) / (1 - s / 2)) / s on 0 <= s <= 2/3, by powers of s^2.")
minimax("kArtanhQuick", artanh_over, mpf(0), mpf(4) / 9, 8)
print("\n// (x - tanh x) / x^3 on |x| <= 0.4, by powers of x^2.")
polynomial("kTanhshrinkQuick", tanhshrink_over_cube, mpf(0), mpf("0.4") ** 2, 7)
print("\n// erf(x) / x on |x| <= e = 3.93, by powers of u = 2 (x / e)^2 - 1.")
polynomial("kErfQuick", lambda u: erf_over((1 + u) / 2 * mpf("3.93") ** 2), mpf(-1), mpf(1), 24)
# Grade; degrees of log(1 + z) / z on [0, 1] and around 0, of x - tanh x and of erf.
for name, log_degree, tanhshrink_degree, erf_degree in (
    ("Careful", 24, 17, 16),
    ("Certain", 42, 32, 28),
):
    print("\n// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.")
    polynomial("kLog1pUnit" + name, lambda u: log1p_over((1 + u) / 2), mpf(-1), mpf(1), log_degree)
    print("\n// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.")
    polynomial("kLog1pNear" + name, lambda u: log1p_over(u / 3), mpf(-1), mpf(1), log_degree)
    for of, text, over, degree in (
        ("kTanhshrink", "(x - tanh x) / x^3", tanhshrink_over_cube, tanhshrink_degree),
        ("kErf", "erf(x) / x", erf_over, erf_degree),
    ):
        print("\n// %s on |x| <= 1, by powers of u = 2 x^2 - 1." % text)
        polynomial(of + name, lambda u: over((1 + u) / 2), mpf(-1), mpf(1), degree)
print("""// clang-format on

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_""")
