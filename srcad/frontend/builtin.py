"""Functions that the frontend handles itself: primitives, and Python's own functions."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.frontend import (
    asking,
    calls,
    classes,
    control,
    copies,
    cursors,
    custom,
    expressions,
    grids,
    listed,
    masked,
    memory,
    objects,
    outside,
    parts,
    rewritten,
    sequences,
    shaping,
    updates,
    vmapped,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.shaping import as_array
from srcad.frontend.values import (
    Array,
    Closure,
    Foreign,
    Items,
    Iteration,
    Mapping,
    Number,
    Ref,
    SliceValue,
    Static,
    Text,
    Value,
    is_none,
)
from srcad.ir.nodes import Const, Effect, Operand, ShapeOf, Var
from srcad.ir.primitives import Primitive
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Args = list[Value]
Kwargs = dict[str, Value]
Handler = Callable[["Lowering", Args, Kwargs, gast.AST], Value]


def call_primitive(
    ctx: Lowering, primitive: Primitive, args: Args, kwargs: Kwargs, node: gast.AST, hint: str = ""
) -> Value:
    """Call a function that has a rule."""
    if not args and not kwargs and isinstance(primitive.function, type):
        return expressions.literal(primitive.function())  # float() is 0.0
    args, kwargs = _decided(ctx, primitive, args, kwargs, node)
    args = [outside.resolve(ctx, arg, node) for arg in args]
    kwargs = {key: outside.resolve(ctx, value, node) for key, value in kwargs.items()}
    if primitive.options.get("known"):
        fixed = [objects.static(ctx, arg, node) for arg in args]
        return expressions.literal(primitive.function(*fixed))
    out = kwargs.pop("out", None)
    if isinstance(primitive.function, np.ufunc) and len(args) > primitive.function.nin:
        *args, out = args
    if "where" in kwargs and "where" not in primitive.params:
        where = kwargs.pop("where")
        if not masked.is_everything(where):
            return masked.ufunc_where(ctx, primitive, args, kwargs, where, out, node)
    if out is not None and not is_none(out):
        if not isinstance(out, Array):
            ctx.refuse("this `out=` cannot be differentiated yet", node, "give it an array")
        result = call_primitive(ctx, primitive, args, kwargs, node)
        return _written_to(ctx, out, expressions.operand(ctx, result, node), primitive, node)
    if "of_complex" in primitive.options and any(_is_complex_number(arg) for arg in args):
        body = primitive.options["of_complex"]
        return calls.inline(ctx, calls.closure(ctx, body, (("object", body),)), args, kwargs, node)
    if primitive.form == "expand":
        args, kwargs = listed.all_as_arrays(ctx, primitive, args, kwargs, node)
        return _expanded(ctx, primitive, args, kwargs, node)
    _check_keywords(ctx, primitive, args, kwargs, node)
    args, kwargs = _normal(ctx, primitive, args, kwargs, node)
    args, kwargs = listed.all_as_arrays(ctx, primitive, args, kwargs, node)
    operands = [expressions.operand(ctx, arg, node) for arg in args]
    named = {key: expressions.operand(ctx, value, node) for key, value in kwargs.items()}
    if not named and (folded := expressions._fold(primitive, operands, named)) is not None:
        return folded
    try:
        made = ctx.builder.emit(primitive, *operands, hint=hint, **named)
    except EvaluationFails as failure:
        return control.fails(ctx, failure.cause, primitive, node)
    return objects.result(ctx, made, primitive, args)


def _is_complex_number(value: Value) -> bool:
    return isinstance(value, Number | Array) and value.kind.is_complex


def _expanded(
    ctx: Lowering, primitive: Primitive, args: Args, kwargs: Kwargs, node: gast.AST
) -> Value:
    """A function that is defined by others: its statements stand for the user's line."""
    assert primitive.reverse is not None
    unknown = [key for key in kwargs if key not in primitive.params]
    if unknown:
        ctx.refuse(f"`{unknown[0]}=` of `{primitive.text}` cannot be differentiated yet", node)
    code = primitive.reverse.__code__
    if len(args) > code.co_argcount and not code.co_flags & inspect.CO_VARARGS:
        ctx.refuse(f"this form of `{primitive.text}` cannot be differentiated yet", node)
    body = calls.closure(ctx, primitive.reverse, (("object", primitive.reverse),))  # type: ignore[arg-type]
    with ctx.builder.origins(ctx.origin(node)):
        before, ctx.within_rule = ctx.within_rule, True
        try:
            return calls.inline(ctx, body, args, kwargs, node)
        finally:
            ctx.within_rule = before


