"""Memory of arrays of compiled code, kept for the next arrays of their size.

A gradient makes the same tapes, bars and temporaries at every call.  The C library gives memory of
that size back to the system each time, which hands out pages that it has to clear first.  Here, the
memory of an array to which the last reference is gone waits for the next array of its `room`.
Whatever anybody holds, in Python or in a pullback, is not touched.

Only one thread at a time comes here; others that would have to wait, and the child of a fork that
another thread left locked, use the C library.

Code of Numba's that raises an exception forgets its arrays.  So a call from Python has a `frame`:
a list of the memory that it has, which is taken back if it fails.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import binding
from llvmlite import ir as llvm
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.runtime.nrt import rtsys
from numba.core.runtime.nrtdynmod import _meminfo_struct_type as INFO

__all__ = ["LEAST", "LIMIT", "NUMBAS", "OWN", "load", "release", "total"]

LEAST = 1 << 14
"""Bytes of the smallest arrays that it is worth it for."""

LIMIT = 1 << 26
"""Bytes that are kept at most."""

PLACES = 64
"""Pieces of memory that are kept at most."""

PATIENCE = 1024
"""After how many others have come back a piece that nobody asked for goes to the C library."""

STEPS = 3
"""Powers of two between one `room` and twice as much."""

HEADER = 64
"""Bytes before the memory of an array, for `PIECE`."""

NUMBAS = "NRT_MemInfo_alloc_aligned"
"""What Numba's code calls for the memory of an array."""

OWN = "srcad_alloc_aligned"
"""What the code of srcad calls in its place."""

ENTER, LEAVE = "srcad_enter", "srcad_leave"
"""What a call from Python calls with its frame, and whether that is to list anything: not if Python
can run in between; and in the end with its frame and how it went."""

SUPPORTED = sys.platform == "linux" and sys.maxsize > 1 << 32

BYTE, TRUTH, NUMBER, WORD = (llvm.IntType(width) for width in (8, 1, 32, 64))
POINTER = BYTE.as_pointer()
NOTHING = llvm.VoidType()
# `NRT_ExternalAllocator` of Numba's interface: malloc, realloc, free and what they are given.
ALLOCATOR = llvm.LiteralStructType((POINTER,) * 4)
# A frame: its first piece, and the frame of the call around it.
FRAME = llvm.LiteralStructType((POINTER,) * 2)
# A piece of memory: its room, the pieces before and after it in a frame, and that.
PIECE = llvm.LiteralStructType((WORD, POINTER, POINTER, POINTER))
ROOM, BEFORE, AFTER, OWNER = range(4)


@functools.cache
def load() -> Any:
    """Make `OWN` known to LLVM: for code compiled here, and code from the cache.

    Returns:
        What the code of this file is in, which is needed for as long as there are arrays.
    """
    with global_compiler_lock:
        rtsys.initialize(cpu_target.target_context)
        module = binding.parse_assembly(str(_Writer(_thread_key()).module))
        module.verify()
        # Numba's own engine would optimise it for longer than most programs need it.
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        engine = binding.create_mcjit_compiler(module, machine)
        engine.finalize_object()
        for name in (OWN, ENTER, LEAVE):
            binding.add_symbol(name, engine.get_function_address(name))
    return engine


def _thread_key() -> int | None:
    """Where a thread has its frame; None where nothing is kept."""
    if not SUPPORTED:
        return None
    key = ctypes.c_uint()
    failed = ctypes.CDLL(None).pthread_key_create(ctypes.byref(key), None)
    return None if failed else key.value


def release() -> None:
    """Give everything that is kept back to the C library."""
    ctypes.CFUNCTYPE(None)(load().get_function_address("srcad_release_kept"))()


def total() -> int:
    """How many bytes are kept."""
    return int(ctypes.CFUNCTYPE(ctypes.c_int64)(load().get_function_address("srcad_total_kept"))())


