"""Calls that read and write parts of arrays, for the tests of their rules."""

import numpy as np

from srcad.rules import indexing

ROW = np.array([0.4, -1.1, 1.6, 0.7])
TABLE = np.array([[-1.3, 0.7, 2.4], [0.2, -0.6, 1.9]])
CUBE = np.arange(24.0).reshape(2, 3, 4) / 7.0
REPEATED = np.array([2, 0, 2])

READ = [
    (ROW, 1),
    (ROW, -1),
    (ROW, slice(1, 3)),
    (ROW, slice(None, None, -1)),
    (ROW, REPEATED),
    (ROW, np.array([True, False, True, True])),
    (TABLE, (1, 2)),
    (TABLE, 0),
    (TABLE, (slice(None), 1)),
    (TABLE, (slice(None), slice(None, None, 2))),
    (TABLE, (Ellipsis, 1)),
    (CUBE, (1, slice(0, 2), -1)),
    (CUBE, (slice(None), REPEATED)),
]
WRITTEN = [
    (ROW, 1, 2.5),
    (ROW, slice(1, 3), 2.5),
    (ROW, slice(1, 3), np.array([0.3, 0.4])),
    (TABLE, (slice(None), 1), np.array([0.3, 0.4])),
    (TABLE, 0, ROW[:3]),
    (TABLE, (Ellipsis, slice(0, 2)), ROW[:2]),
]

SAMPLES = {
    indexing.getitem: READ,
    indexing.setitem: WRITTEN,
    indexing.add_at: [*WRITTEN, (ROW, REPEATED, ROW[:3]), (ROW, REPEATED, 0.5)],
    indexing.assign: [(TABLE, 2.5), (TABLE, ROW[:3]), (TABLE, TABLE[::-1].copy())],
    indexing.last_written: [(ROW, REPEATED), (TABLE, (np.array([1, 1]), np.array([1, 1])))],
    indexing.same: [(TABLE,), (1.5,)],
    indexing.cast: [(TABLE, np.float64), (1.5, np.float64), (np.float64(0.5), np.float64)],
}
