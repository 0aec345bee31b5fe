"""All samples of all families, and what the tests of the rules do with them.

Each file `samples_*.py` here has SAMPLES, a dict from callables to lists of samples: tuples of
arguments, keyword arguments in a dict at the end.  It may have CONSTANTS (for kinds and shapes
only), EDGES (arguments and the partial derivatives by convention) and CONVENTIONS (function,
arguments, bar of the result, bar of the first argument).
"""

import copy
import importlib
import pkgutil

import numpy as np
import pytest

import srcad.rules.table  # noqa: F401  fills PRIMITIVES
import tests.rules
from srcad.rules.evaluate import is_active
from srcad.rules.registry import PRIMITIVES

FAMILIES = [
    importlib.import_module(f"tests.rules.{module.name}")
    for module in pkgutil.iter_modules(tests.rules.__path__)
    if module.name.startswith("samples_")
]
DIFFERENTIABLE = ("elementwise", "linear", "multilinear", "mutation", "rule")


def collected(name):
    found = {}
    for family in FAMILIES:
        for function, samples in getattr(family, name, {}).items():
            found.setdefault(function, []).extend(samples)
    return found


SAMPLES, CONSTANTS, EDGES = collected("SAMPLES"), collected("CONSTANTS"), collected("EDGES")
CONVENTIONS = [case for family in FAMILIES for case in getattr(family, "CONVENTIONS", ())]


def called(function):
    """A readable name of a callable: two of them may have the same text."""
    module = type(function).__name__ if isinstance(function, np.ufunc) else function.__module__
    return f"{module}.{function.__name__}"


def split(sample):
    """The arguments of a sample, copied, and its keyword arguments."""
    args = copy.deepcopy(tuple(sample))
    return (args[:-1], args[-1]) if args and isinstance(args[-1], dict) else (args, {})


def cases(table, forms=None):
    """Every sample as a test case of its own."""
    return [
        pytest.param(PRIMITIVES[function], sample, id=f"{called(function)}-{k}")
        for function, samples in table.items()
        if forms is None or PRIMITIVES[function].form in forms
        for k, sample in enumerate(samples)
    ]


def dots_of(values, rng):
    """Random tangents of those values that can have one, else None."""
    return tuple(random_like(value, rng) if is_active(value) else None for value in values)


def random_like(value, rng):
    if isinstance(value, tuple | list):
        items = tuple(random_like(item, rng) for item in value)
        return type(value)(*items) if hasattr(value, "_fields") else items
    draw = rng.uniform(0.4, 1.0, np.shape(value)) * rng.choice([-1.0, 1.0], np.shape(value))
    if np.iscomplexobj(value):
        draw = draw + 1j * rng.uniform(0.4, 1.0, np.shape(value))
    if isinstance(value, np.ndarray):
        return draw.astype(value.dtype)
    return type(value)(draw)


def moved(value, dot, step):
    if dot is None:
        return value
    if isinstance(value, tuple | list):
        return tuple(moved(v, d, step) for v, d in zip(value, dot))
    return value + step * dot


def inner(bars, dots):
    """The sum of products of two trees of equal structure, without a conjugate."""
    if bars is None or dots is None:
        return 0.0
    if isinstance(bars, tuple | list):
        return sum(inner(bar, dot) for bar, dot in zip(bars, dots, strict=True))
    return np.sum(np.multiply(bars, dots)).real


def size_of(bars, dots):
    """What rounding is relative to: the same sum with every term positive."""
    if bars is None or dots is None:
        return 0.0
    if isinstance(bars, tuple | list):
        return sum(size_of(bar, dot) for bar, dot in zip(bars, dots, strict=True))
    return np.sum(np.abs(np.multiply(bars, dots)))


def arrays_in(tree):
    if isinstance(tree, tuple | list):
        return [array for item in tree for array in arrays_in(item)]
    return [tree] if isinstance(tree, np.ndarray) else []


def run(primitive, sample):
    args, kwargs = split(sample)
    ans = primitive.function(*copy.deepcopy(args), **kwargs)
    return ans, args, kwargs


def tree_map(function, *trees):
    if isinstance(trees[0], tuple | list):
        return tuple(tree_map(function, *items) for items in zip(*trees, strict=True))
    return function(*trees)


def slope(primitive, args, kwargs, dots):
    """The directional derivative of the function: extrapolated central differences.

    The error is of the fourth order in the step.
    """

    def at(step):
        operands = tuple(moved(arg, dot, step) for arg, dot in zip(args, dots))
        return primitive.function(*operands, **kwargs)

    def difference(step):
        return tree_map(lambda up, down: (up - down) / (2.0 * step), at(step), at(-step))

    fine, wide = difference(5e-4), difference(1e-3)
    return tree_map(lambda d, w: (4.0 * d - w) / 3.0, fine, wide)
