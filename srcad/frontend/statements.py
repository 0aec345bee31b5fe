"""Statements: each changes the state of the lowering and writes what it computes."""

from __future__ import annotations

import operator
from collections.abc import Callable
from collections.abc import Sequence as Many
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import MissingRule, UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    control,
    expressions,
    growing,
    loops,
    memory,
    merge,
    objects,
    room,
    rows,
    sequences,
    updates,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.context import Unreachable
from srcad.frontend.values import (
    Array,
    Conflict,
    Items,
    Mapping,
    Maybe,
    Number,
    Record,
    Ref,
    Sequence,
    Static,
    Text,
    Value,
)
from srcad.ir.nodes import Atom, Const, Effect, Var
from srcad.ir.walk import is_basic
from srcad.rules.indexing import getitem

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

RESULT = "<return>"


def run_block(ctx: Lowering, body: Many[gast.stmt]) -> None:
    """Run statements until control surely leaves the block."""
    for position, stmt in enumerate(body):
        rest = body[position + 1 :]
        taken = False
        with ctx.place(stmt), suppress(Unreachable):
            taken = run(ctx, stmt, rest)
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


def run(ctx: Lowering, stmt: gast.stmt, rest: Many[gast.stmt]) -> bool:
    """Run one statement; True if it took the rest of its block with it."""
    ctx.frame.live_now = ctx.frame.facts.live_after(stmt)
    match stmt:
        case gast.Assign(targets=targets, value=value):
            hint = targets[0].id if isinstance(targets[0], gast.Name) else ""
            result = expressions.evaluate(ctx, value, hint)
            if not ctx.state.dead:
                for target in targets:
                    bind(ctx, target, result, stmt)
        case gast.AnnAssign(target=target, value=value):
            if value is not None:
                hint = target.id if isinstance(target, gast.Name) else ""
                bind(ctx, target, expressions.evaluate(ctx, value, hint), stmt)
        case gast.AugAssign():
            augmented(ctx, stmt)
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
                ctx.name(RESULT, result)
                ctx.returned = ctx.builder.origin
                ctx.state.left["returned"] = True
        case gast.Break():
            ctx.state.left["broke"] = True
        case gast.Continue():
            ctx.state.left["continued"] = True
        case gast.Pass() | gast.Global() | gast.Nonlocal():
            if isinstance(stmt, gast.Nonlocal | gast.Global):
                ctx.refuse(
                    f"`{type(stmt).__name__.lower()}` cannot be differentiated yet",
                    stmt,
                    "return the value and assign it where the function is called",
                )
        case gast.Assert(test=test, msg=message):
            _assert(ctx, test, message, stmt)
        case gast.Raise():
            _raise(ctx, stmt)
        case gast.FunctionDef(name=name):
            ctx.name(name, calls.define(ctx, stmt))
        case gast.Delete(targets=targets):
            for target in targets:
                if not isinstance(target, gast.Name):
                    ctx.refuse("`del` of an item cannot be differentiated", target)
                ctx.state.env.pop(target.id, None)
        case gast.Import() | gast.ImportFrom():
            _import(ctx, stmt)
        case _:
            what = {"Try": "try", "With": "with", "ClassDef": "class", "Match": "match"}
            word = what.get(type(stmt).__name__, type(stmt).__name__)
            ctx.refuse(
                f"`{word}` cannot be differentiated yet",
                stmt,
                "move it outside of the function, or into a helper without active arguments",
            )
    return False


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


def bind(ctx: Lowering, target: gast.AST, value: Value, node: gast.AST) -> None:
    """`target = value`."""
    match target:
        case gast.Name(id=identifier):
            if isinstance(value, Conflict):
                ctx.refuse(f"this value {value.reason}", node, error=UnsupportedType)
            sequences.refuse_kept(ctx, value, node)
            ctx.name(identifier, _renamed(ctx, value, identifier))
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            _unpack(ctx, elements, value, node)
        case gast.Subscript(value=base, slice=index):
            store(ctx, expressions.evaluate(ctx, base), index, value, target)
        case gast.Attribute(value=base, attr=name):
            _store_attribute(ctx, expressions.evaluate(ctx, base), name, value, target)
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
    value = objects.resolve(ctx, value, node)
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
    base = objects.resolve(ctx, base, node)
    match base:
        case Array():
            place = expressions.place_of(ctx, expressions.index_of(ctx, index), node)
            try:
                memory.write(ctx, base, place, storable(ctx, value, node), node)
            except EvaluationFails as failure:
                control.fail(ctx, failure.cause)
        case Ref(identity=identity) if rows.is_rows(ctx, base):
            position = expressions.index_of(ctx, index)
            growing.store(ctx, identity, position, value, node)
        case Ref(identity=identity):
            key = objects.static(ctx, expressions.evaluate(ctx, index), node)
            content = ctx.state.heap[identity]
            match content:
                case Mapping(items=pairs):
                    ctx.state.heap[identity] = Mapping(tuple({**dict(pairs), key: value}.items()))
                case Sequence(items=items):
                    changed = list(items)
                    try:
                        changed[key] = value
                    except IndexError as error:
                        control.fail(ctx, error)
                    ctx.state.heap[identity] = Sequence(tuple(changed))
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
    value = objects.resolve(ctx, value, node)
    if isinstance(value, Items | Ref):
        value = calls.call(ctx, Static(np.array), [value], {}, node)
    return expressions.operand(ctx, value, node)


