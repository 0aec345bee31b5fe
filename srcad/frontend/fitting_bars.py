"""Cotangents and tangents that a rule of the user's returns: they must fit what they are of."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence as Many
from typing import TYPE_CHECKING, Any, NoReturn

from srcad.errors import CotangentError, TangentError
from srcad.frontend import expressions, objects, outside, value_trees
from srcad.frontend.builder import operand_shape
from srcad.frontend.values import (
    Array,
    Items,
    Number,
    Ref,
    Value,
    is_none,
)
from srcad.ir.nodes import Atom, Const, Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Pairs = list[tuple[Number | Array, Atom]]


def fitted(
    ctx: Lowering, arguments: Many[Value], names: Many[str], answer: Value, whose: str
) -> Pairs:
    """The numbers and arrays among the arguments that have a cotangent, and it.

    Args:
        ctx: the lowering; the line being worked on is where the rule returns.
        arguments: what the rule was given.
        names: their names.
        answer: what it returned.
        whose: what the rule is called in messages.

    Raises:
        CotangentError: if it does not fit.
    """
    answer = outside.resolve(ctx, answer)
    found = objects.try_iterate(ctx, answer, None) if isinstance(answer, Items | Ref) else None
    if found is None or len(found) != len(arguments):
        what = objects.describe(ctx, answer)
        what = what if found is None else f"{what} of {len(found)}"
        ctx.refuse(
            f"the {whose} returns {what}, and not a tuple of {len(arguments)}",
            None,
            f"return a cotangent for each of: {', '.join(names)}",
            CotangentError,
        )
    return [
        pair
        for name, argument, bar in zip(names, arguments, found, strict=True)
        for pair in pairs(ctx, argument, bar, name, f"cotangent that the {whose}")
    ]


def pairs(ctx: Lowering, given: Value, answer: Value, name: str, what: str) -> Pairs:
    """The leaves of a tree, each with the leaf of the other that stands for it.

    Args:
        ctx: the lowering; the line being worked on is where the rule returns.
        given: the tree.
        answer: the other; where it has None, it is zero.
        name: what the tree is called.
        what: what the other is.

    Raises:
        CotangentError: if it does not fit.
    """
    return list(_pairs(ctx, given, answer, name, what))


def _pairs(
    ctx: Lowering, argument: Value, bar: Value, name: str, what: str
) -> Iterator[tuple[Number | Array, Atom]]:
    argument, bar = outside.resolve(ctx, argument), outside.resolve(ctx, bar)
    if is_none(bar):
        return
    if isinstance(argument, Number | Array):
        if argument.kind.is_inexact:
            yield argument, _leaf(ctx, argument, bar, name, what)
        return
    one, other = value_trees.parts(ctx, argument), value_trees.parts(ctx, bar)
    if one is None:
        return
    if other is None or one[0] != other[0] or one[1].keys() != other[1].keys():
        _refuse(ctx, argument, bar, name, what)
    for key, part in one[1].items():
        yield from _pairs(ctx, part, other[1][key], f"{name}{_step(one[0], key)}", what)


def _step(kind: Any, key: Any) -> str:
    return f".{key}" if isinstance(kind, type) and kind is not tuple else f"[{key!r}]"


def _leaf(ctx: Lowering, argument: Number | Array, bar: Value, name: str, what: str) -> Atom:
    if not isinstance(bar, Number | Array) or not (bar.kind.is_inexact or bar.kind.is_integral):
        _refuse(ctx, argument, bar, name, what)
    held, made = expressions.operand(ctx, argument), expressions.operand(ctx, bar)
    assert isinstance(made, Var | Const)
    one, other = operand_shape(held), operand_shape(made)
    fits = len(one) == len(other) and (argument.kind.is_complex or not bar.kind.is_complex)
    if not fits or not all(ctx.sizes.equal(a, b) for a, b in zip(one, other, strict=True)):
        _refuse(ctx, argument, bar, name, what)
    return made


def _refuse(ctx: Lowering, argument: Value, bar: Value, name: str, what: str) -> NoReturn:
    ctx.refuse(
        f"the {what} returns for `{name}` does not fit: {_shown(ctx, bar)} for "
        f"{_shown(ctx, argument)}",
        None,
        f"return one like `{name}`: of its structure and shape, or None where it is zero",
        TangentError if what.startswith("tangent") else CotangentError,
    )


def _shown(ctx: Lowering, value: Value) -> str:
    if not isinstance(value, Array):
        return objects.describe(ctx, value)
    atom = expressions.operand(ctx, value)
    assert isinstance(atom, Var)
    lengths = [ctx.sizes.hint(dim) for dim in atom.shape]
    text = ", ".join("?" if length is None else str(length) for length in lengths)
    return f"a {value.kind.dtype} array of shape ({text}{',' if len(lengths) == 1 else ''})"
