"""Arguments for the rules of operators, ufuncs, `math` and the functions that make arrays.

A sample is a tuple of arguments; keyword arguments are a dict at its end.  EDGES are points where
the derivative is a matter of convention: with the partial derivatives that are jax's.
"""

import math
import operator

import numpy as np

INF, NAN = math.inf, math.nan

POSITIVE = np.array([[0.3, 1.7, 2.4], [0.9, 1.1, 3.2]])
REAL = np.array([[-1.3, 0.7, 2.4], [0.2, -0.6, 1.9]])
UNIT = np.array([[-0.7, 0.4, 0.1], [0.9, -0.2, 0.6]])
ROW = np.array([0.4, -1.1, 1.6])
COLUMN = np.array([[0.8], [2.3]])
ABOVE_ONE = POSITIVE + 1.0
INTS = np.array([[1, -2, 3], [0, 2, -1]])
MASK = np.array([[True, False, True], [False, True, False]])


def unary(*arrays):
    """Each array, an element of it as a Python float, and one as a NumPy scalar."""
    return [
        *((array,) for array in arrays),
        (float(arrays[0].flat[1]),),
        (arrays[0].flat[2],),
    ]


def binary(x, row, column):
    """Equal shapes, broadcasting along each axis, numbers of both types."""
    return [
        (x, x[::-1] + 0.1),
        (x, row),
        (row, x),
        (row, column),
        (x, column),
        (float(row[0]), column),
        (x, float(column[1, 0])),
        (x, row[1]),
        (float(row[2]), float(column[0, 0])),
        (column[1, 0], row[2]),
    ]


ANY = binary(REAL, ROW, COLUMN)
NONZERO = binary(POSITIVE, ROW, COLUMN)
POSITIVES = binary(POSITIVE, np.abs(ROW), COLUMN)
# No quotient is near an integer.
QUOTIENTS = binary(1.53 * POSITIVE, ROW + 0.03, COLUMN + 0.04)
MIXED = [(REAL, 2), (3, REAL), (INTS, REAL), (2, 1.5), (1.5, 2)]
INTEGER_POWERS = [(REAL, 2), (REAL, 3), (POSITIVE, -2), (REAL, np.array([2, 3, 1])), (2, POSITIVE)]

