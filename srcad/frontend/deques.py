"""Deques: lists with two ends, which drop items at one of them where they may not get longer."""

from __future__ import annotations

import collections
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import (
    calls,
    comprehensions,
    control,
    cursors,
    expressions,
    growing,
    methods,
    objects,
)
from srcad.frontend.values import (
    Deque,
    HeapObject,
    Mapping,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
    is_none,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

End: TypeAlias = Literal["append", "appendleft"]
"""Which end items are put at, as the method that does it is called."""

MAX_TURNS = 8
"""How far a deque of unknown length is rotated, item by item."""
EMPTY = "pop from an empty deque"
OF_LISTS = ("index", "count", "clear", "reverse", "insert")


def construct(ctx: Lowering, args: list[Value], kwargs: dict[str, Value], node: gast.AST) -> Value:
    """`collections.deque(items, maxlen)`."""
    given = {**dict(zip(("iterable", "maxlen"), args, strict=False)), **kwargs}
    if len(args) > 2 or set(given) - {"iterable", "maxlen"}:
        return control.fail(ctx, TypeError("deque() takes at most 2 arguments"))
    bound = given.get("maxlen")
    most = None if is_none(bound) else objects.static(ctx, bound, node)  # type: ignore[arg-type]
    if most is not None and (not isinstance(most, int) or most < 0):
        return control.fail(ctx, ValueError("maxlen must be non-negative"))
    made = Ref(ctx.heap(Sequence((), Deque(most))))
    if "iterable" in given:
        extend(ctx, made.identity, "append", given["iterable"], node)
    return made


def most(content: HeapObject) -> Value | None:
    """`items.maxlen`; None if this is no deque."""
    held = _deque(content)
    return None if held is None else expressions.literal(held.most)


def type_of(content: HeapObject) -> type:
    """The class of a container that is no object."""
    if isinstance(content, Sequence | Rows):
        return list if content.deque is None else collections.deque
    if isinstance(content, Mapping) and content.factory is not None:
        return collections.defaultdict
    return content.type if isinstance(content, Mapping) else dict


def like(content: Sequence) -> Any:
    """The items of a list or a deque in one of Python's own, which raises what it raises."""
    return list(content.items) if content.deque is None else collections.deque(content.items)


def as_before(ctx: Lowering, content: Rows, copied: Ref) -> Ref:
    """A copy of a list, as the deque that it is a copy of."""
    made = ctx.state.heap[copied.identity]
    assert isinstance(made, Rows)
    if content.deque is not None:
        if content.deque.most is not None:  # it has no room for all that it may hold
            ctx.refuse("a deque of bounded length cannot be copied here", None)
        ctx.state.heap[copied.identity] = replace(made, deque=content.deque)
    return copied


def refuse_slice(ctx: Lowering, content: object) -> None:
    """`items[2:]`, which deques do not have."""
    if _deque(content) is not None:
        control.fail(ctx, TypeError("sequence index must be integer, not 'slice'"))


def refuse_operator(ctx: Lowering, function: Any, left: Value, right: Value) -> None:
    """Refuse `+` and `*` of deques."""
    for value in (left, right):
        if isinstance(value, Ref) and _deque(ctx.state.heap.get(value.identity)) is not None:
            ctx.refuse(
                "operators on deques cannot be differentiated yet",
                None,
                "use `extend`, or make lists of them: list(a) + list(b)",
                UnsupportedType,
            )


def _deque(content: object) -> Deque | None:
    return content.deque if isinstance(content, Sequence | Rows) else None


# -- methods ------------------------------------------------------------------------------------


def method(
    ctx: Lowering,
    receiver: Ref,
    name: str,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """A method of a deque."""
    identity = receiver.identity
    if not hasattr(collections.deque, name):
        message = f"'collections.deque' object has no attribute '{name}'"
        return control.fail(ctx, AttributeError(message))
    if kwargs:
        ctx.refuse(f"`{name}` with keywords cannot be differentiated yet", node)
    match name, args:
        case "append" | "appendleft", [value]:
            _push(ctx, identity, name, value, node)
            return Static(None)
        case "extend" | "extendleft", [value]:
            extend(ctx, identity, "append" if name == "extend" else "appendleft", value, node)
            return Static(None)
        case "pop" | "popleft", []:
            return _pop(ctx, identity, name == "popleft", node)
        case "pop", [index]:  # what `del items[i]` does
            return _taken_out(ctx, identity, index, node)
        case "rotate", [] | [_]:
            _rotate(ctx, identity, objects.static(ctx, args[0], node) if args else 1, node)
            return Static(None)
        case "copy", []:
            return _copy(ctx, receiver, node)
    if name == "insert":
        _refuse_bounded(ctx, identity, node)
    content = ctx.state.heap[identity]
    if name in OF_LISTS and isinstance(content, Sequence):
        return methods.of_list(ctx, identity, content, name, args, node)
    if name in OF_LISTS and isinstance(content, Rows):
        return methods.of_rows(ctx, receiver, name, args, node)
    ctx.refuse(
        f"the method `{name}` of a deque cannot be differentiated yet", node, error=UnsupportedType
    )


def extend(ctx: Lowering, identity: int, end: End, value: Value, node: gast.AST) -> None:
    """`items.extend(value)` and `items.extendleft(value)`."""
    growing.refuse_iterated(ctx, identity, node)
    value = cursors.taken(ctx, value, node)
    more = objects.try_iterate(ctx, value, node)
    if more is None:
        form = "extend" if end == "append" else "extendleft"
        comprehensions.fold(ctx, form, value, [Ref(identity)], node)
        return
    for item in more:
        _push(ctx, identity, end, item, node)


def _push(ctx: Lowering, identity: int, end: End, value: Value, node: gast.AST) -> None:
    """One more item at an end; where that is too many, the one at the other end is dropped."""
    growing.refuse_iterated(ctx, identity, node)
    content = ctx.state.heap[identity]
    assert isinstance(content, Sequence | Rows)
    assert content.deque is not None
    bound, at_end = content.deque.most, end == "append"
    if bound == 0:
        return
    if isinstance(content, Sequence):
        items = (*content.items, value) if at_end else (value, *content.items)
        if bound is not None and len(items) > bound:
            items = items[1:] if at_end else items[:-1]
        ctx.change(identity, replace(content, items=items))
        return
    if bound is not None:
        full = _is_full(ctx, content, bound)
        if full is not False:
            ctx.check_change(identity)
            drop = _ignored(lambda: _pop(ctx, identity, at_end, node))
            control.branch(ctx, full, drop, lambda: None, None)
    if at_end:
        growing.append(ctx, identity, value, node)
    else:
        growing.insert(ctx, identity, expressions.literal(0), value, node)


def _is_full(ctx: Lowering, held: Rows, bound: int) -> Any:
    size = ctx.builder.size(held.count.atom)
    if size is not None and size.is_constant:
        return size.constant == bound
    return ctx.builder.emit(operator.eq, held.count.atom, Const(bound))


def _ignored(run: Callable[[], object]) -> Callable[[], None]:
    def done() -> None:
        run()

    return done


def _pop(ctx: Lowering, identity: int, first: bool, node: gast.AST) -> Value:
    """`items.popleft()` and `items.pop()`."""
    growing.refuse_iterated(ctx, identity, node)
    content = ctx.state.heap[identity]
    if isinstance(content, Rows):
        places = [expressions.literal(0)] if first else []
        return growing.pop(ctx, identity, places, node, EMPTY)
    assert isinstance(content, Sequence)
    if not content.items:
        return control.fail(ctx, IndexError(EMPTY))
    found = content.items[0 if first else -1]
    left = content.items[1:] if first else content.items[:-1]
    ctx.change(identity, replace(content, items=left))
    return found


def _taken_out(ctx: Lowering, identity: int, index: Value, node: gast.AST) -> Value:
    content = ctx.state.heap[identity]
    if isinstance(content, Rows):
        return growing.pop(ctx, identity, [index], node)
    assert isinstance(content, Sequence)
    return methods.of_list(ctx, identity, content, "pop", [index], node)


def _rotate(ctx: Lowering, identity: int, turns: Any, node: gast.AST) -> None:
    """`items.rotate(turns)`: the last items become the first ones."""
    growing.refuse_iterated(ctx, identity, node)
    content = ctx.state.heap[identity]
    if isinstance(content, Sequence):
        items = collections.deque(content.items)
        items.rotate(turns)
        ctx.change(identity, replace(content, items=tuple(items)))
        return
    if abs(turns) > MAX_TURNS:
        ctx.refuse(
            f"a deque of unknown length is rotated by {MAX_TURNS} items at most",
            node,
            "use an index that starts elsewhere",
            UnsupportedType,
        )

    def once() -> None:
        item = _pop(ctx, identity, turns < 0, node)
        _push(ctx, identity, "append" if turns < 0 else "appendleft", item, node)

    def all_of_them() -> None:
        for _ in range(abs(turns)):
            once()

    some = expressions.truth(ctx, Ref(identity), node)
    control.branch(ctx, some, all_of_them, lambda: None, None)


def _refuse_bounded(ctx: Lowering, identity: int, node: gast.AST) -> None:
    held = _deque(ctx.state.heap[identity])
    if held is not None and held.most is not None:
        ctx.refuse(
            "`insert` into a deque of bounded length cannot be differentiated yet",
            node,
            "use append or appendleft",
            UnsupportedType,
        )


def _copy(ctx: Lowering, receiver: Ref, node: gast.AST) -> Value:
    """`items.copy()`: another deque of the same items, with the same bound."""
    content = ctx.state.heap[receiver.identity]
    if isinstance(content, Sequence):
        return Ref(ctx.heap(content))
    held = _deque(content)
    assert held is not None
    bound = [] if held.most is None else [expressions.literal(held.most)]
    return calls.call_python(ctx, collections.deque, [receiver, *bound], {}, node)


__all__ = [
    "as_before",
    "construct",
    "extend",
    "like",
    "method",
    "most",
    "refuse_operator",
    "refuse_slice",
    "type_of",
]
