"""What `grad`, `vjp` and `jvp` mean where a program calls them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from srcad.argnums import checked_argnums, positions_of
from srcad.derived import Derived, DerivedFunction
from srcad.errors import ArgumentError
from srcad.frontend import calls, collectives, control, expressions, objects, outside, value_trees
from srcad.frontend.builder import operand_kind
from srcad.frontend.values import (
    Array,
    Closure,
    Conflict,
    Foreign,
    Items,
    Number,
    Partial,
    Path,
    Static,
    Value,
)
from srcad.ir.nodes import Atom, Const
from srcad.nesting import inner, jacobians, sweeps, values

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering, Syntax

Args = list[Value]
Kwargs = dict[str, Value]


FUNCTION: Path = (("attr", "target"), ("attr", "function"))
"""The way from a gradient to the function that it is of."""


def call(ctx: Lowering, callee: Value, args: Args, kwargs: Kwargs, node: Syntax) -> Value | None:
    """Call what has to do with derivatives; None for any other value."""
    match callee:
        case Foreign(value=DerivedFunction() as outside, path=path):
            function, derived = outside.target.function, outside.derived
            ctx.fix(Foreign(derived, (*path, ("attr", "derived"))))
            reached = calls.reached(ctx, function, (*path, *FUNCTION))
            return _derivative(ctx, derived, reached, args, kwargs, node)
        case Static(value=Derived() as derived):
            return _derivative(ctx, derived, args[0], args[1:], kwargs, node)
        case Static(value=inner.Backward() as backward):
            return _pull(ctx, backward, args, kwargs, node)
        case Static(value=_Pushing() as pushing):
            return _push(ctx, pushing, args, kwargs, node)
        case Static(value=function) | Closure(function=function) if handler := _HANDLERS.get(
            _name(function)
        ):
            return handler(ctx, args, kwargs, node)
    return None


def _name(function: object) -> str:
    module = getattr(function, "__module__", None)
    return str(getattr(function, "__name__", "")) if module == "srcad.api" else ""


def _bound(
    ctx: Lowering, signature: inspect.Signature, args: Args, kwargs: Kwargs
) -> dict[str, Any] | None:
    """The arguments of a public function by its parameters; None if Python raises for them."""
    try:
        return dict(signature.bind(*args, **kwargs).arguments)
    except TypeError as error:
        control.fail(ctx, error)
        return None


def _static(ctx: Lowering, given: dict[str, Any], name: str, default: Any, node: Syntax) -> Any:
    return objects.static(ctx, given[name], node) if name in given else default


# -- gradients ----------------------------------------------------------------------------------


def _of_gradient(fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()):  # type: ignore[no-untyped-def]
    """The parameters of `grad` and `value_and_grad`."""


_OF_GRADIENT = inspect.signature(_of_gradient)


def _made(
    of: Literal["grad", "jac"],
    with_value: bool,
    ctx: Lowering,
    args: Args,
    kwargs: Kwargs,
    node: Syntax,
) -> Value:
    """`grad(f)`: a function that is called later."""
    given = _bound(ctx, _OF_GRADIENT, args, kwargs)
    if given is None:
        return Conflict("is not defined here")
    facts = {
        name: _static(ctx, given, name, default, node)
        for name, default in (
            ("argnums", 0),
            ("has_aux", False),
            ("holomorphic", False),
            ("allow_int", False),
        )
    }
    facts["reduce_axes"] = _reduce_axes(ctx, given, node)
    facts["argnums"] = _checked(ctx, checked_argnums, node, facts["argnums"])
    return Partial(Static(Derived(of, **facts, with_value=with_value)), (given["fun"],), ())


def _reduce_axes(ctx: Lowering, given: dict[str, Any], node: Syntax) -> tuple[str, ...]:
    names = _static(ctx, given, "reduce_axes", (), node)
    return (names,) if isinstance(names, str) else tuple(names)


def _checked(ctx: Lowering, check: Callable[..., Any], node: Syntax, *given: Any) -> Any:
    """What a check returns; what it refuses, with the user's line."""
    try:
        return check(*given)
    except ArgumentError as error:
        ctx.refuse(str(error), node, error=ArgumentError)


