"""Generated text as a module that tracebacks, debuggers and profilers can see."""

from __future__ import annotations

import hashlib
import linecache
import marshal
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from srcad import cache
from srcad.runtime import arrays


def load(text: str, path: str, constants: Mapping[str, Any]) -> dict[str, Any]:
    """Execute generated text.

    Args:
        text: the source of a module.
        path: the file it is in, or the name that it is to have in tracebacks.
        constants: objects that the text names without importing them: exceptions of the user.

    Returns:
        The namespace of the module.
    """
    module = ModuleType("srcad.generated")
    if path.startswith("<"):
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    else:
        # Numba names machine code after the module: of two functions with one name, it would run
        # either. And it asks for the module by that name when it loads machine code.
        module.__name__ = f"srcad.generated.{Path(path).stem}"
        sys.modules[module.__name__] = module
    namespace = module.__dict__
    namespace.update({"__file__": path, **constants})
    exec(compile(text, path, "exec"), namespace)
    return namespace


def load_cached(
    text: str, name: str, constants: Mapping[str, Any], facts: Iterable[str] = ()
) -> tuple[dict[str, Any], cache.Entry | None]:
    """Execute generated text as a file of the cache, or without one if there is no cache.

    Args:
        text: the source of a module.
        name: the name of the user's function.
        constants: objects that the text names without importing them: exceptions of the user.
        facts: what else its machine code depends on: the kinds of the inputs.

    Returns:
        The namespace of the module, and the entry to keep its machine code in; None if it is not
        to be kept.
    """
    identities = (_identity(key, constants[key]) for key in sorted(constants))
    entry = cache.entry(text, name, [*facts, *identities])
    path = f"<srcad {name}>" if entry is None else str(entry.path)
    # Numba would make a class of its own of one that has no name in other processes.
    named = all(_has_name(value) for value in constants.values() if isinstance(value, type))
    return load(text, path, constants), entry if named else None


def _has_name(kind: type) -> bool:
    """Whether another process finds a class by its name, as `pickle` does."""
    if kind.__module__ in ("__main__", "__mp_main__"):
        return False
    try:
        found: object = reduce(getattr, kind.__qualname__.split("."), sys.modules[kind.__module__])
    except (AttributeError, KeyError):
        return False
    return found is kind


def _identity(name: str, value: Any) -> str:
    """What tells an object that a module is given from others that had its name."""
    if isinstance(value, type):
        return f"{name} is {value.__module__}.{value.__qualname__}"
    if isinstance(value, FunctionType):
        code = hashlib.sha256(marshal.dumps(value.__code__)).hexdigest()
        return f"{name} is {value.__module__}.{value.__qualname__} {code}"
    if isinstance(value, np.ndarray):
        # repr() leaves out the middle of a large array
        content = hashlib.sha256(value.tobytes()).hexdigest()
        return f"{name} is {value.dtype} {value.shape} {content}"
    return f"{name} is {type(value).__qualname__} {value!r}"


def without_warnings(function: FunctionType) -> Callable[..., Any]:
    """A backward function whose infinite partials tell of nothing: the user's code did not run."""

    def quiet(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            try:
                return function(*args)
            except ZeroDivisionError:
                return of_numpy(function)(*args)

    return quiet


def of_numpy(function: FunctionType) -> FunctionType:
    """The function with its numbers as NumPy's, which may be divided by zero.

    >>> def reciprocal(x):
    ...     return 1.0 / x
    >>> with np.errstate(all="ignore"):
    ...     print(of_numpy(reciprocal)(0.0))
    inf
    """
    code = function.__code__
    constants = (np.float64(c) if type(c) is float else c for c in code.co_consts)
    return FunctionType(code.replace(co_consts=tuple(constants)), function.__globals__)


__all__ = ["arrays", "load", "without_warnings"]
