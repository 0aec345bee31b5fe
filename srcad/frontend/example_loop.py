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
    """Something that the loop hands out, from what the function returns for each example.

    Args:
        name: what the text calls it.
        axis: where the axis of the examples goes; None if it is the same for all of them.
        start: what it is the sum of beside the examples; None if it is no sum.
    """

    name: str
    axis: int | None = None
    start: Value | None = None

    @property
    def is_same(self) -> bool:
        """Whether all examples give the same."""
        return self.axis is None and self.start is None

    def gathered(self, one: str) -> str:
        """The statement that adds an example to it."""
        return f"{self.name}.append({one})" if self.start is None else f"{self.name} += {one}"


def text_of(
    name: str,
    leaves: Sequence[Leaf],
    size: int | None,
    results: Sequence[Result],
    counted: bool = False,
) -> str:
    """The function that calls `name` for each example.

    Args:
        name: what the function of one example is called.
        leaves: its arguments.
        size: the number of examples, if no argument tells it.
        results: what it returns.
        counted: whether it is given the number of the example, too.
    """
    sums = [result.name for result in results if result.start is not None]
    given = ", ".join([name, *(leaf.name for leaf in leaves), *sums])
    call = f"{name}({', '.join([*map(_read, leaves), *['k'] * counted])})"
    gathered = [result for result in results if not result.is_same]
    lines = [f"def mapped_{name}({given}):"]
    lines += [f"    {result.name} = []" for result in gathered if result.start is None]
    lines.append(f"    for k in range({_length(leaves, size)}):")
    if len(results) == len(gathered) == 1:
        lines.append(f"        {results[0].gathered(call)}")
    elif results:
        each = (f"{r.name}_k" if r in gathered else r.name for r in results)
        lines.append(f"        {', '.join(each)} = {call}")
        lines += [f"        {result.gathered(f'{result.name}_k')}" for result in gathered]
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
