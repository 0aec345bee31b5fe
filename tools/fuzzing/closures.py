"""Functions as values: nested ones that bind what is outside, lambdas, functions of functions."""

from collections.abc import Callable

from fuzzing.expressions import condition, expression
from fuzzing.scope import Scope, Type, Weighted

Body = Callable[..., None]


def closure(scope: Scope, body: Body) -> None:
    """A function is made here and called, perhaps after what it reads has changed."""
    scope.weighted(KINDS)(scope, body)


def _inside(scope: Scope, kind: Type, **parameters: Type) -> str:
    """An expression in which parameters are bound, too."""
    types = dict(scope.types)
    scope.types.update(parameters)
    text = expression(scope, kind, 1)
    scope.types = types
    return text


def _between(scope: Scope, body: Body) -> None:
    if scope.chance(0.4):
        body(scope, 1)


def inner(scope: Scope, body: Body) -> None:
    """A nested function of a number or an array."""
    name = scope.name("inner")
    scope.line(f"def {name}(p, s=0.5):")
    if scope.chance(0.4):
        scope.line(f"    if {_inside(scope, (), s=())} > 0.4:")
        scope.line(f"        return {_inside(scope, ('n',), p=('n',), s=())}")
    scope.line(f"    return {_inside(scope, ('n',), p=('n',), s=())}")
    _between(scope, body)
    number = expression(scope, (), 2)
    scope.line(
        scope.pick(
            f"x = np.tanh({name}(x))",
            f"x = x + 0.1 * {name}(y, {number})",
            f"a = 0.3 * np.sum({name}(x, s={number}))",
            f"y = twice({name}, x) * 0.3",
        )
    )


def counting(scope: Scope, body: Body) -> None:
    """A nested function that binds a name outside of it."""
    name, total = scope.name("inner"), scope.name("total")
    scope.line(f"{total} = {scope.pick('0.0', 'a', 'b * 0.5')}")
    scope.line(f"def {name}(s):")
    scope.line(f"    nonlocal {total}")
    if scope.chance(0.4):
        scope.line(f"    if s > {scope.pick('0.3', 'b', total)}:")
        scope.line(f"        {total} -= 0.1 * s")
    scope.line(f"    {total} = 0.8 * {total} + 0.2 * s")
    if scope.chance(0.5):
        scope.line(f"    return {total} * s")
    if scope.chance(0.6):
        counter = scope.name("i")
        scope.line(f"for {counter} in range({scope.pick('n', 'k', '3')}):")
        with scope.block(True, (counter,)):
            if scope.chance(0.5):
                scope.line(f"if {condition(scope)}:")
                scope.line(f"    {name}(0.3)")
            scope.line(f"{name}({expression(scope, (), 1)})")
    else:
        scope.line(f"{name}({expression(scope, (), 1)})")
        _between(scope, body)
        scope.line(f"{name}({expression(scope, (), 1)})")
    scope.line(scope.pick(f"a = {total}", f"b = {total} * 0.5", f"x = x * {total}"))


def short(scope: Scope, body: Body) -> None:
    """A lambda, which sees what its names mean when it is called."""
    name = scope.name("act")
    scope.line(f"{name} = lambda p: {_inside(scope, ('n',), p=('n',))}")
    _between(scope, body)
    scope.line(
        scope.pick(
            f"x = np.tanh({name}(x))",
            f"y = 0.5 * twice({name}, y)",
            f"x = applied({name}, x, 2)",
            f"a = 0.2 * np.sum({name}(x) - {name}(y))",
        )
    )


def one_of(scope: Scope, body: Body) -> None:
    """Functions in a tuple, or given to others."""
    number = expression(scope, (), 1)
    scope.line(
        scope.pick(
            "a = 0.3 * sum(g(s) for g, s in zip((np.sin, lambda s: s * b), (a, b)))",
            "x = applied(np.tanh, x, k)",
            "x = applied(lambda p: p * a, x, 2)",
            f"a = (lambda s, t=b: s * t + {number})(a)",
            "a, b = map(np.tanh, (b, a))",
            "a = 0.2 * sum(map(lambda p, q: p * q, x, y))",
        )
    )


KINDS: Weighted = [(3, inner), (3, counting), (3, short), (2, one_of)]