def _derivative(
    ctx: Lowering, derived: Derived, function: Value, args: Args, kwargs: Kwargs, node: Syntax
) -> Value:
    """Call a gradient or a Jacobian."""
    compute = _gradient if derived.of == "grad" else _jacobian
    return compute(ctx, derived, function, args, kwargs, node)


def _jacobian(
    ctx: Lowering, derived: Derived, function: Value, args: Args, kwargs: Kwargs, node: Syntax
) -> Value:
    """Call a Jacobian."""
    wanted = _checked(ctx, positions_of, node, derived.argnums, len(args))
    chosen = [args[place] for place in wanted]
    _check_inputs(ctx, derived, chosen, node)
    made = inner.run(ctx, function, args, kwargs, wanted, derived.has_aux, node)
    if ctx.state.dead:
        return made.result
    backward = inner.swept(ctx, made, node)
    pullback = Partial(Static(backward), (Items(tuple(chosen)),), ())

    def by_arguments(out: Number | Array) -> Value:
        blocks = [by_argument(out, number) for number in range(len(chosen))]
        return Items(tuple(blocks)) if isinstance(derived.argnums, tuple) else blocks[0]

    def by_argument(out: Number | Array, number: int) -> Value:
        argument = outside.resolve(ctx, chosen[number], node)
        if not isinstance(argument, Number | Array) or len(made.function.body.results) != 1:
            ctx.refuse(
                "inside a function that is differentiated, Jacobians are of one array or number by "
                "others",
                node,
                "use vjp, or take containers apart",
                ArgumentError,
            )
        if out.kind.is_complex or argument.kind.is_complex:
            ctx.refuse(
                "inside a function that is differentiated, Jacobians are of real numbers", node
            )
        place = expressions.literal(number)
        sides = (out, out.kind), (argument, argument.kind)
        return jacobians.block(ctx, pullback, *sides, place, node)

    jacobian = value_trees.changed(ctx, made.result, by_arguments, node)
    return jacobian if made.aux is None else Items((jacobian, made.aux))


def _gradient(
    ctx: Lowering, derived: Derived, function: Value, args: Args, kwargs: Kwargs, node: Syntax
) -> Value:
    """Call a gradient."""
    wanted = _checked(ctx, positions_of, node, derived.argnums, len(args))
    _check_inputs(ctx, derived, [args[place] for place in wanted], node)
    made = inner.run(ctx, function, args, kwargs, wanted, derived.has_aux, node)
    if ctx.state.dead:
        return made.result
    _check_output(ctx, derived, made.function.body.results, made.result, node)
    backward = inner.swept(ctx, made, node)
    alone = sweeps.backward(ctx.builder, backward.left, [_one(made.function.body.results[0])])
    bars = collectives.reduced(ctx, derived.reduce_axes, made.given, alone, node)
    gradients = _like(ctx, [args[place] for place in wanted], bars, node)
    gradient = Items(tuple(gradients)) if isinstance(derived.argnums, tuple) else gradients[0]
    if derived.with_value:
        value = made.result
        if made.aux is not None:
            value = Items((value, made.aux))
        return Items((value, gradient))
    return gradient if made.aux is None else Items((gradient, made.aux))


def _one(like: Atom) -> Const:
    """The seed of a number."""
    kind = operand_kind(like)
    if kind.dtype in ("float64", "complex128"):
        return Const(1.0)
    return Const(kind.example() if not kind.is_array else kind.scalar().example())


def _like(ctx: Lowering, trees: Sequence[Value], bars: Sequence[Atom], node: Syntax) -> Args:
    """Trees like the arguments with bars for leaves; integers have none."""
    rest = iter(bars)

    def bar_of(leaf: Any) -> Value:
        return values.leaf_of(ctx, next(rest)) if leaf.kind.is_inexact else Static(None)

    return [value_trees.changed(ctx, tree, bar_of, node) for tree in trees]


