"""Fits of functions of one real number, in 70-digit arithmetic: polynomials, quotients of two, and tables of 32 segments.

Polynomials interpolate at Chebyshev nodes, which is within a bit of minimax. Needs mpmath.
"""
import struct

from mpmath import cos, floor, log, lu_solve, matrix, mp, mpf, pi, qr_solve, sqrt

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


def weighted_fit(f, weight, low, high, degree, rounds=80):
    """Coefficients with nearly the least greatest error of weight(x) (p(x) - f(x)): Lawson's iteration, 1961."""
    n = 12 * (degree + 1)
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * (k + mpf(1) / 2) / n) for k in range(n)]
    targets, scales = [f(x) for x in points], [weight(x) for x in points]
    shares = [mpf(1) / n] * n
    for _ in range(rounds):
        rows = [[sqrt(w) * s * x**i for i in range(degree + 1)] for x, s, w in zip(points, scales, shares)]
        fit = qr_solve(matrix(rows), matrix([sqrt(w) * s * t for t, s, w in zip(targets, scales, shares)]))[0]
        errors = [abs(s * (sum(fit[i] * x**i for i in range(degree + 1)) - t))
                  for x, s, t in zip(points, scales, targets)]
        shares = [w * e for w, e in zip(shares, errors)]
        total = sum(shares)
        shares = [w / total for w in shares]
    return [fit[i] for i in range(degree + 1)], max(errors)


def rational_fit(f, points, over, under, rounds=12):
    """Coefficients of p and q, q(0) = 1, of the degrees `over` and `under` with the least greatest relative error of p / q at the
    points, and that error: Remez' exchange (Maehly 1963; Ralston 1965)."""
    n = over + under + 2
    targets = [f(x) for x in points]
    places = [round((len(points) - 1) * (1 - float(cos(pi * k / (n - 1)))) / 2) for k in range(n)]
    error, last = mpf(0), [mpf(1)]
    for _ in range(rounds):
        for _ in range(8):
            # p(x) - f(x) q(x) = s f(x) e q(x) with signs s in turn, where e q is linear around the last e and q.
            rows, sides = [], []
            for k, place in enumerate(places):
                x, y, s = points[place], targets[place], (-1) ** k
                rows.append([x**i for i in range(over + 1)] + [-y * (1 + s * error) * x**i for i in range(1, under + 1)]
                            + [-s * y * at(last, x)])
                sides.append(y * (1 + s * error) - s * y * at(last, x) * error)
            solution = list(lu_solve(matrix(rows), matrix(sides)))
            p, last, error = solution[:over + 1], [mpf(1)] + solution[over + 1:-1], solution[-1]
        errors = [at(p, x) / at(last, x) / y - 1 for x, y in zip(points, targets)]
        # The place of the greatest error of each sign in turn.
        places = []
        for place, e in enumerate(errors):
            if not places or (e > 0) != (errors[places[-1]] > 0):
                places.append(place)
            elif abs(e) > abs(errors[places[-1]]):
                places[-1] = place
        assert len(places) >= n, "fewer extremes than coefficients"
        while len(places) > n:
            places.remove(min(places[0], places[-1], key=lambda place: abs(errors[place])))
    greatest = max(map(abs, errors))
    assert greatest < abs(error) * mpf("1.01") and all(at(last, x) > 0 for x in points)
    return p, last, greatest


def at(coefficients, x):
    value = mpf(0)
    for c in reversed(coefficients):
        value = value * x + c
    return value


def relative_error_bits(coefficients, f, low, high, samples=400):
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * mpf(i) / samples) for i in range(samples + 1)]
    return float(log(max(abs(at(coefficients, x) / f(x) - 1) for x in points), 2))


def as_float(value):
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def interpolate_slope(slope, _, low, high, degree):
    return interpolate(slope, low, high, degree)


def nearest_slope(slope, weight, low, high, degree):
    """As near as can be where it counts, at the ends: a half of the interpolant's error."""
    return weighted_fit(slope, weight, low, high, degree, rounds=20)[0]


def fit_segment(f, low, high, terms, fit_slope=interpolate_slope):
    """A centre where f is nearly a float, f there and a polynomial in the distance; and its relative error.

    Gal, "Computing elementary functions: a new approach for achieving high accuracy and good performance", 1986.
    """
    middle, step = as_float((low + high) / 2), as_float((high - low) / 2**16)
    center = min((as_float(middle + i * step) for i in range(-400, 400)),
                 key=lambda c: abs(f(mpf(c)) / as_float(f(mpf(c))) - 1))
    value = f(mpf(center))

    def slope(d):
        d = d if abs(d) > mpf(10) ** -25 else mpf(10) ** -25
        return (f(center + d) - value) / d

    coefficients = [mpf(as_float(value))] + fit_slope(slope, lambda d: d / f(center + d), low - center, high - center, terms - 2)
    distances = [low - center + (high - low) * i / 20 for i in range(21)]
    fitted = [sum(c * d**i for i, c in enumerate(coefficients)) for d in distances]
    return [center] + coefficients, max(abs(y / f(center + d) - 1) for y, d in zip(fitted, distances))


def octave_part(index, parts):
    """Where the index-th of `parts` parts of [1, 2), [2, 4), ... begins."""
    return 2 ** (index // parts) * (1 + mpf(index % parts) / parts)


def octave_fits(f, stretch, terms, limit):
    """f on [0, limit] in 32 segments, in the order of the table's index."""
    fits = []
    for entry in range(32):
        index = (entry + 8) % 32  # the exponent of 1 ends in 11
        low, high = ((octave_part(i, 8) - 1) / stretch for i in (index, index + 1))
        fits.append(fit_segment(f, low, high, terms) if low < limit else fits[-1])
    return fits


def uniform_fits(f, low, high, terms):
    """f on [low, high] in 32 segments of one width, in the order of the table's index; and their number in 1."""
    scale = 32 / (mpf(high) - mpf(low))
    first = int(floor(mpf(low) * scale)) + 1
    fits = [None] * 32
    for k in range(first, first + 32):
        fits[k % 32] = fit_segment(f, (k - mpf(1) / 2) / scale, (k + mpf(1) / 2) / scale, terms, nearest_slope)
    return fits, scale
