"""NumPy's functions of whole arrays in programs, and those that write to some of the elements."""

import numpy as np


def masked_root(x):
    y = np.zeros_like(x)
    np.sqrt(x, out=y, where=x > 0.0)
    return y * x


def masked_quotient(x, d):
    return np.divide(x, d, out=np.zeros_like(x), where=d > 0.1)


def masked_in_place(x):
    y = x.copy()
    np.multiply(y, x[0], out=y, where=y > 0.5)
    np.multiply(y, 3.0, out=y, where=np.array([True, False, True]))
    return y


def copies_under_a_mask(x, y):
    z = y * y
    np.copyto(z, x * 2.0, where=x > y)
    np.copyto(z, x[0], where=x < 0.3)
    return z


def puts(x):
    y = np.zeros((2, 3))
    np.put(y, [0, 4], x[:2])
    np.put(y, np.array([5, -5]), x[2])
    y.put([2], x[0] * x[1])
    return y * y


def puts_and_places_under_masks(x):
    y = x * x
    np.putmask(y, x > 0.8, x * 3.0)
    np.putmask(y, x < 0.3, x[0])
    np.place(y, y > 1.0, x[:1] * 0.5)
    return y


def writes_flat(x):
    y = x.copy()
    y.flat[2] = x[0, 0] * x[1, 1]
    y.flat[-1] *= y.flat[0]
    return y * x


def writes_flat_of_a_transpose(x):
    y = x.copy()
    z = y.T
    z.flat[1] = x[0, 0] * x[0, 2]
    return y * y


def reads_flat(x):
    total = 0.0
    for value in x.flat:
        total = total * 0.5 + value * value
    return total + x.flat[3]


def sorts_in_place(x):
    y = x * x
    y.sort()
    return y * np.arange(len(y))


def sorts_rows_in_place(x):
    y = x.copy()
    y[1:].sort(axis=1)
    return np.sum(y * np.arange(3.0))


def sorts_its_argument(x):
    x.sort()
    return x * np.arange(len(x))


def ghost_cells(u, steps):
    for _ in range(steps):
        full = np.pad(u, 1, mode="wrap")
        u = u + 0.1 * (full[2:] - 2.0 * full[1:-1] + full[:-2])
    return u


def smooth(u, kernel):
    return np.convolve(np.pad(u, 2, mode="edge"), kernel, mode="same")[2:-2] * u


def transmittance(density, step):
    passed = np.cumprod(1.0 - density * step)
    return np.trapezoid(passed * density, dx=step)


def writes_parts(x):
    y = x * 2.0
    left, right = np.split(y, [2])
    left *= x[0]
    right[0] = x[1] * x[1]
    return y * y


def tiles_are_copies(x):
    y = np.tile(x, 1)
    z = np.repeat(x, 1)
    y[0] = 0.0
    z[1] = x[0] * x[2]
    return x * y * z


def parts_of_the_mesh(x, y):
    a, b = np.meshgrid(x, y)
    a[0, 0] = 1.0
    return np.sum(np.sin(a * b)) + np.einsum("i,ij,j->", x, b.T, y)


def spectrum(u):
    waves = np.fft.rfft(u)
    power = np.abs(waves) ** 2
    return np.sum(power * np.arange(power.shape[0]))


def log_likelihood(a, r):
    c = a @ a.T + np.eye(2)
    sign, logdet = np.linalg.slogdet(c)
    return -0.5 * (r @ np.linalg.solve(c, r) + sign * logdet)


def spectral_gap(a):
    values, vectors = np.linalg.eigh(a @ a.T)
    return values[1] - values[0] + vectors[0, 1] ** 2


def robust_centre(x, q):
    return np.median(x) + np.percentile(x, q) - np.quantile(x**2, 0.25)


def table_look_up(x, table):
    grid = np.linspace(0.0, 1.0, table.shape[0])
    return np.interp(x, grid, table) * np.gradient(table, grid)[0]


VECTOR = np.array([0.4, 1.3, 0.9, 0.2, 1.1])
SIGNED = np.array([0.4, -1.3, 0.9, -0.2, 1.1])
THREE = np.array([0.9, 0.35, 1.2])
MATRIX = np.array([[0.4, 1.3, 0.2], [0.7, 0.1, 1.6]])

PROGRAMS = [
    (masked_root, (SIGNED,)),
    (masked_quotient, (THREE, np.array([0.5, 0.0, 2.0]))),
    (masked_quotient, (MATRIX, np.array([0.5, 0.0, 2.0]))),
    (masked_in_place, (THREE,)),
    (copies_under_a_mask, (VECTOR, np.array([0.5, 0.7, 0.6, 0.9, 0.8]))),
    (puts, (THREE,)),
    (puts_and_places_under_masks, (VECTOR,)),
    (writes_flat, (MATRIX,)),
    (writes_flat_of_a_transpose, (MATRIX,)),
    (reads_flat, (MATRIX,)),
    (sorts_in_place, (VECTOR,)),
    (sorts_rows_in_place, (MATRIX,)),
    (sorts_its_argument, (VECTOR,)),
    (ghost_cells, (VECTOR, 3)),
    (smooth, (VECTOR, np.array([0.25, 0.5, 0.3]))),
    (transmittance, (VECTOR, 0.3)),
    (transmittance, (np.array([0.5, 2.0, 0.1]), 0.5)),
    (writes_parts, (VECTOR,)),
    (tiles_are_copies, (THREE,)),
    (parts_of_the_mesh, (THREE, VECTOR)),
    (spectrum, (VECTOR,)),
    (log_likelihood, (MATRIX, np.array([0.3, 0.8]))),
    (spectral_gap, (MATRIX,)),
    (robust_centre, (VECTOR, 33.0)),
    (table_look_up, (np.array([0.15, 0.62]), VECTOR)),
]
