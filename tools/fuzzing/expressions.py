"""Expressions by weight. Each maker takes a type and gives a text, or None where it has none."""

from fuzzing.places import element, region
from fuzzing.scope import Scope, Type, Weighted

DEEPEST = 2


def expression(scope: Scope, kind: Type, depth: int = 0) -> str:
    """An expression of a type; the deeper it stands, the sooner it is just a variable."""
    if depth > DEEPEST:
        return plain(scope, kind)
    return scope.weighted(scope.makers)(scope, kind, depth + 1) or plain(scope, kind)


def mask(scope: Scope, kind: Type) -> str:
    """A comparison, for `np.where` and for stores; ties are frequent among the arguments."""
    left = expression(scope, kind, DEEPEST + 1)
    return f"({left} {scope.pick('>', '<', '>=')} {scope.pick('0.3', '0.5', '0.1', 'a')})"


def condition(scope: Scope) -> str:
    """What a branch asks."""

    def test() -> str:
        right = scope.pick("0.4", expression(scope, (), 2))
        return f"{expression(scope, (), 2)} {scope.pick('<', '>', '>=')} {right}"

    if scope.chance(0.15):
        return f"{test()} {scope.pick('and', 'or')} {test()}"
    return f"not {test()}" if scope.chance(0.1) else test()


def plain(scope: Scope, kind: Type, depth: int = 0) -> str:
    """A variable, or the shortest other thing that has the type."""
    have = scope.of(kind)
    if have:
        return scope.pick(*have)
    found = region(scope, kind)
    if found:
        return found
    if len(kind) == 1:
        return "np.array([b])"
    if len(kind) == 3:
        return f"{plain(scope, kind[:2])}[:, :, None]"
    rows, columns = kind
    if rows == 1:
        return "np.array([[a]])" if columns == 1 else f"{plain(scope, (columns,))}[None]"
    if columns == 1:
        return f"{plain(scope, (rows,))}[:, None]"
    return f"({plain(scope, (rows,))}[:, None] * {plain(scope, (columns,))})"


def part(scope: Scope, kind: Type, depth: int) -> str | None:
    """Part of an array."""
    return region(scope, kind)


def constant(scope: Scope, kind: Type, depth: int) -> str:
    """A number, which broadcasts where an array is wanted beside others."""
    number = scope.pick("0.5", "1.5", "2.0", "-0.7")
    return number if kind == () else f"({number} * {expression(scope, kind, depth)})"


def function(scope: Scope, kind: Type, depth: int) -> str:
    """An elementwise function."""
    name = scope.pick("sin", "cos", "tanh", "abs", "exp")
    sign = "-" if scope.chance(0.2) else ""
    return f"np.{name}({sign}{expression(scope, kind, depth)} * 0.5)"


def operation(scope: Scope, kind: Type, depth: int) -> str:
    """An operator; one side may be smaller and broadcast."""
    other = kind
    if kind and scope.chance(0.5):
        if scope.chance(0.5):
            other = kind[scope.random.randint(0, len(kind)) :]
        else:
            other = tuple(1 if scope.chance(0.5) else length for length in kind)
    sides = [expression(scope, kind, depth), expression(scope, other, depth)]
    if scope.chance(0.5):
        sides.reverse()
    return f"({sides[0]} {scope.pick('+', '-', '*')} {sides[1]})"


def quotient(scope: Scope, kind: Type, depth: int) -> str:
    """A quotient whose divisor is never zero."""
    below = expression(scope, kind, depth)
    return f"({expression(scope, kind, depth)} / (1.5 + {below} ** 2))"


def selection(scope: Scope, kind: Type, depth: int) -> str | None:
    """`np.where`."""
    if kind == ():
        return None
    yes, no = expression(scope, kind, depth), expression(scope, kind, depth)
    return f"np.where({mask(scope, kind)}, {yes}, {no})"


def extremum(scope: Scope, kind: Type, depth: int) -> str:
    """The larger or smaller of two, ties included."""
    other = scope.pick("0.5", expression(scope, kind, depth))
    return f"np.{scope.pick('maximum', 'minimum')}({expression(scope, kind, depth)}, {other})"


