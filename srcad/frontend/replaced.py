"""Containers that a loop puts in one another's place: `state = step(state)`.

At the head of a trip the name stands for an object of its own, whose parts the loop carries. In
Python it is the object of before the loop or of the trip before: where something else reaches that
too, a write through one of them would have to be seen through the other, and is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from srcad.frontend.values import (
    Closure,
    HeapObject,
    Items,
    Iteration,
    Mapping,
    Maybe,
    Method,
    Partial,
    Record,
    Ref,
    Sequence,
    State,
    Super,
    Value,
)

if TYPE_CHECKING:
    from srcad.frontend.context import Frame, Lowering


def pairs(before: HeapObject, now: HeapObject) -> list[tuple[str, Value, Value]] | None:
    """The parts of two containers side by side, with their names; None if they are not alike."""
    match before, now:
        case Sequence(), Sequence() if _fit(before, now):
            both = zip(before.items, now.items, strict=True)
            return [(str(i), a, b) for i, (a, b) in enumerate(both)]
        case Mapping(), Mapping() if [k for k, _ in before.items] == [k for k, _ in now.items]:
            both_pairs = zip(before.items, now.items, strict=True)
            return [(str(k), a, b) for (k, a), (_, b) in both_pairs]
        case Record(), Record() if before.type is now.type:
            ended = dict(now.fields)
            if {k for k, _ in before.fields} == ended.keys():
                return [(k, a, ended[k]) for k, a in before.fields]
    return None


def _fit(before: Sequence, now: Sequence) -> bool:
    return len(before.items) == len(now.items) and before.deque == now.deque


def shared(ctx: Lowering, state: State, live: frozenset[str] | None) -> frozenset[int]:
    """The containers that more than one name or container reaches, with all that is in them.

    Names that are not `live` are never read again; with None all are.
    """
    edges: Counter[int] = Counter()
    inside: dict[int, list[int]] = {}

    def count(values: list[Value]) -> list[int]:
        found = [identity for value in values for identity in _reached(value)]
        edges.update(found)
        for identity in found:
            if identity not in inside:
                inside[identity] = []
                inside[identity] = count(parts(state.heap.get(identity)))
        return found

    kept = [
        value
        for name, value in state.env.items()
        if live is None or name in live or name.startswith("<")
    ]
    count(kept)
    running = {id(frame) for frame in ctx.frames}
    scopes: list[Frame | None] = []
    for frame in ctx.frames:
        count(list(frame.beside))
        scopes.append(frame.scope)
    while scopes:
        scope = scopes.pop()
        if scope is not None and id(scope) not in running:
            running.add(id(scope))
            count(list(scope.env.values()))
            scopes.append(scope.scope)
    waiting = [identity for identity, often in edges.items() if often > 1]
    found: set[int] = set()
    while waiting:
        identity = waiting.pop()
        if identity not in found:
            found.add(identity)
            waiting += inside[identity]
    return frozenset(found)


def parts(content: HeapObject | None) -> list[Value]:
    """The values that a container holds."""
    match content:
        case Sequence(items=items):
            return list(items)
        case Mapping(items=held) | Record(fields=held):
            return [value for _, value in held]
    return []


def _reached(value: Value) -> Iterator[int]:
    match value:
        case Ref(identity=identity):
            yield identity
        case Items(items=items) | Iteration(parts=items):
            for item in items:
                yield from _reached(item)
        case Maybe(value=inner) | Method(receiver=inner) | Super(receiver=inner):
            yield from _reached(inner)
        case Partial(function=function, args=args, kwargs=kwargs):
            for item in (function, *args, *(item for _, item in kwargs)):
                yield from _reached(item)
        case Closure(receiver=receiver, defaults=defaults, keyword_defaults=named):
            bound = () if receiver is None else (receiver,)
            for item in (*bound, *defaults, *(item for _, item in named)):
                yield from _reached(item)
