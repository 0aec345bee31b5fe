"""What a program tells its derivatives: what is constant to them, and rules for its functions."""

import functools
import types
from collections.abc import Callable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar, cast

from srcad import trees
from srcad.errors import ArgumentError

__all__ = ["Ruled", "custom_jvp", "custom_vjp", "stop_gradient"]

Tree = TypeVar("Tree")
P = ParamSpec("P")
R = TypeVar("R")


def stop_gradient(tree: Tree) -> Tree:
    """Return what it is given; to a derivative, in either mode, that is a constant.

    Args:
        tree: a number, an array, or tuples, lists, dicts and dataclasses of them.

    Returns:
        The same numbers and arrays (no copies), in containers of their own.

    >>> import srcad
    >>> srcad.grad(lambda x: x * srcad.stop_gradient(x))(3.0)
    3.0
    """
    leaves, structure = trees.flatten(tree)
    return cast(Tree, trees.unflatten(structure, leaves))


class Ruled(Generic[P, R]):
    """A function with a derivative of the user's own; calling it is calling the function."""

    __wrapped__: Callable[P, R]
    __qualname__: str
    usage = ""

    def __init__(self, function: Callable[P, R], nondiff_argnums: int | Sequence[int] = ()) -> None:
        if not callable(function):
            raise ArgumentError(
                f"Expected a callable value, got {function!r}",
                hint=f"write functools.partial({type(self).__name__}, nondiff_argnums=...)",
            )
        functools.update_wrapper(self, function)
        self.function = function
        numbers = (nondiff_argnums,) if isinstance(nondiff_argnums, int) else nondiff_argnums
        self.nondiff_argnums = tuple(int(number) for number in numbers)

    @property
    def rules(self) -> tuple[object, ...]:
        """The functions that make up the rule."""
        raise NotImplementedError

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function itself."""
        return self.function(*args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> object:
        """Bind as functions do: the object is the first argument."""
        return self if instance is None else types.MethodType(self, instance)

    def __reduce__(self) -> str | tuple[object, ...]:
        """Pickle and copy by name, as functions do."""
        return self.__qualname__

    def __repr__(self) -> str:
        """Return the repr of the function, marked."""
        return f"<{type(self).__name__} {self.function!r}>"


class custom_vjp(Ruled[P, R]):
    """Give a function the adjoint of your own: `f.defvjp(fwd, bwd)`, as in JAX.

    Where srcad differentiates a call of the function, `fwd` and `bwd` are written into the
    adjoint. Forward mode transposes `bwd`, which has to be plainly linear in the cotangent for
    that.

    Args:
        function: the function. Derivatives are taken of its arguments only: what it reads from
            outside may not depend on what is differentiated.
        nondiff_argnums: which arguments have no cotangent: functions, texts, sizes. `bwd` is given
            them first.

    >>> import numpy as np, srcad
    >>> @srcad.custom_vjp
    ... def log1pexp(x):
    ...     return np.log1p(np.exp(x))
    >>> def log1pexp_fwd(x):
    ...     return log1pexp(x), x
    >>> def log1pexp_bwd(x, out_bar):
    ...     return (out_bar / (1.0 + np.exp(-x)),)
    >>> log1pexp.defvjp(log1pexp_fwd, log1pexp_bwd)
    >>> print(srcad.grad(log1pexp)(0.0))
    0.5
    """

    usage = "defvjp(fwd, bwd)"
    fwd: Callable[..., Any] | None = None
    bwd: Callable[..., Any] | None = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Define the rule.

        Args:
            fwd: takes the arguments of the function; returns its result and residuals, which are
                anything that `bwd` needs.
            bwd: takes the arguments of `nondiff_argnums`, the residuals, and a cotangent of the
                structure of the result (None in place of integers); returns a tuple with a
                cotangent for each of the other arguments, or None where it is zero.

        Raises:
            ArgumentError: when one of them cannot be called.
        """
        for function in (fwd, bwd):
            if not callable(function):
                raise ArgumentError(f"Expected a callable value, got {function!r}")
        self.fwd, self.bwd = fwd, bwd

    @property
    def rules(self) -> tuple[object, ...]:
        """The functions that make up the rule."""
        return self.fwd, self.bwd


class custom_jvp(Ruled[P, R]):
    """Give a function the tangent of your own: `f.defjvp(rule)`, as in JAX.

    The rule stands for the function wherever srcad differentiates a call of it: forward mode writes
    it into the tangent program, and reverse mode transposes it, which has to be plainly linear in
    the tangents.

    Args:
        function: the function. Derivatives are taken of its arguments only: what it reads from
            outside may not depend on what is differentiated.
        nondiff_argnums: which arguments have no tangent: functions, texts, sizes. The rule is given
            them first.

    >>> import srcad
    >>> @srcad.custom_jvp
    ... def product(x, y):
    ...     return x * y
    >>> @product.defjvp
    ... def product_jvp(primals, tangents):
    ...     (x, y), (x_dot, y_dot) = primals, tangents
    ...     return x * y, x_dot * y + x * y_dot
    >>> srcad.grad(product)(2.0, 3.0)
    3.0
    """

    usage = "defjvp(rule)"
    jvp: Callable[..., Any] | None = None
    jvps: tuple[Callable[..., Any] | None, ...] = ()

    def defjvp(self, rule: Callable[..., Any]) -> Callable[..., Any]:
        """Define the rule.

        Args:
            rule: takes the arguments of `nondiff_argnums`, a tuple of the others, and a tuple of
                their tangents (None in place of integers); returns the result of the function and
                its tangent, of the same structure, or None where it is zero.

        Returns:
            The rule, so that this is a decorator.

        Raises:
            ArgumentError: when it cannot be called.
        """
        if not callable(rule):
            raise ArgumentError(f"Expected a callable value, got {rule!r}")
        self.jvp, self.jvps = rule, ()
        return rule

    def defjvps(self, *rules: Callable[..., Any] | None) -> None:
        """Define the rule argument by argument, for a function with one number or array as result.

        Args:
            rules: for each argument a function of its tangent, the result and all arguments, which
                returns what it adds to the tangent of the result; None where that is zero.

        Raises:
            ArgumentError: when one of them cannot be called.
        """
        for rule in rules:
            if rule is not None and not callable(rule):
                raise ArgumentError(f"Expected a callable value, got {rule!r}")
        self.jvp, self.jvps = None, rules

    @property
    def rules(self) -> tuple[object, ...]:
        """The functions that make up the rule."""
        return (self.jvps,) if self.jvp is None else (self.jvp,)