def _check_inputs(ctx: Lowering, derived: Derived, args: Args, node: Syntax) -> None:
    kinds = [leaf.kind for arg in args for leaf in value_trees.leaves(ctx, arg, node)]
    for kind in kinds:
        if derived.holomorphic and not kind.is_complex:
            ctx.refuse(
                f"{derived.called} with holomorphic=True requires inputs with complex dtype, but "
                f"got {kind.dtype}",
                node,
                error=ArgumentError,
            )
        if not kind.is_inexact and not derived.allow_int:
            ctx.refuse(
                f"{derived.called} requires real- or complex-valued inputs (input dtype that is a "
                f"sub-dtype of np.inexact), but got {kind.dtype}",
                node,
                "differentiate by a float, or set allow_int to True",
                ArgumentError,
            )


def _check_output(
    ctx: Lowering, derived: Derived, leaves: Sequence[Atom], result: Value, node: Syntax
) -> None:
    kinds = [operand_kind(leaf) for leaf in leaves]
    if len(kinds) != 1 or kinds[0].rank or isinstance(result, Items):
        ctx.refuse(
            f"{derived.called} is only defined for functions that return a number, and this "
            f"returns {objects.describe(ctx, result)}",
            node,
            "use vjp, or return a sum of it",
            ArgumentError,
        )
    if kinds[0].is_complex != derived.holomorphic:
        needed = "complex" if derived.holomorphic else "real"
        ctx.refuse(
            f"this gradient needs a {needed} result, and got {kinds[0].dtype}",
            node,
            "take the real part, or pass holomorphic=True",
            ArgumentError,
        )


# -- vjp and jvp --------------------------------------------------------------------------------


def _of_vjp(fun, *primals, has_aux=False, reduce_axes=()):  # type: ignore[no-untyped-def]
    """The parameters of `vjp`."""


def _of_jvp(fun, primals, tangents, has_aux=False):  # type: ignore[no-untyped-def]
    """The parameters of `jvp`."""


def _of_linearize(fun, *primals, has_aux=False):  # type: ignore[no-untyped-def]
    """The parameters of `linearize`."""


_OF_VJP, _OF_JVP, _OF_LINEARIZE = map(inspect.signature, (_of_vjp, _of_jvp, _of_linearize))


def _ran(ctx: Lowering, given: dict[str, Any], primals: Args, node: Syntax) -> inner.Inner:
    """Run the function of a call of `vjp`, `jvp` or `linearize`."""
    has_aux = bool(_static(ctx, given, "has_aux", False, node))
    return inner.run(ctx, given["fun"], primals, {}, range(len(primals)), has_aux, node)


def _beside(made: inner.Inner, other: Value) -> Items:
    """The result of a function, what goes with its derivative, and what was returned beside it."""
    return Items((made.result, other) if made.aux is None else (made.result, other, made.aux))


def _vjp(ctx: Lowering, args: Args, kwargs: Kwargs, node: Syntax) -> Value:
    given = _bound(ctx, _OF_VJP, args, kwargs)
    if given is None:
        return Conflict("is not defined here")
    primals = list(given.get("primals", ()))
    made = _ran(ctx, given, primals, node)
    if ctx.state.dead:
        return made.result
    backward = inner.swept(ctx, made, node)
    backward = replace(backward, primals=made.given, reduce_axes=_reduce_axes(ctx, given, node))
    like = Items(tuple(_same(ctx, primal, node) for primal in primals))
    pullback = Partial(Static(backward), (like,), ())
    return _beside(made, pullback)


def _pull(
    ctx: Lowering, backward: inner.Backward, args: Args, kwargs: Kwargs, node: Syntax
) -> Value:
    """Call a pullback: the primals stand before its cotangent."""
    primals, *given = args
    if kwargs or len(given) != 1:
        return control.fail(ctx, TypeError("a pullback takes one argument, the cotangent"))
    assert isinstance(primals, Items)
    left = backward.left
    seeds = inner.fitting(ctx, given[0], backward.structure, left.outputs, "cotangent", node)
    alone = sweeps.backward(ctx.builder, left, seeds)
    bars = collectives.reduced(ctx, backward.reduce_axes, backward.primals, alone, node)
    return Items(tuple(_like(ctx, primals.items, bars, node)))


