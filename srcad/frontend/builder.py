"""Writing statements: every new value gets its kind and its symbolic shape here."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.analyses.sizes import Shape, Sizes
from srcad.errors import Origin
from srcad.ir.dims import OPERATIONS, Dim, Opaque, SizeOf, as_dim, size_of, value_of
from srcad.ir.kinds import INT, OPAQUE, Kind, kind_of
from srcad.ir.nodes import (
    Const,
    Let,
    Operand,
    ShapeOf,
    Slice,
    Stmt,
    Var,
)
from srcad.ir.primitives import Primitive
from srcad.rules.registry import primitive_of


@dataclass(frozen=True)
class Shaped:
    """An argument as a shape rule sees it: its symbolic shape, or its symbolic value if an int."""

    shape: Shape
    kind: Kind
    size: Dim | None = None


class EvaluationFails(Exception):
    """The call raises for every value of these kinds; `cause` is what Python says."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


@dataclass
class Builder:
    """Collects statements into blocks; `origin` is the user's line being worked on."""

    sizes: Sizes
    stack: list[list[Stmt]] = field(default_factory=lambda: [[]])
    origin: Origin | None = None
    known: dict[Var, Dim] = field(default_factory=dict)
    contiguous: set[Var] = field(default_factory=set)

    @contextmanager
    def block(self) -> Iterator[list[Stmt]]:
        """Collect the statements written inside into a list of their own."""
        self.stack.append([])
        try:
            yield self.stack[-1]
        finally:
            self.stack.pop()

    @contextmanager
    def at(self, statements: list[Stmt]) -> Iterator[None]:
        """Append to a block that was collected before."""
        self.stack.append(statements)
        try:
            yield
        finally:
            self.stack.pop()

    @contextmanager
    def origins(self, origin: Origin | None) -> Iterator[None]:
        """Write statements for another line of the user's."""
        before, self.origin = self.origin, origin
        try:
            yield
        finally:
            self.origin = before

    def add(self, stmt: Stmt) -> None:
        """Append a statement to the block at hand."""
        self.stack[-1].append(stmt)

    def extend(self, statements: list[Stmt]) -> None:
        """Append statements that were collected before."""
        self.stack[-1].extend(statements)

    def size(self, atom: Operand) -> Dim | None:
        """The symbolic value of an int."""
        match atom:
            case Const(value) if isinstance(value, int | np.integer):
                return as_dim(int(value))
            case Var():
                return self.known.get(atom)
        return None

    def fresh(self, hint: str, kind: Kind, shape: tuple[Dim | None, ...] | None = None) -> Var:
        """A new value; unknown lengths become symbols of its own."""
        var = Var(hint, kind)
        if kind.rank:
            given = (None,) * kind.rank if shape is None else shape
            dims = tuple(size_of(var, i) if d is None else d for i, d in enumerate(given))
            object.__setattr__(var, "shape", dims)
        return var

    def emit(self, function: object, *args: Operand, hint: str = "", **kwargs: Operand) -> Var:
        """Write `hint = function(*args, **kwargs)` and return the new value."""
        primitive = function if isinstance(function, Primitive) else primitive_of(function)
        if primitive is None:
            raise LookupError(f"no rule for {function!r}")
        kind = self.infer(primitive, args, kwargs)
        shape = self.shape(primitive, kind, args, kwargs)
        target = self.fresh(hint, kind, shape)
        if kind == INT and (size := self.arithmetic(primitive, args)) is not None:
            self.known[target] = size
        if kind.rank and self._is_contiguous(primitive, kind, args):
            self.contiguous.add(target)
        self.add(Let(target, primitive, args, tuple(kwargs.items()), self.origin))
        return target

    def _is_contiguous(self, primitive: Primitive, kind: Kind, args: Sequence[Operand]) -> bool:
        """Whether a new array is surely laid out in C order."""
        if primitive.view or "library" in primitive.options:
            return False
        arrays = [arg for arg in args if isinstance(arg, Var) and arg.kind.rank]
        return kind.rank == 1 or all(arg in self.contiguous for arg in arrays)

    def infer(
        self, primitive: Primitive, args: Sequence[Operand], kwargs: dict[str, Operand]
    ) -> Kind:
        """The kind of the result, found by calling the primitive on ones of the same kinds."""
        if primitive.form == "mutation":
            return operand_kind(args[0])
        if given := primitive.options.get("kind"):
            kind: Kind = given(*map(operand_kind, args), **kwargs) if callable(given) else given
            return kind
        try:
            return _infer(primitive, _frozen(tuple(args)), _frozen(tuple(kwargs.items())))
        except TypeError as error:
            if "unhashable" not in str(error):
                raise
            return _infer.__wrapped__(
                primitive, _frozen(tuple(args)), _frozen(tuple(kwargs.items()))
            )

    def shape(
        self,
        primitive: Primitive,
        kind: Kind,
        args: Sequence[Operand],
        kwargs: dict[str, Operand],
    ) -> tuple[Dim | None, ...] | None:
        """The symbolic shape of a result; None where its rule cannot tell."""
        if not kind.rank:
            return ()
        if primitive.form == "mutation":
            return operand_shape(args[0])
        if primitive.shape is not None:
            views = [self.shaped(arg) for arg in args]
            named = {key: self.shaped(value) for key, value in kwargs.items()}
            result = primitive.shape(self.sizes, *views, **named)
            if result is None:
                return None
            return tuple(None if d is None else as_dim(d) for d in result)
        if primitive.form == "elementwise" or primitive.options.get("broadcasts"):
            arrays = [operand_shape(arg) for arg in args if operand_kind(arg).rank]
            return self.sizes.broadcast(arrays)
        return None

    def shaped(self, operand: Operand) -> Any:
        """An operand as shape rules see it."""
        match operand:
            case Var():
                return Shaped(operand.shape, operand.kind, self.known.get(operand))
            case Const(value):
                return value
            case ShapeOf(var):
                return var.shape
            case tuple():
                return tuple(self.shaped(item) for item in operand)
            case Slice(lower, upper, step):
                parts = (None if p is None else self.shaped(p) for p in (lower, upper, step))
                return slice(*parts)

    def arithmetic(self, primitive: Primitive, args: Sequence[Operand]) -> Dim | None:
        """The symbolic value of an operation on known ints."""
        operation = primitive.text
        if operation == "size" and isinstance(args[0], ShapeOf) and isinstance(args[1], Const):
            return args[0].var.shape[args[1].value]  # type: ignore[call-overload, no-any-return]
        sizes = [self.size(arg) for arg in args]
        if any(size is None for size in sizes):
            return None
        match operation, sizes:
            case "+", [Dim() as left, Dim() as right]:
                return left + right
            case "-", [Dim() as left, Dim() as right]:
                return left - right
            case "-", [Dim() as only]:
                return -only
            case "neg", [Dim() as only]:
                return -only
            case "*", [Dim() as left, Dim() as right] if right.is_constant:
                return left.scaled(right.constant)
            case "*", [Dim() as left, Dim() as right] if left.is_constant:
                return right.scaled(left.constant)
            case "*" | "//" | "max" | "min", [Dim() as left, Dim() as right]:
                return self._opaque(operation, left, right)
        return None

    def _opaque(self, operation: str, left: Dim, right: Dim) -> Dim | None:
        """An int that has no linear form, but is the same wherever it is computed again."""
        if operation == "//" and not self.sizes.hint(right):
            return None
        symbol = Opaque(operation, (left, right))
        a, b = self.sizes.hint(left), self.sizes.hint(right)
        if a is not None and b is not None:
            value = OPERATIONS[operation](a, b)
            if left.is_constant and right.is_constant:
                return Dim(value)
            self.sizes.hints[symbol] = value
        if operation == "max":
            for bound in (left, right):
                if bound.is_constant:
                    self.sizes.floors[symbol] = bound.constant
        return Dim(0, ((symbol, 1),))

    def counter(self, hint: str, kind: Kind = INT) -> Var:
        """A new int whose symbolic value is itself."""
        var = Var(hint, kind)
        self.known[var] = value_of(var)
        return var


