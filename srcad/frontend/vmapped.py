"""Mapped functions: `vmap(f)` in a program, and calls of what it returns, in it or outside."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import gast

from srcad.axes import checked
from srcad.errors import ArgumentError
from srcad.frontend import calls, control, examples, objects, skeletons
from srcad.frontend.example_names import run_mapped
from srcad.frontend.values import Foreign, Partial, Path, Static, Value
from srcad.mapped import Mapped, vmap

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]


def call_object(
    ctx: Lowering, mapped: Mapped, path: Path, args: Args, kwargs: Kwargs, node: gast.AST
) -> Value:
    """Call a mapped function that was made outside of the program."""
    if path:
        ctx.fix(Foreign(mapped.key, (*path, ("attr", "key"))))
    inner = calls.reached(ctx, mapped.inner, (*path, ("attr", "inner")))
    return examples.run(ctx, inner, mapped.axes, args, kwargs, node)


def _vmap(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`vmap(f, in_axes, ...)`."""
    try:
        bound = inspect.signature(vmap).bind(*args, **kwargs)
    except TypeError as error:
        return control.fail(ctx, error)
    bound.apply_defaults()
    function, *others = bound.arguments.values()
    try:
        axes = checked(*(_plain(ctx, value, node) for value in others))
    except ArgumentError as error:
        examples.refuse(ctx, error, node)
    return Partial(Static(run_mapped), (function, Static(axes)), ())


def _plain(ctx: Lowering, value: Any, node: gast.AST) -> Any:
    """The Python object that axes, a name or a size is."""
    if value is None or isinstance(value, int):
        return value  # a default
    found: list[Value] = []
    tree = skeletons.apart(ctx, value, found)
    return skeletons.filled(tree, [objects.static(ctx, leaf, node) for leaf in found])


def _run_mapped(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    function, axes, *others = args
    assert isinstance(axes, Static)
    return examples.run(ctx, function, axes.value, others, kwargs, node)


HANDLERS: dict[Any, Any] = {vmap: _vmap, run_mapped: _run_mapped, **examples.HANDLERS}
