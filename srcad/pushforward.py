"""The pushforward: takes tangents of a function's arguments to tangents of its result."""

from collections.abc import Sequence

import numpy as np

from srcad.cotangents import TANGENT, Outputs, accept, bars_like, outputs_of, zero_tangent
from srcad.errors import ArgumentError
from srcad.pullback import numeric
from srcad.tangents import tangent_program
from srcad.target import Target, check_call
from srcad.trees import children, flatten, show, unflatten

__all__ = ["Pushforward", "linear", "push"]


class Pushforward:
    """Takes tangents of a function's arguments, at one point, to the tangent of its result.

    It may be called any number of times, also from several threads at once; every call returns
    arrays of its own.

    Args:
        target: the function.
        primals: its positional arguments.
        has_aux: whether it returns a pair of its value and something else.

    Raises:
        ArgumentError: for leaves of the primals that are not numeric.
        TypeError: Python's own, when the function does not take so many arguments.
    """

    __slots__ = ("inputs", "primals", "program")

    def __init__(self, target: Target, primals: tuple[object, ...], has_aux: bool = False) -> None:
        check_call(target.function, primals, {})
        leaves, structure = flatten((primals, {}))
        types = numeric(target, leaves, structure)
        self.primals = Outputs(target.name, children(structure)[0], types, TANGENT)
        self.program = tangent_program(
            target.function,
            primals,
            {},
            (True,) * len(leaves),
            has_aux,
            target.options,
            (leaves, structure),
        )
        self.inputs = self.program.inputs(leaves)

    def keep(self) -> None:
        """Copy what the caller can change later."""
        self.inputs = [x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs]

    def nothing(self) -> tuple[object, ...]:
        """The leaves of tangents that are zero."""
        return tuple(map(zero_tangent, self.primals.leaves))

    def push(self, tangents: Sequence[object]) -> tuple[object, object, object]:
        """Run the function with leaves of tangents that were accepted.

        Returns:
            The result, its tangent, and what goes with the result.
        """
        result, aux, dots = self.program.push(self.inputs, tangents)
        outputs = outputs_of(self.primals.name, result)
        given = [*tangents, *flatten(result)[0]]
        return result, unflatten(outputs.structure, bars_like(outputs.leaves, dots, given)), aux

    def accept(self, tangents: tuple[object, ...]) -> tuple[object, ...]:
        """The leaves of tangents that fit the primals.

        Raises:
            TangentError: for another structure, shape or dtype, naming the first leaf that differs.
        """
        return accept(tangents, self.primals)

    def __call__(self, *tangents: object) -> object:
        """Return the tangent of the result for one tangent of each primal.

        Args:
            tangents: trees like the primals, with the same shapes and dtypes. Numbers of Python's
                fit scalars of any precision.

        Raises:
            TangentError: when a tangent does not fit, naming the leaf.
        """
        return self.push(self.accept(tangents))[1]

    def __repr__(self) -> str:
        """Return the function's name and the tree that goes in."""
        primals = show(self.primals.structure, (leaf.label() for leaf in self.primals.leaves))
        return f"<pushforward of {self.primals.name}: {primals}>"


def push(target: Target, primals: object, tangents: object, has_aux: bool) -> tuple[object, ...]:
    """Run a function and its tangent: `jvp` without the dressing.

    Args:
        target: the function.
        primals: a tuple or list of its positional arguments.
        tangents: a tuple or list of tangents, one for each.
        has_aux: whether the function returns a pair of its value and something else.

    Returns:
        The result and its tangent, and what went with the result if `has_aux`.

    Raises:
        ArgumentError: for primals or tangents that are neither tuple nor list, and for leaves that
            are not numeric.
        TangentError: when a tangent does not fit its primal.
    """
    for name, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, tuple | list):
            raise ArgumentError(
                f"{name} arguments to jvp must be tuples or lists; found {type(given).__name__}",
                hint="also of one argument: jvp(f, (x,), (x_dot,))",
            )
    assert isinstance(primals, tuple | list)
    assert isinstance(tangents, tuple | list)
    pushforward = Pushforward(target, tuple(primals), has_aux)
    result, dot, aux = pushforward.push(pushforward.accept(tuple(tangents)))
    return (result, dot, aux) if has_aux else (result, dot)


def linear(target: Target, primals: tuple[object, ...], has_aux: bool) -> tuple[object, ...]:
    """Run a function and return its result with its pushforward: `linearize` without the dressing.

    Args:
        target: the function.
        primals: its positional arguments.
        has_aux: whether it returns a pair of its value and something else.

    Returns:
        The result and the pushforward, and what went with the result if `has_aux`.

    Raises:
        ArgumentError: for leaves of the primals or of the result that are not numeric.
    """
    pushforward = Pushforward(target, primals, has_aux)
    result, _, aux = pushforward.push(pushforward.nothing())
    pushforward.keep()
    return (result, pushforward, aux) if has_aux else (result, pushforward)
