"""Mapped functions that run compiled: the loop over the examples as one program."""

from collections.abc import Mapping

from srcad import pipeline
from srcad.errors import SrcadError
from srcad.mapped import Mapped
from srcad.specialise import leaf_key
from srcad.tangents import tangent_program
from srcad.trees import flatten

__all__ = ["run"]


def run(
    mapped: Mapped,
    args: tuple[object, ...],
    kwargs: Mapping[str, object],
    options: pipeline.Options,
) -> object:
    """Return the results of all examples, from one compiled loop where there can be one.

    A program that cannot be followed, or writes to its arguments, runs as Python runs it.

    Args:
        mapped: the mapped function.
        args: the positional arguments.
        kwargs: the keyword arguments.
        options: the engine.
    """
    flat = flatten((args, dict(kwargs)))
    leaves = flat[0]
    kinds = (flat[1], *map(leaf_key, leaves))
    if kinds in mapped.refused:
        return mapped.each(args, kwargs)
    still = (False,) * len(leaves)
    try:
        made = tangent_program(mapped, args, dict(kwargs), still, False, options, flat)
    except SrcadError:
        mapped.refused.add(kinds)
        return mapped.each(args, kwargs)
    if made.shared.written:
        return mapped.each(args, kwargs)
    value, _, _ = made.push(made.inputs(leaves), [None] * len(leaves))
    return value
