"""Each step waits for the one before."""

import numpy as np


def recurrence(x, steps):
    """Iterate a scalar map whose coefficient runs through x, and sum the squares of its orbit."""
    s = 1.0
    total = 0.0
    for i in range(steps):
        s = np.sin(s) * x[i % 8] + 0.5
        total += s * s
    return total


def adi(u, steps):
    """Diffuse heat implicitly along columns and rows in turn: tridiagonal solves."""
    n = u.shape[0]
    v = np.zeros((n, n))
    p = np.zeros((n, n))
    q = np.zeros((n, n))
    strength = n**2 / steps
    a = -strength
    b = 1.0 + 2.0 * strength
    d = -strength / 2.0
    e = 1.0 + strength
    for _ in range(steps):
        v[0, 1:-1] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = v[0, 1:-1]
        for j in range(1, n - 1):
            p[1:-1, j] = -a / (a * p[1:-1, j - 1] + b)
            q[1:-1, j] = (
                -d * u[j, :-2] + (1.0 + 2.0 * d) * u[j, 1:-1] - d * u[j, 2:] - a * q[1:-1, j - 1]
            ) / (a * p[1:-1, j - 1] + b)
        v[-1, 1:-1] = 1.0
        for j in range(n - 2, 0, -1):
            v[j, 1:-1] = p[1:-1, j] * v[j + 1, 1:-1] + q[1:-1, j]

        u[1:-1, 0] = 1.0
        p[1:-1, 0] = 0.0
        q[1:-1, 0] = u[1:-1, 0]
        for j in range(1, n - 1):
            p[1:-1, j] = -d / (d * p[1:-1, j - 1] + e)
            q[1:-1, j] = (
                -a * v[:-2, j] + (1.0 + 2.0 * a) * v[1:-1, j] - a * v[2:, j] - d * q[1:-1, j - 1]
            ) / (d * p[1:-1, j - 1] + e)
        u[1:-1, -1] = 1.0
        for j in range(n - 2, 0, -1):
            u[1:-1, j] = p[1:-1, j] * u[1:-1, j + 1] + q[1:-1, j]
    return np.sum(u**2)


def adi_loops(u, steps):
    """The same point by point."""
    n = u.shape[0]
    v = np.zeros((n, n))
    p = np.zeros((n, n))
    q = np.zeros((n, n))
    strength = n**2 / steps
    a = -strength
    b = 1.0 + 2.0 * strength
    d = -strength / 2.0
    e = 1.0 + strength
    for _ in range(steps):
        for i in range(1, n - 1):
            v[0, i] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = v[0, i]
            for j in range(1, n - 1):
                p[i, j] = -a / (a * p[i, j - 1] + b)
                q[i, j] = (
                    -d * u[j, i - 1] + (1.0 + 2.0 * d) * u[j, i] - d * u[j, i + 1] - a * q[i, j - 1]
                ) / (a * p[i, j - 1] + b)
            v[n - 1, i] = 1.0
            for j in range(n - 2, 0, -1):
                v[j, i] = p[i, j] * v[j + 1, i] + q[i, j]
        for i in range(1, n - 1):
            u[i, 0] = 1.0
            p[i, 0] = 0.0
            q[i, 0] = u[i, 0]
            for j in range(1, n - 1):
                p[i, j] = -d / (d * p[i, j - 1] + e)
                q[i, j] = (
                    -a * v[i - 1, j] + (1.0 + 2.0 * a) * v[i, j] - a * v[i + 1, j] - d * q[i, j - 1]
                ) / (d * p[i, j - 1] + e)
            u[i, n - 1] = 1.0
            for j in range(n - 2, 0, -1):
                u[i, j] = p[i, j] * u[i, j + 1] + q[i, j]
    return np.sum(u**2)


