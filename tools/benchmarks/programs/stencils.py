"""Stencils: each point of a grid from its neighbours, again and again."""

import numpy as np


def jacobi_2d(u, v, steps):
    """Smooth a field by the five-point stencil, back and forth between two buffers."""
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.2 * (
            u[1:-1, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] + u[2:, 1:-1] + u[:-2, 1:-1]
        )
        u[1:-1, 1:-1] = 0.2 * (
            v[1:-1, 1:-1] + v[1:-1, :-2] + v[1:-1, 2:] + v[2:, 1:-1] + v[:-2, 1:-1]
        )
    return np.sum(u**2)


def gauss_seidel(u, f, sweeps):
    """Relax the Poisson equation in place, point by point."""
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                u[i, j] = 0.25 * (u[i - 1, j] + u[i + 1, j] + u[i, j - 1] + u[i, j + 1] - f[i, j])
    return np.sum(u**2)


def jacobi_1d(u, v, steps):
    """Average three neighbours, back and forth between two buffers."""
    for _ in range(steps):
        v[1:-1] = 0.33333 * (u[:-2] + u[1:-1] + u[2:])
        u[1:-1] = 0.33333 * (v[:-2] + v[1:-1] + v[2:])
    return np.sum(u**2)


def jacobi_1d_loops(u, v, steps):
    """The same point by point."""
    n = u.shape[0]
    for _ in range(steps):
        for i in range(1, n - 1):
            v[i] = 0.33333 * (u[i - 1] + u[i] + u[i + 1])
        for i in range(1, n - 1):
            u[i] = 0.33333 * (v[i - 1] + v[i] + v[i + 1])
    total = 0.0
    for i in range(n):
        total += u[i] * u[i]
    return total


def heat_3d(u, v, steps):
    """Diffuse heat in a cube, back and forth between two buffers."""
    for _ in range(steps):
        v[1:-1, 1:-1, 1:-1] = (
            0.125 * (u[2:, 1:-1, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1])
            + 0.125 * (u[1:-1, 2:, 1:-1] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, :-2, 1:-1])
            + 0.125 * (u[1:-1, 1:-1, 2:] - 2.0 * u[1:-1, 1:-1, 1:-1] + u[1:-1, 1:-1, :-2])
            + u[1:-1, 1:-1, 1:-1]
        )
        u[1:-1, 1:-1, 1:-1] = (
            0.125 * (v[2:, 1:-1, 1:-1] - 2.0 * v[1:-1, 1:-1, 1:-1] + v[:-2, 1:-1, 1:-1])
            + 0.125 * (v[1:-1, 2:, 1:-1] - 2.0 * v[1:-1, 1:-1, 1:-1] + v[1:-1, :-2, 1:-1])
            + 0.125 * (v[1:-1, 1:-1, 2:] - 2.0 * v[1:-1, 1:-1, 1:-1] + v[1:-1, 1:-1, :-2])
            + v[1:-1, 1:-1, 1:-1]
        )
    return np.sum(u**2)


def heat_3d_loops(u, v, steps):
    """The same point by point."""
    n, m, l = u.shape
    for _ in range(steps):
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                for k in range(1, l - 1):
                    v[i, j, k] = (
                        0.125 * (u[i + 1, j, k] - 2.0 * u[i, j, k] + u[i - 1, j, k])
                        + 0.125 * (u[i, j + 1, k] - 2.0 * u[i, j, k] + u[i, j - 1, k])
                        + 0.125 * (u[i, j, k + 1] - 2.0 * u[i, j, k] + u[i, j, k - 1])
                        + u[i, j, k]
                    )
        for i in range(1, n - 1):
            for j in range(1, m - 1):
                for k in range(1, l - 1):
                    u[i, j, k] = (
                        0.125 * (v[i + 1, j, k] - 2.0 * v[i, j, k] + v[i - 1, j, k])
                        + 0.125 * (v[i, j + 1, k] - 2.0 * v[i, j, k] + v[i, j - 1, k])
                        + 0.125 * (v[i, j, k + 1] - 2.0 * v[i, j, k] + v[i, j, k - 1])
                        + v[i, j, k]
                    )
    return np.sum(u**2)


