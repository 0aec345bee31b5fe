"""The functions of a module that call the generated pair: value and gradient, and `vjp`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from srcad.emit.module import joined, tupled
from srcad.emit.ownership import owned_results
from srcad.ir.kinds import Kind


@dataclass(frozen=True)
class Pair:
    """A generated pair of functions.

    Args:
        name: the name of the user's function.
        params: the parameters of the forward function.
        arrays: which of them are arrays.
        bars: the names of what the backward function returns, each an array or not.
        results: the kinds of the results of the forward function; None for constants.
        order: the numbers of these results in the order of the leaves of the user's.
        seeds: the parameters of the backward function for cotangents, and the numbers of the
            results that they are cotangents of.
        owned: for each bar, whether it is memory of its own.
        fused: whether there is a function for value and gradient already.
        numba: whether the functions are compiled.
    """

    name: str
    params: tuple[str, ...]
    arrays: frozenset[str]
    bars: dict[str, bool]
    results: tuple[Kind | None, ...]
    order: tuple[int, ...]
    seeds: dict[str, int]
    owned: tuple[bool, ...]
    fused: bool
    numba: bool


def bars_owned(text: str, name: str, count: int) -> tuple[bool, ...]:
    """For each of the results of a generated function, whether it surely is memory of its own."""
    return owned_results(text, name) or (False,) * count


def value_and_grad(pair: Pair, fused: str, packs: tuple[tuple[str, ...], bool] | None) -> str:
    """The function that returns the value and the gradient.

    Args:
        pair: the generated functions.
        fused: the name of the function that does both, if there is one.
        packs: the bars in the order in which they are returned, and whether the only one of them
            is returned as it is; None for that of the functions.
    """
    name = pair.name
    out, saved = _fresh(("out", "saved"), {*pair.params, *pair.bars})
    bars = ", ".join(pair.bars)
    lines = [
        f"def {name}_value_and_grad({', '.join(pair.params)}):",
        f'    """`{name}` and its gradient: `{out}, {packed(list(pair.bars))}`."""',
    ]
    if pair.fused:
        lines.append(f"    {out}, {packed(list(pair.bars))} = {fused}({', '.join(pair.params)})")
    else:
        lines.append(f"    {out}, {saved} = {name}_fwd({', '.join(pair.params)})")
        kind = pair.results[0]
        seed = "1.0" if kind is None or (pair.numba and kind.dtype == "float64") else _one(kind)
        call = f"{bars} = {name}_bwd({', '.join([saved, *([seed] if pair.seeds else [])])})"
        lines += _quiet(call, pair.numba, "    ")
    texts = dict(zip(pair.bars, _copied(pair), strict=True))
    rows, one = packs or (tuple(pair.bars), len(pair.bars) == 1)
    gradient = texts[rows[0]] if one else tupled([texts[row] for row in rows])
    lines.append(f"    return {out}, {gradient}")
    return "\n".join(lines)


def vjp(pair: Pair, check: str) -> str:
    """The function that returns the value and the pullback; `check` is its first line."""
    name = pair.name
    taken = {*pair.params, *pair.bars, *pair.seeds}
    out, saved, pull = _fresh(("out", "saved", "pull"), taken)
    several = len(pair.results) != 1
    given = [f"{p}.copy()" if p in pair.arrays else p for p in pair.params]
    lines = [
        f"def {name}_vjp({', '.join(pair.params)}):",
        f'    """`{name}`, and what pulls its cotangent back to {_words(pair.bars)}."""',
    ]
    if pair.arrays:
        lines.append(f"    {check}")
        lines.append(f"    # Copies, so that `{pull}` may be called after the arrays have changed.")
    lines.append(f"    {out}, {saved} = {name}_fwd({', '.join(given)})")
    lines += ["", f"    def {pull}({', '.join(pair.seeds)}):"]
    for seed, place in pair.seeds.items():
        value = f"{out}[{place}]" if several else out
        lines.append(f"        {seed} = cotangent_of({value}, {seed})")
    call = f"{', '.join(pair.bars)} = {name}_bwd({', '.join([saved, *pair.seeds])})"
    lines += _quiet(call, pair.numba, "        ")
    lines += [f"        return {joined(_copied(pair))}", ""]
    values = []
    for place in pair.order:
        kind, value = pair.results[place], f"{out}[{place}]" if several else out
        values.append(f"{value}.copy()" if kind is not None and kind.is_array else value)
    lines.append(f"    return {tupled(values) if several else values[0]}, {pull}")
    return "\n".join(lines)


def _one(kind: Kind) -> str:
    return f"np.{kind.dtype}(1.0)"


def _quiet(call: str, numba: bool, indent: str) -> list[str]:
    """A call of the backward function: where a derivative is infinite, its value says so."""
    if numba:
        return [indent + call]
    return [f'{indent}with np.errstate(all="ignore"):', f"{indent}    {call}"]


def packed(texts: Sequence[str]) -> str:
    """Texts as a tuple, unless there is one only."""
    return texts[0] if len(texts) == 1 else tupled(list(texts))


def _copied(pair: Pair) -> list[str]:
    """The bars; those that may share memory with something are copied."""
    return [
        f"{bar}.copy()" if is_array and not own else bar
        for (bar, is_array), own in zip(pair.bars.items(), pair.owned, strict=True)
    ]


def _words(names: Collection[str]) -> str:
    texts = [name.removesuffix("_bar") for name in names]
    return ", ".join(texts[:-1]) + (" and " if len(texts) > 1 else "") + texts[-1]


def _fresh(wanted: Sequence[str], taken: Collection[str]) -> list[str]:
    """Names like these that are not taken."""
    found = []
    for name in wanted:
        while name in taken:
            name += "_"
        found.append(name)
    return found


def parameters(function: ast.FunctionDef) -> tuple[str, ...]:
    """The names of the parameters of a function."""
    return tuple(argument.arg for argument in function.args.args)
