"""`checkpoint`, `checkpointed`: what the backward sweep runs again instead of remembering it."""

from typing import Any

from srcad.api import vjp
from srcad.custom import custom_vjp
from srcad.target import Function, Target

__all__ = ["checkpoint", "checkpointed"]


def checkpoint(fun: Function) -> Function:
    """Return a function whose adjoint computes it again, instead of remembering what it computed.

    Of each call in a program that is differentiated, only the arguments are kept. The backward
    sweep runs the call once more, with its tapes, before it goes backwards through it: a loop of n
    steps in blocks of m then remembers n / m arguments and the tapes of m steps, for one run more
    (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 12).

    Args:
        fun: a function of numbers, arrays and containers of them. What is differentiated has to be
            among its arguments.

    Returns:
        A function of the same arguments. Outside of derivatives it is `fun`.

    Raises:
        ArgumentError: when `fun` is not callable; when a program is differentiated in which `fun`
            depends on values that are, and that are not its arguments: MissingRule.

    >>> import numpy as np
    >>> from srcad import grad
    >>> @checkpoint
    ... def block(x):
    ...     for _ in range(10):
    ...         x = x - 0.1 * np.sin(x)
    ...     return x
    >>> print(f"{grad(lambda x: block(block(x)))(1.0):.6f}")
    0.163410
    """
    function = Target.of(fun).function

    def forward(*args: Any) -> Any:
        return function(*args), args

    def backward(args: Any, out_bar: Any) -> Any:
        return vjp(function, *args)[1](out_bar)

    made = custom_vjp(function)
    made.defvjp(forward, backward)
    return made


def checkpointed(trips: range, every: int | None = None) -> range:
    """Go through a range in a loop of which the adjoint remembers the state at some trips only.

    `for t in checkpointed(range(n), every=k):` is the loop over `range(n)`. Its adjoint remembers
    what the loop carries at the start of each k trips. It goes backwards through the segments, and
    runs each once more, with the tapes of its k trips: n / k states and k trips are in memory, for
    one run more (Griewank and Walther, Evaluating Derivatives, 2nd ed., ch. 12).

    Args:
        trips: a range.
        every: how many trips a segment has; the square root of their number if it is None.

    Returns:
        The range.

    >>> from srcad import grad
    >>> def cool(u, rate, steps):
    ...     for _ in checkpointed(range(steps), every=100):
    ...         u = u - rate * u**4
    ...     return u
    >>> print(f"{grad(cool)(1.0, 1e-4, 10_000):.6f}")
    0.157452
    """
    return trips