def given_shape(var: Var) -> tuple[Dim | None, ...]:
    """The shape that a fresh value was given: None for lengths that are symbols of its own."""
    return tuple(
        None if any(isinstance(s, SizeOf) and s.var is var for s, _ in dim.terms) else dim
        for dim in var.shape
    )


def operand_kind(operand: Operand) -> Kind:
    """The kind of an operand; opaque for slices, shapes and tuples."""
    match operand:
        case Var(kind=kind):
            return kind
        case Const(value):
            return kind_of(value)
        case _:
            return OPAQUE


def operand_shape(operand: Operand) -> Shape:
    """The symbolic shape of an operand; empty if it is no array."""
    return operand.shape if isinstance(operand, Var) else ()


def _frozen(operand: Any) -> Any:
    """The operand with every value replaced by its kind: what inference depends on."""
    match operand:
        case Var(kind=kind):
            return kind
        case ShapeOf(var):
            return ("shape", var.kind.rank)
        case Slice(lower, upper, step):
            return ("slice", *(None if p is None else _frozen(p) for p in (lower, upper, step)))
        case tuple():
            return ("tuple", *(_frozen(item) for item in operand))
        case _:
            return operand


def _example(frozen: Any) -> Any:
    match frozen:
        case Kind():
            return frozen.example()
        case Const(value):
            return value
        case ("shape", rank):
            return (1,) * rank
        case ("slice", *_):
            return slice(None)
        case ("tuple", *items):
            return tuple(_example(item) for item in items)
        case _:
            return frozen


def _index_example(frozen: Any) -> Any:
    """An index that is in range for axes of length 1."""
    match frozen:
        case ("tuple", *items):
            return tuple(_index_example(item) for item in items)
        case Const(int() as value) if not isinstance(value, bool):
            return 0
        case Kind(form="array") if frozen.dtype != "bool":
            return np.zeros((1,) * frozen.rank, frozen.dtype)
        case Kind() if frozen.is_integral:
            return 0
        case _:
            return _example(frozen)


@functools.lru_cache(maxsize=4096)
def _infer(primitive: Primitive, args: Any, kwargs: Any) -> Kind:
    indexes = primitive.options.get("indexes", False)
    values = [
        _index_example(arg) if indexes and position else _example(arg)
        for position, arg in enumerate(args[1:] if args[:1] == ("tuple",) else args)
    ]
    named = {item[1]: _example(item[2]) for item in kwargs[1:]}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function = primitive.options.get("example", primitive.function)
            return kind_of(function(*values, **named))
        except Exception as error:
            raise EvaluationFails(error) from None
