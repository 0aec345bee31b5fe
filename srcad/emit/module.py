"""A whole generated module: header, forward and backward function."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from srcad.analyses.sizes import Sizes
from srcad.emit import naming
from srcad.emit.buffers import plan
from srcad.emit.definite import definite
from srcad.emit.expressions import Expressions
from srcad.emit.folding import fold
from srcad.emit.liveness import live_sets
from srcad.emit.renewed import renewed
from srcad.emit.statements import Writer
from srcad.ir.nodes import Effect, Function, Loop, Var
from srcad.ir.walk import block_vars, statements


@dataclass(frozen=True)
class Text:
    """The text of a function, what it needs in its module, and the names of its variables."""

    name: str
    lines: tuple[str, ...]
    called: dict[str, Callable[..., Any]]
    constants: dict[str, Any]
    variables: frozenset[str] = frozenset()


CALLS = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(|\braise (\w+)")
"""What a line calls or raises. It is never a variable: functions of the user's are inlined."""


def apart(name: str, write: Callable[[frozenset[str]], Text]) -> Text:
    """Write a function no variable of which has the name of something that it calls.

    What a text calls shows when it is written. That a variable of the user's has such a name is
    rare; the function is then written again.

    Args:
        name: that of the function.
        write: writes it, with names that no variable may have.
    """
    reserved = frozenset({name})
    while True:
        text = write(reserved)
        outside = set(text.constants)
        for line in text.lines[2:]:
            if not line.lstrip().startswith("#"):
                outside.update(one or other for one, other in CALLS.findall(line))
        met = outside & text.variables - reserved
        if not met:
            return text
        reserved |= met


def function_text(
    function: Function,
    sizes: Sizes,
    doc: str,
    results: Callable[[list[str]], str],
    unpacked: int | None = None,
    comments: bool = False,
) -> Text:
    """Write one function.

    Args:
        function: the program.
        sizes: what is known about its lengths.
        doc: the docstring.
        results: turns the texts of the results into the expression that is returned.
        unpacked: how many leading parameters come as one tuple `saved`.
        comments: whether to cite the user's lines.
    """
    write = partial(_written, function, sizes, doc, results, unpacked, comments)
    return apart(function.name, write)


def _written(
    function: Function,
    sizes: Sizes,
    doc: str,
    results: Callable[[list[str]], str],
    unpacked: int | None,
    comments: bool,
    reserved: frozenset[str],
) -> Text:
    while True:
        folding = fold(function)
        live = live_sets(function, folding)
        buffers = plan(function, folding, live, sizes)
        fresh = renewed(function, buffers, sizes)
        if fresh is not function:
            function = fresh
            continue
        names = naming.choose(function, folding, live, buffers, reserved)
        sure = definite(function, names.of)
        if sure is function:
            break
        function = sure
    expressions = Expressions(names.of, folding)
    writer = Writer(expressions, folding, buffers, names.of, comments)
    writer.positions = tape_positions(function, names.of, reserved)
    params = [names.of[param] for param in function.params]
    head = params if unpacked is None else ["saved", *params[unpacked:]]
    writer.lines.append(f"def {function.name}({', '.join(head)}):")
    writer.line(f'"""{doc}"""')
    if unpacked:
        opened = params[:unpacked]
        writer.line(f"{', '.join(opened)}{',' if len(opened) == 1 else ''} = saved")
    for tape in stacks(function):
        writer.line(f"{writer.positions[tape]} = len({names.of[tape]})")
    writer.block(function.body)
    if comments and len(function.body.body) > 1:
        writer.lines.append("")
    texts = [writer.text(result) for result in function.body.results]
    writer.line(f"return {results(texts)}")
    return Text(
        function.name,
        tuple(writer.lines),
        expressions.called,
        expressions.constants,
        frozenset({*names.of.values(), *writer.positions.values()}),
    )


def tape_positions(
    function: Function, names: dict[Var, str], reserved: frozenset[str]
) -> dict[Var, str]:
    """The counters of stacks, and the loop variables that have to be counted."""
    found: dict[Var, str] = {}
    used = set(block_vars(function.body))
    taken = {*names.values(), *reserved, "saved"}
    for tape in stacks(function):
        found[tape] = _free(f"{names[tape].removesuffix('_tape')}_left", taken)
    for stmt in statements(function.body):
        if isinstance(stmt, Loop):
            if stmt.trips in used:
                found[stmt.trips] = names[stmt.trips]
            if stmt.counter in used:
                found[stmt.counter] = names[stmt.counter]
    return found


def stacks(function: Function) -> list[Var]:
    """The tapes that are read from their ends, in the order in which they are first read."""
    replays = [
        s for s in statements(function.body) if isinstance(s, Effect) and s.action == "replay"
    ]
    tapes = [stmt.args[0] for stmt in replays if len(stmt.args) == 1]
    return list(dict.fromkeys(tape for tape in tapes if isinstance(tape, Var)))


def _free(stem: str, taken: set[str]) -> str:
    """A name like `stem` that nothing has yet; it is taken then."""
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}{number}", number + 1
    taken.add(name)
    return name


def module_text(header: str, functions: list[Text]) -> str:
    """Put functions together to a module that runs as it stands."""
    body = "\n\n\n".join("\n".join(text.lines) for text in functions)
    imports = []
    if re.search(r"\bmath\.", body):
        imports.append("import math")
    if re.search(r"\bcmath\.", body):
        imports.insert(0, "import cmath")
    called = sorted({name for text in functions for name in text.called})
    runtime = [name for name in called if not hasattr(builtins, name)]
    if re.search(r"\bnp\.", body):
        imports += ["", "import numpy as np"] if imports else ["import numpy as np"]
    imports += scipy_imports(body)
    if runtime:
        imports += ["", f"from srcad.runtime.arrays import {', '.join(runtime)}"]
    parts = [f'"""{header}"""', ""]
    if imports:
        parts += [*imports, ""]
    return "\n".join([*parts, "", body, ""])


def scipy_imports(body: str) -> list[str]:
    """The imports of SciPy's modules whose functions a text calls."""
    modules = set(re.findall(r"(?<!\.)\b(scipy(?:\.\w+)*)\.\w+\(", body))
    return [f"import {module}" for module in sorted(modules)]


def joined(texts: list[str]) -> str:
    """The results of a function as Python returns them."""
    return ", ".join(texts) if len(texts) != 0 else "()"


def tupled(texts: list[str]) -> str:
    """The texts of values as a tuple."""
    inside = ", ".join(texts)
    return f"({inside},)" if len(texts) == 1 else f"({inside})"
