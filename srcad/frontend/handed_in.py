"""The arguments of what is differentiated, as values."""

from __future__ import annotations

import dataclasses
from collections import defaultdict, deque
from typing import TYPE_CHECKING, Any

import numpy as np

from srcad.frontend import memory, outside
from srcad.frontend.values import (
    Deque,
    Items,
    Mapping,
    Number,
    Record,
    Ref,
    Sequence,
    Static,
    Value,
)
from srcad.ir.nodes import Var

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering


@dataclasses.dataclass(frozen=True)
class Leaf:
    """Stands for leaf number `index` of the arguments while their containers are taken apart."""

    value: object
    index: int


def from_python(ctx: Lowering, value: Any, hint: str, params: dict[int, Var]) -> Value:
    """The abstract value of an argument; its leaves become parameters, by identity of the leaf."""
    if isinstance(value, Leaf):
        content = value.value
        if not outside.is_number(content) and not isinstance(content, np.ndarray):
            return outside.wrap(ctx, content, (("leaf", value.index),))
        var = params[id(value)] = ctx.parameter(hint, content)
        return memory.new_array(ctx, var) if var.kind.is_array else Number(var, var.kind)
    if isinstance(value, tuple):
        names = getattr(type(value), "_fields", None) or range(len(value))
        items = (
            from_python(ctx, item, _join(hint, name, params), params)
            for name, item in zip(names, value, strict=True)
        )
        return Items(tuple(items), type(value))
    if isinstance(value, list | deque):
        items = (
            from_python(ctx, item, _join(hint, i, params), params) for i, item in enumerate(value)
        )
        bounded = Deque(value.maxlen) if isinstance(value, deque) else None
        return Ref(ctx.heap(Sequence(tuple(items), bounded)))
    if isinstance(value, dict):
        pairs = (
            (key, from_python(ctx, v, _join(hint, key, params), params)) for key, v in value.items()
        )
        factory = value.default_factory if isinstance(value, defaultdict) else None
        made = None if factory is None else outside.wrap(ctx, factory, (("object", factory),))
        return Ref(ctx.heap(Mapping(tuple(pairs), made, type(value))))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = tuple(
            (
                field.name,
                from_python(
                    ctx, getattr(value, field.name), _join(hint, field.name, params), params
                ),
            )
            for field in dataclasses.fields(value)
        )
        return Ref(ctx.heap(Record(type(value), fields)))
    return Static(value)


def _join(hint: str, part: object, params: dict[int, Var]) -> str:
    """The name of a part: its own where it has one that no other part has."""
    text = str(part)
    if text.isidentifier() and all(var.hint != text for var in params.values()):
        return text
    return f"{hint}_{text}" if text.replace("_", "").isalnum() else hint
