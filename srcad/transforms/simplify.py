"""Small rewrites of generated code: what a person would not have written in the first place."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from srcad.analyses.sizes import Sizes
from srcad.ir.kinds import INT
from srcad.ir.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Function,
    If,
    Let,
    Loop,
    Operand,
    ShapeOf,
    Stmt,
    Var,
)
from srcad.ir.walk import (
    blocks,
    defined,
    is_basic,
    map_atom,
    map_block,
    map_range,
    map_stmt,
    use_counts,
)
from srcad.rules.indexing import setitem
from srcad.rules.registry import PRIMITIVES
from srcad.transforms.prune import prune

ZEROS = (Const(0), Const(0.0))


@dataclass
class _Rewriter:
    sizes: Sizes
    uses: Counter[Var]
    same: dict[Var, Atom] = field(default_factory=dict)
    made: dict[Var, Let] = field(default_factory=dict)
    share: bool = True
    theirs: frozenset[Var] = frozenset()
    pending: list[Let] = field(default_factory=list)

    def value(self, var: Var) -> Atom:
        seen: Atom = var
        while isinstance(seen, Var) and seen in self.same:
            seen = self.same[seen]
        return seen


def simplify(
    function: Function, sizes: Sizes, share: bool, theirs: frozenset[Var] = frozenset()
) -> Function:
    """Rewrite until nothing changes, dropping what becomes unused.

    Args:
        function: a generated function, or the user's (whose own arithmetic is left alone).
        sizes: what is known about lengths.
        share: whether equal expressions of one block are computed once.
        theirs: what the user's own statements define, whose arithmetic is left alone.
    """
    for _ in range(12):
        function = prune(function)
        rewriter = _Rewriter(sizes, use_counts(function.body), share=share, theirs=theirs)
        body = _block(function.body, rewriter, {})
        body = map_block(body, rewriter.value)
        changed = bool(rewriter.same) or _body_size(body) != _body_size(function.body)
        function = replace(function, body=body)
        if not changed:
            break
    return prune(function)


def _body_size(block: Block) -> tuple[int, ...]:
    total = tuple(id(s.primitive) for s in block.body if isinstance(s, Let))
    return total + tuple(n for s in block.body for b in blocks(s) for n in _body_size(b))


def _block(block: Block, state: _Rewriter, known: dict[object, Var]) -> Block:
    known = dict(known)
    body: list[Stmt] = []
    for stmt in block.body:
        stmt = _with_head(stmt, state.value)
        match stmt:
            case Let():
                result = _let(stmt, state)
                for extra in state.pending:
                    state.made[extra.target] = extra
                    body.append(extra)
                state.pending.clear()
                if not isinstance(result, Let):
                    state.same[stmt.target] = result
                    continue
                key = value_key(result)
                if state.share and key is not None:
                    earlier = known.get(key)
                    if earlier is not None and _may_be(result.target, earlier, state):
                        state.same[result.target] = earlier
                        continue
                    known[key] = result.target
                state.made[result.target] = result
                body.append(result)
            case If():
                body.append(_if(stmt, state, known))
            case Loop():
                body.append(_loop(stmt, state, known))
            case _:
                body.append(stmt)
    return Block(tuple(body), tuple(map_atom(r, state.value) for r in block.results))


def _may_be(var: Var, earlier: Var, state: _Rewriter) -> bool:
    """Whether an equal value may stand for another; of the user's own, each is computed."""
    if earlier.kind != var.kind or (var in state.theirs and earlier in state.theirs):
        return False
    if var in state.theirs and not earlier.hint:
        object.__setattr__(earlier, "hint", var.hint)
    return True


def _with_head(stmt: Stmt, change: Callable[[Var], Atom]) -> Stmt:
    """A statement with its own operands replaced; its blocks are visited later."""
    match stmt:
        case If(test=test):
            return replace(stmt, test=map_atom(test, change))
        case Loop():
            bounds = None if stmt.range is None else map_range(stmt.range, change)
            inits = tuple(map_atom(init, change) for init in stmt.inits)
            return replace(stmt, range=bounds, inits=inits)
        case _:
            return map_stmt(stmt, change)


