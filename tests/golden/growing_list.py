"""Lists that loops append to: of a length known before the loop, after it, or never."""

import numpy as np


def growing_list(y, count, end):
    squares = [v**2 for v in y]
    kept = []
    for k in range(count):
        if squares[k] > 0.2:
            kept.append(np.sin(squares[k]))
    steps = [y[0]]
    while steps[-1] < end:
        steps.append(steps[-1] * 1.5)
    return np.sum(np.array(kept) ** 2) + sum(steps)


ARGS = np.array([0.5, -0.8, 0.3, 1.1]), 4, 2.0
