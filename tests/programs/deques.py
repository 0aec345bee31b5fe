"""Deques: windows, queues and histories that forget what is old."""

import copy
from collections import deque

import numpy as np


def recurrence(x, y, n):
    q = deque([x[0], y], maxlen=2)
    for i in range(n):
        q.append(q[0] * y + np.sin(q[1]) + x[i])
    return q[0] * q[-1] + len(q)


def moving_average(x, y, n):
    window = deque(maxlen=3)
    out = np.zeros(n)
    for i in range(n):
        window.append(x[i] * y)
        out[i] = sum(window) / len(window) * window[0]
    return out


def bounded_from_the_left(x, y, n):
    q = deque(maxlen=2)
    for v in x:
        q.appendleft(v * y)
    return q[0] ** 2 + 3.0 * q[-1]


def breadth_first(x, y, n):
    q = deque([(1.0, y)])
    s = 0.0
    while q:
        w, v = q.popleft()
        s += w * v * x[len(q) % 2]
        if w > 0.3 / n:
            q.append((w / 3, v * y))
            q.append((w / 4, v + y))
    return s


def both_ends(x, y, n):
    q = deque()
    for i in range(n):
        if x[i] > 0.5:
            q.append(x[i] ** 2)
        else:
            q.appendleft(x[i] * y)
    s = q.popleft() * 2.0
    if len(q) > 1:
        s += q.pop() ** 2
    for k, v in enumerate(q):
        s += (k + 1) * v * y
    return s


def rotated(x, y, n):
    q = deque(x)
    s = 0.0
    for i in range(n):
        s += q[0] * i * y
        q.rotate(1)
    q.rotate(-2)
    return s * q[0] + q[1]


def rotated_known(x, y, n):
    q = deque([x[0], y, x[1] * y, 2.0])
    q.rotate(n)
    a, b, c, d = q
    return a + 2 * b + 3 * c * c + 4 * d


def history_of_arrays(x, y, n):
    # Adams-Bashforth: the slopes of the last steps
    u = x.copy()
    slopes = deque([np.sin(u) * y], maxlen=2)
    for _ in range(n):
        u = u + 0.1 * (1.5 * slopes[-1] - 0.5 * slopes[0])
        slopes.append(np.sin(u) * y)
    return np.sum(u**2)


def history_that_fills(x, y, n):
    u = x.copy()
    kept = deque(maxlen=3)
    for i in range(n):
        u = np.tanh(u * y + x)
        kept.append(u * (i + 1))
        u = u + 0.1 * kept[0]
    return np.sum(np.array(kept), axis=0)


def array_that_changes_later(x, y, n):
    u = x * y
    q = deque([u])
    u[0] = y**2
    q.append(u * 2)
    u[1:] *= y
    return q[0] @ q[1]


def bound_of_nothing(x, y, n):
    q = deque(x, maxlen=0)
    q.append(y)
    return y * y + len(q)


def last_of_an_array(x, y, n):
    q = deque(x * y, maxlen=n)
    return sum(v * v for v in q) + q[0]


def copies(x, y, n):
    q = deque([x[0] * y, y], maxlen=3)
    p = q.copy()
    r = copy.copy(q)
    items = list(q)
    q.append(x[1])
    q.append(x[2])
    p.appendleft(x[1])
    items.append(q[0])
    return q[0] * p[0] + r[1] * items[0] + items[-1] + len(p) * r.maxlen


def extended(x, y, n):
    q = deque(maxlen=n + 1)
    q.extend(x)
    q.extendleft(v * y for v in x[:2])
    q += [y, y * y]
    return q[0] * q[-1] + q[1]


def exhausted(x, y, n):
    q = deque([x[0] * y])
    s = 0.0
    for _ in range(n):
        s += q.popleft()
    return s


def no_such_item(x, y, n):
    q = deque([x[0], y])
    q[n] = x[1] * y
    return q[1] * q[0]


def other_methods(x, y, n):
    q = deque([x[0], y, x[1]])
    q.reverse()
    q.insert(1, x[2] * y)
    q[0] = q[0] * y
    del q[2]
    p = deque(q)
    q.clear()
    p.append(len(q) + y)
    assert isinstance(p, deque)
    assert not isinstance(p, list)
    assert p != [1.0]
    return p[0] * 2 + p[1] * 3 + p[2] * p[3]


def chosen(x, y, n):
    q = deque([x[0], x[1]], maxlen=2)
    if y > 0.5:
        q.append(y * x[2])
    else:
        q.appendleft(y)
    return q[0] * q[1] ** 2


def leaves_early(x, y, n):
    q = deque(maxlen=2)
    for i in range(n):
        q.append(x[i] * y)
        if len(q) == 2 and q[0] > q[1]:
            break
        q.append(q[-1] ** 2)
    return np.prod(np.array(q)) + len(q)


def nested_windows(x, y, n):
    s = 0.0
    for i in range(n):
        q = deque(maxlen=2)
        for j in range(i):
            q.append(x[j] * y)
            s += q[0] * (i + j)
    return s


X = np.array([0.7, 1.3, -0.4, 0.2])

PROGRAMS = [
    (recurrence, (X, 0.6, 4)),
    (recurrence, (X, 0.6, 0)),
    (recurrence, (X.astype(np.float32), np.float32(0.6), 3)),
    (moving_average, (X, 0.6, 4)),
    (moving_average, (X, 0.6, 2)),
    (bounded_from_the_left, (X, 0.6, 4)),
    (bounded_from_the_left, (X[:1], 0.6, 1)),
    (bounded_from_the_left, (X[:0], 0.6, 1)),
    (breadth_first, (X, 0.6, 3)),
    (both_ends, (X, 0.6, 4)),
    (both_ends, (X, 0.6, 1)),
    (rotated, (X, 0.6, 4)),
    (rotated, (X[:2], 0.6, 3)),
    (rotated_known, (X, 0.6, 3)),
    (rotated_known, (X, 0.6, -6)),
    (history_of_arrays, (X, 0.6, 4)),
    (history_of_arrays, (X, 0.6, 0)),
    (history_that_fills, (X, 0.6, 5)),
    (history_that_fills, (X, 0.6, 2)),
    (array_that_changes_later, (X, 0.6, 2)),
    (bound_of_nothing, (X, 0.6, 2)),
    (last_of_an_array, (X, 0.6, 3)),
    (last_of_an_array, (X, 0.6, 7)),
    (copies, (X, 0.6, 3)),
    (extended, (X, 0.6, 5)),
    (extended, (X, 0.6, 2)),
    (exhausted, (X, 0.6, 1)),
    (exhausted, (X, 0.6, 2)),
    (no_such_item, (X, 0.6, 1)),
    (no_such_item, (X, 0.6, 4)),
    (other_methods, (X, 0.6, 2)),
    (chosen, (X, 0.6, 2)),
    (chosen, (X, 0.4, 2)),
    (leaves_early, (X, 0.6, 4)),
    (leaves_early, (-X, 0.6, 4)),
    (nested_windows, (X, 0.6, 4)),
]
