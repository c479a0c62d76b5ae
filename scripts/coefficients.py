#!/usr/bin/env python3
"""Writes src/functions/coefficients.h: polynomials and constants as double-doubles.

Polynomials interpolate at Chebyshev nodes in 70-digit arithmetic, which is within
a bit of minimax. Needs mpmath. Usage: coefficients.py > src/functions/coefficients.h
"""
from mpmath import cos, erf, erfc, exp, findroot, floor, log, mp, mpf, pi, sqrt, tanh

mp.dps = 70


def interpolate(f, low, high, degree):
    """Monomial coefficients of the Chebyshev interpolant of f on [low, high]."""
    n = degree + 1
    angles = [pi * (mpf(k) + mpf(1) / 2) / n for k in range(n)]
    values = [f((high - low) / 2 * cos(t) + (low + high) / 2) for t in angles]
    weights = [2 / mpf(n) * sum(v * cos(j * t) for v, t in zip(values, angles)) for j in range(n)]
    weights[0] /= 2
    in_t = [mpf(0)] * n
    previous, current = [mpf(1)], [mpf(0), mpf(1)]
    for j, weight in enumerate(weights):
        for i, c in enumerate(previous):
            in_t[i] += weight * c
        following = [mpf(0)] + [2 * c for c in current]
        for i, c in enumerate(previous):
            following[i] -= c
        previous, current = current, following
    scale, offset = 2 / (high - low), -(low + high) / (high - low)
    result = [in_t[-1]]
    for c in reversed(in_t[:-1]):
        shifted = [mpf(0)] * (len(result) + 1)
        for i, r in enumerate(result):
            shifted[i] += r * offset
            shifted[i + 1] += r * scale
        shifted[0] += c
        result = shifted
    return result[:n]


def relative_error_bits(coefficients, f, low, high, samples=400):
    def at(x):
        value = mpf(0)
        for c in reversed(coefficients):
            value = value * x + c
        return value

    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * mpf(i) / samples) for i in range(samples + 1)]
    return float(log(max(abs(at(x) / f(x) - 1) for x in points), 2))


def real(value):
    high = float(value)
    return "{%s, %s}" % (high.hex(), float(value - mpf(high)).hex())


def constant(name, value, comment):
    print("// %s\nACT_CONSTANT constexpr RealConstant %s = %s;" % (comment, name, real(value)))


def polynomial(name, f, low, high, degree):
    coefficients = interpolate(f, low, high, degree)
    bits = relative_error_bits(coefficients, f, low, high)
    print("// Relative error 2^%.1f." % bits)
    print("ACT_CONSTANT constexpr RealConstant %s[] = {" % name)
    for c in coefficients:
        print("    %s," % real(c))
    print("};")


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


def argument(u):
    return CENTRE * (1 + u) / (1 - u)


def mills_scaled(u):
    return mills(argument(u)) * (argument(u) + CENTRE)


def gelu_slope(u):
    a = argument(u)
    if abs(gelu_root - a) < mpf(10) ** -25:
        a = gelu_root - mpf(10) ** -25
    return (mills(a) - a / sqrt(2 * pi)) / (gelu_root - a)


def log1p_over(z):
    return log(1 + z) / z if abs(z) > mpf(10) ** -30 else 1 - z / 2


def tanhshrink_over_cube(s):
    x = sqrt(s)
    return (x - tanh(x)) / x**3 if s > mpf(10) ** -20 else mpf(1) / 3 - 2 * s / 15


def erf_over(s):
    x = sqrt(s)
    return erf(x) / x if s > mpf(10) ** -30 else 2 / sqrt(pi) * (1 - s / 3)


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

