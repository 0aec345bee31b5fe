"""Lists that are queues: items come in at one end and go out at the other."""

import numpy as np


def back_substitution(x, y, n):
    z = [x[-1]]
    for i in range(n - 2, -1, -1):
        z.insert(0, x[i] - y * z[0])
    return np.array(z)


def moving_window(x, y, n):
    w = [0.0]
    s = 0.0
    for i in range(n):
        w.append(x[i] * y)
        if len(w) > 3:
            s += w.pop(0) * i
    return s + sum(w) * w[0]


def queue_of_arrays(x, y, n):
    h = [x.copy(), y * x]
    for i in range(n):
        f = np.tanh(h[-1] * y + h[0])
        h.append(f)
        if i > 1:
            g = h.pop(0)
            h.append(g * y)
    return np.sum(np.array(h) ** 2) + len(h)


def inserted_arrays(x, y, n):
    h = [x]
    while len(h) < n:
        h.insert(0, np.sin(h[0] * y) + h[-1])
    return np.stack(h)


def tuples_in_queue(x, y, n):
    q = [(1.0, y)]
    s = 0.0
    while q:
        w, v = q.pop(0)
        s += w * v * v
        if w > 0.1:
            q.append((w / 3, v * y))
            q.append((w / 4, v + y))
    return s


X = np.array([0.7, 1.3, -0.4, 0.2])

PROGRAMS = [
    (back_substitution, (X, 0.6, 4)),
    (back_substitution, (X, 0.6, 2)),
    (moving_window, (X, 0.6, 4)),
    (moving_window, (X, 0.6, 2)),
    (queue_of_arrays, (X, 0.6, 4)),
    (queue_of_arrays, (X, 0.6, 2)),
    (inserted_arrays, (X, 0.6, 4)),
    (inserted_arrays, (X, 0.6, 2)),
    (tuples_in_queue, (X, 0.6, 4)),
    (tuples_in_queue, (X, 0.6, 2)),
]
