"""Calls of `np.ix_` and `np.block`; nested lists are in the programs of the corpus."""

import numpy as np

draw = np.random.default_rng(13).uniform
x3, y4, m23 = draw(0.4, 1.6, 3), draw(0.4, 1.6, 4), draw(-1, 1, (2, 3))

SAMPLES = {
    np.ix_: [(x3,), (x3, y4), (y4, x3, x3)],
    np.block: [(x3,), (m23,)],
}
