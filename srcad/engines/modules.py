"""Generated text as a module that tracebacks, debuggers and profilers can see."""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

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
    namespace: dict[str, Any] = {"__name__": "srcad.generated", "__file__": path, **constants}
    if path.startswith("<"):
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    exec(compile(text, path, "exec"), namespace)  # noqa: S102  that is what it is for
    return namespace


def without_warnings(function: Callable[..., Any]) -> Callable[..., Any]:
    """A backward function whose infinite partials warn of nothing: the user's code did not run."""

    def quiet(*args: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*args)

    return quiet


__all__ = ["arrays", "load", "without_warnings"]
