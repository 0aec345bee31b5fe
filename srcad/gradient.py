"""What `grad` and `value_and_grad` return: a function that computes gradients."""

import functools
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from srcad import pipeline
from srcad.argnums import positions_of
from srcad.batched import run, run_program
from srcad.check import Call, check_gradient
from srcad.collectives import needs_program
from srcad.cotangents import (
    bars_like,
    check_gradient_inputs,
    check_gradient_output,
    leaf_type,
)
from srcad.derived import Derived, DerivedFunction
from srcad.errors import ArgumentError
from srcad.fastpath import FastPaths, Form
from srcad.mapped import Mapped
from srcad.target import Function, Target, check_call, primal_names
from srcad.trees import Tree, check_numeric, children, flatten, unflatten

__all__ = ["Gradient", "GradientOptions", "Plan"]

# A function called with ever new kinds of arguments must not fill the memory with plans.
PLANS_KEPT = 64


@dataclass(frozen=True, slots=True)
class GradientOptions:
    """What `grad` was asked for, under the names of its parameters.

    Args:
        argnums: the arguments to differentiate by: one number, or several.
        has_aux: whether the function returns a pair of its value and something else.
        holomorphic: whether the function is holomorphic: complex arguments, complex result.
        allow_int: whether integers and booleans may be among the arguments.
        with_value: whether the function's value is returned, too.
        reduce_axes: the named axes that gradients of what is not mapped are summed over.
    """

    argnums: int | tuple[int, ...] = 0
    has_aux: bool = False
    holomorphic: bool = False
    allow_int: bool = False
    with_value: bool = False
    reduce_axes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for all calls with arguments of the same structure and kinds.

    Args:
        wrt: for each leaf of the arguments, whether it is differentiated by.
        chosen: which leaves these are, in the order of `argnums`.
        parts: for each of `argnums`, its structure and where its leaves are in `chosen`; None when
            every one is a leaf itself.
    """

    wrt: tuple[bool, ...]
    chosen: tuple[int, ...]
    parts: tuple[tuple[Tree, slice], ...] | None


class Gradient(DerivedFunction):
    """A function that returns the gradient of another, or its value and gradient.

    It takes the same arguments. Made by `grad` and `value_and_grad`; pickles if the function does.

    Args:
        target: the function.
        options: what was asked for.
    """

    # Calling an instance calls what its slot `__call__` holds, without a frame in between.
    __slots__ = ("__call__", "__dict__", "__weakref__")

    __call__: Callable[..., object]

    # update_wrapper writes it, as it does with functions; inspect.signature follows it.
    __wrapped__: Function

    def __init__(self, target: Target, options: GradientOptions) -> None:
        functools.update_wrapper(self, target.function, updated=())
        self.__doc__ = _documentation(target.name, options)
        self.target = target
        self.options = options
        # It must not keep the gradient alive, and with it all that the function holds: until the
        # garbage collector comes, that may be the data of many steps.
        self._general = _General(target, options, weakref.ref(self))
        form = Form(isinstance(options.argnums, tuple), options.with_value, options.holomorphic)
        self._fast = FastPaths(self._general.call, target.history, form)
        self.__call__ = self._general.call

    def _learn(
        self, made: pipeline.Specialisation, args: tuple[object, ...], chosen: Sequence[int]
    ) -> None:
        """Remember how to call the function with such arguments the fast way."""
        path = self._fast.learn(made, args, chosen)
        if path is not None:
            self.__call__ = path

    def call_mapped(
        self, mapped: Mapped, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> object:
        """Call `vmap(grad(f))` as one compiled loop over the examples, where there can be one."""
        if self.target.options.check:
            return mapped.each(args, kwargs)
        return run(mapped, args, kwargs, self.target.options)

    @property
    def derived(self) -> Derived:
        """What it is to a program that calls it."""
        options = self.options
        return Derived(
            "grad",
            options.argnums,
            options.has_aux,
            options.holomorphic,
            options.allow_int,
            options.with_value,
            options.reduce_axes,
        )

    def __get__(self, instance: object, owner: type | None = None) -> "Gradient":
        """Bind as a function does, so that `grad` may be written above a method.

        `argnums` counts the method's own `self`, as in JAX.
        """
        if instance is None or not hasattr(self.target.function, "__get__"):
            return self
        bound = self.target.function.__get__(instance, owner)
        options = replace(self.options, argnums=_without_self(self.options.argnums))
        return Gradient(Target(bound, self.target.options, self.target.history), options)

    def __repr__(self) -> str:
        """Return what it computes, and of what."""
        what = "value_and_grad" if self.options.with_value else "grad"
        return f"<{what} of {self.target.name} by argnums {self.options.argnums}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by function and options; plans are made again."""
        return type(self), (self.target, self.options)