def value_key(stmt: Let) -> object | None:
    """What makes two statements compute the same; None for those that make new memory."""
    text = stmt.primitive.text
    if text in ("np.zeros", "np.empty", "np.ones", "tape", "setitem", "add_at", "np.copy"):
        return None
    if "pull" in stmt.primitive.options:
        return None  # nor for calls, whose rules may differ
    if "library" in stmt.primitive.options:
        return None  # nor for parts of what a library returns, which have one text
    return (text, stmt.args, stmt.kwargs)


def _if(stmt: If, state: _Rewriter, known: dict[object, Var]) -> If:
    then, orelse = _block(stmt.then, state, known), _block(stmt.orelse, state, known)
    places = []
    for i, target in enumerate(stmt.targets):
        if then.results[i] == orelse.results[i] and not _inner(then.results[i], then, orelse):
            state.same[target] = then.results[i]
        else:
            places.append(i)
    return replace(
        stmt,
        then=replace(then, results=tuple(then.results[i] for i in places)),
        orelse=replace(orelse, results=tuple(orelse.results[i] for i in places)),
        targets=tuple(stmt.targets[i] for i in places),
    )


def _inner(atom: Atom, *inside: Block) -> bool:
    return isinstance(atom, Var) and any(atom in set(defined(block)) for block in inside)


def _loop(stmt: Loop, state: _Rewriter, known: dict[object, Var]) -> Loop:
    results = stmt.body.results[1:] if stmt.breaks else stmt.body.results
    kept = []
    for i, (phi, init, target) in enumerate(
        zip(stmt.carried, stmt.inits, stmt.targets, strict=True)
    ):
        if map_atom(results[i], state.value) in (phi, init) and init != UNDEFINED:
            state.same[phi] = init
            state.same[target] = init
        else:
            kept.append(i)
    test = None if stmt.test is None else _block(stmt.test, state, known)
    body = _block(stmt.body, state, known)
    offset = 1 if stmt.breaks else 0
    handed = body.results[:offset] + tuple(body.results[i + offset] for i in kept)
    return replace(
        stmt,
        carried=tuple(stmt.carried[i] for i in kept),
        inits=tuple(stmt.inits[i] for i in kept),
        targets=tuple(stmt.targets[i] for i in kept),
        test=test,
        body=replace(body, results=handed),
    )


# -- one statement --------------------------------------------------------------------------------


def _let(stmt: Let, state: _Rewriter) -> Let | Atom:
    stmt = replace(stmt, args=tuple(_plain_shape(arg, state) for arg in stmt.args))
    text = stmt.primitive.text
    if text == "add_at":
        return _add_at(stmt, state)
    if text == "setitem":
        return _setitem(stmt, state)
    if text == "same":
        return stmt.args[0]  # type: ignore[return-value]
    if not state.share or stmt.target in state.theirs:
        return stmt
    if text in ("+", "*", "-") and len(stmt.args) == 2:
        stmt = _unspread(stmt, state)
        if (found := _arithmetic(stmt, state)) is not None:
            return found
    if text == "/" and len(stmt.args) == 2:
        return _unspread(stmt, state)
    if text == "neg":
        inner = state.made.get(stmt.args[0]) if isinstance(stmt.args[0], Var) else None
        if inner is not None and inner.primitive.text == "neg":
            return inner.args[0]  # type: ignore[return-value]
        if isinstance(stmt.args[0], Const):
            return Const(-stmt.args[0].value)  # type: ignore[operator]
    if text == "unbroadcast" and isinstance(stmt.args[0], Var):
        wanted = stmt.args[1]
        if isinstance(wanted, ShapeOf) and _same_shape(stmt.args[0], wanted.var, state.sizes):
            return stmt.args[0]
    if text == "np.broadcast_to" and isinstance(stmt.args[0], Var):
        same = _same_shape(stmt.args[0], stmt.target, state.sizes)
        return stmt.args[0] if same else stmt
    return stmt


