"""What `jacfwd` and `jacrev` return: functions that compute Jacobians, a push or a pull a row."""

import functools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from srcad.argnums import positions_of
from srcad.cotangents import (
    FLOAT0,
    LeafType,
    Outputs,
    bars_like,
    leaf_type,
    outputs_of,
    tangent_of,
    zero_tangent,
)
from srcad.derived import Derived, DerivedFunction
from srcad.errors import ArgumentError
from srcad.tangents import tangent_program
from srcad.target import Function, Target, check_call, primal_names
from srcad.trees import Tree, check_numeric, children, flatten, unflatten

__all__ = ["Jacobian", "JacobianOptions"]


@dataclass(frozen=True, slots=True)
class JacobianOptions:
    """What was asked for, under the names of the parameters of `jacfwd` and `jacrev`.

    Args:
        forward: whether tangents are pushed; else cotangents are pulled.
        argnums: the arguments to differentiate by: one number, or several.
        has_aux: whether the function returns a pair of its value and something else.
        holomorphic: whether the function is holomorphic: complex arguments, complex result.
        allow_int: whether integers and booleans may be among the arguments.
    """

    forward: bool
    argnums: int | tuple[int, ...] = 0
    has_aux: bool = False
    holomorphic: bool = False
    allow_int: bool = False

    @property
    def name(self) -> str:
        """The public function that makes such a Jacobian."""
        return "jacfwd" if self.forward else "jacrev"


