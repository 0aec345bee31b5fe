"""The lowering of one specialisation: what every part of the frontend shares."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeAlias, TypeVar, cast

import gast

from srcad.analyses.sizes import Sizes
from srcad.errors import Origin, SrcadError, UnsafeMutation, UnsupportedSyntax
from srcad.frontend.builder import Builder
from srcad.frontend.liveness import Liveness, reads, stores
from srcad.frontend.source import Source
from srcad.frontend.values import Array, Foreign, Mapping, Path, State, Value
from srcad.ir.dims import SizeOf, ValueOf, size_of, value_of
from srcad.ir.kinds import INT, kind_of
from srcad.ir.nodes import Atom, Const, Let, Slice, Var
from srcad.ir.walk import items_of

_MARKS = (Const(None), Const(Ellipsis))


class Unreachable(Exception):
    """The program has surely raised before it gets to what is being lowered."""


Syntax: TypeAlias = gast.AST
"""A part of the user's source, for those who know nothing of how it is written."""

Beyond: TypeAlias = Callable[
    ["Lowering", Value, list[Value], dict[str, Value], gast.AST], Value | None
]


Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Capture:
    """A number or array that the function reads from outside: an input of every call."""

    path: Path
    var: Var
    cell: int


@dataclass(frozen=True, eq=False)
class Identity:
    """An object that the specialisation took as it is: it must be the same in later calls."""

    path: Path
    value: Any


@dataclass
class Frame:
    """One function being inlined: its source, what it keeps alive, how to reach its globals."""

    source: Source
    facts: Liveness
    function: Callable[..., Any] | None = None
    path: Path = ()
    scope: Frame | None = None
    env: dict[str, Value] = field(default_factory=dict)
    boxes: dict[str, int] = field(default_factory=dict)
    given: tuple[Value, ...] = ()
    level: int = -1
    tail: gast.AST | None = None
    live_above: frozenset[int] = frozenset()
    beside: tuple[Value, ...] = ()
    live_now: frozenset[str] | None = None
    statement: gast.AST | None = None

    def still_read(self, node: gast.AST | None) -> frozenset[str] | None:
        """The names read after the statement at hand, or in it beside `node`; None if any may be.

        A condition, or what a loop goes through, is followed by all that stands below it.
        """
        if self.live_now is None or self.statement is None:
            return self.live_now
        live = self.live_now
        if isinstance(self.statement, gast.Assign) and node is not self.statement:
            # What the statement is about to bind again is read no more as it is.
            live -= stores(t for t in self.statement.targets if isinstance(t, gast.Name))
            live |= self.facts.always
        inside = () if node is None else gast.walk(node)
        repeats = any(isinstance(part, gast.comprehension) for part in inside)
        return live | reads(self.statement, None if repeats else node)


