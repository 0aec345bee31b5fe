"""The declarators of rules, and the table that they fill.

A rule is a plain function in the language that srcad itself accepts.  Its parameters are those of
the primitive, in order; `ans_bar` and `ans` come first, in that order, if it wants them.  What its
body reads is what the reverse sweep needs: nobody keeps a list.  The body runs by itself under
NumPy (the tests of the rules do that); in a generated adjoint it is inlined.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from srcad.ir.primitives import Body, Form, Primitive

PRIMITIVES: dict[Any, Primitive] = {}
"""Every callable that has a rule; several may share one."""

_OWN = ("ans_bar", "ans")


def primitive_of(function: object) -> Primitive | None:
    """The primitive that a callable stands for, if it is one."""
    try:
        return PRIMITIVES.get(function)
    except TypeError:  # unhashable: certainly not a primitive
        return None


def _enter(primitive: Primitive, functions: tuple[Any, ...]) -> None:
    for function in functions:
        PRIMITIVES[function] = primitive


def _declare(form: Form, functions: tuple[Any, ...], **facts: Any) -> Callable[[Body], Body]:
    def declare(body: Body) -> Body:
        names = tuple(inspect.signature(body).parameters)
        wants = tuple(name for name in names if name in _OWN)
        for function in functions:
            primitive = Primitive(
                text=facts.get("text") or text_of(function),
                function=function,
                form=form,
                params=tuple(name for name in names if name not in _OWN),
                reverse=body,
                wants=wants,
                **{key: value for key, value in facts.items() if key != "text"},
            )
            _enter(primitive, (function,))
        return body

    return declare


def text_of(function: Any) -> str:
    """How a function is written in generated source: `np.linalg.solve`, `math.sin`."""
    module = getattr(function, "__module__", None) or "numpy"
    name = getattr(function, "__name__", str(function))
    if module.startswith("numpy.linalg"):
        return f"np.linalg.{name}"
    if module.startswith("numpy.fft"):
        return f"np.fft.{name}"
    if module.startswith("numpy") or type(function).__name__ == "ufunc":
        return f"np.{name}"
    if module in ("builtins", "_operator"):
        return str(name)
    return f"{module.rpartition('.')[2]}.{name}"


def elementwise(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare an elementwise primitive.

    The body returns its partial derivatives, one for each argument (None where there is none); or,
    if it takes `ans_bar`, the contributions to the bars of the arguments, linear in `ans_bar`
    and before the sum over broadcast axes.  `singular=True`: a partial may be infinite, so a bar
    that is exactly zero must contribute zero.
    """
    return _declare("elementwise", functions, **facts)


def linear(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare a primitive that is linear in its first argument; the body is its transpose."""
    return _declare("linear", functions, **facts)


def multilinear(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare a primitive that is linear in each argument; the body has one transpose for each."""
    return _declare("multilinear", functions, **facts)


def mutation(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare an update of an array: `ans = update(x, ...)`.

    The body returns the bar of the array before the update, then those of the other arguments.
    """
    return _declare("mutation", functions, **facts)


def rule(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare a general primitive: the body returns the bars; add the tangent with `forward_of`."""
    return _declare("rule", functions, **facts)


def forward_of(*functions: Any) -> Callable[[Body], Body]:
    """Declare the tangent of general primitives: `(ans, *args, *args_dot)` to `ans_dot`.

    Takes `ans` first if it wants it, then the arguments, then tangents named like `a_dot`.  One
    that has the default None is None where it is zero; any other is an array or number of zeros.
    """

    def declare(body: Body) -> Body:
        for function in functions:
            PRIMITIVES[function] = replace(PRIMITIVES[function], forward=body)
        return body

    return declare


def expand(*functions: Any, **facts: Any) -> Callable[[Body], Body]:
    """Declare a function by its definition in other primitives; it is inlined before anything."""
    return _declare("expand", functions, **facts)


def constant(*functions: Any, **facts: Any) -> None:
    """Declare functions without a derivative (integers, booleans, shapes, fresh constants)."""
    for function in functions:
        primitive = Primitive(
            text=facts.get("text") or text_of(function),
            function=function,
            form="constant",
            **{key: value for key, value in facts.items() if key != "text"},
        )
        _enter(primitive, (function,))


def known(function: Body) -> Body:
    """Declare a helper of rules that is called while lowering, with what is known by then."""
    constant(function, options={"known": True})
    return function


def shape_rule(*functions: Any) -> Callable[[Body], Body]:
    """Declare the symbolic shape of the result of primitives that are already declared."""

    def declare(body: Body) -> Body:
        for function in functions:
            PRIMITIVES[function] = replace(PRIMITIVES[function], shape=body)
        return body

    return declare
