"""Stencils are linear: nothing is recorded, and the bars are gathered by the transposed stencil."""

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.programs import stencils

# Two buffers: once a bar's interior is killed, the next contributions can be assigned. The bars of
# the interiors obey the stencil itself, between two buffers with a border of zeros; only the
# borders, which the program never writes, accumulate. (jacobi_2d.py has it in full.)

average_three = compiled(stencils.jacobi_1d_loops)


@compiled
def jacobi_1d_sweeps(u, v, steps, u_bar, v_bar, u_inner, v_inner):
    n = u.shape[0]
    value = average_three(u, v, steps)
    for i in range(n):
        u_bar[i] = 2.0 * u[i]
    for i in range(1, n - 1):
        u_inner[i] = u_bar[i]
    for _ in range(steps):
        v_bar[0] += 0.33333 * u_inner[1]
        v_bar[n - 1] += 0.33333 * u_inner[n - 2]
        for i in range(1, n - 1):
            v_inner[i] = 0.33333 * (u_inner[i - 1] + u_inner[i] + u_inner[i + 1])
        u_bar[0] += 0.33333 * v_inner[1]
        u_bar[n - 1] += 0.33333 * v_inner[n - 2]
        for i in range(1, n - 1):
            u_inner[i] = 0.33333 * (v_inner[i - 1] + v_inner[i] + v_inner[i + 1])
    for i in range(1, n - 1):
        u_bar[i] = u_inner[i]
    return value


def jacobi_1d(u, v, steps):
    u_bar, v_bar = np.empty_like(u), np.zeros_like(v)
    inner = np.zeros_like(u), np.zeros_like(v)
    value = jacobi_1d_sweeps(u.copy(), v.copy(), steps, u_bar, v_bar, *inner)
    return value, (u_bar, v_bar)


@compiled
def diffuse(source, target):
    n, m, l = source.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            for k in range(1, l - 1):
                target[i, j, k] = 0.25 * source[i, j, k] + 0.125 * (
                    source[i + 1, j, k]
                    + source[i - 1, j, k]
                    + source[i, j + 1, k]
                    + source[i, j - 1, k]
                    + source[i, j, k + 1]
                    + source[i, j, k - 1]
                )


@compiled
def add_to_faces(inner, bar):
    n, m, l = inner.shape
    for j in range(1, m - 1):
        for k in range(1, l - 1):
            bar[0, j, k] += 0.125 * inner[1, j, k]
            bar[n - 1, j, k] += 0.125 * inner[n - 2, j, k]
    for i in range(1, n - 1):
        for k in range(1, l - 1):
            bar[i, 0, k] += 0.125 * inner[i, 1, k]
            bar[i, m - 1, k] += 0.125 * inner[i, m - 2, k]
        for j in range(1, m - 1):
            bar[i, j, 0] += 0.125 * inner[i, j, 1]
            bar[i, j, l - 1] += 0.125 * inner[i, j, l - 2]


@compiled
def heat_3d_sweeps(u, v, steps, u_bar, v_bar, u_inner, v_inner):
    n, m, l = u.shape
    for _ in range(steps):
        diffuse(u, v)
        diffuse(v, u)
    value = 0.0
    for i in range(n):
        for j in range(m):
            for k in range(l):
                value += u[i, j, k] * u[i, j, k]
                u_bar[i, j, k] = 2.0 * u[i, j, k]
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            for k in range(1, l - 1):
                u_inner[i, j, k] = u_bar[i, j, k]
    for _ in range(steps):
        add_to_faces(u_inner, v_bar)
        diffuse(u_inner, v_inner)
        add_to_faces(v_inner, u_bar)
        diffuse(v_inner, u_inner)
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            for k in range(1, l - 1):
                u_bar[i, j, k] = u_inner[i, j, k]
    return value


def heat_3d(u, v, steps):
    u_bar, v_bar = np.empty_like(u), np.zeros_like(v)
    inner = np.zeros_like(u), np.zeros_like(v)
    value = heat_3d_sweeps(u.copy(), v.copy(), steps, u_bar, v_bar, *inner)
    return value, (u_bar, v_bar)


# Gauss-Seidel with nine points: what does not wait for the neighbour is summed first, so that the
# chain from point to point is one multiply-add, forwards and backwards.


@compiled
def seidel_2d_sweeps(u, sweeps, u_bar, row, spread):
    rows, columns = u.shape
    ninth = 1.0 / 9.0
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                row[j] = ninth * (
                    (u[i - 1, j - 1] + u[i - 1, j] + u[i - 1, j + 1])
                    + (u[i + 1, j - 1] + u[i + 1, j] + u[i + 1, j + 1])
                    + (u[i, j] + u[i, j + 1])
                )
            left = u[i, 0]
            for j in range(1, columns - 1):
                left = ninth * left + row[j]
                u[i, j] = left
    value = 0.0
    for i in range(rows):
        for j in range(columns):
            value += u[i, j] * u[i, j]
            u_bar[i, j] = 2.0 * u[i, j]
    # From now on row has the bars of a row's sums, between two zeros.
    row[0] = 0.0
    row[columns - 1] = 0.0
    for _ in range(sweeps):
        for i in range(rows - 2, 0, -1):
            for j in range(1, columns - 1):
                row[j] = ninth * u_bar[i, j]
            right = 0.0
            for j in range(columns - 2, 0, -1):
                right = ninth * right + row[j]
                row[j] = right
            u_bar[i, 0] += row[1]
            u_bar[i, columns - 1] += row[columns - 2]
            spread[0] = row[1]
            spread[columns - 1] = row[columns - 2]
            for j in range(1, columns - 1):
                both = row[j - 1] + row[j]
                u_bar[i, j] = both
                spread[j] = both + row[j + 1]
            for j in range(columns):
                u_bar[i - 1, j] += spread[j]
                u_bar[i + 1, j] += spread[j]
    return value


