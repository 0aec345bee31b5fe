"""Exceptions that are raised and handled: of numbers, of assertions, of missing keys."""

from collections.abc import Callable

from fuzzing.scope import Scope

Body = Callable[..., None]
ARITHMETIC = ("ZeroDivisionError", "ArithmeticError", "(ValueError, ZeroDivisionError)")
VALUES = ("ValueError", "(ValueError, ZeroDivisionError)", "ValueError")
KEYS = ("KeyError", "LookupError")
HARMLESS = ("x = x * a", "u += 0.1", "b = 0.5 * a", "y *= b", "u = np.tanh(u)")
ASSERTIONS = ("AssertionError", "(AssertionError, KeyError)")


def trying(scope: Scope, body: Body) -> None:
    """A `try` with a handler that fits, or one that only cleans up."""
    handlers, raising = scope.pick(_division, _domain, _raised, _asserted, _missing)(scope)
    scope.line("try:")
    with scope.block():
        if scope.chance(0.4):
            scope.line(scope.pick(*HARMLESS))
        scope.line(raising)
        if scope.chance(0.4):
            scope.line(scope.pick(*HARMLESS))
    cleaning = scope.chance(0.3)
    if not cleaning or scope.chance(0.8):
        scope.line(f"except {scope.pick(*handlers)}:")
        with scope.block():
            body(scope, 1)
            if scope.loops and scope.chance(0.2):
                scope.line(scope.pick("break", "continue"))
        if scope.chance(0.25):
            scope.line("else:")
            with scope.block():
                body(scope, 1)
    if cleaning:
        scope.line("finally:")
        with scope.block():
            scope.line(scope.pick(*HARMLESS))


def _division(scope: Scope) -> tuple[tuple[str, ...], str]:
    below = scope.pick("k", "(n - 1)", "(k - 2)", "(m - n)", "(k % 2)")
    above = scope.pick("1.0", f"float({_number(scope)})")
    return ARITHMETIC, f"{scope.pick('a', 'b')} = 0.5 * ({above} / {below})"


def _domain(scope: Scope) -> tuple[tuple[str, ...], str]:
    inside = f"float({_number(scope)})"
    text = scope.pick(
        f"math.sqrt({inside} - 0.3)", f"0.2 * math.log({inside})", f"checked({inside})"
    )
    return VALUES, f"{scope.pick('a', 'b')} = {text}"


def _raised(scope: Scope) -> tuple[tuple[str, ...], str]:
    return VALUES, f'if {_test(scope)}:\n    raise ValueError("out of bounds")'


def _asserted(scope: Scope) -> tuple[tuple[str, ...], str]:
    return ASSERTIONS, f"assert {_test(scope)}"


def _missing(scope: Scope) -> tuple[tuple[str, ...], str]:
    key = scope.pick('"p"', '"q"', "k", "n")
    return KEYS, f'a = {{"p": a, 0: b, 1: {_number(scope)}}}[{key}] * 0.5'


def _number(scope: Scope) -> str:
    """A number that raises nothing itself: handlers for what NumPy raises are refused."""
    return str(
        scope.pick("a", "b", "a * b", "np.sum(x)", "(a - b)", "np.tanh(a + b)", "np.mean(u)")
    )


def _test(scope: Scope) -> str:
    return f"{_number(scope)} {scope.pick('<', '>', '<=')} {scope.pick('0.4', _number(scope))}"
