"""Forward mode: from a program to one that carries a tangent beside each active value.

The tangent program walks with the primal: each statement `y = f(x)` has `y_dot` beside it, branches
and loops hand out tangents beside values, and what is updated in place has a tangent that is
updated in the same places (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 3).  There is
no tape.  A value without influence has no tangent, and neither has one whose tangent is zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import assert_never

import numpy as np

from srcad.errors import MissingRule
from srcad.frontend.builder import Builder
from srcad.ir.kinds import Kind
from srcad.ir.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Effect,
    Function,
    If,
    Let,
    Loop,
    ShapeOf,
    Var,
)
from srcad.ir.walk import own_vars
from srcad.rules.marks import JOINED, RESULT, TANGENT
from srcad.transforms.partials import as_dtype
from srcad.transforms.pulled import check_call, check_outside, is_ruled
from srcad.transforms.pushed import pushed
from srcad.transforms.pushforward import Dots, tangent


@dataclass
class _Forward:
    """What is known while a tangent program is written."""

    builder: Builder
    active: frozenset[Var]
    dots: Dots = field(default_factory=dict)
    calls: dict[Var, dict[object, Atom]] = field(default_factory=dict)


def forward(
    function: Function,
    inputs: tuple[Var, ...],
    outputs: tuple[int, ...],
    active: frozenset[Var],
    builder: Builder,
) -> Function:
    """Write the tangent program of a function.

    Args:
        function: the program.
        inputs: the parameters that tangents come for.
        outputs: the numbers of the results whose tangents are wanted.
        active: the variables that carry derivatives.
        builder: writes statements; knows the sizes of the program.

    Returns:
        A function of the parameters and then the tangents of `inputs`, which returns the results
        and then the tangents of `outputs`.

    Raises:
        MissingRule: for a function that has no forward rule, naming the user's line.
    """
    state = _Forward(builder, active)
    params = tuple(Var(f"{var.hint}_dot", var.kind, var.shape) for var in inputs)
    state.dots.update(zip(inputs, params, strict=True))
    builder.contiguous.update(
        dot for var, dot in zip(inputs, params, strict=True) if var in builder.contiguous
    )
    with builder.block() as body:
        _block(state, function.body)
        results = function.body.results
        builder.origin = None
        dots = tuple(_handed(state, results[i], results[i]) for i in outputs)
    return Function(
        f"{function.name}_jvp",
        function.params + params,
        Block(tuple(body), results + dots),
    )


def _block(state: _Forward, block: Block) -> None:
    for stmt in block.body:
        state.builder.origin = stmt.origin
        match stmt:
            case Let():
                _let(state, stmt)
            case If():
                _if(state, stmt)
            case Loop():
                _loop(state, stmt)
            case Effect():
                state.builder.add(stmt)
            case _:
                assert_never(stmt)


def _let(state: _Forward, stmt: Let) -> None:
    """A statement and its tangent, which comes first unless it reads the result."""
    if stmt.target not in state.active:
        state.builder.add(stmt)
        return
    if is_ruled(stmt):
        _ruled(state, stmt)
        return
    if not _has_rule(stmt):
        name = stmt.primitive.text.rpartition(".")[2]
        raise MissingRule(
            f"srcad has no forward rule for `{name}` and cannot read its source",
            stmt.origin,
            "compute it outside, or write it with functions that have rules",
        )
    with state.builder.block() as written:
        dot = tangent(state.builder, state.dots, stmt)
    state.builder.origin = stmt.origin
    late = any(stmt.target in own_vars(other) for other in written)
    if late:
        state.builder.add(stmt)
    state.builder.extend(written)
    if not late:
        state.builder.add(stmt)
    if dot is not None:
        state.dots[stmt.target] = dot


def _ruled(state: _Forward, stmt: Let) -> None:
    """A part of a call with a rule of the user's."""
    state.builder.add(stmt)
    if stmt.primitive in (TANGENT, JOINED):
        moving = stmt.args[-1]
        check_outside(state.active, stmt.args[:-1], stmt)
        if isinstance(moving, Var) and moving in state.dots:
            made = as_dtype(state.builder, state.dots[moving], stmt.target)
            assert isinstance(made, Var)
            state.dots[stmt.target] = made
        return
    if stmt.primitive is not RESULT:
        check_call(state.active, stmt)
        state.calls[stmt.target] = pushed(state.builder, state.dots, stmt)
        return
    value, _, call, number = stmt.args
    check_outside(state.active, value, stmt)
    assert isinstance(call, Var)
    assert isinstance(number, Const)
    dot = state.calls.get(call, {}).get(number.value)
    if isinstance(dot, Var):
        state.dots[stmt.target] = dot
        if not dot.hint and stmt.target.hint:
            object.__setattr__(dot, "hint", f"{stmt.target.hint}_dot")


