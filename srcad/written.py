"""What is written for a function: to read, to keep, to call from compiled code, and explained."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from srcad import pipeline, tangents, trees
from srcad.argnums import checked_argnums
from srcad.errors import ArgumentError
from srcad.explaining import explained
from srcad.explanation import Explanation
from srcad.njit import compiled_gradient
from srcad.standalone.module import adjoint_module, tangent_module
from srcad.target import Function, Target, check_call

__all__ = ["emit", "explain", "njit_value_and_grad", "source"]

LEVELS = ("array", "loops")
MODES = ("reverse", "forward")


def source(
    fun: Function, *args: object, level: str = "array", mode: str = "reverse", **kwargs: object
) -> str:
    """Return the adjoint that srcad writes for a function and these arguments, or the tangent.

    Nothing is run: not the function, and not its adjoint.

    Args:
        fun: the function.
        args: its positional arguments; the adjoint is by all that are floats or complex numbers.
        level: "array" for the text to read, which runs under NumPy, or "loops" for what is
            compiled.
        mode: "reverse" for the adjoint, or "forward" for the tangent program that `jvp` runs.
        kwargs: its keyword arguments; those named `level` and `mode` must be bound with
            functools.partial.

    Returns:
        The text of a whole module.

    Raises:
        ArgumentError: when `fun` is not callable, or for another level or mode.
        TypeError: Python's own, when `fun` does not take such arguments.

    >>> print(source(lambda x: x * x, 3.0))  # doctest: +SKIP
    """
    if level not in LEVELS:
        raise ArgumentError(f"there is no level {level!r}", hint=f"choose one of {LEVELS}")
    if mode not in MODES:
        raise ArgumentError(f"there is no mode {mode!r}", hint=f"choose one of {MODES}")
    target = Target.of(fun)
    check_call(target.function, args, kwargs)
    if mode == "forward":
        return tangents.source(target.function, args, kwargs, target.options, level)
    return pipeline.source(target.function, args, kwargs, target.options, level)


def emit(
    fun: Function,
    *args: object,
    path: str | os.PathLike[str] | None = None,
    numba: bool = False,
    mode: str = "reverse",
    **kwargs: object,
) -> str:
    """Write the adjoint of a function as a module of its own, which needs nothing of srcad.

    It imports NumPy, Numba if asked for, and SciPy where the function calls it. It has the forward
    and the backward function, `f_value_and_grad` and `f_vjp` that call them, and `check_arguments`,
    which raises for arguments of other kinds than these. Its parameters are the numbers and arrays
    among the arguments, and after them those that the function reads from outside. Nothing is run.

    Args:
        fun: the function.
        args: its positional arguments; the adjoint is by all that are floats or complex numbers.
        path: the file to write; None to write none.
        numba: whether the functions are compiled by Numba, and can be called in compiled code. Then
            they raise `Bail` where only Python does right.
        mode: "reverse" for the adjoint, or "forward" for `f_jvp`, the tangent.
        kwargs: its keyword arguments; those named `path`, `numba` and `mode` must be bound with
            functools.partial.

    Returns:
        The text of the module.

    Raises:
        ArgumentError: when `fun` is not callable, for another mode, and for arguments that are not
            in one piece or of which none can be differentiated by.
        CompilationError: when Numba is asked for and cannot compile the function.
        UnsupportedType: when the function needs objects that a module cannot import.
        TypeError: Python's own, when `fun` does not take such arguments.

    >>> print(emit(lambda x: x * x, 3.0, path="square_adjoint.py"))  # doctest: +SKIP
    """
    if mode not in MODES:
        raise ArgumentError(f"there is no mode {mode!r}", hint=f"choose one of {MODES}")
    target = Target.of(fun)
    check_call(target.function, args, kwargs)
    write = tangent_module if mode == "forward" else adjoint_module
    text = write(target.function, args, kwargs, numba)
    if path is not None:
        Path(path).write_text(text, encoding="utf-8")
    return text


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
    return compiled_gradient(Target.of(fun), example_args, checked_argnums(argnums))


def explain(fun: Function, *args: object, **kwargs: object) -> Explanation:
    """Tell what the adjoint of a function remembers for these arguments, and why.

    Nothing is run: not the function, and not its adjoint.

    Args:
        fun: the function.
        args: its positional arguments; the adjoint is by all that are floats or complex numbers.
        kwargs: its keyword arguments.

    Returns:
        For each loop what is taped and what is computed again, what is saved besides, the bytes of
        it all as formulas in the sizes and for these arguments, and what runs it. Its text,
        `print(explain(...))`, is a report to read.

    Raises:
        ArgumentError: when `fun` is not callable.
        TypeError: Python's own, when `fun` does not take such arguments.

    >>> explain(lambda x: x * x, 3.0).total.bytes
    0
    """
    target = Target.of(fun)
    check_call(target.function, args, kwargs)
    leaves, _ = trees.flatten((args, kwargs))
    wrt = (True,) * len(leaves)
    made = pipeline.specialise(target.function, args, kwargs, wrt, False, target.options)
    return explained(made, leaves)