class Jacobian(DerivedFunction):
    """A function that returns the Jacobian of another. It takes the same arguments.

    Args:
        target: the function.
        options: what was asked for.
    """

    # update_wrapper writes it, as it does with functions; inspect.signature follows it.
    __wrapped__: Function

    def __init__(self, target: Target, options: JacobianOptions) -> None:
        functools.update_wrapper(self, target.function, updated=())
        self.target = target
        self.options = options

    @property
    def derived(self) -> Derived:
        """What it is to a program that calls it."""
        options = self.options
        return Derived(
            "jac", options.argnums, options.has_aux, options.holomorphic, options.allow_int
        )

    def __call__(self, /, *args: object, **kwargs: object) -> object:
        """Return the Jacobian at `args` and `kwargs`."""
        point = _Point(self.target, self.options, args, kwargs)
        outputs, blocks, aux = point.by_columns() if self.options.forward else point.by_rows()
        leaves = (point.argument(row) for row in blocks)
        jacobian = unflatten(outputs.structure, leaves)
        return (jacobian, aux) if self.options.has_aux else jacobian

    def __repr__(self) -> str:
        """Return what it computes, and of what."""
        return f"<{self.options.name} of {self.target.name} by argnums {self.options.argnums}>"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by function and options."""
        return type(self), (self.target, self.options)


Blocks = list[list[object]]
"""For each leaf of the result, the blocks of its Jacobian: one for each leaf of the arguments."""


class _Point:
    """A function at the arguments of one call.

    Args:
        target: the function.
        options: what was asked for.
        args: its positional arguments.
        kwargs: its keyword arguments.
    """

    def __init__(
        self,
        target: Target,
        options: JacobianOptions,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
    ) -> None:
        numbers = positions_of(options.argnums, len(args))
        check_call(target.function, args, kwargs)
        self.target, self.options, self.args, self.kwargs = target, options, args, dict(kwargs)
        self.leaves, self.structure = flatten((args, kwargs))
        arguments = children(children(self.structure)[0])
        starts = [0]
        for argument in arguments:
            starts.append(starts[-1] + argument.num_leaves)
        self.parts: list[tuple[Tree, int]] = []
        self.chosen: list[int] = []
        for number in numbers:
            self.parts.append((arguments[number], arguments[number].num_leaves))
            self.chosen += range(starts[number], starts[number + 1])
        names = primal_names(target.function, self.structure)
        check_numeric(
            [self.leaves[i] for i in self.chosen],
            [names[i] for i in self.chosen],
            f"`{target.name}` cannot be differentiated: its argument",
        )
        self.types = [leaf_type(self.leaves[i]) for i in self.chosen]
        for kind in self.types:
            _check_input(options, kind)

    def argument(self, blocks: list[object]) -> object:
        """The blocks of one leaf of the result as a tree like the chosen arguments."""
        trees, place = [], 0
        for tree, count in self.parts:
            trees.append(unflatten(tree, blocks[place : place + count]))
            place += count
        return tuple(trees) if isinstance(self.options.argnums, tuple) else trees[0]

    def by_columns(self) -> tuple[Outputs, Blocks, object]:
        """A push for each number to differentiate by."""
        target, flat = self.target, (self.leaves, self.structure)
        wrt = self._wrt()
        options, has_aux = target.options, self.options.has_aux
        program = tangent_program(
            target.function, self.args, self.kwargs, wrt, has_aux, options, flat
        )
        inputs = program.inputs(self.leaves)

        def pushed(moved: Mapping[int, object]) -> tuple[Outputs, list[object], object]:
            tangents = [
                moved.get(i, zero_tangent(leaf_type(leaf)) if want else None)
                for i, (leaf, want) in enumerate(zip(self.leaves, wrt, strict=True))
            ]
            result, aux, dots = program.push(inputs, tangents)
            outputs = outputs_of(target.name, result)
            return outputs, bars_like(outputs.leaves, dots, flatten(result)[0]), aux

        outputs, _, aux = pushed({})
        for kind in outputs.leaves:
            if self.options.holomorphic and kind.dtype.kind != "c":
                raise _refused("jacfwd with holomorphic=True", "outputs of complex", kind)
        columns: list[list[list[object]]] = [
            [pushed({place: unit})[1] for unit in _units(kind)]
            for place, kind in zip(self.chosen, self.types, strict=True)
        ]
        blocks: Blocks = [
            [
                _assembled([column[row] for column in found], kind, like, True)
                for found, like in zip(columns, self.types, strict=True)
            ]
            for row, kind in enumerate(outputs.leaves)
        ]
        return outputs, blocks, aux

    def by_rows(self) -> tuple[Outputs, Blocks, object]:
        """A pull for each number of the result; the function runs once."""
        flat = self.leaves, self.structure
        made = self.target.specialise(
            self.args, self.kwargs, self._wrt(), self.options.has_aux, flat
        )
        result, aux, saved = made.forward(self.leaves)
        outputs = outputs_of(self.target.name, result)
        for kind in outputs.leaves:
            wanted = "c" if self.options.holomorphic else "f"
            if kind.dtype.kind != wanted:
                with_holomorphic = " with holomorphic=True" if self.options.holomorphic else ""
                what = "complex" if self.options.holomorphic else "real"
                raise _refused(f"jacrev{with_holomorphic}", f"outputs of {what}", kind)
        nothing = [zero_tangent(kind) for kind in outputs.leaves]
        blocks: Blocks = []
        for row, kind in enumerate(outputs.leaves):
            rows = []
            for unit in _units(kind):
                seeds = [*nothing[:row], unit, *nothing[row + 1 :]]
                bars = made.backward(saved, seeds)
                rows.append(bars_like(self.types, [bars[i] for i in self.chosen]))
            blocks.append(
                [
                    _assembled([found[i] for found in rows], kind, like, False)
                    for i, like in enumerate(self.types)
                ]
            )
        return outputs, blocks, aux

    def _wrt(self) -> tuple[bool, ...]:
        wanted = frozenset(self.chosen)
        return tuple(i in wanted for i in range(len(self.leaves)))


def _units(kind: LeafType) -> Iterator[object]:
    """The tangents of a leaf of which one number is 1 and the others are 0."""
    if not kind.differentiable:
        return
    if not kind.shape:
        yield tangent_of(kind, 1.0)
        return
    for place in range(math.prod(kind.shape)):
        unit = np.zeros(kind.shape, kind.dtype)
        unit.flat[place] = 1.0
        yield unit


def _assembled(found: Sequence[object], out: LeafType, arg: LeafType, by_columns: bool) -> object:
    """The block of one leaf by another, from its columns or rows."""
    shape = out.shape + arg.shape
    if not (out.differentiable and arg.differentiable):
        return np.zeros(shape, FLOAT0)
    if not shape and "array" not in (out.form, arg.form):
        return found[0]
    dtype = out.dtype if by_columns else arg.dtype
    block = np.empty((math.prod(out.shape), math.prod(arg.shape)), dtype)
    for place, part in enumerate(found):
        if by_columns:
            block[:, place] = np.ravel(np.asarray(part))
        else:
            block[place] = np.ravel(np.asarray(part))
    return block.reshape(shape)


def _check_input(options: JacobianOptions, kind: LeafType) -> None:
    """Refuse what is not differentiated by, as JAX does."""
    name = options.name
    if options.holomorphic:
        if kind.dtype.kind != "c":
            raise _refused(f"{name} with holomorphic=True", "inputs of complex", kind)
    elif options.forward:
        if kind.dtype.kind != "f":
            raise _refused(name, "inputs of real", kind)
    elif not kind.differentiable and not options.allow_int:
        raise _refused(name, "inputs of real or complex", kind)


def _refused(name: str, what: str, kind: LeafType) -> ArgumentError:
    return ArgumentError(f"{name} requires {what} dtype, but got {kind.dtype.name}.")
