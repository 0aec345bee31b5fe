"""Indices that surely count from the start of their arrays: LLVM does not look whether they do.

To Numba every int may be negative and count from the end, and LLVM finds out that it is not in
loops upwards only.  Adjoints are full of loops downwards: in them, a loop over `k` that reads
`x[k + i]` would gather its elements one by one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from llvmlite import ir as llvm
from numba.core import ir, types
from numba.core.ir_utils import build_definitions

from srcad.runtime.compiled import clipped

NOT_NEGATIVE = (len, clipped)
"""Functions whose results are lengths, or places counted from the start."""


class Indices:
    """What the ints of a function are never below, as far as that shows in how they are made."""

    def __init__(self, function: ir.FunctionIR) -> None:
        """Take a function as Numba sees it when it is about to write LLVM's code."""
        self.definitions: Mapping[str, Sequence[Any]] = build_definitions(function.blocks)
        self.found: dict[str, int | None] = {}

    def settle(self, inst: ir.Stmt, kind_of: Callable[[str], Any], written: Sequence[Any]) -> None:
        """Take out the questions whether an index is negative that stand in the code of an access.

        Args:
            inst: what may be an access to one element of an array.
            kind_of: Numba's type of a variable.
            written: what LLVM is to do for it.
        """
        access: Any = inst.value if isinstance(inst, ir.Assign) else inst
        reads = isinstance(access, ir.Expr) and access.op == "getitem"
        if not reads and not isinstance(access, ir.SetItem):
            return
        kind, made = kind_of(access.index.name), self._only(access.index)
        if isinstance(kind, types.Integer):
            items, whole = [access.index], True
        elif isinstance(made, ir.Expr) and made.op == "build_tuple":
            items, whole = made.items, False
            if not all(isinstance(kind_of(item.name), types.Integer) for item in items):
                return
        else:
            return
        for place in written:
            if isinstance(place, llvm.SelectInstr) and _asks_for_sign(place.cond):
                number = place.cond.operands[0]
                if whole or isinstance(number, llvm.ExtractValue):
                    item = items[0 if whole else number.indices[0]]
                    if (least := self.least(item.name)) is not None and least >= 0:
                        place.operands[0] = llvm.Constant(llvm.IntType(1), 0)

    def least(self, name: str) -> int | None:
        """An int that a variable is never below; None if nothing is known."""
        if name not in self.found:
            self.found[name] = None  # for what depends on itself
            bounds = [self._of(made) for made in self.definitions.get(name, ())]
            known = [bound for bound in bounds if bound is not None]
            self.found[name] = min(known) if known and len(known) == len(bounds) else None
        return self.found[name]

    def _of(self, made: Any) -> int | None:
        match made:
            case ir.Const() | ir.Global() | ir.FreeVar():
                return made.value if type(made.value) is int else None
            case ir.Var():
                return self.least(made.name)
            case ir.Expr():
                return self._of_expression(made)
        return None

    def _of_expression(self, made: ir.Expr) -> int | None:
        match made.op:
            case "pair_first":
                return self._of_counter(made)
            case "binop":
                return self._of_operation(made)
            case "getitem" | "static_getitem":
                source = self._only(made.value)
                shape = isinstance(source, ir.Expr) and source.op == "getattr"
                return 0 if shape and source.attr == "shape" else None
            case "call":
                called = self._only(made.func)
                value = called.value if isinstance(called, ir.Global) else None
                return 0 if getattr(value, "py_func", value) in NOT_NEGATIVE else None
        return None

    def _of_operation(self, made: ir.Expr) -> int | None:
        left, right = self.least(made.lhs.name), self.least(made.rhs.name)
        if left is None:
            return None
        if made.fn is operator.add and right is not None:
            return left + right
        if made.fn is operator.mul and right is not None and left >= 0 and right >= 0:
            return left * right
        if made.fn is operator.sub and isinstance(taken := self._only(made.rhs), ir.Const):
            return left - taken.value if type(taken.value) is int else None
        return None

    def _of_counter(self, made: ir.Expr) -> int | None:
        """Where a range starts, if it counts up; one above where it stops, if down."""
        source: Any = made
        for operation in ("pair_first", "iternext", "getiter"):
            if not (isinstance(source, ir.Expr) and source.op == operation):
                return None
            source = self._only(source.value)
        if not (isinstance(source, ir.Expr) and source.op == "call"):
            return None
        called = self._only(source.func)
        if not (isinstance(called, ir.Global) and called.value is range):
            return None
        if len(source.args) == 1:
            return 0
        step = 1
        if len(source.args) == 3:
            made_step = self._only(source.args[2])
            if not (isinstance(made_step, ir.Const) and type(made_step.value) is int):
                return None
            step = made_step.value
        if step > 0:
            return self.least(source.args[0].name)
        stop = self.least(source.args[1].name)
        return None if stop is None else stop + 1

    def _only(self, var: ir.Var) -> Any:
        """What a variable is made as, through assignments of one name to another."""
        made = self.definitions.get(var.name, ())
        while len(made) == 1 and isinstance(made[0], ir.Var):
            made = self.definitions.get(made[0].name, ())
        return made[0] if len(made) == 1 else None


def _asks_for_sign(test: Any) -> bool:
    """Whether a test is `number < 0`."""
    if not isinstance(test, llvm.ICMPInstr) or test.op != "slt":
        return False
    zero = test.operands[1]
    return isinstance(zero, llvm.Constant) and zero.constant == 0
