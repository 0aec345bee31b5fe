"""Libraries of compiled code that get the memory of arrays from `kept` instead of Numba's runtime.

Arrays are made deep inside what Numba links in (`np.zeros`, `copy`, products), always by one
function.  In every module that becomes part of a library its name is changed.  And calls from
Python say when they begin and how they end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from llvmlite import ir as llvm
from numba.core import cgutils
from numba.core.callwrapper import PyCallWrapper
from numba.core.codegen import CodeLibrary, JITCodeLibrary

from srcad.engines import kept

__all__ = ["FramedCall", "KeepingLibrary"]


class KeepingLibrary(JITCodeLibrary):
    """A library of srcad's own functions."""

    def add_llvm_module(self, ll_module: Any) -> None:
        """Add what was compiled for this library."""
        kept.load()
        _redirect(ll_module)
        super().add_llvm_module(ll_module)  # type: ignore[no-untyped-call]

    def add_linking_library(self, library: CodeLibrary) -> None:
        """Note a library to link in."""
        library._ensure_finalized()
        self._linking_libraries.append(_Redirected(library))


class FramedCall(PyCallWrapper):
    """The code of a call from Python."""

    def build(self) -> Any:
        """Write it."""
        wrapper, api = super().build()  # type: ignore[no-untyped-call]
        builder = api.builder
        calls = [step for block in wrapper.blocks for step in block.instructions]
        (call,) = (step for step in calls if getattr(step, "callee", None) is self.func)
        memory = cgutils.alloca_once(builder, kept.FRAME)
        builder.position_before(call)
        frame = builder.bitcast(memory, kept.POINTER)
        enter = _declared(builder, kept.ENTER, kept.POINTER, kept.TRUTH)
        builder.call(enter, [frame, kept.TRUTH(bool(self.release_gil))])
        builder.position_after(call)
        leave = _declared(builder, kept.LEAVE, kept.POINTER, kept.NUMBER)
        builder.call(leave, [frame, call])
        return wrapper, api


def _declared(builder: llvm.IRBuilder, name: str, *kinds: llvm.Type) -> Any:
    signature = llvm.FunctionType(kept.NOTHING, kinds)
    return cgutils.get_or_insert_function(builder.module, signature, name)


@dataclass(frozen=True)
class _Redirected:
    """What a library asks of one that it links in.

    Args:
        library: the one that it is.
    """

    library: Any

    @property
    def _reload_init(self) -> Any:
        return self.library._reload_init

    def _get_module_for_linking(self) -> Any:
        module = self.library._get_module_for_linking()
        if not _allocates(module):
            return module
        copy = module.clone()
        _redirect(copy)
        return copy


def _allocates(module: Any) -> bool:
    try:
        module.get_function(kept.NUMBAS)
    except NameError:
        return False
    return True


def _redirect(module: Any) -> None:
    """Let a module call `OWN`."""
    if _allocates(module):
        module.get_function(kept.NUMBAS).name = kept.OWN
