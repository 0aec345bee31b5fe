"""Numbers at the edges: nan and infinity that are taken out again, integers without an end."""

from collections.abc import Callable

from fuzzing.expressions import expression
from fuzzing.scope import Scope, Weighted

Body = Callable[..., None]


def extreme(scope: Scope, body: Body) -> None:
    """Numbers that are not finite, or not small."""
    scope.weighted(KINDS)(scope, body)


def holes(scope: Scope, body: Body) -> None:
    """Some entries are nan or infinite for a while."""
    odd = scope.pick("np.nan", "np.inf", "-np.inf", "np.nan")
    name = scope.name("z")
    scope.line(
        f"{name} = {scope.pick('x.copy()', 'np.tanh(x)', expression(scope, ('n',), 1))} * 1.0"
    )
    place = scope.pick(f"{name} > 0.6", "0", "-1", "1:", "idx", "y < 0.4")
    scope.line(f"{name}[{place}] = {odd}")
    scope.line(
        scope.pick(
            f"x = np.where(np.isfinite({name}), {name}, 0.5)",
            f"x = np.where(np.isnan({name}), y, np.clip({name}, -2.0, 2.0))",
            f"x = np.nan_to_num({name}, nan=0.3, posinf=1.0, neginf=-1.0)",
            f"a = np.nansum(np.where(np.isinf({name}), 0.0, {name})) * 0.3",
            f"{name}[~np.isfinite({name})] = {expression(scope, (), 2)}\nx = {name}",
            f"x = np.fmax(np.minimum({name}, 1.0), -1.0)",
            f"x[np.isfinite({name})] *= 0.5",
            f"for s in {name}:\n    if np.isfinite(s):\n        a = 0.5 * a + 0.3 * s",
        ),
    )


def extremal(scope: Scope, body: Body) -> None:
    """The least or greatest so far, which begins infinite."""
    name, place, counter = scope.name("best"), scope.name("at"), scope.name("i")
    least = scope.chance(0.5)
    infinite = scope.pick("np.inf", 'float("inf")', "math.inf")
    scope.line(f"{name} = {'' if least else '-'}{infinite}")
    scope.line(f"{place} = 0")
    scope.line(f"for {counter} in range({scope.pick('n', 'm', '3')}):")
    with scope.block(True, (counter,)):
        item = expression(scope, (), 1)
        if scope.chance(0.5):
            scope.line(f"{name} = {'min' if least else 'max'}({name}, {item})")
        else:
            scope.line(f"if {item} {'<' if least else '>='} {name}:")
            scope.line(f"    {name}, {place} = {item}, {counter}")
    scope.line(f"if {scope.pick(f'np.isfinite({name})', f'abs({name}) < 10.0')}:")
    scope.line(f"    a = 0.5 * {name} + 0.1 * {place}")


def guarded(scope: Scope, body: Body) -> None:
    """A function outside of its domain, where a mask does not look."""
    scope.line(
        scope.pick(
            "x = np.where(x > 0.0, np.sqrt(x), 0.0)",
            "x = np.where(x == 0.0, 1.0, np.sin(x) / x)",
            "y = np.where(y > 0.1, np.log(np.maximum(y, 0.1)), y)",
            "u = np.where(np.abs(u) < 0.9, u, np.sign(u) * 0.9)",
            "x = np.divide(x, y, out=np.zeros_like(x), where=y > 0.3) * 0.2",
            "y = np.hypot(x, y) * 0.5",
            "x = np.maximum(x, 0.0) ** 1.5",
            "a = np.linalg.norm(x) * 0.3",
        )
    )


def integers(scope: Scope, body: Body) -> None:
    """An integer that outgrows 64 bits."""
    name = scope.name("big")
    start = scope.pick("3 ** (38 + k)", "1 << (60 + n)", "2 ** 63 - 1", "7")
    scope.line(f"{name} = {start}")
    if scope.chance(0.6):
        scope.line(f"for {scope.name('i')} in range({scope.pick('k', '3', 'n')}):")
        scope.line(f"    {name} = {name} * {scope.pick('7919', name, '(n + 2)')} + 1")
    scope.line(
        scope.pick(
            f"a = a * ({name} % 7) * 0.2",
            f"b = b + {expression(scope, (), 2)} * ({name} % 1000 / 1000)",
            f"a = 0.5 * a + ({name} // 3 - {name} // 3 + 1) * 0.1",
            f"x = x * (0.5 if {name} > 10 ** 20 else 0.7)",
            f"if {name} % 2:\n    a = a * 0.7",
        )
    )


KINDS: Weighted = [(4, holes), (3, extremal), (2, guarded), (1, integers)]
