"""From a specialisation to what `srcad.explain` tells of it; nothing is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.analyses.formulas import Amount, Product, amount, bare, user_names, value, written
from srcad.analyses.tape_sizes import tape_size
from srcad.errors import Origin
from srcad.explanation import Explanation, LoopReport, Recomputed, Saved, Taped
from srcad.ir.dims import Dim, Symbol, ValueOf, as_dim, value_of
from srcad.ir.nodes import Atom, Block, Const, Let, Loop, Var
from srcad.ir.walk import blocks, statements
from srcad.pipeline import Shared, Specialisation
from srcad.transforms.definitions import Scope
from srcad.transforms.plan import Again, Kept
from srcad.transforms.pythons import of_objects
from srcad.transforms.tapes import may_break

STEPS = (Const(1), Const(-1))


def explained(made: Specialisation, leaves: Sequence[Any]) -> Explanation:
    """Tell what the adjoint of a program remembers.

    Args:
        made: the program and its adjoint.
        leaves: the arguments of the call.
    """
    shared, primal = made.shared, made.shared.derivative.primal
    values = dict(zip(primal.params, made.shared.inputs(made.function, leaves), strict=True))
    loops = list(_loops(primal.body, 0))
    known = shared.derivative.program.known
    names = user_names(known, primal.params) | _names_of_trips(loop for loop, _ in loops)
    return _Teller(shared, values, names).explanation(loops)


def _loops(block: Block, depth: int) -> Iterator[tuple[Loop, int]]:
    for stmt in block.body:
        inner = depth
        if isinstance(stmt, Loop):
            yield stmt, depth
            inner += 1
        for nested in blocks(stmt):
            yield from _loops(nested, inner)


def _names_of_trips(loops: Iterable[Loop]) -> dict[Symbol, str]:
    """Names for numbers of trips: `trips`, with the line where there are several loops."""
    found = list(loops)
    if len(found) == 1:
        return {ValueOf(found[0].trips): "trips"}
    lines = [0 if loop.origin is None else loop.origin.line for loop in found]
    return {ValueOf(loop.trips): f"trips_{line}" for loop, line in zip(found, lines, strict=True)}


@dataclass(frozen=True)
class _Teller:
    """Puts facts about one program into words and numbers."""

    shared: Shared
    values: Mapping[Var, Any]
    names: Mapping[Symbol, str]

    def explanation(self, loops: Sequence[tuple[Loop, int]]) -> Explanation:
        """All of it."""
        derivative = self.shared.derivative
        plan, objects = derivative.plan, of_objects(derivative.fwd)
        made = {s.target: s for s in statements(derivative.fwd.body) if isinstance(s, Let)}
        tapes: dict[int, list[Taped]] = {}
        saved: list[Saved] = []
        products: list[Product] = []
        at_most = False
        for kept in plan.kept.values():
            product = self._product(kept, made, kept.tape is not None and kept.tape.var in objects)
            if product is not None:
                products.append(product)
                at_most |= self._is_at_most(kept)
            if kept.tape is None:
                saved.append(self._saved(kept, product))
            else:
                assert product is not None
                inner = kept.scope.loops[-1]
                tapes.setdefault(id(inner), []).append(self._taped(kept, product))
        again: dict[int, list[Again]] = {}
        for item in plan.again:
            again.setdefault(id(item.loops[-1]) if item.loops else 0, []).append(item)
        reports = tuple(
            self._loop(loop, depth, tapes.get(id(loop), []), again.get(id(loop), []))
            for loop, depth in loops
        )
        engine, why = self._engine()
        return Explanation(
            derivative.program.function.name,
            tuple(var.hint for var in derivative.inputs),
            engine,
            "loops" if engine == "numba" else "array",
            why,
            reports,
            tuple(saved),
            _recomputed(again.get(0, [])),
            amount(products, self.values, self.names),
            at_most,
        )

    def _engine(self) -> tuple[str, str]:
        found = self.shared.uncompiled
        if found is not None:
            place = "" if found.origin is None else f"\n{found.origin.render()}"
            return "numpy", found.reason + place
        refusal = self.shared.engine.refusal
        return ("numpy", f"Numba cannot compile it: {refusal}") if refusal else ("numba", "")

    # -- amounts ------------------------------------------------------------------------------

    def _product(self, kept: Kept, made: Mapping[Var, Let], is_of_objects: bool) -> Product | None:
        """What a value takes in all; None for numbers and objects outside of loops."""
        kind = kept.of.kind
        if kept.tape is None:
            return Product(_itemsize(kept.of), kept.of.shape) if kind.is_array else None
        known = self.shared.derivative.program.known
        let = made.get(kept.tape.var)
        found = None if let is None or kept.tape.is_stack else tape_size(let, known, made)
        if found is not None:
            compiled = is_of_objects and self.shared.uncompiled is None
            return Product(_itemsize(kept.of), found.lengths) if compiled else found
        trips = [self._trips(loop)[1] for loop in kept.tape.loops]
        return Product(_itemsize(kept.of), (*trips, *kept.of.shape))

    def _trips(self, loop: Loop) -> tuple[str, Dim]:
        """How many trips a loop makes, as a text and as a length."""
        unknown = value_of(loop.trips)
        if loop.range is None:
            return "as many as it takes", unknown
        ends = loop.range.start, loop.range.stop, loop.range.step
        start, stop, step = map(self._dim, ends)
        if start is None or stop is None or step is None:
            return "known at run time", unknown
        if loop.range.step in STEPS:
            trips = stop - start if loop.range.step == Const(1) else start - stop
            return bare(written(trips, self.names)), trips
        texts = [bare(written(dim, self.names)) for dim in (start, stop, step)]
        numbers = [value(dim, self.values) for dim in (start, stop, step)]
        first, last, by = numbers
        text = f"len(range({', '.join(texts)}))"
        if first is None or last is None or not by:
            return text, unknown
        return text, Dim(len(range(first, last, by)))

    def _dim(self, atom: Atom) -> Dim | None:
        if isinstance(atom, Const):
            return as_dim(atom.value) if isinstance(atom.value, int) else None
        return self.shared.derivative.program.known.get(atom)

    def _is_at_most(self, kept: Kept) -> bool:
        """Whether a branch may leave it empty, or a loop may end before its stack is full."""
        scope: Scope | None = kept.scope
        if kept.tape is not None and kept.tape.is_stack:
            outer = kept.tape.loops[0]
            inside = len(kept.tape.loops)
            return _depth(scope) > inside or (may_break(outer) and outer.range is not None)
        while scope is not None and scope.loops:
            scope = scope.parent
        return scope is not None and scope.parent is not None

    # -- words --------------------------------------------------------------------------------

    def _taped(self, kept: Kept, total: Product) -> Taped:
        trip = Product(_itemsize(kept.of) if total.itemsize == 0 else total.itemsize, kept.of.shape)
        return Taped(
            _name(kept.of, kept.origin),
            kept.origin,
            kept.why,
            amount([trip], self.values, self.names),
            amount([total], self.values, self.names),
            self._is_at_most(kept),
        )

    def _saved(self, kept: Kept, product: Product | None) -> Saved:
        memory: Amount | None = None
        if product is not None:
            memory = amount([product], self.values, self.names)
        name = _name(kept.of, kept.origin)
        return Saved(name, kept.origin, kept.why, memory, self._is_at_most(kept))

    def _loop(
        self, loop: Loop, depth: int, tapes: Sequence[Taped], again: Sequence[Again]
    ) -> LoopReport:
        text, trips = self._trips(loop)
        count = value(trips, self.values)
        may_end = loop.range is not None and loop.breaks
        text = f"at most {text}" if may_end else text
        count = None if count is None or may_end else max(count, 0)
        return LoopReport(loop.origin, depth, text, count, tuple(tapes), _recomputed(again))


def _itemsize(var: Var) -> int:
    return 8 if var.kind.form == "opaque" else np.dtype(var.kind.dtype).itemsize


def _depth(scope: Scope | None) -> int:
    depth = -1
    while scope is not None:
        scope, depth = scope.parent, depth + 1
    return depth


def _name(var: Var, origin: Origin | None) -> str:
    """The user's name for a value, or the text that it is the value of."""
    if var.hint:
        return var.hint
    if origin is None:
        return "a value"
    text = origin.text[origin.column : origin.column + origin.width]
    return text or origin.text.strip()


def _recomputed(found: Iterable[Again]) -> tuple[Recomputed, ...]:
    """What is computed again, by lines and reasons; the arithmetic of indices goes without."""
    groups: dict[tuple[Origin | None, str], dict[str, None]] = {}
    lines: dict[tuple[int, str], tuple[Origin | None, str]] = {}
    for item in found:
        if not item.of.kind.rank and (item.of.kind.is_integral or item.of.kind.is_bool):
            continue
        line = 0 if item.origin is None else item.origin.line
        key = lines.setdefault((line, item.why), (item.origin, item.why))
        groups.setdefault(key, {})[_name(item.of, item.origin)] = None
    return tuple(Recomputed(tuple(names), *key) for key, names in groups.items())
