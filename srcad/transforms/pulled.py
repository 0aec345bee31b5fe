"""Calls with a rule of the user's, backwards: the body of `bwd` is written into the adjoint."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from srcad.errors import MissingRule
from srcad.ir.nodes import Atom, Block, Const, Function, Let, Operand, Var
from srcad.ir.walk import blocks, operand_vars, own_operands, statements
from srcad.rules.marks import JOINED, RESULT, TANGENT, Pull
from srcad.transforms import copies
from srcad.transforms.bars import ZERO, Reverse
from srcad.transforms.partials import as_dtype
from srcad.transforms.repeating import uses


def is_ruled(stmt: Let) -> bool:
    """Whether a statement is part of a call with a rule of the user's."""
    return stmt.primitive in (RESULT, TANGENT, JOINED) or "pull" in stmt.primitive.options


def pull(state: Reverse, stmt: Let) -> None:
    """Note the bar of a result; and at the call itself, write what becomes of all of them."""
    if stmt.primitive in (TANGENT, JOINED):
        dot = stmt.args[-1]
        check_outside(state.active, stmt.args[:-1], stmt)
        bar = state.bars.pop(stmt.target, None)
        if bar is not None and bar != ZERO and isinstance(dot, Var):
            if isinstance(bar, Var) and bar.hint.endswith("_dot_bar") and dot.hint:
                object.__setattr__(bar, "hint", f"{dot.hint}_bar")  # that of `x_dot` is that of `x`
            state.accumulate(dot, as_dtype(state.builder, bar, dot))
        return
    if stmt.primitive is RESULT:
        value, _, call, number = stmt.args
        check_outside(state.active, value, stmt)
        bar = state.bars.pop(stmt.target, None)
        if bar is not None and bar != ZERO:
            assert isinstance(call, Var)
            assert isinstance(number, Const)
            state.calls.setdefault(call, {})[number.value] = bar
        return
    given = state.calls.pop(stmt.target, None)
    if given is None:
        return
    rule: Pull = stmt.primitive.options["pull"]
    arguments, free, shapes = stmt.args
    assert isinstance(arguments, tuple)
    assert isinstance(free, tuple)
    assert isinstance(shapes, tuple)
    check_call(state.active, stmt)
    here = dict(zip(rule.free, free, strict=True))
    for place, (bar_var, shape) in enumerate(zip(rule.bars, shapes, strict=True)):
        here[bar_var] = given.get(place) or _zeros(state, bar_var, shape)
    bars = copies.write(state.builder, Function(rule.name, (), rule.block), here)
    for argument, bar in zip(arguments, bars, strict=True):
        if isinstance(argument, Var):
            state.accumulate(argument, as_dtype(state.builder, bar, argument))


def check_call(active: Collection[Var], stmt: Let) -> None:
    """Refuse a call whose rule reads elements of what is differentiated, but for its arguments."""
    rule: Pull = stmt.primitive.options["pull"]
    free = stmt.args[1]
    assert isinstance(free, tuple)
    read = _elements(rule.block)
    pairs = zip(rule.free, free, strict=True)
    check_outside(active, tuple(outer for var, outer in pairs if var in read), stmt)


def _elements(block: Block) -> set[Var]:
    """The variables of which a block reads more than the shape."""
    operands = [*(o for stmt in statements(block) for o in own_operands(stmt))]
    handed = [result for inner in _nested(block) for result in inner.results]
    return {var for o in (*operands, *handed) for var, only_shape in uses(o) if not only_shape}


def _nested(block: Block) -> Iterator[Block]:
    yield block
    for stmt in block.body:
        for inner in blocks(stmt):
            yield from _nested(inner)


def _zeros(state: Reverse, bar: Var, shape: Operand) -> Atom:
    if bar.kind.is_array:
        return state.builder.emit(np.zeros, shape, Const(np.dtype(bar.kind.dtype)))
    return Const(0.0j) if bar.kind.is_complex else ZERO


def check_outside(active: Collection[Var], read: Operand, stmt: Let) -> None:
    """Refuse rules that read what is differentiated, other than by their arguments."""
    if any(var in active for var in operand_vars(read)):
        raise MissingRule(
            "this function has a rule of its own, and depends on a value that is differentiated "
            "and that the rule has no derivative for",
            stmt.origin,
            "make that value an argument, not one of `nondiff_argnums`, or pass "
            "srcad.stop_gradient(value)",
        )
