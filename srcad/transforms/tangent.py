"""The order of the passes in forward mode: from a lowered program to its tangent program."""

from __future__ import annotations

from dataclasses import dataclass

from srcad.analyses.activity import active, influential
from srcad.analyses.sizes import Guard
from srcad.frontend.builder import Builder
from srcad.frontend.lower import Program
from srcad.ir.nodes import Function, Var
from srcad.ir.walk import defined
from srcad.transforms.forward import forward
from srcad.transforms.marks import unmarked
from srcad.transforms.order import beside_uses
from srcad.transforms.primal import guards_of, primal_of
from srcad.transforms.simplify import simplify
from srcad.transforms.views import copy_views


@dataclass(frozen=True, eq=False)
class Tangent:
    """A program and its tangent program.

    `jvp` takes the parameters and one tangent for each of `inputs`, and returns the results and the
    tangents of those in `outputs`: of others, it is zero.
    """

    program: Program
    primal: Function
    jvp: Function
    inputs: tuple[Var, ...]
    outputs: tuple[int, ...]

    @property
    def guards(self) -> tuple[Guard, ...]:
        """What the sizes of a call must fulfil; writing the text may add to it, so ask last."""
        return guards_of(self.program, self.primal)


def push(program: Program, wrt: tuple[Var, ...], outputs: tuple[int, ...]) -> Tangent:
    """Differentiate a program in forward mode.

    Args:
        program: the lowered function.
        wrt: the parameters that tangents come for.
        outputs: the results whose tangents are wanted.
    """
    sizes = program.sizes
    builder = Builder(sizes, known=program.known)
    primal = primal_of(program)
    wanted = tuple(var for var in wrt if var.kind.is_inexact)
    carrying = active(primal.body, wanted)
    results = primal.body.results
    moving = tuple(
        i for i in dict.fromkeys(outputs) if isinstance(results[i], Var) and results[i] in carrying
    )
    carrying &= influential(primal.body, [results[i] for i in moving])
    theirs = frozenset(defined(primal.body))
    jvp = forward(primal, wanted, moving, carrying, builder)
    primal, jvp = unmarked(primal), unmarked(jvp)
    jvp = simplify(jvp, sizes, share=True, theirs=theirs)
    jvp = beside_uses(copy_views(jvp), theirs, builder)
    return Tangent(program, primal, jvp, wanted, moving)
