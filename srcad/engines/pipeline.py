"""Numba's pipeline without the pruning of branches, which LLVM does after types are known.

Numba drops a branch that constants decide before it infers types.  A variable that only that
branch binds is then bound nowhere, has no type, and the function does not compile, although
nothing reads it on the other ways.
"""

from __future__ import annotations

from typing import Any

from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.untyped_passes import DeadBranchPrune


class Compiler(CompilerBase):
    """What `njit(pipeline_class=...)` asks for the passes."""

    def define_pipelines(self) -> list[Any]:
        """The one pipeline of the present compilation."""
        builder: Any = DefaultPassBuilder
        if self.state.flags.force_pyobject:
            return [builder.define_objectmode_pipeline(self.state)]
        manager = builder.define_nopython_pipeline(self.state)
        manager.passes = [step for step in manager.passes if step[0] is not DeadBranchPrune]
        return [manager]
