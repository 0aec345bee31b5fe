"""Which names a function may still read: after each statement, and at the head of each loop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import gast

Names = frozenset[str]
_NOTHING: Names = frozenset()


@dataclass
class Liveness:
    """`after[stmt]` and `head[loop]`, keyed by the identity of the gast node."""

    after: dict[int, Names] = field(default_factory=dict)
    head: dict[int, Names] = field(default_factory=dict)
    always: Names = _NOTHING

    def copy(self) -> Liveness:
        """The same facts, to which others can be added."""
        return Liveness(dict(self.after), dict(self.head), self.always)

    def live_after(self, stmt: gast.AST) -> Names:
        """The names that are read after a statement."""
        return self.after.get(id(stmt), _NOTHING) | self.always

    def live_at_head(self, loop: gast.AST) -> Names:
        """The names that are read in the first or a later trip of a loop, or after it."""
        return self.head.get(id(loop), _NOTHING) | self.always


def liveness(function: gast.FunctionDef | gast.Lambda) -> Liveness:
    """Solve the liveness of every name of a function, backwards over its statements."""
    facts = Liveness()
    if isinstance(function, gast.Lambda):
        return facts
    # A nested function may run whenever it is called: what it reads stays alive throughout.
    nested = [
        node
        for node in gast.walk(function)
        if node is not function and isinstance(node, gast.FunctionDef | gast.Lambda)
    ]
    later = (node for node in _generators(function))
    facts.always = frozenset().union(
        *(free_reads(node) for node in nested), *(reads(node) for node in later)
    )
    _block(function.body, _NOTHING, _NOTHING, _NOTHING, facts)
    return facts


def _generators(function: gast.FunctionDef) -> Iterable[gast.AST]:
    """The generator expressions that are not gone through where they stand."""
    at_once = {
        id(node.args[0])
        for node in gast.walk(function)
        if isinstance(node, gast.Call) and node.args and _is_at_once(node.func)
    }
    for node in gast.walk(function):
        if isinstance(node, gast.GeneratorExp) and id(node) not in at_once:
            yield node


def _is_at_once(function: gast.AST) -> bool:
    names = ("sum", "max", "min", "any", "all", "list", "tuple", "set", "sorted", "dict", "next")
    return isinstance(function, gast.Name) and function.id in names


def liveness_of(
    body: Sequence[gast.stmt], facts: Liveness, loop: gast.For, function: gast.AST
) -> None:
    """Add the liveness of statements that are written in the place of a loop."""
    out = facts.live_after(loop)
    if any(
        isinstance(n, gast.Break | gast.Continue) for stmt in loop.orelse for n in gast.walk(stmt)
    ):
        out |= reads(function)
    _block(body, out, out, out, facts)


def reads(node: gast.AST, without: gast.AST | None = None) -> Names:
    """The names that a piece of source reads, but for one part of it.

    The names that comprehensions bind are their own.
    """
    found: set[str] = set()
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if part is without:
            continue
        if isinstance(part, gast.ListComp | gast.SetComp | gast.DictComp | gast.GeneratorExp):
            own = stores(clause.target for clause in part.generators)
            inside = (reads(inner, without) for inner in gast.iter_child_nodes(part))
            found |= frozenset().union(*inside) - own
            waiting.append(part.generators[0].iter)  # this one is read outside
            continue
        if isinstance(part, gast.Name) and isinstance(part.ctx, gast.Load):
            found.add(part.id)
        elif isinstance(part, gast.AugAssign) and isinstance(part.target, gast.Name):
            found.add(part.target.id)
        elif isinstance(part, gast.ListComp | gast.SetComp | gast.DictComp | gast.GeneratorExp):
            # What its loops bind are names of its own, for all but what the first goes through.
            own = stores(loop.target for loop in part.generators)
            first = part.generators[0].iter
            inner = [child for child in _parts(part) if child is not first]
            found |= frozenset().union(*(reads(child, without) for child in inner)) - own
            waiting.append(first)
            continue
        waiting += gast.iter_child_nodes(part)
    return frozenset(found)


def _parts(node: gast.AST) -> Iterable[gast.AST]:
    """The parts of a comprehension: what it makes, and what its loops are made of."""
    for part in gast.iter_child_nodes(node):
        if isinstance(part, gast.comprehension):
            yield from gast.iter_child_nodes(part)
        else:
            yield part


def free_reads(function: gast.FunctionDef | gast.Lambda) -> Names:
    """The names that a function reads and that are not its own."""
    body = function.body if isinstance(function, gast.FunctionDef) else [function.body]
    outer = {
        name
        for part in body
        for node in gast.walk(part)
        if isinstance(node, gast.Nonlocal | gast.Global)
        for name in node.names
    }
    given = {node.id for node in gast.walk(function.args) if isinstance(node, gast.Name)}
    early = [*function.args.defaults, *(d for d in function.args.kw_defaults if d is not None)]
    inside = frozenset().union(*(reads(part) for part in body)) - (stores(body) | given - outer)
    return inside.union(outer, *(reads(part) for part in early))


def stores(nodes: Iterable[gast.AST]) -> Names:
    """Names bound anywhere in the statements, nested blocks included."""
    found = set()
    for node in nodes:
        for inner in gast.walk(node):
            if isinstance(inner, gast.Name) and isinstance(inner.ctx, gast.Store | gast.Del):
                found.add(inner.id)
            elif isinstance(inner, gast.FunctionDef | gast.MatchAs | gast.MatchStar) and inner.name:
                found.add(inner.name)
            elif isinstance(inner, gast.MatchMapping) and inner.rest is not None:
                found.add(inner.rest)
    return frozenset(found)


def _block(
    body: Sequence[gast.stmt], out: Names, on_break: Names, on_continue: Names, facts: Liveness
) -> Names:
    # Whoever has left passes by what follows here, with the names that are read where it went.
    kept = frozenset().union(
        *(
            on_break if isinstance(node, gast.Break) else on_continue
            for stmt in body
            for node in gast.walk(stmt)
            if isinstance(node, gast.Break | gast.Continue)
        )
    )
    for stmt in reversed(body):
        facts.after[id(stmt)] = out | kept
        out = _before(stmt, out, on_break, on_continue, facts)
    return out


def _before(
    stmt: gast.stmt, out: Names, on_break: Names, on_continue: Names, facts: Liveness
) -> Names:
    match stmt:
        case gast.If(test=test, body=body, orelse=orelse):
            yes = _block(body, out, on_break, on_continue, facts)
            no = _block(orelse, out, on_break, on_continue, facts)
            return reads(test) | yes | no
        case gast.For() | gast.While():
            return _loop(stmt, out, on_break, on_continue, facts)
        case gast.Return():
            return reads(stmt)
        case gast.Raise():
            return reads(stmt)
        case gast.Break():
            return on_break
        case gast.Continue():
            return on_continue
        case gast.With(items=items, body=body):
            inner = _block(body, out, on_break, on_continue, facts)
            return inner | frozenset().union(*(reads(item.context_expr) for item in items))
        case gast.Try():
            return _try(stmt, out, on_break, on_continue, facts)
        case gast.Match(cases=cases):
            ways = [_block(case.body, out, on_break, on_continue, facts) for case in cases]
            asked = [reads(part) for case in cases for part in (case.pattern, case.guard) if part]
            return out.union(reads(stmt.subject), *ways, *asked)
        case gast.Assign(targets=targets):
            plain = {t.id for target in targets for t in _plain_targets(target)}
            return (out - plain) | reads(stmt)
        case gast.AugAssign(target=gast.Name(id=name)):
            return out | reads(stmt) | {name}
        case gast.FunctionDef(name=name):
            return (out - {name}) | reads(stmt)
        case _:
            return out | reads(stmt)


def _try(stmt: gast.Try, out: Names, on_break: Names, on_continue: Names, facts: Liveness) -> Names:
    # Any statement of the body may be the last one before a handler, any `return` before `finally`.
    parts = (*stmt.handlers, *stmt.finalbody)
    facts.always = facts.always.union(*(reads(part) for part in parts))
    out = _block(stmt.finalbody, out, on_break, on_continue, facts)
    ways = [_block(handler.body, out, on_break, on_continue, facts) for handler in stmt.handlers]
    done = _block(stmt.orelse, out, on_break, on_continue, facts)
    body = _block(stmt.body, done.union(*ways), on_break, on_continue, facts)
    for inner in (node for tried in stmt.body for node in gast.walk(tried)):
        for known in (facts.after, facts.head):
            if id(inner) in known:
                known[id(inner)] = known[id(inner)].union(*ways)
    kinds = [reads(handler.type) for handler in stmt.handlers if handler.type is not None]
    return body.union(*ways, *kinds)


def _plain_targets(target: gast.AST) -> Iterable[gast.Name]:
    match target:
        case gast.Name():
            yield target
        case gast.Tuple(elts=elements) | gast.List(elts=elements):
            for element in elements:
                yield from _plain_targets(element)
        case gast.Starred(value=value):
            yield from _plain_targets(value)


def _loop(
    loop: gast.For | gast.While,
    out: Names,
    on_break: Names,
    on_continue: Names,
    facts: Liveness,
) -> Names:
    done = _block(loop.orelse, out, on_break, on_continue, facts)
    if isinstance(loop, gast.For):
        own, bound = reads(loop.iter), stores([loop.target]) - reads(loop.target)
    else:
        own, bound = reads(loop.test), _NOTHING
    head = done | own
    while True:
        body = _block(loop.body, head, out, head, facts)
        if isinstance(loop, gast.For):
            body = (body - bound) | reads(loop.target)
        if body <= head:
            facts.head[id(loop)] = head
            return head
        head |= body