def reduction(scope: Scope, kind: Type, depth: int) -> str | None:
    """A sum, mean or extremum of everything, or along an axis."""
    name = scope.pick("np.sum", "np.sum", "np.mean", "np.max", "np.min")
    if kind == ():
        whole = scope.pick(("n",), ("m",), ("n", "m"), ("m", "n"), ("n-1",), ("n-2", "m"))
        scale = " * 0.3" if name == "np.sum" else ""
        return f"{name}({expression(scope, whole, depth)}){scale}"
    if len(kind) == 1:
        other = "m" if "n" in str(kind[0]) else "n"
        if scope.chance(0.5):
            inside = expression(scope, (kind[0], other), depth)
            return f"{name}({inside}, axis={scope.pick('1', '-1')})"
        inside = expression(scope, (other, kind[0]), depth)
        return f"{name}({inside}, axis={scope.pick('0', '-2')})"
    if 1 not in kind or len(kind) > 2:
        return None
    axis = kind.index(1)
    wide = list(kind)
    wide[axis] = "m" if "n" in str(kind[1 - axis]) else "n"
    inside = expression(scope, tuple(wide), depth)
    return f"{name}({inside}, axis={axis - scope.pick(0, 2)}, keepdims=True)"


def transposed(scope: Scope, kind: Type, depth: int) -> str | None:
    """The transpose of a matrix."""
    if len(kind) != 2 or not set(kind) <= {"n", "m"}:
        return None
    return f"({expression(scope, kind[::-1], depth)}).T"


def gathered(scope: Scope, kind: Type, depth: int) -> str | None:
    """Rows by an array of indices, which may repeat."""
    if kind == ("n",):
        inner = f"({expression(scope, kind, depth)})[idx]"
        return scope.pick("x[idx]", "y[idx]", inner, "u[idx, 0]", "u[idx, -1]")
    return scope.pick("u[idx]", "v[idx]") if kind == ("n", "m") else None


def made(scope: Scope, kind: Type, depth: int) -> str | None:
    """Products, joins, sorts, running sums, and arrays made of nothing."""
    if kind == ("n",):
        vector, matrix = ("n",), ("n", "m")
        form = scope.pick(
            "np.cumsum({n})",
            "({nm}) @ {m}",
            "{m} @ ({nm}).T",
            "np.concatenate(({n}[1:], {n}[:1]))",
            "np.roll({n}, 1)",
            "np.sort({n})",
            "np.flip({n})",
            "np.arange(n) * a",
            "np.zeros(n)",
            "xi * 0.5",
        )
        texts = {
            "n": expression(scope, vector, depth),
            "m": expression(scope, ("m",), depth),
            "nm": expression(scope, matrix, depth),
        }
        return str(form.format(**texts))
    if kind != ("n", "m"):
        return None
    form = scope.pick(
        "np.outer({n}, {m})",
        "({nn}) @ ({nm})",
        "({nm}).copy()",
        "np.roll({nm}, 1, axis=0)",
        "np.zeros((n, m))",
        "np.zeros_like(u)",
        "np.ones((n, m)) * a",
    )
    texts = {
        "n": expression(scope, ("n",), depth),
        "m": expression(scope, ("m",), depth),
        "nm": expression(scope, kind, depth),
        "nn": expression(scope, ("n", "n"), depth),
    }
    return str(form.format(**texts))


def narrowed(scope: Scope, kind: Type, depth: int) -> str:
    """Another type of numbers."""
    if kind == ():
        return f"float({expression(scope, kind, depth)})"
    return f"({expression(scope, kind, depth)}).astype(np.float32)"


def helped(scope: Scope, kind: Type, depth: int) -> str | None:
    """A call of a helper that returns early."""
    return f"early({expression(scope, (), depth)})" if kind == () else None


def ruled(scope: Scope, kind: Type, depth: int) -> str:
    """A call of a function with a rule of its own."""
    inside = f"1.0 * {expression(scope, kind, depth)}"
    if scope.chance(0.5):
        return f"own_sin({inside})"
    return f"own_mix({inside}, 1.0 * {expression(scope, (), depth)})"


def scaled(scope: Scope, kind: Type, depth: int) -> str:
    """A number times something."""
    return f"({expression(scope, (), depth)} * {expression(scope, kind, depth)})"


def one(scope: Scope, kind: Type, depth: int) -> str | None:
    """An element."""
    return element(scope) if kind == () else None


EXPRESSIONS: Weighted = [
    (20, plain),
    (8, part),
    (3, one),
    (4, constant),
    (10, function),
    (18, operation),
    (4, quotient),
    (4, selection),
    (4, extremum),
    (12, reduction),
    (4, transposed),
    (3, gathered),
    (4, made),
    (1, narrowed),
    (1, helped),
    (1, ruled),
    (5, scaled),
]
