"""Arrays with three axes: parts of them, reductions, products, and writing into them."""

from fuzzing.expressions import expression
from fuzzing.scope import Scope, Type

CUBE: Type = ("n", "m", 2)
REDUCED: dict[Type, tuple[str, ...]] = {
    (): ("0.2 * np.sum({h})", "np.mean({h})", "np.max({h})", "np.sum(({h}).T[0] * 0.3)"),
    ("n",): (
        "np.sum({h}, axis=(1, 2)) * 0.3",
        "np.mean({h}, axis=1)[:, -1]",
        "np.max({h}, axis=(-1, 1))",
        'np.einsum("ijk,j->i", {h}, r) * 0.3',
        "({h}).reshape(n, 2 * m).sum(axis=1) * 0.2",
        "np.sum(({h}).transpose(1, 2, 0), axis=(0, 1)) * 0.2",
    ),
    ("m",): ("np.sum({h}, axis=(0, 2)) * 0.3", "np.mean({h}, axis=0)[:, 0]"),
    ("n", "m"): (
        "({h})[:, :, 0]",
        "({h})[..., -1]",
        "np.sum({h}, axis=2) * 0.5",
        "np.prod({h}, axis=-1)",
        "({h}) @ np.array([a, b])",
        "({h}).swapaxes(0, 1)[:, :, 1].T",
        "np.diff({h}, axis=2)[:, :, 0]",
        "np.squeeze(({h})[:, :, 1:], axis=2)",
    ),
}
MADE = (
    "np.stack(({u}, {v}), axis=2)",
    "np.stack(({u}, {v}), axis=-1) * a",
    "np.dstack(({u}, {v}))",
    "np.array([{u}, {v}]).transpose(1, 2, 0)",
    "np.moveaxis(np.stack([{u}, {v}]), 0, -1)",
    "({u})[:, :, None] * np.array([a, 0.5])",
    "np.cumsum({h}, axis=1) * 0.3",
    "({h})[:, :, ::-1]",
    "({h})[::-1, :, [1, 0]]",
    "({h})[idx]",
    "np.repeat(({u})[:, :, None], 2, axis=2)",
    "np.broadcast_to(({u})[..., None], (n, m, 2)) * 1.0",
)


def flattened(scope: Scope, kind: Type, depth: int) -> str | None:
    """What is left of an array with three axes, or such an array."""
    if kind == CUBE:
        form = scope.pick(*MADE)
        matrix = ("n", "m")
        return str(
            form.format(
                u=expression(scope, matrix, depth),
                v=expression(scope, matrix, depth),
                h=expression(scope, CUBE, depth),
            )
        )
    if kind not in REDUCED:
        return None
    return f"({scope.pick(*REDUCED[kind])})".format(h=expression(scope, CUBE, depth))


def cube(scope: Scope) -> None:
    """Part of an array with three axes is written, or all of it is bound again."""
    form, kind = scope.pick(
        ("h = {}", CUBE),
        ("h = np.tanh({})", CUBE),
        ("h += 0.3 * {}", CUBE),
        ("h[:, :, 0] = {}", ("n", "m")),
        ("h[..., 1] *= {}", ("n", "m")),
        ("h[0] += {}[:, None]", ("m",)),
        ("h[:, 0, :] = {}[:, None]", ("n",)),
        ("h[1:, :, 0] -= 0.5 * {}", ("n-1", "m")),
        ("h[::-1] += 0.2 * {}", CUBE),
        ("h[h > 0.6] *= {}", ()),
        ("h[idx, 0, 1] = {}", ("n",)),
        ("np.add.at(h, idx, 0.3 * {})", CUBE),
        ("h.T[1] = {}", ("m", "n")),
        ("h[:, :, ::-1] = {}", CUBE),
        ("h.reshape(-1)[:1] = {}", ()),
        ("u[:] = np.sum({}, axis=2) * 0.5", CUBE),
        ("h = np.zeros((n, m, 2))\nh[:, :, 1] = {}", ("n", "m")),
    )
    scope.line(form.format(expression(scope, kind, 1)))
