"""Numba's pipeline as srcad needs it: no branches pruned too early, independent loops marked.

Numba drops a branch that constants decide before it infers types.  A variable that only that
branch binds is then bound nowhere, has no type, and the function does not compile, although
nothing reads it on the other ways.  LLVM drops such branches later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core.compiler import CompilerBase, DefaultPassBuilder
from numba.core.typed_passes import NativeLowering, NopythonTypeInference
from numba.core.untyped_passes import DeadBranchPrune

from srcad.engines.boxing import HandOver
from srcad.engines.independent import IndependentLowering, NoteIndependent

__all__ = ["Compiler", "OutermostCompiler"]


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


class OutermostCompiler(Compiler):
    """The same for functions that no compiled code calls: what they return is `boxing`'s affair."""

    # The dtype of the result if that is a scalar of NumPy's, and the first of what is returned.
    scalar: np.dtype[Any] | None = None

    def define_pipelines(self) -> list[Any]:
        """The one pipeline of the present compilation."""
        (manager,) = super().define_pipelines()
        if not self.state.flags.force_pyobject:
            manager.add_pass_after(HandOver, NopythonTypeInference)
            manager.finalize()
        return [manager]

    @classmethod
    def returning(cls, scalar: np.dtype[Any] | None) -> type[OutermostCompiler]:
        """The class for functions with such a result."""
        return type(cls.__name__, (cls,), {"scalar": scalar})
