"""`@differentiable`: a function that stays what it is and brings its derivatives along."""

import functools
import types
from collections.abc import Callable, Mapping, Sequence
from typing import Generic, ParamSpec, TypeVar, cast, overload

from srcad import pipeline
from srcad.batched import run, run_program
from srcad.collectives import needs_program
from srcad.errors import ArgumentError, NotYetDifferentiated
from srcad.gradient import Gradient, GradientOptions
from srcad.mapped import Mapped
from srcad.pullback import pull
from srcad.target import Function, History, Target

__all__ = ["Differentiable", "NotYetDifferentiated", "differentiable"]

P = ParamSpec("P")
R = TypeVar("R")

ENGINES = ("auto", "numba", "numpy")


class Differentiable(Target, Generic[P, R]):
    """A function with its derivatives.

    Calling it calls the function as it was written. It has the function's name, documentation,
    signature and attributes, pickles by its name, and works as a method. `grad`, `vjp` and the
    others use the options it was decorated with.

    Args:
        function: the function, or a staticmethod or classmethod around one.
        options: the engine and its kin.
    """

    # What functools.update_wrapper writes.
    __wrapped__: Callable[P, R]
    __name__: str
    __qualname__: str

    def __init__(self, function: Callable[P, R], options: pipeline.Options) -> None:
        plain: Function = function
        if isinstance(function, staticmethod | classmethod):
            plain = function.__func__
        functools.update_wrapper(self, plain)
        # After update_wrapper, which copies the attributes that the user gave to the function.
        super().__init__(plain, options)
        self.descriptor: object = function

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function as it was written."""
        return self.__wrapped__(*args, **kwargs)

    def vjp(
        self, *primals: object, has_aux: bool = False, reduce_axes: str | Sequence[str] = ()
    ) -> tuple[object, ...]:
        """Return the function's result and its pullback: `vjp(f, *primals)`.

        Args:
            primals: the function's positional arguments.
            has_aux: whether the function returns a pair of its value and something else.
            reduce_axes: names of mapped axes; see `srcad.vjp`.

        Returns:
            `(result, pullback)`, or `(result, pullback, aux)`; see `srcad.vjp`.

        Raises:
            ArgumentError: for arguments or results that are not numeric.
        """
        if reduce_axes:
            needs_program(reduce_axes, run_program)
        return pull(self, primals, has_aux)

    def call_mapped(
        self, mapped: Mapped, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        """Call `vmap(f)` as one compiled loop over the examples."""
        return run(mapped, args, kwargs, self.options)

    @functools.cached_property
    def grad(self) -> Gradient:
        """The function that returns the gradient by the first argument: `grad(f)`.

        For other arguments, write `srcad.grad(f, argnums=...)`.
        """
        return Gradient(self, GradientOptions())

    @functools.cached_property
    def value_and_grad(self) -> Gradient:
        """The function that returns the value and the gradient: `value_and_grad(f)`."""
        return Gradient(self, GradientOptions(with_value=True))

    @property
    def adjoint_source(self) -> str:
        """The adjoint that was written last: the text of a whole module over arrays.

        Raises:
            NotYetDifferentiated: before the first gradient.
        """
        if self.history.last is None:
            raise NotYetDifferentiated(
                f"`{self.name}` has not been differentiated yet, so there is no adjoint to show",
                hint=f"compute a gradient first, or call srcad.source({self.name}, ...) with the"
                " arguments to write it for",
            )
        return self.history.last.array_source

    def __get__(self, instance: object, owner: type | None = None) -> "Differentiable[..., R]":
        """Bind as the function would: to an instance, to a class, or not at all."""
        if not hasattr(self.descriptor, "__get__"):
            return self
        bound = self.descriptor.__get__(instance, owner)
        return self if bound is self.function else _Bound(bound, self.options, self.history)

    def __reduce__(self) -> str | tuple[object, ...]:
        """Pickle and copy by name, as functions do."""
        return self.__qualname__

    def __repr__(self) -> str:
        """Return the repr of the function, marked."""
        return f"<differentiable {self.function!r}>"


class _Bound(Differentiable[P, R]):
    """A differentiable method, bound to its object; what it was differentiated by is shared."""

    def __init__(
        self, function: types.MethodType, options: pipeline.Options, history: History
    ) -> None:
        # A method is bound at every call of it: update_wrapper would take longer than the call.
        Target.__init__(self, function, options, history)
        self.descriptor = function
        self.__wrapped__ = function
        self.__name__ = function.__name__
        self.__qualname__ = function.__qualname__
        self.__module__ = function.__module__
        self.__doc__ = function.__doc__

    @property
    def __self__(self) -> object:
        """The object that the method is bound to."""
        return cast(types.MethodType, self.function).__self__

    @property
    def __func__(self) -> Function:
        """The function of the class."""
        return cast(types.MethodType, self.function).__func__

    def __eq__(self, other: object) -> bool:
        """Two are equal when they are the same method of the same object."""
        return isinstance(other, _Bound) and self.function == other.function

    def __hash__(self) -> int:
        """Return the hash of the method."""
        return hash(self.function)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle as methods do: by the object and the name."""
        return getattr, (self.__self__, self.__name__)


