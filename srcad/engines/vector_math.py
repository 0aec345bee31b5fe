"""The functions of `runtime.vector_math` as LLVM sees them: libm's, with vector versions.

The attribute `vector-function-abi-variant` on the declaration of a scalar function is what makes
LLVM's loop vectoriser call its vector versions.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys
from typing import Any

from srcad.runtime import vector_math
from srcad.runtime.vector_math import LIBM

LIBRARY = "libmvec.so.1"

# The letter of an instruction set in the names of libmvec, what the processor must be able to do,
# and the bits of its registers.
ISAS = (("b", "+sse4.1", 128), ("d", "+avx2", 256), ("e", "+avx512f", 512))
TWO = ("atan2", "hypot", "pow")


@functools.cache
def versions() -> dict[str, tuple[tuple[str, str, int], ...]]:
    """The vector versions of libm's functions, `sin` and `sinf`, that this machine can load.

    Returns:
        For each function its versions: name, required feature of the processor, elements.
    """
    if os.environ.get("SRCAD_VECTOR_MATH") == "0" or sys.platform != "linux":
        return {}
    if platform.machine() != "x86_64" or sys.maxsize < 2**32:
        return {}
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError:  # no glibc, or one without it
        return {}
    found = {}
    for name in LIBM.values():
        arguments = "vv" if name in TWO else "v"
        for suffix, bits in (("", 64), ("f", 32)):
            named = [
                (f"_ZGV{letter}N{width // bits}{arguments}_{name}{suffix}", feature, width // bits)
                for letter, feature, width in ISAS
            ]
            if all(hasattr(library, one) for one, _, _ in named):
                found[name + suffix] = tuple(named)
    return found


@functools.cache
def facts() -> str:
    """What machine code depends on here: code that needs libmvec is of no use without it."""
    return " ".join(sorted(versions()))


def install(namespace: dict[str, Any]) -> None:
    """Replace functions of `runtime.vector_math` in a module that Numba is to compile."""
    for name, value in namespace.items():
        if value is vector_math.plus:
            namespace[name] = _plus()
        elif value is vector_math.where:
            namespace[name] = _where()
        elif name in LIBM and value is getattr(vector_math, name):
            namespace[name] = _function(LIBM[name])


@functools.cache
def load() -> None:
    """Make the vector versions known to LLVM: for code compiled here, and code from the cache."""
    if versions():
        import llvmlite.binding

        llvmlite.binding.load_library_permanently(LIBRARY)


@functools.cache
def _function(name: str) -> Any:
    """A function of one or two floats for compiled code."""
    from numba.core import types
    from numba.extending import intrinsic

    load()

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        suffix = "f" if signature.return_type == types.float32 else ""
        features = context.codegen().magic_tuple()[2].split(",")
        return _call(builder, name + suffix, arguments, features)

    def one(typing_context: Any, x: Any) -> Any:
        kind = _kind(x)
        return kind(kind), generate

    def two(typing_context: Any, x: Any, y: Any) -> Any:
        kind = _kind(x, y)
        return kind(kind, kind), generate

    function = two if name in TWO else one
    function.__name__ = name
    return intrinsic(function)


def _kind(*operands: Any) -> Any:
    from numba.core import types

    small = all(operand == types.float32 for operand in operands)
    return types.float32 if small else types.float64


def _call(builder: Any, name: str, arguments: Any, features: list[str]) -> Any:
    """Call a function of libm, saying which vector versions there are for this processor.

    It is said of the call, not of the function: the same function elsewhere stays scalar.
    """
    from llvmlite import ir

    kind, count = arguments[0].type, len(arguments)
    if name in ("exp", "expf"):
        # exp(-inf), as in masked softmax: libmvec notes an invalid operation, libm does not.
        least = ir.Constant(kind, float("-inf"))
        small = ir.Constant(kind, -750.0 if name == "exp" else -110.0)  # exp of it is 0 as well
        is_least = builder.fcmp_ordered("==", arguments[0], least)
        arguments = [builder.select(is_least, small, arguments[0])]
    function = _declared(builder.module, name, kind, count)
    call = builder.call(function, arguments)
    attributes = ["nounwind", "willreturn", "memory(none)"]
    mappings = []
    for version, feature, width in versions().get(name, ()):
        if feature in features:
            vector = ir.VectorType(kind, width)
            _keep(builder.module, _declared(builder.module, version, vector, count))
            mappings.append(f"{version}({version})")
    if mappings:
        attributes.append(f'"vector-function-abi-variant"="{",".join(mappings)}"')
    for attribute in attributes:
        # llvmlite's own `add` knows only the attributes on its list.
        set.add(call.attributes, attribute)
    return call


def _declared(module: Any, name: str, kind: Any, count: int) -> Any:
    from llvmlite import ir

    if name in module.globals:
        return module.globals[name]
    return ir.Function(module, ir.FunctionType(kind, [kind] * count), name)


def _keep(module: Any, function: Any) -> None:
    """Name a function in `llvm.compiler.used`, or LLVM drops its declaration too early."""
    from llvmlite import ir

    name, pointer = "llvm.compiler.used", ir.IntType(8).as_pointer()
    kept = [function.bitcast(pointer)]
    variable = module.globals.get(name)
    known = [] if variable is None else variable.initializer.constant
    if str(kept[0]) in map(str, known):
        return
    if variable is None:
        variable = ir.GlobalVariable(module, ir.ArrayType(pointer, 0), name)
        variable.linkage, variable.section = "appending", "llvm.metadata"
    kept = [*known, *kept]
    variable.value_type = ir.ArrayType(pointer, len(kept))
    variable.type = variable.value_type.as_pointer()
    variable.initializer = ir.Constant(variable.value_type, kept)


@functools.cache
def _plus() -> Any:
    """An addition that LLVM may reorder, in code where it may reorder no other."""
    from numba.core import types
    from numba.extending import intrinsic

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fadd(*arguments, flags=("reassoc", "contract"))

    def plus(typing_context: Any, total: Any, x: Any) -> Any:
        kind = types.float32 if total == types.float32 else types.float64
        return kind(kind, kind), generate

    return intrinsic(plus)


@functools.cache
def _where() -> Any:
    """A choice without a branch.

    A vectorised branch runs on all elements, with zeros in place of those that are not its own,
    and 0 / 0 would look like an error of the program.
    """
    from numba.core import types
    from numba.extending import intrinsic

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    def where(typing_context: Any, test: Any, yes: Any, no: Any) -> Any:
        kind = typing_context.unify_types(yes, no)
        return kind(types.boolean, kind, kind), generate

    return intrinsic(where)


__all__ = ["facts", "install", "load", "versions"]