def deriche(image, alpha):
    """Smooth an image by a recursive filter: right and left along rows, down and up columns."""
    k = (1.0 - np.exp(-alpha)) ** 2 / (1.0 + 2.0 * alpha * np.exp(-alpha) - np.exp(2.0 * alpha))
    a1 = k
    a2 = k * np.exp(-alpha) * (alpha - 1.0)
    a3 = k * np.exp(-alpha) * (alpha + 1.0)
    a4 = -k * np.exp(-2.0 * alpha)
    b1 = 2.0**-alpha
    b2 = -np.exp(-2.0 * alpha)
    rows, columns = image.shape
    y1 = np.empty_like(image)
    y2 = np.empty_like(image)

    y1[:, 0] = a1 * image[:, 0]
    y1[:, 1] = a1 * image[:, 1] + a2 * image[:, 0] + b1 * y1[:, 0]
    for j in range(2, columns):
        y1[:, j] = a1 * image[:, j] + a2 * image[:, j - 1] + b1 * y1[:, j - 1] + b2 * y1[:, j - 2]
    y2[:, -1] = 0.0
    y2[:, -2] = a3 * image[:, -1]
    for j in range(columns - 3, -1, -1):
        y2[:, j] = a3 * image[:, j + 1] + a4 * image[:, j + 2]
        y2[:, j] += b1 * y2[:, j + 1] + b2 * y2[:, j + 2]
    out = y1 + y2

    y1[0, :] = a1 * out[0, :]
    y1[1, :] = a1 * out[1, :] + a2 * out[0, :] + b1 * y1[0, :]
    for i in range(2, rows):
        y1[i, :] = a1 * out[i, :] + a2 * out[i - 1, :] + b1 * y1[i - 1, :] + b2 * y1[i - 2, :]
    y2[-1, :] = 0.0
    y2[-2, :] = a3 * out[-1, :]
    for i in range(rows - 3, -1, -1):
        y2[i, :] = a3 * out[i + 1, :] + a4 * out[i + 2, :] + b1 * y2[i + 1, :] + b2 * y2[i + 2, :]
    return np.sum((y1 + y2) ** 2)


def deriche_loops(image, alpha):
    """The same point by point, with the state of the filter in scalars."""
    k = (1.0 - np.exp(-alpha)) ** 2 / (1.0 + 2.0 * alpha * np.exp(-alpha) - np.exp(2.0 * alpha))
    a1 = k
    a2 = k * np.exp(-alpha) * (alpha - 1.0)
    a3 = k * np.exp(-alpha) * (alpha + 1.0)
    a4 = -k * np.exp(-2.0 * alpha)
    b1 = 2.0**-alpha
    b2 = -np.exp(-2.0 * alpha)
    rows, columns = image.shape
    y1 = np.empty((rows, columns))
    y2 = np.empty((rows, columns))
    out = np.empty((rows, columns))
    for i in range(rows):
        x_before = 0.0
        y_before = 0.0
        y_before_that = 0.0
        for j in range(columns):
            y = a1 * image[i, j] + a2 * x_before + b1 * y_before + b2 * y_before_that
            y1[i, j] = y
            x_before = image[i, j]
            y_before_that = y_before
            y_before = y
    for i in range(rows):
        x_after = 0.0
        x_after_that = 0.0
        y_after = 0.0
        y_after_that = 0.0
        for j in range(columns - 1, -1, -1):
            y = a3 * x_after + a4 * x_after_that + b1 * y_after + b2 * y_after_that
            y2[i, j] = y
            x_after_that = x_after
            x_after = image[i, j]
            y_after_that = y_after
            y_after = y
    for i in range(rows):
        for j in range(columns):
            out[i, j] = y1[i, j] + y2[i, j]
    for j in range(columns):
        x_before = 0.0
        y_before = 0.0
        y_before_that = 0.0
        for i in range(rows):
            y = a1 * out[i, j] + a2 * x_before + b1 * y_before + b2 * y_before_that
            y1[i, j] = y
            x_before = out[i, j]
            y_before_that = y_before
            y_before = y
    for j in range(columns):
        x_after = 0.0
        x_after_that = 0.0
        y_after = 0.0
        y_after_that = 0.0
        for i in range(rows - 1, -1, -1):
            y = a3 * x_after + a4 * x_after_that + b1 * y_after + b2 * y_after_that
            y2[i, j] = y
            x_after_that = x_after
            x_after = out[i, j]
            y_after_that = y_after
            y_after = y
    total = 0.0
    for i in range(rows):
        for j in range(columns):
            total += (y1[i, j] + y2[i, j]) ** 2
    return total
