"""Calls of functions that bring their own derivatives: `custom_vjp` and `custom_jvp`.

The arguments of a rule are held: what it computes of them has no derivative, but by the rule.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import gast

from srcad.custom import Ruled, custom_jvp, custom_vjp
from srcad.errors import MissingRule, Origin, UnsafeMutation, UnsupportedType
from srcad.frontend import (
    calls,
    control,
    custom,
    expressions,
    memory,
    objects,
    outside,
    own_adjoints,
    own_tangents,
    value_trees,
)
from srcad.frontend.values import Array, Items, Number, Path, Ref, Rows, Static, Value
from srcad.ir.nodes import Atom, Const, Let, Var
from srcad.ir.primitives import Primitive
from srcad.rules.marks import HELD

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


@dataclass
class Arguments:
    """The arguments of a call as its rule sees them.

    `operands` are the values of the program by what is held of them, `made` the containers that
    hold them, and `number` is one that no other call has.
    """

    number: Const
    plain: list[Value] = field(default_factory=list)
    held: list[Value] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    every: list[Value] = field(default_factory=list)
    operands: dict[Var, Var] = field(default_factory=dict)
    made: dict[int, Any] = field(default_factory=dict)


def call(
    ctx: Lowering,
    function: Ruled[..., Any],
    path: Path,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST,
) -> Value:
    """Call a function with a rule of the user's."""
    name = getattr(function, "__name__", "function")
    if not all(function.rules):
        ctx.refuse(
            f"`{name}` has no rule yet", None, f"define it: {name}.{function.usage}", MissingRule
        )
    if sum(function is other for other in ctx.ruled) >= ctx.orders:
        # A rule may call its function: which of its derivatives are the rule's, and the last not.
        plain = outside.wrap(ctx, function.function, (*path, ("attr", "function")))
        return calls.call(ctx, plain, args, kwargs, node)
    given = _positional(ctx, function, path, args, kwargs)
    if ctx.state.dead:
        return Static(None)
    arguments = _held(ctx, function, given, node)
    ctx.ruled.append(function)
    try:
        if isinstance(function, custom_jvp):
            return own_tangents.pushed(ctx, function, path, arguments, name, node)
        assert isinstance(function, custom_vjp)
        return own_adjoints.pulled(ctx, function, path, arguments, name, node)
    finally:
        ctx.ruled.pop()


def _positional(
    ctx: Lowering,
    function: Ruled[..., Any],
    path: Path,
    args: list[Value],
    kwargs: dict[str, Value],
) -> dict[str, Value] | None:
    """The arguments by name, in order; rules take all of them by position."""
    signature = inspect.signature(function.function)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        control.fail(ctx, TypeError(f"{function.__name__}() {error}"))  # type: ignore[attr-defined]
        return None
    place = 0
    found: dict[str, Value] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            ctx.refuse(
                "a function with a rule of its own takes its arguments by position",
                None,
                f"make `{name}` a plain parameter",
            )
        if parameter.kind is parameter.VAR_POSITIONAL:
            more = bound.arguments.get(name, ())
            found |= {f"{name}[{i}]": value for i, value in enumerate(more)}
        elif name in bound.arguments:
            found[name] = bound.arguments[name]
        else:
            default = (("attr", "function"), ("attr", "__defaults__"), ("item", place))
            found[name] = calls.called(
                outside.wrap(ctx, parameter.default, (*path, *default)), name
            )
        place += parameter.default is not parameter.empty
    return found


def _held(
    ctx: Lowering, function: Ruled[..., Any], given: dict[str, Value] | None, node: gast.AST
) -> Arguments:
    """Take apart what has a cotangent and what has none."""
    found = Arguments(number=Const(next(ctx.numbers)))
    assert given is not None
    count = len(given)
    skipped = {n + count if n < 0 else n for n in function.nondiff_argnums}

    def hold(leaf: Number | Array) -> Value:
        atom = expressions.operand(ctx, leaf)
        made = custom.marked(ctx, HELD, leaf, found.number)
        inside = expressions.operand(ctx, made)
        if isinstance(inside, Var) and inside is not atom:
            assert isinstance(atom, Var)
            found.operands[inside] = atom
        return made

    for number, (name, value) in enumerate(given.items()):
        if number in skipped:
            found.plain.append(value)
            found.every.append(value)
            continue
        _containers(ctx, value)
        held = value_trees.changed(ctx, value, hold, node, "constant")
        found.held.append(held)
        found.names.append(name)
        found.every.append(held)
        for identity in _containers(ctx, held):
            found.made[identity] = ctx.state.heap[identity]
    return found


def _containers(ctx: Lowering, value: Value) -> list[int]:
    """The containers of a tree, by identity."""
    match outside.resolve(ctx, value):
        case Items(items=items):
            return [identity for item in items for identity in _containers(ctx, item)]
        case Ref(identity=identity):
            content: Any = ctx.state.heap[identity]
            if isinstance(content, Rows):
                ctx.refuse(
                    "a list whose length is known only at run time is given to a function with a "
                    "rule of its own, or returned by it",
                    None,
                    "make an array of it: np.array(items)",
                    UnsupportedType,
                )
            held: Any = getattr(content, "items", None) or getattr(content, "fields", ())
            inner = [part[1] if isinstance(part, tuple) else part for part in held]
            return [identity, *(found for part in inner for found in _containers(ctx, part))]
    return []


def check_unwritten(ctx: Lowering, arguments: Arguments, name: str) -> None:
    """Refuse rules that write to the arguments: it would be lost."""
    arrays = {ctx.state.memory[cell] for v in arguments.held for cell in memory.cells(ctx.state, v)}
    same = all(ctx.state.heap[i] is content for i, content in arguments.made.items())
    if not same or not all(a in arguments.operands for a in arrays if a.kind.is_inexact):
        ctx.refuse(
            f"the rule of `{name}` writes to an argument", None, "copy it first", UnsafeMutation
        )


def two_of(ctx: Lowering, made: Value, rule: Value, whose: str, what: str) -> list[Value]:
    """The two values that a rule returns."""
    with ctx.builder.origins(calls.body_of(rule) or ctx.returned or ctx.builder.origin):
        made = outside.resolve(ctx, made)
        pair = objects.try_iterate(ctx, made, None) if isinstance(made, Items | Ref) else None
        if pair is None or len(pair) != 2:
            ctx.refuse(
                f"the {whose} returns {objects.describe(ctx, made)}",
                None,
                f"return a pair: {what}",
                UnsupportedType,
            )
        _containers(ctx, pair[0])
    return pair


def linked(
    ctx: Lowering, mark: Primitive, leaf: Number | Array, *others: Atom, origin: Origin | None
) -> Value:
    """A result of a call: the number or array that it is, and where its derivative comes from."""
    atom = expressions.operand(ctx, leaf)
    assert isinstance(atom, Var | Const)
    shape = atom.shape if isinstance(atom, Var) else ()
    made = ctx.builder.fresh(atom.hint if isinstance(atom, Var) else "", leaf.kind, shape)
    ctx.builder.add(Let(made, mark, (atom, *others), (), origin))
    if atom in ctx.builder.contiguous:
        ctx.builder.contiguous.add(made)
    shared = frozenset({leaf.cell}) if isinstance(leaf, Array) else frozenset[int]()
    return memory.new_array(ctx, made, shared)
