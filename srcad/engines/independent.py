"""Loops over `independent(n)`: LLVM learns that their trips do not touch each other's elements.

LLVM cannot see that two arrays have memory of their own.  Before it takes a loop in vectors it lets
the program compare their addresses, gives up if there are too many of them, and takes arrays one
by one that merely lie close to each other, which makes the order of a sum a matter of luck.  The
loops that srcad writes for array expressions are independent by construction.  What they read and
write forms an access group, and the loop says that it is parallel in that (LLVM Language Reference,
"llvm.loop.parallel_accesses").
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir as llvm
from numba.core import ir
from numba.core.analysis import compute_cfg_from_blocks
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.ir_utils import get_definition, guard
from numba.core.lowering import Lower
from numba.core.typed_passes import NativeLowering

from srcad.engines import large
from srcad.engines.indices import Indices
from srcad.engines.linking import FramedCall, KeepingLibrary
from srcad.runtime.compiled import independent

LINES = "independent loops"
"""Where the metadata of a compilation has the numbers of the lines that such loops begin on."""

MEMORY = ("load", "store", "call")


@register_pass(mutates_CFG=False, analysis_only=False)
class NoteIndependent(FunctionPass):
    """Note the loops over `independent(n)`, and make them loops over `range(n)`."""

    _name = "srcad_note_independent"

    def __init__(self) -> None:
        """Take part in a pipeline."""

    def run_pass(self, state: Any) -> bool:
        """Numba's name for what a pass does."""
        lines = state.metadata.setdefault(LINES, set())
        changed = large.rewrite_zeros(state.func_ir)
        for block in state.func_ir.blocks.values():
            for step in block.find_insts(ir.Assign):
                value = step.value
                if isinstance(value, ir.Global) and value.value is independent:
                    step.value = ir.Global("range", range, step.loc)
                    lines.add(step.loc.line)
                    changed = True
        return changed


class _Distinct(llvm.values.MDValue):  # type: ignore[misc]
    """A node of metadata that is itself, whatever another one contains."""

    def __init__(self, module: llvm.Module) -> None:
        super().__init__(module, (), name=str(len(module.metadata)))

    def descr(self, buf: list[str]) -> None:
        """Write the definition."""
        buf.append("distinct ")
        super().descr(buf)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


class _Lower(Lower):
    """From Numba's code to LLVM's, with what is known about independent loops.

    Calls of Python (`objmode`) may stand in several branches.
    """

    def pre_lower(self) -> None:
        super().pre_lower()  # type: ignore[no-untyped-call]
        self.written: dict[int, list[llvm.Block]] = {}
        self.indices = Indices(self.func_ir)

    def init_pyapi(self) -> None:
        # Numba's own keeps what it loads in one branch for another one, where it is not there.
        self.pyapi = None
        super().init_pyapi()  # type: ignore[no-untyped-call]

    def lower_inst(self, inst: ir.Stmt) -> None:
        block, before = self.builder.block, len(self.builder.block.instructions)
        super().lower_inst(inst)  # type: ignore[no-untyped-call]
        if large.called_of_numpy(self.func_ir, inst, "empty"):
            large.advise(self, inst)
        self.indices.settle(inst, self.typeof, block.instructions[before:])

    def lower_block(self, block: ir.Block) -> None:
        offset = next(number for number, other in self.blocks.items() if other is block)
        known = set(map(id, self.function.blocks))
        super().lower_block(block)  # type: ignore[no-untyped-call]
        made = [other for other in self.function.blocks if id(other) not in known]
        self.written[offset] = [self.blkmap[offset], *made]

    def post_lower(self) -> None:
        super().post_lower()  # type: ignore[no-untyped-call]
        lines = self.metadata.get(LINES, ())
        loops = compute_cfg_from_blocks(self.blocks).loops().values() if lines else ()
        for loop in loops:
            inner = set().union(*(other.body for other in loops if other.body < loop.body))
            own = [self.blocks[offset] for offset in sorted(set(loop.body) - inner)]
            if _line(self.func_ir, own) in lines:
                self._mark([block for offset in loop.body for block in self.written[offset]], loop)

    def create_cpython_wrapper(self, release_gil: bool = False) -> None:
        """Write the code of calls from Python."""
        made, context = self.fndesc, self.context
        module = context.create_module("wrapper")
        kind = context.call_conv.get_function_type(made.restype, made.argtypes)
        function = llvm.Function(module, kind, made.llvm_func_name)
        wrapper: Any = FramedCall
        wrapper(context, module, function, made, self.env, self.call_helper, release_gil).build()
        self.library.add_ir_module(module)

    def _mark(self, blocks: list[llvm.Block], loop: Any) -> None:
        header = self.blkmap[loop.header]
        group, accesses, itself = (_Distinct(self.module) for _ in range(3))
        name = llvm.MetaDataString(self.module, "llvm.loop.parallel_accesses")
        accesses.operands = (name, group)
        itself.operands = (itself, accesses)
        for block in blocks:
            for instruction in block.instructions:
                if instruction.opname in MEMORY:
                    instruction.set_metadata("llvm.access.group", group)
            last = block.terminator
            if last is not None and header in last.operands:
                last.set_metadata("llvm.loop", itself)


def _line(function: Any, blocks: list[ir.Block]) -> int | None:
    """The number of the line that the `for` loop of these blocks stands on."""
    for step in (step for block in blocks for step in block.find_insts(ir.Assign)):
        if isinstance(step.value, ir.Expr) and step.value.op == "iternext":
            found = step.value.value
            while isinstance(found, ir.Var) or (
                isinstance(found, ir.Expr) and found.op == "getiter"
            ):
                found = guard(
                    get_definition, function, found if isinstance(found, ir.Var) else found.value
                )
            if isinstance(found, ir.Expr) and found.op == "call":
                line: int = found.loc.line
                return line
    return None


@register_pass(mutates_CFG=True, analysis_only=False)
class IndependentLowering(NativeLowering):
    """Numba's last pass, with loops marked, and into a library that keeps the memory of arrays."""

    _name = "srcad_native_lowering"

    def run_pass(self, state: Any) -> bool:
        """Numba's name for what a pass does."""
        if state.library is None:
            library: Any = KeepingLibrary
            state.library = library(state.targetctx.codegen(), state.func_id.func_qualname)
            state.library.enable_object_caching()
        super().run_pass(state)  # type: ignore[no-untyped-call]
        return True

    @property
    def lowering_class(self) -> type[Lower]:
        """What does the work."""
        return _Lower
