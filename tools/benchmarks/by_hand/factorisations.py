"""With divisions and roots that keep their results, the factors are all that the adjoints need."""

import numpy as np

from benchmarks.compiled import compiled


@compiled
def cholesky_sweeps(a, a_bar, bar):
    """Only rows are read: dot products forwards, two of the other kind backwards."""
    n = a.shape[0]
    value = 0.0
    for i in range(n):
        for j in range(i):
            s = 0.0
            for k in range(j):
                s += a[i, k] * a[j, k]
            a[i, j] = (a[i, j] - s) / a[j, j]
        s = 0.0
        for k in range(i):
            s += a[i, k] * a[i, k]
        a[i, i] = np.sqrt(a[i, i] - s)
        value += np.log(a[i, i])
    for i in range(n):
        bar[i, i] = 1.0 / a[i, i]
    for i in range(n - 1, -1, -1):
        s_bar = 0.5 * bar[i, i] / a[i, i]
        a_bar[i, i] = s_bar
        for k in range(i):
            bar[i, k] -= 2.0 * s_bar * a[i, k]
        for j in range(i - 1, -1, -1):
            s_bar = bar[i, j] / a[j, j]
            a_bar[i, j] = s_bar
            bar[j, j] -= s_bar * a[i, j]
            for k in range(j):
                bar[i, k] -= s_bar * a[j, k]
                bar[j, k] -= s_bar * a[i, k]
    return value


def cholesky(a):
    a_bar = np.zeros_like(a)
    return cholesky_sweeps(a.copy(), a_bar, np.zeros_like(a)), (a_bar,)


@compiled
def lu_sweeps(a, bar):
    """Row by row: what was divided is at once subtracted from the rest of its row."""
    n = a.shape[0]
    for i in range(n):
        for k in range(i):
            factor = a[i, k] / a[k, k]
            a[i, k] = factor
            for j in range(k + 1, n):
                a[i, j] -= factor * a[k, j]
    value = 0.0
    for i in range(n):
        for j in range(n):
            value += a[i, j] * a[i, j]
            bar[i, j] = 2.0 * a[i, j]
    for i in range(n - 1, -1, -1):
        for k in range(i - 1, -1, -1):
            factor = a[i, k]
            s = 0.0
            for j in range(k + 1, n):
                s += bar[i, j] * a[k, j]
                bar[k, j] -= factor * bar[i, j]
            bar[i, k] = (bar[i, k] - s) / a[k, k]
            bar[k, k] -= bar[i, k] * factor
    return value


def lu(a):
    a_bar = np.empty_like(a)
    return lu_sweeps(a.copy(), a_bar), (a_bar,)


@compiled
def trisolv_sweeps(l, b, x, x_bar, l_bar, b_bar):
    n = b.shape[0]
    value = 0.0
    for i in range(n):
        s = 0.0
        for j in range(i):
            s += l[i, j] * x[j]
        x[i] = (b[i] - s) / l[i, i]
        value += x[i] * x[i]
        x_bar[i] = 2.0 * x[i]
    for i in range(n - 1, -1, -1):
        s_bar = x_bar[i] / l[i, i]
        b_bar[i] = s_bar
        l_bar[i, i] = -s_bar * x[i]
        for j in range(i):
            x_bar[j] -= s_bar * l[i, j]
            l_bar[i, j] = -s_bar * x[j]
    return value


def trisolv(l, b):
    l_bar, b_bar = np.zeros_like(l), np.empty_like(b)
    return trisolv_sweeps(l, b, np.empty_like(b), np.empty_like(b), l_bar, b_bar), (l_bar, b_bar)