class _General:
    """Calls of a gradient with arguments of any structure and kinds.

    Args:
        target: the function.
        options: what was asked for.
        owner: the gradient, which learns from the calls.
    """

    def __init__(
        self, target: Target, options: GradientOptions, owner: weakref.ref[Gradient]
    ) -> None:
        self.target = target
        self.options = options
        self.owner = owner
        self.plans: dict[object, Plan] = {}

    def call(self, /, *args: object, **kwargs: object) -> object:
        """Return the gradient by the chosen arguments, at `args` and `kwargs`."""
        if self.options.reduce_axes:
            needs_program(self.options.reduce_axes, run_program)
        leaves, structure = flatten((args, kwargs))
        key = (structure, *map(_kind, leaves))
        plan = self.plans.get(key)
        if plan is None:
            plan = self._prepare(args, kwargs, leaves, structure)
            if len(self.plans) >= PLANS_KEPT:
                self.plans.clear()
            self.plans[key] = plan
        options = self.options
        flat = leaves, structure
        made = self.target.specialise(args, kwargs, plan.wrt, options.has_aux, flat)
        value, aux, bars = made.value_and_grad(leaves)
        check_gradient_output(value, holomorphic=options.holomorphic)
        gradients = tuple(
            bars_like(
                [leaf_type(leaves[index]) for index in plan.chosen],
                [bars[index] for index in plan.chosen],
            )
        )
        if self.target.is_unchecked(made):
            function, chosen = self.target.function, plan.chosen
            call = Call(function, leaves, structure, options.has_aux, chosen, gradients, (1.0,))
            check_gradient(self.target, made, call)
        if plan.parts is None and not kwargs and not options.reduce_axes:
            owner = self.owner()
            if owner is not None:
                owner._learn(made, args, plan.chosen)
        if plan.parts is not None:
            gradients = tuple(unflatten(part, gradients[where]) for part, where in plan.parts)
        gradient = gradients if isinstance(options.argnums, tuple) else gradients[0]
        if options.with_value:
            return ((value, aux) if options.has_aux else value), gradient
        return (gradient, aux) if options.has_aux else gradient

    def _prepare(
        self,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        leaves: Sequence[object],
        structure: Tree,
    ) -> Plan:
        """Make all the checks that need only the structure and the kinds of the arguments."""
        positions = positions_of(self.options.argnums, len(args))
        check_call(self.target.function, args, kwargs)
        arguments = children(children(structure)[0])
        starts = [0]
        for argument in arguments:
            starts.append(starts[-1] + argument.num_leaves)
        chosen: list[int] = []
        parts = []
        for position in positions:
            before = len(chosen)
            chosen.extend(range(starts[position], starts[position + 1]))
            parts.append((arguments[position], slice(before, len(chosen))))
        self._check(leaves, chosen, structure)
        wanted = frozenset(chosen)
        return Plan(
            wrt=tuple(index in wanted for index in range(len(leaves))),
            chosen=tuple(chosen),
            parts=None if all(part.is_leaf() for part, _ in parts) else tuple(parts),
        )

    def _check(self, leaves: Sequence[object], chosen: Sequence[int], structure: Tree) -> None:
        """Refuse leaves to differentiate by that have no gradient."""
        names = primal_names(self.target.function, structure)
        check_numeric(
            [leaves[index] for index in chosen],
            [names[index] for index in chosen],
            f"`{self.target.name}` cannot be differentiated: its argument",
        )
        check_gradient_inputs(
            [leaf_type(leaves[index]) for index in chosen],
            holomorphic=self.options.holomorphic,
            allow_int=self.options.allow_int,
        )


def _without_self(argnums: int | tuple[int, ...]) -> int | tuple[int, ...]:
    """Return `argnums` as they count once the first argument is bound."""
    if isinstance(argnums, tuple):
        return tuple(_one_less(number) for number in argnums)
    return _one_less(argnums)


def _one_less(number: int) -> int:
    if number == 0:
        raise ArgumentError(
            "argnums=0 is `self`, which cannot be differentiated by",
            hint="count the arguments of a method from `self`: argnums=1 is the first behind it",
        )
    return number - 1 if number > 0 else number


def _kind(leaf: object) -> object:
    """Return what decides whether a leaf can be differentiated by, and in which way."""
    cls = type(leaf)
    return (cls, leaf.dtype) if isinstance(leaf, np.ndarray) else cls


def _documentation(name: str, options: GradientOptions) -> str:
    """Return the docstring of a gradient."""
    what = "Value and gradient" if options.with_value else "Gradient"
    returned = "its value and the gradient" if options.with_value else "the gradient"
    return (
        f"{what} of {name} with respect to positional argument(s) {options.argnums}. Takes the same"
        f" arguments as {name} but returns {returned}, which has the same shape as the argument(s)"
        f" at position(s) {options.argnums}."
    )
