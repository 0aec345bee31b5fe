"""The two kernels of a weather model: diffusion in the plane, advection along columns."""

import numpy as np


def horizontal_diffusion(field, coefficient):
    """Diffuse twice, without fluxes up the gradient; field has two more points on each side."""
    laplacian = 4.0 * field[1:-1, 1:-1, :] - (
        field[2:, 1:-1, :] + field[:-2, 1:-1, :] + field[1:-1, 2:, :] + field[1:-1, :-2, :]
    )
    flux_x = laplacian[1:, 1:-1, :] - laplacian[:-1, 1:-1, :]
    uphill = flux_x * (field[2:-1, 2:-2, :] - field[1:-2, 2:-2, :]) > 0.0
    flux_x = np.where(uphill, 0.0, flux_x)
    flux_y = laplacian[1:-1, 1:, :] - laplacian[1:-1, :-1, :]
    uphill = flux_y * (field[2:-2, 2:-1, :] - field[2:-2, 1:-2, :]) > 0.0
    flux_y = np.where(uphill, 0.0, flux_y)
    out = field[2:-2, 2:-2, :] - coefficient * (
        flux_x[1:, :, :] - flux_x[:-1, :, :] + flux_y[:, 1:, :] - flux_y[:, :-1, :]
    )
    return np.sum(out**2)


def horizontal_diffusion_loops(field, coefficient):
    """The same in loops over whole planes of temporaries."""
    nx, ny, nz = field.shape
    laplacian = np.zeros((nx, ny, nz))
    flux_x = np.zeros((nx, ny, nz))
    flux_y = np.zeros((nx, ny, nz))
    for i in range(1, nx - 1):
        for j in range(1, ny - 1):
            for k in range(nz):
                around = field[i + 1, j, k] + field[i - 1, j, k]
                around += field[i, j + 1, k] + field[i, j - 1, k]
                laplacian[i, j, k] = 4.0 * field[i, j, k] - around
    for i in range(1, nx - 2):
        for j in range(2, ny - 2):
            for k in range(nz):
                flux = laplacian[i + 1, j, k] - laplacian[i, j, k]
                if flux * (field[i + 1, j, k] - field[i, j, k]) <= 0.0:
                    flux_x[i, j, k] = flux
    for i in range(2, nx - 2):
        for j in range(1, ny - 2):
            for k in range(nz):
                flux = laplacian[i, j + 1, k] - laplacian[i, j, k]
                if flux * (field[i, j + 1, k] - field[i, j, k]) <= 0.0:
                    flux_y[i, j, k] = flux
    total = 0.0
    for i in range(2, nx - 2):
        for j in range(2, ny - 2):
            for k in range(nz):
                out = field[i, j, k] - coefficient[i - 2, j - 2, k] * (
                    flux_x[i, j, k] - flux_x[i - 1, j, k] + flux_y[i, j, k] - flux_y[i, j - 1, k]
                )
                total += out * out
    return total


def vertical_advection(u, wind, tendency, dt):
    """Advect u along columns, implicitly: a tridiagonal system down each column.

    The vertical wind has one column more along x than u, as on a staggered grid.
    """
    nx, ny, nz = u.shape
    upper = np.empty((nx, ny, nz))
    right = np.empty((nx, ny, nz))
    out = np.empty((nx, ny, nz))

    k = 0
    below = 0.25 * (wind[1:, :, k + 1] + wind[:-1, :, k + 1])
    c = 0.5 * below
    b = 1.0 / dt - c
    correction = -0.5 * below * (u[:, :, k + 1] - u[:, :, k])
    d = u[:, :, k] / dt + tendency[:, :, k] + correction
    upper[:, :, k] = c / b
    right[:, :, k] = d / b

    for k in range(1, nz - 1):
        above = -0.25 * (wind[1:, :, k] + wind[:-1, :, k])
        below = 0.25 * (wind[1:, :, k + 1] + wind[:-1, :, k + 1])
        a = 0.5 * above
        c = 0.5 * below
        b = 1.0 / dt - a - c
        correction = -0.5 * above * (u[:, :, k - 1] - u[:, :, k])
        correction -= 0.5 * below * (u[:, :, k + 1] - u[:, :, k])
        d = u[:, :, k] / dt + tendency[:, :, k] + correction
        divided = 1.0 / (b - upper[:, :, k - 1] * a)
        upper[:, :, k] = c * divided
        right[:, :, k] = (d - right[:, :, k - 1] * a) * divided

    k = nz - 1
    above = -0.25 * (wind[1:, :, k] + wind[:-1, :, k])
    a = 0.5 * above
    b = 1.0 / dt - a
    correction = -0.5 * above * (u[:, :, k - 1] - u[:, :, k])
    d = u[:, :, k] / dt + tendency[:, :, k] + correction
    divided = 1.0 / (b - upper[:, :, k - 1] * a)
    right[:, :, k] = (d - right[:, :, k - 1] * a) * divided

    value = right[:, :, nz - 1]
    out[:, :, nz - 1] = (value - u[:, :, nz - 1]) / dt
    for k in range(nz - 2, -1, -1):
        value = right[:, :, k] - upper[:, :, k] * value
        out[:, :, k] = (value - u[:, :, k]) / dt
    return np.sum(out**2)


def vertical_advection_loops(u, wind, tendency, dt):
    """The same column by column."""
    nx, ny, nz = u.shape
    upper = np.empty(nz)
    right = np.empty(nz)
    total = 0.0
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                above = 0.0
                below = 0.0
                correction = 0.0
                if k > 0:
                    above = -0.25 * (wind[i + 1, j, k] + wind[i, j, k])
                    correction -= 0.5 * above * (u[i, j, k - 1] - u[i, j, k])
                if k < nz - 1:
                    below = 0.25 * (wind[i + 1, j, k + 1] + wind[i, j, k + 1])
                    correction -= 0.5 * below * (u[i, j, k + 1] - u[i, j, k])
                a = 0.5 * above
                c = 0.5 * below
                b = 1.0 / dt - a - c
                d = u[i, j, k] / dt + tendency[i, j, k] + correction
                if k > 0:
                    b -= upper[k - 1] * a
                    d -= right[k - 1] * a
                upper[k] = c / b
                right[k] = d / b
            value = 0.0
            for k in range(nz - 1, -1, -1):
                value = right[k] - upper[k] * value
                out = (value - u[i, j, k]) / dt
                total += out * out
    return total
