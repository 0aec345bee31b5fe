"""Variables that inner functions assign (`nonlocal`): kept in boxes on the heap of the program.

What a name stands for is joined after branches and carried by loops for the function at hand only.
The heap is joined and carried as a whole, so that is where a variable lives that several functions
write to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import gast

from srcad.errors import UnsupportedType
from srcad.frontend.liveness import stores
from srcad.frontend.values import Conflict, Mapping, Ref, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Frame, Lowering

Function: TypeAlias = "gast.FunctionDef | gast.Lambda"


def open_boxes(ctx: Lowering, frame: Frame, env: dict[str, Value]) -> None:
    """Make boxes for the variables of a function that is entered, and find those it shares."""
    node = frame.source.node
    if isinstance(node, gast.Lambda):
        return
    for name in sorted(ctx.once(_declared, node)):
        found = _find(frame.scope, name)
        if found is None:
            ctx.refuse(
                f"`{name}` belongs to a function outside of what is differentiated",
                next(n for n in gast.walk(node) if isinstance(n, gast.Nonlocal)),
                "return the value and assign it where the function is called",
            )
        frame.boxes[name] = found
    for name in sorted(ctx.once(_boxed, node)):
        known = {name: env.pop(name)} if name in env else {}
        frame.boxes[name] = ctx.heap(Mapping(tuple(known.items())))
        env[f"<box {name}>"] = Ref(frame.boxes[name])


def read(ctx: Lowering, frame: Frame, name: str) -> Value | None:
    """The value of a name that is in a box of a function; None if it is in none, or unbound."""
    identity = frame.boxes.get(name)
    if identity is None:
        return None
    content = ctx.state.heap[identity]
    if isinstance(content, Conflict):
        ctx.refuse(f"`{name}` is not bound on every path", None, error=UnsupportedType)
    assert isinstance(content, Mapping)
    return dict(content.items).get(name)


def _find(scope: Frame | None, name: str) -> int | None:
    while scope is not None:
        if name in scope.boxes:
            return scope.boxes[name]
        scope = scope.scope if scope.function is None else None
    return None


def _own(node: Function) -> list[gast.AST]:
    """The nodes of a function without those of functions inside it."""
    found: list[gast.AST] = []
    waiting = list(node.body) if isinstance(node, gast.FunctionDef) else []
    while waiting:
        inner = waiting.pop()
        found.append(inner)
        if not isinstance(inner, gast.FunctionDef | gast.Lambda):
            waiting += gast.iter_child_nodes(inner)
    return found


def _declared(node: Function) -> set[str]:
    """The names that a function declares `nonlocal`."""
    return {name for n in _own(node) if isinstance(n, gast.Nonlocal) for name in n.names}


def _wanted(node: Function) -> set[str]:
    """The names that a function, or one inside it, assigns in a function around it."""
    own = _own(node)
    inner = [n for n in own if isinstance(n, gast.FunctionDef)]
    declared = _declared(node)
    return declared | (set().union(*map(_wanted, inner)) - _locals(node) - declared)


def _boxed(node: Function) -> set[str]:
    """The variables of a function that functions inside it assign."""
    inner = [n for n in _own(node) if isinstance(n, gast.FunctionDef)]
    wanted: set[str] = set().union(*map(_wanted, inner))
    return (wanted & _locals(node)) - _declared(node)


def _locals(node: Function) -> set[str]:
    spec = node.args
    params = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    bound = set()
    for inner in _own(node):
        if isinstance(inner, gast.FunctionDef):
            bound.add(inner.name)
        elif isinstance(inner, gast.Name):
            bound |= stores([inner])
    return bound | {param.id for param in params if param is not None}


__all__ = ["open_boxes", "read"]