@compiled
def durbin_sweeps(backwards, y_tape, alphas, betas, y_bar, z_bar, backwards_bar):
    """y of every step is kept, in a triangle; r is read and its bar written back to front."""
    n = backwards.shape[0]
    alphas[0] = -backwards[n - 1]
    betas[0] = 1.0
    y_tape[0] = alphas[0]
    start = 0  # of y before step k, which has k elements
    for k in range(1, n):
        s = backwards[n - 1 - k]
        for i in range(k):
            s += backwards[n - k + i] * y_tape[start + i]
        betas[k] = betas[k - 1] * (1.0 - alphas[k - 1] * alphas[k - 1])
        alpha = -s / betas[k]
        alphas[k] = alpha
        after = start + k
        for i in range(k):
            y_tape[after + i] = y_tape[start + i] + alpha * y_tape[after - 1 - i]
        y_tape[after + k] = alpha
        start = after
    value = 0.0
    for i in range(n):
        value += y_tape[start + i] * y_tape[start + i]
        y_bar[i] = 2.0 * y_tape[start + i]
        backwards_bar[i] = 0.0
    alpha_bar = 0.0
    beta_bar = 0.0
    for k in range(n - 1, 0, -1):
        start -= k
        alpha = alphas[k]
        alpha_bar += y_bar[k]
        for i in range(k):
            alpha_bar += y_bar[i] * y_tape[start + k - 1 - i]
        s_bar = -alpha_bar / betas[k]
        beta_bar += s_bar * alpha
        for i in range(k):
            z_bar[i] = y_bar[i] + alpha * y_bar[k - 1 - i] + s_bar * backwards[n - k + i]
        for i in range(k):
            y_bar[i] = z_bar[i]
            backwards_bar[n - k + i] += s_bar * y_tape[start + i]
        backwards_bar[n - 1 - k] += s_bar
        alpha_bar = -2.0 * beta_bar * betas[k - 1] * alphas[k - 1]
        beta_bar *= 1.0 - alphas[k - 1] * alphas[k - 1]
    backwards_bar[n - 1] -= alpha_bar + y_bar[0]
    return value


def durbin(r):
    n = r.shape[0]
    bar = np.empty(n)
    scratch = (np.empty(n) for _ in range(4))
    value = durbin_sweeps(r[::-1].copy(), np.empty(n * (n + 1) // 2), *scratch, bar)
    return value, (bar[::-1].copy(),)


@compiled
def gramschmidt_sweeps(a, r, bar, q_bar):
    """On the transpose, so that columns are rows; what was taken from a column is added again.

    Forwards, a column becomes its q when its turn comes; backwards, what it was before again.
    """
    n, m = a.shape
    value = 0.0
    for k in range(n):
        s = 0.0
        for i in range(m):
            s += a[k, i] * a[k, i]
        norm = np.sqrt(s)
        r[k, k] = norm
        value += norm
        for i in range(m):
            a[k, i] /= norm
            value += a[k, i]
        for j in range(k + 1, n):
            s = 0.0
            for i in range(m):
                s += a[k, i] * a[j, i]
            r[k, j] = s
            value += s
            for i in range(m):
                a[j, i] -= s * a[k, i]
    for k in range(n - 1, -1, -1):
        for i in range(m):
            q_bar[i] = 1.0
        for j in range(k + 1, n):
            s = r[k, j]
            s_bar = 1.0
            for i in range(m):
                s_bar -= bar[j, i] * a[k, i]
            for i in range(m):
                a[j, i] += s * a[k, i]
                q_bar[i] += s_bar * a[j, i] - s * bar[j, i]
                bar[j, i] += s_bar * a[k, i]
        inverse = 1.0 / r[k, k]
        norm_bar = 1.0
        for i in range(m):
            norm_bar -= inverse * q_bar[i] * a[k, i]
        for i in range(m):
            bar[k, i] = inverse * q_bar[i] + norm_bar * a[k, i]
            a[k, i] *= r[k, k]
    return value


def gramschmidt(a):
    m, n = a.shape
    bar = np.empty((n, m))
    value = gramschmidt_sweeps(a.T.copy(), np.empty((n, n)), bar, np.empty(m))
    return value, (bar.T.copy(),)
