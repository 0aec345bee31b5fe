"""Expressions: from a gast node to an abstract value, writing the statements that compute it."""

from __future__ import annotations

import builtins
import operator
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import UnsupportedType
from srcad.frontend import (
    attributes,
    bools,
    boxes,
    calls,
    comprehensions,
    control,
    cursors,
    displays,
    dunders,
    grids,
    intervals,
    listed,
    memory,
    methods,
    objects,
    outside,
    recursion,
    rows,
    searching,
    texts,
)
from srcad.frontend.builder import EvaluationFails
from srcad.frontend.values import (
    Array,
    Closure,
    Conflict,
    Foreign,
    Items,
    Iteration,
    Maybe,
    Method,
    Number,
    Partial,
    Record,
    Ref,
    Rows,
    Sequence,
    SliceValue,
    Static,
    Step,
    Text,
    Value,
    is_none,
)
from srcad.ir.kinds import BOOL, kind_of
from srcad.ir.nodes import Const, Operand, ShapeOf, Slice, Var
from srcad.ir.primitives import Primitive
from srcad.ir.walk import is_basic
from srcad.rules.indexing import getitem
from srcad.rules.registry import primitive_of

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

BINARY: dict[type, Any] = {
    gast.Add: operator.add,
    gast.Sub: operator.sub,
    gast.Mult: operator.mul,
    gast.Div: operator.truediv,
    gast.FloorDiv: operator.floordiv,
    gast.Mod: operator.mod,
    gast.Pow: operator.pow,
    gast.MatMult: operator.matmul,
    gast.BitAnd: operator.and_,
    gast.BitOr: operator.or_,
    gast.BitXor: operator.xor,
    gast.LShift: operator.lshift,
    gast.RShift: operator.rshift,
}
COMPARE: dict[type, Any] = {
    gast.Lt: operator.lt,
    gast.LtE: operator.le,
    gast.Gt: operator.gt,
    gast.GtE: operator.ge,
    gast.Eq: operator.eq,
    gast.NotEq: operator.ne,
}


def evaluate(ctx: Lowering, node: gast.AST, hint: str = "") -> Value:
    """The value of an expression."""
    with ctx.place(node):
        return _evaluate(ctx, node, hint)


def _evaluate(ctx: Lowering, node: gast.AST, hint: str) -> Value:
    match node:
        case gast.Constant(value=value):
            return literal(value)
        case gast.Name(id=identifier):
            return load(ctx, identifier, node)
        case gast.BinOp(left=left, op=op, right=right):
            first = evaluate(ctx, left)
            return binary(ctx, BINARY[type(op)], first, evaluate(ctx, right), node, hint)
        case gast.UnaryOp(op=gast.Not(), operand=operand):
            return negate(ctx, truth(ctx, evaluate(ctx, operand), node))
        case gast.UnaryOp(op=op, operand=operand):
            function = {gast.USub: operator.neg, gast.UAdd: operator.pos}.get(
                type(op), operator.invert
            )
            value = evaluate(ctx, operand)
            if (found := dunders.unary(ctx, function, [value], node)) is not None:
                return found
            return primitive_call(ctx, function, [value], {}, node, hint)
        case gast.Compare(left=left, ops=ops, comparators=comparators):
            return _compare(ctx, evaluate(ctx, left), ops, comparators, node, hint)
        case gast.BoolOp(op=op, values=values):
            return control.short_circuit(ctx, isinstance(op, gast.And), values, node)
        case gast.IfExp(test=test, body=body, orelse=orelse):
            return control.conditional(ctx, test, body, orelse, node, hint)
        case gast.Tuple() | gast.List() | gast.Set():
            return displays.sequence(ctx, node)
        case gast.Dict(keys=keys, values=values):
            return displays.dictionary(ctx, keys, values, node)
        case gast.Subscript(value=value, slice=index):
            return subscript(ctx, evaluate(ctx, value), index_of(ctx, index), node, hint)
        case gast.Attribute(value=value, attr=name):
            return attributes.attribute(ctx, evaluate(ctx, value), name, node)
        case gast.Call():
            return calls.evaluate_call(ctx, node, hint)
        case gast.Lambda():
            return calls.define(ctx, node)
        case gast.ListComp() | gast.SetComp() | gast.DictComp() | gast.GeneratorExp():
            return comprehensions.evaluate(ctx, node, hint)
        case gast.Slice():
            return index_of(ctx, node)
        case gast.JoinedStr():
            return texts.text(ctx, node)
        case gast.NamedExpr(target=target, value=value):
            result = cursors.kept(ctx, evaluate(ctx, value, target.id), node)
            ctx.name(target.id, result)
            return result
    what = type(node).__name__
    ctx.refuse(
        f"an expression of this kind ({what}) cannot be differentiated yet",
        node,
        "write it as a loop or as plain assignments",
    )


