"""Mapped functions: a call of `vmap(f)` is a loop over the examples, written where it stands."""

from __future__ import annotations

import inspect
import operator
import types
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import gast

from srcad import trees
from srcad.analyses.dependence import dependent
from srcad.axes import Axes, axis_of, checked, disagreement, spread
from srcad.errors import ArgumentError, UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    control,
    example_loop,
    expressions,
    loops,
    memory,
    objects,
    skeletons,
)
from srcad.frontend.context import Unreachable
from srcad.frontend.example_loop import Leaf, Result, unused
from srcad.frontend.source import Source
from srcad.frontend.values import (
    Array,
    Closure,
    Foreign,
    Items,
    Number,
    Partial,
    Path,
    SliceValue,
    State,
    Static,
    Value,
)
from srcad.ir.dims import Dim
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Const, Range
from srcad.mapped import Mapped, empty, mapped_result, vmap

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]

INNER = ("attr", "inner")
"""The step from a mapped function to that of one example."""


@dataclass(frozen=True, eq=False)
class Layout:
    """How the function of one example is called, and what it returns: containers with holes."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None


@dataclass(frozen=True, eq=False)
class Found:
    """A leaf of what the function returns, and whether it differs from example to example."""

    value: Value
    is_mapped: bool


def run_mapped(*_: object) -> None:
    """Stands for the call of a mapped function: of a function, its axes, and the arguments."""


def call_one(*_: object) -> None:
    """Stands for the call of the function of one example, with the leaves of its arguments."""


# -- what is mapped -----------------------------------------------------------------------------


def call_object(
    ctx: Lowering, mapped: Mapped, path: Path, args: Args, kwargs: Kwargs, node: gast.AST
) -> Value:
    """Call a mapped function that was made outside of the program."""
    if path:
        ctx.fix(Foreign(mapped.key, (*path, ("attr", "key"))))
    inner = _inner(ctx, mapped.inner, (*path, INNER))
    return run(ctx, inner, mapped.axes, args, kwargs, node)


def _inner(ctx: Lowering, function: Any, path: Path) -> Value:
    """The function of one example; that of the program itself is known by its code alone."""
    if any(step != INNER for step in path):
        return objects.wrap(ctx, function, path)
    if isinstance(function, types.FunctionType):
        return calls.closure(ctx, function, path)
    return Foreign(function, path)


def _vmap(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`vmap(f, in_axes, ...)`."""
    try:
        bound = inspect.signature(vmap).bind(*args, **kwargs)
    except TypeError as error:
        return control.fail(ctx, error)
    bound.apply_defaults()
    function, *others = bound.arguments.values()
    try:
        axes = checked(*(_plain(ctx, value, node) for value in others))
    except ArgumentError as error:
        _refuse(ctx, error, node)
    return Partial(Static(run_mapped), (function, Static(axes)), ())


def _plain(ctx: Lowering, value: Any, node: gast.AST) -> Any:
    """The Python object that axes, a name or a size is."""
    if value is None or isinstance(value, int):
        return value  # a default
    found: list[Value] = []
    tree = skeletons.apart(ctx, value, found)
    return skeletons.filled(tree, [objects.static(ctx, leaf, node) for leaf in found])


