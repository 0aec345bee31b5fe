"""Elementwise functions that LLVM may vectorise by calling glibc's libmvec.

``vectorised("sin")`` is a function for compiled code that computes what ``math.sin`` does; declared
with its vector versions, so that a loop over it calls them (up to 4 ulp instead of 1). Raises
OSError or RuntimeError where there is no libmvec.
"""

import functools

import llvmlite.binding
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

DOUBLE = ir.DoubleType()
POINTER = ir.IntType(8).as_pointer()
# The letter of each instruction set in the names of libmvec, and the doubles in its registers.
VECTORS = {"d": 4, "e": 8} if "avx512f" in llvmlite.binding.get_host_cpu_features() else {"d": 4}


def keep(module, function):
    """Name function in ``llvm.compiler.used``, or the optimiser drops its declaration."""
    name = "llvm.compiler.used"
    kept = [function.bitcast(POINTER)]
    if name in module.globals:
        variable = module.globals[name]
        kept = [*variable.initializer.constant, *kept]
    else:
        variable = ir.GlobalVariable(module, ir.ArrayType(POINTER, 0), name)
        variable.linkage = "appending"
        variable.section = "llvm.metadata"
    variable.value_type = ir.ArrayType(POINTER, len(kept))
    variable.type = variable.value_type.as_pointer()
    variable.initializer = ir.Constant(variable.value_type, kept)


def declare(module, name, arity):
    """Declare the scalar function ``name`` with its vector versions."""
    if name in module.globals:
        return module.globals[name]
    scalar = ir.Function(module, ir.FunctionType(DOUBLE, [DOUBLE] * arity), name)
    versions = []
    for letter, width in VECTORS.items():
        mangled = f"_ZGV{letter}N{width}{'v' * arity}_{name}"
        vector = ir.VectorType(DOUBLE, width)
        keep(module, ir.Function(module, ir.FunctionType(vector, [vector] * arity), mangled))
        versions.append(f"{mangled}({mangled})")
    mapping = f'"vector-function-abi-variant"="{",".join(versions)}"'
    for attribute in ("nounwind", "memory(none)", "willreturn", mapping):
        # llvmlite's own add() knows only its list of attributes.
        set.add(scalar.attributes, attribute)
    return scalar


@functools.cache
def vectorised(name):
    """Give the function of one float64 for use inside compiled code."""
    llvmlite.binding.load_library_permanently("libmvec.so.1")

    def generate(context, builder, signature, arguments):
        return builder.call(declare(builder.module, name, len(arguments)), arguments)

    @intrinsic
    def function(typing_context, x):
        return types.float64(types.float64), generate

    return function
