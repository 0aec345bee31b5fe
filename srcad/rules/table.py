"""The table of all rules: importing this module fills `registry.PRIMITIVES`."""

from __future__ import annotations

from srcad.rules import (
    calculus,
    constants,
    editing,
    elementwise,
    factors,
    fourier,
    indexing,
    joining,
    linalg,
    operators,
    polynomials,
    products,
    pymath,
    rearranging,
    reductions,
    shaping,
    sorting,
    statistics,
    tensors,
    ufuncs,
)

__all__ = [
    "calculus",
    "constants",
    "editing",
    "elementwise",
    "factors",
    "fourier",
    "indexing",
    "joining",
    "linalg",
    "operators",
    "polynomials",
    "products",
    "pymath",
    "rearranging",
    "reductions",
    "shaping",
    "sorting",
    "statistics",
    "tensors",
    "ufuncs",
]
