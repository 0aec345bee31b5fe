"""Loop nests: adjacent ones over the same space are fused, and what only they need is contracted.

Statements over one iteration space share their outer loops.  Inside, those that touch the same
elements share one inner loop too; accumulations into shifted windows of one array get an inner loop
each, so that every one of them is a vector loop.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from srcad.ir.dims import Dim
from srcad.ir.nodes import Var
from srcad.loops.contraction import Contract, contractible, copied, inlined
from srcad.loops.order import elements, own_elements, text_of

AUGMENTED: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}

LONGEST = 16
"""Operations that the terms of one accumulation may have together."""

Kind = Literal["define", "store", "add", "sum", "max", "min"]


@dataclass
class Item:
    """One assignment in the body of a nest."""

    kind: Kind
    target: str
    index: list[ast.expr]
    value: ast.expr
    var: Var | None = None
    dtype: str = "float64"
    live_after: frozenset[Var] = frozenset()
    shape: list[ast.expr] = field(default_factory=list)
    zeros: list[int] | None = None
    """Axes of the space that a sum keeps (-1 for length 1): it starts from zeros of that shape."""

    def reads(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The elements that the value reads: the array and the text of the index."""
        for name, index in elements(self.value):
            yield name, text_of(index)

    def names(self) -> set[str]:
        """Every name in the value and the index."""
        every = [self.value, *self.index]
        return {n.id for e in every for n in ast.walk(e) if isinstance(n, ast.Name)}

    def own_key(self) -> tuple[str, ...]:
        """The text of the index that is written."""
        return text_of(self.index)

    @property
    def is_reduction(self) -> bool:
        """Whether the item ends in one number."""
        return self.kind in ("sum", "max", "min") and not self.index