namespace activation {

// A real number to 106 bits: high + low.
struct RealConstant {
  double high;
  double low;
};

// clang-format off""")
constant("kLog2E", 1 / ln2, "1 / ln 2")
for bits, name in ((15, "Fast"), (40, "Careful")):
    high = truncate(ln2, bits)
    constant("kLn2High" + name, high, "The leading %d bits of ln 2: times an exponent it is exact." % bits)
    constant("kLn2Low" + name, ln2 - high, "ln 2 less those bits.")
constant("kSiluRoot", silu_root, "r > 0 with silu'(-r) = 0, that is 1 + e^-r = r")
constant("kSiluRootLessOne", silu_root - 1, "e^-r of that r")
constant("kNormalDensityAtZero", 1 / sqrt(2 * pi), "1 / sqrt(2 pi)")
constant("kGeluRoot", gelu_root, "r > 0 with gelu'(-r) = 0")
constant("kGeluTanhRoot", tanh_root, "r > 0 with gelu_tanh'(-r) = 0")
constant("kGeluTanhRootExp", exp(-c1 * tanh_root - c3 * tanh_root**3), "e^-(c1 r + c3 r^3) of that r")
constant("kGeluTanhC1", c1, "2 sqrt(2 / pi)")
constant("kGeluTanhC3", c3, "2 sqrt(2 / pi) * 0.044715")
constant("kSqrt2", sqrt(mpf(2)), "sqrt(2)")
constant("kErfSlopeAtZero", 2 / sqrt(pi), "2 / sqrt(pi)")
mish_root = findroot(lambda x: mish_sum(exp(x), x), mpf("-1.19243"))
constant("kMishRoot", -mish_root, "r > 0 with mish'(-r) = 0")
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
# Grade; gelu: greatest a, degrees; e^r: the part of ln 2 that |r| stays below, degree.
for name, limit, mills_degree, slope_degree, exp_part, exp_degree in (
    ("Fast", 20, 11, 11, 2, 5),
    ("Quick", 20, 17, 17, 32, 4),
    ("Careful", 55, 25, 24, 2, 10),
    ("Certain", 20, 40, 40, 2, 18),
):
    high = (limit - CENTRE) / (limit + CENTRE)
    reach = ln2 / exp_part * mpf("1.01")
    print("\n// (e^r - 1 - r) / r^2 on |r| <= ln(2) / %d, by powers of r." % exp_part)
    polynomial("kExpRemainder" + name, exp_remainder, -reach, reach, exp_degree)
    print("\n// (a + 4) e^(a^2/2) Phi(-a) on 0 <= a <= %d, by powers of u = (a - 4) / (a + 4)." % limit)
    polynomial("kMillsScaled" + name, mills_scaled, mpf(-1), high, mills_degree)
    print("\n// e^(a^2/2) gelu'(-a) / (kGeluRoot - a) on 0 <= a <= %d, by powers of u." % limit)
    polynomial("kGeluSlope" + name, gelu_slope, mpf(-1), high, slope_degree)
# Grade; degrees of log(1 + z) / z on [0, 1] and around 0, of x - tanh x, of erf.
for name, log_degree, tanhshrink_degree, erf_degree in (
    ("Fast", 9, 7, 7),
    ("Quick", 18, 13, 12),
    ("Careful", 24, 17, 16),
    ("Certain", 42, 32, 28),
):
    print("\n// log(1 + z) / z on 0 <= z <= 1, by powers of u = 2 z - 1.")
    polynomial("kLog1pUnit" + name, lambda u: log1p_over((1 + u) / 2), mpf(-1), mpf(1), log_degree)
    print("\n// log(1 + f) / f on |f| <= 1/3, by powers of u = 3 f.")
    polynomial("kLog1pNear" + name, lambda u: log1p_over(u / 3), mpf(-1), mpf(1), log_degree)
    print("\n// (x - tanh x) / x^3 on |x| <= 1, by powers of u = 2 x^2 - 1.")
    polynomial("kTanhshrink" + name, lambda u: tanhshrink_over_cube((1 + u) / 2), mpf(-1), mpf(1), tanhshrink_degree)
    print("\n// erf(x) / x on |x| <= 1, by powers of u = 2 x^2 - 1.")
    polynomial("kErf" + name, lambda u: erf_over((1 + u) / 2), mpf(-1), mpf(1), erf_degree)
print("""// clang-format on

}  // namespace activation

#endif  // ACTIVATION_SRC_FUNCTIONS_COEFFICIENTS_H_""")