class _Writer:
    """The code of it, and where it keeps what."""

    def __init__(self, key: int | None) -> None:
        self.module = llvm.Module("srcad_kept")
        self.lock = self._variable("lock", NUMBER)
        self.clock = self._variable("clock", WORD)
        self.total = self._variable("total", WORD)
        # Of each place: the room that is kept there, when it came, and where it is.
        self.rooms = self._variable("rooms", llvm.ArrayType(WORD, PLACES))
        self.since = self._variable("since", llvm.ArrayType(WORD, PLACES))
        self.where = self._variable("where", llvm.ArrayType(POINTER, PLACES))
        self.malloc = self._declared("PyMem_RawMalloc", POINTER, WORD)
        self.free = self._declared("PyMem_RawFree", NOTHING, POINTER)
        self._write_total()
        self.release = self._write_release()
        if key is None:
            self._write_nothing()
            return
        self.key = NUMBER(key)
        self.frame = self._declared("pthread_getspecific", POINTER, NUMBER)
        self.set_frame = self._declared("pthread_setspecific", NUMBER, NUMBER, POINTER)
        allocator = self._variable("allocator", ALLOCATOR)
        give = self._write_give()
        functions = [self._write_take(), POINTER(None), give, POINTER(None)]
        allocator.initializer = ALLOCATOR([function.bitcast(POINTER) for function in functions])
        self._write_own(allocator)
        self._write_enter()
        self._write_leave(give)

    def _variable(self, name: str, kind: llvm.Type) -> llvm.GlobalVariable:
        variable = llvm.GlobalVariable(self.module, kind, f"srcad_kept_{name}")
        variable.initializer = kind(None)
        return variable

    def _declared(self, name: str, result: llvm.Type, *kinds: llvm.Type) -> llvm.Function:
        return llvm.Function(self.module, llvm.FunctionType(result, kinds), name)

    def _defined(
        self, name: str, result: llvm.Type, *kinds: llvm.Type
    ) -> tuple[llvm.IRBuilder, llvm.Function]:
        function = self._declared(name, result, *kinds)
        return llvm.IRBuilder(function.append_basic_block("entry")), function

    @contextmanager
    def _locked(self, builder: llvm.IRBuilder) -> Iterator[None]:
        """What is to be done if the lock is to be had at once."""
        old = builder.cmpxchg(self.lock, NUMBER(0), NUMBER(1), "acquire", "monotonic")
        with builder.if_then(builder.extract_value(old, 1), likely=True):
            yield
            builder.store_atomic(NUMBER(0), self.lock, "release", 4)

    def _drop(self, builder: llvm.IRBuilder, place: Any) -> Any:
        """Take a piece of memory out of its place."""
        room = cgutils.gep(builder, self.rooms, 0, place)
        left = builder.sub(builder.load(self.total), builder.load(room))
        builder.store(left, self.total)
        builder.store(WORD(0), room)
        return builder.load(cgutils.gep(builder, self.where, 0, place))

    def _write_total(self) -> None:
        builder, _ = self._defined("srcad_total_kept", WORD)
        builder.ret(builder.load(self.total))

    def _write_release(self) -> llvm.Function:
        builder, function = self._defined("srcad_release_kept", NOTHING)
        with self._locked(builder), cgutils.for_range(builder, WORD(PLACES)) as loop:
            room = builder.load(cgutils.gep(builder, self.rooms, 0, loop.index))
            with builder.if_then(cgutils.is_not_null(builder, room)):
                builder.call(self.free, [self._drop(builder, loop.index)])
        builder.ret_void()
        return function

    def _write_take(self) -> llvm.Function:
        """Write `malloc`: the piece of that room that came last, or a new one."""
        builder, function = self._defined("srcad_take", POINTER, WORD, POINTER)
        room = self._room(builder, builder.add(function.args[0], WORD(HEADER)))
        found = cgutils.alloca_once_value(builder, POINTER(None))
        last = cgutils.alloca_once_value(builder, WORD(0))
        best = cgutils.alloca_once_value(builder, WORD(-1))
        with self._locked(builder):
            with cgutils.for_range(builder, WORD(PLACES)) as loop:
                other = builder.load(cgutils.gep(builder, self.rooms, 0, loop.index))
                came = builder.load(cgutils.gep(builder, self.since, 0, loop.index))
                newer = builder.icmp_signed(">", came, builder.load(last))
                with builder.if_then(builder.and_(builder.icmp_signed("==", other, room), newer)):
                    builder.store(came, last)
                    builder.store(loop.index, best)
            with builder.if_then(builder.icmp_signed(">=", builder.load(best), WORD(0))):
                builder.store(self._drop(builder, builder.load(best)), found)
        with builder.if_then(cgutils.is_null(builder, builder.load(found))):
            builder.store(builder.call(self.malloc, [room]), found)
            with builder.if_then(cgutils.is_null(builder, builder.load(found)), likely=False):
                # Memory is short: what waits here might be enough.
                builder.call(self.release, [])
                builder.store(builder.call(self.malloc, [room]), found)
        memory = builder.load(found)
        with builder.if_then(cgutils.is_null(builder, memory), likely=False):
            builder.ret(memory)
        self._list(builder, memory, room)
        builder.ret(cgutils.gep(builder, memory, HEADER))
        return function

    def _list(self, builder: llvm.IRBuilder, memory: Any, room: Any) -> None:
        """Write the header of a piece, and put it before the others of the frame of the thread."""
        frame = builder.call(self.frame, [self.key])
        builder.store(room, _field(builder, memory, ROOM))
        builder.store(frame, _field(builder, memory, OWNER))
        with builder.if_then(cgutils.is_not_null(builder, frame)):
            first = _field(builder, frame, 0, FRAME)
            after = builder.load(first)
            builder.store(POINTER(None), _field(builder, memory, BEFORE))
            builder.store(after, _field(builder, memory, AFTER))
            with builder.if_then(cgutils.is_not_null(builder, after)):
                builder.store(memory, _field(builder, after, BEFORE))
            builder.store(memory, first)

    def _unlist(self, builder: llvm.IRBuilder, memory: Any) -> None:
        """Take a piece out of the list that it is in; only the thread of the frame does so."""
        frame = builder.load(_field(builder, memory, OWNER))
        with builder.if_then(cgutils.is_not_null(builder, frame)):
            before = builder.load(_field(builder, memory, BEFORE))
            after = builder.load(_field(builder, memory, AFTER))
            is_first = cgutils.is_null(builder, before)
            place = builder.select(
                is_first, _field(builder, frame, 0, FRAME), _field(builder, before, AFTER)
            )
            builder.store(after, place)
            with builder.if_then(cgutils.is_not_null(builder, after)):
                builder.store(before, _field(builder, after, BEFORE))

    def _room(self, builder: llvm.IRBuilder, size: Any) -> Any:
        """The bytes to ask the C library for: of every size one of few, an eighth more at most."""
        zeros = builder.ctlz(size, TRUTH(1))
        shift = builder.sub(WORD(63 - STEPS), zeros)
        more = builder.sub(builder.shl(WORD(1), shift), WORD(1))
        return builder.shl(builder.lshr(builder.add(size, more), shift), shift)

    def _write_give(self) -> llvm.Function:
        """Write `free`: keep the piece, and let go of others for it."""
        builder, function = self._defined("srcad_give", NOTHING, POINTER, POINTER)
        memory = cgutils.gep(builder, function.args[0], -HEADER)
        self._unlist(builder, memory)
        room = builder.load(_field(builder, memory, ROOM))
        left = cgutils.alloca_once_value(builder, memory)
        with builder.if_then(builder.icmp_signed("<=", room, WORD(LIMIT))), self._locked(builder):
            now = builder.add(builder.load(self.clock), WORD(1))
            builder.store(now, self.clock)
            place = self._place(builder, room, now)
            after = builder.add(builder.load(self.total), room)
            builder.store(after, self.total)
            builder.store(room, cgutils.gep(builder, self.rooms, 0, place))
            builder.store(now, cgutils.gep(builder, self.since, 0, place))
            builder.store(memory, cgutils.gep(builder, self.where, 0, place))
            builder.store(POINTER(None), left)
        builder.call(self.free, [builder.load(left)])
        builder.ret_void()
        return function

    def _place(self, builder: llvm.IRBuilder, room: Any, now: Any) -> Any:
        """Make a place for a piece: the oldest ones go until there is one."""
        empty = cgutils.alloca_once(builder, WORD)
        oldest = cgutils.alloca_once(builder, WORD)
        first = cgutils.alloca_once(builder, WORD)
        look = builder.append_basic_block("look")
        done = builder.append_basic_block("done")
        builder.branch(look)
        builder.position_at_end(look)
        builder.store(WORD(-1), empty)
        builder.store(WORD(-1), oldest)
        builder.store(now, first)
        with cgutils.for_range(builder, WORD(PLACES)) as loop:
            other = builder.load(cgutils.gep(builder, self.rooms, 0, loop.index))
            came = builder.load(cgutils.gep(builder, self.since, 0, loop.index))
            with builder.if_else(cgutils.is_null(builder, other)) as (free, taken):
                with free:
                    builder.store(loop.index, empty)
                with (
                    taken,
                    builder.if_then(builder.icmp_signed("<", came, builder.load(first))),
                ):
                    builder.store(came, first)
                    builder.store(loop.index, oldest)
        after = builder.add(builder.load(self.total), room)
        forgotten = builder.add(builder.load(first), WORD(PATIENCE))
        full = builder.or_(
            builder.icmp_signed("<", builder.load(empty), WORD(0)),
            builder.icmp_signed(">", after, WORD(LIMIT)),
        )
        full = builder.or_(full, builder.icmp_signed("<", forgotten, now))
        with builder.if_then(full):
            builder.call(self.free, [self._drop(builder, builder.load(oldest))])
            builder.branch(look)
        builder.branch(done)
        builder.position_at_end(done)
        return builder.load(empty)

    def _write_own(self, allocator: llvm.GlobalVariable) -> None:
        """Write `OWN`: small arrays as Numba makes them, others with memory from here."""
        builder, function = self._defined(OWN, POINTER, WORD, NUMBER)
        size, align = function.args
        numbas = self._declared(NUMBAS, POINTER, WORD, NUMBER)
        with builder.if_then(builder.icmp_signed("<", size, WORD(LEAST)), likely=True):
            builder.ret(builder.call(numbas, [size, align]))
        # The second function of Numba's interface allocates by somebody else's functions.
        table = builder.call(self._declared("NRT_get_api", POINTER), [])
        kind = llvm.FunctionType(POINTER, (WORD, ALLOCATOR.as_pointer()))
        table = builder.bitcast(table, kind.as_pointer().as_pointer())
        allocate = builder.load(cgutils.gep(builder, table, 1))
        step = builder.zext(align, WORD)
        made = builder.call(allocate, [builder.add(size, step), allocator])
        with builder.if_then(cgutils.is_null(builder, made), likely=False):
            builder.ret(made)
        data, bytes_of_it = (_field(builder, made, place, INFO) for place in (3, 4))
        first = builder.ptrtoint(builder.load(data), WORD)
        first = builder.add(first, builder.sub(step, WORD(1)))
        first = builder.and_(first, builder.neg(step))
        builder.store(builder.inttoptr(first, POINTER), data)
        builder.store(size, bytes_of_it)
        builder.ret(made)

    def _write_enter(self) -> None:
        """Write `ENTER`: the frame of a call becomes that of the thread if it lists pieces."""
        builder, function = self._defined(ENTER, NOTHING, POINTER, TRUTH)
        frame, lists = function.args
        builder.store(POINTER(None), _field(builder, frame, 0, FRAME))
        around = builder.call(self.frame, [self.key])
        builder.store(around, _field(builder, frame, 1, FRAME))
        builder.call(self.set_frame, [self.key, builder.select(lists, frame, POINTER(None))])
        builder.ret_void()

    def _write_leave(self, give: llvm.Function) -> None:
        """Write `LEAVE`: what a call has is its result, or is taken back."""
        builder, function = self._defined(LEAVE, NOTHING, POINTER, NUMBER)
        frame, status = function.args
        around = builder.load(_field(builder, frame, 1, FRAME))
        builder.call(self.set_frame, [self.key, around])
        piece = cgutils.alloca_once_value(builder, builder.load(_field(builder, frame, 0, FRAME)))
        look, done = builder.append_basic_block("look"), builder.append_basic_block("done")
        builder.branch(look)
        builder.position_at_end(look)
        memory = builder.load(piece)
        with builder.if_then(cgutils.is_not_null(builder, memory)):
            builder.store(builder.load(_field(builder, memory, AFTER)), piece)
            builder.store(POINTER(None), _field(builder, memory, OWNER))
            with builder.if_then(builder.icmp_signed("!=", status, NUMBER(0)), likely=False):
                builder.call(give, [cgutils.gep(builder, memory, HEADER), POINTER(None)])
            builder.branch(look)
        builder.branch(done)
        builder.position_at_end(done)
        builder.ret_void()

    def _write_nothing(self) -> None:
        """Write what stands for all of this where nothing is kept."""
        builder, function = self._defined(OWN, POINTER, WORD, NUMBER)
        numbas = self._declared(NUMBAS, POINTER, WORD, NUMBER)
        builder.ret(builder.call(numbas, function.args))
        for name, kinds in ((ENTER, (POINTER, TRUTH)), (LEAVE, (POINTER, NUMBER))):
            builder, _ = self._defined(name, NOTHING, *kinds)
            builder.ret_void()


def _field(builder: llvm.IRBuilder, pointer: Any, place: int, kind: llvm.Type = PIECE) -> Any:
    """The address of one of the fields of what a pointer points to."""
    return cgutils.gep(builder, builder.bitcast(pointer, kind.as_pointer()), 0, place)
