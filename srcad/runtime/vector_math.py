"""Functions that compiled loops over elements compute several elements at a time.

Under plain Python they are NumPy's own.  Numba's engine gives them the vector versions of glibc's
libmvec, where the machine has them: within 4 units in the last place (measured: 3.5) of the exact
result, where libm is within 1 or 2, and with libm's results for infinities, nan, zeros and huge
arguments.  A call that is not in a loop that LLVM vectorises is libm's.

The environment variable `SRCAD_VECTOR_MATH=0` makes all of them libm's.
"""

from __future__ import annotations

import numpy as np

exp, exp2, expm1 = np.exp, np.exp2, np.expm1
log, log2, log10, log1p = np.log, np.log2, np.log10, np.log1p
sin, cos, tan = np.sin, np.cos, np.tan
arcsin, arccos, arctan, arctan2 = np.arcsin, np.arccos, np.arctan, np.arctan2
sinh, cosh, tanh = np.sinh, np.cosh, np.tanh
arcsinh, arccosh, arctanh = np.arcsinh, np.arccosh, np.arctanh
cbrt, hypot, power = np.cbrt, np.hypot, np.power

# What C calls them.
LIBM = {name: name for name in ("exp", "exp2", "expm1", "log", "log2", "log10", "log1p")}
LIBM |= {name: name for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "cbrt", "hypot")}
LIBM |= {f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
LIBM |= {"arctan2": "atan2", "power": "pow"}

# What generated modules may import from here.
NAMES = (*LIBM, "plus", "where")


def plus(total, x):
    """`total + x` of a sum in whatever order is fastest: compiled code keeps several partial sums.

    >>> plus(1.0, 2.0)
    3.0
    """
    return total + x


def where(test, yes, no):
    """One of two numbers, both of which have been computed, as by `np.where`.

    >>> where(True, 1.0, 2.0)
    1.0
    """
    return yes if test else no
