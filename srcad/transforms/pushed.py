"""Calls with a rule of the user's, forwards: the transpose of `bwd` is written beside the call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from srcad.errors import MissingRule
from srcad.frontend.builder import Builder
from srcad.ir.dims import SizeOf, ValueOf
from srcad.ir.nodes import Atom, Block, Const, Function, Let, Operand, ShapeOf, Var
from srcad.ir.walk import block_vars, defined, map_block
from srcad.rules.marks import Pull
from srcad.transforms import copies
from srcad.transforms.derivative import unused_dropped
from srcad.transforms.linearity import NotLinear, check_linear
from srcad.transforms.partials import as_dtype
from srcad.transforms.residuals import keep
from srcad.transforms.reverse import reverse
from srcad.transforms.simplify import simplify


def pushed(builder: Builder, dots: Mapping[Var, Var], stmt: Let) -> dict[object, Atom]:
    """Write the tangents of the results of a call.

    `bwd` is linear in the cotangents; its own adjoint, for the tangents of the arguments, is what
    the call does to tangents.

    Args:
        builder: writes statements.
        dots: the tangents so far.
        stmt: the call.

    Returns:
        The tangents by the numbers of the results; those that are missing are zero.

    Raises:
        MissingRule: if one cannot see that `bwd` is linear.
    """
    rule: Pull = stmt.primitive.options["pull"]
    arguments, free, shapes = stmt.args
    assert isinstance(arguments, tuple)
    assert isinstance(free, tuple)
    assert isinstance(shapes, tuple)
    bars = tuple(
        builder.fresh("", bar.kind, shape.var.shape if isinstance(shape, ShapeOf) else ())
        for bar, shape in zip(rule.bars, shapes, strict=True)
    )
    given: dict[Var, Operand] = dict(zip((*rule.free, *rule.bars), (*free, *bars), strict=True))
    with builder.block() as body:
        ends = copies.write(builder, Function(rule.name, (), rule.block), given)
    block = Block(tuple(body), ends)
    moving = _linear(rule.name, block, bars)
    pairs = [
        (result, dots[argument])
        for argument, result in zip(arguments, block.results, strict=True)
        if isinstance(argument, Var) and argument in dots and result in moving
    ]
    if not pairs:
        return {}
    known = dict.fromkeys(var for var in (*free, *_measured(block)) if isinstance(var, Var))
    primal = Function(rule.name, (*known, *bars), Block(block.body, ()))
    results = tuple(result for result, _ in pairs)
    adjoint = reverse(primal.body, results, bars, moving, builder)
    fwd, bwd, _ = keep(primal, adjoint, builder)
    fwd, bwd = (simplify(sweep, builder.sizes, share=False) for sweep in (fwd, bwd))
    fwd, bwd, _ = unused_dropped(fwd, bwd, len(bwd.params) - len(pairs), 0)
    builder.origin = stmt.origin
    here = {bar: _zeros(builder, bar, shape) for bar, shape in zip(bars, shapes, strict=True)}
    ahead = map_block(fwd.body, lambda var: here.get(var, var))
    builder.extend(list(ahead.body))
    seeds = len(bwd.params) - len(pairs)
    handed: dict[Var, Atom] = dict(zip(bwd.params[:seeds], ahead.results, strict=True))
    for seed, (result, dot) in zip(bwd.params[seeds:], pairs, strict=True):
        assert isinstance(result, Var)
        handed[seed] = as_dtype(builder, dot, result)
    pushed_on = map_block(bwd.body, lambda var: handed.get(var, var))
    builder.extend(list(pushed_on.body))
    return {
        number: as_dtype(builder, result, bar)
        for number, (bar, result) in enumerate(zip(bars, pushed_on.results, strict=True))
    }


def _measured(block: Block) -> list[Var]:
    """Values from outside that the lengths of a rule's arrays are told by."""
    inside = dict.fromkeys(defined(block))
    arrays = {**inside, **dict.fromkeys(block_vars(block))}
    symbols = [symbol for var in arrays for dim in var.shape for symbol, _ in dim.terms]
    found = [symbol.var for symbol in symbols if isinstance(symbol, SizeOf | ValueOf)]
    return [var for var in found if var not in inside]


def _linear(name: str, block: Block, bars: Sequence[Var]) -> frozenset[Var]:
    """The values of a rule that depend on the cotangents, linearly."""
    try:
        return check_linear(block, bars)
    except NotLinear as found:
        raise MissingRule(
            f"`{name}` cannot be pushed forward: its `bwd` is not plainly linear in the "
            "cotangent here",
            found.stmt.origin,
            "use reverse mode, or define its tangent: srcad.custom_jvp",
        ) from None


def _zeros(builder: Builder, bar: Var, shape: Operand) -> Atom:
    if bar.kind.is_array:
        return builder.emit(np.zeros, shape, Const(np.dtype(bar.kind.dtype)))
    return Const(0.0j) if bar.kind.is_complex else Const(0.0)
