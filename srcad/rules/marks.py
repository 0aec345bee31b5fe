"""Values that a derivative takes for something else than the program, which sees them as given."""

from __future__ import annotations

from typing import Any

from srcad.rules.registry import PRIMITIVES, constant, shape_rule
from srcad.runtime.arrays import stop_gradient


def _same_kind(kind: Any) -> Any:
    return kind


constant(stop_gradient, view=True, text="stop_gradient", options={"kind": _same_kind})


@shape_rule(stop_gradient)
def _same_shape(sizes: Any, x: Any) -> Any:
    return x.shape


STOP = PRIMITIVES[stop_gradient]
"""A constant to the derivative; it stays in the text, which may be differentiated again."""