def _jvp(ctx: Lowering, args: Args, kwargs: Kwargs, node: Syntax) -> Value:
    given = _bound(ctx, _OF_JVP, args, kwargs)
    if given is None:
        return Conflict("is not defined here")
    primals, tangents = (
        _sequence(ctx, given[name], name, node) for name in ("primals", "tangents")
    )
    made = _ran(ctx, given, primals, node)
    if ctx.state.dead:
        return made.result
    moved = _moved(ctx, made, Items(tuple(tangents)), node)
    tangent = _tangent(ctx, made.result, inner.pushed(ctx, made, moved), node)
    return _beside(made, tangent)


def _linearize(ctx: Lowering, args: Args, kwargs: Kwargs, node: Syntax) -> Value:
    given = _bound(ctx, _OF_LINEARIZE, args, kwargs)
    if given is None:
        return Conflict("is not defined here")
    primals = list(given.get("primals", ()))
    made = _ran(ctx, given, primals, node)
    if ctx.state.dead:
        return made.result
    linear = inner.run_linear(ctx, made)
    result = _same(ctx, made.result, node)
    pushing = Partial(Static(_Pushing(made, linear)), (result,), ())
    return _beside(made, pushing)


@dataclass(frozen=True, eq=False)
class _Pushing:
    """What `linearize` returns: it takes tangents, before which there stands the result."""

    made: inner.Inner
    linear: inner.Linear


def _push(ctx: Lowering, pushing: _Pushing, args: Args, kwargs: Kwargs, node: Syntax) -> Value:
    """Call what `linearize` returned."""
    result, *tangents = args
    count = len(pushing.made.structure[1])
    if kwargs or len(tangents) != count:
        return control.fail(ctx, TypeError(f"this takes a tangent for each of {count} primals"))
    moved = _moved(ctx, pushing.made, Items(tuple(tangents)), node)
    return _tangent(ctx, result, inner.again(ctx, pushing.linear, moved), node)


def _moved(ctx: Lowering, made: inner.Inner, tangents: Items, node: Syntax) -> list[Atom]:
    """The tangents of the inputs of a function."""
    dots = inner.fitting(ctx, tangents, made.structure, made.leaves, "tangent", node)
    both = zip(dots, made.leaves, strict=True)
    return [dot for dot, leaf in both if operand_kind(leaf).is_inexact]


def _tangent(ctx: Lowering, result: Value, dots: Sequence[Atom], node: Syntax) -> Value:
    """The tangent of a result: a tree like it."""
    found = iter(dots)
    return value_trees.changed(ctx, result, lambda leaf: values.leaf_of(ctx, next(found)), node)


def _same(ctx: Lowering, tree: Value, node: Syntax) -> Value:
    """A tree as it is now: what is done to its lists and dicts later does not change this one."""
    return value_trees.changed(ctx, tree, lambda leaf: leaf, node)


def _sequence(ctx: Lowering, value: Value, name: str, node: Syntax) -> Args:
    parts = objects.try_iterate(ctx, value, node)
    if parts is None:
        ctx.refuse(
            f"the {name} of jvp are a tuple or a list",
            node,
            "also of one argument: jvp(f, (x,), (x_dot,))",
            ArgumentError,
        )
    return list(parts)


_HANDLERS: dict[str, Callable[[Any, Args, Kwargs, Syntax], Value]] = {
    "grad": partial(_made, "grad", False),
    "value_and_grad": partial(_made, "grad", True),
    "jacfwd": partial(_made, "jac", False),
    "jacrev": partial(_made, "jac", False),
    "vjp": _vjp,
    "jvp": _jvp,
    "linearize": _linearize,
}
