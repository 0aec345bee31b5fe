"""Statements as lines of Python."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.emit.buffers import Buffers
from srcad.emit.expressions import BINARY, Expressions, is_condition
from srcad.emit.folding import Folding
from srcad.emit.moves import in_order
from srcad.emit.printer import expression
from srcad.errors import Origin
from srcad.ir.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Effect,
    If,
    Let,
    Loop,
    Operand,
    Range,
    Slice,
    Stmt,
    Var,
)
from srcad.ir.walk import items_of

INDENT = "    "

PARTS = {"with_real": "real", "with_imag": "imag"}
"""What `z[i] = with_real(z[i], x)` writes to: `z.real[i] = x`."""


@dataclass
class Writer:
    """Writes the body of one function."""

    expressions: Expressions
    folding: Folding
    buffers: Buffers
    names: dict[Var, str]
    comments: bool = False
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    shown: Origin | None = None
    positions: dict[Var, str] = field(default_factory=dict)
    copied: set[str] = field(default_factory=set)

    def flush(self) -> None:
        """Put down what a writer holds back; this one holds nothing back."""

    def line(self, text: str) -> None:
        """Write a line at the present depth."""
        self.lines.append(INDENT * self.depth + text)

    def text(self, operand: Operand | None) -> str:
        """The text of an operand."""
        if isinstance(operand, tuple) and any(isinstance(item, Slice) for item in operand):
            return ", ".join(self._index_item(item) for item in operand)
        if isinstance(operand, Slice):
            return self._index_item(operand)
        return expression(self.expressions.operand(operand))

    def _index_item(self, item: Operand) -> str:
        if not isinstance(item, Slice):
            return self.text(item)
        lower, upper, step = (
            "" if p is None else self.text(p) for p in (item.lower, item.upper, item.step)
        )
        return f"{lower}:{upper}" + (f":{step}" if step else "")

    # -- blocks -------------------------------------------------------------------------------

    def block(self, block: Block) -> None:
        """Write the statements of a block."""
        around = self.depth
        for stmt in block.body:
            self.stmt(stmt)
        self.depth = around  # a `with` whose end is never reached

    def inner(self, block: Block, moves: list[tuple[str, Atom]], tail: Iterable[str] = ()) -> None:
        """An indented block, ending with the values that it hands out."""
        self.depth += 1
        before = len(self.lines)
        shown, self.shown = self.shown, self.shown
        self.block(block)
        self.moves(moves)
        for text in tail:
            self.line(text)
        self.flush()
        if not any(
            line.strip() and not line.strip().startswith("#") for line in self.lines[before:]
        ):
            del self.lines[before:]
            self.line("pass")
        elif not self.lines[before].strip():
            del self.lines[before]
        self.depth -= 1
        self.shown = shown if self.shown is None else self.shown

    def moves(self, moves: list[tuple[str, Atom]]) -> None:
        """Parallel assignment of values to names, to those in `copied` of copies."""
        pending = []
        for name, atom in moves:
            if atom == UNDEFINED:
                continue
            text = self.moved(atom)
            if name in self.copied and isinstance(atom, Var):
                text = f"{text}.copy()"
            pending.append((name, text))
        for group in in_order(pending):
            names, texts = zip(*group, strict=True)
            self.line(f"{', '.join(names)} = {', '.join(texts)}")

    def moved(self, atom: Atom) -> str:
        """The text of a value that is given another name."""
        return self.text(atom)

    def comment(self, origin: Origin | None) -> None:
        """Cite the user's line, once for all statements that come of it."""
        if not self.comments or origin is None or origin.line == 0:
            return
        if self.shown is not None and (origin.file, origin.line) == (
            self.shown.file,
            self.shown.line,
        ):
            return
        self.shown = origin
        if self.lines and self.lines[-1].strip() and not self.lines[-1].rstrip().endswith(":"):
            self.lines.append("")
        self.line(f"# {origin.line}: {origin.text.strip()}")

    # -- statements ---------------------------------------------------------------------------

    def stmt(self, stmt: Stmt) -> None:
        """Write a statement, unless it is folded into its use."""
        match stmt:
            case Let(target=target) if target in self.folding.lets:
                return
            case If(targets=(target,)) if target in self.folding.choices:
                return
            case Let():
                self.comment(stmt.origin)
                self.let(stmt)
            case If():
                self.branch(stmt)
            case Loop():
                self.loop(stmt)
            case Effect():
                self.effect(stmt)

    def let(self, stmt: Let) -> None:
        """Write an assignment."""
        name = self.names[stmt.target]
        if id(stmt) in self.buffers.detached:
            self.line(f"{name} = {expression(self.expressions.let(stmt))}.copy()")
            return
        if not self.buffers.in_place(stmt):
            self.line(f"{name} = {expression(self.expressions.let(stmt))}")
            return
        array = stmt.args[0]
        if id(stmt) in self.buffers.copied:
            self.line(f"{name} = {self.text(array)}.copy()")
        elif self.text(array) != name:
            self.line(f"{name} = {self.text(array)}")
        match stmt.primitive.text:
            case "assign" if (operator := self._in_place_operator(stmt)) is not None:
                operation, value = operator
                self._augment(name, operation, value)
            case "setitem":
                self._store(stmt, name)
            case "add_at":
                _, index, value = stmt.args
                if _repeats(index):
                    self.line(f"np.add.at({name}, {self._place(index)}, {self.text(value)})")
                else:
                    self._augment(f"{name}[{self._key(index)}]", "+", value)
            case "assign":
                self.line(f"{name}[...] = {self.text(stmt.args[1])}")
            case operation:
                self._augment(name, operation, stmt.args[1])

    def _in_place_operator(self, stmt: Let) -> tuple[str, Operand] | None:
        """The operator and the right-hand side if `x[...] = x + y` says the same as `x += y`."""
        array, value = stmt.args
        held = self.folding.lets.get(value) if isinstance(value, Var) else None
        if held is None or held.primitive.text not in BINARY or held.args[0] is not array:
            return None
        made, kept = held.target.kind, stmt.target.kind
        same = made.rank == kept.rank and np.can_cast(made.dtype, kept.dtype, "same_kind")
        return (held.primitive.text, held.args[1]) if same else None

    def _key(self, index: Operand) -> str:
        if isinstance(index, tuple) and len(index) > 1:
            return ", ".join(self._index_item(item) for item in index)
        return self.text(index)

    def _place(self, index: Operand) -> str:
        """An index as an argument of a call."""
        if not isinstance(index, tuple):
            return self.text(index)
        key = self._key(index)
        return f"np.s_[{key}]" if any(isinstance(i, Slice) for i in index) else f"({key},)"

    def _store(self, stmt: Let, name: str) -> None:
        array, index, value = stmt.args
        place = f"{name}[{self._key(index)}]"
        held = self.folding.lets.get(value) if isinstance(value, Var) else None
        if held is not None and (held.primitive.text in BINARY or held.primitive.text in PARTS):
            first = held.args[0]
            read = self.folding.lets.get(first) if isinstance(first, Var) else None
            if (
                read is not None
                and read.primitive.text == "getitem"
                and read.args[0] is array
                and read.args[1] == index
            ):
                if held.primitive.text in PARTS:
                    part = f"{name}.{PARTS[held.primitive.text]}[{self._key(index)}]"
                    self.line(f"{part} = {self.text(held.args[1])}")
                else:
                    self._augment(place, held.primitive.text, held.args[1])
                return
        self.line(f"{place} = {self.text(value)}")

    def _augment(self, place: str, operation: str, value: Operand) -> None:
        if operation == "+" and (taken_away := self.folding.negated(value)) is not None:
            operation, value = "-", taken_away
        self.line(f"{place} {operation}= {self.text(value)}")

    def branch(self, stmt: If) -> None:
        """Write an `if`."""
        self.comment(stmt.origin)
        if self._is_condition(stmt):
            self.line(
                f"{self.names[stmt.targets[0]]} = {expression(self.expressions.choice(stmt))}"
            )
            return
        test = self.text(stmt.test)
        yes = [(self.names[t], r) for t, r in zip(stmt.targets, stmt.then.results, strict=True)]
        no = [(self.names[t], r) for t, r in zip(stmt.targets, stmt.orelse.results, strict=True)]
        self.line(f"if {test}:")
        start = len(self.lines) - 1
        shown = self.shown
        self.inner(stmt.then, yes)
        empty = self._does_nothing(start + 1)
        at_else = len(self.lines)
        self.shown = shown
        self.line("else:")
        other = len(self.lines)
        self.inner(stmt.orelse, no)
        if self._does_nothing(other):
            del self.lines[at_else:]
            if empty:
                del self.lines[start:]
        elif empty:
            negated = INDENT * self.depth + f"if {self._negated(stmt.test)}:"
            self.lines[start:other] = [negated]
        self._forget(start)

    def _forget(self, start: int) -> None:
        """Cite the line again, if the lines from a place on cite another one."""
        if any(line.lstrip().startswith("#") for line in self.lines[start:]):
            self.shown = None

    def _is_condition(self, stmt: If) -> bool:
        """Whether a branch only says `a and b` or `a or b`."""
        if len(stmt.targets) != 1 or not is_condition(stmt):
            return False
        sides = (stmt.then, stmt.orelse)
        given = (r for side in sides for r in side.results if isinstance(r, Var))
        if any(self.names.get(r) == self.names[stmt.targets[0]] for r in given):
            return False  # it stays what it was, if it was anything
        return all(self.folding.is_expression(side, plain=True) for side in sides)

    def _does_nothing(self, start: int) -> bool:
        """Whether the lines from a place on are comments and `pass`."""
        texts = (line.strip() for line in self.lines[start:])
        return all(text in ("", "pass") or text.startswith("#") for text in texts)

    def _negated(self, test: Atom) -> str:
        if (unlike := self.expressions.unlike(test)) is not None:
            return expression(unlike)
        node = self.expressions.operand(test)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return expression(node.operand)
        return expression(ast.UnaryOp(ast.Not(), node))

    def loop(self, stmt: Loop) -> None:
        """Write a `for` or `while`."""
        self.comment(stmt.origin)
        begin = len(self.lines)
        parts = zip(stmt.carried, stmt.inits, strict=True)
        entries = [(self.names[phi], init) for phi, init in parts]
        self.copied = {self.names[phi] for phi in stmt.carried if phi in self.buffers.entries}
        self.moves(entries)
        self.copied = set()
        nexts = stmt.body.results[1:] if stmt.breaks else stmt.body.results
        moves = [(self.names[phi], n) for phi, n in zip(stmt.carried, nexts, strict=True)]
        counter, trips = self.names[stmt.counter], self.names[stmt.trips]
        counted = stmt.trips in self.expressions.names and self._is_used(stmt.trips)
        tail: list[str] = []
        if stmt.breaks:
            tail.append(f"if {self.text(stmt.body.results[0])}:")
            tail.append(f"{INDENT}break")
        if stmt.range is None:
            self._while(stmt, counter, trips, counted, moves, tail)
        else:
            if counted:
                self.line(f"{trips} = 0")
                tail.insert(0, f"{trips} += 1")
            self.header(f"for {counter} in {self._range(stmt.range)}:")
            self.inner(stmt.body, moves, tail)
        self._forget(begin)

    def header(self, text: str) -> None:
        """The line that begins a loop."""
        self.line(text)

    def _is_used(self, var: Var) -> bool:
        return var in self.positions

    def _while(
        self,
        stmt: Loop,
        counter: str,
        trips: str,
        counted: bool,
        moves: list[tuple[str, Atom]],
        tail: list[str],
    ) -> None:
        assert stmt.test is not None
        counts = counted or self._is_used(stmt.counter)
        if counts:
            self.line(f"{counter} = 0")
            tail.insert(0, f"{counter} += 1")
        if self.is_expression(stmt.test):
            self.header(f"while {self.text(stmt.test.results[0])}:")
            self.inner(stmt.body, moves, tail)
        else:
            self.header("while True:")
            self.depth += 1
            self.block(stmt.test)
            self.line(f"if {self._negated(stmt.test.results[0])}:")
            self.line(f"{INDENT}break")
            self.depth -= 1
            self.inner(stmt.body, moves, tail)
        if counted:
            self.line(f"{trips} = {counter}")

    def is_expression(self, test: Block) -> bool:
        """Whether the test of a loop can stand in its header."""
        return all(
            (isinstance(s, Let) and s.target in self.folding.lets)
            or (isinstance(s, If) and s.targets and s.targets[0] in self.folding.choices)
            for s in test.body
        )

    def _range(self, trip_range: Range) -> str:
        bounds = [self.text(trip_range.start), self.text(trip_range.stop)]
        if trip_range.step != Const(1):
            bounds.append(self.text(trip_range.step))
        elif trip_range.start == Const(0):
            bounds = bounds[1:]
        return f"range({', '.join(bounds)})"

    # -- effects ------------------------------------------------------------------------------

    def effect(self, stmt: Effect) -> None:
        """Write something that happens once and in order."""
        match stmt.action:
            case "print":
                args = [self.text(arg) for arg in stmt.args]
                args += [f"{key}={self.text(value)}" for key, value in stmt.kwargs]
                self.line(f"print({', '.join(args)})")
            case "raise":
                self._raise(stmt)
            case "errstate" if stmt.kwargs:
                modes = ", ".join(f"{key}={self.text(mode)}" for key, mode in stmt.kwargs)
                self.line(f"with np.errstate({modes}):")
                self.depth += 1
            case "errstate":
                if self.lines[-1].lstrip().startswith("with np.errstate("):
                    self.line("pass")
                self.depth -= 1
            case "record":
                self._record(stmt)
            case "replay":
                tape, *place = stmt.args
                assert isinstance(tape, Var)
                position = self.text(place[0]) if place else self.positions[tape]
                if not place:
                    self.line(f"{position} -= 1")
                self.line(f"{self.names[stmt.targets[0]]} = {self.text(tape)}[{position}]")

    def _raise(self, stmt: Effect) -> None:
        kind: Any = stmt.payload
        name = kind.__name__
        if getattr(builtins, name, None) is not kind:
            self.expressions.constants[name] = kind
        args = ", ".join(self.text(arg) for arg in stmt.args)
        self.line(f"raise {name}({args})" if stmt.args else f"raise {name}")

    def _record(self, stmt: Effect) -> None:
        tape, index, value = stmt.args
        assert isinstance(tape, Var)
        assert isinstance(index, tuple)
        text = self.text(value)
        if not index:
            held = self.folding.lets.get(value) if isinstance(value, Var) else None
            fresh = held is not None and held.primitive.decides
            if isinstance(value, Var) and value.kind.is_array and not fresh:
                text = f"{text}.copy()"
            self.line(f"{self.text(tape)}.append({text})")
            return
        places = []
        starts: Any = stmt.payload
        for counter, (start, step) in zip(index, starts, strict=True):
            place = self.text(counter)
            if start != Const(0):
                place = f"{place} - {_bracketed(self.text(start))}"
            if step != Const(1):
                place = f"({place}) // {_bracketed(self.text(step))}"
            places.append(place)
        self.line(f"{self.text(tape)}[{', '.join(places)}] = {text}")


def _bracketed(text: str) -> str:
    return text if text.replace("_", "").replace(".", "").isalnum() else f"({text})"


def _repeats(index: Operand) -> bool:
    items = items_of(index)
    return any(
        (isinstance(item, Var) and item.kind.is_array and not item.kind.is_bool)
        or isinstance(item, tuple)
        for item in items
    )
