"""Generators as trees: the same statements as a function of a list, or around the body of a loop.

    for v in values(x):            for i in range(len(x)):
        total += v                     v = x[i] ** 2
                                       total += v

where `values` is `for i in range(len(x)): yield x[i] ** 2`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import gast

from srcad.frontend.liveness import stores

Body = list[gast.stmt]
INNER = (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef, gast.Lambda)
OUT = "<yielded>"


class Left(BaseException):
    """Stands for `break` in the body of a loop over a generator."""


class Ended(BaseException):
    """Stands for `return` in a generator that a loop goes through."""


def yields(function: gast.FunctionDef | gast.Lambda) -> Iterator[gast.AST]:
    """The `yield`s of a function, without those of functions inside it."""
    body = function.body
    waiting = list(body)[::-1] if isinstance(body, list) else [body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, gast.Yield | gast.YieldFrom):
            yield node
        if not isinstance(node, INNER):
            waiting += list(gast.iter_child_nodes(node))[::-1]


def unfollowed(function: gast.FunctionDef) -> gast.AST | None:
    """What cannot be followed in a generator: a `yield` whose value is used, `return` with one."""
    plain = {id(n.value) for n in gast.walk(function) if isinstance(n, gast.Expr)}
    for node in yields(function):
        if id(node) not in plain:
            return node
    for node in _own(function.body):
        if isinstance(node, gast.Return) and node.value is not None:
            return node
    return None


def unspliced(function: gast.FunctionDef, loop: gast.For) -> gast.AST | None:
    """What keeps a generator from being written around the body of a loop."""
    leaves = has_way_out(loop)
    for node in _own(function.body):
        if isinstance(node, gast.FunctionDef | gast.ClassDef | gast.Global | gast.Nonlocal):
            return node
        if isinstance(node, gast.Match | gast.Import | gast.ImportFrom):
            return node
        if isinstance(node, gast.Try | gast.With) and (leaves or any(yields_in(node))):
            return node
    return None


def yields_in(node: gast.AST) -> Iterator[bool]:
    """True for each `yield` in a statement."""
    return (isinstance(n, gast.Yield | gast.YieldFrom) for n in gast.walk(node))


def has_way_out(loop: gast.For) -> bool:
    """Whether the body of a loop may leave it before its end."""
    breaks = any(isinstance(n, gast.Break) for n in _of_loop(loop.body))
    return breaks or any(isinstance(n, gast.Return) for n in _own(loop.body))


def as_list(function: gast.FunctionDef) -> gast.FunctionDef:
    """A function that returns the list of all that a generator yields."""

    def appended(value: gast.expr, node: gast.stmt) -> Body:
        return _like(node, f"OUT.{_method(node)}(VALUE)", VALUE=value)

    def returned(node: gast.stmt) -> Body:
        return _like(node, "return OUT")

    made = copy.copy(function)
    first, last = function.body[0], function.body[-1]
    inside = _rewritten(function.body, appended, returned)
    made.body = [*_like(first, "OUT = []"), *inside, *_like(last, "return OUT")]
    return made


def _method(node: gast.stmt) -> str:
    return "extend" if isinstance(node.value, gast.YieldFrom) else "append"


def spliced(function: gast.FunctionDef, names: dict[str, str], loop: gast.For, here: bool) -> Body:
    """The statements of a generator, with the body of a loop at each `yield`.

    Args:
        function: the generator.
        names: what its variables are called there.
        loop: the loop over it.
        here: whether the generator stands in the file of the loop; else all lines are the loop's.
    """
    own = copy.deepcopy(function.body)
    for node in (inner for stmt in own for inner in gast.walk(stmt)):
        if isinstance(node, gast.Name) and node.id in names:
            node.id = names[node.id]
        if not here and hasattr(node, "lineno"):
            gast.copy_location(node, loop.iter)
    ends = any(isinstance(n, gast.Return) for n in _own(function.body))
    left = any(isinstance(n, gast.Break) for n in _of_loop(loop.body))

    def consumed(value: gast.expr, node: gast.stmt) -> Body:
        body, target = copy.deepcopy(loop.body), copy.deepcopy(loop.target)
        if isinstance(node.value, gast.YieldFrom):
            return _around(loop, target, value, _without_breaks(body))
        first = gast.copy_location(gast.Assign([target], value, None), loop.iter)
        body = [first, *_without_breaks(body)]
        if any(isinstance(n, gast.Continue) for n in _of_loop(loop.body)):
            once = gast.copy_location(gast.Tuple([gast.Constant(None, None)], gast.Load()), value)
            gast.copy_location(once.elts[0], value)
            return _around(loop, _stored("<once>", loop), once, body)
        return body

    body = _rewritten(own, consumed, lambda node: [_raised(Ended, node)])
    if ends:
        body = [_caught(Ended, body, [], loop)]
    if left:
        return [_caught(Left, body, loop.orelse, loop)]
    return [*body, *loop.orelse]


def names_in(node: gast.AST) -> set[str]:
    """All names in a piece of source."""
    return {inner.id for inner in gast.walk(node) if isinstance(inner, gast.Name)}


def locals_of(function: gast.FunctionDef) -> frozenset[str]:
    """The variables of a generator, its parameters among them."""
    given = {node.id for node in gast.walk(function.args) if isinstance(node, gast.Name)}
    defaults = [*function.args.defaults, *function.args.kw_defaults]
    read = {n.id for d in defaults if d is not None for n in gast.walk(d) if hasattr(n, "id")}
    spec = function.args
    params = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    named = {param.id for param in params if param is not None}
    return stores(function.body) | (given - read) | named


# -- the pieces ---------------------------------------------------------------------------------


def _rewritten(
    body: Body,
    at_yield: Callable[[Any, gast.stmt], Body],
    at_return: Callable[[gast.stmt], Body],
) -> Body:
    found: Body = []
    for stmt in body:
        value = stmt.value if isinstance(stmt, gast.Expr) else None
        if isinstance(value, gast.Yield):
            given = value.value or gast.copy_location(gast.Constant(None, None), value)
            found += at_yield(given, stmt)
        elif isinstance(value, gast.YieldFrom):
            found += at_yield(value.value, stmt)
        elif isinstance(stmt, gast.Return):
            found += at_return(stmt)
        elif isinstance(stmt, INNER):
            found.append(stmt)
        else:
            made = copy.copy(stmt)
            for part in ("body", "orelse", "finalbody"):
                if isinstance(getattr(stmt, part, None), list):
                    setattr(made, part, _rewritten(getattr(stmt, part), at_yield, at_return))
            for part in ("handlers", "cases"):
                if hasattr(stmt, part):
                    inner = [copy.copy(case) for case in getattr(stmt, part)]
                    for case in inner:
                        case.body = _rewritten(case.body, at_yield, at_return)
                    setattr(made, part, inner)
            found.append(made)
    return found


def _like(node: gast.AST, text: str, **parts: gast.AST) -> Body:
    """Statements of a text, at the place of a node."""
    tree = gast.parse(text)
    for new in gast.walk(tree):
        if not isinstance(new, gast.Module):
            gast.copy_location(new, node)
        if isinstance(new, gast.Name) and new.id == "OUT":
            new.id = OUT
        if isinstance(new, gast.Call):
            new.args = [parts.get(arg.id, arg) for arg in new.args]
    return list(tree.body)


def _around(loop: gast.For, target: gast.AST, through: gast.AST, body: Body) -> Body:
    return [gast.copy_location(gast.For(target, through, body, [], None), loop)]


def _stored(identifier: str, node: gast.AST) -> gast.Name:
    return gast.copy_location(gast.Name(identifier, gast.Store(), None, None), node)


def _raised(kind: type[BaseException], node: gast.AST) -> gast.stmt:
    raised = gast.Raise(gast.copy_location(gast.Constant(kind, None), node), None)
    return gast.copy_location(raised, node)


def _caught(kind: type[BaseException], body: Body, orelse: Body, node: gast.AST) -> gast.stmt:
    passed = gast.copy_location(gast.Pass(), node)
    name = gast.copy_location(gast.Constant(kind, None), node)
    handler = gast.copy_location(gast.ExceptHandler(name, None, [passed]), node)
    return gast.copy_location(gast.Try(body, [handler], orelse, []), node)


def _without_breaks(body: Body) -> Body:
    """The body of a loop that is left by an exception in place of `break`."""
    found: Body = []
    for stmt in body:
        if isinstance(stmt, gast.Break):
            stmt = _raised(Left, stmt)
        elif isinstance(stmt, gast.For | gast.While):
            stmt.orelse = _without_breaks(stmt.orelse)
        elif not isinstance(stmt, INNER):
            for part in ("body", "orelse", "finalbody"):
                if isinstance(getattr(stmt, part, None), list):
                    setattr(stmt, part, _without_breaks(getattr(stmt, part)))
            for case in (*getattr(stmt, "handlers", ()), *getattr(stmt, "cases", ())):
                case.body = _without_breaks(case.body)
        found.append(stmt)
    return found


def _own(body: Body) -> Iterator[gast.AST]:
    """The nodes of some statements, without those inside of functions."""
    waiting: list[gast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, INNER):
            waiting += gast.iter_child_nodes(node)


def _of_loop(body: Body) -> Iterator[gast.AST]:
    """The statements in the body of a loop that may leave it: not those of loops inside."""
    waiting: list[gast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, gast.For | gast.While):
            waiting += node.orelse
        elif not isinstance(node, INNER):
            waiting += gast.iter_child_nodes(node)
