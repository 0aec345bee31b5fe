"""Mapped functions that run compiled: the loop over the examples as one program."""

from collections.abc import Mapping, Sequence

from srcad import pipeline
from srcad.errors import SrcadError
from srcad.mapped import Mapped
from srcad.specialise import leaf_key
from srcad.tangents import TangentProgram, tangent_program
from srcad.trees import flatten

__all__ = ["run", "run_program"]


def run(
    mapped: Mapped,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    options: pipeline.Options,
) -> object:
    """Return the results of all examples, from one compiled loop where there can be one.

    A program that cannot be followed, that prints or writes to its arguments runs in Python.

    Args:
        mapped: the mapped function.
        args: the positional arguments.
        kwargs: the keyword arguments.
        options: the engine.
    """
    leaves, structure = flatten((args, dict(kwargs)))
    kinds = (structure, *map(leaf_key, leaves))
    if kinds in mapped.refused:
        return mapped.each(args, kwargs)
    try:
        made = _program(mapped, args, kwargs, options)
        if not made.shared.written and not made.shared.program.printing:
            return _result(made, leaves)
    except SrcadError:  # also of the running program, of which nobody has seen anything yet
        mapped.refused.add(kinds)
    return mapped.each(args, kwargs)


def run_program(mapped: Mapped, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
    """Return the results of all examples, from one program.

    Args:
        mapped: the mapped function.
        args: the positional arguments.
        kwargs: the keyword arguments.

    Raises:
        SrcadError: where the function does something that cannot be followed.
    """
    made = _program(mapped, args, kwargs, pipeline.Options())
    return _result(made, flatten((args, dict(kwargs)))[0])


def _program(
    mapped: Mapped,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    options: pipeline.Options,
) -> TangentProgram:
    """The mapped function as a program without tangents."""
    flat = flatten((args, dict(kwargs)))
    still = (False,) * len(flat[0])
    return tangent_program(mapped, args, dict(kwargs), still, False, options, flat)


def _result(made: TangentProgram, leaves: Sequence[object]) -> object:
    value, _, _ = made.push(made.inputs(leaves), [None] * len(leaves))
    return value
