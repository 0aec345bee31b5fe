"""Value and gradient as one function, so that the loops of both sweeps can be fused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from srcad.ir.nodes import Atom, Block, Const, Function, Let, Loop, Stmt, Var
from srcad.ir.walk import map_atom, map_block, map_stmt, statements
from srcad.transforms.derivative import Derivative
from srcad.transforms.prune import prune
from srcad.transforms.simplify import simplify, value_key


def together(derivative: Derivative) -> Function | None:
    """Put the backward sweep of a scalar program behind the forward sweep.

    Args:
        derivative: of a program whose only result is a number.

    Returns:
        A function of the parameters, which returns the result and then the bars of the inputs.
        None for programs with loops: these have to end before their adjoints begin.
    """
    fwd, bwd = derivative.fwd, derivative.bwd
    if any(isinstance(stmt, Loop) for stmt in (*statements(fwd.body), *statements(bwd.body))):
        return None
    result = fwd.body.results[0]
    assert isinstance(result, Var)
    saved, seeds = bwd.params[: derivative.saved], bwd.params[derivative.saved :]
    given: dict[Var, Atom] = dict(zip(saved, fwd.body.results[1:], strict=True))
    dtype = np.dtype(result.kind.dtype)
    one = Const(1.0 if dtype == np.float64 else dtype.type(1.0))
    given |= dict.fromkeys(seeds, one)
    body = map_block(bwd.body, lambda var: given.get(var, var))
    params = fwd.params + tuple(atom for atom in given.values() if isinstance(atom, Var))
    sizes = derivative.program.sizes
    after = simplify(Function("", params, body), sizes, share=True).body
    both = _shared(Block(fwd.body.body + after.body, (result, *after.results)))
    name = f"{derivative.program.function.name}_value_and_grad"
    return prune(replace(fwd, name=name, body=both))


def _shared(block: Block) -> Block:
    """What both sweeps compute, computed once."""
    known: dict[object, Var] = {}
    same: dict[Var, Atom] = {}

    def now(var: Var) -> Atom:
        return same.get(var, var)

    body: list[Stmt] = []
    for stmt in block.body:
        stmt = map_stmt(stmt, now)
        key = value_key(stmt) if isinstance(stmt, Let) else None
        if isinstance(stmt, Let) and key is not None:
            earlier = known.setdefault(key, stmt.target)
            if earlier is not stmt.target and earlier.kind == stmt.target.kind:
                same[stmt.target] = earlier
                continue
        body.append(stmt)
    return Block(tuple(body), tuple(map_atom(atom, now) for atom in block.results))
