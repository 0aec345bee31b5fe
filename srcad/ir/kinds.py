"""Kinds: what Python decides at run time and srcad decides once per specialisation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

Form = Literal["python", "numpy", "array", "opaque"]

_PYTHON_TYPES: dict[str, type] = {
    "bool": bool,
    "int64": int,
    "float64": float,
    "complex128": complex,
}


@dataclass(frozen=True)
class Kind:
    """The type of a value: a Python number, a NumPy scalar, an array, or an opaque object.

    `dtype` is a NumPy dtype name, `rank` the number of axes (0 for numbers), and `form` tells
    Python numbers (weak in promotion, unbounded ints, raising) from NumPy scalars and arrays.
    """

    dtype: str
    rank: int = 0
    form: Form = "python"

    @property
    def is_array(self) -> bool:
        """Whether it is an array, of any number of axes."""
        return self.form == "array"

    @property
    def is_python(self) -> bool:
        """Whether it is a Python number."""
        return self.form == "python"

    @property
    def is_inexact(self) -> bool:
        """True for kinds that can carry a derivative."""
        return self.form != "opaque" and np.dtype(self.dtype).kind in "fc"

    @property
    def is_complex(self) -> bool:
        """True for complex numbers and arrays of them."""
        return self.form != "opaque" and np.dtype(self.dtype).kind == "c"

    @property
    def is_integral(self) -> bool:
        """True for ints, signed or not, and arrays of them; not for bools."""
        return self.form != "opaque" and np.dtype(self.dtype).kind in "iu"

    @property
    def negates_exactly(self) -> bool:
        """Whether `-x` is minus `x`: NumPy's ints wrap, and those without a sign always do."""
        return self.is_inexact or self.is_python

    @property
    def is_bool(self) -> bool:
        """True for bools and arrays of them."""
        return self.dtype == "bool"

    def example(self) -> object:
        """A small value of this kind: ones, every axis of length 1."""
        if self.form == "array":
            return np.ones((1,) * self.rank, self.dtype)
        if self.form == "numpy":
            return np.dtype(self.dtype).type(1)
        return python_type(self)(1)

    def scalar(self) -> Kind:
        """The kind of one element read from an array of this kind."""
        return replace(self, rank=0, form="numpy") if self.form == "array" else self


def python_type(kind: Kind) -> type[Any]:
    """The type of Python's numbers of a kind."""
    return _PYTHON_TYPES[kind.dtype]


BOOL = Kind("bool")
INT = Kind("int64")
FLOAT = Kind("float64")
COMPLEX = Kind("complex128")
OPAQUE = Kind("object", 0, "opaque")


def kind_of(value: object) -> Kind:
    """The kind of a Python number, NumPy scalar or array.

    >>> kind_of(1.5), kind_of(np.zeros((2, 3), np.float32))  # doctest: +NORMALIZE_WHITESPACE
    (Kind(dtype='float64', rank=0, form='python'),
     Kind(dtype='float32', rank=2, form='array'))
    """
    match value:
        case bool():
            return BOOL
        case np.generic():
            return Kind(value.dtype.name, 0, "numpy")
        case int():
            return INT
        case float():
            return FLOAT
        case complex():
            return COMPLEX
        case np.ndarray():
            return Kind(value.dtype.name, value.ndim, "array")
        case _:
            return OPAQUE
