"""The functions that a program calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

Form = Literal["elementwise", "linear", "multilinear", "mutation", "rule", "expand", "constant"]
Body = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Primitive:
    """A function that srcad does not look into.

    `text` is how it is written in generated source; `params` are its parameters; `reverse` and
    `forward` are the bodies of its rule; `shape` computes the shape of its result from symbolic
    shapes; `view` says that its result may share memory with its first argument, and `decides`
    that its result is a discrete decision, taken once in the forward sweep and recorded.
    `wants` are those of `ans_bar`, `ans` that the body of the rule takes.
    """

    text: str
    function: Callable[..., Any]
    form: Form
    params: tuple[str, ...] = ()
    reverse: Body | None = None
    forward: Body | None = None
    shape: Callable[..., Any] | None = None
    view: bool = False
    decides: bool = False
    singular: bool = False
    costly: bool = False
    wants: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<{self.text}>"


def shares_memory(primitive: Primitive, first: Any, result: Any) -> bool:
    """Whether a result may be in the memory of the first argument, given the kinds of both."""
    condition = primitive.options.get("view_if")
    return primitive.view and (condition is None or bool(condition(first, result)))
