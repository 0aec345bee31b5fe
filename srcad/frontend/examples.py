"""A call of a mapped function is a loop over the examples, written where the call stands."""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NoReturn

import gast
import numpy as np

from srcad import trees
from srcad.analyses.dependence import dependent
from srcad.axes import Axes, axis_of, disagreement, spread
from srcad.errors import ArgumentError, UnsupportedType
from srcad.frontend import (
    attributes,
    calls,
    collectives,
    control,
    example_loop,
    expressions,
    loops,
    memory,
    objects,
    skeletons,
)
from srcad.frontend.context import Unreachable
from srcad.frontend.example_loop import Leaf, Result
from srcad.frontend.example_names import (
    RESERVED,
    identifier,
    name_of,
    parameters_of,
    unused,
)
from srcad.frontend.values import (
    Array,
    Items,
    Number,
    Partial,
    SliceValue,
    State,
    Static,
    Value,
)
from srcad.ir.dims import Dim
from srcad.ir.kinds import INT
from srcad.ir.nodes import Atom, Block, Const, Effect, Range
from srcad.ir.walk import statements
from srcad.mapped import empty, mapped_result

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]


@dataclass(frozen=True, eq=False)
class Layout:
    """How the function of one example is called, and what it returns: containers with holes."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any = None
    name: str | None = None
    size: Number | None = None
    totals: tuple[Any, ...] = ()
    kept: tuple[int, ...] = ()
    reduced: tuple[tuple[int, ...], ...] | None = None


@dataclass(frozen=True, eq=False)
class One:
    """What the function comes to for one example: its result, or a collective."""

    tree: Any
    found: tuple[Found, ...] = ()
    how: str | None = None
    is_pure: bool = True
    has_effects: bool = True
    reduced: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Found:
    """A leaf of what the function returns, its value, and whether that differs among examples."""

    value: Value
    atom: Atom | None
    is_mapped: bool


def call_one(*_: object) -> None:
    """Stands for the call of the function of one example, with the leaves of its arguments."""


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
        layout = replace(layout, name=axes.name, size=_size(ctx, axes, leaves))
        one = _one(ctx, function, leaves, layout, node)
        while one.how is not None:
            leaves, layout = _with_total(ctx, function, leaves, layout, one, node)
            if ctx.state.dead:
                return Static(None)
            one = _one(ctx, function, leaves, layout, node)
        if layout.totals and not one.is_pure:
            _refuse_effects(ctx, function, node)
        results = _results(ctx, function, axes, one, node)
    except ArgumentError as error:
        refuse(ctx, error, node)
    except ValueError as error:
        return control.fail(ctx, error)
    found = _gathered(ctx, function, leaves, layout, one, results, node)
    return Static(None) if ctx.state.dead else skeletons.together(ctx, one.tree, found)


def _gathered(
    ctx: Lowering,
    function: Value,
    leaves: list[Leaf],
    layout: Layout,
    one: One,
    results: list[Result],
    node: gast.AST,
) -> list[Value]:
    """What the examples give together: from a loop, and from the first where all give the same."""
    layout = replace(layout, result=one.tree, reduced=one.reduced)
    same = [i for i, result in enumerate(results) if result.is_same] if one.is_pure else []
    each = [i for i, _ in enumerate(results) if i not in same]
    found: dict[int, Value] = {}
    if each or one.has_effects:
        found |= _looped(ctx, function, leaves, layout, results, each, node)
    if same and not ctx.state.dead:
        first = Number(Const(0), INT)
        given = [_example(ctx, leaf, first, node) for leaf in leaves]
        made, _, _ = _called(ctx, layout, function, [*given, first], node)
        parts: list[Value] = []
        skeletons.apart(ctx, made, parts)
        found |= {i: parts[i] for i in same if not ctx.state.dead}
    return [] if ctx.state.dead else [found[i] for i, _ in enumerate(results)]


def _looped(
    ctx: Lowering,
    function: Value,
    leaves: list[Leaf],
    layout: Layout,
    results: list[Result],
    kept: list[int],
    node: gast.AST,
) -> dict[int, Value]:
    """What a loop over the examples hands out."""
    chosen = [results[i] for i in kept]
    is_mapped = any(leaf.axis is not None for leaf in leaves)
    assert layout.size is not None
    length = None if is_mapped else objects.static(ctx, layout.size, node)
    counted = layout.name is not None
    text = example_loop.text_of(name_of(function), leaves, length, chosen, counted)
    one = Partial(Static(call_one), (Static(replace(layout, kept=tuple(kept))), function), ())
    given = [leaf.value for leaf in leaves]
    given += [result.start for result in chosen if result.start is not None]
    made = example_loop.inlined(ctx, text, [one, *given], node)
    if ctx.state.dead:
        return {}
    whole: list[Value] = list(made.items) if isinstance(made, Items) else [made]
    return dict(zip(kept, whole, strict=False))


def _with_total(
    ctx: Lowering, function: Value, leaves: list[Leaf], layout: Layout, one: One, node: gast.AST
) -> tuple[list[Leaf], Layout]:
    """What the loop is given beside: the result of the collective that an example comes to."""
    if not one.is_pure:
        _refuse_effects(ctx, function, node)
    used = {name_of(function), *RESERVED, *(leaf.name for leaf in leaves)}
    order, paths = skeletons.leaf_paths(one.tree, "total")
    names = [
        unused(identifier(paths[order.index(index)]), used) for index, _ in enumerate(one.found)
    ]
    results = []
    for name, part in zip(names, one.found, strict=True):
        start = collectives.start_of(ctx, part.atom) if one.how == "sum" else None
        axis = 0 if part.is_mapped and start is None else None
        results.append(Result(name, axis, start if part.is_mapped else None))
    values = _gathered(ctx, function, leaves, layout, one, results, node)
    assert layout.size is not None
    reduction = np.sum if one.how == "sum" else np.max
    along = {"axis": expressions.literal(0)}
    more = []
    for result, value in zip(results, values, strict=False):
        if result.axis is not None:
            value = calls.call_python(ctx, reduction, [value], along, node)
        elif result.is_same and one.how == "sum":
            value = expressions.binary(ctx, operator.mul, layout.size, value, node)
        more.append(Leaf(result.name, value))
    totals = (*layout.totals, skeletons.shifted(one.tree, len(leaves)))
    return [*leaves, *more], replace(layout, totals=totals)


def _refuse_effects(ctx: Lowering, function: Value, node: gast.AST) -> NoReturn:
    ctx.refuse(
        f"`{name_of(function)}` computes something of all examples, for which it is called several"
        " times, and it prints or writes to what is outside of it",
        _place(node),
        "do that outside of the mapped function",
    )


def _leaves(
    ctx: Lowering, function: Value, axes: Axes, args: Args, kwargs: Kwargs, node: gast.AST
) -> tuple[list[Leaf], Layout]:
    """What the loop is given, and how the arguments of one example are made of it."""
    leaves: list[Leaf] = []
    used = {name_of(function), *RESERVED}

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
            short = unused(identifier(paths[at]), used)
            leaves.append(_leaf(ctx, leaf, places[at], short, paths[at], node))
        return skeletons.shifted(tree, first)

    of_args = axes.of_arguments(len(args))
    positional = tuple(map(part, args, of_args, parameters_of(function, len(args))))
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


def _size(ctx: Lowering, axes: Axes, leaves: list[Leaf]) -> Number:
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
    return counts[0]


def _one(ctx: Lowering, function: Value, leaves: list[Leaf], layout: Layout, node: gast.AST) -> One:
    """What the function comes to for one example, to write the loop for. Nothing of it stays."""
    before, printing = ctx.state, ctx.printing
    ctx.state = before.copy()
    ctx.printing = False
    try:
        with ctx.builder.block() as written:
            counter = ctx.builder.counter("k")
            assert layout.size is not None
            loops.note_bounds(ctx, counter, Range(Const(0), layout.size.atom, Const(1)))
            k = Number(counter, INT)
            given = [_example(ctx, leaf, k, node) for leaf in leaves]
            made, how, met = _called(ctx, layout, function, [*given, k], node)
            if ctx.state.dead:
                return One(None)
            parts: list[Value] = []
            tree = skeletons.apart(ctx, made, parts)
            atoms = [_read(ctx, part) for part in parts]
            each = dependent(written, [counter])
            alone = _writes_outside(before, ctx.state)
            pure = not alone and not ctx.printing and collectives.repeatable(written)
            found = tuple(
                Found(part, atom, alone or atom in each)
                for part, atom in zip(parts, atoms, strict=True)
            )
            effects = any(isinstance(stmt, Effect) for stmt in statements(Block(tuple(written))))
            return One(tree, found, how, pure, effects, met)
    except Unreachable:
        return One(None)
    finally:
        ctx.state, ctx.printing = before, printing


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
) -> tuple[Value, str | None, tuple[tuple[int, ...], ...]]:
    """Call the function of one example with leaves, the last of which says which example it is.

    Returns:
        What it returns, and None; or what it has for the next collective, and which one that is;
        and which cotangents it sums over the examples.
    """
    args = [skeletons.together(ctx, part, given) for part in layout.args]
    kwargs = {key: skeletons.together(ctx, part, given) for key, part in layout.kwargs.items()}
    index = given[-1]
    if layout.name is None or layout.size is None or not isinstance(index, Number):
        return calls.call(ctx, function, args, kwargs, node), None, ()
    totals = [skeletons.together(ctx, part, given) for part in layout.totals]
    here = collectives.surroundings(ctx)
    bound = collectives.Bound(layout.name, layout.size, index, totals, here, layout.reduced)
    env, left, origin = ctx.state.env, ctx.state.left, ctx.builder.origin
    ctx.bound.append(bound)
    try:
        return calls.call(ctx, function, args, kwargs, node), None, tuple(bound.met)
    except collectives.Collected as found:
        if found.bound is not bound:
            raise
        ctx.state.env, ctx.state.left, ctx.builder.origin = env, left, origin
        return found.value, found.how, tuple(bound.met)
    finally:
        ctx.bound.pop()


def _call_one(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """The leaves of what the function comes to for one example."""
    layout, function, *given = args
    assert isinstance(layout, Static)
    made, _, _ = _called(ctx, layout.value, function, given, node)
    if ctx.state.dead:
        return made
    found: list[Value] = []
    tree = skeletons.apart(ctx, made, found)
    if trees.flatten(tree)[1] != trees.flatten(layout.value.result)[1]:
        ctx.refuse(
            f"`{name_of(function)}` returns other containers for some examples than for others",
            None,
            "return the same for all of them",
            UnsupportedType,
        )
    found = [found[i] for i in layout.value.kept]
    return found[0] if len(found) == 1 else Items(tuple(found))


def _results(ctx: Lowering, function: Value, axes: Axes, one: One, node: gast.AST) -> list[Result]:
    """What the loop hands out."""
    order, paths = skeletons.leaf_paths(one.tree, "out")
    places = spread(axes.results, one.tree, "out_axes")
    used: set[str] = set()
    results = []
    for index, part in enumerate(one.found):
        at, value = order.index(index), part.value
        name, axis = unused(identifier(paths[at]), used), places[at]
        if not isinstance(value, Array | Number):
            ctx.refuse(
                f"`{name_of(function)}` cannot be mapped: its result is or holds"
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


def refuse(ctx: Lowering, error: ArgumentError, node: gast.AST) -> NoReturn:
    """Refuse axes that are wrong, at the line of a call."""
    if error.origin is not None:
        raise error
    ctx.refuse(error.message, _place(node), error.hint, ArgumentError)


def _place(node: gast.AST) -> gast.AST | None:
    """A node that has a place in the user's source."""
    return node if hasattr(node, "lineno") else None


HANDLERS: dict[Any, Any] = {call_one: _call_one, **collectives.HANDLERS}
