"""The bars of a program while its adjoint is written."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field

import numpy as np

from srcad.frontend.builder import Builder
from srcad.ir.nodes import Atom, Block, Const, Loop, ShapeOf, Var

ZERO = Const(0.0)
Bars = dict[Var, Atom]


@dataclass
class Reverse:
    """What is known while an adjoint is written: above all, the bar of every value so far."""

    builder: Builder
    active: frozenset[Var]
    bars: Bars = field(default_factory=dict)
    mirrors: dict[int, Block] = field(default_factory=dict)
    loops: dict[Var, Loop] = field(default_factory=dict)
    calls: dict[Var, dict[object, Atom]] = field(default_factory=dict)

    def accumulate(self, atom: Atom | None, bar: Atom) -> None:
        """Add a contribution to the bar of a value."""
        if not isinstance(atom, Var) or atom not in self.active:
            return
        before = self.bars.get(atom)
        if isinstance(bar, Var) and not bar.hint and atom.hint and before is None:
            object.__setattr__(bar, "hint", f"{atom.hint}_bar")
        if before is None or before == ZERO:
            self.bars[atom] = bar
        elif bar != ZERO:
            hint = f"{atom.hint}_bar" if atom.hint else ""
            self.bars[atom] = self.builder.emit(operator.add, before, bar, hint=hint)

    def zeros(self, var: Var) -> Atom:
        """The bar of a value that nothing depends on."""
        if not var.kind.is_array:
            return ZERO
        hint = f"{var.hint}_bar" if var.hint else ""
        dtype = Const(np.dtype(var.kind.dtype))
        return self.builder.emit(np.zeros, ShapeOf(var), dtype, hint=hint)