@dataclass
class Lowering:
    """Everything that is known or collected while one function is lowered."""

    sizes: Sizes = field(default_factory=Sizes)
    state: State = field(default_factory=State)
    frames: list[Frame] = field(default_factory=list)
    captures: dict[Path, Capture] = field(default_factory=dict)
    identities: dict[Path, Identity] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    captured_cells: dict[int, Capture] = field(default_factory=dict)
    printing: bool = False
    ignored: int = 0
    attempts: list[Any] = field(default_factory=list)
    tested: set[tuple[Let, type[BaseException]]] = field(default_factory=set)
    inlined: int = 0
    quiet: bool = False
    kept_cells: set[int] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    builder: Builder = field(init=False)
    fixed_origin: bool = False
    within_rule: bool = False
    laid_out: set[int] = field(default_factory=set)
    grown: set[int] = field(default_factory=set)
    growable: list[frozenset[int]] = field(default_factory=list)
    iterated: list[int] = field(default_factory=list)
    spliced: int = 0
    ruled: list[object] = field(default_factory=list)
    orders: int = 1
    """How many derivatives will be taken of what is being lowered."""
    returned: Origin | None = None
    bound: list[Any] = field(default_factory=list)
    """The named axes of the mapped functions that are being lowered."""
    beyond: Beyond | None = None
    """Calls what has to do with derivatives, of which the frontend knows nothing."""
    written_out: dict[tuple[int, str, str], gast.FunctionDef] = field(default_factory=dict)
    segments: dict[int, Atom] = field(default_factory=dict)
    """The lengths of the segments of checkpointed loops, by the identity of their nodes."""
    found: dict[tuple[object, int], tuple[gast.AST, Any]] = field(default_factory=dict)
    """What `once` has found; the nodes are kept, so that no other gets the identity of one."""

    def __post_init__(self) -> None:
        self.builder = Builder(self.sizes)

    def once(self, find: Callable[[Any], Found], node: gast.AST) -> Found:
        """What a function finds of a piece of source, which is looked through once."""
        key = (find, id(node))
        if key not in self.found:
            self.found[key] = (node, find(node))
        return cast(Found, self.found[key][1])

    @property
    def node(self) -> gast.AST:
        """A node at the line being worked on, for what has none of its own."""
        node = gast.Pass()
        node.lineno = node.end_lineno = self.builder.origin.line if self.builder.origin else 1
        node.col_offset = node.end_col_offset = 0
        return node

    @property
    def frame(self) -> Frame:
        """The function being lowered."""
        return self.frames[-1]

    # -- places -------------------------------------------------------------------------------

    @contextmanager
    def place(self, node: gast.AST) -> Iterator[None]:
        """Work on a node of the user's source: statements and errors carry its line."""
        if self.fixed_origin or self.within_rule:
            yield
            return
        with self.builder.origins(self.frame.source.origin(node)):
            yield

    def origin(self, node: gast.AST | None = None) -> Origin | None:
        """The user's line of a node, or the one being worked on."""
        if node is None or self.fixed_origin or self.within_rule or not self.frames:
            return self.builder.origin
        return self.frame.source.origin(node)

    def refuse(
        self,
        message: str,
        node: gast.AST | None = None,
        hint: str | None = None,
        error: type[SrcadError] = UnsupportedSyntax,
    ) -> NoReturn:
        """Raise an error at the user's line, unless the program never gets there."""
        if self.state.dead:
            raise Unreachable
        raise error(message, self.origin(node), hint)

    def until_dead(self, run: Callable[[], object]) -> None:
        """Lower something; where it surely raises, what follows in it is left out."""
        with suppress(Unreachable):
            run()

    @contextmanager
    def can_grow(self, state: State | None) -> Iterator[None]:
        """Lower a loop or branch that can turn the lists of a state into rows."""
        self.growable.append(frozenset() if state is None else frozenset(state.heap))
        try:
            yield
        finally:
            self.growable.pop()

    # -- inputs -------------------------------------------------------------------------------

    def parameter(self, hint: str, value: object) -> Var:
        """A new input of the program, described by the value it has in this call."""
        kind = kind_of(value)
        var = self.builder.fresh(hint, kind)
        if kind.rank:
            if value.flags.c_contiguous:  # type: ignore[attr-defined]
                self.builder.contiguous.add(var)
            for axis, length in enumerate(value.shape):  # type: ignore[attr-defined]
                self.sizes.hints[SizeOf(var, axis)] = length
                size = size_of(var, axis)
                # Axes of length 1 broadcast: programs for them are specialised on that.
                if length == 1:
                    self.sizes.is_one(size)
        elif kind == INT:
            self.sizes.hints[ValueOf(var)] = value  # type: ignore[assignment]
            self.builder.known[var] = value_of(var)
        return var

    def capture(self, foreign: Foreign) -> Capture:
        """The input that holds a number or array found outside the function."""
        known = self.captures.get(foreign.path)
        if known is None:
            hint = foreign.name or (str(foreign.path[-1][1]) if foreign.path else "value")
            hint = hint if hint.isidentifier() else "value"
            var = self.parameter(hint, foreign.value)
            known = Capture(foreign.path, var, next(self.numbers))
            self.captures[foreign.path] = known
            self.captured_cells[known.cell] = known
        return known

    def fix(self, foreign: Foreign) -> Any:
        """Take an outside object as it is; later calls are checked to have the same."""
        if foreign.path:
            self.identities.setdefault(foreign.path, Identity(foreign.path, foreign.value))
        return foreign.value

    # -- memory -------------------------------------------------------------------------------

    def cell(self, var: Var) -> int:
        """New memory that holds the given array."""
        number = next(self.numbers)
        self.state.memory[number] = var
        if var in self.builder.contiguous:
            self.laid_out.add(number)
        return number

    def is_contiguous(self, array: Array) -> bool:
        """Whether reshaping an array or view surely gives a view."""
        if any(step.operation != "getitem" for step in array.path) or len(array.path) > 1:
            return False
        if array.path:
            index = array.path[0].args[0]
            items = items_of(index)
            if any(isinstance(item, Slice) or item in _MARKS for item in items):
                return False
        return array.cell in self.laid_out

    def heap(self, content: Any) -> int:
        """Put a container on the heap of the program; returns its identity."""
        number = next(self.numbers)
        self.state.heap[number] = content
        return number

    def change(self, identity: int, content: Any) -> None:
        """Write to a container on the heap."""
        self.check_change(identity)
        self.state.heap[identity] = content

    def check_change(self, identity: int) -> None:
        """Refuse a write to a container that something else may stand for, or holds by value."""
        mark = self.state.marks.get(identity)
        if mark == "outside":
            self.refuse(
                "this writes to a list or dict that is neither an argument nor made here",
                None,
                "pass it as an argument, or copy it first with .copy()",
                UnsafeMutation,
            )
        if mark == "item":
            self.refuse(
                "this writes to a list that is an item of a list of unknown length",
                None,
                "change it before it is appended, or store into an array made before the loop",
                UnsafeMutation,
            )
        if mark == "either":
            self.refuse(
                "this writes to one of two objects, and which one is not known before the program "
                "runs",
                None,
                "write to each of them on its own path, or make a copy",
                UnsafeMutation,
            )

    def name(self, identifier: str, value: Value) -> None:
        """Bind a name."""
        box = self.frame.boxes.get(identifier) if self.frames else None
        if box is None:
            self.state.env[identifier] = value
        else:
            self.state.heap[box] = Mapping(((identifier, value),))