def _run_mapped(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    function, axes, *others = args
    assert isinstance(axes, Static)
    return run(ctx, function, axes.value, others, kwargs, node)


# -- the loop -----------------------------------------------------------------------------------


def run(
    ctx: Lowering, function: Value, axes: Axes, args: Args, kwargs: Kwargs, node: gast.AST
) -> Value:
    """Call a function for each example, and stack the results.

    Args:
        ctx: the lowering.
        function: the function of one example.
        axes: which axes of the arguments and results are those of the examples.
        args: the positional arguments.
        kwargs: the keyword arguments.
        node: the call.
    """
    try:
        leaves, layout = _leaves(ctx, function, axes, args, kwargs, node)
        size = _size(ctx, axes, leaves)
        found: list[Found] = []
        tree = _result_of_one(ctx, function, leaves, layout, size, found, node)
        results = _results(ctx, function, axes, tree, found, node)
    except ArgumentError as error:
        _refuse(ctx, error, node)
    except ValueError as error:
        return control.fail(ctx, error)
    length = axes.size if all(leaf.axis is None for leaf in leaves) else None
    text = example_loop.text_of(_name(function), leaves, length, results)
    one = Partial(Static(call_one), (Static(replace(layout, result=tree)), function), ())
    made = example_loop.inlined(ctx, text, [one, *(leaf.value for leaf in leaves)], node)
    if ctx.state.dead:
        return made
    whole: list[Value] = list(made.items) if isinstance(made, Items) else [made]
    return skeletons.together(ctx, tree, whole)


def _leaves(
    ctx: Lowering, function: Value, axes: Axes, args: Args, kwargs: Kwargs, node: gast.AST
) -> tuple[list[Leaf], Layout]:
    """What the loop is given, and how the arguments of one example are made of it."""
    leaves: list[Leaf] = []
    used = {_name(function), *example_loop.RESERVED}

    def part(value: Value, axis: Any, name: str) -> Any:
        first = len(leaves)
        if axis is None:
            leaves.append(Leaf(unused(name, used), value))
            return skeletons.Hole(first)
        found: list[Value] = []
        tree = skeletons.apart(ctx, value, found)
        places = spread(axis, tree, "in_axes")
        order, paths = skeletons.leaf_paths(tree, name)
        for index, leaf in enumerate(found):
            at = order.index(index)
            short = unused(example_loop.identifier(paths[at]), used)
            leaves.append(_leaf(ctx, leaf, places[at], short, paths[at], node))
        return skeletons.shifted(tree, first)

    of_args = axes.of_arguments(len(args))
    positional = tuple(map(part, args, of_args, _parameters(function, len(args))))
    return leaves, Layout(positional, {key: part(value, 0, key) for key, value in kwargs.items()})


def _leaf(
    ctx: Lowering, value: Value, axis: int | None, name: str, path: str, node: gast.AST
) -> Leaf:
    if axis is None:
        return Leaf(name, value)
    if not isinstance(value, Array | Number):
        ctx.refuse(
            f"`{path}` cannot be mapped: it is {objects.describe(ctx, value)}",
            _place(node),
            "pass an array, or give it the axis None in in_axes",
            UnsupportedType,
        )
    return Leaf(name, value, axis_of(axis, value.kind.rank, path))


def _size(ctx: Lowering, axes: Axes, leaves: list[Leaf]) -> Atom:
    """The number of examples; all that is mapped is seen to have as many."""
    found: list[tuple[str, int, Dim]] = []
    counts: list[Number] = []
    for leaf in leaves:
        if leaf.axis is not None:
            assert isinstance(leaf.value, Array)
            var = memory.read(ctx, leaf.value)
            found.append((leaf.name, leaf.axis, var.shape[leaf.axis]))
            counts.append(attributes.length(ctx, var, leaf.axis))
    if axes.size is not None:
        found.append(("axis_size", 0, Dim(axes.size)))
        counts.append(Number(Const(axes.size), INT))
    if not found:
        raise ValueError("vmap must have at least one array to map: all axes in in_axes are None")
    first = found[0][2]
    message = disagreement([(name, axis, ctx.sizes.hint(dim)) for name, axis, dim in found])
    for (_, _, dim), count in zip(found[1:], counts[1:], strict=True):
        same = ctx.sizes.equal(first, dim)
        if same is False:
            raise ValueError(message)
        if same is None:
            equal = ctx.builder.emit(operator.eq, counts[0].atom, count.atom)
            control.require(ctx, equal, ValueError, message)
    if ctx.sizes.at_least(first, 1) is False:
        raise ValueError(empty("the function"))
    return counts[0].atom


def _result_of_one(
    ctx: Lowering,
    function: Value,
    leaves: list[Leaf],
    layout: Layout,
    size: Atom,
    found: list[Found],
    node: gast.AST,
) -> Any:
    """What the function returns for one example, to write the loop for. Nothing of it stays."""
    before = ctx.state
    ctx.state = before.copy()
    try:
        with ctx.builder.block() as written:
            counter = ctx.builder.counter("k")
            loops.note_bounds(ctx, counter, Range(Const(0), size, Const(1)))
            k = Number(counter, INT)
            given = [_example(ctx, leaf, k, node) for leaf in leaves]
            made = _called(ctx, layout, function, given, node)
            if ctx.state.dead:
                return None
            parts: list[Value] = []
            tree = skeletons.apart(ctx, made, parts)
            atoms = [_read(ctx, part) for part in parts]
            each = dependent(written, [counter])
            alone = _writes_outside(before, ctx.state)
            found.extend(
                Found(part, alone or atom in each) for part, atom in zip(parts, atoms, strict=True)
            )
            return tree
    except Unreachable:
        return None
    finally:
        ctx.state = before


def _read(ctx: Lowering, part: Value) -> Atom | None:
    match part:
        case Array():
            return memory.read(ctx, part)
        case Number(atom=atom):
            return atom
    return None


def _writes_outside(before: State, after: State) -> bool:
    """Whether an example leaves something to the next ones: in arrays, lists and objects."""
    arrays = any(after.memory.get(cell) is not var for cell, var in before.memory.items())
    return arrays or any(after.heap.get(i) is not content for i, content in before.heap.items())


def _example(ctx: Lowering, leaf: Leaf, k: Number, node: gast.AST) -> Value:
    if leaf.axis is None:
        return leaf.value
    index = Items((*[SliceValue(None, None, None)] * leaf.axis, k)) if leaf.axis else k
    return expressions.subscript(ctx, leaf.value, index, node)


def _called(
    ctx: Lowering, layout: Layout, function: Value, given: list[Value], node: gast.AST
) -> Value:
    args = [skeletons.together(ctx, part, given) for part in layout.args]
    kwargs = {key: skeletons.together(ctx, part, given) for key, part in layout.kwargs.items()}
    return calls.call(ctx, function, args, kwargs, node)


def _call_one(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """The leaves of what the function returns for one example."""
    layout, function, *given = args
    assert isinstance(layout, Static)
    made = _called(ctx, layout.value, function, given, node)
    if ctx.state.dead:
        return made
    found: list[Value] = []
    tree = skeletons.apart(ctx, made, found)
    if trees.flatten(tree)[1] != trees.flatten(layout.value.result)[1]:
        ctx.refuse(
            f"`{_name(function)}` returns other containers for some examples than for others",
            None,
            "return the same for all of them",
            UnsupportedType,
        )
    return found[0] if len(found) == 1 else Items(tuple(found))


def _results(
    ctx: Lowering, function: Value, axes: Axes, tree: Any, found: list[Found], node: gast.AST
) -> list[Result]:
    """What the loop hands out."""
    order, paths = skeletons.leaf_paths(tree, "out")
    places = spread(axes.results, tree, "out_axes")
    used: set[str] = set()
    results = []
    for index, part in enumerate(found):
        at, value = order.index(index), part.value
        name, axis = unused(example_loop.identifier(paths[at]), used), places[at]
        if not isinstance(value, Array | Number):
            ctx.refuse(
                f"`{_name(function)}` cannot be mapped: its result is or holds"
                f" {objects.describe(ctx, value)}",
                _place(node),
                "return numbers, arrays and containers of them",
                UnsupportedType,
            )
        if axis is not None:
            axis = axis_of(axis, value.kind.rank + 1, paths[at])
        elif part.is_mapped:
            raise ValueError(mapped_result(paths[at]))
        results.append(Result(name, axis))
    return results


def _refuse(ctx: Lowering, error: ArgumentError, node: gast.AST) -> NoReturn:
    if error.origin is not None:
        raise error
    ctx.refuse(error.message, _place(node), error.hint, ArgumentError)


def _place(node: gast.AST) -> gast.AST | None:
    """A node that has a place in the user's source."""
    return node if hasattr(node, "lineno") else None


# -- names --------------------------------------------------------------------------------------


def _name(function: Value) -> str:
    """What a function is called, as an identifier."""
    found, mapped = _python(function)
    name = str(getattr(found, "name", None) or getattr(found, "__name__", ""))
    return "mapped_" * mapped + (name if name.isidentifier() else "function")


def _parameters(function: Value, count: int) -> list[str]:
    """Names for positional arguments, as the function itself calls them."""
    found, _ = _python(function)
    names: list[str] = []
    if isinstance(found, gast.AST):
        names = [arg.id for arg in found.args.args]
    elif isinstance(found, types.FunctionType):
        names = list(found.__code__.co_varnames[: found.__code__.co_argcount])
    return [*names, *(f"x{i}" for i in range(len(names), count))][:count]


def _python(function: Value) -> tuple[Any, int]:
    """The function, or its tree, that a value stands for, and how often it is mapped."""
    found: Any = None
    mapped = 0
    while isinstance(function, Partial) and isinstance(function.function, Static):
        if function.function.value is not run_mapped:
            break
        function, mapped = function.args[0], mapped + 1
    match function:
        case Closure(function=None, source=Source(node=node)):
            found = node
        case Closure(function=outside):
            found = outside
        case Static(value=outside) | Foreign(value=outside):
            found = outside
    while isinstance(found, Mapped):
        found, mapped = found.inner, mapped + 1
    plain = getattr(found, "function", None)  # srcad's own decorator
    return plain if isinstance(plain, types.FunctionType) else found, mapped


HANDLERS: dict[Any, Any] = {vmap: _vmap, run_mapped: _run_mapped, call_one: _call_one}
