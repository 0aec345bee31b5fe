"""Functions of libraries that have no rule: which of them may be called as they stand, and how.

A function that reads nothing but its arguments, and writes nothing, gives a value that needs no
derivative where its arguments need none.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.runtime.arrays import as_before

MODULES = {
    "math": "math",
    "numpy": "np",
    "numpy.linalg": "np.linalg",
    "numpy.fft": "np.fft",
    "numpy.emath": "np.emath",
    "numpy.polynomial.polynomial": "np.polynomial.polynomial",
    "numpy.polynomial.legendre": "np.polynomial.legendre",
    "numpy.polynomial.chebyshev": "np.polynomial.chebyshev",
    "numpy.polynomial.hermite": "np.polynomial.hermite",
    "numpy.polynomial.hermite_e": "np.polynomial.hermite_e",
    "numpy.polynomial.laguerre": "np.polynomial.laguerre",
    "numpy.lib.stride_tricks": "np.lib.stride_tricks",
    "scipy.fft": "scipy.fft",
    "scipy.integrate": "scipy.integrate",
    "scipy.linalg": "scipy.linalg",
    "scipy.signal": "scipy.signal",
    "scipy.signal.windows": "scipy.signal.windows",
    "scipy.special": "scipy.special",
}
"""Where such functions are found, and how generated text calls the module."""

EXCLUDED = frozenset({
    # they write to their arguments, or tell about memory
    "copyto", "place", "put", "put_along_axis", "putmask", "fill_diagonal", "require",
    "from_dlpack", "may_share_memory", "shares_memory", "isfortran", "nested_iters", "as_strided",
    # they read or write files and settings
    "load", "loadtxt", "genfromtxt", "fromfile", "fromregex", "save", "savetxt", "savez",
    "savez_compressed", "get_include", "get_printoptions", "set_printoptions", "printoptions",
    "getbufsize", "setbufsize", "geterr", "seterr", "geterrcall", "seterrcall", "errstate",
    "set_workers", "get_workers", "set_backend", "set_global_backend", "skip_backend",
    "register_backend", "info", "show_config", "show_runtime", "test",
    # they call other functions
    "apply_along_axis", "apply_over_axes", "frompyfunc", "fromfunction", "mask_indices",
    "piecewise",
})  # fmt: skip
"""Functions of these modules that do more than to compute a value."""

SAFE = frozenset({
    "bartlett", "bincount", "blackman", "chebgauss", "chebpts1", "chebpts2", "chebvander",
    "hamming", "hanning", "hermegauss", "hermevander", "hermgauss", "hermvander",
    "intersect1d", "kaiser", "laggauss", "lagvander", "leggauss", "legvander", "lexsort",
    "polyvander", "ravel_multi_index", "setdiff1d", "setxor1d", "tril_indices",
    "tril_indices_from", "triu_indices", "triu_indices_from", "union1d", "unique",
    "unravel_index", "vander",
})  # fmt: skip
"""Functions whose results have memory of their own and kinds that follow from those given."""


def spelled(function: Any) -> str | None:
    """How generated text calls a function of a library; None if it is not to be called there.

    >>> import numpy as np
    >>> spelled(np.unravel_index), spelled(np.polynomial.legendre.leggauss), spelled(np.load)
    ('np.unravel_index', 'np.polynomial.legendre.leggauss', None)
    """
    name = getattr(function, "__name__", None)
    if not isinstance(name, str) or name in EXCLUDED or isinstance(function, type):
        return None
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc) and name in ("reduce", "accumulate", "reduceat", "outer"):
        whole = spelled(owner)
        return None if whole is None else f"{whole}.{name}"
    for module, text in MODULES.items():
        members = getattr(sys.modules.get(module), "__dict__", {})
        if members.get(name) is function:
            return f"{text}.{name}"
    return None


def check_of(function: Any) -> Callable[..., Any] | None:
    """What looks at a result before it is used; None if that is not needed."""
    safe = function.__name__ in SAFE or getattr(function, "__module__", "") == "math"
    return None if safe else as_before
