"""What rounding decides: comparisons of sums that are equal but for the order of their additions.

The loop level adds in another order than NumPy, which itself adds in another order for another
layout. The last bit of a sum then differs, and a tie falls to the other side. Such a program jumps,
or has a kink, where it is: whatever it returns there is one of the values beside.
"""

import ast
import copy
import itertools
from typing import Any

import numpy as np

import srcad
from fuzzing.case import Call, Wrong, loaded
from fuzzing.engines import Truth, check_bars, check_value
from fuzzing.numbers import leaves, rebuilt, typed_like

SUMS = {"sum", "mean", "prod", "var", "std", "average", "dot", "vdot", "inner", "outer", "matmul"}
SUMS |= {"einsum", "tensordot", "trace", "norm", "cumsum", "trapezoid", "nansum", "nanmean", "fsum"}
SUMS |= {"convolve", "solve", "inv", "det", "logsumexp"}
"""Functions and methods of which the last bit is nobody's promise."""

TRIED = 12


def depends_on_layout(function: Any, call: Call, tolerance: float) -> bool:
    """Whether Python itself finds something else for the same numbers in another layout."""
    found = []
    for order in ("C", "F"):
        laid = [
            np.array(leaf, order=order) if isinstance(leaf, np.ndarray) else leaf
            for leaf in leaves(copy.deepcopy(call))
        ]
        try:
            found.append(function(*rebuilt(call, laid)))
        except Exception:
            return True
    return _differ(check_value, *found, tolerance)


def depends_on_rounding(source: str, call: Call, truth: Truth | None, tolerance: float) -> bool:
    """Whether something else is found when the last bits of sums are others.

    Args:
        source: the program.
        call: its arguments.
        truth: where the gradient, too, may differ: what the array level found; else None.
        tolerance: what is no difference.
    """
    size = float(np.finfo(np.float32 if tolerance > 1e-6 else np.float64).eps)
    random = np.random.default_rng(0)
    with loaded(source) as function:
        expected = function(*copy.deepcopy(call))
    for _ in range(TRIED):
        other = rounded(source, size, random)
        if other is None:
            return False
        with loaded(other) as function:
            try:
                found = function(*copy.deepcopy(call))
                if _differ(check_value, found, expected, tolerance):
                    return True
                if truth is None:
                    continue
                out, pullback = srcad.differentiable(engine="numpy")(function).vjp(
                    *copy.deepcopy(call)
                )
                bars = leaves(pullback(typed_like(truth.weights, out)))
            except Exception:  # a count of trips, say, that is a float now
                continue
            if _differ(check_bars, bars, leaves(truth.bars), tolerance):
                return True
    return False


def rounded(source: str, size: float, random: np.random.Generator) -> str | None:
    """A program in which every sum is a little larger or smaller; None if there are no sums."""
    signs = (1.0 + size * float(random.choice([-2, -1, 0, 1, 2])) for _ in itertools.count())
    tree = ast.parse(source)
    changed = _Rounding(signs)
    tree = changed.visit(tree)
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n" if changed.found else None


class _Rounding(ast.NodeTransformer):
    def __init__(self, factors: Any) -> None:
        self.factors = factors
        self.found = False

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Name(name) | ast.Attribute(attr=name) if name in SUMS:
                return self._times(node)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        return self._times(node) if isinstance(node.op, ast.MatMult) else node

    def _times(self, node: ast.expr) -> ast.expr:
        self.found = True
        return ast.BinOp(node, ast.Mult(), ast.Constant(next(self.factors)))


def _differ(check: Any, one: Any, other: Any, tolerance: float) -> bool:
    try:
        check(one, other, tolerance, "")
    except Wrong as wrong:
        return not wrong.kind.startswith(("type", "structure"))
    return False
