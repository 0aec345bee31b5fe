"""Functions of libraries that have no rule, called with what carries no derivative."""

import math

import numpy as np

X = np.array([0.3, 0.7, 0.2, 0.5])


def arc_length(a, b, n):
    nodes, weights = np.polynomial.legendre.leggauss(n)
    total = 0.0
    for k in range(n):
        x = 0.5 * (b - a) * nodes[k] + 0.5 * (a + b)
        total += 0.5 * (b - a) * weights[k] * np.sqrt(1.0 + np.cos(x) ** 2)
    return total


def arc_length_of_five_nodes(a, b):
    nodes, weights = np.polynomial.legendre.leggauss(5)
    x = 0.5 * (b - a) * nodes + 0.5 * (a + b)
    return 0.5 * (b - a) * np.sum(weights * np.sqrt(1.0 + np.cos(x) ** 2))


def largest_entry_first(x):
    a = np.outer(x, x[::-1])
    p, q = np.unravel_index(np.argmax(np.abs(a)), a.shape)
    return a[p, q] * x[0] - a[q, p] * x[1]


def halved_largest(x, steps):
    a = np.outer(x, x + 1.0)
    for _ in range(steps):
        p, q = np.unravel_index(np.argmax(a), a.shape)
        a[p, q] *= 0.5 * x[p]
    return np.sum(a**2)


def savitzky_golay(y, half, order):
    offsets = np.arange(-half, half + 1)
    basis = np.vander(offsets, order + 1, increasing=True).astype(float)
    weights = np.linalg.pinv(basis)[0]
    return np.sum(np.convolve(y, weights, mode="valid") ** 2)


def moments_by_group(x, groups):
    names, place = np.unique(groups, return_inverse=True)
    sums = np.zeros(len(names))
    for k in range(len(place)):
        sums[place[k]] += x[k] ** 2
    return np.sum(sums * names)


def smoothed(x):
    window = np.hanning(len(x) + 2)[1:-1]
    return np.sum(np.convolve(x, window / np.sum(window), mode="same") ** 3)


def below_the_diagonal(x):
    rows, columns = np.tril_indices(len(x), -1)
    return np.sum((x[rows] - x[columns]) ** 4)


def bernstein(x, t, n):
    total = 0.0
    for k in range(n + 1):
        total += math.comb(n, k) * t**k * (1.0 - t) ** (n - k) * x[k]
    return total


def roots_of_a_known_polynomial(x):
    r = np.roots([1.0, -3.5, 3.5, -1.0])
    return np.sum(r * x[:3] ** 2)


def legendre_series(x):
    basis = np.polynomial.legendre.legvander(np.linspace(-1.0, 1.0, 5), 3)
    return np.sum((basis @ x) ** 2)


def spectral_slope(x, n):
    wave = 2j * np.pi * np.fft.fftfreq(n, 0.25)
    return np.fft.ifft(wave * np.fft.fft(x)).real


def weighted_by_bits(x, m):
    return np.sum(x * np.bitwise_xor.reduce(m)) + np.sum(np.add.reduceat(m, [0, 2]) * x[:2])


def phases(x):
    angle = np.unwrap(np.array([0.0, 3.0, 6.5, 9.8]) % 6.28)
    return np.sum(np.sin(angle * x))


PROGRAMS = [
    (arc_length, (0.2, 1.9, 4)),
    (arc_length_of_five_nodes, (0.2, 1.9)),
    (largest_entry_first, (X,)),
    (halved_largest, (X, 3)),
    (savitzky_golay, (np.sin(np.arange(9.0)), 2, 2)),
    (moments_by_group, (X, np.array([5, 2, 5, 3]))),
    (smoothed, (X,)),
    (below_the_diagonal, (X,)),
    (bernstein, (X, 0.4, 3)),
    (roots_of_a_known_polynomial, (X,)),
    (legendre_series, (X,)),
    (phases, (X,)),
    (spectral_slope, (X, 4)),
    (weighted_by_bits, (X, np.array([3, 5, 9, 1]))),
]
