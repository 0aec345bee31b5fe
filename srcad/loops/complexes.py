"""Elements of complex expressions: their parts, as attributes of numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable


def _attribute(name: str) -> Callable[[ast.expr], ast.expr]:
    return lambda value: ast.Attribute(value, name, ast.Load())


def _conjugate(value: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(value, "conjugate", ast.Load()), [], [])


def _complex(real: ast.expr, imag: ast.expr) -> ast.expr:
    return ast.Call(ast.Name("complex", ast.Load()), [real, imag], [])


FORMS: dict[str, Callable[..., ast.expr]] = {
    "np.real": _attribute("real"),
    "np.imag": _attribute("imag"),
    "np.conjugate": _conjugate,
    "conjugate": _conjugate,
    "with_real": lambda z, x: _complex(x, _attribute("imag")(z)),
    "with_imag": lambda z, x: _complex(_attribute("real")(z), x),
}
"""The primitives that are written otherwise for an element than for an array."""