def _has_rule(stmt: Let) -> bool:
    primitive = stmt.primitive
    if primitive.form == "rule":
        return primitive.forward is not None
    return primitive.form not in ("expand", "constant") and primitive.reverse is not None


# -- branches -----------------------------------------------------------------------------------


def _if(state: _Forward, stmt: If) -> None:
    places = [i for i, target in enumerate(stmt.targets) if target in state.active]
    before = state.dots
    sides: list[Block] = []
    for block in (stmt.then, stmt.orelse):
        state.dots = dict(before)
        with state.builder.block() as body:
            _block(state, block)
            state.builder.origin = stmt.origin
            dots = tuple(_handed(state, block.results[i], stmt.targets[i]) for i in places)
        sides.append(Block(tuple(body), block.results + dots))
    state.dots = before
    count = len(stmt.targets)
    targets: list[Var] = []
    for number, place in enumerate(places):
        target = stmt.targets[place]
        handed = [side.results[count + number] for side in sides]
        dot = Var(_hint(target), _kind(target, handed), target.shape)
        targets.append(dot)
        state.dots[target] = dot
    state.builder.add(
        replace(stmt, then=sides[0], orelse=sides[1], targets=stmt.targets + tuple(targets))
    )


# -- loops --------------------------------------------------------------------------------------


def _loop(state: _Forward, stmt: Loop) -> None:
    places = [i for i, phi in enumerate(stmt.carried) if phi in state.active]
    inits = tuple(_handed(state, stmt.inits[i], stmt.carried[i]) for i in places)
    nexts = stmt.body.results[1:] if stmt.breaks else stmt.body.results
    before = state.dots
    state.dots = dict(before)
    carried = _moving(state, [stmt.carried[i] for i in places])
    with state.builder.block() as body:
        _block(state, stmt.body)
        state.builder.origin = stmt.origin
        ends = tuple(_handed(state, nexts[i], stmt.carried[i]) for i in places)
    state.dots = before
    targets = _moving(state, [stmt.targets[i] for i in places])
    state.builder.add(
        replace(
            stmt,
            carried=stmt.carried + carried,
            inits=stmt.inits + inits,
            body=Block(tuple(body), stmt.body.results + ends),
            targets=stmt.targets + targets,
        )
    )


def _moving(state: _Forward, values: list[Var]) -> tuple[Var, ...]:
    """New tangents of values."""
    dots = tuple(Var(_hint(value), value.kind, value.shape) for value in values)
    state.dots.update(zip(values, dots, strict=True))
    return dots


# -- what is handed on --------------------------------------------------------------------------


def _handed(state: _Forward, atom: Atom, target: Atom) -> Atom:
    """The tangent of a value that is handed on as `target`: zero is written out."""
    if atom == UNDEFINED:
        return UNDEFINED
    dot = state.dots.get(atom) if isinstance(atom, Var) else None
    if dot is not None:
        return dot
    assert isinstance(target, Var)
    if isinstance(atom, Var) and atom.kind.is_array:
        dtype = Const(np.dtype(target.kind.dtype))
        return state.builder.emit(np.zeros, ShapeOf(atom), dtype, hint=_hint(target))
    return Const(0.0j) if target.kind.is_complex else Const(0.0)


def _hint(var: Var) -> str:
    return f"{var.hint}_dot" if var.hint else ""


def _kind(target: Var, handed: list[Atom]) -> Kind:
    kinds = [atom.kind for atom in handed if isinstance(atom, Var)]
    return kinds[0] if kinds else target.kind
