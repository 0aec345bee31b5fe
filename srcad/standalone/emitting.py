"""`srcad.emit`: the public function."""

from __future__ import annotations

import os
from pathlib import Path

from srcad.errors import ArgumentError
from srcad.standalone.module import adjoint_module, tangent_module
from srcad.target import Function, Target, check_call

__all__ = ["emit"]

MODES = ("reverse", "forward")


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