def literal(value: object) -> Value:
    """A Python object that is known: a number, or something static."""
    if isinstance(value, bool | int | float | complex):
        return Number(Const(value), kind_of(value))
    return Static(value)


def load(ctx: Lowering, identifier: str, node: gast.AST) -> Value:
    """The value of a name: local, of an enclosing function, global or built in."""
    value = ctx.state.env.get(identifier)
    if value is None:
        value = boxes.read(ctx, ctx.frame, identifier)
    if value is None:
        value = objects.lookup(ctx, identifier, node)
    match value:
        case Conflict(reason=reason):
            ctx.refuse(f"`{identifier}` {reason}", node, error=UnsupportedType)
        case Maybe(value=inner, flag=flag):
            control.require(ctx, flag, UnboundLocalError, _unbound(identifier))
            ctx.name(identifier, inner)
            return inner
    return value


def _unbound(identifier: str) -> str:
    return f"cannot access local variable '{identifier}' where it is not associated with a value"


# -- operands -----------------------------------------------------------------------------------


def operand(ctx: Lowering, value: Value, node: gast.AST | None = None) -> Operand:
    """A value as an argument of a statement."""
    match value:
        case Number(atom=atom):
            return atom
        case Array():
            return memory.read(ctx, value)
        case Text(var=var):
            return var
        case Static(value=constant):
            return Const(constant)
        case Items(items=items):
            if value.shape_of is not None:
                return ShapeOf(value.shape_of)
            return tuple(operand(ctx, item, node) for item in items)
        case SliceValue(lower=lower, upper=upper, step=step):
            parts = (None if p is None else operand(ctx, p, node) for p in (lower, upper, step))
            return Slice(*parts)  # type: ignore[arg-type]
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Sequence):
                return tuple(operand(ctx, item, node) for item in content.items)
            if isinstance(content, Rows):
                return rows.filled(ctx, content)
        case Foreign() if (held := outside.resolve(ctx, value, node)) is not value:
            return operand(ctx, held, node)
        case Closure(function=function) if function is not None:
            return Const(function)
        case Iteration():
            return tuple(operand(ctx, item, node) for item in objects.iterate(ctx, value, node))
    ctx.refuse(
        f"{objects.describe(ctx, value)} cannot be used in a computation here",
        node,
        error=UnsupportedType,
    )


def primitive_call(
    ctx: Lowering,
    function: Any,
    args: list[Value],
    kwargs: dict[str, Value],
    node: gast.AST | None,
    hint: str = "",
) -> Value:
    """Call a primitive; on constants only, the call is made now."""
    primitive = function if isinstance(function, Primitive) else primitive_of(function)
    assert primitive is not None, function
    args = listed.as_arrays(ctx, primitive, bools.as_ints(ctx, primitive.function, args), node)
    operands = [operand(ctx, arg, node) for arg in args]
    named = {key: operand(ctx, value, node) for key, value in kwargs.items()}
    if (folded := _fold(primitive, operands, named)) is not None:
        return folded
    try:
        result = ctx.builder.emit(primitive, *operands, hint=hint, **named)
    except EvaluationFails as failure:
        return control.fails(ctx, failure.cause, primitive, node)
    return objects.result(ctx, result, primitive, args)


def _fold(primitive: Primitive, operands: list[Operand], named: dict[str, Operand]) -> Value | None:
    """Evaluate a call on constants whose result is exact: an int, a bool, a string.

    Arithmetic on floats stays as it was typed: `1.0 / 3.0` is worth reading.
    """
    if named or not operands or not all(isinstance(item, Const) for item in operands):
        return None
    values = [item.value for item in operands if isinstance(item, Const)]
    if not all(isinstance(v, bool | int | float | str | tuple | type(None)) for v in values):
        return None
    signed = primitive.function in (operator.neg, operator.pos)
    try:
        value = primitive.function(*values)
    except Exception:
        return None
    if isinstance(value, bool | int | str) or signed:
        return literal(value)
    return None


