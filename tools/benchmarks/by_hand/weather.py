"""Horizontal diffusion gathered plane by plane; vertical advection in bundles of columns."""

import numpy as np

from benchmarks.compiled import compiled


@compiled
def limited(flux, difference):
    return 0.0 if flux * difference > 0.0 else flux


@compiled
def laplacian_plane(field, i, laplacian):
    _, ny, nz = field.shape
    for j in range(1, ny - 1):
        for k in range(nz):
            laplacian[j, k] = 4.0 * field[i, j, k] - (
                (field[i + 1, j, k] + field[i - 1, j, k])
                + (field[i, j + 1, k] + field[i, j - 1, k])
            )


@compiled
def result_plane(field, coefficient, i, before, here, after, out_bar, field_bar, coefficient_bar):
    """Give the sum of squares of a plane, and write the negative bars of its flux differences."""
    _, ny, nz = field.shape
    value = 0.0
    for j in range(2, ny - 2):
        for k in range(nz):
            f = field[i, j, k]
            l = here[j, k]
            fluxes = (
                limited(after[j, k] - l, field[i + 1, j, k] - f)
                - limited(l - before[j, k], f - field[i - 1, j, k])
                + limited(here[j + 1, k] - l, field[i, j + 1, k] - f)
                - limited(l - here[j - 1, k], f - field[i, j - 1, k])
            )
            out = f - coefficient[i - 2, j - 2, k] * fluxes
            value += out * out
            field_bar[i, j, k] = 2.0 * out
            coefficient_bar[i - 2, j - 2, k] = -2.0 * out * fluxes
            out_bar[j, k] = -2.0 * out * coefficient[i - 2, j - 2, k]
    return value


@compiled
def laplacian_bar_plane(field, i, before, here, after, bar_before, bar_here, bar_after, out):
    """The bar of the flux to a neighbour is the difference of ours and the neighbour's."""
    _, ny, nz = field.shape
    for j in range(1, ny - 1):
        for k in range(nz):
            f = field[i, j, k]
            l = here[j, k]
            g = bar_here[j, k]
            uphill = (after[j, k] - l) * (field[i + 1, j, k] - f) > 0.0
            bar = 0.0 if uphill else bar_after[j, k] - g
            uphill = (l - before[j, k]) * (f - field[i - 1, j, k]) > 0.0
            bar += 0.0 if uphill else bar_before[j, k] - g
            uphill = (here[j + 1, k] - l) * (field[i, j + 1, k] - f) > 0.0
            bar += 0.0 if uphill else bar_here[j + 1, k] - g
            uphill = (l - here[j - 1, k]) * (f - field[i, j - 1, k]) > 0.0
            bar += 0.0 if uphill else bar_here[j - 1, k] - g
            out[j + 1, k] = bar


@compiled
def field_bar_plane(before, here, after, field_bar):
    ny, nz = field_bar.shape
    for j in range(ny):
        for k in range(nz):
            field_bar[j, k] += 4.0 * here[j + 1, k] - (
                (after[j + 1, k] + before[j + 1, k]) + (here[j + 2, k] + here[j, k])
            )


@compiled
def horizontal_diffusion_sweeps(
    field, coefficient, laplacian, out_bar, laplacian_bar, field_bar, coefficient_bar
):
    """Four stages, each one plane behind the one before; of what is between them, four planes live.

    Fluxes are computed again wherever they are needed, with their limiters.
    """
    nx = field.shape[0]
    value = 0.0
    for t in range(1, nx + 3):
        if t < nx - 1:
            laplacian_plane(field, t, laplacian[t % 4])
        i = t - 1
        if i < nx:
            field_bar[i] = 0.0
        if 2 <= i < nx - 2:
            value += result_plane(
                field,
                coefficient,
                i,
                laplacian[(i - 1) % 4],
                laplacian[i % 4],
                laplacian[(i + 1) % 4],
                out_bar[i % 4],
                field_bar,
                coefficient_bar,
            )
        else:
            out_bar[i % 4] = 0.0
        i = t - 2
        if 1 <= i < nx - 1:
            laplacian_bar_plane(
                field,
                i,
                laplacian[(i - 1) % 4],
                laplacian[i % 4],
                laplacian[(i + 1) % 4],
                out_bar[(i - 1) % 4],
                out_bar[i % 4],
                out_bar[(i + 1) % 4],
                laplacian_bar[i % 4],
            )
        else:
            laplacian_bar[i % 4] = 0.0
        i = t - 3
        if 0 <= i < nx:
            field_bar_plane(
                laplacian_bar[(i - 1) % 4],
                laplacian_bar[i % 4],
                laplacian_bar[(i + 1) % 4],
                field_bar[i],
            )
    return value


