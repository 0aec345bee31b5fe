"""Abstract values: what a name stands for while a program is lowered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from srcad.frontend.source import Source
from srcad.ir.dims import Dim
from srcad.ir.kinds import Kind
from srcad.ir.nodes import Atom, Operand, Var

Path: TypeAlias = tuple[tuple[str, object], ...]
"""How to reach a Python object from the function: ("global", "CFG"), ("item", "dt").

Those among the arguments begin with ("leaf", number).
"""
Form: TypeAlias = tuple[Literal["number", "array", "tuple", "list"], ...]
"""What the items of a list are whose length is known only at run time, from outside to inside."""


@dataclass(frozen=True)
class Number:
    """A number.  `size` is its symbolic value if it is an int that shapes may depend on."""

    atom: Atom
    kind: Kind
    size: Dim | None = None


@dataclass(frozen=True)
class Step:
    """One view taken: `base[index]`, or a reshaping call."""

    operation: str
    args: tuple[Operand, ...] = ()


@dataclass(frozen=True)
class Array:
    """A reference to (part of) the memory of a cell; `seen` is (base, what was read of it)."""

    cell: int
    kind: Kind
    path: tuple[Step, ...] = ()
    seen: tuple[Var, Var] | None = None


@dataclass(frozen=True, eq=False)
class Static:
    """A Python object known while specialising: None, a string, a type, a dtype, a module."""

    value: Any


@dataclass(frozen=True)
class Items:
    """A tuple, or a NamedTuple of the given type."""

    items: tuple[Value, ...]
    type: type = tuple
    shape_of: Var | None = None


@dataclass(frozen=True)
class Ref:
    """A mutable container or object on the heap of the program."""

    identity: int


@dataclass(frozen=True)
class Deque:
    """That a list is a `collections.deque`, which never holds more than `most` items."""

    most: int | None = None


@dataclass(frozen=True)
class Sequence:
    """What a `Ref` to a list holds, or to a deque."""

    items: tuple[Value, ...]
    deque: Deque | None = None


@dataclass(frozen=True)
class Mapping:
    """What a `Ref` to a dict holds; keys are Python constants.

    `factory` makes the items of a `defaultdict` that are asked for and are not there. `type` is a
    class like `OrderedDict`, for those who ask.
    """

    items: tuple[tuple[Any, Value], ...]
    factory: Value | None = None
    type: type = dict


@dataclass(frozen=True)
class Record:
    """What a `Ref` to an object with attributes (a dataclass instance) holds."""

    type: type
    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Rows:
    """What a `Ref` to a list holds whose length is known only at run time.

    Its items are the first `count` rows of the array in `cell`: numbers of a kind, arrays, or
    tuples or lists of such.  Calls of `append` in `sites` are sure to find room.
    """

    cell: int
    count: Number
    kind: Kind
    form: Form
    sites: frozenset[int] = frozenset()
    deque: Deque | None = None


@dataclass(frozen=True, eq=False)
class Foreign:
    """A Python object outside the program, and how a call reaches it.

    `name` is what the program calls it, if the path does not say.
    """

    value: Any
    path: Path
    name: str = ""


@dataclass(frozen=True, eq=False)
class Closure:
    """A function of the user: one with a code object, or one defined inside the program."""

    source: Source
    defaults: tuple[Value, ...] = ()
    keyword_defaults: tuple[tuple[str, Value], ...] = ()
    function: Callable[..., Any] | None = None
    path: Path = ()
    scope: Any = None
    receiver: Value | None = None


@dataclass(frozen=True)
class Method:
    """A method of a value that is not a user's function: `x.sum`, `items.append`."""

    receiver: Value
    name: str


@dataclass(frozen=True, eq=False)
class Super:
    """`super()`: attributes of a value as the classes after `start` have them."""

    start: type
    receiver: Value


@dataclass(frozen=True)
class Partial:
    """`functools.partial` made inside the program: a function with its first arguments."""

    function: Value
    args: tuple[Value, ...]
    kwargs: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Iteration:
    """`range`, `zip`, `map` and the like before they are run."""

    kind: str
    parts: tuple[Value, ...]


@dataclass(frozen=True)
class SliceValue:
    """`lower:upper:step`."""

    lower: Value | None
    upper: Value | None
    step: Value | None


@dataclass(frozen=True)
class Text:
    """A string built at run time; it may be printed or raised."""

    var: Var


@dataclass(frozen=True)
class Maybe:
    """A name that is bound only where `flag` is true."""

    value: Value
    flag: Atom


@dataclass(frozen=True)
class Conflict:
    """A name bound to things that cannot be followed as one; reading it is an error."""

    reason: str


Value: TypeAlias = (
    Number
    | Array
    | Static
    | Items
    | Ref
    | Foreign
    | Closure
    | Method
    | Super
    | Partial
    | Iteration
    | SliceValue
    | Text
    | Maybe
    | Conflict
)
HeapObject: TypeAlias = Sequence | Rows | Mapping | Record | Conflict
Flag: TypeAlias = "bool | Atom"


@dataclass
class State:
    """All that a statement can change: names, memory, containers, and how the block was left."""

    env: dict[str, Value] = field(default_factory=dict)
    memory: dict[int, Var] = field(default_factory=dict)
    heap: dict[int, HeapObject] = field(default_factory=dict)
    aliases: dict[int, frozenset[int]] = field(default_factory=dict)
    left: dict[str, Flag] = field(default_factory=dict)
    dead: bool = False
    marks: dict[int, Literal["either", "item", "outside"]] = field(default_factory=dict)
    """Containers that may be another one too, or that a list of unknown length holds by value."""

    def copy(self) -> State:
        """A state that can be changed without changing this one."""
        return State(
            dict(self.env),
            dict(self.memory),
            dict(self.heap),
            dict(self.aliases),
            dict(self.left),
            self.dead,
            dict(self.marks),
        )

    @property
    def leaves(self) -> bool:
        """True if control surely does not reach the next statement."""
        return self.dead or any(flag is True for flag in self.left.values())

    @property
    def may_leave(self) -> bool:
        """True unless control surely reaches the next statement."""
        return self.dead or any(flag is not False for flag in self.left.values())


def is_none(value: Value | None) -> bool:
    """Whether an argument is left out or None."""
    return value is None or (isinstance(value, Static) and value.value is None)
