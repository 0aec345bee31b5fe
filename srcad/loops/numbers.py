"""Numbers: elements read from arrays, and arithmetic that raises where Python does."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from srcad.emit.expressions import BINARY
from srcad.ir.dims import SizeOf, ValueOf
from srcad.ir.nodes import Const, Let, Operand, ShapeOf, Stmt, Var
from srcad.ir.walk import own_vars
from srcad.loops import matvec, reductions
from srcad.loops.calls import in_python
from srcad.loops.complexes import is_ordering
from srcad.loops.elements import Unsupported

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter

ONLY_PYTHON = ("math.cbrt", "math.fmod", "math.remainder")
OF_NUMBA = (
    "math.ceil",
    "math.floor",
    "math.trunc",
    "math.gcd",
    "math.isnan",
    "math.isinf",
    "math.isfinite",
    "cmath.isnan",
    "cmath.isinf",
    "cmath.isfinite",
)
LOGARITHMS = ("math.log", "cmath.log")
BITS = ("&", "|", "^", "<<", ">>", "~")
SUMS = ("np.sum", "np.max", "np.min", "np.mean", "np.amax", "np.amin")


def number(writer: LoopWriter, stmt: Let) -> ast.expr | None:
    """The value of a scalar statement, where the loop level has its own form of it."""
    text, args = stmt.primitive.text, stmt.args
    if text in SUMS and isinstance(args[0], Var) and args[0].kind.rank and not is_ordering(stmt):
        return reductions.whole(writer, stmt)
    if text == "getitem" and not stmt.target.kind.rank:
        return _read(writer, stmt)
    if text == "size":
        return _length(writer, stmt)
    if text == "shape":
        array = args[0]
        if isinstance(array, Var) and array in writer.folding.lets:
            elements = writer.elements()
            lengths = [elements.length(array, axis) for axis in range(array.kind.rank)]
            return ast.Tuple(lengths, ast.Load())
        return None
    if text in ("np.array", "np.asarray", "np.copy") and not stmt.target.kind.rank:
        return writer.scalar(args[0])
    if text == "cast" and not stmt.target.kind.rank:
        return writer.elements().converted(writer.scalar(args[0]), stmt.target.kind, None, args[0])
    if text == "int" and isinstance(args[0], Var) and args[0].kind.is_inexact and writer.checked:
        writer.helpers.add("to_int")
        return ast.Call(ast.Name("to_int", ast.Load()), [writer.scalar(args[0])], [])
    if text in ("np.where", "masked"):
        return writer.elements().choice(stmt, writer.scalar)
    if text in ("np.dot", "np.inner") and not any(isinstance(a, Var) and a.kind.rank for a in args):
        return ast.BinOp(writer.scalar(args[0]), ast.Mult(), writer.scalar(args[1]))
    if (found := matvec.inner(writer, stmt)) is not None:
        return found
    if _is_only_python(stmt):
        return ast.parse(in_python(writer, stmt, [writer.text(a) for a in args]), mode="eval").body
    machine = text in BITS and not stmt.target.kind.is_python
    if stmt.primitive.form == "elementwise" or text in ("//", "%", "trips") or machine:
        return _arithmetic(writer, stmt)
    arrays = [a for a in args if isinstance(a, Var) and a.kind.rank]
    if arrays or any(isinstance(a, tuple) for a in args):
        return ast.parse(writer.array_call(stmt), mode="eval").body
    return None


def is_plain(writer: LoopWriter, stmt: Stmt) -> bool:
    """Whether a statement is an expression of numbers, which no lines have to come before."""
    if not isinstance(stmt, Let):
        return False
    text, arrays = stmt.primitive.text, [v for v in own_vars(stmt) if v.kind.is_array]
    if text == "size":
        return not any(v in writer.folding.lets for v in arrays)
    if arrays or stmt.kwargs:
        return False
    return not _is_only_python(stmt)


def _is_only_python(stmt: Let) -> bool:
    """Whether Numba does not know a function of numbers."""
    text = stmt.primitive.text
    if text in ONLY_PYTHON or (text in LOGARITHMS and len(stmt.args) == 2):
        return True
    if "library" in stmt.primitive.options:
        return True
    if stmt.kwargs and stmt.primitive.form == "elementwise":
        return True
    whole = stmt.primitive.form == "constant" and text.startswith(("math.", "cmath."))
    return whole and text not in OF_NUMBA


def _length(writer: LoopWriter, stmt: Let) -> ast.expr | None:
    shape, axis = stmt.args
    if isinstance(shape, ShapeOf) and isinstance(axis, Const):
        return writer.elements().length(shape.var, int(axis.value))  # type: ignore[call-overload]
    return None


def _as_complex(writer: LoopWriter, operand: Operand) -> ast.expr:
    """A number for `cmath`, of which Numba knows some functions for complex numbers only."""
    node = writer.scalar(operand)
    if isinstance(operand, Var) and operand.kind.is_complex:
        return node
    return ast.Call(ast.Name("complex", ast.Load()), [node], [])


def _arithmetic(writer: LoopWriter, stmt: Let) -> ast.expr | None:
    """Python's own arithmetic raises where compiled arithmetic does not."""
    text, args, kind = stmt.primitive.text, stmt.args, stmt.target.kind
    python = all(_is_python(a) for a in args)
    node: ast.expr | None = None
    if stmt.primitive.form == "elementwise" or text in BINARY or text in BITS:
        of_complex = text.startswith("cmath.")
        scalar = partial(_as_complex, writer) if of_complex else writer.scalar
        node = writer.elements().applied(stmt, scalar)
    if not writer.checked or not python:
        return node
    divisor = args[1] if len(args) > 1 else None
    if text in ("/", "//", "%") and not (isinstance(divisor, Const) and divisor.value):
        writer.helpers.add("nonzero")
        assert isinstance(node, ast.BinOp)
        node.right = ast.Call(ast.Name("nonzero", ast.Load()), [node.right], [])
        return node
    if text.startswith(("math.", "cmath.")) and kind.is_inexact:
        writer.helpers.add("finite")
        return ast.Call(ast.Name("finite", ast.Load()), [node], [])  # type: ignore[list-item]
    if text == "**":
        if kind.is_integral:
            writer.helpers.add("power_int")
            return ast.Call(ast.Name("power_int", ast.Load()), [writer.scalar(a) for a in args], [])
        whole = isinstance(divisor, Const) and isinstance(divisor.value, int) and divisor.value > 0
        if not whole or divisor.value > 4:  # type: ignore[union-attr, operator]
            writer.helpers.add("finite")
            return ast.Call(ast.Name("finite", ast.Load()), [node], [])  # type: ignore[list-item]
        return node
    if kind.is_integral and text in ("+", "-", "*", "<<") and _may_overflow(writer, stmt):
        helper = {"+": "add_int", "-": "subtract_int", "*": "multiply_int"}.get(text)
        if helper is None:
            raise Unsupported("shifts of Python ints", stmt.origin)
        writer.helpers.add(helper)
        return ast.Call(ast.Name(helper, ast.Load()), [writer.scalar(a) for a in args], [])
    return node


