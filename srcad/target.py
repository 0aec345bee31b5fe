"""What is differentiated: a function, the options to do it by, and what came of it last."""

import functools
import inspect
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from srcad import pipeline
from srcad.errors import ArgumentError
from srcad.trees import Tree, paths

__all__ = ["Function", "History", "Target", "check_call", "function_name", "primal_names"]

# What a function to differentiate takes and returns is the user's affair.
Function: TypeAlias = Callable[..., Any]


_DEFAULTS = pipeline.Options()


class History:
    """What a function was differentiated by, shared by the function and its bound methods.

    Args:
        last: the last specialisation; None before the first.
        checked: what the specialisations share whose gradients were checked.
    """

    __slots__ = ("checked", "last")

    def __init__(self) -> None:
        self.last: pipeline.Specialisation | None = None
        self.checked: set[pipeline.Shared] = set()


class Target:
    """A function with the options to differentiate it by.

    Args:
        function: any callable.
        options: the engine and its kin.
        history: where to note each specialisation; its own when left out.
    """

    def __init__(
        self, function: Function, options: pipeline.Options, history: History | None = None
    ) -> None:
        self.function = function
        self.options = options
        self.history = History() if history is None else history

    @staticmethod
    def of(function: object) -> "Target":
        """Return `function` as a target; a decorated function brings its own options.

        Args:
            function: any object.

        Returns:
            The target.

        Raises:
            ArgumentError: when it is not callable.
        """
        if isinstance(function, Target):
            return function
        if not callable(function):
            raise ArgumentError(f"Expected a callable value, got {function}")
        of = getattr(function, "target", None)  # a gradient is compiled as its function is
        return Target(function, of.options if isinstance(of, Target) else _DEFAULTS)

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        return function_name(self.function)

    def is_unchecked(self, made: "pipeline.Specialisation") -> bool:
        """Tell whether a gradient is still to be checked, because the options say so."""
        return self.options.check and made.shared not in self.history.checked

    def __reduce__(self) -> str | tuple[object, ...]:
        """Pickle without the history, which holds compiled programs."""
        return Target, (self.function, self.options)

    def specialise(
        self,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        wrt: tuple[bool, ...],
        has_aux: bool,
        flat: tuple[list[object], Tree],
    ) -> "pipeline.Specialisation":
        """Return the function's adjoint for arguments like these.

        Args:
            args: the positional arguments.
            kwargs: the keyword arguments.
            wrt: for each leaf of `(args, kwargs)`, whether its gradient is wanted.
            has_aux: whether the function returns a pair of its value and something else.
            flat: `flatten((args, kwargs))`.

        Returns:
            What the pipeline made, or had made before.
        """
        made = pipeline.specialise(
            self.function, args, dict(kwargs), wrt, has_aux, self.options, flat
        )
        self.history.last = made
        return made


def function_name(function: object) -> str:
    """Return a callable's name, for messages.

    >>> function_name(functools.partial(max, 1.0))
    'max'
    """
    if isinstance(function, functools.partial):
        return function_name(function.func)
    return str(getattr(function, "__name__", type(function).__name__))


def check_call(function: Function, args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """Raise Python's own TypeError if the function cannot take these arguments.

    Args:
        function: any callable; built-in ones are not checked.
        args: the positional arguments.
        kwargs: the keyword arguments.

    Raises:
        TypeError: with Python's text.

    >>> check_call(lambda x, y: x, (1.0,), {})
    Traceback (most recent call last):
    TypeError: <lambda>() missing 1 required positional argument: 'y'
    """
    if not _binds(function, args, kwargs):
        # The text is best left to Python. Nothing of the function runs: its frame is never made.
        function(*args, **kwargs)


def primal_names(function: Function, structure: Tree) -> list[str]:
    """Name the leaves of a call's arguments as the function's author would.

    Args:
        function: any callable.
        structure: the structure of `(args, kwargs)`.

    Returns:
        One name for each leaf, such as `params['w'][0]`.
    """
    names = []
    positional = _positional_names(function)
    whole = paths(structure, "", skip=2)
    for path, below in zip(structure.paths(), whole, strict=True):
        part, place = path[0], path[1]
        if part == 0:
            known = place < len(positional)
            names.append((positional[place] if known else f"args[{place}]") + below)
        else:
            names.append(f"{place}{below}")
    return names


def _positional_names(function: Function) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    named = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [parameter.name for parameter in parameters if parameter.kind in named]


def _binds(function: Function, args: Sequence[object], kwargs: Mapping[str, object]) -> bool:
    """Tell whether a call would get as far as the function's body; True if that is not known.

    `inspect.signature` is slow, and believes `__wrapped__` and `__signature__`; the code object is
    what Python goes by.
    """
    if isinstance(function, functools.partial):
        return _binds(function.func, (*function.args, *args), {**function.keywords, **kwargs})
    if isinstance(function, types.MethodType):
        return _binds(function.__func__, (function.__self__, *args), kwargs)
    if not isinstance(function, types.FunctionType):
        return True
    code = function.__code__
    positional = code.co_varnames[: code.co_argcount]
    keyword_only = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
    if len(args) > len(positional) and not code.co_flags & inspect.CO_VARARGS:
        return False
    given = set(positional[: len(args)])
    for name in kwargs:
        if name in positional[code.co_posonlyargcount :]:
            if name in given:
                return False
            given.add(name)
        elif name not in keyword_only and not code.co_flags & inspect.CO_VARKEYWORDS:
            return False
    required = positional[: len(positional) - len(function.__defaults__ or ())]
    optional = function.__kwdefaults__ or {}
    return given.issuperset(required) and all(
        name in kwargs or name in optional for name in keyword_only
    )