def binary(
    ctx: Lowering, function: Any, left: Value, right: Value, node: gast.AST, hint: str = ""
) -> Value:
    """`left op right`, for numbers, arrays, and static sequences."""
    left, right = (outside.resolve(ctx, value, node) for value in (left, right))
    if (told := dunders.binary(ctx, function, left, right, node)) is not None:
        return told
    if (joined := objects.concatenate(ctx, function, left, right)) is not None:
        return joined
    if isinstance(left, Static) and isinstance(right, Static):
        try:
            return literal(function(left.value, right.value))
        except Exception as error:
            return control.fail(ctx, error)
    if function is operator.pow:
        left = _power_base(ctx, left, right, node)
    return primitive_call(ctx, function, [left, right], {}, node, hint)


def _power_base(ctx: Lowering, left: Value, right: Value, node: gast.AST) -> Value:
    """`2 ** k` of ints is an int for k >= 0 and a float below: it has to be known which."""
    if not (isinstance(left, Number) and isinstance(right, Number) and isinstance(right.atom, Var)):
        return left
    whole = left.kind.is_integral or left.kind.is_bool
    if not (left.kind.is_python and right.kind.is_python and whole and right.kind.is_integral):
        return left
    size = ctx.builder.size(right.atom)
    known = None if size is None else ctx.sizes.at_least(size, 0)
    if known is None:
        ctx.refuse(
            "the power of two ints is an int or a float, as the exponent's sign is",
            node,
            "make one of them a float: 2.0 ** k",
            UnsupportedType,
        )
    return left if known else calls.call_python(ctx, float, [left], {}, node)


# -- conditions ---------------------------------------------------------------------------------


def truth(ctx: Lowering, value: Value, node: gast.AST) -> bool | Var:
    """The truth of a value: known now, or a bool variable."""
    value = outside.resolve(ctx, value, node)
    match value:
        case Number(atom=Const(value=constant)):
            return bool(constant)
        case Number(atom=Var() as var, kind=kind):
            if kind.is_bool:
                return var
            return ctx.builder.emit(operator.ne, var, Const(0))
        case Array():
            return ctx.builder.emit(builtins.bool, memory.read(ctx, value))
        case Static(value=constant):
            return bool(constant)
        case Items(items=items):
            return bool(items)
        case Ref(identity=identity):
            content = ctx.state.heap[identity]
            if isinstance(content, Record):
                return _truth_of_object(ctx, value, content.type, node)
            if isinstance(content, Rows):
                return rows.truth(ctx, content)
            return bool(getattr(content, "items", True))
        case Closure() | Method() | Partial():
            return True
    ctx.refuse(f"the truth of {objects.describe(ctx, value)} is not known", node)


def _truth_of_object(ctx: Lowering, value: Ref, kind: type, node: gast.AST) -> bool | Var:
    for name in ("__bool__", "__len__"):
        if hasattr(kind, name):
            asked = attributes.attribute(ctx, value, name, node)
            return truth(ctx, calls.call(ctx, asked, [], {}, node), node)
    return True


def negate(ctx: Lowering, test: bool | Var) -> Value:
    """`not test`."""
    if isinstance(test, bool):
        return Number(Const(not test), BOOL)
    return Number(ctx.builder.emit(operator.not_, test), BOOL)


def _answer(ctx: Lowering, test: bool | Var, positive: bool) -> Value:
    if not positive:
        return negate(ctx, test)
    return literal(test) if isinstance(test, bool) else Number(test, BOOL)


def _compare(
    ctx: Lowering,
    left: Value,
    ops: list[gast.AST],
    comparators: list[gast.AST],
    node: gast.AST,
    hint: str,
) -> Value:
    right = evaluate(ctx, comparators[0])
    first = compare(ctx, ops[0], left, right, node, hint)
    if len(ops) == 1:
        return first
    return control.both(
        ctx, first, lambda: _compare(ctx, right, ops[1:], comparators[1:], node, hint), node
    )


