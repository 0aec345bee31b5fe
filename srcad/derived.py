"""What `grad` and `jacrev` return, as programs that call it see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Derived:
    """What a function computes that is a derivative of another one.

    Args:
        of: the derivative, "grad" or "jac".
        argnums: the arguments that the function is differentiated by.
        has_aux: whether it returns a pair of its value and something else.
        holomorphic: whether arguments and result are complex.
        allow_int: whether integers may be among the arguments.
        with_value: whether the value is returned, too.
        reduce_axes: the named axes that gradients of what is not mapped are summed over.
    """

    of: Literal["grad", "jac"]
    argnums: int | tuple[int, ...] = 0
    has_aux: bool = False
    holomorphic: bool = False
    allow_int: bool = False
    with_value: bool = False
    reduce_axes: tuple[str, ...] = ()

    @property
    def called(self) -> str:
        """What the user calls such a function."""
        if self.of == "jac":
            return "the Jacobian"
        return "value_and_grad" if self.with_value else "grad"


class DerivedFunction:
    """A derivative of the function `target.function`."""

    __slots__ = ()

    target: Any

    @property
    def derived(self) -> Derived:
        """What it computes."""
        raise NotImplementedError
