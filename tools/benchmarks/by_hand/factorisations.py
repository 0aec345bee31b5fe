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
    """Forwards row by row; backwards as if by rank-one updates, which only read the bars of rows.

    Both of what a bar is needed for in a step is done while it is in a register, four rows at once.
    """
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
    for k in range(n - 2, -1, -1):
        inverse = 1.0 / a[k, k]
        pivot_bar = 0.0
        i = k + 1
        while i + 3 < n:
            f0, f1, f2, f3 = a[i, k], a[i + 1, k], a[i + 2, k], a[i + 3, k]
            s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
            for j in range(k + 1, n):
                b0, b1, b2, b3 = bar[i, j], bar[i + 1, j], bar[i + 2, j], bar[i + 3, j]
                s0 += b0 * a[k, j]
                s1 += b1 * a[k, j]
                s2 += b2 * a[k, j]
                s3 += b3 * a[k, j]
                bar[k, j] -= f0 * b0 + f1 * b1 + f2 * b2 + f3 * b3
            bar[i, k] = (bar[i, k] - s0) * inverse
            bar[i + 1, k] = (bar[i + 1, k] - s1) * inverse
            bar[i + 2, k] = (bar[i + 2, k] - s2) * inverse
            bar[i + 3, k] = (bar[i + 3, k] - s3) * inverse
            pivot_bar += f0 * bar[i, k] + f1 * bar[i + 1, k]
            pivot_bar += f2 * bar[i + 2, k] + f3 * bar[i + 3, k]
            i += 4
        while i < n:
            s = 0.0
            for j in range(k + 1, n):
                s += bar[i, j] * a[k, j]
                bar[k, j] -= a[i, k] * bar[i, j]
            bar[i, k] = (bar[i, k] - s) * inverse
            pivot_bar += a[i, k] * bar[i, k]
            i += 1
        bar[k, k] -= pivot_bar
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
        r, y, new = backwards[n - k :], y_tape[start:], y_tape[start + k :]
        s = backwards[n - 1 - k]
        for i in range(k):
            s += r[i] * y[i]
        betas[k] = betas[k - 1] * (1.0 - alphas[k - 1] * alphas[k - 1])
        alpha = -s / betas[k]
        alphas[k] = alpha
        for i in range(k):
            new[i] = y[i] + alpha * y[k - 1 - i]
        new[k] = alpha
        start += k
    value = 0.0
    for i in range(n):
        value += y_tape[start + i] * y_tape[start + i]
        y_bar[i] = 2.0 * y_tape[start + i]
        backwards_bar[i] = 0.0
    alpha_bar = 0.0
    beta_bar = 0.0
    for back in range(1, n):
        k = n - back
        start -= k
        r, r_bar, y = backwards[back:], backwards_bar[back:], y_tape[start:]
        alpha = alphas[k]
        alpha_bar += y_bar[k]
        for i in range(k):
            alpha_bar += y_bar[i] * y[k - 1 - i]
        s_bar = -alpha_bar / betas[k]
        beta_bar += s_bar * alpha
        for i in range(k):
            r_bar[i] += s_bar * y[i]
        for i in range(k):
            z_bar[i] = y_bar[i] + alpha * y_bar[k - 1 - i] + s_bar * r[i]
        y_bar, z_bar = z_bar, y_bar
        backwards_bar[back - 1] += s_bar
        alpha_bar = -2.0 * beta_bar * betas[k - 1] * alphas[k - 1]
        beta_bar *= 1.0 - alphas[k - 1] * alphas[k - 1]
    backwards_bar[n - 1] -= alpha_bar + y_bar[0]
    return value


def durbin_triangle(r):
    n = r.shape[0]
    bar = np.empty(n)
    scratch = (np.empty(n) for _ in range(4))
    value = durbin_sweeps(r[::-1].copy(), np.empty(n * (n + 1) // 2), *scratch, bar)
    return value, (bar[::-1].copy(),)


@compiled
def durbin_without_tape(forwards, backwards, y, flipped, alphas, betas, y_bar, flipped_bar, bar):
    """A step is undone: it turns pairs of elements. Everything is there twice, also back to front.

    Step k has y in the first k elements, and y back to front in the last k elements of its twin.
    """
    n = forwards.shape[0]
    alphas[0] = -forwards[0]
    betas[0] = 1.0
    y[0] = alphas[0]
    flipped[n - 1] = alphas[0]
    for k in range(1, n):
        r, twin = backwards[n - k :], flipped[n - k :]
        s = forwards[k]
        for i in range(k):
            s += r[i] * y[i]
        betas[k] = betas[k - 1] * (1.0 - alphas[k - 1] * alphas[k - 1])
        alpha = -s / betas[k]
        alphas[k] = alpha
        for i in range(k):
            here, there = y[i], twin[i]
            y[i] = here + alpha * there
            twin[i] = there + alpha * here
        y[k] = alpha
        flipped[n - 1 - k] = alpha
    value = 0.0
    for i in range(n):
        value += y[i] * y[i]
        y_bar[i] = 2.0 * y[i]
        flipped_bar[i] = 2.0 * flipped[i]
        bar[i] = 0.0
    alpha_bar = 0.0
    beta_bar = 0.0
    for back in range(1, n):
        k = n - back
        r, twin, twin_bar, r_bar = backwards[back:], flipped[back:], flipped_bar[back:], bar[back:]
        alpha = alphas[k]
        inverse = 1.0 / (1.0 - alpha * alpha)
        alpha_bar += y_bar[k]
        for i in range(k):
            here = inverse * (y[i] - alpha * twin[i])
            there = inverse * (twin[i] - alpha * y[i])
            y[i] = here
            twin[i] = there
            alpha_bar += y_bar[i] * there
        s_bar = -alpha_bar / betas[k]
        beta_bar += s_bar * alpha
        for i in range(k):
            here, there = y_bar[i], twin_bar[i]
            y_bar[i] = here + alpha * there + s_bar * r[i]
            twin_bar[i] = there + alpha * here + s_bar * forwards[i]
        for i in range(k):
            r_bar[i] += s_bar * y[i]
        bar[back - 1] += s_bar
        alpha_bar = -2.0 * beta_bar * betas[k - 1] * alphas[k - 1]
        beta_bar *= 1.0 - alphas[k - 1] * alphas[k - 1]
    bar[n - 1] -= alpha_bar + y_bar[0]
    return value


def durbin_undone(r):
    n = r.shape[0]
    bar = np.empty(n)
    scratch = (np.empty(n) for _ in range(6))
    value = durbin_without_tape(r, r[::-1].copy(), *scratch, bar)
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