def compare(
    ctx: Lowering, op: gast.AST, left: Value, right: Value, node: gast.AST, hint: str = ""
) -> Value:
    """`left op right`."""
    if isinstance(op, gast.Is | gast.IsNot):
        return literal(objects.identical(ctx, left, right, node) == isinstance(op, gast.Is))
    if isinstance(op, gast.In | gast.NotIn):
        return _found(ctx, op, left, outside.resolve(ctx, right, node), node)
    left, right = (outside.resolve(ctx, value, node) for value in (left, right))
    if (told := dunders.compare(ctx, COMPARE[type(op)], left, right, node)) is not None:
        return told
    if isinstance(op, gast.Eq | gast.NotEq):
        same = searching.equality(ctx, left, right, node)
        if same is not None:
            return _answer(ctx, same, isinstance(op, gast.Eq))
    if (outcome := recursion.decided(ctx, op, left, right)) is not None:
        return literal(outcome)
    primitive = primitive_of(COMPARE[type(op)])
    assert primitive is not None
    left, right = listed.as_arrays(ctx, primitive, [left, right], node)
    numeric = isinstance(left, Number | Array) and isinstance(right, Number | Array)
    if not numeric:
        return literal(
            COMPARE[type(op)](objects.static(ctx, left, node), objects.static(ctx, right, node))
        )
    return primitive_call(ctx, COMPARE[type(op)], [left, right], {}, node, hint)


def _found(ctx: Lowering, op: gast.AST, left: Value, right: Value, node: gast.AST) -> Value:
    """`left in right` and its opposite."""
    answer = dunders.contains(ctx, outside.resolve(ctx, left, node), right, node)
    if answer is not None:
        return answer if isinstance(op, gast.In) else negate(ctx, truth(ctx, answer, node))
    return _answer(ctx, searching.contains(ctx, right, left, node), isinstance(op, gast.In))


# -- subscripts ---------------------------------------------------------------------------------


def index_of(ctx: Lowering, node: gast.AST) -> Value:
    """The value of an index expression."""
    match node:
        case gast.Slice(lower=lower, upper=upper, step=step):
            parts = (None if p is None else evaluate(ctx, p) for p in (lower, upper, step))
            return SliceValue(*(None if is_none(p) else p for p in parts))
        case gast.Tuple(elts=elements):
            return Items(tuple(index_of(ctx, element) for element in elements))
        case _:
            return evaluate(ctx, node)


def place_of(ctx: Lowering, index: Value, node: gast.AST | None) -> Operand:
    """An index of an array as an operand: lists, and tuples within a tuple, are index arrays."""
    index = outside.resolve(ctx, index, node)
    if isinstance(index, Items):
        return tuple(_position(ctx, outside.resolve(ctx, i, node), node) for i in index.items)
    return _position(ctx, index, node)


def _position(ctx: Lowering, value: Value, node: gast.AST | None) -> Operand:
    if rows.is_rows(ctx, value):
        value = calls.call_python(ctx, np.array, [value], {}, node or gast.Pass())
    if isinstance(value, Iteration) and value.kind == "range":
        return operand(ctx, calls.call_python(ctx, np.arange, [*value.parts], {}, gast.Pass()))
    if isinstance(value, Items | Ref):
        node = node or gast.Pass()
        empty = not objects.iterate(ctx, value, node)
        value = calls.call_python(ctx, np.array, [value], {}, node)
        if empty:
            value = methods.astype(ctx, value, [Static(np.dtype(np.intp))], node)
    return operand(ctx, value, node)


def subscript(ctx: Lowering, base: Value, index: Value, node: gast.AST, hint: str = "") -> Value:
    """`base[index]`."""
    base = outside.resolve(ctx, base, node)
    if (maker := grids.maker_of(ctx, base)) is not None:
        return grids.made(ctx, maker, index, node)
    if (told := dunders.called(ctx, base, "__getitem__", [index], node)) is not None:
        return told
    match base:
        case Array():
            place = place_of(ctx, index, node)
            if is_basic(place):
                try:
                    return memory.view(ctx, base, Step("getitem", (place,)), hint)
                except EvaluationFails as failure:
                    return control.fail(ctx, failure.cause)
            try:
                result = ctx.builder.emit(getitem, memory.read(ctx, base), place, hint=hint)
            except EvaluationFails as failure:
                return control.fail(ctx, failure.cause)
            return memory.new_array(ctx, result)
        case Items() | Ref() | Static():
            return objects.item(ctx, base, index, node)
        case Iteration(kind="range"):
            known = objects.try_iterate(ctx, base, node)
            if known is None:
                return intervals.item(ctx, base, index, node)
            return objects.item(ctx, Items(tuple(known)), index, node)
        case Number(kind=kind) if not kind.is_python and index == Items(()):
            return base
    ctx.refuse(f"{objects.describe(ctx, base)} cannot be indexed", node, error=UnsupportedType)
