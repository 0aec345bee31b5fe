"""Linear filters and solves: the adjoint runs the same recurrence the other way."""

import math

import numpy as np

from benchmarks.compiled import compiled


@compiled
def filter_row(x, y, a1, a2, a3, a4, b1, b2):
    """Filter one row forth and back, and add up."""
    n = x.shape[0]
    before, before_that, x_before = 0.0, 0.0, 0.0
    for j in range(n):
        new = (a1 * x[j] + a2 * x_before + b2 * before_that) + b1 * before
        y[j] = new
        x_before = x[j]
        before_that = before
        before = new
    before, before_that, x_before, x_before_that = 0.0, 0.0, 0.0, 0.0
    for j in range(n - 1, -1, -1):
        new = (a3 * x_before + a4 * x_before_that + b2 * before_that) + b1 * before
        y[j] += new
        x_before_that = x_before
        x_before = x[j]
        before_that = before
        before = new


@compiled
def filter_row_bar(y_bar, x_bar, a1, a2, a3, a4, b1, b2):
    """Hand back through ``filter_row``."""
    n = y_bar.shape[0]
    after, after_that = 0.0, 0.0
    for j in range(n - 1, -1, -1):
        new = (y_bar[j] + b2 * after_that) + b1 * after
        x_bar[j] = a1 * new + a2 * after
        after_that = after
        after = new
    after, after_that = 0.0, 0.0
    for j in range(n):
        x_bar[j] += a3 * after + a4 * after_that
        new = (y_bar[j] + b2 * after_that) + b1 * after
        after_that = after
        after = new


@compiled
def deriche_sweeps(image, a1, a2, a3, a4, b1, b2, out, forth, state, image_bar):
    """Rows point by point; columns a row at a time, so that the inner loops are over columns."""
    rows, columns = image.shape
    for i in range(rows):
        filter_row(image[i], out[i], a1, a2, a3, a4, b1, b2)
    for j in range(columns):
        forth[0, j] = a1 * out[0, j]
        forth[1, j] = a1 * out[1, j] + a2 * out[0, j] + b1 * forth[0, j]
    for i in range(2, rows):
        for j in range(columns):
            forth[i, j] = (
                a1 * out[i, j] + a2 * out[i - 1, j] + b1 * forth[i - 1, j] + b2 * forth[i - 2, j]
            )
    # The filter back needs its last two rows only; forth becomes the bars of the sum.
    value = 0.0
    for j in range(columns):
        value += forth[rows - 1, j] * forth[rows - 1, j]
        forth[rows - 1, j] *= 2.0
        state[0, j] = 0.0
        state[1, j] = a3 * out[rows - 1, j]
        total = forth[rows - 2, j] + state[1, j]
        value += total * total
        forth[rows - 2, j] = 2.0 * total
    for i in range(rows - 3, -1, -1):
        for j in range(columns):
            back = a3 * out[i + 1, j] + a4 * out[i + 2, j] + b1 * state[1, j] + b2 * state[0, j]
            state[0, j] = state[1, j]
            state[1, j] = back
            total = forth[i, j] + back
            value += total * total
            forth[i, j] = 2.0 * total
    # Down the rows for the filter that ran up; then up for the other, one row of bars at a time.
    for j in range(columns):
        state[0, j] = 0.0
        state[1, j] = 0.0
    for i in range(rows):
        for j in range(columns):
            out[i, j] = a3 * state[1, j] + a4 * state[0, j]
            new = forth[i, j] + b1 * state[1, j] + b2 * state[0, j]
            state[0, j] = state[1, j]
            state[1, j] = new
    for j in range(columns):
        state[0, j] = 0.0
        state[1, j] = 0.0
    for i in range(rows - 1, -1, -1):
        for j in range(columns):
            new = forth[i, j] + b1 * state[1, j] + b2 * state[0, j]
            out[i, j] += a1 * new + a2 * state[1, j]
            state[0, j] = state[1, j]
            state[1, j] = new
        filter_row_bar(out[i], image_bar[i], a1, a2, a3, a4, b1, b2)
    return value