def horizontal_diffusion(field, coefficient):
    _, ny, nz = field.shape
    laplacian, out_bar = np.zeros((4, ny, nz)), np.zeros((4, ny, nz))
    laplacian_bar = np.zeros((4, ny + 2, nz))
    field_bar, coefficient_bar = np.empty_like(field), np.empty_like(coefficient)
    value = horizontal_diffusion_sweeps(
        field, coefficient, laplacian, out_bar, laplacian_bar, field_bar, coefficient_bar
    )
    return value, (field_bar, coefficient_bar)


BUNDLE = 8  # columns solved side by side: the levels wait for one another, columns do not


@compiled
def vertical_advection_sweeps(u, wind, tendency, dt, ny, u_bar, wind_bar, tendency_bar):
    """Columns are rows here; a bundle of them is turned around, so that inner loops are over it."""
    count, nz = u.shape
    shape = (nz + 1, BUNDLE)
    us, ts, hs = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    pivot, upper, right, x = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    u_b, t_b, h_b, x_b = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape)
    right_b, upper_b = np.zeros(BUNDLE), np.zeros(BUNDLE)
    rate = 1.0 / dt
    value = 0.0
    for first in range(0, count, BUNDLE):
        width = min(BUNDLE, count - first)
        for c in range(width):
            for k in range(nz):
                us[k, c] = u[first + c, k]
                ts[k, c] = tendency[first + c, k]
                hs[k, c] = 0.125 * (wind[first + c + ny, k] + wind[first + c, k])
        for c in range(BUNDLE):
            hs[0, c] = 0.0
            hs[nz, c] = 0.0
            us[nz, c] = 0.0
            u_b[nz, c] = 0.0
            x[nz, c] = 0.0
        for k in range(nz):
            for c in range(BUNDLE):
                h = hs[k, c]
                h_next = hs[k + 1, c]
                above = us[k - 1, c] if k > 0 else 0.0
                d = us[k, c] * rate + ts[k, c] + h * (above - us[k, c])
                d -= h_next * (us[k + 1, c] - us[k, c])
                b = rate + h - h_next
                if k > 0:
                    b += upper[k - 1, c] * h
                    d += right[k - 1, c] * h
                inverse = 1.0 / b
                pivot[k, c] = inverse
                upper[k, c] = h_next * inverse
                right[k, c] = d * inverse
        for k in range(nz - 1, -1, -1):
            for c in range(BUNDLE):
                x[k, c] = right[k, c] - upper[k, c] * x[k + 1, c]
        for c in range(BUNDLE):
            right_b[c] = 0.0
        for k in range(nz):
            for c in range(BUNDLE):
                out = (x[k, c] - us[k, c]) * rate
                if c < width:
                    value += out * out
                out_b = 2.0 * out * rate
                u_b[k, c] = -out_b
                x_b[k, c] = out_b + right_b[c]
                right_b[c] = -upper[k, c] * x_b[k, c]
        for c in range(BUNDLE):
            right_b[c] = 0.0
            upper_b[c] = 0.0
            h_b[nz, c] = 0.0
        for k in range(nz - 1, -1, -1):
            for c in range(BUNDLE):
                h = hs[k, c]
                h_next = hs[k + 1, c]
                inverse = pivot[k, c]
                r_b = x_b[k, c] + right_b[c]
                up_b = upper_b[c] - x_b[k, c] * x[k + 1, c]
                d_b = r_b * inverse
                pivot_b = -inverse * (r_b * right[k, c] + up_b * upper[k, c])
                here = pivot_b
                t_b[k, c] = d_b
                if k > 0:
                    here += d_b * right[k - 1, c] + pivot_b * upper[k - 1, c]
                    here += d_b * (us[k - 1, c] - us[k, c])
                    u_b[k - 1, c] += d_b * h
                h_b[k, c] = here
                h_b[k + 1, c] += up_b * inverse - pivot_b - d_b * (us[k + 1, c] - us[k, c])
                u_b[k, c] += d_b * (rate - h + h_next)
                u_b[k + 1, c] -= d_b * h_next
                right_b[c] = d_b * h
                upper_b[c] = pivot_b * h
        for c in range(width):
            for k in range(nz):
                u_bar[first + c, k] = u_b[k, c]
                tendency_bar[first + c, k] = t_b[k, c]
            for k in range(1, nz):
                wind_bar[first + c, k] += 0.125 * h_b[k, c]
                wind_bar[first + c + ny, k] += 0.125 * h_b[k, c]
    return value


def vertical_advection(u, wind, tendency, dt):
    nz = u.shape[2]
    u_bar, wind_bar, tendency_bar = np.empty_like(u), np.zeros_like(wind), np.empty_like(u)
    flat = [array.reshape(-1, nz) for array in (u, wind, tendency)]
    flat_bars = [array.reshape(-1, nz) for array in (u_bar, wind_bar, tendency_bar)]
    value = vertical_advection_sweeps(*flat, dt, u.shape[1], *flat_bars)
    return value, (u_bar, wind_bar, tendency_bar)
