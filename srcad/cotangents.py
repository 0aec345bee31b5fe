"""Cotangents, leaf by leaf: what fits a result, and what a gradient must look like.

Python's numbers are weak: as a cotangent, an int or a float fits any real scalar and a complex any
complex scalar. A 0-d array and a scalar are equal. Everything else must fit exactly, as in JAX.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import numpy as np

from srcad.errors import ArgumentError, CotangentError, SrcadError, TangentError
from srcad.trees import (
    Tree,
    check_numeric,
    difference,
    flatten,
    flatten_up_to,
    paths,
    refusal,
    show,
)

__all__ = [
    "FLOAT0",
    "TANGENT",
    "LeafType",
    "Outputs",
    "accept",
    "bars_like",
    "check_gradient_inputs",
    "check_gradient_output",
    "leaf_type",
    "outputs_of",
    "split_aux",
    "tangent_of",
    "zero_tangent",
]

Form: TypeAlias = Literal["python", "scalar", "array"]

# The dtype of cotangents of integers and booleans, the same as jax.dtypes.float0.
FLOAT0 = np.dtype([("float0", np.void, 0)])


@dataclass(frozen=True, slots=True)
class LeafType:
    """What a number or an array looks like from outside.

    Args:
        form: a number of Python's, a scalar of NumPy's, or an array.
        dtype: its dtype; for a number of Python's the one that NumPy would give it.
        shape: its shape; () for scalars.
    """

    form: Form
    dtype: np.dtype[np.generic]
    shape: tuple[int, ...]

    @property
    def differentiable(self) -> bool:
        """Whether it can carry a derivative: floats and complex numbers do."""
        return self.dtype.kind in "fc"

    def describe(self) -> str:
        """Return the type in words: `a float64 array of shape (3,)`."""
        if self.form == "python":
            return f"a Python {_PYTHON_NAMES[self.dtype.kind]}"
        name = "float0" if self.dtype == FLOAT0 else self.dtype.name
        article = "an" if name[0] in "aeiou" else "a"
        noun = "scalar" if self.form == "scalar" else f"array of shape {self.shape}"
        return f"{article} {name} {noun}"

    def label(self) -> str:
        """Return the type in one word, for a tree: `float64[3]`."""
        if self.form == "python":
            return _PYTHON_NAMES[self.dtype.kind]
        name = "float0" if self.dtype == FLOAT0 else self.dtype.name
        return f"{name}[{','.join(map(str, self.shape))}]"


_PYTHON_NAMES = {"b": "bool", "i": "int", "f": "float", "c": "complex"}
_PYTHON_FLOAT = LeafType("python", np.dtype(np.float64), ())
_PYTHON_TYPES = {
    bool: LeafType("python", np.dtype(np.bool), ()),
    int: LeafType("python", np.dtype(np.int64), ()),
    float: _PYTHON_FLOAT,
    complex: LeafType("python", np.dtype(np.complex128), ()),
}


def leaf_type(leaf: object) -> LeafType:
    """Return the type of a leaf.

    Args:
        leaf: a number or an array; `trees.refusal` is None for it.

    Returns:
        Its form, dtype and shape.

    >>> leaf_type(1.5).describe()
    'a Python float'
    >>> leaf_type(np.ones((2, 3), np.float32)).describe()
    'a float32 array of shape (2, 3)'
    """
    found = _PYTHON_TYPES.get(type(leaf))
    if found is not None:
        return found
    if isinstance(leaf, np.ndarray):
        return LeafType("array", leaf.dtype, leaf.shape)
    if isinstance(leaf, np.generic):
        return _scalar_type(leaf.dtype)
    for cls, found in _PYTHON_TYPES.items():
        if isinstance(leaf, cls):  # such as an IntEnum
            return found
    raise ArgumentError(f"{leaf!r} is neither a number nor an array")


@lru_cache
def _scalar_type(dtype: np.dtype[np.generic]) -> LeafType:
    return LeafType("scalar", dtype, ())


@dataclass(frozen=True, slots=True)
class Role:
    """What messages call the values that have to fit others.

    Args:
        given: what one of those values is: "cotangent".
        fitted: what they have to fit: "result".
        root: how the tree of those is named: "out".
    """

    given: str
    fitted: str
    root: str


COTANGENT = Role("cotangent", "result", "out")
TANGENT = Role("tangent", "primals", "primals")


@dataclass(frozen=True, slots=True)
class Outputs:
    """What is known of a function's result once it has run: all that a cotangent must fit.

    Args:
        name: the function's name, for messages.
        structure: the result's tree.
        leaves: the type of each leaf.
        role: what messages say; tangents fit primals in the same way.
    """

    name: str
    structure: Tree
    leaves: tuple[LeafType, ...]
    role: Role = COTANGENT


def outputs_of(name: str, result: object) -> Outputs:
    """Describe the result of a function.

    Args:
        name: the function's name, for messages.
        result: numbers, arrays and containers of them.

    Returns:
        The description; it holds nothing of `result` itself.

    Raises:
        ArgumentError: when a leaf is neither a number nor an array of numbers.
    """
    leaves, structure = flatten(result)
    if any(map(refusal, leaves)):
        check_numeric(leaves, paths(structure, "out"), f"the result of `{name}`:")
    return Outputs(name, structure, tuple(map(leaf_type, leaves)))


def accept(cotangent: object, outputs: Outputs) -> tuple[object, ...]:
    """Check a cotangent against the result that it belongs to.

    Args:
        cotangent: a tree like the result, with the same shapes and dtypes. What stands for an
            integer or boolean leaf is not read: a number or array of the leaf's shape, or None.
        outputs: the description of the result.

    Returns:
        One entry for each leaf of the result: None for integers and booleans, otherwise the
        cotangent as the same kind of number or array as the leaf. Arrays are not copied.

    Raises:
        CotangentError: for another structure, shape or dtype, naming the first leaf that differs.
        ArgumentError: for a leaf that is neither a number nor an array.
    """
    leaves, structure = flatten(cotangent)
    if structure != outputs.structure:
        filled = _without_nones(cotangent, outputs)
        if filled is None:
            raise _structure_error(structure, leaves, outputs)
        leaves = filled
    accepted: list[object] = []
    for index, (leaf, expected) in enumerate(zip(leaves, outputs.leaves, strict=True)):
        if leaf is None:  # only ever left in place of an integer
            accepted.append(None)
            continue
        if refusal(leaf) is not None and not _is_float0(leaf):
            check_numeric([leaf], [paths(outputs.structure, outputs.role.given)[index]], "the leaf")
        if not _fits(leaf_type(leaf), expected):
            raise _leaf_error(index, leaves, outputs)
        accepted.append(_converted(leaf, expected) if expected.differentiable else None)
    return tuple(accepted)


def bars_like(
    types: Sequence[LeafType], bars: Sequence[object], cotangents: Sequence[object] = ()
) -> list[object]:
    """Give gradients the form that their primals have.

    Args:
        types: the types of the primals.
        bars: one gradient for each of them, a number or an array; None means zero.
        cotangents: arrays that are the caller's, so that no gradient may share their memory.

    Returns:
        One gradient for each primal, of exactly its form, dtype and shape, of dtype `FLOAT0` for
        integers and booleans. Each array is writable and shares its memory with nothing.

    >>> bars_like([leaf_type(1.0), leaf_type(np.zeros(2, np.float32))], [np.float64(0.5), None])
    [0.5, array([0., 0.], dtype=float32)]
    """
    given = [array for array in cotangents if isinstance(array, np.ndarray)]
    if not given and len(types) == 1:
        (bar,) = bars
        return [_bar_like(types[0], bar, None)]
    taken = set(map(_address, given))
    return [_bar_like(kind, bar, taken) for kind, bar in zip(types, bars, strict=True)]


def zero_tangent(kind: LeafType) -> object:
    """A tangent or cotangent of zeros; None for integers."""
    return tangent_of(kind, 0.0) if kind.differentiable else None


def tangent_of(kind: LeafType, value: float) -> object:
    """A tangent or cotangent all of whose numbers are equal.

    >>> tangent_of(leaf_type(np.ones(2, np.float32)), 1.0)
    array([1., 1.], dtype=float32)
    """
    if kind.form == "array":
        return np.full(kind.shape, value, kind.dtype)
    if kind.form == "scalar":
        made: object = kind.dtype.type(value)
        return made
    return complex(value) if kind.dtype.kind == "c" else value


def split_aux(result: object) -> tuple[object, object]:
    """Split what a function with `has_aux=True` returned into its value and what goes with it.

    Args:
        result: a tuple or a list of two.

    Returns:
        The value, and the object that is passed through.

    Raises:
        ArgumentError: when it is anything else.
    """
    if isinstance(result, tuple | list) and len(result) == 2:
        return result[0], result[1]
    raise ArgumentError(
        "expected function with aux output to return a two-element tuple, but got type"
        f" {type(result)} with value {result!r}"
    )


def check_gradient_inputs(
    types: Sequence[LeafType], *, holomorphic: bool = False, allow_int: bool = False
) -> None:
    """Refuse arguments that `grad` does not differentiate.

    Args:
        types: the types of the leaves to differentiate by.
        holomorphic: whether all of them must be complex.
        allow_int: whether integers and booleans may be among them.

    Raises:
        ArgumentError: with JAX's text.
    """
    for kind in types:
        if holomorphic and kind.dtype.kind != "c":
            raise ArgumentError(
                "grad with holomorphic=True requires inputs with complex dtype, but got"
                f" {kind.dtype.name}."
            )
        if not kind.differentiable and not allow_int:
            raise ArgumentError(
                "grad requires real- or complex-valued inputs (input dtype that is a sub-dtype of"
                f" np.inexact), but got {kind.dtype.name}. If you want to use Boolean- or"
                " integer-valued inputs, use vjp or set allow_int to True."
            )


def check_gradient_output(result: object, *, holomorphic: bool = False) -> None:
    """Refuse results that have no gradient: all but real scalars, or complex if holomorphic.

    Args:
        result: what the function returned (without aux).
        holomorphic: whether the result must be complex instead.

    Raises:
        ArgumentError: with JAX's text.
    """
    # A subclass of both float and np.generic, a float64 scalar passes here like a Python float.
    if isinstance(result, float) and not holomorphic:
        return
    leaves, structure = flatten(result)
    if not structure.is_leaf():
        raise ArgumentError(
            f"Gradient only defined for scalar-output functions. Output was {result!r}."
        )
    check_numeric(leaves, ["out"], "the function's result")
    kind = leaf_type(result)
    if kind.shape:
        raise ArgumentError(
            f"Gradient only defined for scalar-output functions. Output had shape: {kind.shape}."
        )
    if holomorphic and kind.dtype.kind != "c":
        raise ArgumentError(
            "grad with holomorphic=True requires outputs with complex dtype, but got"
            f" {kind.dtype.name}."
        )
    if kind.dtype.kind == "c" and not holomorphic:
        raise ArgumentError(
            "grad requires real-valued outputs (output dtype that is a sub-dtype of np.floating),"
            f" but got {kind.dtype.name}. For holomorphic differentiation, pass holomorphic=True."
            " For differentiation of non-holomorphic functions involving complex outputs, use"
            " vjp directly."
        )
    if not kind.differentiable:
        raise ArgumentError(
            "grad requires real-valued outputs (output dtype that is a sub-dtype of np.floating),"
            f" but got {kind.dtype.name}. For differentiation of functions with integer outputs,"
            " use vjp directly."
        )


def _is_float0(leaf: object) -> bool:
    return isinstance(leaf, np.ndarray | np.generic) and leaf.dtype == FLOAT0


def _fits(got: LeafType, expected: LeafType) -> bool:
    """Tell whether a cotangent of one type fits a result of another."""
    if got.shape != expected.shape:
        return False
    if not expected.differentiable:
        return True
    if got.form == "python" and got.dtype.kind != "b":
        return (got.dtype.kind == "c") == (expected.dtype.kind == "c")
    return np.can_cast(got.dtype, expected.dtype, "equiv")


def _converted(leaf: Any, expected: LeafType) -> object:
    """Return a cotangent that fits as the same kind of number or array as the result."""
    if expected.form == "array":
        return np.asarray(leaf, expected.dtype)
    if expected.form == "scalar":
        return expected.dtype.type(leaf)
    return complex(leaf) if expected.dtype.kind == "c" else float(leaf)


def _without_nones(cotangent: object, outputs: Outputs) -> list[object] | None:
    """Return the leaves of a cotangent that has None for integers; None if that is not all."""
    found = flatten_up_to(outputs.structure, cotangent)
    if found is None:
        return None
    for leaf, expected in zip(found, outputs.leaves, strict=True):
        is_zero = leaf is None and not expected.differentiable
        if not is_zero and not flatten(leaf)[1].is_leaf():
            return None
    return found


def _structure_error(structure: Tree, leaves: Sequence[object], outputs: Outputs) -> SrcadError:
    place, expected, got = difference(outputs.structure, structure, outputs.role.root)
    return _error(place, expected, got, _shown(structure, leaves), outputs)


def _leaf_error(index: int, leaves: Sequence[object], outputs: Outputs) -> SrcadError:
    place = paths(outputs.structure, outputs.role.root)[index]
    expected = outputs.leaves[index]
    got = leaf_type(leaves[index])
    wanted = expected.describe()
    if not expected.differentiable:
        whole = outputs.role.fitted.removesuffix("s")
        wanted = f"anything of shape {expected.shape} (the {whole} is {wanted} there)"
    return _error(place, wanted, got.describe(), _shown(outputs.structure, leaves), outputs)


def _error(place: str, expected: str, got: str, shown: str, outputs: Outputs) -> SrcadError:
    name = outputs.name
    fitted = show(outputs.structure, (kind.label() for kind in outputs.leaves))
    if outputs.role is TANGENT:
        return TangentError(
            f"the tangent does not fit the primals of `{name}` at `{place}`\n"
            f"  expected:  {expected}\n"
            f"  got:       {got}\n"
            f"  primals:   {fitted}\n"
            f"  tangents:  {shown}"
        )
    return CotangentError(
        f"the cotangent does not fit the result of `{name}` at `{place}`\n"
        f"  expected:  {expected}\n"
        f"  got:       {got}\n"
        f"  result:    {fitted}\n"
        f"  cotangent: {shown}"
    )


def _shown(structure: Tree, leaves: Sequence[object]) -> str:
    """Print a cotangent as a tree of types."""
    labels = []
    for leaf in leaves:
        try:
            labels.append("None" if leaf is None else leaf_type(leaf).label())
        except ArgumentError:
            labels.append(type(leaf).__name__)
    return show(structure, labels)


def _bar_like(kind: LeafType, bar: Any, taken: set[int] | None) -> object:
    """Give one gradient its primal's form; `taken` is the memory that it may not share, if any."""
    if kind is _PYTHON_FLOAT and type(bar) is float:
        return bar  # most of a call with many scalars
    if not kind.differentiable:
        return np.zeros(kind.shape, FLOAT0)
    if bar is None:
        bar = np.zeros(kind.shape, kind.dtype) if kind.form == "array" else 0.0
    if kind.dtype.kind == "f":
        bar = bar.real
    if kind.form == "python":
        return float(bar) if kind.dtype.kind == "f" else complex(bar)
    if kind.form == "scalar":
        return kind.dtype.type(bar)
    array = np.asarray(bar, kind.dtype)
    if array.shape != kind.shape:
        raise SrcadError(
            f"a gradient has shape {array.shape} where its primal has {kind.shape}",
            hint="this is an error in srcad or in a rule of yours; if in srcad, please report it",
        )
    shared = isinstance(array.base, np.ndarray) or (taken and _address(array) in taken)
    if shared or not array.flags.writeable:
        array = array.copy()
    if taken is not None:
        taken.add(_address(array))
    return array


def _address(array: np.ndarray) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
