"""Which temporaries are written inside the expression that uses them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from srcad.ir.dims import ONE
from srcad.ir.nodes import (
    UNDEFINED,
    Block,
    Effect,
    Function,
    If,
    Let,
    Loop,
    Operand,
    Slice,
    Stmt,
    Var,
)
from srcad.ir.walk import blocks, is_basic, own_vars, targets, use_counts

LARGEST = 16
"""An expression of more operations than this is split."""

IN_PLACE = ("setitem", "add_at", "assign")


@dataclass
class Folding:
    """`lets` are the statements that disappear into their only use."""

    lets: dict[Var, Let] = field(default_factory=dict)
    choices: dict[Var, If] = field(default_factory=dict)

    def reads(self, stmt: Stmt) -> list[Var]:
        """The variables that a statement reads, with folded expressions opened up."""
        return self._opened(list(own_vars(stmt)))

    def _opened(self, stack: list[Var]) -> list[Var]:
        found: list[Var] = []
        while stack:
            var = stack.pop()
            if var in self.lets:
                stack += own_vars(self.lets[var])
            elif var in self.choices:
                chosen = self.choices[var]
                stack += own_vars(chosen)
                for block in blocks(chosen):
                    stack += [v for v in block.results if isinstance(v, Var)]
            else:
                found.append(var)
        return found

    def is_expression(self, side: Block, plain: bool = False) -> bool:
        """Whether a side of a branch is an expression; a `plain` one computes with numbers only."""
        return UNDEFINED not in side.results and all(
            (isinstance(stmt, Let) and stmt.target in self.lets and not (plain and _is_call(stmt)))
            or (isinstance(stmt, If) and stmt.targets[:1] and stmt.targets[0] in self.choices)
            for stmt in side.body
        )

    def negated(self, operand: Operand) -> Operand | None:
        """What is folded as `-x` into an expression, None if that is not what it is."""
        held = self.lets.get(operand) if isinstance(operand, Var) else None
        if held is None or held.primitive.text != "neg" or not held.target.kind.negates_exactly:
            return None
        return held.args[0]

    def open(self, var: Var) -> list[Var]:
        """The variables that an atom stands for."""
        return self._opened([var])

    def beside_sums(self, var: Var) -> frozenset[Var]:
        """What an expression reads, but for that which only one sum over a whole array reads."""
        readers: dict[Var, set[int]] = {}
        stack = [(var, 0)]
        while stack:
            here, reader = stack.pop()
            held = self.lets.get(here)
            if held is None:
                for opened in self.open(here):
                    readers.setdefault(opened, set()).add(reader)
                continue
            whole = held.primitive.text == "np.sum" and not held.target.kind.rank
            stack += [(v, id(held) if whole and not reader else reader) for v in own_vars(held)]
        return frozenset(v for v, where in readers.items() if 0 in where or len(where) > 1)


def fold(function: Function, views: bool = False) -> Folding:
    """Choose the temporaries of a function that are folded into their use.

    Folded are values without a name that are used once, later in the same block, where nothing in
    between writes to what they read.  With `views`, so are all views that only statements use: the
    loop level reads through them; and arrays that a block hands out are not: they are loop nests.
    """
    uses = use_counts(function.body)
    folding = Folding()
    if views:
        _views(function.body, folding, _handed(function.body))
        for stmt in function.body.body:
            for inner in blocks(stmt):
                for var in _handed(inner):
                    if var.kind.rank:
                        del uses[var]
    _block(function.body, uses, folding, views)
    return folding


def _handed(block: Block) -> set[Var]:
    """Variables that leave a block or enter a loop, and so have to be names."""
    found = {v for v in block.results if isinstance(v, Var)}
    for stmt in block.body:
        if isinstance(stmt, Loop):
            found |= {v for v in stmt.inits if isinstance(v, Var)}
        for inner in blocks(stmt):
            found |= _handed(inner)
    return found


VIEWS = ("np.transpose", "np.swapaxes", "np.expand_dims", "np.squeeze", "np.broadcast_to")


def _views(block: Block, folding: Folding, handed: set[Var]) -> None:
    for stmt in block.body:
        if isinstance(stmt, Let) and stmt.target.kind.is_array and stmt.target not in handed:
            text = stmt.primitive.text
            through = text == "getitem" and is_basic(stmt.args[1]) and not _is_column(stmt)
            if text in VIEWS or through:
                folding.lets[stmt.target] = stmt
        for inner in blocks(stmt):
            _views(inner, folding, handed)


def _block(block: Block, uses: Counter[Var], folding: Folding, plain: bool) -> None:
    waiting: dict[Var, Let | If] = {}
    weight: dict[Var, int] = {}
    for stmt in block.body:
        for inner in blocks(stmt):
            _block(inner, uses, folding, plain)
        size = 1
        for var in own_vars(stmt):
            if var not in waiting:
                continue
            held = waiting.pop(var)
            takes = _takes(stmt, var)
            if takes and size + weight[var] <= LARGEST:
                size += weight[var]
                if isinstance(held, Let):
                    folding.lets[var] = held
                else:
                    folding.choices[var] = held
        _flush(stmt, waiting, folding)
        if _may_fold(stmt, uses, folding, plain):
            target = targets(stmt)[0]
            waiting[target] = stmt  # type: ignore[assignment]
            weight[target] = size
    for result in block.results:
        if isinstance(result, Var) and result in waiting:
            held = waiting.pop(result)
            if isinstance(held, Let):
                folding.lets[result] = held
            else:
                folding.choices[result] = held


def _takes(stmt: Stmt, var: Var) -> bool:
    """Whether a use is a place that an expression can stand in."""
    if isinstance(stmt, Loop):
        bounds = stmt.range
        return bounds is not None and var in (bounds.start, bounds.stop, bounds.step)
    return True


def _may_fold(stmt: Stmt, uses: Counter[Var], folding: Folding, plain: bool) -> bool:
    match stmt:
        case Let(target=target, primitive=primitive):
            if primitive.text in IN_PLACE or primitive.text in ("tape", "np.empty"):
                return False
            if uses[target] != 1:
                return False
            loaded = primitive.text == "getitem" and _is_tape(stmt)
            return not target.hint or loaded
        case If(then=then, orelse=orelse, targets=(target,)):
            if uses[target] != 1 or target.hint or target.kind.is_array:
                return False
            return folding.is_expression(then, plain) and folding.is_expression(orelse, plain)
    return False


OPERATORS = ("+", "-", "*", "/", "<", "<=", ">", ">=", "==", "!=", "not", "neg")


def _is_call(stmt: Let) -> bool:
    """Whether something may have to be written before a statement, or asked first."""
    return stmt.primitive.text not in OPERATORS or any(v.kind.rank for v in own_vars(stmt))


def _is_tape(stmt: Let) -> bool:
    array = stmt.args[0]
    return isinstance(array, Var) and array.hint.endswith("_tape")


def _flush(stmt: Stmt, waiting: dict[Var, Let | If], folding: Folding) -> None:
    """Forget the temporaries that cannot be moved past a statement."""
    match stmt:
        case Let(primitive=primitive) if primitive.text not in IN_PLACE:
            return
        case Effect(action="record"):
            return
        case Let():
            for var, held in list(waiting.items()):
                if any(v.kind.is_array for v in _all_reads(held, folding)):
                    del waiting[var]
        case _:
            waiting.clear()


def _all_reads(stmt: Let | If, folding: Folding) -> list[Var]:
    return folding.reads(stmt)


def _is_column(stmt: Let) -> bool:
    """A column that will be broadcast: better in one piece than read again and again in strides."""
    index = stmt.args[1]
    last = index[-1] if isinstance(index, tuple) else None
    shape = stmt.target.shape
    return isinstance(last, Slice) and last != Slice() and len(shape) > 1 and shape[-1] == ONE
