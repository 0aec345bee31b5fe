"""The cheapest set of values to keep: a minimum vertex cut."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import TypeVar

Node = TypeVar("Node")
INFINITE = 1 << 60


def minimum_cut(
    inputs: Mapping[Node, tuple[Node, ...]],
    sources: Iterable[Node],
    wanted: Iterable[Node],
    prices: Mapping[Node, int],
) -> set[Node]:
    """Choose values to keep so that all wanted ones can be computed from them.

    Args:
        inputs: for every value, what it is computed from.
        sources: values that can only be kept.
        wanted: values that are read.
        prices: what keeping a value costs.

    Returns:
        The values to keep: those of a minimum vertex cut between sources and wanted values (by
        maximum flow, Edmonds and Karp 1972), nearest to the sources where several are equal.

    >>> sorted(minimum_cut({"a": (), "b": ("a",), "c": ("a",)}, ["a"], ["b", "c"],
    ...                    {"a": 5, "b": 3, "c": 3}))
    ['a']
    """
    residual: dict[object, dict[object, int]] = {}

    def edge(start: object, end: object, capacity: int) -> None:
        ahead = residual.setdefault(start, {})
        ahead[end] = ahead.get(end, 0) + capacity
        residual.setdefault(end, {}).setdefault(start, 0)

    top, bottom = ("top",), ("bottom",)
    residual[top], residual[bottom] = {}, {}
    for node, needs in inputs.items():
        edge(("in", node), ("out", node), prices[node])
        for need in needs:
            edge(("out", need), ("in", node), INFINITE)
    for node in sources:
        edge(top, ("in", node), INFINITE)
    for node in wanted:
        edge(("out", node), bottom, INFINITE)
    while (path := _path(residual, top, bottom)) is not None:
        flow = min(residual[a][b] for a, b in pairwise(path))
        for a, b in pairwise(path):
            residual[a][b] -= flow
            residual[b][a] += flow
    reached = _reached(residual, top)
    return {node for node in inputs if ("in", node) in reached and ("out", node) not in reached}


def _path(
    residual: dict[object, dict[object, int]], start: object, end: object
) -> list[object] | None:
    before: dict[object, object] = {start: start}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for following, capacity in residual[node].items():
            if capacity > 0 and following not in before:
                before[following] = node
                if following == end:
                    path = [end]
                    while path[-1] != start:
                        path.append(before[path[-1]])
                    return path[::-1]
                queue.append(following)
    return None


def _reached(residual: dict[object, dict[object, int]], start: object) -> set[object]:
    seen = {start}
    queue = deque([start])
    while queue:
        for following, capacity in residual[queue.popleft()].items():
            if capacity > 0 and following not in seen:
                seen.add(following)
                queue.append(following)
    return seen
