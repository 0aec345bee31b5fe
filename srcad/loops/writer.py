"""Statements at the loop level: arrays become loop nests, everything else stays as it is."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count, islice
from typing import Any

from srcad.analyses.sizes import Sizes
from srcad.emit.expressions import Expressions
from srcad.emit.liveness import LiveSets
from srcad.emit.memory import Memory, Roots, is_view
from srcad.emit.naming import clean
from srcad.emit.printer import expression
from srcad.emit.statements import INDENT, Writer
from srcad.frontend.builder import Builder
from srcad.ir.dims import ONE, Dim
from srcad.ir.nodes import Atom, Block, Effect, If, Let, Loop, Operand, ShapeOf, Slice, Stmt, Var
from srcad.ir.walk import own_vars, statements, targets
from srcad.loops import extremes, fusion, matvec, numbers, reductions, slices, stacks, updates
from srcad.loops.calls import called, products
from srcad.loops.distribute import distribute
from srcad.loops.elements import TRANSPARENT, Elements, NotScalar, Unsupported, is_outer
from srcad.loops.items import Item
from srcad.loops.queue import Element, Line, commute, plain_line, touched
from srcad.loops.ranges import Around, check, not_negative
from srcad.loops.syntax import compiled

COUNTERS = ("i", "j", "k", "l", "m", "n", "p", "q")
ELEMENTWISE = (*TRANSPARENT, "masked", "cast", "assign", "np.copy", "not")
FRESH = ("np.zeros", "np.ones", "np.empty")
EXTREMA = ("np.max", "np.min", "np.amax", "np.amin")


@dataclass
class LoopExpressions(Expressions):
    """Scalar expressions; reductions and array calls in them are computed first."""

    writer: LoopWriter | None = None

    def let(self, stmt: Let) -> ast.expr:
        """A statement as an expression, in the form that the loop level has for it."""
        assert self.writer is not None
        found = numbers.number(self.writer, stmt)
        return super().let(stmt) if found is None else found

    def variable(self, var: Var) -> ast.expr:
        """A variable; an array that is an expression is computed first."""
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
    measured: set[str] = field(default_factory=set)
    held: dict[Var, str] = field(default_factory=dict)
    bounds: dict[Any, tuple[ast.expr, ast.expr, int]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    pending: list[str] = field(default_factory=list)
    current: Stmt | None = None
    begun: Stmt | None = None
    making: list[Let] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    stacks: dict[Var, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)
    near: dict[str, Roots] | None = None
    dense: set[Var] = field(default_factory=set)
    handed: frozenset[Var] = frozenset()
    known_vars: set[Var] = field(default_factory=set)
    around: list[Around] = field(default_factory=list)
    in_range: frozenset[tuple[object, Dim]] = frozenset()
    python_calls: dict[Var, str] = field(default_factory=dict)

    # -- plumbing -----------------------------------------------------------------------------

    def line(self, text: str) -> None:
        """Write a line; a plain one may still move up past what it is independent of."""
        waiting = plain_line(text)
        if waiting is None:
            self.flush()
            self._put_note()
            super().line(text)
            return
        waiting.note, self.note = self.note, []
        place = len(self.queue)
        own = touched(waiting)
        while place and commute(touched(self.queue[place - 1]), own, self.alias):
            place -= 1
        while place < len(self.queue) and isinstance(self.queue[place], Line):
            place += 1  # among other lines, the order stays the program's
        self.queue.insert(place, waiting)

    def comment(self, origin: Any) -> None:
        """Note the user's line, to be cited above what comes next."""
        if not self.comments or origin is None or not origin.line:
            return
        here = (origin.file, origin.line)
        if self.shown is not None and here == (self.shown.file, self.shown.line):
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
        # A statement that is half written may still read what is not needed after it.
        half = [self.begun, *self.making] if self.begun is not None else self.making
        reads = (var for stmt in half for var in self.folding.reads(stmt))
        here = {self.names[var] for var in reads if var in self.names}
        for element in waiting:
            self._put_note(element.note)
            if isinstance(element, Line):
                super().line(element.text)
                continue
            others = [other for other in waiting if other is not element]
            needed = self.pinned | here | self.measured
            for other in others:
                needed |= set().union(*touched(other))
            for text in element.lines(expression, needed):
                if " in independent(" in text:
                    self.helpers.add("independent")
                super().line(text)

    def fresh(self, stem: str) -> str:
        """A name that is not taken yet, also not by the counters of nests that wait."""
        stem = f"{stem}_" if stem in COUNTERS or stem[1:].isdigit() else stem
        name, number = stem, 2
        while name in self.taken:
            name, number = f"{stem}{number}", number + 1
        self.taken.add(name)
        return name

    def stmt(self, stmt: Stmt) -> None:
        """Write a statement; control flow puts down first what has been waiting."""
        self.current = stmt
        self.held = {}
        self.bounds = {}
        self.measured.clear()
        recorded = isinstance(stmt, Effect) and stmt.action == "record"
        apart = isinstance(stmt, If | Loop | Effect) and not recorded
        if apart and not self._is_folded(stmt):
            self.flush()
        self.begun = stmt
        super().stmt(stmt)
        self.begun = None
        if apart:
            self.flush()
        self.known_vars |= set(targets(stmt))

    def _is_folded(self, stmt: Stmt) -> bool:
        first = stmt.targets[:1] if isinstance(stmt, If) else ()
        return bool(first) and first[0] in self.folding.choices

    def block(self, block: Block) -> None:
        """Write a block; what its names stand for is known from its own statements."""
        around, self.near = self.near, self._near(block)
        super().block(block)
        if around is not None:
            self.flush()
            self.near = around

    def _near(self, block: Block) -> dict[str, Roots]:
        """The memory that names may stand for in a block, blocks inside left out."""
        used = [v for r in block.results if isinstance(r, Var) for v in self.folding.open(r)]
        for stmt in block.body:
            used += [*targets(stmt), *own_vars(stmt), *self.folding.reads(stmt)]
        found: dict[str, Roots] = {}
        for var in used:
            if var.kind.is_array and var in self.names:
                name = self.names[var]
                found[name] = found.get(name, frozenset()) | self.memory.roots(var)
        return found

    def inner(self, *args: Any, **kwargs: Any) -> None:
        """Write a nested block; the arrays that it makes of expressions are there in it only."""
        self.flush()
        known = self.in_range
        folded = dict(self.folding.lets)
        super().inner(*args, **kwargs)
        for var, let in folded.items():
            if var not in self.folding.lets:
                self.folding.lets[var] = let
                del self.names[var]
        self.held, self.note = {}, []
        self.in_range = known

    def moves(self, moves: Any) -> None:
        """Write the moves of values at the end of a block."""
        self.flush()
        super().moves(moves)

    def moved(self, atom: Atom) -> str:
        """The text of a value; a stack leaves its branch without the room that it still had."""
        if isinstance(atom, Var) and atom in self.stacks:
            return f"{self.names[atom]}[:{self.stacks[atom]}]"
        return super().moved(atom)

    def elements(self) -> Elements:
        """What turns array expressions into those of one element."""
        return Elements(
            self.expressions,
            self.folding,
            self.sizes,
            self.materialise,
            self.scalar,
            partial(slices.bounds, self),
            self.measured,
            self.check_index,
            partial(not_negative, self),
        )

    def scalar(self, operand: Operand) -> ast.expr:
        """The expression of a number."""
        return self.expressions.operand(operand)

    # -- statements ---------------------------------------------------------------------------

    def let(self, stmt: Let) -> None:
        """Write an assignment: a number, an update, a loop nest, or a call on whole arrays."""
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
            updates.update(self, stmt, name)
            return
        if text in FRESH:
            self._allocation(stmt, name)
            return
        if self.is_elementwise(stmt):
            self._define(stmt, name)
            return
        if self._nested(stmt, name):
            return
        value = self.array_call(stmt)
        self.line(f"{name} = {value}")

    def is_elementwise(self, stmt: Let) -> bool:
        """Whether each element is computed from elements, without a sum."""
        text = stmt.primitive.text
        if text == "getitem":
            return is_view(stmt)
        if text == "unbroadcast":
            source = stmt.args[0]
            same = isinstance(source, Var) and source.kind.rank == stmt.target.kind.rank
            return bool(stmt.primitive.options.get("checked")) and same
        if stmt.primitive.form == "constant" and stmt.primitive.options.get("broadcasts"):
            return not stmt.kwargs
        elementwise = stmt.primitive.form == "elementwise" and not stmt.kwargs
        return elementwise or text in ELEMENTWISE or is_outer(stmt)

    def _scalar_statement(self, stmt: Let, name: str) -> None:
        if stmt.target.kind.form == "opaque" and stmt.primitive.text == "text":
            return
        value = self.expressions.let(stmt)
        if not (isinstance(value, ast.Name) and value.id == name):
            self.line(f"{name} = {expression(value)}")

    def _allocation(self, stmt: Let, name: str) -> None:
        value = Expressions.let(self.expressions, compiled(stmt))
        self.line(f"{name} = {expression(value)}")

    # -- nests --------------------------------------------------------------------------------

    def alias(self, a: str, b: str) -> bool:
        """Whether two names may be the same memory, in the block that is being written."""
        if a == b:
            return True
        near = self.near or {}
        return self.memory.meet(near.get(a, frozenset()), near.get(b, frozenset()))

    def indices(self, dims: list[Dim]) -> tuple[list[str], list[ast.expr]]:
        """Counters for the axes of a space, and its index: axes of length 1 need no loop."""
        counters = self.counters(sum(dim != ONE for dim in dims))
        left = list(counters)
        index: list[ast.expr] = [
            ast.Constant(0) if dim == ONE else ast.Name(left.pop(0), ast.Load()) for dim in dims
        ]
        return counters, index

    def counters(self, rank: int) -> list[str]:
        """Names for the counters of a nest."""
        names = chain(COUNTERS, (f"i{n}" for n in count()))
        return list(islice((name for name in names if name not in self.taken), rank))

    def _define(self, stmt: Let, name: str, held: bool = False) -> None:
        """A new array, element by element."""
        elements = self.elements()
        rank = stmt.target.kind.rank
        if rank == 0:
            self.line(f"{name} = {self.array_call(stmt)}")
            return
        dims = list(stmt.target.shape)
        counters, index = self.indices(dims)
        try:
            lengths = [elements.length_of(stmt, axis) for axis in range(rank)]
            value = elements.computed(stmt, index)
        except NotScalar:
            self.line(f"{name} = {self.array_call(stmt)}")
            return
        contractible = None if held else stmt.target
        item = Item("define", name, index, value, contractible, stmt.target.kind.dtype)
        fusion.push(self, item, dims, lengths, elements, counters, [])

    def materialise(self, var: Var) -> str:
        """A named array with the value of an expression."""
        if var in self.held:
            return self.held[var]
        stmt = self.folding.lets.get(var)
        if stmt is None:
            self.pinned.add(self.names[var])
            return self.names[var]
        name = self.fresh(clean(var.hint) if var.hint else "array")
        self.make(var, name)
        self.pinned.add(name)
        self.held[var] = name
        return name

    def make(self, var: Var, name: str, lasting: bool = True) -> None:
        """Compute an expression into a named array: the variable from now on, if `lasting`."""
        kept = self.folding.lets.pop(var)
        current, measured = self.current, frozenset(self.measured)
        if lasting:
            self._shares(name, kept)
        self.making.append(kept)
        try:
            self.names[var] = name
            if not var.kind.rank:
                self._scalar_statement(kept, name)
            elif self.is_elementwise(kept):
                self._define(kept, name, held=True)
            elif kept.primitive.text in FRESH:
                self._allocation(kept, name)
            elif not self._nested(kept, name):
                self.line(f"{name} = {self.array_call(kept)}")
        finally:
            self.making.pop()
            self.current = current
            self.measured |= measured
            if not lasting:
                self.folding.lets[var] = kept
                del self.names[var]

    def _shares(self, name: str, stmt: Let) -> None:
        """Note whose memory a named array may be in: views that are no nests are NumPy's own."""
        if is_view(stmt) and not self.is_elementwise(stmt):
            near = self.near or {}
            read = (var for var in self.folding.reads(stmt) if var.kind.is_array)
            own = (self.memory.roots(var) for var in read)
            self.near = {**near, name: near.get(name, frozenset()).union(*own)}

    def _nested(self, stmt: Let, name: str) -> bool:
        """Write a statement that is a nest of another kind; False if it is none."""
        text = stmt.primitive.text
        return (
            (text == "np.sum" and reductions.over_axes(self, stmt, name))
            or (text in EXTREMA and extremes.over_axes(self, stmt, name))
            or matvec.fused(self, stmt, name)
        )

    def array_call(self, stmt: Let) -> str:
        """A call that Numba compiles as it stands, on named arrays."""
        if stmt.primitive.text in ("@", "np.dot", "np.matmul") and all(
            isinstance(a, Var) and a.kind.rank in (1, 2) for a in stmt.args
        ):
            return products(self, stmt)
        return called(self, stmt)

    def whole(self, operand: Operand) -> str:
        """The text of an operand, arrays by name."""
        match operand:
            case Var() if operand.kind.rank:
                return self.materialise(operand)
            case tuple():
                inside = ", ".join(self.whole(item) for item in operand)
                return f"({inside},)" if len(operand) == 1 else f"({inside})"
            case Slice():
                return self._index_item(operand)
            case ShapeOf(var):
                elements = self.elements()
                parts = [expression(elements.length(var, axis)) for axis in range(var.kind.rank)]
                return f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
        return self.text(operand)

    def check_index(
        self, array: Var, axis: int, item: Operand, node: ast.expr, length: ast.expr
    ) -> None:
        """Look out for an index out of range, which compiled code would not notice."""
        if self.checked:
            check(self, array, axis, item, node, length)

    def loop(self, stmt: Loop) -> None:
        """Write a loop, and before it the checks of its indices."""
        known = frozenset(self.known_vars)
        self.flush()
        if distribute(self, stmt):
            return
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

    def is_expression(self, test: Block) -> bool:
        """Whether a test needs no lines of its own: nests, checks of indices, calls of Python."""
        return super().is_expression(test) and all(
            isinstance(stmt, If) or numbers.is_plain(self, stmt) for stmt in statements(test)
        )

    def branch(self, stmt: If) -> None:
        """Write an `if`."""
        self.scalar(stmt.test)  # what is written for the test comes before the branch
        for around in self.around:
            around.conditions += 1
        super().branch(stmt)
        for around in self.around:
            around.conditions -= 1
        self.known_vars |= set(stmt.targets)

    def result(self, operand: Operand) -> str:
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

    def _stack(self, stmt: Let, name: str) -> None:
        self.stacks[stmt.target] = self.fresh(f"{name}_count")
        stacks.begin(self, stmt.target, name)

    def effect(self, stmt: Effect) -> None:
        """Write what happens once and in order; errors are left to the array level."""
        if stmt.action == "raise":
            self.helpers.add("Bail")
            self.line("raise Bail")
            return
        if stmt.action == "print":
            raise Unsupported("`print` runs in Python", stmt.origin)
        if stmt.action == "errstate":
            self.helpers.add("pass_float_errors")
            self.line(f"pass_float_errors({stmt.payload})")
        if stmt.action == "record":
            stacks.record(self, stmt)
        elif stmt.action == "replay":
            stacks.replay(self, stmt)
