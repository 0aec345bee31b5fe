"""The loop-level module of a derivative."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

from srcad.analyses.sizes import Sizes
from srcad.emit import naming
from srcad.emit.buffers import plan
from srcad.emit.definite import definite
from srcad.emit.folding import fold
from srcad.emit.generated import header, input_names, seed_names
from srcad.emit.liveness import live_sets
from srcad.emit.memory import memory
from srcad.emit.module import Text, apart, joined, scipy_imports, stacks, tape_positions, tupled
from srcad.emit.renewed import renewed
from srcad.frontend.builder import Builder
from srcad.ir.nodes import Function, Let, Var
from srcad.ir.walk import statements
from srcad.loops.ahead import ahead, tapes
from srcad.loops.chains import shorten
from srcad.loops.clearing import clear_ahead
from srcad.loops.columns import by_columns
from srcad.loops.rotate import rotate
from srcad.loops.together import together
from srcad.loops.writer import LoopExpressions, LoopWriter
from srcad.runtime import arrays, compiled
from srcad.runtime.vector_math import NAMES
from srcad.transforms.derivative import Derivative
from srcad.transforms.marks import compiled_form

CHECKS: dict[str, Any] = {"clear_float_errors": print, "check_float_errors": print}


def loop_module(derivative: Derivative) -> str:
    """Write the module that Numba compiles.

    Raises:
        Unsupported: if the program has no loop level yet.
    """
    derivative = replace(
        derivative, fwd=compiled_form(derivative.fwd), bwd=compiled_form(derivative.bwd)
    )
    outputs = len(derivative.primal.body.results)
    name = derivative.program.function.name
    sizes = derivative.program.sizes
    builder = Builder(sizes, known=derivative.program.known)

    def results(parts: list[str]) -> str:
        head = parts[:outputs]
        value = head[0] if len(head) == 1 else tupled(head) if head else "()"
        return f"{value}, {tupled(parts[outputs:])}"

    doc = f"`{name}`, also returning what `{name}_bwd` needs."
    forward = shorten(derivative.fwd, builder)
    fwd = loop_text(forward, sizes, builder, doc, results, None, checked=True)
    seeds = seed_names(derivative.bwd.params[derivative.saved :])
    doc = f"Pull {seeds} back to {input_names(derivative)}."
    bwd = loop_text(
        ahead(rotate(clear_ahead(derivative.bwd, builder), builder), tapes(derivative), builder),
        sizes,
        builder,
        doc,
        joined,
        derivative.saved,
        checked=False,
    )
    texts = [by_columns(fwd, saves=True), by_columns(bwd, saves=False)]
    result = derivative.primal.body.results[0] if outputs == 1 else None
    number = isinstance(result, Var) and not result.kind.rank and not result.kind.is_complex
    single = number and len(derivative.seeded) == 1
    if single:
        texts.append(_fused(derivative, builder, texts) or _both(derivative, name))
    return module_source(header(derivative), texts)


def _fused(derivative: Derivative, builder: Builder, apart: list[Text]) -> Text | None:
    """Value and gradient in one function; None if that saves no loop."""
    function = together(derivative)
    if function is None:
        return None
    doc = f"`{derivative.program.function.name}` and its gradient."
    parts: list[str] = []

    def noted(texts: list[str]) -> str:
        parts[:] = texts
        return ""

    text = loop_text(function, derivative.program.sizes, builder, doc, noted, None, checked=True)
    if _loops(text) >= sum(map(_loops, apart)):
        return None
    head, body = text.lines[:2], list(text.lines[2:-1])
    value, *bars = parts
    if not value.isidentifier():
        words = {word for line in text.lines for word in re.findall(r"\w+", line)}
        name = next(name for i in count() if (name := f"out{i or ''}") not in words)
        body.append(f"    {name} = {value}")  # whose errors count
        value = name
    gradient = bars[0] if len(bars) == 1 else tupled(bars)
    body = ["    clear_float_errors()", *body, "    check_float_errors()"]
    lines = (*head, *body, f"    return {value}, {gradient}")
    return replace(text, lines=lines, called={**text.called, **CHECKS})


def _loops(text: Text) -> int:
    return sum(line.lstrip().startswith("for ") for line in text.lines)


def _both(derivative: Derivative, name: str) -> Text:
    names = [f"x{i}" for i in range(len(derivative.primal.params))]
    result = derivative.primal.body.results[0]
    assert isinstance(result, Var)
    seed = "1.0" if result.kind.dtype == "float64" else f"np.{result.kind.dtype}(1.0)"
    lines = (
        f"def {name}_value_and_grad({', '.join(names)}):",
        f'    """`{name}` and its gradient."""',
        "    clear_float_errors()",
        f"    out, saved = {name}_fwd({', '.join(names)})",
        "    check_float_errors()",
        f"    return out, {name}_bwd(saved, {seed})",
    )
    return Text(f"{name}_value_and_grad", lines, CHECKS, {})


def loop_text(
    function: Function,
    sizes: Sizes,
    builder: Builder,
    doc: str,
    results: Any,
    unpacked: int | None,
    checked: bool,
) -> Text:
    """Write one function at the loop level."""
    write = partial(_written, function, sizes, builder, doc, results, unpacked, checked)
    return apart(function.name, write)


def _written(
    function: Function,
    sizes: Sizes,
    builder: Builder,
    doc: str,
    results: Any,
    unpacked: int | None,
    checked: bool,
    reserved: frozenset[str],
) -> Text:
    kept = reserved | set(CHECKS)
    while True:
        folding = fold(function, views=True)
        relive = partial(live_sets, function, folding)
        buffers = plan(function, folding, relive(), sizes, relive)
        fresh = renewed(function, buffers, sizes)
        if fresh is not function:
            function = fresh
            continue
        live = relive()
        names = naming.choose(function, folding, live, buffers, kept, typed=True)
        sure = definite(function, names.of)
        if sure is function:
            break
        function = sure
    expressions = LoopExpressions(names.of, folding)
    writer = LoopWriter(
        expressions,
        folding,
        buffers,
        names.of,
        unpacked is not None,
        sizes=sizes,
        live=live,
        builder=builder,
        checked=checked,
    )
    expressions.writer = writer
    writer.taken = set(names.of.values()) | kept | {"saved"}
    writer.memory = memory(function, buffers)
    writer.dense = _dense(function)
    handed = [
        frozenset(folding.open(result)) if isinstance(result, Var) else frozenset()
        for result in function.body.results
    ]
    writer.handed = frozenset().union(*handed)
    writer.positions = tape_positions(function, names.of, kept)
    writer.taken |= set(writer.positions.values())
    writer.known_vars = set(function.params)
    params = [names.of[param] for param in function.params]
    head = params if unpacked is None else ["saved", *params[unpacked:]]
    writer.lines.append(f"def {function.name}({', '.join(head)}):")
    writer.line(f'"""{doc}"""')
    if unpacked:
        opened = params[:unpacked]
        writer.line(f"{', '.join(opened)}{',' if len(opened) == 1 else ''} = saved")
    for tape in stacks(function):
        writer.line(f"{writer.positions[tape]} = {names.of[tape]}.shape[0]")
    writer.block(function.body)
    writer.current = None
    writer.held = {}
    texts = []
    for place, result in enumerate(function.body.results, 1):
        beside: frozenset[Var] = frozenset()
        if isinstance(result, Var) and not result.kind.rank:
            beside = folding.beside_sums(result)  # arrays are written whole before their name is
        writer.handed = beside.union(*handed[place:])
        texts.append(writer.result(result))
    writer.line(f"return {results(texts)}")
    return Text(
        function.name,
        tuple(writer.lines),
        {**expressions.called, **dict.fromkeys(writer.helpers)},  # type: ignore[dict-item]
        expressions.constants,
        frozenset(writer.taken) - kept,
    )


def _dense(function: Function) -> set[Var]:
    """Arrays that are surely laid out in one piece: those that the program made itself."""
    made = set()
    for stmt in statements(function.body):
        if isinstance(stmt, Let) and stmt.primitive.form == "elementwise":
            made.add(stmt.target)
        if isinstance(stmt, Let) and stmt.primitive.text in ("np.zeros", "np.copy", "@", "np.dot"):
            made.add(stmt.target)
    return made | set(function.params)


def module_source(title: str, texts: list[Text]) -> str:
    """Put functions together to a module for Numba."""
    body = "\n\n\n".join("\n".join(text.lines) for text in texts)
    called = sorted({name for text in texts for name in text.called})
    helpers = [name for name in called if hasattr(compiled, name)]
    plain = [n for n in called if hasattr(arrays, n) and n not in helpers and n != "masked"]
    plain = [n for n in plain if f"{n}(" in body]
    imports = [f"import {n}" for n in ("cmath", "math") if re.search(rf"\b{n}\.", body)]
    imports += [""] if imports else []
    imports += ["import numpy as np"]
    imports += scipy_imports(body)
    if "objmode" in called:
        imports += ["from numba import objmode"]
    if plain:
        imports += ["", f"from srcad.runtime.arrays import {', '.join(plain)}"]
    if helpers:
        imports += ["", f"from srcad.runtime.compiled import {', '.join(helpers)}"]
    code = re.sub(r"^ *#.*$", "", body, flags=re.MULTILINE)
    vector = sorted(n for n in NAMES if re.search(rf"(?<![\w.]){n}\(", code))
    if vector:
        imports += [] if helpers else [""]
        imports += [f"from srcad.runtime.vector_math import {', '.join(vector)}"]
    return "\n".join([f'"""{title}"""', "", *imports, "", "", body, ""])
