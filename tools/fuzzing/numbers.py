"""Trees of numbers: whether two are the same, or close, and whether they carry a derivative."""

import copy
from typing import Any

import numpy as np

from srcad import trees

FLOAT0 = np.dtype([("float0", "V")])
LARGEST = 1e6


def leaves(tree: Any) -> list[Any]:
    """The leaves of a tree."""
    return trees.flatten(tree)[0]


def structure(tree: Any) -> Any:
    """What is left of a tree without its leaves."""
    return trees.flatten(tree)[1]


def rebuilt(tree: Any, new: list[Any]) -> Any:
    """A tree with other leaves."""
    return trees.unflatten(structure(tree), new)


def is_float(leaf: Any) -> bool:
    """Whether a leaf carries a derivative."""
    return isinstance(leaf, float | complex) or getattr(leaf, "dtype", np.dtype(int)).kind in "fc"


def floats(tree: Any) -> list[Any]:
    """The leaves that carry a derivative."""
    return [leaf for leaf in leaves(tree) if is_float(leaf)]


def single(tree: Any) -> bool:
    """Whether single precision takes part."""
    return any(getattr(leaf, "dtype", None) == np.float32 for leaf in leaves(tree))


def finite(tree: Any) -> bool:
    """Whether all numbers are finite and small enough to be compared with others."""
    return all(
        np.all(np.isfinite(leaf)) and np.max(np.abs(_exact(leaf)), initial=0) < LARGEST
        for leaf in leaves(tree)
    )


def same(first: Any, second: Any) -> bool:
    """Whether two trees are equal in every bit, nan being equal to itself."""
    return structure(first) == structure(second) and all(
        np.array_equal(left, right, equal_nan=is_float(left))
        for left, right in zip(leaves(first), leaves(second), strict=True)
    )


def same_type(first: Any, second: Any) -> bool:
    """Whether two leaves are of one type and dtype.

    `float` and its subclass `np.float64` are one: where a variable may be either, srcad takes it
    for the second.
    """
    if isinstance(first, float) and isinstance(second, float):
        return True
    return type(first) is type(second) and (
        getattr(first, "dtype", None) == getattr(second, "dtype", None)
    )


def wider_type(first: Any, second: Any) -> bool:
    """Whether the first leaf is in double precision where the second is in single precision.

    Where they meet, srcad may take the wider one on all paths, which the README says.
    """
    array = isinstance(first, np.ndarray)
    double = isinstance(first, float) or (array and first.dtype == np.float64)
    narrow = getattr(second, "dtype", None) == np.float32
    return double and narrow and array == isinstance(second, np.ndarray)


def typed_like(weights: Any, out: Any) -> Any:
    """Cotangents in the precisions of a result, which may be wider."""
    new = [
        weight.astype(leaf.dtype)
        if isinstance(leaf, np.ndarray) and is_float(leaf)
        else type(leaf)(weight)
        if is_float(leaf)
        else weight
        for weight, leaf in zip(leaves(weights), leaves(out), strict=True)
    ]
    return rebuilt(weights, new)


def close(actual: Any, expected: Any, tolerance: float) -> bool:
    """Whether two leaves are equal but for rounding, measured by the largest finite entry."""
    left, right = _exact(actual), _exact(expected)
    scale = np.max(np.abs(right), initial=1.0, where=np.isfinite(right))
    return left.shape == right.shape and np.allclose(
        left, right, rtol=0.0, atol=tolerance * scale, equal_nan=True
    )


def _exact(leaf: Any) -> np.ndarray:
    """A leaf in double precision."""
    return np.asarray(leaf, complex if np.iscomplexobj(leaf) else float)


def inner(first: list[Any], second: list[Any]) -> float:
    """The sum of the products of two lists of leaves; None stands for no derivative."""
    return sum(
        float(np.sum(np.asarray(left, float) * np.asarray(right, float)))
        for left, right in zip(first, second, strict=True)
        if left is not None
    )


def random_like(leaf: Any, random: np.random.Generator) -> Any:
    """A random cotangent, now and then with zeros; float0 for leaves without a derivative."""
    if not is_float(leaf):
        return np.zeros(np.shape(leaf), FLOAT0)
    draw = random.standard_normal(np.shape(leaf))
    if isinstance(leaf, np.ndarray) and random.random() < 0.25:
        draw *= random.random(np.shape(leaf)) < 0.5
    return draw.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else type(leaf)(draw)


def constant_like(leaf: Any, value: float) -> Any:
    """A cotangent whose every entry is a number; float0 for leaves without a derivative."""
    if not is_float(leaf):
        return np.zeros(np.shape(leaf), FLOAT0)
    if isinstance(leaf, np.ndarray):
        return np.full_like(leaf, value)
    return type(leaf)(value)


def strided(array: np.ndarray) -> np.ndarray:
    """An equal array whose memory has holes."""
    return np.repeat(array, 2, axis=-1)[..., ::2]


def has_holes(leaf: Any) -> bool:
    """Whether a leaf is an array whose memory has holes, or goes backwards."""
    return isinstance(leaf, np.ndarray) and not (leaf.flags.c_contiguous or leaf.flags.f_contiguous)


def duplicate(tree: Any) -> Any:
    """A copy that is laid out in memory like the original, which `copy.deepcopy` does not keep."""
    new = [strided(leaf) if has_holes(leaf) else copy.deepcopy(leaf) for leaf in leaves(tree)]
    return rebuilt(tree, new)


def spoil(tree: Any) -> None:
    """Overwrite all arrays, as a caller may do with what is its own."""
    for leaf in leaves(tree):
        if isinstance(leaf, np.ndarray) and leaf.dtype != FLOAT0 and leaf.flags.writeable:
            leaf.fill(np.nan if is_float(leaf) else 0)


def shown(value: Any) -> str:
    """A value in one short line."""
    return " ".join(repr(value).split())[:160]
