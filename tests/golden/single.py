"""Single precision stays single precision, in bars and in tapes."""

import numpy as np


def single(x, w, steps):
    for k in range(steps):
        x = np.tanh(x * w + np.float32(0.5))
    return x.mean()


ARGS = (np.array([0.5, -1.2, 0.8], dtype=np.float32), np.array([0.3, 0.9, -0.4], dtype=np.float32), 3)
