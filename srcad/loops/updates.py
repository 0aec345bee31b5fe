"""Updates of arrays in place."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from srcad.emit.expressions import BINARY
from srcad.emit.memory import is_view
from srcad.emit.printer import expression
from srcad.ir.dims import Dim, as_dim, size_of
from srcad.ir.nodes import Const, Let, Operand, Slice, Var
from srcad.ir.walk import items_of
from srcad.loops import fusion, matvec, reductions
from srcad.loops.elements import Elements, NotScalar, Unsupported, has_arrays
from srcad.loops.items import Item
from srcad.loops.nests import AUGMENTED
from srcad.loops.syntax import subscript
from srcad.rules.indexing import getitem_shape

if TYPE_CHECKING:
    from srcad.loops.writer import LoopWriter


WHOLE = (Const(Ellipsis), (Const(Ellipsis),))


def update(writer: LoopWriter, stmt: Let, name: str) -> None:
    """An update in place of an array."""
    array = stmt.args[0]
    assert isinstance(array, Var)
    if array in writer.folding.lets:
        # Only this update works on what is made here: others still read the array as it was.
        held = writer.folding.lets[array]
        writer.make(array, name, lasting=not is_view(held))
        if id(stmt) in writer.buffers.copied and not writer.is_elementwise(held):
            writer.line(f"{name} = {name}.copy()")
    elif id(stmt) in writer.buffers.copied:
        writer.line(f"{name} = {writer.text(array)}.copy()")
    elif array in writer.names and writer.names[array] != name:
        writer.line(f"{name} = {writer.text(array)}")
    match stmt.primitive.text:
        case "setitem":
            _region(writer, stmt, name, stmt.args[1], stmt.args[2], "store")
        case "add_at":
            _region(writer, stmt, name, stmt.args[1], stmt.args[2], "add")
        case "assign":
            _region(writer, stmt, name, Const(Ellipsis), stmt.args[1], "store")
        case ("*" | "/") as operation:
            _region(writer, stmt, name, Const(Ellipsis), stmt.args[1], "store", scaled=operation)
        case operation:
            value: Operand = stmt.args[1]
            if operation == "+" and _summed_into(writer, array, value, name):
                return
            _region(writer, stmt, name, Const(Ellipsis), value, "add", negate=operation == "-")


def _summed_into(writer: LoopWriter, array: Var, value: Operand, name: str) -> bool:
    """Add up sums where they are wanted, `x += np.sum(terms, axis=0)`, without an array of them."""
    held = writer.folding.lets.get(value) if isinstance(value, Var) else None
    if writer.checked:  # the user's own program: there, what is added is added up before
        return False
    if held is None or held.target.kind.dtype != array.kind.dtype or not array.kind.is_inexact:
        return False
    if held.target.kind.rank != array.kind.rank or not all(
        writer.sizes.equal(a, b) for a, b in zip(held.target.shape, array.shape, strict=True)
    ):
        return False
    if held.primitive.text == "np.sum":
        return reductions.over_axes(writer, held, name, into=True)
    return matvec.fused(writer, held, name, into=True)


def _region(
    writer: LoopWriter,
    stmt: Let,
    name: str,
    index: Operand,
    value: Operand,
    kind: Any,
    negate: bool = False,
    scaled: str = "",
) -> None:
    array = stmt.args[0]
    assert isinstance(array, Var)
    if has_arrays(index):
        _fancy(writer, stmt, name, index, value, kind)
        return
    elements = writer.elements()
    dims = _region_dims(writer, array, index)
    rank = len(dims)
    if rank == 0:
        place = _place(writer, array, name, index, [])
        node = _stored(writer, value)
        _element(writer, place, node, kind, negate, value, stmt, index)
        return
    if _needs_temporary(writer, value, name, index):
        assert isinstance(value, Var)
        if value in writer.folding.lets:
            writer.materialise(value)
        elif index not in WHOLE or value.kind.rank != array.kind.rank:
            # An array by name, `x[::-1] += x`. Two that are whole meet in the same elements only.
            value = _duplicate(writer, value)
    counters, position = writer.indices(dims)
    elements.dims = dims
    try:
        elements.space = _region_lengths(array, index, dims, elements)
        node = elements.element(value, position)
        if isinstance(value, Var) and value.kind.dtype != array.kind.dtype:
            node = elements.converted(node, array.kind, None)
        target = elements.through(array, index, position)
    except NotScalar:
        if scaled:
            assert isinstance(value, Var)
            writer.materialise(value)
            _region(writer, stmt, name, index, value, kind, scaled=scaled)
        else:
            _in_python(writer, name, index, value, kind, negate)
        return
    if scaled:
        node = ast.BinOp(subscript(ast.Name(name, ast.Load()), target), BINARY[scaled], node)
    if negate:
        node = ast.UnaryOp(ast.USub(), node)
    item = Item(kind, name, target, node, stmt.target, array.kind.dtype)
    if isinstance(value, Var) and value in writer.folding.lets and _reads_elsewhere(writer, item):
        writer.materialise(value)
        _region(writer, stmt, name, index, value, kind, negate, scaled)
        return
    fusion.push(writer, item, dims, elements.space, elements, counters, [])


def _reads_elsewhere(writer: LoopWriter, item: Item) -> bool:
    """Whether the new value of an element depends on others, `x[i] - x[0]`, which change too."""
    own = item.own_key()
    return any(
        writer.alias(name, item.target) and (name != item.target or key != own)
        for name, key in item.reads()
    )


def _stored(writer: LoopWriter, value: Operand) -> ast.expr:
    if isinstance(value, Var) and value.kind.rank:
        name = writer.materialise(value)
        zeros = [ast.Constant(0)] * value.kind.rank
        return ast.Subscript(
            ast.Name(name, ast.Load()),
            zeros[0] if len(zeros) == 1 else ast.Tuple(zeros, ast.Load()),  # type: ignore[arg-type]
            ast.Load(),
        )
    return writer.scalar(value)


def _element(
    writer: LoopWriter,
    place: str,
    node: ast.expr,
    kind: str,
    negate: bool,
    value: Operand,
    stmt: Let,
    index: Operand,
) -> None:
    """A store into one element."""
    held = writer.folding.lets.get(value) if isinstance(value, Var) else None
    if kind == "add":
        if held is not None and held.primitive.text == "neg" and isinstance(node, ast.UnaryOp):
            writer.line(f"{place} -= {_factor(node.operand)}")
            return
        writer.line(f"{place} {'-' if negate else '+'}= {expression(node)}")
        return
    if held is not None and held.primitive.text in ("+", "-", "*", "/"):
        first = held.args[0]
        read = writer.folding.lets.get(first) if isinstance(first, Var) else None
        if (
            read is not None
            and read.primitive.text == "getitem"
            and read.args[0] is stmt.args[0]
            and read.args[1] == index
            and isinstance(node, ast.BinOp)
            and held.primitive.text != "/"
        ):
            # Not always that of the primitive: what is added to may have become `-`.
            writer.line(f"{place} {AUGMENTED[type(node.op)]}= {expression(node.right)}")
            return
    writer.line(f"{place} = {expression(node)}")


def _place(
    writer: LoopWriter,
    array: Var,
    name: str,
    index: Operand,
    position: list[ast.expr],
) -> str:
    elements = writer.elements()
    parts = elements.through(array, index, position)
    return f"{name}[{', '.join(expression(p) for p in parts)}]"


def _region_dims(writer: LoopWriter, array: Var, index: Operand) -> list[Dim]:
    assert writer.builder is not None
    shaped = writer.builder.shaped(index)
    found = getitem_shape(writer.sizes, writer.builder.shaped(array), shaped)
    if found is None:
        raise Unsupported("this index has no loop form")
    value = writer.builder.fresh("", array.kind, None)
    return [size_of(value, i) if d is None else as_dim(d) for i, d in enumerate(found)]


def _region_lengths(
    array: Var, index: Operand, dims: list[Dim], elements: Elements
) -> list[ast.expr]:
    return [
        ast.Constant(d.constant) if d.is_constant else elements.region_length(array, index, axis)
        for axis, d in enumerate(dims)
    ]


def _needs_temporary(writer: LoopWriter, value: Operand, name: str, index: Operand) -> bool:
    """Whether the new values have to be computed before the first of them is stored."""
    if not isinstance(value, Var) or not value.kind.rank:
        return False
    for var, path in _leaves(writer, value, Const(Ellipsis)):
        other = writer.names.get(var)
        if other is None or not writer.alias(other, name):
            continue
        if other == name and path == index:
            continue
        return True
    return False


def _leaves(writer: LoopWriter, var: Var, path: Operand) -> list[tuple[Var, Operand]]:
    """The arrays that an expression reads, with the index where it is a plain one."""
    stmt = writer.folding.lets.get(var)
    if stmt is None:
        return [(var, path)]
    if stmt.primitive.text == "getitem" and path == Const(Ellipsis):
        return _leaves(writer, stmt.args[0], stmt.args[1])  # type: ignore[arg-type]
    moved = stmt.primitive.form != "elementwise" and stmt.primitive.text != "masked"
    found = []
    for operand in stmt.args:
        if isinstance(operand, Var) and operand.kind.rank:
            smaller = operand.kind.rank < stmt.target.kind.rank
            below = Const("moved") if moved or smaller else path
            found += _leaves(writer, operand, below)
    return found


def _fancy(
    writer: LoopWriter,
    stmt: Let,
    name: str,
    index: Operand,
    value: Operand,
    kind: str,
) -> None:
    items = items_of(index)
    simple = len(items) == 1 and isinstance(items[0], Var) and items[0].kind.rank == 1
    array = stmt.args[0]
    assert isinstance(array, Var)
    if not simple or array.kind.rank != 1:
        _in_python(writer, name, index, value, kind, False)
        return
    where = items[0]
    assert isinstance(where, Var)
    counter = writer.counters(1)[0]
    positions = _unchanged(writer, where, name)
    source = None
    if isinstance(value, Var) and value.kind.rank:
        source = _unchanged(writer, value, name)
    shown = f"{source}[{counter}]" if source else _once(writer, value)
    writer.flush()
    if where.kind.is_bool:
        if kind == "add":
            _in_python(writer, name, index, value, kind, False)
            return
        if source is not None:
            _spread_under_mask(writer, name, positions, source, counter)
            return
        if writer.checked and not writer.sizes.equal(where.shape[0], array.shape[0]):
            writer.helpers.add("Bail")
            writer.line(f"if {positions}.shape[0] != {name}.shape[0]:")
            writer.line("    raise Bail")
        writer.line(f"for {counter} in range({positions}.shape[0]):")
        writer.line(f"    if {positions}[{counter}]:")
        writer.line(f"        {name}[{counter}] = {shown}")
        return
    if source is not None:
        writer.line(f"if {source}.shape[0] != {positions}.shape[0]:")
        writer.line("    raise Bail")
        writer.helpers.add("Bail")
    writer.line(f"for {counter} in range({positions}.shape[0]):")
    if writer.checked:
        writer.helpers.add("Bail")
        writer.line(f"    if not -{name}.shape[0] <= {positions}[{counter}] < {name}.shape[0]:")
        writer.line("        raise Bail")
    sign = "+=" if kind == "add" else "="
    writer.line(f"    {name}[{positions}[{counter}]] {sign} {shown}")


def _unchanged(writer: LoopWriter, var: Var, name: str) -> str:
    """An array that stays what it is while `name` is written to."""
    array = writer.materialise(var)
    if writer.alias(array, name):
        return writer.names[_duplicate(writer, var)]
    return array


def _duplicate(writer: LoopWriter, var: Var) -> Var:
    """A copy of a named array, that stays what it is while that is written to."""
    own = Var(var.hint, var.kind, var.shape)
    writer.names[own] = writer.fresh("array")
    writer.line(f"{writer.names[own]} = {writer.names[var]}.copy()")
    return own


def _once(writer: LoopWriter, value: Operand) -> str:
    """A number that is computed before a loop."""
    text = writer.text(value)
    if isinstance(value, Const) or text.isidentifier():
        return text
    own = writer.fresh("number")
    writer.line(f"{own} = {text}")
    return own


def _spread_under_mask(writer: LoopWriter, name: str, mask: str, source: str, counter: str) -> None:
    """`x[mask] = values`: the values in their order."""
    place = writer.fresh("place")
    writer.helpers.add("Bail")
    writer.line(f"if {mask}.shape[0] != {name}.shape[0] or np.sum({mask}) != {source}.shape[0]:")
    writer.line("    raise Bail")
    writer.line(f"{place} = 0")
    writer.line(f"for {counter} in range({mask}.shape[0]):")
    writer.line(f"    if {mask}[{counter}]:")
    writer.line(f"        {name}[{counter}] = {source}[{place}]")
    writer.line(f"        {place} += 1")


def _in_python(
    writer: LoopWriter,
    name: str,
    index: Operand,
    value: Operand,
    kind: str,
    negate: bool,
) -> None:
    """An update that only Python can make."""
    key = ", ".join(map(writer.whole, index)) if isinstance(index, tuple) else writer.whole(index)
    shown = writer.whole(value)
    writer.pinned.add(name)
    writer.flush()
    writer.helpers.add("objmode")
    writer.line("with objmode():")
    if kind == "add" and has_arrays(index):
        sliced = isinstance(index, tuple) and any(isinstance(item, Slice) for item in index)
        place = f"np.s_[{key}]" if sliced else f"({key},)"
        writer.line(f"    np.add.at({name}, {place}, {shown})")
    else:
        sign = "=" if kind == "store" else "-=" if negate else "+="
        writer.line(f"    {name}[{key}] {sign} {shown}")


def _factor(node: ast.expr) -> str:
    text = expression(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return f"({text})"
    return text
