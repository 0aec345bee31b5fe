"""Where temporaries of a tangent program are computed: beside their use, to fold into it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from srcad.frontend.builder import Builder
from srcad.ir.kinds import INT
from srcad.ir.nodes import Block, Function, If, Let, Loop, Stmt, Var
from srcad.ir.walk import blocks, is_basic, map_atom, map_stmt, own_vars, use_counts
from srcad.transforms.prune import prune


def beside_uses(function: Function, theirs: frozenset[Var], builder: Builder) -> Function:
    """Compute each temporary where it is used.

    What costs nothing (`i - 1`, `u[1:-1]`) is computed for each use, as a person would write it.
    Temporaries of the primal wait until the tangents of their line are updated, which do not share
    memory with what they read.

    Args:
        function: a tangent program.
        theirs: what the statements of the primal define.
        builder: knows the symbolic values of ints.
    """
    copies = _Copies(builder, set(theirs))
    function = prune(replace(function, body=_repeated(function.body, {}, copies)))
    uses = use_counts(function.body)
    own = {var for var in copies.theirs if uses[var] == 1 and not var.hint}
    return replace(function, body=_sunk(function.body, own, theirs))


@dataclass(frozen=True)
class _Copies:
    """What is noted when a statement is written once more."""

    builder: Builder
    theirs: set[Var]

    def of(self, var: Var) -> Var:
        """A variable for the same value."""
        again = Var("", var.kind, var.shape)
        if var in self.builder.known:
            self.builder.known[again] = self.builder.known[var]
        if var in self.theirs or var.kind == INT:
            self.theirs.add(again)
        return again


# -- what costs nothing ---------------------------------------------------------------------------


def _repeated(block: Block, around: dict[Var, Let], copies: _Copies) -> Block:
    cheap = dict(around)
    body: list[Stmt] = []
    for stmt in block.body:
        names: dict[Var, Var] = {}
        for var in dict.fromkeys(own_vars(stmt)):
            if var in cheap:
                body += _again(var, cheap, names, copies)
        stmt = map_stmt(stmt, lambda var, names=names: names.get(var, var))  # type: ignore[misc]
        stmt = _inside(stmt, {v: s for v, s in cheap.items() if v.kind == INT}, copies)
        for array in _changed(stmt):
            for var in [v for v, held in cheap.items() if array in own_vars(held)]:
                del cheap[var]
        body.append(stmt)
        if isinstance(stmt, Let) and _is_cheap(stmt):
            cheap[stmt.target] = stmt
    names = {}
    for result in block.results:
        if isinstance(result, Var) and result in around and result.kind == INT:
            body += _again(result, cheap, names, copies)
    return Block(tuple(body), tuple(map_atom(r, lambda v: names.get(v, v)) for r in block.results))


def _inside(stmt: Stmt, cheap: dict[Var, Let], copies: _Copies) -> Stmt:
    match stmt:
        case If(then=then, orelse=orelse):
            sides = (_repeated(side, cheap, copies) for side in (then, orelse))
            return replace(stmt, then=next(sides), orelse=next(sides))
        case Loop(body=body):
            return replace(stmt, body=_repeated(body, cheap, copies))
    return stmt


def _again(
    var: Var, cheap: dict[Var, Let], names: dict[Var, Var], copies: _Copies
) -> Iterator[Let]:
    """The statements that compute a cheap value once more, and those of what it reads."""
    held = cheap[var]
    for other in dict.fromkeys(own_vars(held)):
        if other in cheap and other not in names:
            yield from _again(other, cheap, names, copies)
    again = copies.of(var)
    yield map_stmt(replace(held, target=again), lambda v: names.get(v, v))  # type: ignore[misc]
    names[var] = again


def _is_cheap(stmt: Let) -> bool:
    """Whether it is arithmetic of ints, or an element or a slice of an array."""
    if stmt.target.hint:
        return False
    if stmt.primitive.text == "getitem":
        return is_basic(stmt.args[1]) and stmt.target.kind.is_inexact
    numbers = all(var.kind == INT for var in own_vars(stmt))
    return stmt.target.kind == INT and stmt.primitive.text in ("+", "-") and numbers


def _changed(stmt: Stmt) -> Iterator[Var]:
    """Arrays that may be updated in place from a statement on: it makes new versions of them."""
    match stmt:
        case Let(primitive=primitive, args=args):
            if primitive.form == "mutation" and isinstance(args[0], Var):
                yield args[0]
        case Loop(inits=inits):
            yield from (init for init in inits if isinstance(init, Var))
    for block in blocks(stmt):
        yield from (result for result in block.results if isinstance(result, Var))
        for inner in block.body:
            yield from _changed(inner)


# -- what waits -----------------------------------------------------------------------------------


def _sunk(block: Block, own: set[Var], theirs: frozenset[Var]) -> Block:
    """The same statements, but temporaries in `own` come after updates of tangents."""
    body: list[Stmt] = []
    for stmt in block.body:
        match stmt:
            case If(then=then, orelse=orelse):
                sides = (_sunk(side, own, theirs) for side in (then, orelse))
                stmt = replace(stmt, then=next(sides), orelse=next(sides))
            case Loop(body=inner):
                stmt = replace(stmt, body=_sunk(inner, own, theirs))
            case Let(primitive=primitive, target=target):
                if primitive.form == "mutation" and target not in theirs:
                    body = _waiting(body, stmt, own)
                    continue
        body.append(stmt)
    return Block(tuple(body), block.results)


def _waiting(body: list[Stmt], update: Let, own: set[Var]) -> list[Stmt]:
    """Statements and an update, and behind it the temporaries that it does not need."""
    needed = set(own_vars(update))
    before: list[Stmt] = []
    behind: list[Stmt] = []
    place = len(body)
    while place and isinstance(stmt := body[place - 1], Let) and not stmt.target.hint:
        if stmt.primitive.form == "mutation":
            break
        place -= 1
        if stmt.target in own and stmt.target not in needed:
            behind.insert(0, stmt)
        else:
            before.insert(0, stmt)
            needed.update(own_vars(stmt))
    return [*body[:place], *before, update, *behind]
