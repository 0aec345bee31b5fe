"""The pullback: what `vjp` returns beside the function's result."""

from collections.abc import Sequence
from dataclasses import dataclass

from srcad import pipeline
from srcad.check import Call, check_gradient
from srcad.cotangents import LeafType, Outputs, accept, bars_like, leaf_type, outputs_of
from srcad.directions import random_cotangents
from srcad.errors import ArgumentError
from srcad.target import Target, check_call, primal_names
from srcad.trees import Tree, check_numeric, children, flatten, refusal, show, unflatten

__all__ = ["Pullback", "numeric", "pull"]


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Pullback:
    """Takes a cotangent of a function's result back to the function's arguments.

    It may be called any number of times, also from several threads at once; every call returns
    arrays of its own.

    Args:
        specialisation: what computes the gradient.
        saved: what it needs of the run of the function.
        outputs: what a cotangent must fit.
        structure: the structure of the tuple of primals.
        primals: the type of each leaf of the primals.
    """

    specialisation: pipeline.Specialisation
    saved: object
    outputs: Outputs
    structure: Tree
    primals: tuple[LeafType, ...]

    def __call__(self, cotangent: object, /, *splatted: object) -> tuple[object, ...]:
        """Return the gradients for one cotangent.

        Args:
            cotangent: a tree like the function's result, with the same shapes and dtypes. Numbers
                of Python's fit scalars of any precision.
            splatted: nothing.

        Returns:
            One entry for each primal, of the primal's structure, shapes and dtypes; leaves of
            integers and booleans have the dtype `float0`.

        Raises:
            CotangentError: when the cotangent does not fit, naming the leaf.
            ArgumentError: for more than one argument, or leaves that are not numeric.
        """
        if splatted:
            raise _splatted(self.outputs.name, 1 + len(splatted))
        cotangents = accept(cotangent, self.outputs)
        bars = self.specialisation.backward(self.saved, cotangents)
        result = unflatten(self.structure, bars_like(self.primals, bars, cotangents))
        assert isinstance(result, tuple)
        return result

    def __repr__(self) -> str:
        """Return the function's name and the trees that go in and out."""
        result = show(self.outputs.structure, (leaf.label() for leaf in self.outputs.leaves))
        primals = show(self.structure, (leaf.label() for leaf in self.primals))
        return f"<pullback of {self.outputs.name}: {result} -> {primals}>"


def pull(target: Target, primals: tuple[object, ...], has_aux: bool) -> tuple[object, ...]:
    """Run a function and return its result with its pullback: `vjp` without the dressing.

    Args:
        target: the function.
        primals: its positional arguments.
        has_aux: whether it returns a pair of its value and something else.

    Returns:
        The result and the pullback, and what went with the result if `has_aux`.

    Raises:
        ArgumentError: for leaves of the primals or of the result that are not numeric.
        TypeError: Python's own, when the function does not take so many arguments.
    """
    check_call(target.function, primals, {})
    leaves, structure = flatten((primals, {}))
    types = numeric(target, leaves, structure)
    made = target.specialise(primals, {}, (True,) * len(leaves), has_aux, (leaves, structure))
    result, aux, saved = made.forward(leaves)
    outputs = outputs_of(target.name, result)
    if target.is_unchecked(made):
        cotangents = random_cotangents(flatten(result)[0])
        bars = bars_like(types, made.backward(saved, cotangents), cotangents)
        chosen = range(len(leaves))
        call = Call(target.function, leaves, structure, has_aux, chosen, bars, cotangents)
        check_gradient(target, made, call)
    pullback = Pullback(made, saved, outputs, children(structure)[0], types)
    return (result, pullback, aux) if has_aux else (result, pullback)


def numeric(target: Target, leaves: Sequence[object], structure: Tree) -> tuple[LeafType, ...]:
    """Return the types of the primals' leaves; raise for the first that is not numeric."""
    if any(map(refusal, leaves)):
        names = primal_names(target.function, structure)
        check_numeric(leaves, names, f"`{target.name}` cannot be differentiated: its argument")
    return tuple(map(leaf_type, leaves))


def _splatted(name: str, count: int) -> ArgumentError:
    return ArgumentError(
        f"The function returned by `vjp` applied to {name} was called with {count} arguments, but"
        " functions returned by `vjp` must be called with a single argument corresponding to the"
        " single value returned by the function being differentiated (even if that returned value"
        " is a tuple or other container).",
        hint="for `f(x)` that returns `(x, x)`, write `f_vjp((2.0, 2.0))`, not `f_vjp(2.0, 2.0)`",
    )
