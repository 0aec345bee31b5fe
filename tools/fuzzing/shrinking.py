"""From a case that fails to the smallest one found that fails in the same way."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from fuzzing.case import Case

Fails = Callable[[Case], bool]
BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")


def shrink(case: Case, fails: Fails, attempts: int) -> Case:
    """Make a case smaller while it fails.

    Args:
        case: a case that fails.
        fails: whether another one fails in the same way.
        attempts: how many to try at most.
    """
    left = attempts
    case = replace(case, source=ast.unparse(ast.parse(case.source)) + "\n")
    again = True
    while again:
        again, place = False, 0
        # After a success the rest goes on from the same place: what failed before seldom works now.
        while (smaller := next(islice(variants(case), place, None), None)) is not None:
            if not left:
                return case
            left -= 1
            if fails(smaller):
                case, again = smaller, True
            else:
                place += 1
    return case


def variants(case: Case) -> Iterator[Case]:
    """Cases that are smaller by one step, those of the largest steps first."""
    for number in range(len(case.calls)):
        if len(case.calls) > 1:
            yield replace(case, calls=case.calls[:number] + case.calls[number + 1 :])
    for change in (without_statements, without_expressions):
        for tree in change(ast.parse(case.source)):
            text = ast.unparse(ast.fix_missing_locations(tree)) + "\n"
            if len(text) < len(case.source):
                yield replace(case, source=text)
    yield from without_parameters(case)
    yield from rounder(case)


def without_statements(tree: ast.Module) -> Iterator[ast.Module]:
    """Programs without a statement, or with a block in the place of what it belongs to."""
    for position, node in enumerate(ast.walk(tree)):
        for field in BLOCKS:
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            for place, statement in enumerate(block):
                for instead in replacements(node, field, place, statement):
                    smaller = copy.deepcopy(tree)
                    other = getattr(_at(smaller, position), field)
                    other[place : place + 1] = copy.deepcopy(instead)
                    if other or field not in ("body", "cases"):
                        yield smaller


def replacements(node: ast.AST, field: str, place: int, statement: ast.AST) -> Iterator[list[Any]]:
    """What may stand in the place of a statement."""
    if isinstance(node, ast.While) and field == "body" and not place:
        return  # it counts: without it, the loop would not end
    if isinstance(node, ast.Module) and getattr(statement, "name", "") in ("", "f"):
        return
    yield []
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler | ast.match_case):
        return
    for inner in BLOCKS:
        block = getattr(statement, inner, None)
        for part in block if inner in ("handlers", "cases") and block else ():
            yield part.body
        if block and isinstance(block[0], ast.stmt):
            yield block


def without_expressions(tree: ast.Module) -> Iterator[ast.Module]:
    """Programs with part of an expression, or a number, in the place of the whole."""
    for position, node in enumerate(ast.walk(tree)):
        for field, value in ast.iter_fields(node):
            if isinstance(node, ast.While) and field == "test":
                continue
            for place, whole in enumerate(value if isinstance(value, list) else [value]):
                for instead in parts(whole):
                    smaller = copy.deepcopy(tree)
                    owner = _at(smaller, position)
                    if isinstance(value, list):
                        getattr(owner, field)[place] = copy.deepcopy(instead)
                    else:
                        setattr(owner, field, copy.deepcopy(instead))
                    yield smaller


def parts(whole: Any) -> Iterator[ast.expr]:
    """What may stand in the place of an expression."""
    if not isinstance(
        whole,
        ast.BinOp
        | ast.Call
        | ast.Subscript
        | ast.UnaryOp
        | ast.BoolOp
        | ast.Compare
        | ast.IfExp
        | ast.NamedExpr
        | ast.ListComp
        | ast.GeneratorExp
        | ast.Tuple
        | ast.Dict
        | ast.List,
    ):
        return
    if isinstance(getattr(whole, "ctx", None), ast.Store):
        return
    for part in ast.iter_child_nodes(whole):
        if isinstance(part, ast.Attribute):  # of a method: what it is called on
            part = part.value
        named = isinstance(part, ast.Name) and part.id == "np"
        if isinstance(part, ast.expr) and not isinstance(part, ast.Slice) and not named:
            yield part
    if isinstance(whole, ast.BinOp | ast.Call | ast.Subscript):
        yield ast.Constant(0.5)


def without_parameters(case: Case) -> Iterator[Case]:
    """Programs without a parameter that they do not use."""
    tree = ast.parse(case.source)
    function = next(node for node in tree.body if getattr(node, "name", "") == "f")
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    keep = [place for place, arg in enumerate(function.args.args) if arg.arg in used]
    if len(keep) < len(function.args.args):
        function.args.args = [function.args.args[place] for place in keep]
        calls = tuple(tuple(call[place] for place in keep) for call in case.calls)
        yield replace(case, source=ast.unparse(tree) + "\n", calls=calls)


def rounder(case: Case) -> Iterator[Case]:
    """The same program with arguments that are easier to read."""
    calls = tuple(tuple(map(_rounded, call)) for call in case.calls)
    if repr(calls) != repr(case.calls):
        yield replace(case, calls=calls)


def _rounded(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.round(value, 1)
    return round(value, 1) if isinstance(value, float) else value


def _at(tree: ast.Module, position: int) -> Any:
    return list(ast.walk(tree))[position]