def _may_overflow(writer: LoopWriter, stmt: Let) -> bool:
    assert writer.builder is not None
    small = [isinstance(a, Const) and abs(a.value) < 2**31 for a in stmt.args]  # type: ignore[arg-type]
    if stmt.primitive.text in ("+", "-") and any(small):
        return False
    return not all(_is_index(writer, a) for a in stmt.args)


def _is_index(writer: LoopWriter, operand: Operand) -> bool:
    """Whether an int is made of lengths and counters, whose products fit into 64 bits."""
    assert writer.builder is not None
    if isinstance(operand, Const):
        return isinstance(operand.value, int) and abs(operand.value) < 2**31
    size = writer.builder.size(operand)
    if size is None or abs(size.constant) >= 2**31:
        return False
    counters = {around.stmt.counter for around in writer.around}
    return all(
        isinstance(symbol, SizeOf) or (isinstance(symbol, ValueOf) and symbol.var in counters)
        for symbol, count in size.terms
        if abs(count) < 2**31
    )


def _read(writer: LoopWriter, stmt: Let) -> ast.expr:
    """One element of an array."""
    array, index = stmt.args
    assert isinstance(array, Var)
    elements = writer.elements()
    return elements.at(array, elements.through(array, index, []))


def _is_python(operand: Operand) -> bool:
    if isinstance(operand, Var):
        return operand.kind.is_python
    return isinstance(operand, Const) and isinstance(operand.value, int | float | complex)