def _store_attribute(ctx: Lowering, base: Value, name: str, value: Value, node: gast.AST) -> None:
    if isinstance(base, Ref):
        content = ctx.state.heap[base.identity]
        if isinstance(content, Record):
            fields = {**dict(content.fields), name: value}
            ctx.state.heap[base.identity] = Record(content.type, tuple(fields.items()))
            return
    ctx.refuse(
        f"the attribute `{name}` of {objects.describe(ctx, base)} cannot be written here",
        node,
        "keep the value in a local variable and return it",
    )


def augmented(ctx: Lowering, stmt: gast.AugAssign) -> None:
    """`target op= value`: in place on arrays, a rebinding otherwise."""
    function = expressions.BINARY[type(stmt.op)]
    match stmt.target:
        case gast.Name(id=identifier):
            current = objects.resolve(ctx, expressions.load(ctx, identifier, stmt.target), stmt)
            value = expressions.evaluate(ctx, stmt.value)
            if ctx.state.dead:
                return
            if isinstance(current, Array):
                _update_in_place(ctx, function, current, value, stmt)
                return
            if isinstance(current, Ref) and function is operator.add:
                growing.extend(ctx, current.identity, value, stmt)
                return
            result = expressions.binary(ctx, function, current, value, stmt, identifier)
            bind(ctx, stmt.target, result, stmt)
        case gast.Subscript(value=base_node, slice=index_node):
            base = objects.resolve(ctx, expressions.evaluate(ctx, base_node), stmt)
            index = expressions.index_of(ctx, index_node)
            if not isinstance(base, Array):
                current = expressions.subscript(ctx, base, index, stmt.target)
                value = expressions.evaluate(ctx, stmt.value)
                if isinstance(current, Array):
                    _update_in_place(ctx, function, current, value, stmt)
                else:
                    result = expressions.binary(ctx, function, current, value, stmt)
                    store(ctx, base, index_node, result, stmt.target)
                return
            place = expressions.place_of(ctx, index, stmt)
            # Python reads the element first, then evaluates the right-hand side.
            before = memory.read(ctx, base)
            try:
                old = ctx.builder.emit(getitem, before, place)
                value = expressions.evaluate(ctx, stmt.value)
                if ctx.state.dead:
                    return
                if old.kind.is_array and is_basic(place):
                    old = ctx.builder.emit(getitem, memory.read(ctx, base), place)
                added = storable(ctx, value, stmt)
                new = ctx.builder.emit(function, old, added)
                updates.check_shape(ctx, function, old, added)
                updates.check_casting(old, new, function)
                memory.write(ctx, base, place, new, stmt)
            except EvaluationFails as failure:
                control.fail(ctx, failure.cause)
        case gast.Attribute(value=base_node, attr=name):
            base = expressions.evaluate(ctx, base_node)
            current = objects.resolve(ctx, attributes.attribute(ctx, base, name, stmt), stmt)
            value = expressions.evaluate(ctx, stmt.value)
            if isinstance(current, Array):
                _update_in_place(ctx, function, current, value, stmt)
            else:
                result = expressions.binary(ctx, function, current, value, stmt)
                _store_attribute(ctx, base, name, result, stmt)


def _update_in_place(
    ctx: Lowering, function: Any, array: Array, value: Value, stmt: gast.AugAssign
) -> None:
    old = memory.read(ctx, array)
    try:
        added = storable(ctx, value, stmt)
        new = ctx.builder.emit(function, old, added)
        updates.check_shape(ctx, function, old, added)
        updates.check_casting(old, new, function)
    except EvaluationFails as failure:
        control.fail(ctx, failure.cause)
        return
    if not new.kind.is_array:  # a 0-d array: its operations give numbers, its memory stays
        memory.write(ctx, array, Const(Ellipsis), new, stmt)
        return
    memory.replace_content(ctx, array, new, stmt)


# -- raising ------------------------------------------------------------------------------------


def _assert(ctx: Lowering, test: gast.AST, message: gast.AST | None, stmt: gast.AST) -> None:
    condition = expressions.truth(ctx, expressions.evaluate(ctx, test), test)
    if condition is True:
        return

    def raises() -> None:
        args = () if message is None else (_message(ctx, message),)
        ctx.builder.add(Effect("raise", AssertionError, args, (), (), ctx.builder.origin))
        ctx.state.dead = True

    live = ctx.frame.facts.live_after(stmt)
    control.branch(ctx, condition, lambda: None, raises, live)


def _message(ctx: Lowering, node: gast.AST) -> Any:
    value = expressions.evaluate(ctx, node)
    return value.var if isinstance(value, Text) else expressions.operand(ctx, value, node)


def _raise(ctx: Lowering, stmt: gast.Raise) -> None:
    if stmt.exc is None:
        ctx.refuse("a bare `raise` cannot be differentiated", stmt)
    if isinstance(stmt.exc, gast.Call):
        kind = objects.static(ctx, expressions.evaluate(ctx, stmt.exc.func), stmt)
        args = tuple(_message(ctx, arg) for arg in stmt.exc.args)
    else:
        kind = objects.static(ctx, expressions.evaluate(ctx, stmt.exc), stmt)
        args = ()
    if kind is NotImplementedError and (ctx.within_rule or ctx.fixed_origin):
        text = str(args[0].value) if args and isinstance(args[0], Const) else "no rule"
        message, _, hint = text.partition(": ")
        ctx.refuse(message, stmt, hint or None, MissingRule)
    if not (isinstance(kind, type) and issubclass(kind, BaseException)):
        if isinstance(kind, BaseException):
            kind, args = type(kind), tuple(Const(a) for a in kind.args)
        else:
            control.fail(ctx, TypeError("exceptions must derive from BaseException"))
            return
    ctx.builder.add(Effect("raise", kind, args, (), (), ctx.builder.origin))
    ctx.state.dead = True


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
