"""What an adjoint's loop computes of one number of a tape alone: before the loop, many at a time.

A loop backwards hands a bar from trip to trip, and so takes `cos(s_tape[i])` one after the other.
They wait for nothing: in a loop of their own, they are computed in vectors.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from srcad.frontend.builder import Builder
from srcad.ir.nodes import Block, Effect, Function, Let, Loop, Stmt, Var
from srcad.ir.walk import statements
from srcad.rules.indexing import getitem
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.derivative import Derivative
from srcad.transforms.prune import prune
from srcad.transforms.tapes import may_break

FUNCTIONS = {
    name: function
    for function in (np.sin, np.cos, np.tan, np.exp, np.log, np.sinh, np.cosh, np.tanh)
    for name in (f"np.{function.__name__}", f"math.{function.__name__}")
}
"""Functions that compiled loops compute several elements of at a time, by their names."""


def ahead(function: Function, tapes: set[Var], builder: Builder) -> Function:
    """Compute functions of what is on tapes before the loops of a backward function.

    Args:
        function: the backward function.
        tapes: which of its parameters are tapes.
        builder: writes the statements.
    """
    numbers = {var for var in tapes if var.kind.rank == 1 and var.kind.dtype == "float64"}
    body: list[Stmt] = []
    for stmt in function.body.body:
        if isinstance(stmt, Loop) and stmt.range is not None:
            with builder.block() as before:
                stmt = _loop(stmt, numbers, builder)
            body += before
        body.append(stmt)
    if len(body) == len(function.body.body):
        return function
    return prune(replace(function, body=Block(tuple(body), function.body.results)))


def tapes(derivative: Derivative) -> set[Var]:
    """The parameters of a backward function that are tapes: arrays with an element for each trip.

    Not the arrays of a program, nor tapes of loops that may end early: they may be much longer than
    the loops that read them.
    """
    loops = [s for s in derivative.fwd.body.body if isinstance(s, Loop) and not may_break(s)]
    effects = [s for loop in loops for s in statements(loop.body) if isinstance(s, Effect)]
    recorded = {effect.args[0] for effect in effects if effect.action == "record"}
    kept = derivative.fwd.body.results[-derivative.saved :] if derivative.saved else ()
    params = derivative.bwd.params[: derivative.saved]
    return {param for param, value in zip(params, kept, strict=True) if value in recorded}


def _loop(loop: Loop, tapes: set[Var], builder: Builder) -> Loop:
    loaded: dict[Var, Var] = {}
    tables: dict[tuple[str, Var], Var] = {}
    body: list[Stmt] = []
    for stmt in loop.body.body:
        if isinstance(stmt, Let):
            tape = stmt.args[0] if stmt.args else None
            if stmt.primitive.text == "getitem" and tape in tapes and stmt.args[1] is loop.counter:
                assert isinstance(tape, Var)
                loaded[stmt.target] = tape
            stmt = _looked_up(stmt, loop, loaded, tables, builder)
        body.append(stmt)
    return replace(loop, body=Block(tuple(body), loop.body.results))


def _looked_up(
    stmt: Let,
    loop: Loop,
    loaded: dict[Var, Var],
    tables: dict[tuple[str, Var], Var],
    builder: Builder,
) -> Let:
    """The statement, or the same value from a table that is made before the loop."""
    text, arg = stmt.primitive.text, stmt.args[0] if stmt.args else None
    if text not in FUNCTIONS or stmt.kwargs or len(stmt.args) != 1 or arg not in loaded:
        return stmt
    assert isinstance(arg, Var)
    function = FUNCTIONS[text]
    key = function.__name__, loaded[arg]
    if key not in tables:
        with builder.origins(stmt.origin):
            tables[key] = builder.emit(function, loaded[arg], hint=f"{function.__name__}_ahead")
    return replace(stmt, primitive=PRIMITIVES[getitem], args=(tables[key], loop.counter))