def seidel_2d(u, sweeps):
    """Average nine neighbours in place: row by row what can be, then from point to point."""
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            u[i, 1:-1] += (
                u[i - 1, :-2]
                + u[i - 1, 1:-1]
                + u[i - 1, 2:]
                + u[i, 2:]
                + u[i + 1, :-2]
                + u[i + 1, 1:-1]
                + u[i + 1, 2:]
            )
            for j in range(1, columns - 1):
                u[i, j] = (u[i, j] + u[i, j - 1]) / 9.0
    return np.sum(u**2)


def seidel_2d_loops(u, sweeps):
    """The same point by point."""
    rows, columns = u.shape
    for _ in range(sweeps):
        for i in range(1, rows - 1):
            for j in range(1, columns - 1):
                u[i, j] = (
                    u[i - 1, j - 1]
                    + u[i - 1, j]
                    + u[i - 1, j + 1]
                    + u[i, j - 1]
                    + u[i, j]
                    + u[i, j + 1]
                    + u[i + 1, j - 1]
                    + u[i + 1, j]
                    + u[i + 1, j + 1]
                ) / 9.0
    return np.sum(u**2)


def fdtd_2d(ex, ey, hz, pulse):
    """Electric and magnetic fields in a plane, driven from one side."""
    for t in range(pulse.shape[0]):
        ey[0, :] = pulse[t]
        ey[1:, :] -= 0.5 * (hz[1:, :] - hz[:-1, :])
        ex[:, 1:] -= 0.5 * (hz[:, 1:] - hz[:, :-1])
        hz[:-1, :-1] -= 0.7 * (ex[:-1, 1:] - ex[:-1, :-1] + ey[1:, :-1] - ey[:-1, :-1])
    return np.sum(hz**2)


def fdtd_2d_loops(ex, ey, hz, pulse):
    """The same point by point."""
    nx, ny = hz.shape
    for t in range(pulse.shape[0]):
        for j in range(ny):
            ey[0, j] = pulse[t]
        for i in range(1, nx):
            for j in range(ny):
                ey[i, j] -= 0.5 * (hz[i, j] - hz[i - 1, j])
        for i in range(nx):
            for j in range(1, ny):
                ex[i, j] -= 0.5 * (hz[i, j] - hz[i, j - 1])
        for i in range(nx - 1):
            for j in range(ny - 1):
                hz[i, j] -= 0.7 * (ex[i, j + 1] - ex[i, j] + ey[i + 1, j] - ey[i, j])
    return np.sum(hz**2)


def conv2d(images, weights):
    """Convolve images (batch, rows, columns, channels) with kernels (k, k, channels, outputs)."""
    k = weights.shape[0]
    batch, rows, columns, _ = images.shape
    out = np.empty((batch, rows - k + 1, columns - k + 1, weights.shape[3]))
    for i in range(rows - k + 1):
        for j in range(columns - k + 1):
            out[:, i, j, :] = np.sum(
                images[:, i : i + k, j : j + k, :, np.newaxis] * weights[np.newaxis, :, :, :, :],
                axis=(1, 2, 3),
            )
    return np.sum(out**2)


def conv2d_loops(images, weights):
    """The same in seven loops."""
    k, _, channels, outputs = weights.shape
    batch, rows, columns, _ = images.shape
    total = 0.0
    for b in range(batch):
        for i in range(rows - k + 1):
            for j in range(columns - k + 1):
                for o in range(outputs):
                    s = 0.0
                    for di in range(k):
                        for dj in range(k):
                            for c in range(channels):
                                s += images[b, i + di, j + dj, c] * weights[di, dj, c, o]
                    total += s * s
    return total
