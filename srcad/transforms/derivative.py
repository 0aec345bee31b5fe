"""The order of the passes: from a lowered program to the functions that differentiate it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from srcad.analyses.activity import active
from srcad.analyses.sizes import Guard
from srcad.analyses.undefined import reach
from srcad.frontend.builder import Builder
from srcad.frontend.lower import Program
from srcad.ir.nodes import Atom, Block, Effect, Function, If, Loop, Stmt, Var
from srcad.ir.walk import block_vars
from srcad.transforms.marks import both_unmarked
from srcad.transforms.plan import Plan, remaining
from srcad.transforms.primal import guards_of, primal_of
from srcad.transforms.prune import prune
from srcad.transforms.residuals import keep
from srcad.transforms.reverse import reverse
from srcad.transforms.simplify import simplify
from srcad.transforms.views import copy_views


@dataclass(frozen=True, eq=False)
class Derivative:
    """A program and its adjoint.

    `fwd` returns the results and then what is saved; `bwd` takes what is saved and then one
    cotangent for each result in `seeded`, and returns the bars of `inputs`.
    """

    program: Program
    primal: Function
    fwd: Function
    bwd: Function
    seeded: tuple[int, ...]
    inputs: tuple[Var, ...]
    saved: int
    plan: Plan

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What the sizes of a call must fulfil; writing the text may add to it, so ask last."""
        return guards_of(self.program, self.primal)


def differentiate(program: Program, wrt: tuple[Var, ...], outputs: tuple[int, ...]) -> Derivative:
    """Differentiate a program.

    Args:
        program: the lowered function.
        wrt: the parameters that bars are wanted of.
        outputs: the results that cotangents may come for.
    """
    sizes = program.sizes
    builder = Builder(sizes, known=program.known)
    primal = primal_of(program)
    wanted = tuple(var for var in wrt if var.kind.is_inexact)
    carrying = active(primal.body, wanted)
    results = primal.body.results
    seeded = tuple(i for i in outputs if isinstance(results[i], Var) and results[i] in carrying)
    seeds: tuple[Atom, ...] = tuple(results[i] for i in seeded)
    adjoint = reverse(primal.body, seeds, wanted, carrying, builder)
    primal, adjoint = both_unmarked(primal, adjoint)
    fwd, bwd, plan = keep(primal, adjoint, builder)
    count = len(bwd.params) - len(seeded)
    fwd, bwd = simplify(fwd, sizes, share=False), simplify(bwd, sizes, share=True)
    bwd = copy_views(bwd)
    fwd, bwd, count = unused_dropped(fwd, bwd, count, len(results))
    return Derivative(program, primal, fwd, bwd, seeded, wanted, count, remaining(plan, bwd))


def unused_dropped(
    fwd: Function, bwd: Function, count: int, outputs: int
) -> tuple[Function, Function, int]:
    """Do not save what the simplified backward function no longer reads."""
    used = set(block_vars(bwd.body))
    kept = [i for i in range(count) if bwd.params[i] in used]
    params = tuple(bwd.params[i] for i in kept) + bwd.params[count:]
    results = fwd.body.results[:outputs] + tuple(fwd.body.results[outputs + i] for i in kept)
    fwd = replace(fwd, body=replace(fwd.body, results=results))
    return _tapes_dropped(prune(fwd)), replace(bwd, params=params), len(kept)


def _tapes_dropped(fwd: Function) -> Function:
    """Do not write tapes that are not handed out."""
    handed = {v for v in fwd.body.results if isinstance(v, Var)}
    for _ in range(8):  # out of branches in branches
        reach(fwd.body, handed)

    def cleaned(block: Block) -> Block:
        body: list[Stmt] = []
        for stmt in block.body:
            match stmt:
                case Effect(action="record") if stmt.args[0] not in handed:
                    continue
                case If():
                    body.append(replace(stmt, then=cleaned(stmt.then), orelse=cleaned(stmt.orelse)))
                case Loop():
                    body.append(replace(stmt, body=cleaned(stmt.body)))
                case _:
                    body.append(stmt)
        return Block(tuple(body), block.results)

    return prune(replace(fwd, body=cleaned(fwd.body)))
