"""The loop that a mapped function is, as text.

def mapped_loss(loss, w, x, y):
    out = []
    for k in range(len(x)):
        out.append(loss(w, x[k], y[k]))
    return np.stack(out)
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gast
import numpy as np

from srcad.frontend import calls
from srcad.frontend.source import Source
from srcad.frontend.values import Closure, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

RESERVED = frozenset({"k", "np", "len", "range"})
"""Names that the text has a use for itself."""

_SCOPE = types.FunctionType((lambda: None).__code__, {"np": np, "__name__": __name__})
"""Has the globals of the text."""


@dataclass(frozen=True, eq=False)
class Leaf:
    """Something that the loop is given: what the text calls it, and which axis is mapped."""

    name: str
    value: Value
    axis: int | None = None


@dataclass(frozen=True)
class Result:
    """Something that the loop hands out: its name, and where the axis of the examples goes."""

    name: str
    axis: int | None


def text_of(name: str, leaves: Sequence[Leaf], size: int | None, results: Sequence[Result]) -> str:
    """The function that calls `name` for each example.

    Args:
        name: what the function of one example is called.
        leaves: its arguments.
        size: the number of examples, if no argument tells it.
        results: what it returns; those without an axis are the same for all examples.
    """
    given = ", ".join([name, *(leaf.name for leaf in leaves)])
    call = f"{name}({', '.join(map(_read, leaves))})"
    stacked = [result for result in results if result.axis is not None]
    lines = [f"def mapped_{name}({given}):"]
    lines += [f"    {result.name} = []" for result in stacked]
    lines.append(f"    for k in range({_length(leaves, size)}):")
    if len(results) == len(stacked) == 1:
        lines.append(f"        {results[0].name}.append({call})")
    elif results:
        each = (r.name if r.axis is None else f"{r.name}_k" for r in results)
        lines.append(f"        {', '.join(each)} = {call}")
        lines += [f"        {result.name}.append({result.name}_k)" for result in stacked]
    else:
        lines.append(f"        {call}")
    lines.append(f"    return {', '.join(map(_whole, results))}".rstrip())
    return "\n".join(lines) + "\n"


def _read(leaf: Leaf) -> str:
    if leaf.axis is None:
        return leaf.name
    return f"{leaf.name}[{':, ' * leaf.axis}k]"


def _whole(result: Result) -> str:
    if result.axis is None:
        return result.name
    return f"np.stack({result.name}, {result.axis})" if result.axis else f"np.stack({result.name})"


def _length(leaves: Sequence[Leaf], size: int | None) -> str:
    for leaf in leaves:
        if leaf.axis is not None:
            return f"{leaf.name}.shape[{leaf.axis}]" if leaf.axis else f"len({leaf.name})"
    return str(size)


def inlined(ctx: Lowering, text: str, args: list[Value], node: gast.AST) -> Value:
    """Call the function of a text. Where a line of the user's calls it, that is the line of all."""
    is_called = hasattr(node, "lineno")
    key = (len(ctx.frames), text, "mapped")
    if key not in ctx.written_out:
        made: gast.FunctionDef = gast.parse(text).body[0]
        for part in gast.walk(made) if is_called else ():
            gast.copy_location(part, node)
        ctx.written_out[key] = made
    function = ctx.written_out[key]
    outer = ctx.frame.source
    source = (
        Source(function.name, outer.file, outer.path, function, outer.lines)
        if is_called
        else Source(function.name, "vmap", "<vmap>", function, tuple(text.splitlines()))
    )
    callee = Closure(source, (), (), _SCOPE, (("object", _SCOPE),))
    return calls.inline(ctx, callee, args, {}, node)


def unused(name: str, used: set[str]) -> str:
    """A name that is not used yet; from now on it is."""
    while name in used:
        name += "_"
    used.add(name)
    return name


def identifier(path: str) -> str:
    """An expression as an identifier.

    >>> identifier("params['w'][0]")
    'params_w_0'
    """
    return "_".join("".join(c if c.isalnum() else " " for c in path).split())