def _plain_shape(operand: Operand, state: _Rewriter) -> Operand:
    """The shape of `-x` is that of `x`, which need not be computed for it."""
    while isinstance(operand, ShapeOf) and not operand.var.hint:
        held = state.made.get(operand.var)
        if held is None or held.primitive.form != "elementwise":
            break
        made = operand.var
        alike = (a for a in held.args if isinstance(a, Var) and _same_shape(a, made, state.sizes))
        like = next(alike, None)
        if like is None or not like.kind.is_array:
            break
        operand = ShapeOf(like)
    return operand


def _same_shape(a: Var, b: Var, sizes: Sizes) -> bool:
    return len(a.shape) == len(b.shape) and all(
        sizes.equal(x, y) for x, y in zip(a.shape, b.shape, strict=True)
    )


def _unspread(stmt: Let, state: _Rewriter) -> Let:
    """`broadcast_to(s, shape) * y` is `s * y` where y has that shape already."""
    args = list(stmt.args)
    for i, other in ((0, 1), (1, 0)):
        arg, beside = args[i], args[other]
        held = state.made.get(arg) if isinstance(arg, Var) else None
        if held is None or held.primitive.text != "np.broadcast_to":
            continue
        if isinstance(beside, Var) and beside.kind.is_array:
            source = held.args[0]
            whole = _same_shape(beside, stmt.target, state.sizes)
            if whole and isinstance(source, Var | Const):
                args[i] = source
    return replace(stmt, args=tuple(args)) if tuple(args) != stmt.args else stmt


def _arithmetic(stmt: Let, state: _Rewriter) -> Atom | Let | None:
    left, right = stmt.args
    text = stmt.primitive.text
    kind = stmt.target.kind
    if text == "+" and left is right and kind.is_inexact and isinstance(left, Var):
        return replace(stmt, primitive=PRIMITIVES[operator.mul], args=(Const(2.0), left))
    if text == "+" and isinstance(left, Var) and isinstance(right, Var):
        for zero, term in ((left, right), (right, left)):
            held = state.made.get(zero)
            if (
                held is not None
                and held.primitive.text == "np.zeros"
                and term.kind == kind
                and _same_shape(term, stmt.target, state.sizes)
            ):
                return term
    if text == "*":
        for negated, other in ((left, right), (right, left)):
            held = state.made.get(negated) if isinstance(negated, Var) else None
            if held is None or held.primitive.text != "neg" or state.uses[held.target] != 1:
                continue
            if held.target.kind.negates_exactly:
                product = Var("", kind, stmt.target.shape)
                pair = (held.args[0], other) if negated is left else (other, held.args[0])
                state.pending.append(replace(stmt, target=product, args=pair))
                return replace(stmt, primitive=PRIMITIVES[operator.neg], args=(product,))
    if text == "-" and isinstance(right, Var) and state.uses[right] == 1:
        held = state.made.get(right)
        if held is not None and held.primitive.text == "neg" and right.kind.negates_exactly:
            return replace(stmt, primitive=PRIMITIVES[operator.add], args=(left, held.args[0]))
    if text == "*" and (scaled := _times_ones(stmt, state)) is not None:
        return scaled
    if text == "*" and left == Const(1) and isinstance(right, Var) and right.kind == kind:
        return right
    if text == "+" and left == Const(0) and isinstance(right, Var) and right.kind == kind:
        return right
    if kind.is_inexact:
        for one, other in ((left, right), (right, left)):
            if text != "*" or not isinstance(other, Var) or other.kind != kind:
                continue
            if one in (Const(1), Const(1.0)):
                return other
            if one in (Const(-1), Const(-1.0)):
                return replace(stmt, primitive=PRIMITIVES[operator.neg], args=(other,))
    if (found := _shifted(stmt, state)) is not None:
        return found
    if isinstance(left, Const) and isinstance(right, Const) and kind.is_integral:
        return Const(stmt.primitive.function(left.value, right.value))
    return None


def _times_ones(stmt: Let, state: _Rewriter) -> Atom | Let | None:
    """`broadcast_to(1.0, shape) * y` is `y` in that shape."""
    for ones, other in (stmt.args, stmt.args[::-1]):
        held = state.made.get(ones) if isinstance(ones, Var) else None
        if held is None or held.primitive.text != "np.broadcast_to":
            continue
        if held.args[0] != Const(1.0) or not isinstance(other, Var | Const):
            continue
        if isinstance(other, Const):
            if type(other.value) is float and _same_shape(held.target, stmt.target, state.sizes):
                return replace(held, target=stmt.target, args=(other, *held.args[1:]))
        elif other.kind.dtype == stmt.target.kind.dtype:
            if _same_shape(other, stmt.target, state.sizes):
                return other
            if not other.shape and _same_shape(held.target, stmt.target, state.sizes):
                return replace(held, target=stmt.target, args=(other, *held.args[1:]))
    return None


