"""Numba's machine code in srcad's own cache, instead of the files that Numba would write.

Numba's `cache=True` unpickles whatever it finds, lets a full disk break the call, writes where
NUMBA_CACHE_DIR points, and has one index for all signatures that two processes can garble.
"""

from __future__ import annotations

import pickle
from typing import Any

import numba
from numba.core import serialize
from numba.core.caching import _Cache
from numba.core.compiler import CompileResult

from srcad import cache
from srcad.engines import vector_math


def stored(dispatcher: Any, entry: cache.Entry) -> Any:
    """Make a function's compilations come from, and go to, an entry of the cache.

    Args:
        dispatcher: what `njit` made of a function that `modules.load` loaded from the entry.
        entry: the entry.

    Returns:
        The dispatcher itself.
    """
    dispatcher._cache = Store(dispatcher, entry)
    return dispatcher


class Store(_Cache):
    """What a dispatcher asks before it compiles a signature, and hands the result to."""

    def __init__(self, dispatcher: Any, entry: cache.Entry) -> None:
        code = dispatcher.py_func.__code__
        options = [
            (key, sorted(value) if isinstance(value, set | frozenset) else value)
            for key, value in sorted(dispatcher.targetoptions.items())
        ]  # in one order in all processes
        self.function = f"{code.co_qualname}:{code.co_firstlineno} {options} {numba.__version__}"
        self.entry = entry

    @property
    def cache_path(self) -> str:
        """The directory of the entry."""
        return str(self.entry.path.parent)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled function for a signature, or None."""
        target_context.refresh()
        found = cache.recall(self.entry, self._label(sig, target_context.codegen()))
        if found is None:
            return None
        try:
            kept, parts = pickle.loads(found)
            rebuild: Any = CompileResult._rebuild
            # Types can share a name: two named tuples called alike, for instance.
            return rebuild(target_context, *parts) if kept == sig else None
        except Exception:  # whatever it is (a class that was renamed, say): compile
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled function, if it makes sense in another process."""
        if data.library.has_dynamic_globals or any(not one.can_cache for one in data.lifted):
            return
        try:
            dumps: Any = serialize.dumps
            payload = dumps((sig, data._reduce()))
        except Exception:  # it names an object that cannot be pickled: a compilation every time
            return
        cache.keep(self.entry, self._label(sig, data.codegen), payload)

    def _label(self, sig: Any, codegen: Any) -> str:
        return f"{self.function} {sig} {codegen.magic_tuple()} {vector_math.facts()}"

    def enable(self) -> None:
        """Do nothing: a store is always in use."""

    def disable(self) -> None:
        """Do nothing: a store is always in use."""

    def flush(self) -> None:
        """Do nothing: what is compiled again replaces what was kept."""


__all__ = ["Store", "stored"]