SAMPLES = {
    operator.add: ANY + MIXED,
    np.add: ANY + MIXED,
    operator.sub: ANY + MIXED,
    np.subtract: ANY + MIXED,
    operator.mul: ANY + MIXED,
    np.multiply: ANY + MIXED,
    operator.truediv: NONZERO + [(REAL, 2), (3, REAL)],
    np.divide: NONZERO + [(REAL, 2), (3, REAL)],
    operator.mod: [*QUOTIENTS, (REAL, 0.77), (7, COLUMN + 0.04)],
    np.remainder: [*QUOTIENTS, (REAL, 0.77)],
    np.fmod: [*QUOTIENTS, (REAL, 0.77)],
    divmod: QUOTIENTS,
    np.divmod: QUOTIENTS,
    operator.pow: POSITIVES + INTEGER_POWERS,
    pow: POSITIVES + INTEGER_POWERS,
    np.power: POSITIVES + INTEGER_POWERS,
    np.float_power: POSITIVES + INTEGER_POWERS,
    operator.neg: unary(REAL),
    np.negative: unary(REAL),
    operator.pos: unary(REAL),
    np.positive: unary(REAL),
    abs: unary(REAL),
    operator.abs: unary(REAL),
    np.abs: unary(REAL),
    np.fabs: unary(REAL),
    float: [(1.5,), (np.float64(2.5),), (np.array(0.5),)],
    complex: [(1.5,), (1.5, 0.25)],
    np.float64: [(1.5,), (REAL,), (np.float64(2.5),)],
    np.float32: [],  # only in float32: see test_conversion_to_float32
    # NumPy's functions of one argument
    np.exp: unary(REAL),
    np.exp2: unary(REAL),
    np.expm1: unary(REAL),
    np.log: unary(POSITIVE),
    np.log2: unary(POSITIVE),
    np.log10: unary(POSITIVE),
    np.log1p: unary(POSITIVE),
    np.sqrt: unary(POSITIVE),
    np.cbrt: unary(REAL),
    np.square: unary(REAL),
    np.reciprocal: unary(REAL),
    np.sin: unary(REAL),
    np.cos: unary(REAL),
    np.tan: unary(UNIT),
    np.arcsin: unary(UNIT),
    np.arccos: unary(UNIT),
    np.arctan: unary(REAL),
    np.sinh: unary(REAL),
    np.cosh: unary(REAL),
    np.tanh: unary(REAL),
    np.arcsinh: unary(REAL),
    np.arccosh: unary(ABOVE_ONE),
    np.arctanh: unary(UNIT),
    np.degrees: unary(REAL),
    np.rad2deg: unary(REAL),
    np.radians: unary(REAL),
    np.deg2rad: unary(REAL),
    np.sinc: unary(REAL, np.array([0.015, -0.005, 0.02, 0.021])),
    np.nan_to_num: unary(REAL),
    np.real: unary(REAL),
    np.imag: unary(REAL),
    np.conjugate: unary(REAL),
    # and of several
    np.logaddexp: ANY,
    np.logaddexp2: ANY,
    np.hypot: NONZERO,
    np.arctan2: NONZERO,
    np.maximum: ANY,
    np.minimum: ANY,
    np.fmax: ANY,
    np.fmin: ANY,
    np.copysign: NONZERO,
    np.heaviside: [(REAL, 0.5), (REAL, ROW)],
    np.ldexp: [(REAL, 3), (REAL, INTS), (1.5, 2)],
    np.clip: [
        (REAL, -0.4, 1.5),
        (REAL, None, 1.5),
        (REAL, 0.1, None),
        (REAL, ROW, ROW + 0.55),
        (REAL, COLUMN - 1.0, 3.0),
        (0.3, 0.5, 1.0),
        (REAL, {"a_min": 0.1, "a_max": 0.9}),
    ],
    np.where: [
        (MASK, REAL, ROW),
        (MASK, 1.5, REAL),
        (MASK[0], REAL, 0.5),
        (MASK[:, :1], ROW, COLUMN),
        (True, 1.5, 2.5),
        (False, REAL, ROW),
    ],
    # math
    math.exp: [(0.7,), (-1.2,)],
    math.exp2: [(0.7,), (-1.2,)],
    math.expm1: [(0.7,), (-1.2,)],
    math.log: [(0.7,), (2.5, 3.5), (2.5, 0.5), (2.5, 10)],
    math.log2: [(0.7,)],
    math.log10: [(0.7,)],
    math.log1p: [(0.7,), (-0.5,)],
    math.sqrt: [(0.7,), (np.float64(2.0),)],
    math.cbrt: [(0.7,), (-1.2,)],
    math.pow: [(0.7, 1.3), (2.5, -2.0)],
    math.hypot: [(0.7, -1.3), (3.0, 4.0)],
    math.sin: [(0.7,), (-1.2,)],
    math.cos: [(0.7,), (-1.2,)],
    math.tan: [(0.7,), (-1.2,)],
    math.asin: [(0.7,), (-0.2,)],
    math.acos: [(0.7,), (-0.2,)],
    math.atan: [(0.7,), (-1.2,)],
    math.atan2: [(0.7, -1.2), (-0.3, 0.4)],
    math.sinh: [(0.7,), (-1.2,)],
    math.cosh: [(0.7,), (-1.2,)],
    math.tanh: [(0.7,), (-1.2,)],
    math.asinh: [(0.7,), (-1.2,)],
    math.acosh: [(1.7,)],
    math.atanh: [(0.7,), (-0.2,)],
    math.degrees: [(0.7,)],
    math.radians: [(0.7,)],
    math.fabs: [(0.7,), (-1.2,)],
    math.copysign: [(0.7, -1.0), (-1.2, -3.0)],
    math.nextafter: [(0.7, 1.0), (-1.2, -3.0)],
    np.nextafter: [(np.array([0.7, -1.2]), 2.0)],
    math.fmod: [(7.5, 2.0), (-7.5, 2.0)],
    math.remainder: [(7.5, 2.1), (-7.5, 2.1)],
    math.ldexp: [(0.7, 3)],
    math.erf: [(0.7,), (-1.2,)],
    math.erfc: [(0.7,), (-1.2,)],
    # arrays that are linear in numbers
    np.full: [
        (3, 1.5),
        ((2, 3), 1.5),
        ((2, 3), ROW),
        ((2, 3), COLUMN),
        ((2, 3), np.float64(0.5)),
    ],
    np.full_like: [(REAL, 1.5), (REAL, ROW)],
    np.linspace: [
        (0.5, 2.5),
        (0.5, 2.5, 7),
        (0.5, 2.5, 7, False),
        (0.5, 2.5, 1),
        (ROW, 2.5, 4),
        (ROW, ROW + 1.0, 4),
        (0.5, 2.5, {"num": 5, "endpoint": False}),
    ],
    np.arange: [(0.5, 3.2), (0.5, 3.2, 0.4), (3, 7.5), (4.5,)],
}

