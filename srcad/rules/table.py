"""The table of all rules: importing this module fills `registry.PRIMITIVES`."""

from __future__ import annotations

from srcad.rules import (
    calculus,
    constants,
    elementwise,
    factors,
    fourier,
    indexing,
    joining,
    linalg,
    operators,
    products,
    pymath,
    rearranging,
    reductions,
    shaping,
    sorting,
    tensors,
    ufuncs,
)

__all__ = [
    "calculus",
    "constants",
    "elementwise",
    "factors",
    "fourier",
    "indexing",
    "joining",
    "linalg",
    "operators",
    "products",
    "pymath",
    "rearranging",
    "reductions",
    "shaping",
    "sorting",
    "tensors",
    "ufuncs",
]
