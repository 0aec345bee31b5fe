"""Tuples that are taken apart, with stars, nested, and into places of arrays."""

from fuzzing.expressions import expression
from fuzzing.scope import Scope


def unpacking(scope: Scope) -> None:
    """Several targets for one value."""
    number, vector = expression(scope, (), 1), expression(scope, ("n",), 1)
    rest = scope.name("rest")
    scope.line(
        scope.pick(
            f"a, *{rest} = b, {number}, a\nb = {rest}[-1] * 0.5",
            f"*{rest}, b = [a, {number}, b]\na = sum({rest}) * 0.5",
            f"a, *{rest}, b = ({number}, b, 0.5, a)\nb = b + len({rest}) * {rest}[0]",
            f"(a, b), x = (b, {number}), {vector}",
            "x[0], x[-1] = x[-1], x[0]",
            "u[0], u[-1] = u[-1], u[0].copy()",
            "u[0], u[-1] = u[-1], u[0]",
            f"x[0], a = a, {number}",
            f"a, x[0] = {number}, a",
            f"a = b = {number}",
            f"x[0] = a = {number}",
            f"x = y = {vector}",
            f"x, y = x + y * {number}, {vector}",
            "a, b = x[:2]",
            "high, wide = u.shape\na = a * high / (high + wide + 1)",
            f"{rest} = [x, y, {vector}]\n{rest}[0], {rest}[2] = {rest}[2], {rest}[1]\n"
            f"x, *_, y = {rest}",
            f"{rest} = (a, b, {number})\na, b, _ = {rest}[::-1]",
            f"for a, {rest} in ((b, {number}), (0.5, a)):\n    b = 0.5 * {rest} + 0.3 * a",
        )
    )
