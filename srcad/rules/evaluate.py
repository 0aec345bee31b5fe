"""One rule run by itself under NumPy: what its form promises, without any generated code.

`reverse` and `forward` are to a primitive what a generated adjoint and tangent program are to a
function.  The tests of the rules compare the two with each other and with the primitive.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from srcad.ir.primitives import Primitive
from srcad.runtime.arrays import masked, unbroadcast

Kwargs = dict[str, Any] | None


def reverse(
    primitive: Primitive, ans_bar: Any, ans: Any, args: Sequence[Any], kwargs: Kwargs = None
) -> tuple[Any, ...]:
    """The bars of the positional arguments; None where there is no derivative.

    A bar has the shape and the dtype of its argument, and memory of its own.

    >>> from srcad.rules import table
    >>> from srcad.rules.registry import PRIMITIVES
    >>> reverse(PRIMITIVES[np.multiply], 1.0, 6.0, (2.0, 3.0))
    (3.0, 2.0)
    """
    parts = contributions(primitive, ans_bar, ans, args, kwargs)
    if primitive.form in ("elementwise", "mutation"):
        parts = tuple(_summed(part, arg) for part, arg in zip(parts, args, strict=True))
    return tuple(_fitted(part, arg) for part, arg in zip(parts, args, strict=True))


def contributions(
    primitive: Primitive, ans_bar: Any, ans: Any, args: Sequence[Any], kwargs: Kwargs = None
) -> tuple[Any, ...]:
    """What the body of a rule says about each positional argument, as it says it."""
    # Partials may be infinite, or NaN where an argument that is not asked for has none.
    with np.errstate(all="ignore"):
        return _contributions(primitive, ans_bar, ans, args, kwargs or {})


def _contributions(
    primitive: Primitive, ans_bar: Any, ans: Any, args: Sequence[Any], kwargs: dict[str, Any]
) -> tuple[Any, ...]:
    body = primitive.reverse
    if body is None or primitive.form == "expand":
        if primitive.form == "constant":
            return (None,) * len(args)
        raise LookupError(f"{primitive.text} has no rule of its own: it is {primitive.form}")
    own = [{"ans_bar": ans_bar, "ans": ans}[name] for name in primitive.wants]
    args = _as_arrays(primitive, args)
    if primitive.options.get("variadic"):
        return (_of_items(body, own, args, kwargs, ()), *(None,) * (len(args) - 1))
    given = body(*own, *args, **kwargs)
    # A tuple from a linear rule is the one bar of a tuple of arrays.
    parts = given if isinstance(given, tuple) and primitive.form != "linear" else (given,)
    if primitive.form == "mutation" and primitive.options.get("indexes"):
        parts = (parts[0], None, *parts[1:])  # an index has no bar, and the body leaves it out
    parts = (*parts, *(None,) * len(args))[: len(args)]
    if primitive.form == "elementwise" and "ans_bar" not in primitive.wants:
        parts = tuple(None if part is None else ans_bar * part for part in parts)
    if primitive.singular:
        parts = tuple(None if part is None else masked(ans_bar, part) for part in parts)
    return parts


def forward(
    primitive: Primitive,
    ans: Any,
    args: Sequence[Any],
    kwargs: Kwargs,
    tangents: Sequence[Any],
) -> Any:
    """The tangent of the result; a tangent that is None is zero.

    >>> from srcad.rules import table
    >>> from srcad.rules.registry import PRIMITIVES
    >>> forward(PRIMITIVES[np.multiply], 6.0, (2.0, 3.0), None, (1.0, 0.0))
    3.0
    """
    kwargs = kwargs or {}
    active = [i for i, tangent in enumerate(tangents) if tangent is not None]
    match primitive.form:
        case "elementwise":
            terms = [contributions(primitive, tangents[i], ans, args, kwargs)[i] for i in active]
        case "linear":
            terms = [primitive.function(tangents[0], *args[1:], **kwargs)] if 0 in active else []
        case "multilinear":
            replaced = ([*args[:i], tangents[i], *args[i + 1 :]] for i in active)
            terms = [primitive.function(*operands, **kwargs) for operands in replaced]
        case "mutation":
            operands = [
                arg if not is_active(arg) else np.zeros_like(arg) if dot is None else dot
                for arg, dot in zip(args, tangents, strict=True)
            ]
            terms = [primitive.function(*operands, **kwargs)]
        case "rule":
            terms = [_tangent(primitive, ans, args, kwargs, tangents)]
        case _:
            raise LookupError(f"{primitive.text} has no tangent: it is {primitive.form}")
    total = _zero_of(ans)
    for term in terms:
        if term is not None:
            total = _added(total, term)
    return _fitted(total, ans)


def _tangent(
    primitive: Primitive, ans: Any, args: Sequence[Any], kwargs: dict[str, Any], dots: Sequence[Any]
) -> Any:
    body = primitive.forward
    if body is None:
        raise LookupError(f"{primitive.text} has no forward rule")
    takes = body.__code__.co_varnames[: body.__code__.co_argcount + body.__code__.co_kwonlyargcount]
    named = {}
    for name, arg, dot in zip(primitive.params, args, dots, strict=False):
        if f"{name}_dot" in takes and is_active(arg):
            named[f"{name}_dot"] = _zero_of(arg) if dot is None else dot
    own = (ans,) if takes[0] == "ans" else ()
    return body(*own, *_as_arrays(primitive, args), **kwargs, **named)


def is_active(value: Any) -> bool:
    """Whether a value, or an item of a tuple, can carry a derivative."""
    if isinstance(value, tuple | list):
        return any(is_active(item) for item in value)
    if isinstance(value, float | complex):
        return True
    return isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fc"


def _of_items(
    body: Any, own: list[Any], args: Sequence[Any], kwargs: dict[str, Any], path: tuple[int, ...]
) -> Any:
    """The bars of a nested tuple: the body is asked for one item at a time."""
    item = args[0]
    for index in path:
        item = item[index]
    if isinstance(item, tuple | list):
        return tuple(_of_items(body, own, args, kwargs, (*path, k)) for k in range(len(item)))
    position = path[0] if len(path) == 1 else path
    return body(*own, args[0], position, *args[1:], **kwargs) if is_active(item) else None


def _as_arrays(primitive: Primitive, args: Sequence[Any]) -> Sequence[Any]:
    """The arguments as an elementwise body takes them (numbers) or any other (arrays' methods)."""
    if primitive.form in ("elementwise", "mutation"):
        return args
    return [_as_array(arg) for arg in args]


def _as_array(arg: Any) -> Any:
    if isinstance(arg, tuple):
        return tuple(_as_array(item) for item in arg)
    return np.float64(arg) if type(arg) is float else arg


def _summed(part: Any, arg: Any) -> Any:
    if part is None or not is_active(arg):
        return None
    return unbroadcast(part, np.shape(arg))


def _fitted(part: Any, arg: Any) -> Any:
    """A bar with the type and dtype of its argument, and memory of its own."""
    if isinstance(arg, tuple | list):
        if part is None or not is_active(arg):
            return None
        return tuple(_fitted(p, a) for p, a in zip(part, arg, strict=True))
    if not is_active(arg):
        return None
    if part is None:
        part = _zero_of(arg)
    if np.iscomplexobj(part) and not np.iscomplexobj(arg):
        part = np.real(part)
    if isinstance(arg, np.ndarray):
        part = np.broadcast_to(part, arg.shape) if np.ndim(part) == 0 else part
        return np.array(part, dtype=arg.dtype)
    return type(arg)(part)


def _zero_of(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return tuple(_zero_of(item) for item in value)
    return np.zeros_like(value) if isinstance(value, np.ndarray) else type(value)(0)


def _added(left: Any, right: Any) -> Any:
    if isinstance(left, tuple):
        return tuple(_added(a, b) for a, b in zip(left, right, strict=True))
    return left + right