# Of constants only the kind and the shape of the result are checked.
CONSTANTS = {
    np.zeros: [(3,), ((2, 3),), (3, {"dtype": np.float32})],
    np.ones: [((2, 1, 3),)],
    np.empty: [((2, 3),)],
    np.zeros_like: [(REAL,), (INTS,), (1.5,)],
    np.ones_like: [(REAL, {"dtype": np.float32}), (REAL, {"shape": (4,)})],
    np.empty_like: [(ROW,)],
    np.eye: [(3,), (3, 2)],
    np.indices: [((2, 3),), ((4,), float)],
    np.tri: [(3,)],
    np.identity: [(3,)],
    np.arange: [(4,), (1, 7), (1, 7, 2), (7, 1, -2), (3, 1)],
    np.floor: [(REAL,), (0.5,)],
    np.sign: [(REAL,)],
    np.round: [(REAL,), (REAL, 2)],
    np.isnan: [(REAL,), (0.5,)],
    np.logical_and: [(MASK, MASK[0])],
    np.logical_not: [(MASK,)],
    np.isclose: [(REAL, ROW)],
    np.argmax: [(REAL,), (REAL, 1), (REAL, {"axis": 0, "keepdims": True}), (ROW,)],
    np.argmin: [(REAL, -1)],
    np.any: [(MASK,), (MASK, 0), (MASK, {"axis": (0, 1)})],
    np.all: [(MASK, 1)],
    np.argsort: [(REAL,), (REAL, {"axis": 0})],
    np.count_nonzero: [(INTS,), (INTS, {"axis": 1})],
    np.searchsorted: [(POSITIVE[0], REAL), (POSITIVE[0], 0.5)],
    np.digitize: [(REAL, np.array([0.0, 1.0]))],
    np.isin: [(INTS, np.array([1, 2]))],
    np.allclose: [(REAL, ROW)],
    np.array_equal: [(REAL, ROW)],
    operator.lt: [(REAL, ROW), (1, 2.5), (COLUMN, ROW)],
    np.less: [(REAL, ROW), (1, 2.5)],
    operator.floordiv: [(REAL, 0.7), (7, 2)],
    operator.and_: [(MASK, MASK[0]), (6, 3)],
    operator.invert: [(MASK,), (INTS,)],
    operator.not_: [(True,), (0.5,)],
    int: [(1.5,)],
    bool: [(1.5,)],
    round: [(1.5,), (1.234, 2)],
    np.int64: [(REAL,), (1.5,)],
    math.floor: [(1.5,)],
    math.isnan: [(1.5,)],
    math.factorial: [(4,)],
}

