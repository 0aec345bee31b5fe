"""`srcad.njit_value_and_grad`: gradients that compiled code of the user's own can call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from srcad import trees
from srcad.argnums import checked_argnums, positions_of
from srcad.cotangents import check_gradient_inputs, leaf_type
from srcad.engines.modules import load_cached
from srcad.errors import ArgumentError
from srcad.standalone.helpers import helpers
from srcad.standalone.module import Gradient, Written, adjoint
from srcad.standalone.text import apart, unwatched
from srcad.target import Function, Target, check_call, primal_names

__all__ = ["njit_value_and_grad"]


def njit_value_and_grad(
    fun: Function, *example_args: object, argnums: int | Sequence[int] = 0
) -> Any:
    """Return a function of Numba's that computes a function's value and its gradient.

    It can be called in `@njit` functions, such as the loops of samplers and optimisers, and by
    Python. It is for arguments of the kinds of `example_args`, and of sizes for which the program
    is the same; for others it raises. Where only Python does right, it raises `Bail`; it does not
    warn of floating-point errors, which leave infinities and nan, as in any code of Numba's.

    Args:
        fun: the function; its result is a real number. What it calls is compiled as it is now.
        example_args: its positional arguments: numbers and arrays. Nothing is run with them.
        argnums: which of them to differentiate by, as for `grad`.

    Returns:
        A function of the same arguments, and after them of the numbers and arrays that `fun` reads
        from outside. It returns `(value, gradient)`, and a tuple of gradients if `argnums` is a
        sequence.

    Raises:
        ArgumentError: for arguments that are no numbers and arrays in one piece, for those that
            cannot be differentiated by, and for results that are no real number.
        CompilationError: when Numba cannot compile it.
        TypeError: Python's own, when `fun` does not take such arguments.

    >>> import numba
    >>> by_x = njit_value_and_grad(lambda x: x**3, 1.0)
    >>> @numba.njit
    ... def newton(x):
    ...     for _ in range(20):
    ...         value, slope = by_x(x)
    ...         x -= (value - 8.0) / slope
    ...     return x
    >>> newton(1.0)
    2.0
    """
    return _gradient(Target.of(fun), example_args, checked_argnums(argnums))


def _gradient(target: Target, args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> Any:
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
