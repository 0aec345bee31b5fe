"""`for` with `else`, and a `return` that ends it: where a curve first crosses a level."""

import numpy as np


def crossing(t, y, level):
    for k in range(1, len(y)):
        if y[k] >= level:
            break
    else:
        return t[-1]
    weight = (level - y[k - 1]) / (y[k] - y[k - 1])
    return t[k - 1] + weight * (t[k] - t[k - 1])


ARGS = (np.array([0.0, 0.4, 0.9, 1.7]), np.array([0.1, 0.5, 1.2, 0.8]), 0.9)
