"""One element of an array expression: which elements of which arrays it is computed from."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from srcad.analyses.sizes import Sizes
from srcad.emit.expressions import BINARY, COMPARE, UNARY, Expressions, dotted
from srcad.emit.folding import Folding
from srcad.errors import Origin
from srcad.ir.dims import ONE, Dim
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Const, Let, Operand, ShapeOf, Slice, Var
from srcad.ir.walk import items_of
from srcad.loops import complexes, masks
from srcad.loops.syntax import OF_BOOLS, Index, minus, plus, product, subscript, total
from srcad.loops.vectors import is_half, vector_name

LOGICAL = ("masked", *COMPARE, "not", "~", "&", "|")
PLAIN = ("float64", "int64", "bool", "complex128")
TRANSPARENT = ("np.expand_dims", "np.squeeze", "np.transpose", "np.swapaxes", "np.broadcast_to")


UNKNOWN_TO_NUMBA = ("np.heaviside", "np.spacing")


class NotScalar(Exception):
    """The expression has no element-wise form; it has to be an array of its own."""


class Unsupported(Exception):
    """The program has no loop level; it runs at the array level."""

    def __init__(self, reason: str, origin: Origin | None = None) -> None:
        super().__init__(reason)
        self.origin = origin


@dataclass
class Elements:
    """Turns array expressions into scalar ones.

    `before` are lines to run before the loop nest, `checks` pairs of lengths that must be equal,
    `materialise` makes a named array of an expression that has no element-wise form, `measured` are
    the arrays whose lengths have been taken for the statement that is being written.
    """

    expressions: Expressions
    folding: Folding
    sizes: Sizes
    materialise: Callable[[Var], str]
    scalar_value: Callable[[Operand], ast.expr]
    slice_bounds: Callable[[Var, int, Slice], tuple[ast.expr, ast.expr, int]]
    measured: set[str]
    check_index: Callable[[Var, int, Operand, ast.expr, ast.expr], None]
    not_negative: Callable[[Operand], bool]
    checks: list[tuple[ast.expr, ast.expr]] = field(default_factory=list)
    dims: list[Dim] = field(default_factory=list)
    space: list[ast.expr] = field(default_factory=list)

    # -- elements -----------------------------------------------------------------------------

    def element(self, operand: Operand, index: Index) -> ast.expr:
        """The element of an operand at an index of the iteration space (aligned at the right)."""
        if not isinstance(operand, Var) or not operand.kind.rank:
            return self.scalar_value(operand)
        rank = operand.kind.rank
        own: Index = []
        for axis in range(rank):
            place = len(index) - rank + axis
            own.append(self._broadcast(operand, axis, index[place], place))
        return self.at(operand, own)

    def _broadcast(self, var: Var, axis: int, position: ast.expr, place: int) -> ast.expr:
        """The index along one axis: 0 where the operand is stretched."""
        if not self.dims:
            return position
        wanted, have = self.dims[place], var.shape[axis]
        if have == ONE and wanted != ONE:
            return ast.Constant(0)
        same = self.sizes.equal(have, wanted)
        if same:
            return position
        if self.sizes.is_one(have):
            return ast.Constant(0)
        pair = (self.length(var, axis), self.space[place])
        if ast.dump(pair[0]) != ast.dump(pair[1]):
            self.checks.append(pair)
        return position

    def at(self, var: Var, index: Index) -> ast.expr:
        """The element of an array at an index of its own."""
        stmt = self.folding.lets.get(var)
        if stmt is None:
            name = self.expressions.names[var]
            return subscript(ast.Name(name, ast.Load()), index)
        return self.computed(stmt, index)

    def computed(self, stmt: Let, index: Index) -> ast.expr:
        """The element of a statement's value at an index of it."""
        text = stmt.primitive.text
        if text == "getitem" and not has_arrays(stmt.args[1]):
            array = stmt.args[0]
            assert isinstance(array, Var)
            try:
                place = self.through(array, stmt.args[1], index)
            except NotScalar:  # a computed step
                if stmt.target not in self.folding.lets:
                    raise
                return subscript(ast.Name(self.materialise(stmt.target), ast.Load()), index)
            return self._at_source(array, place)
        if text in TRANSPARENT:
            return self._moved(stmt, index)
        if text in ("assign", "cast"):
            value = stmt.args[1 if text == "assign" else 0]
            return self.converted(self._inner(value, stmt, index), stmt.target.kind, None, value)
        if text in ("np.zeros", "np.ones"):
            return ast.Constant(0.0 if text == "np.zeros" else 1.0)
        if is_outer(stmt):
            first, second = stmt.args
            assert isinstance(first, Var)
            assert isinstance(second, Var)
            rows, columns = self.at(first, index[:1]), self.at(second, index[1:])
            return product(rows, columns, first.kind, second.kind)
        if text == "unbroadcast":
            return self._summed(stmt, index)
        if text == "np.copy":
            return self._inner(stmt.args[0], stmt, index)
        broadcasts = stmt.primitive.options.get("broadcasts") or text in LOGICAL
        if not stmt.kwargs and (broadcasts or stmt.primitive.form == "elementwise"):
            return self.applied(stmt, lambda operand: self._inner(operand, stmt, index))
        name = self.materialise(stmt.target)
        return subscript(ast.Name(name, ast.Load()), index)

    def _summed(self, stmt: Let, index: Index) -> ast.expr:
        """A sum down to a shape: none, where the forward sweep has checked the lengths."""
        source = stmt.args[0]
        same = isinstance(source, Var) and source.kind.rank == stmt.target.kind.rank
        if stmt.primitive.options.get("checked") and same:
            return self.at(source, index)  # type: ignore[arg-type]
        name = self.materialise(stmt.target)
        return subscript(ast.Name(name, ast.Load()), index)

    def _at_source(self, array: Var, index: Index) -> ast.expr:
        return self.at(array, index)

    def _inner(self, operand: Operand, stmt: Let, index: Index) -> ast.expr:
        """An operand of an elementwise statement at the statement's own index."""
        if not isinstance(operand, Var) or not operand.kind.rank:
            return self.scalar_value(operand)
        dims, space = self.dims, self.space
        self.dims = list(stmt.target.shape)
        self.space = (
            [self.length_of(stmt, axis) for axis in range(stmt.target.kind.rank)]
            if any(
                self.sizes.equal(a, b) is None
                for a, b in zip(operand.shape[::-1], stmt.target.shape[::-1], strict=False)
            )
            else [ast.Constant(0)] * stmt.target.kind.rank
        )
        try:
            return self.element(operand, index)
        finally:
            self.dims, self.space = dims, space

    def applied(self, stmt: Let, element: Callable[[Operand], ast.expr]) -> ast.expr:
        """A primitive applied to elements, as Numba has to see it."""
        text, args = stmt.primitive.text, stmt.args
        kind = stmt.target.kind
        if text in ("np.where", "masked"):
            return self.choice(stmt, element)
        if text in UNKNOWN_TO_NUMBA or (kind.rank and complexes.is_ordering(stmt)):
            raise NotScalar
        values = [self._operand(arg, kind, text, element) for arg in args]
        if text == "**":  # of a float32 and an int64, Numba takes a power of float32
            values[0] = self._widened(values[0], kind, args[0])
        if text == "**" and is_half(args[1]) and kind.is_inexact:
            self.expressions.called["half_power"] = pow
            node: ast.expr = ast.Call(dotted("half_power"), values, [])
            return self.converted(node, kind, text)
        if (name := vector_name(stmt)) is not None:
            node = ast.Call(ast.Name(name, ast.Load()), values, [])
        elif text == "*" and all(isinstance(arg, Var) for arg in args):
            kinds = [arg.kind for arg in args if isinstance(arg, Var)]
            node = product(values[0], values[1], *kinds)
        elif text == "+" and len(values) == 2 and not kind.is_bool:
            node = total(*values)
        elif text in BINARY and len(values) == 2:
            operation = OF_BOOLS.get(text) if kind.is_bool else None
            node = ast.BinOp(values[0], operation or BINARY[text], values[1])
        elif text in COMPARE and len(values) == 2:
            return ast.Compare(values[0], [COMPARE[text]], [values[1]])
        elif text in UNARY and len(values) == 1:
            negate = text == "~" and kind.is_bool
            node = ast.UnaryOp(ast.Not() if negate else UNARY[text], values[0])
        elif text == "np.clip":
            node = self._clip(values, args)
        elif text in complexes.FORMS:
            node = complexes.FORMS[text](*values)
        else:
            node = ast.Call(dotted(SPELLING.get(text, text)), values, [])
            if "." not in text:
                self.expressions.called[text] = stmt.primitive.function
        return self.converted(node, kind, text)

    def _clip(self, values: list[ast.expr], args: tuple[Operand, ...]) -> ast.expr:
        node = values[0]
        for function, bound, arg in zip(("maximum", "minimum"), values[1:], args[1:], strict=False):
            if arg != Const(None):
                node = ast.Call(dotted(f"np.{function}"), [node, bound], [])
        return node

    def choice(self, stmt: Let, element: Callable[[Operand], ast.expr]) -> ast.expr:
        """`np.where`; and `masked`, of which only one side is computed."""
        kind = stmt.target.kind
        if stmt.primitive.text == "masked":
            bar, value = (element(arg) for arg in stmt.args)
            if isinstance(bar, ast.Constant) and bar.value:
                return value
            plain = kind.rank and kind.dtype == "float64" and _all_double(stmt)
            if plain and (quotient := masks.divided(bar, value)) is not None:
                return quotient
            test: ast.expr = ast.Compare(bar, [ast.NotEq()], [ast.Constant(0.0)])
            other: ast.expr = self.converted(ast.Constant(0.0), kind, None)
            return ast.IfExp(test, value, other)
        test = element(stmt.args[0])
        yes, no = (
            self.converted(self._operand(arg, kind, "where", element), kind, None)
            for arg in stmt.args[1:3]
        )
        if kind.rank and kind.dtype in ("float64", "float32", "int64", "bool"):
            return ast.Call(ast.Name("where", ast.Load()), [test, yes, no], [])
        return ast.IfExp(test, yes, no)

    def _operand(
        self, operand: Operand, kind: Kind, text: str, element: Callable[[Operand], ast.expr]
    ) -> ast.expr:
        """A weak Python number takes the dtype of the others, as in NumPy."""
        node = element(operand)
        if kind.dtype in PLAIN or text in ("**",):
            return node
        weak = isinstance(operand, Const) or (isinstance(operand, Var) and operand.kind.is_python)
        if weak and operand != Const(None) and not kind.is_bool:
            return ast.Call(dotted(f"np.{kind.dtype}"), [node], [])
        return node

    def _widened(self, node: ast.expr, kind: Kind, source: Operand) -> ast.expr:
        narrow = isinstance(source, Var) and source.kind.dtype in ("float32", "complex64")
        wide = kind.dtype in ("float64", "complex128")
        return self.converted(node, kind, None) if narrow and wide else node

    def converted(
        self, node: ast.expr, kind: Kind, text: str | None, source: Operand | None = None
    ) -> ast.expr:
        """The dtype that NumPy would give, where Numba's arithmetic gives another."""
        if kind.dtype in PLAIN and text is not None:
            return node
        if isinstance(source, Var) and source.kind.is_complex and not kind.is_complex:
            node = ast.Attribute(node, "real", ast.Load())
        if kind.dtype == "float64" and text is None and not isinstance(node, ast.Constant):
            return ast.Call(dotted("np.float64"), [node], [])
        if kind.dtype in ("float64", "bool"):
            return node
        name = "bool_" if kind.dtype == "bool" else kind.dtype
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"np.{name}":
            return node
        return ast.Call(dotted(f"np.{name}"), [node], [])

    # -- views --------------------------------------------------------------------------------

    def through(self, array: Var, index: Operand, position: Index) -> Index:
        """The index into an array that an index into `array[index]` stands for."""
        items = list(index) if isinstance(index, tuple) else [index]
        used = sum(1 for item in items if item not in (Const(None), Const(Ellipsis)))
        if Const(Ellipsis) not in items:
            items.append(Const(Ellipsis))
        place = items.index(Const(Ellipsis))
        items[place : place + 1] = [Slice()] * (array.kind.rank - used)
        left = list(position)
        found: Index = []
        axis = 0
        for item in items:
            if item == Const(None):
                left.pop(0)
                continue
            if isinstance(item, Slice):
                found.append(self._along(array, axis, item, left.pop(0)))
            elif isinstance(item, Var) and item.kind.is_array:
                raise NotScalar
            else:
                found.append(self.integer(array, axis, item))
            axis += 1
        return found

    def _along(self, array: Var, axis: int, item: Slice, position: ast.expr) -> ast.expr:
        if item == Slice():
            return position
        start, _, step = self.slice_bounds(array, axis, item)
        scaled = (
            position if abs(step) == 1 else ast.BinOp(ast.Constant(abs(step)), ast.Mult(), position)
        )
        if step < 0:
            return ast.BinOp(start, ast.Sub(), scaled)
        return plus(scaled, start)

    def integer(self, array: Var, axis: int, item: Operand) -> ast.expr:
        """A single position along an axis; negative constants count from the end."""
        if isinstance(item, Const) and isinstance(item.value, int | np.integer) and item.value < 0:
            length = self.length(array, axis)
            back = ast.Constant(int(item.value))
            self.check_index(array, axis, item, back, length)
            return plus(length, back)
        node = self.scalar_value(item)
        length = self.length(array, axis)
        self.check_index(array, axis, item, node, length)
        if array in self.folding.lets and not self.not_negative(item):
            # A view is read through: its end is not that of the array it shows.
            self.expressions.called["from_start"] = int
            return ast.Call(dotted("from_start"), [node, length], [])
        return node

    def _moved(self, stmt: Let, index: Index) -> ast.expr:
        """Views that only move, add or drop axes."""
        source = stmt.args[0]
        if not isinstance(source, Var):
            return self.scalar_value(source)
        if not source.kind.rank:
            return self.scalar_value(source)
        rank = source.kind.rank
        given = [*stmt.args[1:], *(value for _, value in stmt.kwargs)]
        match stmt.primitive.text:
            case "np.broadcast_to":
                return self._inner(source, stmt, index)
            case "np.transpose":
                order = list(range(rank))[::-1]
                if given and given[0] != Const(None):
                    order = [axis % rank for axis in _ints(given[0])]
                own: Index = [ast.Constant(0)] * rank
                for position, axis in enumerate(order):
                    own[axis] = index[position]
                return self.at(source, own)
            case "np.swapaxes":
                first, second = (axis % rank for operand in given for axis in _ints(operand))
                own = list(index)
                own[first], own[second] = own[second], own[first]
                return self.at(source, own)
            case "np.expand_dims":
                dropped = {axis % stmt.target.kind.rank for axis in _ints(given[0])}
                return self.at(source, [p for i, p in enumerate(index) if i not in dropped])
            case _:
                added = {axis % rank for axis in _ints(given[0])}
                left = list(index)
                own = [ast.Constant(0) if i in added else left.pop(0) for i in range(rank)]
                return self.at(source, own)

    # -- lengths ------------------------------------------------------------------------------

    def length(self, var: Var, axis: int) -> ast.expr:
        """The length of an axis, as an expression over arrays at hand."""
        dim = var.shape[axis]
        if dim.is_constant:
            return ast.Constant(dim.constant)
        stmt = self.folding.lets.get(var)
        if stmt is None:
            self.measured.add(self.expressions.names[var])
            name = ast.Name(self.expressions.names[var], ast.Load())
            shape = ast.Attribute(name, "shape", ast.Load())
            return ast.Subscript(shape, ast.Constant(axis), ast.Load())
        return self.length_of(stmt, axis)

    def length_of(self, stmt: Let, axis: int) -> ast.expr:
        """The length of an axis of a statement's value."""
        text = stmt.primitive.text
        if stmt.target.shape[axis].is_constant:
            return ast.Constant(stmt.target.shape[axis].constant)
        rank = stmt.target.kind.rank
        if text == "getitem" and not has_arrays(stmt.args[1]):
            array = stmt.args[0]
            assert isinstance(array, Var)
            try:
                return self.region_length(array, stmt.args[1], axis)
            except NotScalar:  # a computed step
                if stmt.target not in self.folding.lets:
                    raise
        if text in ("np.zeros", "np.ones", "np.empty", "np.broadcast_to"):
            shape = stmt.args[1] if text == "np.broadcast_to" else stmt.args[0]
            if isinstance(shape, ShapeOf):
                return self.length(shape.var, axis)
            if isinstance(shape, tuple):
                return self.scalar_value(shape[axis])
            if isinstance(shape, Var) and shape.kind.form == "opaque":
                return ast.Subscript(self.scalar_value(shape), ast.Constant(axis), ast.Load())
            return self.scalar_value(shape)
        if is_outer(stmt):
            return self.length(stmt.args[axis], 0)  # type: ignore[arg-type]
        if text == "unbroadcast" and stmt.primitive.options.get("checked"):
            source = stmt.args[0]
            if isinstance(source, Var) and source.kind.rank == rank:
                return self.length(source, axis)
        if text in TRANSPARENT:
            return self._length_moved(stmt, axis)
        wanted = stmt.target.shape[axis]
        candidates = []
        for operand in stmt.args:
            if isinstance(operand, Var) and operand.kind.rank:
                own = axis - (rank - operand.kind.rank)
                if own >= 0 and operand.shape[own] != ONE:
                    candidates.append((operand, own))
        for operand, own in candidates:
            if self.sizes.equal(operand.shape[own], wanted):
                return self.length(operand, own)
        if self.sizes.is_one(wanted):
            return ast.Constant(1)
        broadcasts = stmt.primitive.form == "elementwise" or stmt.primitive.options.get(
            "broadcasts"
        )
        if broadcasts and candidates:
            # Unknown until run time: the checks find out whether the others are as long.
            operand, own = candidates[0]
            return self.length(operand, own)
        name = self.materialise(stmt.target)
        shape_node = ast.Attribute(ast.Name(name, ast.Load()), "shape", ast.Load())
        return ast.Subscript(shape_node, ast.Constant(axis), ast.Load())

    def _length_moved(self, stmt: Let, axis: int) -> ast.expr:
        source = stmt.args[0]
        assert isinstance(source, Var)
        wanted = stmt.target.shape[axis]
        for own in range(source.kind.rank):
            if source.shape[own] == wanted:
                return self.length(source, own)
        raise NotScalar

    def region_length(self, array: Var, index: Operand, axis: int) -> ast.expr:
        """The length of an axis of `array[index]`."""
        items = list(index) if isinstance(index, tuple) else [index]
        used = sum(1 for item in items if item not in (Const(None), Const(Ellipsis)))
        if Const(Ellipsis) not in items:
            items.append(Const(Ellipsis))
        place = items.index(Const(Ellipsis))
        items[place : place + 1] = [Slice()] * (array.kind.rank - used)
        own, result = 0, 0
        for item in items:
            if item == Const(None):
                if result == axis:
                    return ast.Constant(1)
                result += 1
                continue
            if isinstance(item, Slice):
                if result == axis:
                    return self._slice_length(array, own, item)
                result += 1
            own += 1
        raise NotScalar

    def _slice_length(self, array: Var, axis: int, item: Slice) -> ast.expr:
        if item == Slice():
            return self.length(array, axis)
        start, stop, step = self.slice_bounds(array, axis, item)
        if step == 1:
            return minus(stop, start)
        bounds = [start, stop, ast.Constant(step)]
        return ast.Call(dotted("len"), [ast.Call(dotted("range"), bounds, [])], [])


SPELLING = {"np.abs": "abs", "np.absolute": "abs"}


def _ints(given: object) -> tuple[int, ...]:
    """The ints in a constant operand: an axis, or a tuple of them."""
    if isinstance(given, Const):
        return _ints(given.value)
    if isinstance(given, tuple):
        return tuple(number for item in given for number in _ints(item))
    assert isinstance(given, int | np.integer)
    return (int(given),)


def has_arrays(index: Operand) -> bool:
    """Whether an index picks elements by arrays of positions or of booleans."""
    items = items_of(index)
    return any(
        isinstance(item, tuple) or (isinstance(item, Var) and item.kind.is_array) for item in items
    )


def _all_double(stmt: Let) -> bool:
    """Whether a statement works on numbers of double precision only."""
    return all(isinstance(arg, Var) and arg.kind.dtype == "float64" for arg in stmt.args)


def is_outer(stmt: Let) -> bool:
    """Whether a statement is the outer product of two vectors."""
    vectors = all(isinstance(a, Var) and a.kind.rank == 1 for a in stmt.args)
    return stmt.primitive.text == "np.outer" and vectors
