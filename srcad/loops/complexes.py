"""Elements of complex expressions: their parts, as attributes of numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable

from srcad.ir.nodes import Let, Var


def _attribute(name: str) -> Callable[[ast.expr], ast.expr]:
    return lambda value: ast.Attribute(value, name, ast.Load())


def _conjugate(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(value, "conjugate", ast.Load()), [], [])


def _complex(real: ast.expr, imag: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("complex", ast.Load()), [real, imag], [])


ORDERINGS = (
    "<", "<=", ">", ">=", "np.maximum", "np.minimum", "np.max", "np.min", "np.amax", "np.amin",
    "np.argmax", "np.argmin",
)  # fmt: skip


def is_ordering(stmt: Let) -> bool:
    """Whether a statement asks which complex number comes first, which Numba cannot tell."""
    return stmt.primitive.text in ORDERINGS and any(
        isinstance(a, Var) and a.kind.is_complex for a in stmt.args
    )


FORMS: dict[str, Callable[..., ast.expr]] = {
    "np.real": _attribute("real"),
    "np.imag": _attribute("imag"),
    "np.conjugate": _conjugate,
    "conjugate": _conjugate,
    "with_real": lambda z, x: _complex(x, _attribute("imag")(z)),
    "with_imag": lambda z, x: _complex(_attribute("real")(z), x),
}
"""The primitives that are written otherwise for an element than for an array."""
