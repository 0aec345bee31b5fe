"""Calls of functions that bring their own derivatives: `custom_vjp`.

What the program computes is what `fwd` computes. Its arguments are held: to the derivative they are
constants there, and what it passes through is the body of `bwd`, which is written when the call is.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import gast

from srcad.custom import Ruled, custom_vjp
from srcad.errors import MissingRule, UnsafeMutation, UnsupportedType
from srcad.frontend import calls, control, custom, expressions, fitting_bars, memory, objects
from srcad.frontend.values import Array, Items, Number, Path, Ref, Static, Value
from srcad.ir.kinds import FLOAT
from srcad.ir.nodes import Atom, Block, Const, Let, Operand, ShapeOf, Var
from srcad.ir.walk import block_vars, defined
from srcad.rules.marks import CALL, HELD, RESULT, Pull

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


@dataclass
class Arguments:
    """The arguments of a call as its rule sees them.

    `operands` are the values of the program by what is held of them, `made` the containers that
    hold them.
    """

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
            f"`{name}` has no rule yet", None, f"define it: {name}.defvjp(fwd, bwd)", MissingRule
        )
    if any(function is other for other in ctx.ruled):  # a rule may call its function
        plain = objects.wrap(ctx, function.function, (*path, ("attr", "function")))
        return calls.call(ctx, plain, args, kwargs, node)
    given = _positional(ctx, function, path, args, kwargs)
    if ctx.state.dead:
        return Static(None)
    assert isinstance(function, custom_vjp)
    ctx.ruled.append(function)
    try:
        return _pulled(ctx, function, path, _held(ctx, function, given, node), name, node)
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
                objects.wrap(ctx, parameter.default, (*path, *default)), name
            )
        place += parameter.default is not parameter.empty
    return found


def _held(
    ctx: Lowering, function: Ruled[..., Any], given: dict[str, Value] | None, node: gast.AST
) -> Arguments:
    """Take apart what has a cotangent and what has none."""
    found = Arguments()
    assert given is not None
    count = len(given)
    skipped = {n + count if n < 0 else n for n in function.nondiff_argnums}

    def hold(leaf: Number | Array) -> Value:
        atom = expressions.operand(ctx, leaf)
        made = custom.marked(ctx, HELD, leaf)
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
        held = custom.changed(ctx, value, hold, node)
        found.held.append(held)
        found.names.append(name)
        found.every.append(held)
        for identity in _containers(ctx, held):
            found.made[identity] = ctx.state.heap[identity]
    return found


def _containers(ctx: Lowering, value: Value) -> list[int]:
    match value:
        case Items(items=items):
            return [identity for item in items for identity in _containers(ctx, item)]
        case Ref(identity=identity):
            content: Any = ctx.state.heap[identity]
            held: Any = getattr(content, "items", None) or getattr(content, "fields", ())
            inner = [part[1] if isinstance(part, tuple) else part for part in held]
            return [identity, *(found for part in inner for found in _containers(ctx, part))]
    return []


def _unwritten(ctx: Lowering, arguments: Arguments, name: str) -> None:
    """Refuse rules that write to the arguments: it would be lost."""
    arrays = {ctx.state.memory[cell] for v in arguments.held for cell in memory.cells(ctx.state, v)}
    same = all(ctx.state.heap[i] is content for i, content in arguments.made.items())
    if not same or not all(a in arguments.operands for a in arrays if a.kind.is_inexact):
        ctx.refuse(
            f"the rule of `{name}` writes to an argument", None, "copy it first", UnsafeMutation
        )


# -- custom_vjp ---------------------------------------------------------------------------------


def _pulled(
    ctx: Lowering,
    function: custom_vjp[..., Any],
    path: Path,
    arguments: Arguments,
    name: str,
    node: gast.AST,
) -> Value:
    """A call with `fwd`, and the body of `bwd` for whoever differentiates it."""
    fwd = objects.wrap(ctx, function.fwd, (*path, ("attr", "fwd")))
    made = calls.call(ctx, fwd, arguments.every, {}, node)
    if ctx.state.dead:
        return made
    made = objects.resolve(ctx, made, node)
    pair = objects.try_iterate(ctx, made, node) if isinstance(made, Items | Ref) else None
    if pair is None or len(pair) != 2:
        ctx.refuse(
            f"the `fwd` of `{name}` returns {objects.describe(ctx, made)}",
            None,
            "return a pair: the result, and what `bwd` needs",
            UnsupportedType,
        )
    _unwritten(ctx, arguments, name)
    outs: list[Atom] = []
    bars: list[Var] = []

    def bar_of(leaf: Number | Array) -> Value:
        if not leaf.kind.is_inexact:
            return Static(None)
        atom = expressions.operand(ctx, leaf)
        assert isinstance(atom, Var | Const)
        shape = atom.shape if isinstance(atom, Var) else ()
        bar = ctx.builder.fresh("", leaf.kind, shape)
        outs.append(atom)
        bars.append(bar)
        return memory.new_array(ctx, bar)

    origin = ctx.builder.origin
    bwd = objects.wrap(ctx, function.bwd, (*path, ("attr", "bwd")))
    before, ctx.state = ctx.state, ctx.state.copy()
    attempts, ctx.attempts = ctx.attempts, []
    returned, ctx.returned = ctx.returned, None
    try:
        with ctx.builder.block() as body:
            out_bar = custom.changed(ctx, pair[0], bar_of, node)
            given = [*arguments.plain, pair[1], out_bar]
            answer = calls.call(ctx, bwd, given, {}, node)
            ctx.returned = calls.body_of(bwd) or ctx.returned or origin
            targets, results = _answered(ctx, arguments, answer, name)
    finally:
        ctx.state, ctx.attempts, ctx.returned = before, attempts, returned
        ctx.builder.origin = origin
    block = Block(tuple(body), tuple(results))
    inside = {*defined(block), *bars}
    free = tuple(v for v in dict.fromkeys(block_vars(block)) if v not in inside)
    primitive = replace(CALL, options={"pull": Pull(name, block, tuple(bars), free)})
    token = ctx.builder.fresh("", FLOAT)
    shapes: tuple[Operand, ...] = tuple(
        ShapeOf(out) if isinstance(out, Var) and out.kind.is_array else Const(None) for out in outs
    )
    ctx.builder.add(Let(token, primitive, (tuple(targets), free, shapes), (), origin))
    return _results(ctx, pair[0], token, node)


def _answered(
    ctx: Lowering, arguments: Arguments, answer: Value, name: str
) -> tuple[list[Var], list[Atom]]:
    """The arguments that have cotangents, and those."""
    if ctx.state.dead:  # it raises, wherever it is asked
        return list(arguments.operands.values()), [Const(0.0)] * len(arguments.operands)
    with ctx.builder.origins(ctx.returned):
        found = fitting_bars.fitted(ctx, arguments.held, arguments.names, answer, name)
    targets: list[Var] = []
    results: list[Atom] = []
    for held, bar in found:
        targets.append(arguments.operands[held])
        results.append(bar)
    return targets, results


def _results(ctx: Lowering, out: Value, token: Var, node: gast.AST) -> Value:
    """What the call gives: the values that `fwd` gave, with the derivative of the call."""
    numbers = iter(range(10**9))

    def linked(leaf: Number | Array) -> Value:
        if not leaf.kind.is_inexact:
            return leaf
        atom = expressions.operand(ctx, leaf)
        assert isinstance(atom, Var | Const)
        shape = atom.shape if isinstance(atom, Var) else ()
        made = ctx.builder.fresh(atom.hint if isinstance(atom, Var) else "", leaf.kind, shape)
        place = Const(next(numbers))
        ctx.builder.add(Let(made, RESULT, (atom, token, place), (), ctx.builder.origin))
        if atom in ctx.builder.contiguous:
            ctx.builder.contiguous.add(made)
        shared = frozenset({leaf.cell}) if isinstance(leaf, Array) else frozenset[int]()
        return memory.new_array(ctx, made, shared)

    return custom.changed(ctx, out, linked, node)
