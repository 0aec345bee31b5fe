"""Texts that a program makes of its values: the f-strings of messages and of keys of dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gast

from srcad.frontend import calls, control, expressions, objects
from srcad.frontend.values import Ref, Sequence, Static, Text, Value
from srcad.ir.nodes import Const, Operand

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

PLAIN = (bool, int, float, complex, str, type(None))
CONVERSIONS: dict[str, Any] = {"": lambda value: value, "s": str, "r": repr, "a": ascii}


def text(ctx: Lowering, node: gast.JoinedStr) -> Value:
    """An f-string: known now if all its parts are."""
    parts: list[Operand] = []
    known: list[str] = []
    for piece in node.values:
        if not isinstance(piece, gast.FormattedValue):
            parts.append(Const(piece.value))
            known.append(piece.value)
            continue
        spec = ""
        if piece.format_spec is not None:
            if not all(isinstance(p, gast.Constant) for p in piece.format_spec.values):
                ctx.refuse("a computed format cannot be differentiated", node)
            spec = "".join(p.value for p in piece.format_spec.values)
        shown = expressions.operand(ctx, expressions.evaluate(ctx, piece.value), piece)
        conversion = chr(piece.conversion) if piece.conversion > 0 else ""
        parts.append((shown, Const(conversion), Const(spec)))
        if isinstance(shown, Const) and isinstance(shown.value, PLAIN):
            value = CONVERSIONS[conversion](shown.value)
            try:
                known.append(format(value, spec))
            except ValueError as error:
                return control.fail(ctx, error)
    if len(known) == len(parts):
        return Static("".join(known))
    return Text(ctx.builder.emit(calls.TEXT, *parts))


def method(
    ctx: Lowering, function: Any, args: list[Value], kwargs: dict[str, Value], node: gast.AST
) -> Value:
    """`text.lower()`, `text.split(",")`: methods of a text that is known."""
    given = [objects.static(ctx, arg, node) for arg in args]
    named = {key: objects.static(ctx, value, node) for key, value in kwargs.items()}
    try:
        found = function(*given, **named)
    except Exception as error:
        return control.fail(ctx, error)
    if isinstance(found, list):
        return Ref(ctx.heap(Sequence(tuple(map(expressions.literal, found)))))
    return expressions.literal(found)