def deriche(image, alpha):
    decay = math.exp(-alpha)
    k = (1.0 - decay) ** 2 / (1.0 + 2.0 * alpha * decay - math.exp(2.0 * alpha))
    factors = (
        k,
        k * decay * (alpha - 1.0),
        k * decay * (alpha + 1.0),
        -k * decay**2,
        2.0**-alpha,
        -(decay**2),
    )
    image_bar = np.empty_like(image)
    out, forth = np.empty_like(image), np.empty_like(image)
    state = np.empty((2, image.shape[1]))
    return deriche_sweeps(image, *factors, out, forth, state, image_bar), (image_bar,)


# Alternating directions. The factors of the elimination depend on the row alone: computed once.
# Solves run down the rows of a matrix, all columns at once; the other direction is the transpose.


@compiled
def eliminate(off, diagonal, factors, inverses):
    factors[0] = 0.0
    for j in range(1, factors.shape[0] - 1):
        inverses[j] = 1.0 / (off * factors[j - 1] + diagonal)
        factors[j] = -off * inverses[j]


@compiled
def solve(u, v, explicit, off, factors, inverses):
    """Write to the rows of v the solution for a stencil along the rows of u; ends are 1."""
    n = u.shape[0]
    centre = 1.0 + 2.0 * explicit
    for i in range(1, n - 1):
        v[0, i] = 1.0
        v[n - 1, i] = 1.0
    for j in range(1, n - 1):
        for i in range(1, n - 1):
            right = centre * u[j, i] - explicit * (u[j, i - 1] + u[j, i + 1])
            v[j, i] = (right - off * v[j - 1, i]) * inverses[j]
    for j in range(n - 2, 0, -1):
        for i in range(1, n - 1):
            v[j, i] += factors[j] * v[j + 1, i]


@compiled
def solve_bar(v_bar, u_bar, explicit, off, factors, inverses):
    """Hand the bars of v back, in place, then assign those of u; v is zero at its ends."""
    n = v_bar.shape[0]
    centre = 1.0 + 2.0 * explicit
    for j in range(1, n - 2):
        for i in range(1, n - 1):
            v_bar[j + 1, i] += factors[j] * v_bar[j, i]
    for i in range(1, n - 1):
        v_bar[n - 2, i] *= inverses[n - 2]
    for j in range(n - 3, 0, -1):
        for i in range(1, n - 1):
            v_bar[j, i] = (v_bar[j, i] - off * v_bar[j + 1, i]) * inverses[j]
    for j in range(1, n - 1):
        u_bar[j, 0] = -explicit * v_bar[j, 1]
        u_bar[j, n - 1] = -explicit * v_bar[j, n - 2]
        for i in range(1, n - 1):
            u_bar[j, i] = centre * v_bar[j, i] - explicit * (v_bar[j, i - 1] + v_bar[j, i + 1])


@compiled
def transpose(a, b):
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            b[j, i] = a[i, j]


@compiled
def adi_sweeps(u, steps, v, w, factors, inverses, u_bar):
    n = u.shape[0]
    strength = n**2 / steps
    a = -strength
    d = -strength / 2.0
    eliminate(a, 1.0 + 2.0 * strength, factors[0], inverses[0])
    eliminate(d, 1.0 + strength, factors[1], inverses[1])
    for _ in range(steps):
        solve(u, v, d, a, factors[0], inverses[0])
        for i in range(1, n - 1):
            w[i, 0] = 1.0
            w[i, n - 1] = 1.0
        transpose(v, w)
        solve(w, v, a, d, factors[1], inverses[1])
        transpose(v, u)
        for i in range(1, n - 1):
            u[i, 0] = 1.0
            u[i, n - 1] = 1.0
    value = 0.0
    for i in range(n):
        for j in range(n):
            value += u[i, j] * u[i, j]
            u_bar[i, j] = 2.0 * u[i, j]
    # The ends are constants: what arrives there is dropped, but in the rows that nobody writes.
    for i in range(n):
        for j in range(n):
            v[i, j] = 0.0
    for _ in range(steps):
        transpose(u_bar, v)
        solve_bar(v, w, a, d, factors[1], inverses[1])
        transpose(w, v)
        solve_bar(v, u_bar, d, a, factors[0], inverses[0])
    return value


def adi(u, steps):
    n = u.shape[0]
    u_bar = np.empty_like(u)
    factors, inverses = np.empty((2, n)), np.empty((2, n))
    scratch = np.empty_like(u), np.empty_like(u)
    return adi_sweeps(u.copy(), steps, *scratch, factors, inverses, u_bar), (u_bar,)
