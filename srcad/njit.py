"""Gradients that compiled code of the user's own can call: what `njit_value_and_grad` returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from srcad import trees
from srcad.argnums import positions_of
from srcad.cotangents import check_gradient_inputs, leaf_type
from srcad.engines.modules import load_cached
from srcad.errors import ArgumentError
from srcad.standalone.helpers import helpers
from srcad.standalone.module import Gradient, Written, adjoint
from srcad.standalone.text import apart, unwatched
from srcad.target import Target, check_call, primal_names

__all__ = ["compiled_gradient"]


def compiled_gradient(target: Target, args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> Any:
    """A function of Numba's that returns a function's value and its gradient.

    Args:
        target: the function.
        args: arguments like those that it is to be called with: numbers and arrays.
        argnums: which of them to differentiate by.

    Raises:
        ArgumentError: for other arguments, and for results that have no gradient.
        CompilationError: if Numba cannot compile it.
    """
    check_call(target.function, args, {})
    leaves, structure = trees.flatten((args, {}))
    names = primal_names(target.function, structure)
    if not all(part.is_leaf() for part in trees.children(trees.children(structure)[0])):
        raise ArgumentError(
            f"`{target.name}` takes a container, which compiled code hands to it in parts",
            hint="write a function of numbers and arrays around it",
        )
    trees.check_numeric(leaves, names, f"`{target.name}` cannot be compiled: its argument")
    positions = positions_of(argnums, len(args))
    check_gradient_inputs([leaf_type(leaves[place]) for place in positions])
    gradient = Gradient(tuple(positions), isinstance(argnums, tuple))
    made = adjoint(target.function, args, {}, gradient, numba=True)
    return _compiled(made, [leaf_type(leaf).label() for leaf in leaves])


def _compiled(made: Written, facts: Sequence[str]) -> Any:
    """The last function of a module, as Numba compiles it when it is called."""
    from srcad.engines.numba_engine import compile_function, prepare
    from srcad.engines.pipeline import Compiler

    texts = [unwatched(text) for text, _ in made.functions]
    if any("slice_length(" in text for text in texts):
        texts += [helper.text for helper in helpers(["slice_length"]).values()]
    body = "\n\n\n".join(texts)
    imports = "\n".join([*made.parts.imports, *made.parts.own])
    text = f"{made.header}\n\n{imports}\n\n\n{body}\n"
    namespace, entry = load_cached(text, made.name, made.constants, facts)
    prepare(namespace)
    for name in apart(body).functions:
        compile_function(namespace, name, entry, Compiler)
    return namespace[f"{made.name}_value_and_grad"]
