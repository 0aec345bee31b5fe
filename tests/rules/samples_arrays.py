"""Calls of the functions of arrays, for the tests of their rules.

A sample is a tuple of arguments, with those by name in a dict at the end.
"""

import operator

import numpy as np

from srcad.runtime import arrays

draw = np.random.default_rng(5).uniform
number = np.float64(0.7)
x3, x4 = draw(0.4, 1.6, 3), draw(-1.6, -0.4, 4)
m23, m34, m33 = draw(0.4, 1.6, (2, 3)), draw(-1, 1, (3, 4)), draw(-1, 1, (3, 3))
c234, c243 = draw(0.4, 1.6, (2, 3, 4)), draw(-1, 1, (2, 4, 3))
regular = m33 + 3.0 * np.eye(3)
regulars = np.stack([regular, 2.0 * regular.T])
definite = regular @ regular.T
ties = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]])


def apart(x):
    """Like `x`, but no two elements are close: differences must not take one for the other."""
    return 0.4 + 0.07 * np.argsort(np.argsort(x, axis=None)).reshape(x.shape)


x3, m23, c234 = (apart(x) for x in (x3, m23, c234))

# Along every kind of axis, with and without keepdims.
REDUCED = [
    (number,),
    (x3,),
    (m23,),
    (m23, 0),
    (m23, 1),
    (m23, -1),
    (c234, -2),
    (c234, (0, 2)),
    (c234, (1, -1)),
    (c234, (0, 1, 2)),
    (m23, {"axis": 1}),
    (x3, {"keepdims": True}),
    (m23, {"axis": 1, "keepdims": True}),
    (c234, {"axis": (0, 2), "keepdims": True}),
]
ZEROS = [
    (np.array([0.5, 0.0, 2.0]),),
    (np.array([0.0, 0.0, 2.0]),),
    (np.array([[0.0, 3.0], [0.0, 2.0]]),),
    (np.array([[0.0, 3.0], [0.0, 2.0]]), 0),
    (np.array([[0.0, 3.0], [0.0, 2.0]]), (1, 0)),
]
WITH_NAN = np.array([[0.5, np.nan, 2.0], [np.nan, 0.3, 1.4]])
WITH_DDOF = [(m23, {"ddof": 1}), (c234, {"axis": (0, 1), "ddof": 1})]
PRODUCTS = [(x3, x3), (m23, x3), (x3, m34), (m23, m34)]
STACKS = [
    (c234, c243),
    (c234, x4),
    (x3, c234),
    (m23, regulars),
    (c243[:1], c234),
    (regulars, regulars[0]),
]
SQUARES = [(regular,), (regulars,)]
JOINED = [((x3, x4, x3),), ((m23, m23, m23), 0), ((m23, m34[:2]), 1), ((m23, m34[:2]), -1)]

