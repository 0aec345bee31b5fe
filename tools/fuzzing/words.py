"""Programs whose variables have the names that srcad would make up itself.

A name of srcad's that meets one of the user's is a silent fault: of a loop counter, a bound, a
tape. So the words are taken from what srcad writes for the program, and the program's own
variables are given them.
"""

import ast
import builtins
import copy
import keyword
from dataclasses import replace
from random import Random
from typing import Any

import srcad
from fuzzing.case import Call, Case, Program, loaded
from fuzzing.numbers import same

MODULES = ("np", "math", "cmath")
SOURCES = (("array", "reverse"), ("loops", "reverse"), ("array", "forward"), ("loops", "forward"))


def renamed(case: Case) -> Case | None:
    """A case with words of srcad's for the names of its variables.

    Returns:
        None if srcad writes nothing for it, or if Python finds another value.
    """
    tree = ast.parse(case.source)
    own = variables(tree)
    with loaded(case.source) as function:
        words = sorted(written(function, case) - names(tree) - set(MODULES))
    if not words or not own:
        return None
    random = Random(case.seed)
    chosen = random.sample(sorted(own), len(own))
    mapping = dict(zip(chosen, random.sample(words, len(words)), strict=False))
    tree = Renaming(mapping, functions(tree)).visit(tree)
    other = replace(case, source=ast.unparse(tree) + "\n")
    return other if agree(case, other) else None


def written(function: Program, case: Case) -> set[str]:
    """The names in all that srcad writes for a program."""
    found: set[str] = set()
    for level, mode in SOURCES:
        try:
            text = srcad.source(function, *copy.deepcopy(case.calls[0]), level=level, mode=mode)
        except Exception:  # refused, which other checks are about
            continue
        found |= names(ast.parse(text))
    return {name for name in found if not keyword.iskeyword(name) and not hasattr(builtins, name)}


def names(tree: ast.AST) -> set[str]:
    """All identifiers that may be variables."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return found | functions(tree)


def functions(tree: ast.AST) -> set[str]:
    """The names of the functions that a module defines."""
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def variables(tree: ast.Module) -> set[str]:
    """The variables of a module's functions, without the fields of its classes."""
    found: set[str] = set()
    fields: set[str] = set()
    for top in tree.body:
        if isinstance(top, ast.FunctionDef):
            for node in ast.walk(top):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.add(node.id)
                elif isinstance(node, ast.arg):
                    found.add(node.arg)
        else:
            fields |= names(top)
    return found - fields


class Renaming(ast.NodeTransformer):
    """Other names for variables; keywords are those of the module's functions."""

    def __init__(self, mapping: dict[str, str], functions: set[str]) -> None:
        self.mapping = mapping
        self.functions = functions

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.mapping.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.mapping.get(node.arg, node.arg), node.annotation)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.Nonlocal:
        return ast.Nonlocal([self.mapping.get(name, name) for name in node.names])

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Name) and node.func.id in self.functions | set(self.mapping):
            node.keywords = [
                ast.keyword(self.mapping.get(word.arg or "", word.arg), word.value)
                for word in node.keywords
            ]
        return self.generic_visit(node)  # type: ignore[return-value]


def agree(case: Case, other: Case) -> bool:
    """Whether Python finds the same by two programs."""
    for call in case.calls:
        one, two = (outcome(source, call) for source in (case.source, other.source))
        if isinstance(one, Exception) or isinstance(two, Exception):
            if type(one) is not type(two):
                return False
        elif not same(one, two):
            return False
    return True


def outcome(source: str, call: Call) -> Any:
    """What a program returns, or raises."""
    with loaded(source) as function:
        try:
            return function(*copy.deepcopy(call))
        except Exception as error:
            return error
