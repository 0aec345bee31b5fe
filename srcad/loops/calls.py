"""Calls on whole arrays, as Numba understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcad.emit.expressions import BINARY, COMPARE
from srcad.emit.statements import INDENT
from srcad.ir.nodes import Const, Let, Operand, Slice, Var
from srcad.loops.complexes import is_ordering
from srcad.loops.elements import Unsupported

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter

BLAS = ("float32", "float64", "complex64", "complex128")
"""The dtypes of products and solutions that Numba compiles."""

NATIVE = {
    "np.diag",
    "np.trace",
    "np.linalg.inv",
    "np.linalg.det",
    "np.linalg.cholesky",
    "np.eye",
    "np.identity",
    "np.argmax",
    "np.argmin",
    "np.argsort",
    "np.sort",
    "np.cumsum",
    "np.cumprod",
    "np.prod",
    "np.any",
    "np.all",
    "np.count_nonzero",
    "max",
    "min",
    "abs",
    "round",
    "bool",
    "float",
    "int",
    "complex",
}
"""Functions that Numba compiles for one array of at most two axes, or for numbers."""


ROWS = {"np.flip", "np.roll", "np.repeat", "recurrence"}
"""Functions that have a form of their own for arrays of one axis."""

ONE_AXIS = {"np.convolve"}
"""Functions that Numba compiles for two arrays of one axis."""


def spelled(writer: LoopWriter, stmt: Let, args: list[str]) -> str:
    """The text of a call, or `Unsupported`."""
    text = stmt.primitive.text
    rank = stmt.target.kind.rank
    if "library" in stmt.primitive.options:
        return in_python(writer, stmt, args)
    if text == "@" or text == "np.matmul":
        return in_python(writer, stmt, args)
    plain = all(0 < _rank(a) <= 2 for a in stmt.args) and _rank(stmt.args[0]) in (1, 2)
    if text in ("np.vdot", "np.linalg.solve") and plain and not _stacked(stmt):
        dtype = stmt.target.kind.dtype
        if dtype not in BLAS:
            return in_python(writer, stmt, args)
        dense = [t if t.isidentifier() else f"np.ascontiguousarray({t})" for t in args]
        alike = [_as(dtype, t, arg) for t, arg in zip(dense, stmt.args, strict=True)]
        return f"{text}({', '.join(alike)})"
    if text == "np.linalg.norm" and plain and len(args) == 1 and not stmt.kwargs:
        return f"{text}(np.ascontiguousarray({args[0]}))"
    if text == "np.copy":
        return f"{args[0]}.copy()"
    if text in ("np.reshape", "np.ravel"):
        source = f"np.ascontiguousarray({args[0]})"
        return f"{source}.reshape({args[1]})" if text == "np.reshape" else f"{source}.ravel()"
    if text == "np.concatenate" and not stmt.kwargs and len(args) == 1 and _alike(stmt):
        return f"{text}({args[0]})"
    if (
        text == "np.arange"
        and not stmt.kwargs
        and stmt.target.kind.dtype == "int64"
        and len(args) < 3
    ):
        return f"{text}({', '.join(args)})"
    if text == "np.argsort" and rank == 1 and dict(stmt.kwargs) == {"kind": Const("stable")}:
        return f'{text}({args[0]}, kind="mergesort")'
    if text == "doubled":
        writer.helpers.add("doubled")
        return f"doubled({args[0]})"
    if text in ROWS and rank == 1 and all(_rank(a) < 2 for a in stmt.args):
        made = _of_one_axis(writer, stmt, args)
        return in_python(writer, stmt, args) if made is None else made
    if text in ONE_AXIS and not stmt.kwargs and all(_rank(a) == 1 for a in stmt.args[:2]):
        return f"{text}({', '.join(args)})"
    if text in ("np.zeros", "np.ones", "np.empty"):
        return f"{text}({', '.join(args)})"
    if text == "getitem":
        index = stmt.args[1]
        single = isinstance(index, Var) and index.kind.rank == 1
        if single and not writer.checked:
            return f"{args[0]}[{args[1]}]"
        if single:
            return _taken(writer, stmt, args)
        return in_python(writer, stmt, args)
    if text in ("np.tril", "np.triu") and rank == 2 and _rank(stmt.args[0]) == 2:
        shift = [writer.text(value) for _, value in stmt.kwargs]
        return f"{text}({', '.join([*args, *shift])})"
    if text in NATIVE and not stmt.kwargs and _is_simple(stmt) and not is_ordering(stmt):
        return f"{text}({', '.join(args)})"
    return in_python(writer, stmt, args)


def _of_one_axis(writer: LoopWriter, stmt: Let, args: list[str]) -> str | None:
    """Functions along the only axis there is: `axis` says nothing then."""
    given = {key: value for key, value in stmt.kwargs if key != "axis"}
    match stmt.primitive.text:
        case "np.flip" if not given:
            return f"{args[0]}[::-1].copy()"
        case "np.roll" if not given and len(args) == 2 and not isinstance(stmt.args[1], tuple):
            return f"np.roll({args[0]}, {args[1]})"
        case "np.repeat" if not given and len(args) == 2 and not _rank(stmt.args[1]):
            return f"np.repeat({args[0]}, {args[1]})"
        case "recurrence":
            writer.helpers.add("recurrence_of_numbers")
            return f"recurrence_of_numbers({args[0]}, {args[1]})"
    return None


def _is_simple(stmt: Let) -> bool:
    """Whether a call is of numbers only, or of one array of one or two axes."""
    ranks = [_rank(arg) for arg in stmt.args]
    square = stmt.primitive.text.startswith("np.linalg")
    return not any(ranks) or (len(ranks) == 1 and (ranks[0] == 2 or (ranks[0] == 1 and not square)))


def _stacked(stmt: Let) -> bool:
    """Whether `np.linalg.solve` is one of a stack of systems."""
    return stmt.primitive.text == "np.linalg.solve" and _rank(stmt.args[0]) != 2


def _alike(stmt: Let) -> bool:
    """Whether the arrays to join are of one kind."""
    items = stmt.args[0]
    if not isinstance(items, tuple):
        return False
    kinds = {(_rank(i), i.kind.dtype if isinstance(i, Var) else "") for i in items}
    return len(kinds) == 1 and 0 not in {rank for rank, _ in kinds}


NUMBA_TYPES = {"bool": "boolean"}
SIGNS = {"neg": "-", "pos": "+", "~": "~"}


def in_python(writer: LoopWriter, stmt: Let, args: list[str]) -> str:
    """A call that only Python can make: it slows down one line, not the program."""
    kind = stmt.target.kind
    if kind.form == "opaque":
        raise Unsupported(f"`{stmt.primitive.text}` has no loop form yet", stmt.origin)
    known = writer.python_calls.get(stmt.target)
    if known is not None and _is_at_hand(writer, known):
        return known
    made = writer.python_calls[stmt.target] = writer.fresh("made")
    axes = ", ".join([":"] * (kind.rank - 1) + ["::1"]) if kind.rank else ""
    dtype = NUMBA_TYPES.get(kind.dtype, kind.dtype)
    declared = f"{dtype}[{axes}]" if kind.rank else dtype
    text = stmt.primitive.text
    named = [f"{key}={writer.whole(value)}" for key, value in stmt.kwargs]
    if text == "getitem":
        index = stmt.args[1]
        key = args[1]
        if isinstance(index, tuple) and index:  # slices have no text of their own in parentheses
            key = ", ".join(writer.whole(item) for item in index)
        call = f"{args[0]}[{key}]"
    elif text in ("@", "np.matmul"):
        call = f"np.matmul({', '.join(args)})"
    elif text in BINARY or text in COMPARE:
        left, right = (arg if arg.isidentifier() else f"({arg})" for arg in args)
        call = f"({left} {text} {right})"
    elif text in SIGNS:
        call = f"{SIGNS[text]}({args[0]})"
    else:
        shown = [_sliced(writer, item, arg) for item, arg in zip(stmt.args, args, strict=True)]
        call = f"{text}({', '.join([*shown, *named])})"
        if "." not in text:
            writer.expressions.called[text] = stmt.primitive.function
        if "library" in stmt.primitive.options:
            call = _of_library(writer, stmt, call)
    writer.helpers.add("objmode")
    writer.line(f'with objmode({made}="{declared}"):')
    if kind.rank:
        name = "bool_" if kind.dtype == "bool" else kind.dtype
        writer.line(f"    {made} = np.ascontiguousarray({call}, np.{name})")
    else:
        convert = {"float64": "float", "int64": "int", "bool": "bool"}.get(kind.dtype)
        writer.line(f"    {made} = {convert}({call})" if convert else f"    {made} = {call}")
    return made


def _sliced(writer: LoopWriter, operand: Operand, text: str) -> str:
    """An index as an argument of a call: slices have a text of their own in brackets only."""
    parts = operand if isinstance(operand, tuple) else (operand,)
    if not any(isinstance(part, Slice) for part in parts):
        return text
    return f"np.s_[{', '.join(map(writer.whole, parts))}]"


def _of_library(writer: LoopWriter, stmt: Let, call: str) -> str:
    """A call without a rule: what of its result is meant, looked at if need be."""
    call += "".join(f"[{place}]" for place in stmt.primitive.options["library"])
    check = stmt.primitive.options["check"]
    if check is None:
        return call
    writer.expressions.called[check.__name__] = check
    kind = stmt.target.kind
    place = ("", 0) if stmt.origin is None else (stmt.origin.file, stmt.origin.line)
    facts = (kind.dtype, kind.rank if kind.is_array else None, *place)
    return f"{check.__name__}({call}, {', '.join(map(repr, facts))})"


def _is_at_hand(writer: LoopWriter, name: str) -> bool:
    """Whether a call of Python was written on the way here: a test is written more than once."""
    least = writer.depth * len(INDENT)
    for line in reversed(writer.lines):
        if line.strip():
            least = min(least, len(line) - len(line.lstrip()))
        if f"with objmode({name}=" in line:
            return len(line) - len(line.lstrip()) <= least
    return False


def _rank(operand: Operand) -> int:
    return operand.kind.rank if isinstance(operand, Var) else 0


def products(writer: LoopWriter, stmt: Let) -> str:
    """A product of vectors and matrices, by BLAS; transposed matrices are passed as they lie."""
    dtype = stmt.target.kind.dtype
    if dtype not in BLAS:
        return in_python(writer, stmt, [writer.whole(arg) for arg in stmt.args])
    parts = [_as(dtype, _dense(writer, arg), arg) for arg in stmt.args]
    return f"np.dot({', '.join(parts)})"


def _as(dtype: str, text: str, operand: Operand) -> str:
    """An array for BLAS and LAPACK, which take all of their operands in one dtype."""
    same = isinstance(operand, Var) and operand.kind.dtype == dtype
    return text if same else f"{text}.astype(np.{dtype})"


def _dense(writer: LoopWriter, operand: Operand) -> str:
    """An operand that BLAS can take: an array laid out in one piece, or the transpose of one."""
    if not isinstance(operand, Var) or not operand.kind.rank:
        return writer.text(operand)
    held = writer.folding.lets.get(operand)
    if held is None:
        name = writer.whole(operand)
        return name if operand in writer.dense else f"np.ascontiguousarray({name})"
    source = held.args[0]
    swapped = held.primitive.text == "np.transpose" and len(held.args) == 1
    if swapped and isinstance(source, Var) and operand.kind.rank == 2:
        return f"{_dense(writer, source)}.T"
    return writer.whole(operand)


def called(writer: LoopWriter, stmt: Let) -> str:
    """The text of a call on named arrays; the items of a row are written once, with their dtype."""
    if is_row(stmt):
        return row(writer, stmt)
    return spelled(writer, stmt, [writer.whole(arg) for arg in stmt.args])


def is_row(stmt: Let) -> bool:
    """Whether a statement makes a vector of some numbers."""
    items = stmt.args[0] if stmt.args else None
    made = stmt.primitive.text == "np.array" and stmt.target.kind.rank == 1
    return made and isinstance(items, tuple)


def row(writer: LoopWriter, stmt: Let) -> str:
    """`np.array((a, b))`."""
    items = stmt.args[0]
    assert isinstance(items, tuple)
    dtype = stmt.target.kind.dtype
    kind = "bool_" if dtype == "bool" else dtype
    if not items:
        return f"np.empty(0, np.{kind})"
    parts = [f"np.{kind}({writer.text(item)})" for item in items]
    return f"np.array(({', '.join(parts)},))"


def _taken(writer: LoopWriter, stmt: Let, args: list[str]) -> str:
    """`x[index]` with an array of integers or bools."""
    index = stmt.args[1]
    assert isinstance(index, Var)
    if index.kind.is_bool:
        writer.helpers.add("Bail")
        writer.line(f"if {args[0]}.shape[0] != {args[1]}.shape[0]:")
        writer.line("    raise Bail")
        return f"{args[0]}[{args[1]}]"
    writer.helpers.add("in_range")
    return f"{args[0]}[in_range({args[1]}, {args[0]}.shape[0])]"