def seidel_2d(u, sweeps):
    u_bar = np.empty_like(u)
    columns = u.shape[1]
    value = seidel_2d_sweeps(u.copy(), sweeps, u_bar, np.empty(columns), np.empty(columns))
    return value, (u_bar,)


# The bars of ex and ey gather those of hz, then the other way round: as many loops as forwards.
# (To do all three row by row, while a row is in the cache, is a little slower.)

advance_fields = compiled(stencils.fdtd_2d_loops)


@compiled
def fdtd_2d_sweeps(ex, ey, hz, pulse, ex_bar, ey_bar, hz_bar, pulse_bar):
    nx, ny = hz.shape
    value = advance_fields(ex, ey, hz, pulse)
    for i in range(nx):
        for j in range(ny):
            hz_bar[i, j] = 2.0 * hz[i, j]
    last, end = ny - 1, nx - 1  # the last column and the last row of hz are never written
    for t in range(pulse.shape[0] - 1, -1, -1):
        for j in range(last):
            ey_bar[0, j] += 0.7 * hz_bar[0, j]
            ey_bar[end, j] -= 0.7 * hz_bar[end - 1, j]
        for i in range(1, nx - 1):
            for j in range(ny - 1):
                ey_bar[i, j] += 0.7 * (hz_bar[i, j] - hz_bar[i - 1, j])
        for i in range(nx - 1):
            ex_bar[i, 0] += 0.7 * hz_bar[i, 0]
            for j in range(1, ny - 1):
                ex_bar[i, j] += 0.7 * (hz_bar[i, j] - hz_bar[i, j - 1])
            ex_bar[i, last] -= 0.7 * hz_bar[i, last - 1]
        for i in range(1, nx - 1):
            hz_bar[i, 0] += 0.5 * (ex_bar[i, 1] + (ey_bar[i + 1, 0] - ey_bar[i, 0]))
            for j in range(1, ny - 1):
                hz_bar[i, j] += 0.5 * (
                    (ex_bar[i, j + 1] - ex_bar[i, j]) + (ey_bar[i + 1, j] - ey_bar[i, j])
                )
            hz_bar[i, last] += 0.5 * ((ey_bar[i + 1, last] - ey_bar[i, last]) - ex_bar[i, last])
        for j in range(ny):
            hz_bar[0, j] += 0.5 * ey_bar[1, j]
            hz_bar[end, j] -= 0.5 * ey_bar[end, j]
        for i in (0, end):
            hz_bar[i, 0] += 0.5 * ex_bar[i, 1]
            for j in range(1, ny - 1):
                hz_bar[i, j] += 0.5 * (ex_bar[i, j + 1] - ex_bar[i, j])
            hz_bar[i, last] -= 0.5 * ex_bar[i, last]
        total = 0.0
        for j in range(ny):
            total += ey_bar[0, j]
            ey_bar[0, j] = 0.0
        pulse_bar[t] = total
    return value


def fdtd_2d(ex, ey, hz, pulse):
    bars = np.zeros_like(ex), np.zeros_like(ey), np.empty_like(hz), np.empty_like(pulse)
    return fdtd_2d_sweeps(ex.copy(), ey.copy(), hz.copy(), pulse, *bars), bars


# Convolution: the patches as a matrix, and BLAS for the rest.


@compiled
def unfold(images, k, patches):
    batch, rows, columns, channels = images.shape
    row = 0
    for b in range(batch):
        for i in range(rows - k + 1):
            for j in range(columns - k + 1):
                place = 0
                for di in range(k):
                    for dj in range(k):
                        for c in range(channels):
                            patches[row, place] = images[b, i + di, j + dj, c]
                            place += 1
                row += 1


@compiled
def fold(patches, k, images):
    batch, rows, columns, channels = images.shape
    row = 0
    for b in range(batch):
        for i in range(rows - k + 1):
            for j in range(columns - k + 1):
                place = 0
                for di in range(k):
                    for dj in range(k):
                        for c in range(channels):
                            images[b, i + di, j + dj, c] += patches[row, place]
                            place += 1
                row += 1


def conv2d(images, weights):
    k, _, channels, outputs = weights.shape
    batch, rows, columns, _ = images.shape
    patches = np.empty((batch * (rows - k + 1) * (columns - k + 1), k * k * channels))
    unfold(images, k, patches)
    matrix = weights.reshape(-1, outputs)
    out = patches @ matrix
    value = np.vdot(out, out)
    out *= 2.0
    matrix_bar = patches.T @ out
    np.dot(out, matrix.T, out=patches)
    images_bar = np.zeros_like(images)
    fold(patches, k, images_bar)
    return value, (images_bar, matrix_bar.reshape(weights.shape))