SAMPLES = {
    np.sum: REDUCED,
    np.mean: REDUCED,
    np.max: REDUCED,
    np.amax: [(m23, 1)],
    np.min: REDUCED,
    np.amin: [(m23, 1)],
    np.ptp: [(m23,), (m23, 1)],
    np.average: [
        (m23,),
        (m23, 1),
        (x3, None, x3**2),
        (m23, 1, x3),
        (m23, 0, x3[:2]),
        (c234, -1, x4, {"keepdims": True}),
        (m23, {"weights": 1.0 + m23, "axis": 0}),
    ],
    np.cumprod: [(x3,), (m23,), (m23, 0), (m23, -1), (c234, {"axis": 1}), *ZEROS[:4]],
    arrays.recurrence: [(x3, x3 + 0.2, 0), (c234, 1.0 + c234, 1)],
    np.nansum: [(WITH_NAN,), (WITH_NAN, 1), (WITH_NAN, {"axis": 0, "keepdims": True})],
    np.nanprod: [(WITH_NAN,), (WITH_NAN, 1)],
    np.nanmean: [(WITH_NAN,), (WITH_NAN, 0), (WITH_NAN, {"axis": 1})],
    np.nanmax: [(WITH_NAN,), (WITH_NAN, 1)],
    np.nanmin: [(WITH_NAN,), (WITH_NAN, 1)],
    np.var: [*REDUCED[1:], *WITH_DDOF],
    np.std: [*REDUCED[1:7], *WITH_DDOF],
    np.prod: [*REDUCED, *ZEROS],
    np.cumsum: [(x3,), (m23,), (m23, 0), (m23, -1)],
    np.linalg.norm: [
        (x3,),
        (m23,),
        (c234,),
        (x4, 2),
        (x4, 1),
        (m23, "fro"),
        (m23, None, 1),
        (m23, {"axis": 0, "keepdims": True}),
        (m23, {"ord": 1, "axis": 0}),
        (c234, {"axis": (0, 2)}),
    ],
    arrays.unbroadcast: [(m23, (2, 3)), (m23, (3,)), (m23, (2, 1)), (c234, (3, 1)), (m23, ())],
    arrays.masked: [(x3, m23), (number, x3)],
    arrays.product_of_others: [(x3, 0), (m23, 0), (c234, 1), (*ZEROS[0], 0)],
    np.matmul: [*PRODUCTS, *STACKS],
    operator.matmul: [*PRODUCTS, *STACKS],
    np.dot: [*PRODUCTS, (number, x3), (m23, number), (number, number), (c234, x4), (c234, c243[0])],
    np.inner: [(x3, x3), (m23, x3), (x3, m23), (m23, m33), (number, x3)],
    np.outer: [(x3, x4), (m23, x3), (number, x3)],
    np.vdot: [(x3, x3), (m23, m23)],
    np.reshape: [
        (x4, (2, 2)),
        (m23, (3, -1)),
        (m23, (-1,)),
        (m23, 6),
        (c234, (4, 6)),
        (c234, (2, -1, 2)),
        (number, (1, 1)),
    ],
    np.ravel: [(x3,), (m23,), (number,)],
    np.expand_dims: [(x3, 0), (m23, -1), (m23, (0, 2)), (number, 0)],
    np.squeeze: [(m23[:1], 0), (c234[:, :1, :1], (1, 2))],
    np.atleast_1d: [(x3,), (number,)],
    np.atleast_2d: [(x3,), (m23,), (number,)],
    np.copy: [(m23,)],
    np.asarray: [(m23,)],
    np.ascontiguousarray: [(m23.T,), (number,)],
    np.broadcast_to: [(x3, (2, 3)), (m23[:, :1], (2, 4)), (number, (3,)), (x3, (3,))],
    np.transpose: [(x3,), (m23,), (c234,), (c234, (1, 2, 0)), (c234, (-1, 0, 1))],
    np.swapaxes: [(m23, 0, 1), (c234, 0, -1)],
    np.moveaxis: [(c234, 0, -1), (c234, -1, 0), (c234, (0, 1), (1, 2))],
    np.flip: [(x3,), (m23,), (m23, 1)],
    np.roll: [(x3, 1), (m23, 2), (m23, -1, 1), (m23, (1, 2), (0, 1))],
    np.diag: [(x3,), (x3, 1), (x3, -2), (m33,), (m34,), (m34, 1), (m34, -1)],
    np.diagonal: [(m34,), (m34, 2), (c234,), (c234, 1, 2, 0)],
    arrays.onto_diagonal: [(x3, (3, 3)), (x3, (3, 4), 1), (m23, (3, 2, 3), 0, 0, 2)],
    np.trace: [(m33,), (m34, 1), (m34, -1), (c234,), (c234, 1, 1, 2)],
    np.tril: [(x3,), (m34,), (m34, 1), (c234, -1)],
    np.triu: [(x3, 1), (m34,), (m34, 1), (c234, -1)],
    np.concatenate: [
        *JOINED,
        ((c234, c234, c234), 1),
        ((c234, c234), 2),
        ((m23, x3), None),
    ],
    arrays.doubled: [(x3,), (m23,)],
    np.stack: [((x3, x3),), ((x3, x3), 1), ((m23, m23), -1), ((m23, m23), 1), ((c234, c234), 2)],
    np.hstack: [((x3, x4),), ((m23, m23),), ((number, x3),)],
    np.vstack: [((x3, x3),), ((x3, m23, x3),), ((m23, x3),), ((number, number),)],
    np.column_stack: [((x3, x3),), ((x3, m33, x3),)],
    np.array: [
        (m23,),
        (number,),
        ((number, number),),
        ((x3, x3),),
        (((number, 0.5), (0.25, number)),),
    ],
    np.linalg.solve: [
        (regular, x3),
        (regular, m34),
        (regulars, m34),
        (regulars, x3),
        (regular, c243[:, :3]),
    ],
    np.linalg.inv: SQUARES,
    np.linalg.det: [*SQUARES, (np.diag([1.0, 2.0, 0.0]),), (np.ones((3, 3)),)],
    arrays.cofactors: [(regular,), (regulars,)],
    np.linalg.cholesky: [(definite,), (np.stack([definite, 2.0 * definite]),)],
}

# Where the derivative jumps or does not exist: the bars that were agreed upon.
EDGES = {
    np.max: [((ties,), ([[0.0, 0.5, 0.5], [0.0, 0.0, 0.0]],))],
    np.min: [((ties, 1), ([[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]], None))],
    np.linalg.norm: [((np.zeros(2),), ([np.nan, np.nan],))],
    np.std: [((np.ones(2),), ([np.nan, np.nan],))],
}
