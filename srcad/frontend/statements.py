"""Statements: each changes the state of the lowering and writes what it computes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from collections.abc import Sequence as Many
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    attributes,
    augmenting,
    calls,
    classes,
    comprehensions,
    contexts,
    control,
    cursors,
    dunders,
    expressions,
    growing,
    loops,
    matching,
    memory,
    merge,
    methods,
    objects,
    outside,
    raising,
    room,
    rows,
    stores,
    trying,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.context import Unreachable
from srcad.frontend.liveness import stores as stored_names
from srcad.frontend.values import (
    Array,
    Conflict,
    Items,
    Mapping,
    Maybe,
    Number,
    Ref,
    Rows,
    Sequence,
    Static,
    Value,
)
from srcad.ir.nodes import Atom, Const, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

RESULT = "<return>"


def run_block(ctx: Lowering, body: Many[gast.stmt]) -> None:
    """Run statements until control surely leaves the block."""
    for position, stmt in enumerate(body):
        rest = body[position + 1 :]
        taken = False
        with ctx.place(stmt), suppress(Unreachable):
            taken = (trying.run if ctx.attempts else run)(ctx, stmt, rest)
        if taken or ctx.state.leaves:
            return
        if ctx.state.may_leave and rest:
            live = ctx.frame.facts.live_after(rest[-1])
            unless_left(ctx, lambda rest=rest: run_block(ctx, rest), live)  # type: ignore[misc]
            return


def unless_left(ctx: Lowering, run_rest: Callable[[], None], live: frozenset[str] | None) -> None:
    """Run what follows only where no `break`, `continue` or `return` was met."""
    flags = [flag for flag in ctx.state.left.values() if flag is not False]
    test: Atom = flags[0]  # type: ignore[assignment]
    for flag in flags[1:]:
        test = ctx.builder.emit(operator.or_, test, flag)  # type: ignore[arg-type]
    left = dict(ctx.state.left)

    def gone() -> None:
        # With one way to leave, being here says which: and a `return` has bound the result.
        possible = [name for name, flag in left.items() if flag is not False]
        if len(possible) == 1:
            ctx.state.left[possible[0]] = True
            result = ctx.state.env.get(RESULT)
            if possible[0] == "returned" and isinstance(result, Maybe):
                ctx.state.env[RESULT] = result.value

    def rest() -> None:
        ctx.state.left = {}
        ctx.state.env.pop(RESULT, None)
        run_rest()
        for name in left:
            ctx.state.left.setdefault(name, False)

    control.branch(ctx, test, gone, rest, live)


def _name_of(target: gast.AST) -> str:
    """What is assigned to, in one word: `u` of `u`, `body.u` and `state["u"]`."""
    match target:
        case gast.Name(id=name) | gast.Attribute(attr=name):
            return str(name)
        case gast.Subscript(slice=gast.Constant(value=str() as key)) if key.isidentifier():
            return key
    return ""


def run(ctx: Lowering, stmt: gast.stmt, rest: Many[gast.stmt]) -> bool:
    """Run one statement; True if it took the rest of its block with it."""
    ctx.frame.live_now = ctx.frame.facts.live_after(stmt)
    ctx.frame.statement = stmt
    match stmt:
        case gast.Assign(targets=targets, value=value):
            hint = _name_of(targets[0])
            unpacked = isinstance(targets[0], gast.Tuple)
            evaluate = comprehensions.items_of if unpacked else expressions.evaluate
            result = evaluate(ctx, value, hint)
            if not ctx.state.dead:
                unless_raised(ctx, stmt, lambda: bind_all(ctx, targets, result, stmt))
        case gast.AnnAssign(target=target, value=value):
            if value is not None:
                result = expressions.evaluate(ctx, value, _name_of(target))
                unless_raised(ctx, stmt, lambda: bind(ctx, target, result, stmt))
        case gast.AugAssign():
            augmenting.lower_augmented(ctx, stmt)
        case gast.Expr(value=value):
            if not isinstance(value, gast.Constant):
                expressions.evaluate(ctx, value)
        case gast.If():
            return _branch(ctx, stmt, rest)
        case gast.For():
            loops.lower_for(ctx, stmt)
        case gast.While():
            loops.lower_while(ctx, stmt)
        case gast.Return(value=value):
            result = Static(None) if value is None else expressions.evaluate(ctx, value)
            if not ctx.state.dead:
                unless_raised(ctx, stmt, lambda: _leave_with(ctx, result))
        case gast.Break():
            ctx.state.left["broke"] = True
        case gast.Continue():
            ctx.state.left["continued"] = True
        case gast.Pass() | gast.Nonlocal():
            pass
        case gast.Global(names=names):
            written = stored_names([ctx.frame.source.node]) & set(names)
            if written:
                ctx.refuse(
                    f"the global variable `{min(written)}` is assigned in this function",
                    stmt,
                    "return the value and assign it where the function is called",
                )
        case gast.Assert(test=test, msg=message):
            raising.lower_assert(ctx, test, message, stmt)
        case gast.Raise():
            raising.lower_raise(ctx, stmt)
        case gast.FunctionDef(name=name, decorator_list=decorators):
            around = [expressions.evaluate(ctx, decorator) for decorator in decorators]
            made: Value = calls.define(ctx, stmt)
            for decorator in around[::-1]:
                made = calls.call(ctx, decorator, [made], {}, stmt)
            if not ctx.state.dead:
                unless_raised(ctx, stmt, lambda: ctx.name(name, made))
        case gast.Try():
            trying.lower_try(ctx, stmt)
        case gast.Match():
            matching.lower_match(ctx, stmt)
        case gast.With():
            contexts.lower_with(ctx, stmt)
        case gast.Delete(targets=targets):
            for target in targets:
                if isinstance(target, gast.Subscript):
                    _delete_item(ctx, target)
                    continue
                if not isinstance(target, gast.Name):
                    ctx.refuse("`del` of an attribute cannot be differentiated", target)
                if target.id in ctx.frame.boxes:
                    ctx.refuse("`del` of a `nonlocal` variable cannot be differentiated", target)
                ctx.state.env.pop(target.id, None)
        case gast.Import() | gast.ImportFrom():
            _import(ctx, stmt)
        case _:
            what = {"TryStar": "except*", "ClassDef": "class"}
            word = what.get(type(stmt).__name__, type(stmt).__name__)
            ctx.refuse(
                f"`{word}` cannot be differentiated yet",
                stmt,
                "move it outside of the function, or into a helper without active arguments",
            )
    return False


def _delete_item(ctx: Lowering, target: gast.Subscript) -> None:
    """`del items[i]`: what `pop` does."""
    base = outside.resolve(ctx, expressions.evaluate(ctx, target.value), target)
    content = ctx.state.heap.get(base.identity) if isinstance(base, Ref) else None
    index = expressions.index_of(ctx, target.slice)
    if not isinstance(content, Mapping | Sequence | Rows) or not isinstance(index, Static | Number):
        ctx.refuse("`del` of this item cannot be differentiated", target)
    methods.call_method(ctx, base, "pop", [index], {}, target)


def unless_raised(ctx: Lowering, stmt: gast.stmt, then: Callable[[], None]) -> None:
    """Do the rest of a statement, where what it calls did not leave by an exception."""
    if ctx.state.may_leave and not ctx.state.dead:
        unless_left(ctx, then, ctx.frame.facts.live_after(stmt))
    else:
        then()


def _leave_with(ctx: Lowering, result: Value) -> None:
    ctx.name(RESULT, result)
    ctx.returned = ctx.builder.origin
    ctx.state.left["returned"] = True


def _branch(ctx: Lowering, stmt: gast.If, rest: Many[gast.stmt]) -> bool:
    test = expressions.truth(ctx, expressions.evaluate(ctx, stmt.test), stmt.test)
    if ctx.state.dead:
        return False
    if isinstance(test, bool):
        run_block(ctx, stmt.body if test else stmt.orelse)
        return False
    return _sides(ctx, stmt, test, rest)


def _sides(ctx: Lowering, stmt: gast.If, test: Var, rest: Many[gast.stmt]) -> bool:
    """Lower both sides; a list that is longer after one of them becomes rows before."""
    before = ctx.state
    try:
        with ctx.can_grow(before):
            return _join_sides(ctx, stmt, test, rest)
    except growing.NeedsRows as change:
        identity = change.identity
        if identity not in before.heap or (ctx.growable and identity in ctx.growable[-1]):
            raise
        ctx.state = before.copy()
        if growing.common_form(ctx, change.forms) is None:
            return _join_sides(ctx, stmt, test, rest)
        space = room.room_of_branch(ctx, stmt, identity)
        growing.make(ctx, identity, change.forms, space, objects.name_of(ctx, identity))
    taken = _sides(ctx, stmt, test, rest)
    growing.close(ctx, identity)
    return taken


def _join_sides(ctx: Lowering, stmt: gast.If, test: Var, rest: Many[gast.stmt]) -> bool:
    before = ctx.state
    sides: list[merge.Side] = []
    for body in (stmt.body, stmt.orelse):
        ctx.state = before.copy()
        with ctx.builder.block() as written:
            run_block(ctx, body)
        sides.append(merge.Side(written, ctx.state))
    live = ctx.frame.facts.live_after(stmt)
    leaves = [side.state.leaves for side in sides]
    taken = (
        bool(rest) and any(leaves) and not all(leaves) and not sides[leaves.index(True)].state.dead
    )
    if taken:
        # One side leaves the block: what follows belongs to the other one.
        other = sides[leaves.index(False)]
        ctx.state = other.state
        with ctx.builder.at(other.body):
            if ctx.state.may_leave:
                unless_left(ctx, lambda: run_block(ctx, rest), ctx.frame.facts.live_after(rest[-1]))
            else:
                run_block(ctx, rest)
        other.state = ctx.state
        live = ctx.frame.facts.live_after(rest[-1])
        live |= ctx.frame.facts.live_after(stmt)
    ctx.state = before
    control.join(ctx, test, sides[0], sides[1], live)
    return taken


# -- binding ------------------------------------------------------------------------------------


def bind_all(ctx: Lowering, targets: Many[gast.AST], value: Value, node: gast.AST) -> None:
    """`first = second = value`."""
    for target in targets:
        bind(ctx, target, value, node)


def bind(ctx: Lowering, target: gast.AST, value: Value, node: gast.AST) -> None:
    """`target = value`."""
    match target:
        case gast.Name(id=identifier):
            if isinstance(value, Conflict):
                ctx.refuse(f"this value {value.reason}", node, error=UnsupportedType)
            ctx.name(identifier, _renamed(ctx, cursors.kept(ctx, value, node), identifier))
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            _unpack(ctx, elements, value, node)
        case gast.Subscript(value=base, slice=index):
            value = cursors.kept(ctx, value, node)
            store(ctx, expressions.evaluate(ctx, base), index, value, target)
        case gast.Attribute(value=base, attr=name):
            given = _renamed(ctx, cursors.kept(ctx, value, node), name)
            classes.store(ctx, expressions.evaluate(ctx, base), name, given, target)
        case gast.Starred():
            ctx.refuse("this use of `*` cannot be differentiated", target)
        case _:
            ctx.refuse("this cannot be assigned to", target)


def _renamed(ctx: Lowering, value: Value, identifier: str) -> Value:
    """Give a value without a name of its own the name it is bound to."""
    var = value.atom if isinstance(value, Number) else None
    if isinstance(value, Array) and not value.path:
        var = ctx.state.memory.get(value.cell)
    if isinstance(value, Array) and value.seen is not None:
        var = value.seen[1]
    if isinstance(var, Var) and not var.hint:
        object.__setattr__(var, "hint", identifier)
    return value


def _unpack(ctx: Lowering, elements: list[Any], value: Value, node: gast.AST) -> None:
    value = cursors.taken(ctx, outside.resolve(ctx, value, node), node)
    if isinstance(value, Array):
        items = _unpack_array(ctx, value, elements, node)
    elif rows.is_rows(ctx, value) and not any(isinstance(e, gast.Starred) for e in elements):
        items = rows.unpacked(ctx, value, len(elements))
    else:
        items = objects.iterate(ctx, value, node)
    starred = [i for i, e in enumerate(elements) if isinstance(e, gast.Starred)]
    if ctx.state.dead:
        return
    if starred:
        before, after = starred[0], len(elements) - starred[0] - 1
        if len(items) < before + after:
            control.fail(ctx, ValueError("not enough values to unpack"))
            return
        middle = tuple(items[before : len(items) - after])
        items = [
            *items[:before],
            Ref(ctx.heap(Sequence(middle))),
            *items[len(items) - after :],
        ]
        elements = [e.value if isinstance(e, gast.Starred) else e for e in elements]
    if len(items) != len(elements):
        count = len(elements)
        message = (
            f"too many values to unpack (expected {count})"
            if len(items) > count
            else f"not enough values to unpack (expected {count}, got {len(items)})"
        )
        control.fail(ctx, ValueError(message))
        return
    for element, item in zip(elements, items, strict=True):
        bind(ctx, element, item, node)


def _unpack_array(ctx: Lowering, value: Array, elements: list[Any], node: gast.AST) -> list[Value]:
    var = memory.read(ctx, value)
    if not value.kind.rank:
        control.fail(ctx, TypeError("iteration over a 0-d array"))
        return []
    count = ctx.sizes.constant(var.shape[0])
    if count is None:
        count = len(elements)
        size = expressions.operand(ctx, attributes.length(ctx, var, 0))
        right = ctx.builder.emit(operator.eq, size, Const(count))
        control.require(
            ctx, right, ValueError, f"not enough or too many values to unpack (expected {count})"
        )
    return [expressions.subscript(ctx, value, expressions.literal(i), node) for i in range(count)]


def store(ctx: Lowering, base: Value, index: gast.AST, value: Value, node: gast.Subscript) -> None:
    """`base[index] = value`."""
    base = outside.resolve(ctx, base, node)
    if dunders.method(ctx, base, "__setitem__", node) is not None:
        dunders.called(ctx, base, "__setitem__", [expressions.index_of(ctx, index), value], node)
        return
    match base:
        case Array():
            place = expressions.place_of(ctx, expressions.index_of(ctx, index), node)
            try:
                memory.write(ctx, base, place, storable(ctx, value, node), node)
            except EvaluationFails as failure:
                control.fail(ctx, failure.cause)
        case Ref():
            stores.item(ctx, base, expressions.index_of(ctx, index), value, node)
        case Static() | Items():
            control.fail(ctx, TypeError("this object does not support item assignment"))
        case _:
            ctx.refuse(
                f"{objects.describe(ctx, base)} cannot be written here",
                node,
                "only arguments and values made in the function can be changed",
                UnsupportedType,
            )


def storable(ctx: Lowering, value: Value, node: gast.AST) -> Any:
    """A value as the right-hand side of a store: lists become arrays first."""
    value = outside.resolve(ctx, value, node)
    if isinstance(value, Items | Ref):
        value = calls.call(ctx, Static(np.array), [value], {}, node)
    return expressions.operand(ctx, value, node)


def _import(ctx: Lowering, stmt: gast.Import | gast.ImportFrom) -> None:
    import importlib

    for alias in stmt.names:
        try:
            if isinstance(stmt, gast.ImportFrom):
                module = importlib.import_module(stmt.module or "")
                found = attributes.static_member(ctx, module, alias.name)
                ctx.name(alias.asname or alias.name, found)
            else:
                module = importlib.import_module(alias.name)
                top = module if alias.asname else importlib.import_module(alias.name.split(".")[0])
                ctx.name(alias.asname or alias.name.split(".")[0], Static(top))
        except (ImportError, AttributeError) as error:
            control.fail(ctx, error)