@overload
def differentiable(
    function: Callable[P, R], /, *, engine: str = "auto", check: bool = False
) -> Differentiable[P, R]: ...


@overload
def differentiable(
    *, engine: str = "auto", check: bool = False
) -> Callable[[Callable[P, R]], Differentiable[P, R]]: ...


def differentiable(
    function: Callable[P, R] | None = None, /, *, engine: str = "auto", check: bool = False
) -> Differentiable[P, R] | Callable[[Callable[P, R]], Differentiable[P, R]]:
    """Give a function its derivatives: `f.vjp`, `f.grad`, `f.value_and_grad`, `f.adjoint_source`.

    Calling the function itself stays what it was. Write it bare or with options, on functions and
    on methods, above or below `@staticmethod` and `@classmethod`.

    Args:
        function: the function; none when options are given.
        engine: "numba" compiles, "numpy" runs the adjoint as it can be read, and "auto" compiles
            and turns to NumPy for what cannot be compiled, saying so once.
        check: whether to compare the first gradient of each specialisation (one for each
            combination of kinds of arguments) with differences of the function, along a direction
            that is random but always the same. For that the function is run some ten times more,
            in doubt some hundred times, on copies of its arguments: what it prints comes that
            often. Later calls cost what they always do.

    Returns:
        The function as a `Differentiable`, or a decorator when only options are given.

    Raises:
        ArgumentError: for an engine that there is not, or for what cannot be called.
        GradientMismatch: from gradients, if `check` finds one that is not the function's slope, by
            more than the error that the differences estimate. Where they cannot tell (at a kink,
            say), the gradient is returned, and a `CheckWarning` says so once.

    >>> @differentiable
    ... def area(radius):
    ...     return 3.0 * radius**2
    >>> area(2.0)
    12.0
    >>> area.grad(2.0)
    12.0
    >>> differentiable(area, check=True).grad(2.0)
    12.0
    """
    if engine not in ENGINES:
        raise ArgumentError(f"there is no engine {engine!r}", hint=f"choose one of {ENGINES}")
    options = pipeline.Options(engine=engine, check=check)
    if function is None:
        return lambda function: _decorate(function, options)
    return _decorate(function, options)


def _decorate(function: Callable[P, R], options: pipeline.Options) -> Differentiable[P, R]:
    if not callable(function) and not isinstance(function, classmethod):
        raise ArgumentError(
            f"Expected a callable value, got {function!r}",
            hint='options are given by name: @differentiable(engine="numpy")',
        )
    if isinstance(function, Differentiable):
        return Differentiable(cast(Callable[P, R], function.descriptor), options)
    return Differentiable(function, options)
