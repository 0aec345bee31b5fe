"""A function written into a program, with variables of its own: once for each time it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import assert_never

from srcad.frontend.builder import Builder
from srcad.ir.dims import Dim, Opaque, SizeOf, SliceLength, Symbol, ValueOf, size_of, value_of
from srcad.ir.nodes import (
    Atom,
    Block,
    Const,
    Effect,
    Function,
    If,
    Let,
    Loop,
    Operand,
    Range,
    ShapeOf,
    Slice,
    Stmt,
    Var,
)


def write(builder: Builder, function: Function, given: Mapping[Var, Operand]) -> tuple[Atom, ...]:
    """Write the statements of a function where the builder is.

    Args:
        builder: where to write.
        function: a function; it may read values of the program around it.
        given: an operand for each of its parameters.

    Returns:
        Its results.
    """
    copy = _Copy(builder, dict(given))
    block = copy.block(function.body)
    builder.extend(list(block.body))
    return block.results


@dataclass
class _Copy:
    """The copy of a function: what stands for its variables so far."""

    builder: Builder
    names: dict[Var, Operand]

    def block(self, block: Block) -> Block:
        body = tuple(self.stmt(stmt) for stmt in block.body)
        return Block(body, tuple(map(self.atom, block.results)))

    def stmt(self, stmt: Stmt) -> Stmt:
        match stmt:
            case Let():
                args = tuple(map(self.operand, stmt.args))
                kwargs = tuple((key, self.operand(value)) for key, value in stmt.kwargs)
                return replace(stmt, args=args, kwargs=kwargs, target=self.fresh(stmt.target))
            case If():
                test = self.atom(stmt.test)
                sides = self.block(stmt.then), self.block(stmt.orelse)
                return If(test, *sides, tuple(map(self.fresh, stmt.targets)), stmt.origin)
            case Loop():
                return self.loop(stmt)
            case Effect():
                args = tuple(map(self.operand, stmt.args))
                kwargs = tuple((key, self.operand(value)) for key, value in stmt.kwargs)
                made = tuple(map(self.fresh, stmt.targets))
                return replace(stmt, args=args, kwargs=kwargs, targets=made)
            case _:
                assert_never(stmt)

    def loop(self, stmt: Loop) -> Loop:
        bounds = stmt.range
        if bounds is not None:
            bounds = Range(*map(self.atom, (bounds.start, bounds.stop, bounds.step)))
        return replace(
            stmt,
            range=bounds,
            inits=tuple(map(self.atom, stmt.inits)),
            counter=self.fresh(stmt.counter),
            carried=tuple(map(self.fresh, stmt.carried)),
            test=None if stmt.test is None else self.block(stmt.test),
            body=self.block(stmt.body),
            targets=tuple(map(self.fresh, stmt.targets)),
            trips=self.fresh(stmt.trips),
        )

    def atom(self, atom: Atom) -> Atom:
        found = self.names.get(atom, atom) if isinstance(atom, Var) else atom
        assert isinstance(found, Var | Const)
        return found

    def operand(self, operand: Operand) -> Operand:
        match operand:
            case Var():
                return self.names.get(operand, operand)
            case ShapeOf(var):
                found = self.names.get(var, var)
                return ShapeOf(found) if isinstance(found, Var) else ()
            case Slice(lower, upper, step):
                parts = (None if p is None else self.operand(p) for p in (lower, upper, step))
                return Slice(*parts)  # type: ignore[arg-type]
            case tuple():
                return tuple(map(self.operand, operand))
            case Const():
                return operand
            case _:
                assert_never(operand)

    def fresh(self, var: Var) -> Var:
        """A variable like another one, and what is known of it."""
        made = self.names[var] = Var(var.hint, var.kind)
        dims = (self.dim(dim) for dim in var.shape)
        object.__setattr__(made, "shape", tuple(dims))
        builder, sizes = self.builder, self.builder.sizes
        if var in builder.contiguous:
            builder.contiguous.add(made)
        if var in builder.known:
            builder.known[made] = self.dim(builder.known[var])
        before, after = ValueOf(var), ValueOf(made)
        if before in sizes.hints:
            sizes.hints[after] = sizes.hints[before]
        if before in sizes.floors:
            sizes.floors[after] = sizes.floors[before]
        if before in sizes.limits:
            low, high = sizes.limits[before]
            sizes.limits[after] = self.dim(low), self.dim(high)
        return made

    def dim(self, dim: Dim) -> Dim:
        """A length in terms of the new variables."""
        total = Dim(dim.constant)
        for symbol, count in dim.terms:
            total = total + self.length(symbol).scaled(count)
        return total

    def length(self, symbol: Symbol) -> Dim:
        match symbol:
            case SizeOf(var, axis):
                made = self.names.get(var)
                own = isinstance(made, Var) and len(made.shape) > axis
                if own:
                    return made.shape[axis]  # type: ignore[union-attr]
                return size_of(made, axis) if isinstance(made, Var) else Dim(0, ((symbol, 1),))
            case ValueOf(var):
                made = self.names.get(var)
                if isinstance(made, Const) and isinstance(made.value, int):
                    return Dim(int(made.value))
                if isinstance(made, Var):
                    return self.builder.known.get(made, value_of(made))
                return Dim(0, ((symbol, 1),))
            case SliceLength(start, stop, step, length):
                first = None if start is None else self.dim(start)
                last = None if stop is None else self.dim(stop)
                return self.symbol(symbol, SliceLength(first, last, step, self.dim(length)))
            case Opaque(operation, operands):
                return self.symbol(symbol, Opaque(operation, tuple(map(self.dim, operands))))
            case _:
                assert_never(symbol)

    def symbol(self, before: Symbol, after: Symbol) -> Dim:
        sizes = self.builder.sizes
        for facts in (sizes.hints, sizes.floors):
            if before in facts:
                facts.setdefault(after, facts[before])
        return Dim(0, ((after, 1),))