# (arguments, partial derivatives), None where there is none
EDGES = {
    operator.truediv: [((np.float64(0.0), np.float64(2.0)), (0.5, -0.0))],
    np.divide: [((1.0, 0.0), (INF, -INF))],
    operator.mod: [((6.0, 3.0), (1.0, -2.0)), ((-5.0, 3.0), (1.0, 2.0))],
    np.fmod: [((5.0, 3.0), (1.0, -1.0)), ((-5.0, 3.0), (1.0, 1.0))],
    operator.pow: [
        ((0.0, 2.0), (0.0, 0.0)),
        ((0.0, 1.0), (1.0, 0.0)),
        ((0.0, 0.5), (INF, 0.0)),
        ((0.0, 0), (0.0, None)),
        ((0.0, 0.0), (0.0, 0.0)),
        ((1.0, 0.0), (0.0, 0.0)),
        ((-2.0, 3), (12.0, None)),
        ((-2.0, 3.0), (12.0, NAN)),
        ((-2.0, 2), (-4.0, None)),
    ],
    np.power: [((0.0, 0.5), (INF, 0.0)), ((0.0, 2), (0.0, None)), ((0.0, -1.0), (-INF, NAN))],
    abs: [((0.0,), (1.0,)), ((-0.0,), (1.0,))],
    np.abs: [((0.0,), (1.0,))],
    np.maximum: [((1.0, 1.0), (0.5, 0.5)), ((NAN, 1.0), (0.0, 0.0))],
    np.minimum: [((1.0, 1.0), (0.5, 0.5))],
    np.fmax: [((1.0, 1.0), (0.0, 1.0)), ((NAN, 1.0), (0.0, 1.0)), ((1.0, NAN), (1.0, 0.0))],
    np.fmin: [((1.0, 1.0), (0.0, 1.0)), ((NAN, 1.0), (0.0, 1.0))],
    np.clip: [
        ((0.0, 0.0, 1.0), (0.5, 0.5, 0.0)),
        ((1.0, 0.0, 1.0), (0.5, 0.0, 0.5)),
        ((1.0, 1.0, 2.0), (0.5, 0.5, 0.0)),
        ((1.0, 1.0, 1.0), (0.25, 0.25, 0.5)),
        ((2.0, 1.0, 1.0), (0.0, 0.0, 1.0)),
        ((0.0, 1.0, 1.0), (0.0, 0.5, 0.5)),
        ((0.5, 1.0, 0.0), (0.0, 0.0, 1.0)),
        ((1.0, None, 1.0), (0.5, None, 0.5)),
        ((1.0, 1.0, None), (0.5, 0.5, None)),
    ],
    np.copysign: [
        ((0.0, 1.0), (1.0, 0.0)),
        ((0.0, -1.0), (-1.0, 0.0)),
        ((-2.0, 0.0), (-1.0, 0.0)),
        ((2.0, -1.0), (-1.0, 0.0)),
    ],
    np.heaviside: [((0.0, 0.5), (0.0, 1.0)), ((1.0, 0.5), (0.0, 0.0))],
    np.hypot: [((0.0, 0.0), (0.5, 0.5)), ((0.0, 2.0), (0.0, 1.0)), ((-3.0, 0.0), (-1.0, 0.0))],
    math.hypot: [((0.0, 0.0), (0.5, 0.5))],
    np.arctan2: [((0.0, 1.0), (1.0, 0.0)), ((0.0, 0.0), (NAN, NAN))],
    math.atan2: [((0.0, 0.0), (NAN, NAN))],
    np.sqrt: [((0.0,), (INF,))],
    math.sqrt: [((0.0,), (INF,))],
    math.pow: [((0.0, 0.5), (INF, 0.0)), ((-2.0, 3.0), (12.0, NAN))],
    np.cbrt: [((0.0,), (INF,))],
    math.cbrt: [((0.0,), (INF,))],
    np.arcsin: [((1.0,), (INF,))],
    math.asin: [((1.0,), (INF,))],
    math.acos: [((1.0,), (-INF,))],
    np.arccosh: [((1.0,), (INF,))],
    math.acosh: [((1.0,), (INF,))],
    np.log: [((0.0,), (INF,))],
    np.sinc: [((0.0,), (0.0,)), ((1.0,), (-1.0,))],
    np.nan_to_num: [((NAN,), (0.0,)), ((INF,), (0.0,)), ((1.0,), (1.0,))],
    np.logaddexp: [((0.0, 0.0), (0.5, 0.5)), ((-INF, 1.0), (0.0, 1.0))],
    np.logaddexp2: [((-INF, 1.0), (0.0, 1.0))],
    np.square: [((0.0,), (0.0,))],
    np.where: [((True, 1.0, 2.0), (None, 1.0, 0.0))],
}

CHOSEN = np.array([True, False, False]), np.array([True, True, False])
SAMPLES[np.select] = [
    (CHOSEN, (ROW, ROW**2), {"default": 2.0}),
    ((MASK, ~MASK), (REAL, ROW)),
]