def _shifted(stmt: Let, state: _Rewriter) -> Atom | Let | None:
    """`i + 1 - 1` on Python ints is `i`."""
    left, right = stmt.args
    held = state.made.get(left) if isinstance(left, Var) else None
    signs = {"+": 1, "-": -1}
    if held is None or stmt.target.kind != INT or held.target.kind != INT:
        return None
    if stmt.primitive.text not in signs or held.primitive.text not in signs:
        return None
    if len(held.args) != 2 or not (isinstance(right, Const) and isinstance(held.args[1], Const)):
        return None
    inner, outer = held.args[1].value, right.value
    if not (type(inner) is int and type(outer) is int and isinstance(held.args[0], Var)):
        return None
    total = signs[held.primitive.text] * inner + signs[stmt.primitive.text] * outer
    if total == 0:
        return held.args[0] if held.args[0].kind == INT else None
    function = operator.add if total > 0 else operator.sub
    args = (held.args[0], Const(abs(total)))
    return replace(stmt, primitive=PRIMITIVES[function], args=args)


def _add_at(stmt: Let, state: _Rewriter) -> Let | Atom:
    """`x[i] = 0` then `x[i] += v` is `x[i] = v`; so is `x[i] += v` on zeros."""
    array, index, value = stmt.args
    held = state.made.get(array) if isinstance(array, Var) else None
    if held is None or not is_basic(index):
        return stmt
    cleared = held.primitive.text == "setitem" and held.args[1] == index and held.args[2] in ZEROS
    if cleared and state.uses[held.target] == 1:
        return _setitem(
            replace(stmt, primitive=PRIMITIVES[setitem], args=(held.args[0], index, value)), state
        )
    if (base := _put_back(stmt, state)) is not None:
        start, cleared_array = base
        state.same[start] = cleared_array
        return array  # type: ignore[return-value]
    if held.primitive.text == "np.zeros" and _is_needed(value):
        return replace(stmt, primitive=PRIMITIVES[setitem])
    return stmt


def _put_back(stmt: Let, state: _Rewriter) -> tuple[Var, Atom] | None:
    """`t = x[i]; x[i] = 0; x[j] += ...; x[i] += t` clears `x[i]` in vain.

    Returns the cleared array and the one that it was before, None if that is not what happens.
    """
    array, index, value = stmt.args
    read = state.made.get(value) if isinstance(value, Var) else None
    if read is None or read.primitive.text != "getitem" or read.args[1] != index:
        return None
    held = state.made.get(array) if isinstance(array, Var) else None
    while held is not None and held.primitive.text in ("setitem", "add_at"):
        if state.uses[held.target] != 1 or not is_basic(held.args[1]):
            return None
        before = held.args[0]
        if held.primitive.text == "setitem":
            cleared = held.args[1] == index and held.args[2] in ZEROS
            if cleared and before is read.args[0] and isinstance(before, Var):
                return held.target, before
            return None
        held = state.made.get(before) if isinstance(before, Var) else None
    return None


def _is_needed(value: Operand) -> bool:
    return value not in ZEROS


def _setitem(stmt: Let, state: _Rewriter) -> Let | Atom:
    """Writing back what was read changes nothing; clearing zeros neither."""
    array, index, value = stmt.args
    held = state.made.get(value) if isinstance(value, Var) else None
    if (
        held is not None
        and held.primitive.text == "getitem"
        and held.args[0] is array
        and held.args[1] == index
        and is_basic(index)
    ):
        return array  # type: ignore[return-value]
    before = state.made.get(array) if isinstance(array, Var) else None
    if before is not None and before.primitive.text == "np.zeros" and value in ZEROS:
        return array  # type: ignore[return-value]
    return stmt