@dataclass
class Nest:
    """Statements over one iteration space; `segments` are the inner loops."""

    dims: list[Dim]
    lengths: list[ast.expr]
    counters: list[str]
    before: list[str] = field(default_factory=list)
    segments: list[list[Item]] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    alias: Callable[[str, str], bool] = operator.eq
    ordered: bool = True
    """Whether what is added to an element is added term by term: in the user's own program."""

    def own(self, stem: str) -> str:
        """A name for something of the nest's, that no variable of the program has."""
        while stem in self.taken:
            stem += "_"
        return stem

    def items(self) -> Iterator[Item]:
        """Every assignment, in order."""
        for segment in self.segments:
            yield from segment

    def written(self) -> set[str]:
        """The names that are assigned to."""
        return {item.target for item in self.items()}

    def reductions(self) -> set[str]:
        """The names of the numbers that sums and extrema end in."""
        return {item.target for item in self.items() if item.is_reduction}

    def add(self, item: Item) -> bool:
        """Take an item in; False if it has to wait for a nest of its own."""
        if not self.segments:
            self.segments.append([item])
            return True
        if item.names() & self.reductions():
            return False
        if item.is_reduction and item.target in self.written() | {
            n for other in self.items() for n in other.names()
        }:
            return False
        join = True
        for segment in self.segments:
            for other in segment:
                relation = self._relation(other, item)
                if relation == "apart":
                    return False
                if relation == "later" and segment is self.segments[-1]:
                    join = False
        if join:
            self.segments[-1].append(self._together(self.segments[-1], item))
        else:
            self.segments.append([item])
        return True

    def _together(self, segment: list[Item], item: Item) -> Item:
        """What is added to an element, and what was assigned or added to it before, in one."""
        for place in range(len(segment) - 1, -1, -1):
            other = segment[place]
            if other.target != item.target:
                if self._touches(other, item.target):
                    return item
                continue
            if item.kind != "add" or item.zeros is not None or other.is_reduction:
                return item
            if item.dtype != other.dtype or item.dtype not in ("float64", "complex128"):
                return item
            if self.ordered and (other.kind == "add" or _is_zero(other.value)):
                return item  # `0.0 + x` is not `x` where that is -0.0
            if other.own_key() != item.own_key() or _length(other) + _length(item) > LONGEST:
                return item
            changed = {item.target, *(later.target for later in segment[place + 1 :])}
            reads = {*other.names(), *(item.names() & {item.target})}
            if any(self.alias(name, target) for name in reads for target in changed):
                return item
            del segment[place]
            known = other.var is not None and item.var is not None
            other.var = item.var if known else None
            other.value = _sum(other.value, item.value)
            other.live_after = item.live_after
            return other
        return item

    def _touches(self, item: Item, name: str) -> bool:
        """Whether an item reads or writes an array."""
        return any(self.alias(other, name) for other in (item.target, *item.names()))

    def _relation(self, first: Item, second: Item) -> str:
        """How two items may be combined: in one inner loop, in two, or not at all."""
        result = "same"
        pairs = []
        if not first.is_reduction:
            own = (first.target, first.own_key())
            pairs += [(*own, name, key, False) for name, key in second.reads()]
        if not second.is_reduction:
            own = (second.target, second.own_key())
            pairs += [(*own, name, key, False) for name, key in first.reads()]
        if not first.is_reduction and not second.is_reduction:
            both = first.kind == "add" and second.kind == "add"
            pairs.append((first.target, first.own_key(), second.target, second.own_key(), both))
        for name, key, other, other_key, commute in pairs:
            if not self.alias(name, other):
                continue
            if name == other and key == other_key:
                if self._covers(key) or commute:
                    continue
                # Every trip meets the same element: one statement after the other.
                return "apart"
            same_rows = name == other and self._same_rows(key, other_key)
            if same_rows or commute or len(self.counters) == 1:
                result = "later"
            else:
                return "apart"
        return result

    def _covers(self, key: tuple[str, ...]) -> bool:
        """Whether different trips touch different elements."""
        return all(any(_mentions(part, c) for part in key) for c in self.counters)

    def _same_rows(self, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
        """Whether two accesses meet only within one trip of the outer loops."""
        if len(a) != len(b) or len(self.counters) < 2:
            return False
        for counter in self.counters[:-1]:
            shared = [x for x, y in zip(a, b, strict=True) if x == y and _mentions(x, counter)]
            if not shared:
                return False
        return True

    # -- text ---------------------------------------------------------------------------------

    def lines(self, show: Callable[[ast.expr], str], needed: set[str]) -> list[str]:
        """The nest as lines of Python, with what only it needs contracted.

        `needed` are the names that other elements read.
        """
        needed = needed | {
            n.id
            for expr in (*self.lengths, *(e for item in self.items() for e in item.shape))
            for n in ast.walk(expr)
            if isinstance(n, ast.Name)
        }
        needed |= {name for text in self.before for name in _words(text)}
        needed |= {
            node.value.id
            for item in self.items()
            for node in ast.walk(item.value)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
        self.segments = inlined(self, needed)
        contracted = {k: v for k, v in contractible(self).items() if k not in needed}
        out = list(self.before)
        for item in self.items():
            if item.kind == "define" and item.target not in contracted:
                out.append(f"{item.target} = {_allocate(item.shape, item.dtype, show)}")
            if item.zeros is not None:
                kept = [ast.Constant(1) if a < 0 else self.lengths[a] for a in item.zeros]
                out.append(f"{item.target} = {_allocate(kept, item.dtype, show, 'zeros')}")
        for name, (how, dtype) in contracted.items():
            if how == "row":
                row = self.own(f"{name}_row")
                out.append(f"{row} = {_allocate(self.lengths[-1:], dtype, show)}")
        first = len(out)
        depth = 0
        for counter, length in zip(self.counters[:-1], self.lengths[:-1], strict=True):
            out.append("    " * depth + f"for {counter} in range({show(length)}):")
            depth += 1
        for segment in self.segments:
            pad = "    " * depth
            if not self.counters:
                for item in segment:
                    out += self._item(item, contracted, show)
                continue
            sums = self._partial_sums(segment)
            inner, extent = self.counters[-1], show(self.lengths[-1])
            stores = [
                (item.target, item.index)
                for item in segment
                if not item.is_reduction
                and id(item) not in sums
                and contracted.get(item.target, ("", ""))[0] != "number"
            ]
            values = [item.value for item in segment]
            free = stores and own_elements(stores, values, inner, self.alias)
            apart = self._apart(segment, sums) if stores and not free else {}
            extent = f"independent({extent})" if free else f"range({extent})"
            for name, dtype in apart.values():
                terms = self.own(f"{name}_terms")
                out.insert(first, f"{terms} = {_allocate(self.lengths[-1:], dtype, show)}")
            out += [f"{pad}{name} = {zero(item.dtype)}" for item, name in sums.values()]
            out.append(f"{pad}for {inner} in {extent}:")
            for item in segment:
                summed = sums[id(item)][1] if id(item) in sums else None
                if id(item) in apart:
                    swap = Contract(contracted, self.counters, self.own)
                    value = show(swap.visit(copied(item.value)))
                    terms = self.own(f"{apart[id(item)][0]}_terms")
                    lines = [f"{terms}[{inner}] = {value}"]
                else:
                    lines = self._item(item, contracted, show, summed)
                out += [f"{pad}    {line}" for line in lines]
            if apart:
                out.append(f"{pad}for {inner} in {extent}:")
                for name, dtype in apart.values():
                    terms = self.own(f"{name}_terms")
                    out.append(f"{pad}    {_added(name, f'{terms}[{inner}]', dtype)}")
            for item, name in sums.values():
                out.append(f"{pad}{self._place(item, contracted, show)} += {name}")
        return out

    def _apart(
        self, segment: list[Item], sums: dict[int, tuple[Item, str]]
    ) -> dict[int, tuple[str, str]]:
        """Sums that get a loop of their own: those of floats, beside stores into arrays.

        The compiler takes a loop that stores in vectors or one by one depending on where the
        arrays lie in memory, and the order of a sum would follow; it has to be the same each time.
        """
        found: dict[int, tuple[str, str]] = {}
        for item in segment:
            name = sums[id(item)][1] if id(item) in sums else item.target
            if item.dtype.startswith("float") and (item.kind == "sum" or id(item) in sums):
                found[id(item)] = (name, item.dtype)
        return found

    def _partial_sums(self, segment: list[Item]) -> dict[int, tuple[Item, str]]:
        """Accumulations into one element during the whole inner loop: summed up in a number."""
        found: dict[int, tuple[Item, str]] = {}
        inner = self.counters[-1]
        for item in segment:
            fixed = not any(_mentions(part, inner) for part in item.own_key())
            others = [other for other in segment if other is not item]
            alone = not any(item.target in other.names() for other in others) and all(
                other.kind == "add" and other.own_key() == item.own_key()
                for other in others
                if other.target == item.target
            )
            if item.kind == "add" and fixed and alone and item.target not in item.names():
                earlier = sum(other.target == item.target for other, _ in found.values())
                number = str(earlier + 1) if earlier else ""
                found[id(item)] = (item, self.own(f"{item.target}_sum{number}"))
        return found

    def _place(
        self, item: Item, contracted: dict[str, tuple[str, str]], show: Callable[[ast.expr], str]
    ) -> str:
        key = list(item.index)
        place: ast.expr = ast.Subscript(
            ast.Name(item.target, ast.Load()),
            key[0] if len(key) == 1 else ast.Tuple(key, ast.Load()),
            ast.Load(),
        )
        return show(Contract(contracted, self.counters, self.own).visit(copied(place)))

    def _item(
        self,
        item: Item,
        contracted: dict[str, tuple[str, str]],
        show: Callable[[ast.expr], str],
        summed: str | None = None,
    ) -> list[str]:
        swap = Contract(contracted, self.counters, self.own)
        value = show(swap.visit(copied(item.value)))
        if item.kind == "sum":
            return [_added(item.target, value, item.dtype)]
        if item.kind in ("max", "min"):
            sign = ">" if item.kind == "max" else "<"
            held = self.own(f"{item.target}_here")
            target = item.target
            if item.index:
                inner = item.index[0] if len(item.index) == 1 else ast.Tuple(item.index, ast.Load())
                target = show(ast.Subscript(ast.Name(target, ast.Load()), inner, ast.Load()))
            return [
                f"{held} = {value}",
                f"if {held} {sign} {target} or {held} != {held}:",
                f"    {target} = {held}",
            ]
        text = summed or self._place(item, contracted, show)
        if item.kind == "add":
            if summed:
                return [_added(summed, value, item.dtype)]
            if isinstance(item.value, ast.UnaryOp) and isinstance(item.value.op, ast.USub):
                negated = show(swap.visit(copied(item.value.operand)))
                if isinstance(item.value.operand, ast.BinOp) and isinstance(
                    item.value.operand.op, ast.Add | ast.Sub
                ):
                    negated = f"({negated})"
                return [f"{text} -= {negated}"]
            return [f"{text} += {value}"]
        whole = swap.visit(copied(item.value))
        match whole:
            case ast.BinOp(left, op, right) if item.kind == "store" and show(left) == text:
                if type(op) in AUGMENTED:
                    return [f"{text} {AUGMENTED[type(op)]}= {show(right)}"]
        return [f"{text} = {value}"]


def _added(total: str, value: str, dtype: str) -> str:
    """A term of a sum: any order will do, and LLVM vectorises no loop with a sum in order."""
    if dtype in ("float64", "float32"):
        return f"{total} = plus({total}, {value})"
    return f"{total} += {value}"


def _sum(first: ast.expr, second: ast.expr) -> ast.expr:
    if _is_zero(first):
        return second
    match second:
        case ast.UnaryOp(ast.USub(), subtracted):
            return ast.BinOp(first, ast.Sub(), subtracted)
    return ast.BinOp(first, ast.Add(), second)


def _is_zero(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _length(item: Item) -> int:
    return sum(isinstance(node, ast.BinOp | ast.Call) for node in ast.walk(item.value))


def zero(dtype: str) -> str:
    """The text of a sum of no terms."""
    return "0.0" if dtype == "float64" else "0" if dtype == "int64" else f"np.{dtype}(0)"


def _words(text: str) -> set[str]:
    import re

    return set(re.findall(r"[A-Za-z_]\w*", text))


def _mentions(text: str, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(ast.parse(text)))


def _allocate(
    lengths: list[ast.expr],
    dtype: str,
    show: Callable[[ast.expr], str],
    how: str = "empty",
) -> str:
    shape = show(lengths[0]) if len(lengths) == 1 else f"({', '.join(map(show, lengths))})"
    if dtype == "float64":
        return f"np.{how}({shape})"
    return f"np.{how}({shape}, np.{'bool_' if dtype == 'bool' else dtype})"
