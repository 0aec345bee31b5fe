"""Functions of the standard library, written in Python: they are inlined where they are called.

Those that make iterators in Python make lists here; `frontend/kept.py` sees to it that nobody goes
through them twice.
"""

import functools
import itertools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np


def reduce(function: Any, sequence: Any, *initial: Any) -> Any:
    """`functools.reduce(function, sequence, initial)`."""
    items = sequence if hasattr(sequence, "shape") else list(sequence)
    if initial:
        total = initial[0]
        for item in items:
            total = function(total, item)
        return total
    if len(items) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    total = items[0]
    for item in items[1:]:
        total = function(total, item)
    return total


def accumulate(iterable: Any, func: Any = operator.add, *, initial: Any = None) -> Any:
    """`itertools.accumulate(iterable, func, initial=None)`."""
    items = iterable if hasattr(iterable, "shape") else list(iterable)
    found: list[Any] = []
    if initial is None:
        found.extend(items[:1])
        items = items[1:]
    else:
        found.append(initial)
    for item in items:
        found.append(func(found[-1], item))
    return found


def pairwise(iterable: Any) -> Any:
    """`itertools.pairwise(iterable)`."""
    items = iterable if hasattr(iterable, "shape") else list(iterable)
    return zip(items, items[1:])  # noqa: B905, RUF007  this is what it stands for


def combinations(iterable: Any, r: int) -> Any:
    """`itertools.combinations(iterable, r)` for one, two or three at a time."""
    items = list(iterable)
    found: list[Any] = []
    for i in range(len(items)):
        if r == 1:
            found.append((items[i],))
        else:
            for j in range(i + 1, len(items)):
                if r == 2:
                    found.append((items[i], items[j]))
                else:
                    for k in range(j + 1, len(items)):
                        found.append((items[i], items[j], items[k]))
    return found


def permutations(iterable: Any, r: int) -> Any:
    """`itertools.permutations(iterable, r)` for one or two at a time."""
    items = list(iterable)
    found: list[Any] = []
    for i in range(len(items)):
        if r == 1:
            found.append((items[i],))
        else:
            for j in range(len(items)):
                if i != j:
                    found.append((items[i], items[j]))
    return found


def starmap(function: Any, iterable: Any) -> Any:
    """`itertools.starmap(function, iterable)`."""
    return map(lambda row: function(*row), iterable)  # noqa: C417  a generator is a function


def islice(iterable: Any, *bounds: Any) -> Any:
    """`itertools.islice(iterable, start, stop, step)`."""
    items = iterable if hasattr(iterable, "shape") else list(iterable)
    return items[slice(*bounds)]


def chain(*iterables: Any) -> Any:
    """`itertools.chain(first, second)`."""
    found: list[Any] = []
    for iterable in iterables:
        found.extend(iterable)
    return found


def from_iterable(iterables: Any) -> Any:
    """`itertools.chain.from_iterable(iterables)`."""
    found: list[Any] = []
    for iterable in iterables:
        found.extend(iterable)
    return found


def takewhile(predicate: Any, iterable: Any) -> Any:
    """`itertools.takewhile(predicate, iterable)`."""
    found = []
    for item in iterable:
        if not predicate(item):
            break
        found.append(item)
    return found


def wraps(wrapped: Any, *assigned: Any) -> Any:
    """`functools.wraps(function)`: names and documents are no part of what is computed."""
    return lambda wrapper: wrapper


def sliding_window_view(x: Any, window_shape: int) -> Any:
    """`np.lib.stride_tricks.sliding_window_view(x, window_shape)` of a vector."""
    count = x.shape[0] - window_shape + 1
    if count < 1:
        raise ValueError("window shape cannot be larger than input array shape")
    return x[np.arange(count)[:, None] + np.arange(window_shape)]


def apply_along_axis(func1d: Any, axis: int, arr: Any, *args: Any) -> Any:
    """`np.apply_along_axis(func1d, axis, arr)` of a matrix."""
    rows = arr if axis in (1, -1) else arr.T
    found = np.array([func1d(row, *args) for row in rows])
    if found.ndim == 1 or axis in (1, -1):
        return found
    return found.T


def itemgetter(*items: Any) -> Any:
    """`operator.itemgetter(i)`."""
    if len(items) == 1:
        return lambda value: value[items[0]]
    return lambda value: tuple(value[i] for i in items)


def dist(p: Any, q: Any) -> float:
    """`math.dist(p, q)`."""
    if len(p) != len(q):
        raise ValueError("both points must have the same number of dimensions")
    return float(np.linalg.norm(np.array(p) - np.array(q)))


WRITTEN: dict[Any, Callable[..., Any]] = {
    functools.reduce: reduce,
    math.dist: dist,
    functools.wraps: wraps,
    itertools.accumulate: accumulate,
    itertools.pairwise: pairwise,
    itertools.combinations: combinations,
    itertools.permutations: permutations,
    itertools.starmap: starmap,
    itertools.islice: islice,
    itertools.chain: chain,
    itertools.chain.from_iterable: from_iterable,
    itertools.takewhile: takewhile,
    operator.itemgetter: itemgetter,
    np.apply_along_axis: apply_along_axis,
    np.lib.stride_tricks.sliding_window_view: sliding_window_view,
}
"""What stands for each function."""

POOLS: dict[Any, tuple[int, ...]] = {
    itertools.combinations: (1, 2, 3),
    itertools.permutations: (1, 2),
}
"""Those that take some items at a time, and how many that may be."""

ITERATORS = frozenset({
    itertools.accumulate, itertools.pairwise, itertools.combinations, itertools.permutations,
    itertools.starmap, itertools.islice, itertools.chain, itertools.takewhile,
    itertools.chain.from_iterable,
})  # fmt: skip
"""Those that make something which can be gone through once."""
