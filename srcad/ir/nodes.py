"""The nodes of the core language.

A program is in structured single-assignment form: every `Var` is defined once, branches and loops
hand values out through explicit results, and an update of an array defines a new value of it
(`u2 = setitem(u1, i, x)`).  Whether that update happens in place is decided when the program is
printed (`srcad.emit.buffers`), so no transformation can break it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from srcad.ir.dims import Dim
from srcad.ir.kinds import Kind

if TYPE_CHECKING:
    from srcad.errors import Origin
    from srcad.ir.primitives import Primitive


@dataclass(frozen=True, eq=False)
class Var:
    """A value.  `hint` is the name it would like to be printed with, empty for a temporary."""

    hint: str
    kind: Kind
    shape: tuple[Dim, ...] = ()

    def __repr__(self) -> str:
        return f"{self.hint or 't'}#{id(self) % 9973}"


@dataclass(frozen=True)
class Const:
    """A constant; compared with its type, so that `1`, `1.0` and `True` stay apart."""

    value: object

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        return repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


Atom: TypeAlias = Var | Const


class _Undefined:
    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Const(_Undefined())
"""What a branch hands out for a name that it did not bind."""


@dataclass(frozen=True)
class Slice:
    """`lower:upper:step` inside an index."""

    lower: Atom | None = None
    upper: Atom | None = None
    step: Atom | None = None


@dataclass(frozen=True)
class ShapeOf:
    """The shape of an array whose elements are not read."""

    var: Var


Operand: TypeAlias = "Var | Const | Slice | ShapeOf | tuple[Operand, ...]"


@dataclass(frozen=True, eq=False)
class Let:
    """`target = primitive(*args, **kwargs)`."""

    target: Var
    primitive: Primitive
    args: tuple[Operand, ...]
    kwargs: tuple[tuple[str, Operand], ...]
    origin: Origin | None


@dataclass(frozen=True, eq=False)
class Block:
    """Statements and the values they hand to the statement around them."""

    body: tuple[Stmt, ...] = ()
    results: tuple[Atom, ...] = ()


@dataclass(frozen=True, eq=False)
class If:
    """`targets = then.results if test else orelse.results`."""

    test: Atom
    then: Block
    orelse: Block
    targets: tuple[Var, ...]
    origin: Origin | None


@dataclass(frozen=True)
class Range:
    """The values of a counter: `range(start, stop, step)`, where `step` is not zero."""

    start: Atom
    stop: Atom
    step: Atom


@dataclass(frozen=True, eq=False)
class Loop:
    """A loop that carries values from trip to trip.

    With `range`, `counter` runs through it.  Without, `test` is run before every trip and its only
    result decides (a `while`); `counter` then counts the trips from 0.  `carried` are the values at
    the start of a trip, `body.results` the next ones, `targets` the last ones.  If `breaks`, the
    body has one more result, first: true ends the loop after this trip.  `trips` is how many trips
    were run (defined after the loop).  A `segment` of a longer loop is run again by the backward
    sweep, which remembers nothing of it.
    """

    counter: Var
    range: Range | None
    test: Block | None
    carried: tuple[Var, ...]
    inits: tuple[Atom, ...]
    body: Block
    targets: tuple[Var, ...]
    breaks: bool
    trips: Var
    origin: Origin | None
    segment: bool = False


@dataclass(frozen=True, eq=False)
class Effect:
    """Something that happens once and in order: print, raise, assert, a call of unknown code.

    `action` is one of "print", "raise", "call"; `targets` are the results of a call.
    """

    action: str
    payload: object
    args: tuple[Operand, ...]
    kwargs: tuple[tuple[str, Operand], ...]
    targets: tuple[Var, ...]
    origin: Origin | None


Stmt: TypeAlias = Let | If | Loop | Effect


@dataclass(frozen=True, eq=False)
class Function:
    """A whole program: parameters, statements, results."""

    name: str
    params: tuple[Var, ...]
    body: Block
