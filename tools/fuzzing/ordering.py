"""What depends on the order of numbers, ties included: sorts, places of extrema, medians."""

from fuzzing.expressions import expression
from fuzzing.scope import Scope


def ordering(scope: Scope) -> None:
    """A sort, or one of those numbers that a sort finds."""
    number, vector = expression(scope, (), 1), expression(scope, ("n",), 1)
    j = scope.name("j")
    scope.line(
        scope.pick(
            'x = x[np.argsort(x, kind="stable")]',
            f'{j} = np.argsort({vector}, kind="stable")\ny = y[{j}]\nu = u[{j}]',
            f"{j} = np.argmax(x)\nx[{j}] *= 0.5",
            f"{j} = int(np.argmin({vector}))\na = x[{j}] * 0.7",
            f"a = np.median({vector})",
            f"a = max(a, b, {number})",
            f"a, b = min(a, {number}), max(a, {number})",
            f"a, _, b = sorted([a, b, {number}])",
            "x = np.sort(x)[::-1]",
            "u = np.sort(u, axis=0)",
            "u.sort(axis=1)",
            "x.sort()",
            "r = np.max(u, axis=0)",
            "x = np.min(u, axis=1) + np.max(v, axis=1)",
            f"x = np.clip({vector}, {number}, 1.0)",
            f"x = np.minimum(np.maximum(x, {vector}), 1.0)",
            f"a = np.percentile({vector}, 30.0)",
            "a = np.ptp(x)",
            f"x = np.maximum({vector}, x)",
            f"x = np.take(x, np.flatnonzero({vector} > 0.4)[:1]) + y * 0.5",
        )
    )