def call_written(ctx: Lowering, function: Any, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """Call a function of the standard library as it is written in `rewritten`."""
    written = rewritten.WRITTEN[function]
    body = calls.closure(ctx, written, (("object", written),))  # type: ignore[arg-type]
    args = [outside.resolve(ctx, arg, node) for arg in args]
    pool = args[0] if args else None
    if function is np.lib.stride_tricks.sliding_window_view:
        return _windows(ctx, body, args, kwargs, node)
    if function is np.apply_along_axis and not (
        len(args) > 2 and isinstance(args[2], Array) and args[2].kind.rank == 2
    ):
        ctx.refuse("`np.apply_along_axis` has a rule for matrices only", node, "write a loop")
    if function in rewritten.POOLS:
        args = [args[0], *(expressions.literal(objects.static(ctx, r, node)) for r in args[1:])]
        r = args[1].atom if len(args) == 2 and isinstance(args[1], Number) else None
        if kwargs or not isinstance(r, Const) or r.value not in rewritten.POOLS[function]:
            ctx.refuse(f"this form of `{function.__name__}` cannot be differentiated yet", node)
        if isinstance(pool, Array) and pool.kind.rank > 1:
            ctx.refuse("the rows of an array are given here one by one", node, "give it indices")
    with ctx.builder.origins(ctx.origin(node)):
        before, ctx.within_rule = ctx.within_rule, True
        try:
            result = calls.inline(ctx, body, args, kwargs, node)
        finally:
            ctx.within_rule = before
    if function in rewritten.ITERATORS:
        sources = (arg for arg in args if isinstance(arg, Array | Ref | Iteration | Closure))
        return Iteration("written", (result, *sources))
    return result


def _windows(ctx: Lowering, body: Value, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """Windows over a vector: read now, and nobody may write to it while they are in use."""
    base = args[0]
    if kwargs or len(args) != 2 or not isinstance(base, Array) or base.kind.rank != 1:
        ctx.refuse(
            "only windows over a vector can be differentiated",
            node,
            "read x[i : i + width] in a loop",
        )
    found = calls.call(ctx, body, args, {}, node)
    if ctx.state.dead:
        return found
    assert isinstance(found, Array)
    return memory.new_array(ctx, memory.read(ctx, found), frozenset({base.cell}))


def _each_quantile(function: Any) -> Handler:
    """Several quantiles of an array, one after the other."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        primitive = primitive_of(function)
        assert primitive is not None
        named = dict(zip(("a", "q"), args, strict=False)) | kwargs
        several = outside.resolve(ctx, named.get("q", Static(None)), node)
        ranked = isinstance(several, Array) and several.kind.rank == 1
        if (not ranked and not isinstance(several, Items | Ref)) or len(args) < 1:
            return call_primitive(ctx, primitive, args, kwargs, node)
        others = {key: value for key, value in kwargs.items() if key != "q"}
        each = [
            call_primitive(ctx, primitive, [args[0], q, *args[2:]], others, node)
            for q in objects.iterate(ctx, several, node)
        ]
        join = np.stack if each and isinstance(each[0], Array) else np.array
        return calls.call_python(ctx, join, [Items(tuple(each))], {}, node)

    return handler


def _where(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.where(test)` with one argument is `np.nonzero(test)`."""
    if len(args) == 1 and not kwargs:
        return _nonzero(ctx, args, kwargs, node)
    primitive = primitive_of(np.where)
    assert primitive is not None
    return call_primitive(ctx, primitive, args, kwargs, node)


def _nonzero(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    """`np.nonzero(x)`: an array of positions for each axis."""
    value = as_array(ctx, args[0], node)
    if not isinstance(value, Array) or not value.kind.rank:
        ctx.refuse("`nonzero` of a number cannot be differentiated", node)
    if value.kind.rank == 1:
        return Items((calls.call_python(ctx, np.flatnonzero, [value], {}, node),))
    places = calls.call_python(ctx, np.argwhere, [value], {}, node)
    every = SliceValue(None, None, None)
    columns = [Items((every, expressions.literal(axis))) for axis in range(value.kind.rank)]
    return Items(tuple(expressions.subscript(ctx, places, column, node) for column in columns))


def _decided(
    ctx: Lowering, primitive: Primitive, args: Args, kwargs: Kwargs, node: gast.AST
) -> tuple[Args, Kwargs]:
    """The arguments, with those known that the definition of a function branches on."""
    fixed = primitive.options.get("fixed", ())
    if not fixed:
        return args, kwargs
    count = primitive.reverse.__code__.co_argcount if primitive.reverse else 0
    names = [*primitive.params[:count], *[""] * len(args)]
    return (
        [
            _known(ctx, arg, node) if name in fixed else arg
            for name, arg in zip(names, args, strict=False)
        ],
        {key: _known(ctx, arg, node) if key in fixed else arg for key, arg in kwargs.items()},
    )


def _known(ctx: Lowering, value: Value, node: gast.AST) -> Value:
    match value:
        case Items(items=items):
            return Items(tuple(_known(ctx, item, node) for item in items))
        case Foreign(value=int() | str() | None) | Number(atom=Var()):
            return expressions.literal(objects.static(ctx, value, node))
    return value


def _written_to(
    ctx: Lowering, out: Array, result: Operand, primitive: Primitive, node: gast.AST
) -> Value:
    """`out=`: the result goes into that array, as an in-place operation writes it."""
    try:
        if isinstance(result, Var):
            updates.check_casting(memory.read(ctx, out), result, primitive.function)
        memory.write(ctx, out, Const(Ellipsis), result, node)
    except EvaluationFails as failure:
        return control.fail(ctx, failure.cause)
    return out


def _check_keywords(
    ctx: Lowering, primitive: Primitive, args: Args, kwargs: Kwargs, node: gast.AST
) -> None:
    """Refuse what a rule does not know of, such as `where=`, and results that share memory."""
    unknown = [key for key in kwargs if key not in primitive.params]
    if unknown and primitive.form != "constant":
        ctx.refuse(f"`{unknown[0]}=` of `{primitive.text}` cannot be differentiated yet", node)
    limit = len(primitive.params)
    if limit and len(args) > limit:
        ctx.refuse(f"this form of `{primitive.text}` cannot be differentiated yet", node)
    given = {**dict(zip(primitive.params, args, strict=False)), **kwargs}
    if "copy" in given and not objects.static(ctx, given["copy"], node):
        ctx.refuse(
            f"`{primitive.text}` with `copy=False` cannot be differentiated", node, "leave it out"
        )


def _normal(
    ctx: Lowering, primitive: Primitive, args: Args, kwargs: Kwargs, node: gast.AST
) -> tuple[Args, Kwargs]:
    """Positional arguments that rules name (axis, keepdims) become keywords; ints become known."""
    params = primitive.params
    flexible = primitive.options.get("positional", 1 if primitive.form == "linear" else None)
    if flexible is not None and len(args) > flexible and len(params) >= len(args):
        for name, value in zip(params[flexible:], args[flexible:], strict=False):
            kwargs = {name: value, **kwargs}
        args = args[:flexible]
    if primitive.form in ("elementwise", "multilinear") and kwargs:
        for name in params[len(args) :]:
            if name not in kwargs:
                break  # one that is left out keeps its default: those after it stay keywords
            args = [*args, kwargs.pop(name)]
    for key in ("axis", "keepdims", "axes", "ord", "k"):
        if key in kwargs:
            kwargs[key] = Static(objects.static(ctx, kwargs[key], node))
    order = {name: i for i, name in enumerate(params)}
    kwargs = dict(sorted(kwargs.items(), key=lambda item: order.get(item[0], len(order))))
    return args, kwargs


# -- Python's own functions -----------------------------------------------------------------------


def _print(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    if ctx.quiet:
        ctx.refuse("`print` inside `finally` cannot be differentiated", node, "print before it")
    ctx.printing = True
    shown = tuple(_shown(ctx, arg, node) for arg in args)
    named = tuple((key, _shown(ctx, value, node)) for key, value in kwargs.items())
    ctx.builder.add(Effect("print", print, shown, named, (), ctx.builder.origin))
    return Static(None)


def _shown(ctx: Lowering, value: Value, node: gast.AST) -> Any:
    return value.var if isinstance(value, Text) else expressions.operand(ctx, value, node)


def _dict(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    pairs: dict[Any, Value] = {}
    if args:
        value = outside.resolve(ctx, args[0], node)
        content = ctx.state.heap.get(value.identity) if isinstance(value, Ref) else None
        if isinstance(content, Mapping):
            pairs.update(content.items)
        for pair in () if isinstance(content, Mapping) else objects.iterate(ctx, value, node):
            key, item = objects.iterate(ctx, pair, node)
            pairs[objects.static(ctx, key, node)] = item
    return Ref(ctx.heap(Mapping(tuple({**pairs, **kwargs}.items()))))


def _divmod(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    return Items(
        tuple(
            expressions.binary(ctx, function, args[0], args[1], node)
            for function in (operator.floordiv, operator.mod)
        )
    )


def _power(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    if len(args) > 2 or kwargs:
        ctx.refuse("this form of `pow` cannot be differentiated", node)
    return expressions.binary(ctx, operator.pow, args[0], args[1], node)


def _slice(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
    parts = [Static(None), *args] if len(args) == 1 else args
    lower, upper, step = (None if is_none(p) else p for p in (*parts, *[None] * (3 - len(parts))))
    return SliceValue(lower, upper, step)


def _like(plain: Any) -> Handler:
    """`np.zeros_like(x)` reads only the shape of `x`."""

    def handler(ctx: Lowering, args: Args, kwargs: Kwargs, node: gast.AST) -> Value:
        value = as_array(ctx, args[0], node)
        given = kwargs.get("dtype", args[1] if len(args) > 1 else None)
        if set(kwargs) - {"dtype"}:
            ctx.refuse("this form of zeros_like cannot be differentiated yet", node)
        assert isinstance(value, Number | Array)
        asked = None if given is None else objects.static(ctx, given, node)
        dtype = np.dtype(value.kind.dtype if asked is None else asked)
        shape = ShapeOf(memory.read(ctx, value)) if isinstance(value, Array) else ()
        result = ctx.builder.emit(plain, shape, Const(dtype))
        return memory.new_array(ctx, result)

    return handler


HANDLERS: dict[Any, Handler] = {
    print: _print,
    dict: _dict,
    divmod: _divmod,
    pow: _power,
    slice: _slice,
    np.where: _where,
    np.nonzero: _nonzero,
    np.quantile: _each_quantile(np.quantile),
    np.percentile: _each_quantile(np.percentile),
    np.zeros_like: _like(np.zeros),
    np.ones_like: _like(np.ones),
    np.empty_like: _like(np.empty),
    **asking.HANDLERS,
    **vmapped.HANDLERS,
    **classes.HANDLERS,
    **copies.HANDLERS,
    **cursors.HANDLERS,
    **custom.HANDLERS,
    **sequences.HANDLERS,
    **shaping.HANDLERS,
    **updates.HANDLERS,
    **masked.HANDLERS,
    np.linspace: grids.linspace,
    **parts.HANDLERS,
}

OF_LISTS = frozenset(
    {
        *sequences.HANDLERS,
        *vmapped.HANDLERS,
        len,
        print,
        isinstance,
        getattr,
        callable,
        bool,
        divmod,
        pow,
        dict,
    }
)
"""Functions that take a list as it is; NumPy's make an array of it first."""
