"""Calls of the functions of complex numbers: `cmath`, and the parts of arrays."""

import cmath

import numpy as np

from srcad.rules.complexes import conjugated
from srcad.runtime.arrays import with_imag, with_real

Z = np.array([[0.5 + 0.3j, -1.2 + 0.7j, 0.8 - 1.1j], [-0.3 - 0.6j, 2.0 + 0.1j, -0.4 - 1.9j]])
X = np.array([[0.3, -1.2, 0.8], [2.0, -0.4, 1.1]])
NUMBERS = [(complex(z),) for z in Z.flat]
EVERY = [*NUMBERS, (0.6,), (np.complex128(0.4 - 0.7j),)]
OF_ARRAYS = [(Z,), (Z[0],), (Z[0, 0],), (complex(Z[1, 0]),)]

SAMPLES = {
    cmath.exp: EVERY,
    cmath.log: [*EVERY, (0.5 + 0.3j, 1.7), (0.5 + 0.3j, 1.7 - 0.4j)],
    cmath.log10: EVERY,
    cmath.sqrt: EVERY,
    cmath.sin: EVERY,
    cmath.cos: EVERY,
    cmath.tan: EVERY,
    cmath.asin: EVERY,
    cmath.acos: EVERY,
    cmath.atan: EVERY,
    cmath.sinh: EVERY,
    cmath.cosh: EVERY,
    cmath.tanh: EVERY,
    cmath.asinh: EVERY,
    cmath.acosh: EVERY,
    cmath.atanh: EVERY,
    cmath.phase: NUMBERS,
    cmath.polar: NUMBERS,
    cmath.rect: [(1.3, 0.4), (0.7, -2.0)],
    conjugated: NUMBERS,
    np.real: OF_ARRAYS,
    np.imag: OF_ARRAYS,
    np.conjugate: [*OF_ARRAYS, (X,)],
    np.angle: [*OF_ARRAYS, (Z, {"deg": True})],
    with_real: [(Z, X), (Z[0], X[0]), (Z, X[0]), (Z, 0.5), (Z[0, 0], X[0, 0])],
    with_imag: [(Z, X), (Z[0], X[0]), (Z, X[0]), (Z, 0.5), (Z[0, 0], X[0, 0])],
    # Functions of real numbers that are rules of complex ones too, left of the imaginary axis.
    np.arccosh: [(Z,)],
    np.arcsinh: [(Z,)],
    np.arcsin: [(Z,)],
    np.sqrt: [(Z,)],
    np.nan_to_num: [(Z,)],
    np.abs: [(Z,)],
    np.power: [(Z, Z[::-1]), (Z, 2), (Z, -1.5)],
    np.linalg.cholesky: [
        (np.array([[3.0, 0.5 - 0.7j, 0.2j], [0.5 + 0.7j, 2.5, 0.3], [-0.2j, 0.3, 1.7]]),)
    ],
}
CONSTANTS = {
    cmath.isnan: [(0.5j,)],
    cmath.isinf: [(0.5j,)],
    cmath.isfinite: [(0.5j,)],
    cmath.isclose: [(0.5j, 0.5)],
}
