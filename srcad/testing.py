"""Derivatives against differences, for tests: of srcad's, and of what users wrote themselves.

The functions take the derivative that they check as a function, so that a rule or an adjoint
written by hand can be checked as well as what srcad makes of a program.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, TypeAlias, cast

import numpy as np

from srcad.check import Call, compare
from srcad.cotangents import FLOAT0, leaf_type
from srcad.directions import copied, epsilon, moved, random_cotangents, random_directions, wide
from srcad.errors import ArgumentError, CheckWarning, GradientMismatch
from srcad.pullback import numeric, pull
from srcad.pushforward import push
from srcad.target import Function, Target, primal_names
from srcad.trees import Tree, children, difference, unflatten
from srcad.trees import flatten as flattened

__all__ = ["check_grads", "check_jvp", "check_vjp", "taylor_test"]

Derivative: TypeAlias = Callable[..., Any]
"""What returns a value and a pullback, or a value and a tangent."""

MODES = ("fwd", "rev")

_YOURS = "derivative is wrong"


def check_grads(
    f: Function, args: Sequence[object], order: int = 1, modes: Sequence[str] = MODES
) -> None:
    """Compare the derivatives of a function with differences, along a direction drawn at random.

    Args:
        f: the function; as for `srcad.vjp`.
        args: its positional arguments, a tuple or list.
        order: the order of the derivatives; only 1 in this version.
        modes: which modes: "fwd" for `jvp`, "rev" for `vjp`.

    Raises:
        GradientMismatch: where a derivative is not the slope of the function.
        ArgumentError: for another order or mode, and for arguments that cannot be differentiated
            by.

    Warns:
        CheckWarning: where differences cannot tell, as at a kink.

    >>> check_grads(lambda x, y: x * np.sin(y), (2.0, np.linspace(0.0, 1.0, 3)))
    """
    if order != 1:
        raise ArgumentError(
            f"check_grads checks derivatives of order 1, not {order!r}",
            hint="give it the gradient as the function, if srcad can differentiate that",
        )
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown or isinstance(modes, str):
        raise ArgumentError(f"there are no modes {modes!r}", hint=f"choose from {MODES}")
    target = Target.of(f)
    if "fwd" in modes:
        check_jvp(f, partial(push, target, has_aux=False), args)
    if "rev" in modes:
        check_vjp(f, lambda *primals: pull(target, primals, False), args)


def check_vjp(f: Function, f_vjp: Derivative, args: Sequence[object]) -> None:
    """Compare a pullback with differences of the function.

    Args:
        f: the function.
        f_vjp: takes the arguments of `f`, and returns its value and the function that pulls a
            cotangent of that back to a tuple of cotangents of the arguments: such as
            `functools.partial(srcad.vjp, f)`.
        args: the arguments, a tuple or list.

    Raises:
        GradientMismatch: where the cotangents do not have the form of the arguments, where the
            value is not that of the function, and where the pullback is not the transpose of the
            function's derivative.

    Warns:
        CheckWarning: where differences cannot tell.

    >>> check_vjp(np.sin, lambda x: (np.sin(x), lambda bar: (bar * np.cos(x),)), (0.5,))
    >>> check_vjp(np.sin, lambda x: (np.sin(x), lambda bar: (bar * np.sin(x),)), (0.5,))
    Traceback (most recent call last):
    srcad.errors.GradientMismatch: the pullback of `sin` is not the slope of the function ...
    """
    target, leaves, structure = _taken(f, args)
    out, pullback = f_vjp(*_given(leaves, structure))
    values, out_structure = _flat(out)
    name = f"the pullback of `{target.name}`"
    _check_value(name, target, leaves, structure, out)
    cotangents = random_cotangents(values)
    bars, bar_structure = _flat(pullback(_with_zeros(out_structure, values, cotangents)))
    primals = children(structure)[0]
    if bar_structure != primals:
        place, expected, got = difference(primals, bar_structure, "bars")
        raise GradientMismatch(f"{name} returns another tree: {got} at `{place}`, not {expected}")
    names = primal_names(target.function, structure)
    for leaf, bar, at in zip(leaves, bars, names, strict=True):
        if leaf_type(leaf).differentiable and np.shape(bar) != np.shape(leaf):
            raise GradientMismatch(
                f"{name} returns a cotangent of shape {np.shape(bar)} for `{at}`, which has"
                f" {np.shape(leaf)}"
            )
    chosen = [i for i, leaf in enumerate(leaves) if leaf_type(leaf).differentiable]
    gradients = [bars[i] for i in chosen]
    call = Call(target.function, leaves, structure, False, chosen, gradients, cotangents)
    _tell(compare(name, names, call, _YOURS))


def check_jvp(f: Function, f_jvp: Derivative, args: Sequence[object]) -> None:
    """Compare a pushforward with differences of the function.

    Args:
        f: the function.
        f_jvp: takes a tuple of arguments and a tuple of their tangents, and returns the value of
            `f` and its tangent: such as `functools.partial(srcad.jvp, f)`.
        args: the arguments, a tuple or list.

    Raises:
        GradientMismatch: where the tangent does not have the form of the value, where the value is
            not that of the function, and where the tangent is not its slope.

    Warns:
        CheckWarning: where differences cannot tell.

    >>> check_jvp(np.sin, lambda x, dx: (np.sin(x[0]), np.cos(x[0]) * dx[0]), (0.5,))
    """
    target, leaves, structure = _taken(f, args)
    name = f"the tangent of `{target.name}`"
    directions = random_directions(leaves)
    out, dot = _pushed(f_jvp, leaves, structure, directions)
    _check_value(name, target, leaves, structure, out)
    values, out_structure = _flat(out)
    dots, dot_structure = _flat(dot)
    if dot_structure != out_structure:
        place, expected, got = difference(out_structure, dot_structure, "out")
        raise GradientMismatch(f"{name} is another tree: {got} at `{place}`, not {expected}")
    cotangents = random_cotangents(values)
    slope = 0.0
    for value, moving, cotangent in zip(values, dots, cotangents, strict=True):
        if cotangent is not None:
            if np.shape(moving) != np.shape(value):
                raise GradientMismatch(
                    f"{name} has shape {np.shape(moving)} where the value has {np.shape(value)}"
                )
            slope += float(np.sum(wide(cotangent) * wide(moving)).real)

    def along(step: float) -> Any:
        return target.function(*_moved(leaves, structure, directions, step))

    # A function of one number: how far to go along the direction.
    line = _flat(((0.0,), {}))[1]
    call = Call(along, [0.0], line, False, [0], [slope], cotangents)
    names = primal_names(target.function, structure)
    moving = [at for at, d in zip(names, directions, strict=True) if d is not None]
    _tell(compare(name, [", ".join(moving)], call, _YOURS))


def taylor_test(
    f: Function,
    args: Sequence[object],
    f_jvp: Derivative | None = None,
    ax: Any = None,
) -> tuple[float, ...]:
    """Print how fast the remainders of the Taylor series of a function shrink with the step.

    Along a direction d drawn at random, `f(x + h d) - f(x)` shrinks as fast as h, slope 1, and
    `f(x + h d) - f(x) - h f'(x) d` as fast as its square, slope 2, if the derivative is right. A
    slope of 1 there is that of a wrong derivative.

    Args:
        f: the function.
        args: its arguments, a tuple or list.
        f_jvp: the derivative to test, as for `check_jvp`; srcad's own if it is left out.
        ax: axes of Matplotlib to draw the remainders into; None to draw nothing.

    Returns:
        The slopes of the second kind, one for each step that was halved. Those of remainders that
        are no more than rounding are left out: there are none at all where `f` is linear.

    >>> slopes = taylor_test(np.sin, (0.5,))
            step    remainder  slope    of order 1  slope
        1.25e-01     4.95e-02             7.15e-04
        6.25e-02     2.46e-02   1.01      1.82e-04   1.97
        3.12e-02     1.22e-02   1.01      4.59e-05   1.99
    ...
    >>> round(slopes[-1], 1)
    2.0
    """
    target, leaves, structure = _taken(f, args)
    directions = random_directions(leaves)
    given = partial(push, target, has_aux=False) if f_jvp is None else f_jvp
    out, dot = _pushed(given, leaves, structure, directions)
    here, there = _doubles(out), _doubles(dot)
    noise = 8.0 * epsilon([*leaves, *_flat(out)[0]]) * _norm(here)
    steps = [0.5**k for k in range(3, 13)]
    first, second = [], []
    for step in steps:
        moved_out = _doubles(target.function(*_moved(leaves, structure, directions, step)))
        first.append(_norm([a - b for a, b in zip(moved_out, here, strict=True)]))
        rest = zip(moved_out, here, there, strict=True)
        second.append(_norm([a - b - step * c for a, b, c in rest]))
    print(_table(steps, first, second, noise))  # noqa: T201  what it is for
    if ax is not None:
        _draw(ax, steps, first, second)
    return tuple(slope for slope in _slopes(second, noise) if slope is not None)


def _taken(f: Function, args: Sequence[object]) -> tuple[Target, list[Any], Tree]:
    """The function, and the leaves of its arguments, all of them numeric."""
    if not isinstance(args, tuple | list):
        raise ArgumentError(
            f"the arguments must be a tuple or a list; found {type(args).__name__}",
            hint="also of one argument: (x,)",
        )
    target = Target.of(f)
    leaves, structure = _flat((tuple(args), {}))
    numeric(target, leaves, structure)
    return target, leaves, structure


def _given(leaves: Sequence[Any], structure: Tree) -> tuple[object, ...]:
    """Arguments of their own, as a function may write to them."""
    args, _ = cast(tuple[Any, Any], unflatten(structure, list(map(copied, leaves))))
    return tuple(args)


def _moved(
    leaves: Sequence[Any],
    structure: Tree,
    directions: Sequence[np.ndarray | None],
    step: float,
) -> tuple[object, ...]:
    """The arguments a step along a direction."""
    there = [
        leaf if direction is None else moved(leaf, step * direction)[0]
        for leaf, direction in zip(leaves, directions, strict=True)
    ]
    return _given(there, structure)


def _pushed(
    f_jvp: Derivative,
    leaves: Sequence[Any],
    structure: Tree,
    directions: Sequence[np.ndarray | None],
) -> tuple[Any, Any]:
    """The value and the tangent along a direction."""
    tangents = [
        np.zeros(np.shape(leaf), kind.dtype if kind.differentiable else FLOAT0)
        if direction is None
        else _like(leaf, direction)
        for leaf, kind, direction in zip(leaves, map(leaf_type, leaves), directions, strict=True)
    ]
    out, dot = f_jvp(_given(leaves, structure), _given(tangents, structure))
    return out, dot


def _like(leaf: Any, direction: np.ndarray) -> object:
    """A direction as a number or an array of the kind of a leaf."""
    if isinstance(leaf, np.ndarray):
        return direction.astype(leaf.dtype)
    return type(leaf)(direction[()])


def _with_zeros(structure: Tree, values: Sequence[Any], cotangents: Sequence[Any]) -> object:
    """A tree of cotangents, with zeros of no bytes for integers."""
    return unflatten(
        structure,
        [
            np.zeros(np.shape(value), FLOAT0) if cotangent is None else cotangent
            for value, cotangent in zip(values, cotangents, strict=True)
        ],
    )


def _check_value(name: str, target: Target, leaves: Sequence[Any], tree: Tree, out: object) -> None:
    """Raise if what comes with a derivative is not the value of the function."""
    with np.errstate(all="ignore"):
        values, expected = _flat(target.function(*_given(leaves, tree)))
    found, structure = _flat(out)
    close = epsilon([*leaves, *values]) ** 0.5
    if structure != expected or not all(
        np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=close, atol=close, equal_nan=True)
        for a, b in zip(found, values, strict=True)
    ):
        raise GradientMismatch(f"{name} comes with {out!r}, which is not the function's value")


def _flat(tree: object) -> tuple[list[Any], Tree]:
    leaves, structure = flattened(tree)
    return list(leaves), structure


def _tell(unsure: str) -> None:
    if unsure:
        warnings.warn(unsure, CheckWarning, stacklevel=3)


def _doubles(tree: object) -> list[np.ndarray]:
    """The leaves of a tree that carry derivatives."""
    return [wide(leaf) for leaf in _flat(tree)[0] if np.asarray(leaf).dtype.kind in "fc"]


def _norm(leaves: Sequence[np.ndarray]) -> float:
    return math.sqrt(sum(float(np.sum(np.abs(leaf) ** 2)) for leaf in leaves))


def _slopes(remainders: Sequence[float], noise: float) -> list[float | None]:
    """How fast remainders shrink from step to step, in powers of the step."""
    pairs = pairwise(remainders)
    return [None if min(a, b) <= noise else math.log2(a / b) for a, b in pairs]  # nan is nan


def _table(
    steps: Sequence[float], first: Sequence[float], second: Sequence[float], noise: float
) -> str:
    rows = ["        step    remainder  slope    of order 1  slope"]
    columns = ([None, *_slopes(first, noise)], [None, *_slopes(second, noise)])
    for step, a, b, *slopes in zip(steps, first, second, *columns, strict=True):
        one, two = ("     " if slope is None else f"{slope:5.2f}" for slope in slopes)
        rows.append(f"    {step:8.2e}     {a:8.2e}  {one}      {b:8.2e}  {two}".rstrip())
    return "\n".join(rows)


def _draw(ax: Any, steps: Sequence[float], first: Sequence[float], second: Sequence[float]) -> None:
    """Draw remainders over steps, with lines of the slopes that they should have."""
    for label, remainders, power in (
        ("f(x + h d) - f(x)", first, 1),
        ("less h f'(x) d", second, 2),
    ):
        (drawn,) = ax.loglog(steps, remainders, "o", label=label)
        ideal = [remainders[0] * (step / steps[0]) ** power for step in steps]
        ax.loglog(steps, ideal, "--", color=drawn.get_color(), label=f"slope {power}")
    ax.set_xlabel("step h")
    ax.set_ylabel("remainder")
    ax.legend()
