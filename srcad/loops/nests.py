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

from srcad.ir.dims import Dim
from srcad.ir.nodes import Var
from srcad.loops.contraction import copied, inlined
from srcad.loops.items import Item, meet, taken_along, together
from srcad.loops.order import in_other_rows, own_elements

AUGMENTED: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


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
    after: frozenset[Var] = frozenset()
    """What is needed after the nest."""
    may_be_empty: bool = False
    """Whether a sum may have no terms, and no element that it goes to."""
    plain: dict[str, str] = field(default_factory=dict)
    """Names that arrays of the nest's own have if they are one number a trip."""
    rooms: list[str] | None = None
    """Lines of an outer place where arrays of the nest's own can be made."""

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
            self.after = item.live_after
            return True
        if item.names() & self.reductions():
            return False
        if item.is_reduction and item.target in self.written() | {
            n for other in self.items() for n in other.names()
        }:
            return False
        segments = [list(segment) for segment in self.segments]
        if not self.ordered:
            item = taken_along(segments, item, self.alias)
        fits = [True] * len(segments)
        for number, segment in enumerate(segments):
            for other in segment:
                relation = self._relation(other, item)
                if relation == "apart":
                    return False
                fits[number] &= relation == "same"
        place = len(segments) - 1
        if not self.ordered and item.kind in ("add", "define", "store"):
            # As early as it can be: what is read twice is then in a register.
            while place > 0 and not any(meet(o, item, self.alias) for o in segments[place]):
                place -= 1
            place = next((p for p in range(max(place, 0), len(segments)) if fits[p]), -1)
        if place >= 0 and fits[place]:
            segments[place].append(together(segments[place], item, self.ordered, self.alias))
        else:
            segments.append([item])
        self.segments = segments
        self.after = item.live_after
        return True

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
            if commute and name == other and in_other_rows(key, other_key, self.counters[:-1]):
                continue
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
        contracted = {k: v for k, v in self._contracted().items() if k not in needed}
        out = list(self.before)
        for item in self.items():
            if item.kind == "define" and item.target not in contracted:
                room = out if self.rooms is None else self.rooms
                room.append(f"{item.target} = {_allocate(item.shape, item.dtype, show)}")
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
            outer = self.counters[:-1]
            free = stores and own_elements(stores, values, inner, self.alias, outer)
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
                    swap = _Contract(contracted, self.counters, self.own, self.plain)
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
                added = f"{self._place(item, contracted, show)} += {name}"
                if self.may_be_empty:  # without trips, there need not be such an element
                    out.append(f"{pad}if {show(self.lengths[-1])} > 0:")
                    added = f"    {added}"
                out.append(f"{pad}{added}")
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
        return show(_Contract(contracted, self.counters, self.own, self.plain).visit(copied(place)))

    def _item(
        self,
        item: Item,
        contracted: dict[str, tuple[str, str]],
        show: Callable[[ast.expr], str],
        summed: str | None = None,
    ) -> list[str]:
        swap = _Contract(contracted, self.counters, self.own, self.plain)
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

    def _contracted(self) -> dict[str, tuple[str, str]]:
        """Arrays that only this nest needs: one number a trip, or one row."""
        found: dict[str, tuple[str, str]] = {}
        last = self.after
        for number, segment in enumerate(self.segments):
            for item in segment:
                if item.kind != "define" or item.var is None or item.var in last:
                    continue
                same = [other for other in self.items() if other.target == item.target]
                if not self._replaceable(item, same, segment, last):
                    continue
                places = {
                    n
                    for n, other_segment in enumerate(self.segments)
                    for other in other_segment
                    for name, key in other.reads()
                    if name == item.target
                }
                plain = item.own_key()
                exact = all(
                    key == plain
                    for other in self.items()
                    for name, key in other.reads()
                    if name == item.target
                )
                if not exact:
                    continue
                if places <= {number} or len(same) > 1:
                    found[item.target] = ("number", item.dtype)
                elif len(self.counters) > 1:
                    found[item.target] = ("row", item.dtype)
        return found

    def _replaceable(
        self, item: Item, same: list[Item], segment: list[Item], last: frozenset[Var]
    ) -> bool:
        """Whether an array that is changed after it was made can still be one number a trip."""
        if len(same) == 1:
            return True
        key = item.own_key()
        return all(
            other in segment
            and other.own_key() == key
            and other.kind in ("define", "add", "store")
            and (other.var is not None and other.var not in last)
            for other in same
        ) and not any(
            name == item.target
            for other in self.items()
            if other not in segment
            for name, _ in other.reads()
        )


def _added(total: str, value: str, dtype: str) -> str:
    """A term of a sum: any order will do, and LLVM vectorises no loop with a sum in order."""
    if dtype in ("float64", "float32"):
        return f"{total} = plus({total}, {value})"
    return f"{total} += {value}"


def zero(dtype: str) -> str:
    """The text of a sum of no terms."""
    return "0.0" if dtype == "float64" else "0" if dtype == "int64" else f"np.{dtype}(0)"


class _Contract(ast.NodeTransformer):
    def __init__(
        self,
        contracted: dict[str, tuple[str, str]],
        counters: list[str],
        own: Callable[[str], str],
        plain: dict[str, str],
    ) -> None:
        self.contracted = contracted
        self.counters = counters
        self.own = own
        self.plain = plain

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id in self.contracted:
            name = node.value.id
            if self.contracted[name][0] == "number":
                if name in self.plain:
                    return ast.Name(self.plain[name], ast.Load())
                stem = f"{name}_{''.join(self.counters) or 'here'}"
                return ast.Name(self.own(stem), ast.Load())
            inner = ast.Name(self.counters[-1], ast.Load())
            row = ast.Name(self.own(f"{name}_row"), ast.Load())
            return ast.Subscript(row, inner, ast.Load())
        return self.generic_visit(node)


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
