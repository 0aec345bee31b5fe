"""Statements at the loop level: arrays become loop nests, everything else stays as it is."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.analyses.sizes import Sizes
from srcad.emit.buffers import is_view
from srcad.emit.expressions import BINARY, Expressions
from srcad.emit.liveness import LiveSets
from srcad.emit.printer import expression
from srcad.emit.statements import INDENT, Writer
from srcad.frontend.builder import Builder
from srcad.ir.dims import ONE, Dim, SizeOf, ValueOf
from srcad.ir.kinds import INT
from srcad.ir.nodes import Const, Effect, If, Let, Loop, Operand, ShapeOf, Slice, Stmt, Var
from srcad.ir.walk import targets
from srcad.loops.calls import products, spelled
from srcad.loops import extremes, matvec, stacks
from srcad.loops.elements import Elements, NotScalar, minus, plus
from srcad.loops.nests import Item, Nest
from srcad.loops.queue import Element, Line, independent, item_touches, plain_line, touched
from srcad.loops.ranges import Around, check
from srcad.rules.indexing import getitem_shape

COUNTERS = ("i", "j", "k", "l", "m", "n", "p", "q")
FRESH = ("np.zeros", "np.ones", "np.empty", "np.full")
EXTREMA = ("np.max", "np.min", "np.amax", "np.amin")
SUMS = ("np.sum", "np.max", "np.min", "np.mean", "np.amax", "np.amin")


class Unsupported(Exception):
    """The program has no loop level; it runs at the array level."""

    def __init__(self, reason: str, origin: Any = None) -> None:
        super().__init__(reason)
        self.origin = origin


@dataclass
class LoopExpressions(Expressions):
    """Scalar expressions; reductions and array calls in them are computed first."""

    writer: LoopWriter | None = None

    def let(self, stmt: Let) -> ast.expr:
        assert self.writer is not None
        found = self.writer.scalar_let(stmt)
        return super().let(stmt) if found is None else found

    def variable(self, var: Var) -> ast.expr:
        if var.kind.rank and var in self.folding.lets:
            assert self.writer is not None
            return ast.Name(self.writer.materialise(var), ast.Load())
        node = super().variable(var)
        if var.kind.rank and isinstance(node, ast.Name):
            assert self.writer is not None
            self.writer.pinned.add(node.id)
        return node


@dataclass
class LoopWriter(Writer):
    """Writes the body of one function at the loop level."""

    sizes: Sizes = field(default_factory=Sizes)
    live: LiveSets = field(default_factory=LiveSets)
    builder: Builder | None = None
    checked: bool = False
    queue: list[Element] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    pinned: set[str] = field(default_factory=set)
    held: dict[Var, str] = field(default_factory=dict)
    bounds: dict[Any, tuple[ast.expr, ast.expr, int]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)
    current: Stmt | None = None
    helpers: set[str] = field(default_factory=set)
    guarded: set[str] = field(default_factory=set)
    stacks: dict[Var, str] = field(default_factory=dict)
    memory: dict[str, frozenset[int]] = field(default_factory=dict)
    dense: set[Var] = field(default_factory=set)
    handed: frozenset[Var] = frozenset()
    known_vars: set[Var] = field(default_factory=set)
    around: list[Around] = field(default_factory=list)

    # -- plumbing -----------------------------------------------------------------------------

    def line(self, text: str) -> None:
        waiting = plain_line(text)
        if waiting is None:
            self.flush()
            self._put_note()
            super().line(text)
            return
        waiting.note, self.note = self.note, []
        place = len(self.queue)
        own = touched(waiting)
        while place and independent(touched(self.queue[place - 1]), own, self._alias):
            place -= 1
        while place < len(self.queue) and isinstance(self.queue[place], Line):
            place += 1  # among other lines, the order stays the program's
        self.queue.insert(place, waiting)

    def comment(self, origin: Any) -> None:
        if not self.comments or origin is None or not origin.line:
            return
        if self.shown is not None and (origin.file, origin.line) == (
            self.shown.file,
            self.shown.line,
        ):
            return
        self.shown = origin
        self.note = [f"# {origin.line}: {origin.text.strip()}"]

    def _put_note(self, note: list[str] | None = None) -> None:
        """Put down a comment, after a blank line unless a block begins."""
        if note is None:
            note, self.note = self.note, []
        if note:
            if self.lines and self.lines[-1].strip() and not self.lines[-1].rstrip().endswith(":"):
                self.lines.append("")
            for text in note:
                super().line(text)

    def flush(self) -> None:
        """Put down what has been waiting."""
        waiting, self.queue = self.queue, []
        for element in waiting:
            self._put_note(element.note)
            if isinstance(element, Line):
                super().line(element.text)
                continue
            others = [other for other in waiting if other is not element]
            needed = set(self.pinned)
            for other in others:
                needed |= set().union(*touched(other))
            for text in element.lines(expression, needed):
                super().line(text)

    def fresh(self, stem: str) -> str:
        name, number = stem, 2
        while name in self.taken:
            name, number = f"{stem}{number}", number + 1
        self.taken.add(name)
        return name

    def stmt(self, stmt: Stmt) -> None:
        self.current = stmt
        self.held = {}
        self.bounds = {}
        recorded = isinstance(stmt, Effect) and stmt.action == "record"
        apart = isinstance(stmt, If | Loop | Effect) and not recorded
        if apart and not self._is_folded(stmt):
            self.flush()
        super().stmt(stmt)
        if apart:
            self.flush()
        self.known_vars |= set(targets(stmt))

    def _is_folded(self, stmt: Stmt) -> bool:
        return isinstance(stmt, If) and bool(stmt.targets) and stmt.targets[0] in self.folding.choices

    def inner(self, *args: Any, **kwargs: Any) -> None:
        self.flush()
        super().inner(*args, **kwargs)

    def moves(self, moves: Any) -> None:
        self.flush()
        super().moves(moves)

    def elements(self) -> Elements:
        return Elements(
            self.expressions,
            self.folding,
            self.sizes,
            self.materialise,
            self.scalar,
            self.slice_bounds,
            _operands,
            self.check_index,
        )

    def scalar(self, operand: Operand) -> ast.expr:
        return self.expressions.operand(operand)

    # -- statements ---------------------------------------------------------------------------

    def let(self, stmt: Let) -> None:
        name = self.names[stmt.target]
        text = stmt.primitive.text
        if text == "tape":
            self._stack(stmt, name)
            return
        if not stmt.target.kind.rank:
            if stmt.primitive.text in ("setitem", "add_at", "assign"):
                raise Unsupported("a write to a 0-d array", stmt.origin)
            self._scalar_statement(stmt, name)
            return
        if self.buffers.in_place(stmt):
            self._update(stmt, name)
            return
        if text == "np.empty" or text in FRESH:
            self._allocation(stmt, name)
            return
        if self._is_elementwise(stmt) and not self._is_plain_view(stmt):
            self._define(stmt, name)
            return
        if self._nested(stmt, name):
            return
        value = self._array_call(stmt)
        self.line(f"{name} = {value}")

    def _is_plain_view(self, stmt: Let) -> bool:
        return False

    def _is_elementwise(self, stmt: Let) -> bool:
        text = stmt.primitive.text
        if text == "getitem":
            return is_view(stmt)
        if text == "unbroadcast":
            source = stmt.args[0]
            same = isinstance(source, Var) and source.kind.rank == stmt.target.kind.rank
            return bool(stmt.primitive.options.get("checked")) and same
        return (
            stmt.primitive.form == "elementwise"
            or text in ("masked", "cast", "assign", "np.copy", "np.broadcast_to", "not")
            or text == "np.outer"
            or text in ("np.transpose", "np.swapaxes", "np.expand_dims", "np.squeeze")
            or (stmt.primitive.form == "constant" and bool(stmt.primitive.options.get("broadcasts")))
        )

    def _scalar_statement(self, stmt: Let, name: str) -> None:
        if stmt.target.kind.form == "opaque" and stmt.primitive.text == "text":
            return
        value = self.expressions.let(stmt)
        if not (isinstance(value, ast.Name) and value.id == name):
            self.line(f"{name} = {expression(value)}")

    def _allocation(self, stmt: Let, name: str) -> None:
        text = super_expression(self.expressions, stmt)
        self.line(f"{name} = {expression(text)}")

    # -- nests --------------------------------------------------------------------------------

    def _push(
        self,
        item: Item,
        dims: list[Dim],
        lengths: list[ast.expr],
        elements: Elements,
        counters: list[str],
        before: list[str],
    ) -> None:
        checks = self._check_lines(elements)
        ones = [dim == ONE for dim in dims]
        item.shape = lengths
        lengths = [n for n, dim in zip(lengths, dims, strict=True) if dim != ONE]
        dims = [dim for dim in dims if dim != ONE]
        item.live_after = self.live.after.get(id(self.current), self.handed)
        ready = [*self.pending, *before]
        self.pending = []
        if not checks and (joined := self._joined(item, dims, ready)) is not None:
            # The same lengths, said with arrays that are surely still there.
            left = list(joined.lengths)
            item.shape = [ast.Constant(1) if one else left.pop(0) for one in ones]
            return
        made = Nest(dims, lengths, counters, [*ready, *checks], note=self.note)
        self.note = []
        made.add(item, self._alias)
        self.queue.append(made)

    def _joined(self, item: Item, dims: list[Dim], ready: list[str]) -> Nest | None:
        """Let an item join a nest that is waiting, moving up past what is independent of it."""
        own = item_touches(item, ready)
        lines = set().union(*(item_touches(item, [text])[1] for text in ready)) - {item.target}
        reachable: list[Nest] = []
        for element in reversed(self.queue):
            reads, writes = touched(element)
            if isinstance(element, Nest) and self._fits(element, dims):
                if not lines & (reads | writes) and not _ready_reads(ready) & writes:
                    reachable.append(element)
            if not independent((reads, writes), own, self._alias):
                break
        if not reachable:
            return self._sunk(item, dims, ready)
        for nest in reversed(reachable):  # the earliest, so that what follows can join it too
            if nest.add(item, self._alias):
                nest.before += ready
                return nest
        return None

    def _sunk(self, item: Item, dims: list[Dim], ready: list[str]) -> Nest | None:
        """Let an item join a nest that can wait until after all that the item needs."""
        for place in range(len(self.queue) - 1, -1, -1):
            nest = self.queue[place]
            if not isinstance(nest, Nest) or not self._fits(nest, dims):
                continue
            own = touched(nest)
            later = self.queue[place + 1 :]
            if not all(independent(own, touched(other), self._alias) for other in later):
                continue
            if set().union(*(item_touches(item, [t])[1] for t in ready)) - {item.target}:
                continue
            if _ready_reads(ready) & own[1]:
                continue
            if nest.add(item, self._alias):
                nest.before += ready
                del self.queue[place]
                self.queue.append(nest)
                return nest
        return None

    def _fits(self, nest: Nest, dims: list[Dim]) -> bool:
        return len(nest.dims) == len(dims) and all(
            a == b or self.sizes.equal(a, b) for a, b in zip(nest.dims, dims, strict=True)
        )

    def _alias(self, a: str, b: str) -> bool:
        if a == b:
            return True
        return bool(self.memory.get(a, frozenset()) & self.memory.get(b, frozenset()))

    def _check_lines(self, elements: Elements) -> list[str]:
        lines = []
        for a, b in elements.checks:
            self.helpers.add("Bail")
            lines.append(f"if {expression(a)} != {expression(b)}:")
            lines.append("    raise Bail")
        return lines

    def _indices(self, dims: list[Dim]) -> tuple[list[str], list[ast.expr]]:
        """Counters for the axes of a space, and its index: axes of length 1 need no loop."""
        counters = self._counters(sum(dim != ONE for dim in dims))
        left = list(counters)
        index: list[ast.expr] = [
            ast.Constant(0) if dim == ONE else ast.Name(left.pop(0), ast.Load()) for dim in dims
        ]
        return counters, index

    def _counters(self, rank: int) -> list[str]:
        found = [c for c in COUNTERS if c not in self.taken]
        if len(found) < rank:
            found += [f"i{n}" for n in range(rank)]
        return found[:rank]

    def _define(self, stmt: Let, name: str, held: bool = False) -> None:
        """A new array, element by element."""
        elements = self.elements()
        rank = stmt.target.kind.rank
        if rank == 0:
            self.line(f"{name} = {self._array_call(stmt)}")
            return
        dims = list(stmt.target.shape)
        counters, index = self._indices(dims)
        try:
            lengths = [elements._length_of(stmt, axis) for axis in range(rank)]
            value = elements._computed(stmt, index)
        except NotScalar:
            self.line(f"{name} = {self._array_call(stmt)}")
            return
        contractible = None if held else stmt.target
        item = Item("define", name, index, value, contractible, stmt.target.kind.dtype)
        self._push(item, dims, lengths, elements, counters, [])

    def _update(self, stmt: Let, name: str) -> None:
        """An update in place of an array."""
        array = stmt.args[0]
        assert isinstance(array, Var)
        if array in self.folding.lets:
            self._make(array, name)
        if id(stmt) in self.buffers.copied:
            self.line(f"{name} = {self._copy_of(array)}")
        elif array in self.names and self.names[array] != name:
            self.line(f"{name} = {self.text(array)}")
        match stmt.primitive.text:
            case "setitem":
                self._region(stmt, name, stmt.args[1], stmt.args[2], "store")
            case "add_at":
                self._region(stmt, name, stmt.args[1], stmt.args[2], "add")
            case "assign":
                self._region(stmt, name, Const(Ellipsis), stmt.args[1], "store")
            case operation:
                value: Operand = stmt.args[1]
                self._region(stmt, name, Const(Ellipsis), value, "add", negate=operation == "-")

    def _copy_of(self, array: Var) -> str:
        return f"{self.text(array)}.copy()"

    def _region(
        self,
        stmt: Let,
        name: str,
        index: Operand,
        value: Operand,
        kind: Any,
        negate: bool = False,
    ) -> None:
        array = stmt.args[0]
        assert isinstance(array, Var)
        if _has_arrays(index):
            self._fancy_update(stmt, name, index, value, kind)
            return
        elements = self.elements()
        dims = self._region_dims(array, index, elements)
        rank = len(dims)
        named = _Renamed(array, name)
        if rank == 0:
            place = self._place(array, name, index, [])
            node = self._stored(value, array)
            self._element(place, node, kind, negate, value, stmt, index)
            return
        if self._needs_temporary(stmt, value, name, index):
            value = self._temporary(value)
        counters, position = self._indices(dims)
        elements.dims = dims
        elements.space = self._region_lengths(array, index, dims, elements)
        try:
            node = elements.element(value, position)
            if isinstance(value, Var) and value.kind.dtype != array.kind.dtype:
                node = elements.converted(node, array.kind, None)
            target = elements.through(array, index, position)
        except NotScalar:
            self._python_update(stmt, name, index, value, kind, negate)
            return
        if negate:
            node = ast.UnaryOp(ast.USub(), node)
        del named
        item = Item(kind, name, target, node, stmt.target, array.kind.dtype)
        self._push(item, dims, elements.space, elements, counters, [])

    def _stored(self, value: Operand, array: Var) -> ast.expr:
        if isinstance(value, Var) and value.kind.rank:
            name = self.materialise(value)
            zeros = [ast.Constant(0)] * value.kind.rank
            return ast.Subscript(
                ast.Name(name, ast.Load()),
                zeros[0] if len(zeros) == 1 else ast.Tuple(zeros, ast.Load()),  # type: ignore[arg-type]
                ast.Load(),
            )
        return self.scalar(value)

    def _element(
        self,
        place: str,
        node: ast.expr,
        kind: str,
        negate: bool,
        value: Operand,
        stmt: Let,
        index: Operand,
    ) -> None:
        """A store into one element."""
        held = self.folding.lets.get(value) if isinstance(value, Var) else None
        if kind == "add":
            if held is not None and held.primitive.text == "neg" and isinstance(node, ast.UnaryOp):
                self.line(f"{place} -= {_factor(node.operand)}")
                return
            self.line(f"{place} {'-' if negate else '+'}= {expression(node)}")
            return
        if held is not None and held.primitive.text in ("+", "-", "*", "/"):
            first = held.args[0]
            read = self.folding.lets.get(first) if isinstance(first, Var) else None
            if (
                read is not None
                and read.primitive.text == "getitem"
                and read.args[0] is stmt.args[0]
                and read.args[1] == index
                and isinstance(node, ast.BinOp)
                and held.primitive.text != "/"
            ):
                self.line(f"{place} {held.primitive.text}= {expression(node.right)}")
                return
        self.line(f"{place} = {expression(node)}")

    def _place(self, array: Var, name: str, index: Operand, position: list[ast.expr]) -> str:
        elements = self.elements()
        parts = elements.through(array, index, position)
        return f"{name}[{', '.join(expression(p) for p in parts)}]"

    def _region_dims(self, array: Var, index: Operand, elements: Elements) -> list[Dim]:
        assert self.builder is not None
        shaped = self.builder.shaped(index)
        found = getitem_shape(self.sizes, self.builder.shaped(array), shaped)
        if found is None:
            raise Unsupported("this index has no loop form")
        value = self.builder.fresh("", array.kind, None)
        from srcad.ir.dims import as_dim, size_of

        return [size_of(value, i) if d is None else as_dim(d) for i, d in enumerate(found)]

    def _region_lengths(
        self, array: Var, index: Operand, dims: list[Dim], elements: Elements
    ) -> list[ast.expr]:
        return [
            ast.Constant(d.constant)
            if d.is_constant
            else elements.region_length(array, index, axis)
            for axis, d in enumerate(dims)
        ]

    def _needs_temporary(self, stmt: Let, value: Operand, name: str, index: Operand) -> bool:
        """Whether the new values have to be computed before the first of them is stored."""
        if not isinstance(value, Var) or not value.kind.rank:
            return False
        for var, path in self._leaves(value, Const(Ellipsis)):
            other = self.names.get(var)
            if other is None or not self._alias(other, name):
                continue
            if other == name and path == index:
                continue
            return True
        return False

    def _leaves(self, var: Var, path: Operand) -> list[tuple[Var, Operand]]:
        """The arrays that an expression reads, with the index where it is a plain one."""
        stmt = self.folding.lets.get(var)
        if stmt is None:
            return [(var, path)]
        if stmt.primitive.text == "getitem" and path == Const(Ellipsis):
            return self._leaves(stmt.args[0], stmt.args[1])  # type: ignore[arg-type]
        moved = stmt.primitive.form != "elementwise" and stmt.primitive.text != "masked"
        found = []
        for operand in stmt.args:
            if isinstance(operand, Var) and operand.kind.rank:
                smaller = operand.kind.rank < stmt.target.kind.rank
                below = Const("moved") if moved or smaller else path
                found += self._leaves(operand, below)
        return found

    def _temporary(self, value: Operand) -> Operand:
        assert isinstance(value, Var)
        self.materialise(value)
        return value

    def materialise(self, var: Var) -> str:
        """A named array with the value of an expression."""
        if var in self.held:
            return self.held[var]
        stmt = self.folding.lets.get(var)
        if stmt is None:
            self.pinned.add(self.names[var])
            return self.names[var]
        name = self.fresh("array")
        self._make(var, name)
        self.pinned.add(name)
        self.held[var] = name
        return name

    def _make(self, var: Var, name: str) -> None:
        """Compute an expression into a named array."""
        kept = self.folding.lets.pop(var)
        current = self.current
        try:
            self.names[var] = name
            if self._is_elementwise(kept):
                self._define(kept, name, held=True)
            elif kept.primitive.text in FRESH:
                self._allocation(kept, name)
            elif not self._nested(kept, name):
                self.line(f"{name} = {self._array_call(kept)}")
        finally:
            self.current = current

    def _nested(self, stmt: Let, name: str) -> bool:
        """Write a statement that is a nest of another kind; False if it is none."""
        text = stmt.primitive.text
        return (
            (text == "np.sum" and self._sum_axes(stmt, name))
            or (text in EXTREMA and extremes.over_axes(self, stmt, name))
            or matvec.fused(self, stmt, name)
        )

    # -- reductions ---------------------------------------------------------------------------

    def _axes(self, stmt: Let) -> tuple[int, ...] | None:
        array = stmt.args[0]
        assert isinstance(array, Var)
        axis = dict(stmt.kwargs).get("axis", Const(None))
        if len(stmt.args) > 1:
            axis = stmt.args[1]
        assert isinstance(axis, Const)
        if axis.value is None:
            return None
        axes = axis.value if isinstance(axis.value, tuple) else (axis.value,)
        return tuple(int(a) % array.kind.rank for a in axes)

    def _sum_axes(self, stmt: Let, name: str) -> bool:
        """A sum over some axes: zeros, then one accumulation over the whole space."""
        array = stmt.args[0]
        if not isinstance(array, Var) or not array.kind.rank:
            return False
        keeps = dict(stmt.kwargs).get("keepdims", Const(False)) == Const(True)
        axes = self._axes(stmt)
        if axes is None:
            axes = tuple(range(array.kind.rank))
        rank = array.kind.rank
        elements = self.elements()
        counters, index = self._indices(list(array.shape))
        try:
            lengths = [elements.length(array, axis) for axis in range(rank)]
            value = elements.element(array, index)
        except NotScalar:
            return False
        kept = [c for i, c in enumerate(index) if i not in axes]
        if keeps:
            kept = [ast.Constant(0) if i in axes else c for i, c in enumerate(index)]
        places: list[int] = []
        for axis, dim in enumerate(array.shape):
            if axis in axes and not keeps:
                continue
            stays = axis not in axes and dim != ONE
            places.append(sum(d != ONE for d in array.shape[:axis]) if stays else -1)
        item = Item("add", name, kept, value, None, stmt.target.kind.dtype, zeros=places)
        self.pinned.add(name)
        self._push(item, list(array.shape), lengths, elements, counters, [])
        return True

    def scalar_let(self, stmt: Let) -> ast.expr | None:
        """The value of a scalar statement, where the loop level has its own form of it."""
        text, args = stmt.primitive.text, stmt.args
        if text in SUMS and isinstance(args[0], Var) and args[0].kind.rank:
            return self._reduce(stmt)
        if text == "getitem" and not stmt.target.kind.rank:
            return self._read(stmt)
        if text == "size":
            return self._length(stmt)
        if text == "shape":
            array = args[0]
            if isinstance(array, Var) and array in self.folding.lets:
                elements = self.elements()
                lengths = [elements.length(array, axis) for axis in range(array.kind.rank)]
                return ast.Tuple(lengths, ast.Load())
            return None
        if text in ("np.array", "np.asarray", "np.copy") and not stmt.target.kind.rank:
            return self.scalar(args[0])
        if text == "cast" and not stmt.target.kind.rank:
            return self.elements().converted(self.scalar(args[0]), stmt.target.kind, None)
        if text == "int" and isinstance(args[0], Var) and args[0].kind.is_inexact and self.checked:
            self.helpers.add("to_int")
            return ast.Call(ast.Name("to_int", ast.Load()), [self.scalar(args[0])], [])
        if text in ("np.where", "masked"):
            return self.elements()._choice(stmt, self.scalar)
        if stmt.primitive.form == "elementwise" or text in ("//", "%", "trips"):
            return self._arithmetic(stmt)
        arrays = [a for a in args if isinstance(a, Var) and a.kind.rank]
        if arrays or any(isinstance(a, tuple) for a in args):
            return ast.parse(self._array_call(stmt), mode="eval").body
        return None

    def _length(self, stmt: Let) -> ast.expr | None:
        shape, axis = stmt.args
        if isinstance(shape, ShapeOf) and isinstance(axis, Const):
            return self.elements().length(shape.var, int(axis.value))  # type: ignore[call-overload]
        return None

    def _arithmetic(self, stmt: Let) -> ast.expr | None:
        """Python's own arithmetic raises where compiled arithmetic does not."""
        text, args, kind = stmt.primitive.text, stmt.args, stmt.target.kind
        python = all(_is_python(a) for a in args)
        node: ast.expr | None = None
        if stmt.primitive.form == "elementwise" or text in BINARY:
            node = self.elements().applied(stmt, self.scalar)
        if not self.checked or not python:
            return node
        divisor = args[1] if len(args) > 1 else None
        if text in ("/", "//", "%") and not (isinstance(divisor, Const) and divisor.value):
            self.helpers.add("nonzero")
            assert isinstance(node, ast.BinOp)
            node.right = ast.Call(ast.Name("nonzero", ast.Load()), [node.right], [])
            return node
        if text.startswith("math.") and kind.is_inexact:
            self.helpers.add("finite")
            return ast.Call(ast.Name("finite", ast.Load()), [node], [])  # type: ignore[list-item]
        if text == "**":
            if kind.is_integral:
                self.helpers.add("power_int")
                return ast.Call(
                    ast.Name("power_int", ast.Load()), [self.scalar(a) for a in args], []
                )
            whole = isinstance(divisor, Const) and isinstance(divisor.value, int) and divisor.value > 0
            if not whole or divisor.value > 4:  # type: ignore[union-attr, operator]
                self.helpers.add("finite")
                return ast.Call(ast.Name("finite", ast.Load()), [node], [])  # type: ignore[list-item]
            return node
        if kind.is_integral and text in ("+", "-", "*", "<<") and self._may_overflow(stmt):
            helper = {"+": "add_int", "-": "subtract_int", "*": "multiply_int"}.get(text)
            if helper is None:
                raise Unsupported("shifts of Python ints", stmt.origin)
            self.helpers.add(helper)
            return ast.Call(ast.Name(helper, ast.Load()), [self.scalar(a) for a in args], [])
        return node

    def _may_overflow(self, stmt: Let) -> bool:
        assert self.builder is not None
        small = [isinstance(a, Const) and abs(a.value) < 2**31 for a in stmt.args]  # type: ignore[arg-type]
        if stmt.primitive.text in ("+", "-") and any(small):
            return False
        return not all(self._is_index(a) for a in stmt.args)

    def _is_index(self, operand: Operand) -> bool:
        """Whether an int is made of lengths and counters, whose products fit into 64 bits."""
        assert self.builder is not None
        if isinstance(operand, Const):
            return isinstance(operand.value, int) and abs(operand.value) < 2**31
        size = self.builder.size(operand)
        if size is None or abs(size.constant) >= 2**31:
            return False
        counters = {around.stmt.counter for around in self.around}
        return all(
            isinstance(symbol, SizeOf) or (isinstance(symbol, ValueOf) and symbol.var in counters)
            for symbol, count in size.terms
            if abs(count) < 2**31
        )

    def _read(self, stmt: Let) -> ast.expr:
        """One element of an array."""
        array, index = stmt.args
        assert isinstance(array, Var)
        elements = self.elements()
        return elements._at(array, elements.through(array, index, []))

    def _reduce(self, stmt: Let) -> ast.expr:
        """A reduction over a whole array, as a loop before the statement."""
        array = stmt.args[0]
        assert isinstance(array, Var)
        if dict(stmt.kwargs).get("axis", Const(None)) != Const(None) and array.kind.rank > 1:
            axes = self._axes(stmt)
            if axes is not None and len(axes) < array.kind.rank:
                raise Unsupported("a reduction over some axes", stmt.origin)
        elements = self.elements()
        rank = array.kind.rank
        counters, index = self._indices(list(array.shape))
        lengths = [elements.length(array, axis) for axis in range(rank)]
        value = elements.element(array, index)
        text = stmt.primitive.text
        dtype = stmt.target.kind.dtype
        hint = {"np.sum": "total", "np.mean": "total"}.get(text, "extreme")
        name = self.fresh(hint)
        if text in ("np.sum", "np.mean"):
            start = "0.0" if dtype == "float64" else ("0" if dtype == "int64" else f"np.{dtype}(0)")
            item = Item("sum", name, [], value, None, dtype)
            before = [f"{name} = {start}"]
        else:
            kind: Any = "max" if "max" in text else "min"
            item = Item(kind, name, [], value, None, dtype)
            first: list[ast.expr] = [ast.Constant(0)] * rank
            self.helpers.add("Bail")
            empty = " or ".join(f"{expression(n)} == 0" for n in lengths)
            start_value = expression(self.elements().element(array, first))
            before = [f"if {empty}:", "    raise Bail", f"{name} = {start_value}"]
        self._push(item, list(array.shape), lengths, elements, counters, before)
        node: ast.expr = ast.Name(name, ast.Load())
        if text == "np.mean":
            count: ast.expr = lengths[0]
            for other in lengths[1:]:
                count = ast.BinOp(count, ast.Mult(), other)
            node = ast.BinOp(node, ast.Div(), count)
            node = elements.converted(node, stmt.target.kind, "/")
        return node

    # -- calls on whole arrays -------------------------------------------------------------------

    def _array_call(self, stmt: Let) -> str:
        """A call that Numba compiles as it stands, on named arrays."""
        if stmt.primitive.text in ("@", "np.dot", "np.matmul") and all(
            isinstance(a, Var) and a.kind.rank in (1, 2) for a in stmt.args
        ):
            return products(self, stmt)
        args = [self._whole(arg) for arg in stmt.args]
        return spelled(self, stmt, args)

    def _whole(self, operand: Operand) -> str:
        match operand:
            case Var() if operand.kind.rank:
                return self.materialise(operand)
            case tuple():
                inside = ", ".join(self._whole(item) for item in operand)
                return f"({inside},)" if len(operand) == 1 else f"({inside})"
            case Slice():
                return self._index_item(operand)
            case ShapeOf(var):
                elements = self.elements()
                parts = [expression(elements.length(var, axis)) for axis in range(var.kind.rank)]
                return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        return self.text(operand)

    def _fancy_update(
        self, stmt: Let, name: str, index: Operand, value: Operand, kind: str
    ) -> None:
        items = index if isinstance(index, tuple) else (index,)
        simple = len(items) == 1 and isinstance(items[0], Var) and items[0].kind.rank == 1
        array = stmt.args[0]
        assert isinstance(array, Var)
        if not simple or array.kind.rank != 1:
            self._python_update(stmt, name, index, value, kind, False)
            return
        where = items[0]
        assert isinstance(where, Var)
        positions = self.materialise(where)
        counter = self._counters(1)[0]
        source = self.materialise(value) if isinstance(value, Var) and value.kind.rank else None
        self.flush()
        if where.kind.is_bool:
            if kind == "add" or source is not None:
                self._python_update(stmt, name, index, value, kind, False)
                return
            self.line(f"for {counter} in range({positions}.shape[0]):")
            self.line(f"    if {positions}[{counter}]:")
            self.line(f"        {name}[{counter}] = {self.text(value)}")
            return
        if source is not None:
            self.line(f"if {source}.shape[0] != {positions}.shape[0]:")
            self.line("    raise Bail")
            self.helpers.add("Bail")
        self.line(f"for {counter} in range({positions}.shape[0]):")
        if self.checked:
            self.helpers.add("Bail")
            self.line(
                f"    if not -{name}.shape[0] <= {positions}[{counter}] < {name}.shape[0]:"
            )
            self.line("        raise Bail")
        shown = f"{source}[{counter}]" if source else self.text(value)
        sign = "+=" if kind == "add" else "="
        self.line(f"    {name}[{positions}[{counter}]] {sign} {shown}")

    def _python_update(
        self, stmt: Let, name: str, index: Operand, value: Operand, kind: str, negate: bool
    ) -> None:
        """An update that only Python can make."""
        key = ", ".join(map(self._whole, index)) if isinstance(index, tuple) else self._whole(index)
        shown = self._whole(value)
        self.pinned.add(name)
        self.flush()
        self.helpers.add("objmode")
        self.line("with objmode():")
        if kind == "add" and _has_arrays(index):
            self.line(f"    np.add.at({name}, ({key},), {shown})")
        else:
            sign = "=" if kind == "store" else "-=" if negate else "+="
            self.line(f"    {name}[{key}] {sign} {shown}")

    # -- indices ------------------------------------------------------------------------------

    def slice_bounds(self, array: Var, axis: int, item: Slice) -> tuple[ast.expr, ast.expr, int]:
        """Where a slice starts and stops, as Python clips it."""
        key = (array, axis, item)
        if key in self.bounds:
            return self.bounds[key]
        step = item.step.value if isinstance(item.step, Const) else 1 if item.step is None else None
        if isinstance(item.step, Var):
            assert self.builder is not None
            known = self.builder.size(item.step)
            step = None if known is None else self.sizes.constant(known)
        if not isinstance(step, int) or step == 0:
            raise NotScalar
        elements = self.elements()
        length = elements.length(array, axis)
        dim = array.shape[axis]
        if step > 0:
            start = self._bound(item.lower, ast.Constant(0), length, dim)
            stop = self._bound(item.upper, length, length, dim)
        else:
            start, stop = self._backward_bounds(item, length)
        if step == 1 and self._may_be_empty(item, dim):
            self.helpers.add("not_before")
            stop = ast.Call(ast.Name("not_before", ast.Load()), [stop, start], [])
        found = (start, stop, step)
        self.bounds[key] = found
        return found

    def _backward_bounds(self, item: Slice, length: ast.expr) -> tuple[ast.expr, ast.expr]:
        """The bounds of a slice with a negative step."""
        minus_one = ast.UnaryOp(ast.USub(), ast.Constant(1))
        found = []
        for bound, default in ((item.lower, minus(length, ast.Constant(1))), (item.upper, minus_one)):
            if bound is None:
                found.append(default)
                continue
            self.helpers.add("clipped_back")
            name = ast.Name("clipped_back", ast.Load())
            found.append(ast.Call(name, [self.scalar(bound), length], []))
        return found[0], found[1]  # type: ignore[return-value]

    def _may_be_empty(self, item: Slice, dim: Dim) -> bool:
        assert self.builder is not None
        if item.lower is None:
            return False
        low = self.builder.size(item.lower)
        high = dim if item.upper is None else self.builder.size(item.upper)
        if low is None or high is None:
            return True
        if self.sizes.at_least(low, 0) is False:
            low = low + dim
        if self.sizes.at_least(high, 0) is False:
            high = high + dim
        return not self.sizes.at_least(high, low)

    def _bound(
        self, bound: Operand | None, default: ast.expr, length: ast.expr, dim: Dim
    ) -> ast.expr:
        assert self.builder is not None
        if bound is None:
            return default
        size = self.builder.size(bound)
        node = self.scalar(bound)
        if size is not None:
            if self.sizes.at_least(size, 0):
                if self.sizes.at_least(dim, size):
                    return node
            elif self.sizes.at_least(size, 0) is False and self.sizes.at_least(dim + size, 0):
                return plus(length, node)
        self.helpers.add("clipped")
        return ast.Call(ast.Name("clipped", ast.Load()), [node, length], [])

    def check_index(
        self, array: Var, axis: int, item: Operand, node: ast.expr, length: ast.expr
    ) -> None:
        """Look out for an index out of range, which compiled code would not notice."""
        if self.checked:
            check(self, array, axis, item, node, length)

    # -- control flow --------------------------------------------------------------------------

    def loop(self, stmt: Loop) -> None:
        known = frozenset(self.known_vars)
        self.flush()
        around = Around(stmt, -1, self.depth, known)
        self.around.append(around)
        self.known_vars |= {stmt.counter, *stmt.carried}
        super().loop(stmt)
        self.flush()
        self.around.pop()
        pad = INDENT * around.depth
        if around.lines:
            self.lines[around.line : around.line] = [pad + text for text in around.lines]
        self.known_vars |= set(stmt.targets)

    def header(self, text: str) -> None:
        """The line of a loop; checks of its indices go before it."""
        self.flush()
        self.around[-1].line = len(self.lines)
        self.line(text)

    def branch(self, stmt: If) -> None:
        test = self.scalar(stmt.test)
        del test
        for around in self.around:
            around.conditions += 1
        super().branch(stmt)
        for around in self.around:
            around.conditions -= 1
        self.known_vars |= set(stmt.targets)

    def _result(self, operand: Operand) -> str:
        """A result: an array by name, a number as an expression."""
        if isinstance(operand, Var) and operand in self.stacks:
            return f"{self.names[operand]}[:{self.stacks[operand]}]"
        if isinstance(operand, Var) and operand.kind.rank:
            name = self.materialise(operand)
            self.flush()
            return name
        text = self.text(operand)
        self.flush()
        return text

    # -- tapes that grow -----------------------------------------------------------------------

    def _stack(self, stmt: Let, name: str) -> None:
        self.stacks[stmt.target] = f"{name}_count"
        self.taken.add(f"{name}_count")
        stacks.begin(self, stmt.target, name)

    def effect(self, stmt: Effect) -> None:
        if stmt.action == "raise":
            self.helpers.add("Bail")
            self.line("raise Bail")
            return
        if stmt.action == "print":
            raise Unsupported("`print` runs in Python", stmt.origin)
        if stmt.action == "record":
            stacks.record(self, stmt)
        elif stmt.action == "replay":
            stacks.replay(self, stmt)


@dataclass
class _Renamed:
    array: Var
    name: str


def _operands(stmt: Let) -> list[Operand]:
    return [*stmt.args[1:], *(value for _, value in stmt.kwargs)]


def _is_python(operand: Operand) -> bool:
    if isinstance(operand, Var):
        return operand.kind.is_python
    return isinstance(operand, Const) and isinstance(operand.value, int | float)


def _has_arrays(index: Operand) -> bool:
    items = index if isinstance(index, tuple) else (index,)
    return any(
        isinstance(item, tuple) or (isinstance(item, Var) and item.kind.is_array) for item in items
    )


def _ready_reads(ready: list[str]) -> set[str]:
    """The names that the lines before a nest read."""
    found: set[str] = set()
    for text in ready:
        if (line := plain_line(text.strip())) is not None:
            found |= line.reads - line.writes
        else:
            found |= set(re.findall(r"[A-Za-z_]\w*", text))
    return found


def _factor(node: ast.expr) -> str:
    text = expression(node)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        return f"({text})"
    return text


def super_expression(expressions: Expressions, stmt: Let) -> ast.expr:
    return Expressions.let(expressions, stmt)


__all__ = ["INT", "ONE", "LoopExpressions", "LoopWriter", "Unsupported", "np"]
