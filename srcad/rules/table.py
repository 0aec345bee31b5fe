"""The table of all rules: importing this module fills `registry.PRIMITIVES`."""

from __future__ import annotations

from srcad.rules import (
    constants,
    elementwise,
    indexing,
    joining,
    linalg,
    operators,
    products,
    pymath,
    reductions,
    shaping,
)

__all__ = [
    "constants",
    "elementwise",
    "indexing",
    "joining",
    "linalg",
    "operators",
    "products",
    "pymath",
    "reductions",
    "shaping",
]
