"""Large arrays in large pages, as NumPy has them: a bar of 40 MB is written three times as fast.

Linux hands out memory in pages of 4 KiB when they are first written to, or of 2 MiB where it was
told that they will all be needed (`madvise`).
"""

from __future__ import annotations

import functools
import sys
from typing import Any

import numpy as np
from llvmlite import ir as llvm
from numba.core import cgutils, ir, types
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.ir_utils import get_definition, guard

LARGE = 1 << 22
"""Bytes that are worth it; NumPy has the same limit."""

PAGE = 4096
HUGE_PAGES = 14
"""What `madvise` calls its advice."""

SUPPORTED = sys.platform == "linux"


def zeros(shape):  # type: ignore[no-untyped-def]
    """`np.zeros(shape)`, told to be in large pages before anything is written."""
    array = np.empty(shape)
    array.fill(0.0)
    return array


@functools.cache
def _compiled_zeros() -> Any:
    import numba

    from srcad.engines.numba_engine import FLAGS
    from srcad.engines.pipeline import Compiler

    return numba.njit(pipeline_class=Compiler, **FLAGS)(zeros)


def rewrite_zeros(function: ir.FunctionIR) -> bool:
    """Let `zeros` stand for `np.zeros` outside loops; whether there are any.

    Numba's own writes the zeros before anybody could ask for large pages.
    """
    if not SUPPORTED:
        return False
    loops = compute_cfg_from_blocks(function.blocks).loops().values()
    repeated = set().union(*(loop.body for loop in loops))
    once = [block for offset, block in function.blocks.items() if offset not in repeated]
    steps = [step for block in once for step in block.find_insts(ir.Assign)]
    found = {id(called) for step in steps if (called := called_of_numpy(function, step, "zeros"))}
    for step in steps:
        if id(step.value) in found:
            step.value = ir.Global("zeros", _compiled_zeros(), step.loc)
            function._definitions[step.target.name] = [step.value]
    return bool(found)


def called_of_numpy(function: ir.FunctionIR, step: ir.Stmt, name: str) -> ir.Expr | None:
    """The function in `array = np.empty(shape)`, if it is the one of that name."""
    call = step.value if isinstance(step, ir.Assign) else None
    if not isinstance(call, ir.Expr) or call.op != "call" or len(call.args) != 1 or call.kws:
        return None
    called = guard(get_definition, function, call.func)
    if not (isinstance(called, ir.Expr) and called.op == "getattr" and called.attr == name):
        return None
    module = guard(get_definition, function, called.value)
    return called if isinstance(module, ir.Global) and module.value is np else None


def advise(lower: Any, step: Any) -> None:
    """Ask for large pages for a new array, if it is a large one."""
    kind = lower.typeof(step.target.name)
    if not SUPPORTED or not isinstance(kind, types.Array):
        return
    builder, context = lower.builder, lower.context
    array = context.make_array(kind)(context, builder, lower.loadvar(step.target.name))
    size = builder.mul(array.nitems, array.itemsize)
    word, number = size.type, llvm.IntType(32)
    with builder.if_then(builder.icmp_signed(">=", size, word(LARGE)), likely=False):
        kind_of_advice = llvm.FunctionType(number, (word, word, number))
        call = cgutils.get_or_insert_function(builder.module, kind_of_advice, "madvise")
        first = builder.add(builder.ptrtoint(array.data, word), word(PAGE - 1))
        first = builder.and_(first, word(-PAGE))
        builder.call(call, (first, builder.sub(size, word(PAGE)), number(HUGE_PAGES)))
