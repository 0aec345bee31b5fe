"""Results of compiled code as Python objects: small arrays are copied to memory of NumPy's own.

Numba wraps memory of its own in an object of its own, and that in an array, which takes longer
than many an adjoint.  `Handed` is an array type that differs in this alone.
"""

from __future__ import annotations

import ctypes
import functools
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir as llvm
from numba.core import cgutils, ir, types
from numba.core.boxing import box_array
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.datamodel.models import ArrayModel, PrimitiveModel
from numba.core.imputils import lower_cast
from numba.extending import box, register_model
from numba.np.numpy_support import as_dtype

__all__ = ["HandOver", "Handed", "Scalar", "load", "python_kind"]

# Bytes up to which a copy is faster than Numba's way.
SMALL = 8192

# Places in the table of NumPy's C interface, which are part of its ABI.
_SYMBOLS = {"srcad_PyArray_Type": 2, "srcad_PyArray_Scalar": 60, "srcad_PyArray_New": 93}


@functools.cache
def load() -> bool:
    """Make NumPy's functions known to LLVM: for code compiled here, and code from the cache.

    Returns:
        Whether they were found.
    """
    try:
        capsule = np._core._multiarray_umath._ARRAY_API  # type: ignore[attr-defined]
        pointer = ctypes.pythonapi.PyCapsule_GetPointer
    except AttributeError:  # another Python or NumPy
        return False
    pointer.restype, pointer.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)
    table = ctypes.cast(pointer(capsule, None), ctypes.POINTER(ctypes.c_void_p))
    for name, place in _SYMBOLS.items():
        llvmlite.binding.add_symbol(name, table[place])
    return True


class Handed(types.Array):
    """The type of an array that compiled code hands to Python and keeps no reference to.

    Args:
        array: the type of the array in compiled code.
    """

    def __init__(self, array: types.Array) -> None:
        super().__init__(array.dtype, array.ndim, array.layout, name=f"Handed({array})")


class Scalar(types.Type):
    """The type of a number that compiled code hands to Python as a scalar of NumPy's.

    Args:
        number: the type of the number in compiled code.
    """

    def __init__(self, number: types.Number) -> None:
        self.number = number
        super().__init__(name=f"Scalar({number})")


def handed(kind: Any) -> Any:
    """The type that results of another one are handed to Python as."""
    if isinstance(kind, types.Tuple | types.UniTuple):
        return types.BaseTuple.from_types([handed(item) for item in kind.types])
    plain = type(kind) is types.Array and isinstance(kind.dtype, types.Number | types.Boolean)
    if plain and kind.layout == "C" and kind.ndim and kind.mutable and kind.aligned:
        return Handed(kind)
    return kind


def python_kind(kind: Any) -> object:
    """What objects of a type of Numba are in Python.

    Returns:
        The dtype and the rank of an array, the type of a number; None for anything else.
    """
    match kind:
        case types.Array():
            return as_dtype(kind.dtype), kind.ndim
        case types.Float():
            return float
        case types.Complex():
            return complex
        case types.Integer():
            return int
        case types.Boolean():
            return bool
    return None


register_model(Handed)(ArrayModel)


@register_model(Scalar)
class ScalarModel(PrimitiveModel):
    """A scalar in compiled code: the number."""

    def __init__(self, manager: Any, kind: Scalar) -> None:
        super().__init__(manager, kind, manager.lookup(kind.number).get_value_type())


@lower_cast(types.Number, Scalar)
@lower_cast(types.Array, Handed)
def _cast(context: Any, builder: Any, source: Any, target: Any, value: Any) -> Any:
    return value


@register_pass(mutates_CFG=False, analysis_only=False)
class HandOver(FunctionPass):
    """Compile a function that only Python calls: let its results be `Handed`."""

    _name = "srcad_hand_over"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Change the types of what is returned, once types are known."""
        kind = handed(state.return_type)
        scalar = state.pipeline.scalar
        if scalar is not None and as_dtype(kind[0]) == scalar:
            kind = types.BaseTuple.from_types([Scalar(kind[0]), *kind.types[1:]])
        if kind == state.return_type or not load():
            return False
        for block in state.func_ir.blocks.values():
            last = block.body[-1]
            if isinstance(last, ir.Return):
                # It is the target of a cast, and nothing else reads it.
                del state.typemap[last.value.name]
                state.typemap[last.value.name] = kind
        state.return_type = kind
        return True


@box(Scalar)
def _box_scalar(kind: Scalar, value: Any, c: Any) -> Any:
    """Make a scalar of NumPy's."""
    void = cgutils.voidptr_t
    signature = llvm.FunctionType(void, [void, void, void])
    new = cgutils.get_or_insert_function(c.builder.module, signature, "srcad_PyArray_Scalar")
    place = c.builder.bitcast(cgutils.alloca_once_value(c.builder, value), void)
    dtype = c.env_manager.read_const(c.env_manager.add_const(as_dtype(kind.number)))
    return c.builder.call(new, [place, dtype, void(None)])


@box(Handed)
def _box_array(kind: Handed, value: Any, c: Any) -> Any:
    """Copy an array if it is small, else let Numba make an object of it."""
    builder = c.builder
    array = c.context.make_array(kind)(c.context, builder, value=value)
    size = builder.mul(array.nitems, array.itemsize)
    made = cgutils.alloca_once(builder, cgutils.voidptr_t)
    few = builder.icmp_unsigned("<=", size, size.type(SMALL))
    with builder.if_else(few) as (small, large):
        with small:
            copy = _new_array(builder, kind, array.shape)
            builder.store(copy, made)
            with builder.if_then(cgutils.is_not_null(builder, copy), likely=True):
                # The first field of an array is the address of its elements.
                field = builder.gep(copy, [size.type(object.__basicsize__)])
                data = builder.load(builder.bitcast(field, cgutils.voidptr_t.as_pointer()))
                cgutils.raw_memcpy(builder, data, array.data, size, size.type(1))
            c.context.nrt.decref(builder, kind, value)
        with large:
            builder.store(box_array(kind, value, c), made)
    return builder.load(made)


def _new_array(builder: Any, kind: Handed, shape: Any) -> Any:
    """Call `PyArray_New`."""
    void, number = cgutils.voidptr_t, cgutils.int32_t
    lengths = cgutils.alloca_once_value(builder, shape)
    lengths = builder.bitcast(lengths, shape.type.element.as_pointer())
    array_type = builder.module.globals.get("srcad_PyArray_Type")
    if array_type is None:
        array_type = llvm.GlobalVariable(builder.module, cgutils.int8_t, "srcad_PyArray_Type")
    arguments = [
        array_type,
        number(kind.ndim),
        lengths,
        number(as_dtype(kind.dtype).num),
        lengths.type(None),  # strides
        void(None),  # memory
        number(0),  # bytes of an element
        number(0),  # flags
        void(None),  # whose memory it is
    ]
    signature = llvm.FunctionType(void, [argument.type for argument in arguments])
    new = cgutils.get_or_insert_function(builder.module, signature, "srcad_PyArray_New")
    return builder.call(new, arguments)
