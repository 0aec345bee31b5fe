"""Numbers and arrays moved along random directions: copies of the same kind and layout."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from srcad.cotangents import LeafType, leaf_type

__all__ = [
    "copied",
    "epsilon",
    "moved",
    "random_cotangents",
    "random_directions",
    "wide",
    "widened",
]

SEED = 1982


def random_cotangents(leaves: Iterable[Any]) -> tuple[object, ...]:
    """Draw a cotangent for each leaf of a result; large ones count no more than small ones.

    Args:
        leaves: numbers and arrays.

    Returns:
        One of the same kind for each, None for integers and booleans.
    """
    generator = np.random.default_rng(SEED)
    drawn: list[object] = []
    for leaf in leaves:
        kind = leaf_type(leaf)
        if not kind.differentiable:
            drawn.append(None)
            continue
        size = _size(leaf)
        scale = 1.0 / size if 1e-30 < size < 1e30 else 1.0
        drawn.append(_like(kind, np.asarray(scale * _random(generator, kind))))
    return tuple(drawn)


def random_directions(leaves: Iterable[Any]) -> list[np.ndarray | None]:
    """Draw a direction for each leaf: about as large as the leaf is, element by element.

    Args:
        leaves: numbers and arrays.

    Returns:
        Arrays of doubles; None for leaves that cannot be moved: integers, empty arrays.
    """
    generator = np.random.default_rng(SEED)
    return [_direction(generator, leaf) for leaf in leaves]


def moved(leaf: Any, change: np.ndarray) -> tuple[Any, np.ndarray]:
    """Move a number or an array.

    Args:
        leaf: the number or array.
        change: by how much.

    Returns:
        A copy that was moved, and by how much that is after rounding.
    """
    before = wide(leaf)
    after = _like(leaf_type(leaf), np.where(change == 0.0, before, before + change))
    rounded = np.where(change == 0.0, 0.0, wide(after) - before)
    return (copied(leaf, after) if isinstance(leaf, np.ndarray) else after), rounded


def copied(leaf: Any, content: object = None) -> Any:
    """Copy a leaf for a function that may write to it.

    Args:
        leaf: anything; only arrays are copied.
        content: what the copy of an array is to hold; what `leaf` holds if it is left out.

    Returns:
        The copy. It is as contiguous as the leaf, which decides what is a view, and as writeable.
    """
    if not isinstance(leaf, np.ndarray):
        return leaf
    if leaf.flags.forc:
        copy = np.array(leaf, order="K")
    else:
        copy = np.empty((*leaf.shape, 2), leaf.dtype)[..., 0]
        copy[...] = leaf
    if content is not None:
        copy[...] = content
    copy.flags.writeable = leaf.flags.writeable
    return copy


def widened(leaf: Any) -> Any:
    """Return a float or complex number or array of low precision in double precision."""
    if isinstance(leaf, np.ndarray | np.generic) and leaf.dtype.kind in "fc":
        double = np.dtype(np.complex128 if leaf.dtype.kind == "c" else np.float64)
        if leaf.dtype.itemsize < double.itemsize:
            copy = leaf.astype(double)
            if isinstance(copy, np.ndarray):
                copy.flags.writeable = bool(leaf.flags.writeable)
            return copy
    return leaf


def wide(leaf: Any) -> np.ndarray:
    """Return a number or an array as an array of doubles."""
    array = np.asarray(leaf)
    return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def epsilon(leaves: Sequence[Any]) -> float:
    """Return the relative rounding error of the lowest precision among numbers and arrays."""
    dtypes = [np.asarray(leaf).dtype for leaf in leaves]
    found = [float(np.finfo(dtype).eps) for dtype in dtypes if dtype.kind in "fc"]
    return max(found, default=float(np.finfo(np.float64).eps))


def _direction(generator: np.random.Generator, leaf: Any) -> np.ndarray | None:
    kind = leaf_type(leaf)
    if not kind.differentiable or not np.size(leaf):
        return None
    finite = np.isfinite(leaf)
    # Steps relative to each element stay inside of domains: logarithms, square roots. Zeros have
    # to be moved too, and elements that are far smaller than their neighbours.
    size = np.maximum(np.abs(np.where(finite, wide(leaf), 0.0)), _size(leaf) / 16.0)
    return np.where(finite, _random(generator, kind) * size, 0.0)


def _random(generator: np.random.Generator, kind: LeafType) -> np.ndarray:
    """Numbers between 0.4 and 1 in size, of both signs or all phases."""
    sizes = generator.uniform(0.4, 1.0, kind.shape)
    if kind.dtype.kind == "c":
        return np.asarray(sizes * np.exp(2j * np.pi * generator.uniform(0.0, 1.0, kind.shape)))
    return np.asarray(sizes * generator.choice([-1.0, 1.0], kind.shape))


def _like(kind: LeafType, value: np.ndarray) -> object:
    """An array of doubles as a number or an array of another kind."""
    if kind.form == "array":
        return value.astype(kind.dtype)
    if kind.form == "scalar":
        return kind.dtype.type(value[()])
    return complex(value) if kind.dtype.kind == "c" else float(value)


def _size(leaf: Any) -> float:
    """How large the elements of an array are, as a rule; 1 if all are zero."""
    sizes = np.abs(wide(leaf))
    sizes = sizes[np.isfinite(sizes) & (sizes > 0.0)]
    return float(np.sqrt(np.mean(sizes**2))) if sizes.size else 1.0
