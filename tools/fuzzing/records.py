"""Structured state: dicts with keys that are known, and objects with attributes and methods."""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Weighted

Body = Callable[..., None]


def record(scope: Scope, body: Body) -> None:
    """A record is made of variables, changes, also in loops, and becomes variables again."""
    scope.weighted(KINDS)(scope, body)


def _changing(scope: Scope, body: Body, *forms: str) -> None:
    """A few changes, in a loop, in a branch, or one after the other."""
    head = scope.pick("", "", f"for {scope.name('i')} in range({scope.pick('k', '3', 'n')}):")
    if not head and scope.chance(0.3):
        head = f"if {condition(scope)}:"
    if not head or scope.depth > 2:
        for _ in range(scope.random.randint(1, 3)):
            scope.line(_filled(scope, scope.pick(*forms)))
        return
    scope.line(head)
    with scope.block(head.startswith("for")):
        for _ in range(scope.random.randint(1, 3)):
            scope.line(_filled(scope, scope.pick(*forms)))
        if scope.chance(0.3):
            body(scope, 1)


def _filled(scope: Scope, form: str) -> str:
    # One after the other, and only those that the form has: each writes part of the program.
    if "{number}" in form:
        form = form.replace("{number}", expression(scope, (), 1))
    if "{vector}" in form:
        form = form.replace("{vector}", expression(scope, ("n",), 1))
    return form


def mapping(scope: Scope, body: Body) -> None:
    """A dict: items are bound again, changed in place, read in a loop over the keys."""
    name = scope.name("d")
    first = scope.pick("x", "x.copy()", "x * 0.5")
    scope.line(
        _filled(scope, f'{name} = {{"p": {first}, "q": {{number}}, "w": {{"in": b, "at": u}}}}')
    )
    _changing(
        scope,
        body,
        f'{name}["q"] = 0.8 * {name}["q"] + 0.1 * {{number}}',
        f'{name}["p"] = np.tanh({name}["p"] * {{vector}})',
        f'{name}["p"] += 0.1 * {{vector}}',
        f'{name}["p"][0] = {{number}}',
        f'{name}["q"] += {{number}} * 0.2',
        f'{name}["w"]["in"] *= 0.5 * {name}["q"]',
        f'{name}["w"]["at"] = {name}["w"]["at"] * {{number}}',
        f'{name}.update({{"q": {{number}}, "p": {name}["p"] * 0.5}})',
        f'{name} = dict({name}, p={name}["p"] * a)',
        f'a = sum(value["in"] if key == "w" else np.sum(value) for key, value in {name}.items())',
        f'x = {name}.get("p") * 0.5',
    )
    scope.line(
        scope.pick(
            f'x, a = {name}["p"], {name}["q"]',
            f'x, a = {name}["p"] * 1.0, {name}["q"] + {name}["w"]["in"]',
            f'y = {name}["p"]',
            f'u = {name}["w"]["at"] * 0.5',
            f'a = 0.5 * {name}["q"] if "q" in {name} else b',
            f'b = sum(np.sum({name}[key]) * 0.1 for key in ("p", "q"))',
        )
    )


def thing(scope: Scope, body: Body) -> None:
    """An object of a class with methods that change it."""
    name = scope.name("o")
    start = scope.pick("x", "x.copy()", "y")
    kind = scope.pick("Body", "Cell")
    scope.line(_filled(scope, f"{name} = {kind}({start}, {{number}})"))
    _changing(
        scope,
        body,
        f"{name}.step({{number}} * 0.2)",
        f"{name}.step(0.1)",
        f"{name}.rate = 0.7 * {name}.rate + 0.1 * {{number}}",
        f"{name}.rate += 0.1 * {{number}}",
        f"{name}.place = {name}.place * 0.5 + 0.1 * {{vector}}",
        f"{name}.place += 0.1 * {{vector}}",
        f"{name}.place[0] = {{number}}",
        f"a = 0.3 * {name}.energy() + 0.1 * a",
        f"a = {name}.first",
    )
    scope.line(
        scope.pick(
            f"x, a = {name}.place, {name}.rate",
            f"x = {name}.place * 1.0",
            f"a = 0.3 * {name}.energy()",
            f"b = {name}.rate * 0.5 + {name}.first",
        )
    )


def pair(scope: Scope, body: Body) -> None:
    """A NamedTuple, which is replaced and unpacked."""
    name = scope.name("t")
    scope.line(_filled(scope, f"{name} = Pair({{vector}}, {{number}})"))
    _changing(
        scope,
        body,
        f"{name} = {name}._replace(scale={{number}} * 0.5)",
        f"{name} = Pair({name}.field * 0.5 + {{vector}}, {name}.scale)",
        f"{name} = Pair(np.tanh({name}[0]), {name}[1] * 0.9)",
        f"a = 0.5 * {name}.scale + 0.1 * a",
    )
    scope.line(scope.pick(f"x, a = {name}", f"y = {name}.field * {name}.scale", f"_, b = {name}"))


KINDS: Weighted = [(4, mapping), (4, thing), (2, pair)]
