"""Numba's pipeline as srcad needs it: no branches pruned too early, independent loops marked.

Numba drops a branch that constants decide before it infers types.  A variable that only that
branch binds is then bound nowhere, has no type, and the function does not compile, although
nothing reads it on the other ways.  LLVM drops such branches later.
"""

from __future__ import annotations

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.typed_passes import NativeLowering
from numba.core.untyped_passes import DeadBranchPrune

from srcad.engines.independent import IndependentLowering, NoteIndependent


class Compiler(CompilerBase):
    """What `njit(pipeline_class=...)` asks for the passes."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline of the present compilation."""
        builder: Any = DefaultPassBuilder
        if self.state.flags.force_pyobject:
            return [builder.define_objectmode_pipeline(self.state)]
        manager = builder.define_nopython_pipeline(self.state)
        instead = {DeadBranchPrune: NoteIndependent, NativeLowering: IndependentLowering}
        manager.passes = [(instead.get(step, step), why) for step, why in manager.passes]
        manager.finalize()
        return [manager]
