"""Expressions of the core language as Python syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from srcad.emit.folding import Folding
from srcad.ir.nodes import Const, If, Let, Operand, ShapeOf, Slice, Var

BINARY: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "/": ast.Div(),
    "//": ast.FloorDiv(),
    "%": ast.Mod(),
    "**": ast.Pow(),
    "@": ast.MatMult(),
    "&": ast.BitAnd(),
    "|": ast.BitOr(),
    "^": ast.BitXor(),
    "<<": ast.LShift(),
    ">>": ast.RShift(),
}
COMPARE: dict[str, ast.cmpop] = {
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "==": ast.Eq(),
    "!=": ast.NotEq(),
}
UNLIKE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
UNARY: dict[str, ast.unaryop] = {
    "neg": ast.USub(),
    "pos": ast.UAdd(),
    "~": ast.Invert(),
    "not": ast.Not(),
}


@dataclass
class Expressions:
    """Turns operands into syntax trees; collects the functions that the text calls."""

    names: dict[Var, str]
    folding: Folding
    called: dict[str, Callable[..., Any]] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)

    def operand(self, operand: Operand | None) -> ast.expr:
        """The expression that stands for an operand."""
        match operand:
            case Var():
                return self.variable(operand)
            case Const(value):
                return self.constant(value)
            case ShapeOf(var):
                return ast.Attribute(self.variable(var), "shape", ast.Load())
            case tuple():
                return self._tuple(operand)
            case Slice(lower, upper, step):
                parts = [None if p is None else self.operand(p) for p in (lower, upper, step)]
                return ast.Slice(*parts)
        raise TypeError(f"not an operand: {operand!r}")

    def _tuple(self, items: tuple[Operand, ...]) -> ast.expr:
        if any(map(_is_shape, items)):
            # (trips,) + x.shape
            whole: ast.expr | None = None
            plain: list[ast.expr] = []
            for item in items:
                if _is_shape(item):
                    head = ast.Tuple(plain, ast.Load())
                    shape = self.operand(item)
                    whole = (
                        shape
                        if whole is None and not plain
                        else ast.BinOp(head if whole is None else whole, ast.Add(), shape)
                    )
                    plain = []
                else:
                    plain.append(self.operand(item))
            assert whole is not None
            if plain:
                whole = ast.BinOp(whole, ast.Add(), ast.Tuple(plain, ast.Load()))
            return whole
        return ast.Tuple([self.operand(item) for item in items], ast.Load())

    def variable(self, var: Var) -> ast.expr:
        """A variable by name, or the expression that is folded into its use."""
        if var in self.folding.lets:
            return self.let(self.folding.lets[var])
        if var in self.folding.choices:
            return self.choice(self.folding.choices[var])
        return ast.Name(self.names[var], ast.Load())

    def constant(self, value: Any) -> ast.expr:
        """A constant as a literal; one that has none gets a name in the module."""
        match value:
            case np.dtype() if value.hasobject:
                return ast.Name("object", ast.Load())
            case np.dtype():
                return dotted("np." + ("bool_" if value.name == "bool" else value.name))
            case np.generic():
                plain = ast.Constant(value.item())
                if isinstance(value, np.float64 | np.bool_) or value.dtype.kind in "iu":
                    return plain
                return ast.Call(dotted(f"np.{value.dtype.name}"), [plain], [])
            case float() if not np.isfinite(value):
                return _special_float(value)
            case bool() | int() | float() | complex() | str() | bytes() | None:
                if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
                    return ast.UnaryOp(ast.USub(), ast.Constant(-value))
                return ast.Constant(value)
            case tuple():
                return ast.Tuple([self.constant(item) for item in value], ast.Load())
        if value is Ellipsis:
            return ast.Constant(...)
        if isinstance(value, type) and issubclass(value, np.generic):
            return dotted(f"np.{value.__name__}")
        if value in (bool, int, complex):  # as dtypes; Numba does not know them by these names
            return self.constant(np.dtype(value))
        name = getattr(value, "__name__", "value")
        self.constants[name] = value
        return ast.Name(name, ast.Load())

    def let(self, stmt: Let) -> ast.expr:
        """The right-hand side of a statement."""
        text, args = stmt.primitive.text, stmt.args
        spelled = stmt.primitive.options.get("spelled")
        if spelled and not stmt.target.kind.is_python and _is_pythons(args):
            text = spelled
        if text == "+" and (taken := _negated(args[1])) is not None:
            return ast.BinOp(self.operand(args[0]), ast.Sub(), self.constant(taken))
        if text == "+" and (taken_away := self.folding.negated(args[1])) is not None:
            return ast.BinOp(self.operand(args[0]), ast.Sub(), self.operand(taken_away))
        if text in BINARY and len(args) == 2:
            return ast.BinOp(self.operand(args[0]), BINARY[text], self.operand(args[1]))
        if text in COMPARE and len(args) == 2:
            return ast.Compare(self.operand(args[0]), [COMPARE[text]], [self.operand(args[1])])
        if text == "not" and (unlike := self.unlike(args[0])) is not None:
            return unlike
        if text in UNARY and len(args) == 1:
            return ast.UnaryOp(UNARY[text], self.operand(args[0]))
        if "library" in stmt.primitive.options:
            return self.library(stmt)
        special = _SPECIAL.get(text)
        if special is not None:
            return special(self, stmt)
        return self.call(stmt, text)

    def unlike(self, operand: Operand) -> ast.expr | None:
        """`i >= n` for `not i < n` of integers; of floats that is another question."""
        held = self.folding.lets.get(operand) if isinstance(operand, Var) else None
        if held is None or held.primitive.text not in COMPARE or len(held.args) != 2:
            return None
        if not all(_is_integer(arg) for arg in held.args):
            return None
        text = UNLIKE[held.primitive.text]
        left, right = (self.operand(arg) for arg in held.args)
        if isinstance(left, ast.Constant):
            left, right, text = right, left, MIRRORED.get(text, text)
        return ast.Compare(left, [COMPARE[text]], [right])

    def call(self, stmt: Let, text: str) -> ast.expr:
        """A call of the primitive by the given name."""
        if "." not in text:
            self.called[text] = stmt.primitive.function
        args = [self.argument(arg) for arg in stmt.args]
        keywords = [ast.keyword(key, self.operand(value)) for key, value in stmt.kwargs]
        return ast.Call(dotted(text), args, keywords)

    def argument(self, operand: Operand) -> ast.expr:
        """An operand as an argument of a call: an index with slices in it is `np.s_[...]`."""
        parts = operand if isinstance(operand, tuple) else (operand,)
        if not any(isinstance(part, Slice) for part in parts):
            return self.operand(operand)
        return ast.Subscript(dotted("np.s_"), self.operand(operand), ast.Load())

    def library(self, stmt: Let) -> ast.expr:
        """A call that srcad has no rule for: what of its result is meant, looked at if need be."""
        made = self.call(stmt, stmt.primitive.text)
        for place in stmt.primitive.options["library"]:
            made = ast.Subscript(made, ast.Constant(place), ast.Load())
        check = stmt.primitive.options["check"]
        if check is None:
            return made
        self.called[check.__name__] = check
        kind = stmt.target.kind
        place = ("", 0) if stmt.origin is None else (stmt.origin.file, stmt.origin.line)
        facts = (kind.dtype, kind.rank if kind.is_array else None, *place)
        return ast.Call(dotted(check.__name__), [made, *map(ast.Constant, facts)], [])

    def choice(self, stmt: If) -> ast.expr:
        """`a if test else b`; `and`, `or` where they say the same."""
        test = self.operand(stmt.test)
        yes, no = stmt.then.results[0], stmt.orelse.results[0]
        if is_condition(stmt):
            if no == Const(False):
                return ast.BoolOp(ast.And(), [test, self.operand(yes)])
            return ast.BoolOp(ast.Or(), [test, self.operand(no)])
        return ast.IfExp(test, self.operand(yes), self.operand(no))


def is_condition(stmt: If) -> bool:
    """Whether a branch says `a and b` or `a or b`, and of that kind of bool."""
    test, target = stmt.test, stmt.targets[0]
    decided = stmt.orelse.results[0] == Const(False) or stmt.then.results[0] == Const(True)
    return decided and isinstance(test, Var) and test.kind == target.kind and target.kind.is_bool


def _is_shape(item: Operand) -> bool:
    """Whether a part of a shape is that of an array, or one that was saved."""
    return isinstance(item, ShapeOf) or (isinstance(item, Var) and item.kind.form == "opaque")


def _is_pythons(args: tuple[Operand, ...]) -> bool:
    """Whether an operator between these would be Python's, which has floats of NumPy for floats."""
    if any(isinstance(arg, Var) and arg.kind.is_array for arg in args):
        return False
    numbers = [arg for arg in args if _is_python(arg)]
    is_complex = any(isinstance(n, Var) and n.kind.is_complex for n in numbers)
    return is_complex or len(numbers) == len(args)


def _is_python(operand: Operand) -> bool:
    if isinstance(operand, Var):
        return operand.kind.is_python
    return isinstance(operand, Const) and isinstance(operand.value, int | float | complex)


def _is_integer(operand: Operand) -> bool:
    if isinstance(operand, Var):
        return operand.kind.is_integral and not operand.kind.is_array
    return isinstance(operand, Const) and type(operand.value) is int


def _negated(operand: Operand) -> float | None:
    """The number without its sign if the operand is a negative one."""
    match operand:
        case Const(int() | float() as value) if not isinstance(value, bool) and value < 0:
            return -value
    return None


def _special_float(value: float) -> ast.expr:
    if np.isnan(value):
        return dotted("np.nan")
    inf = dotted("np.inf")
    return inf if value > 0 else ast.UnaryOp(ast.USub(), inf)


def dotted(text: str) -> ast.expr:
    """A dotted name."""
    first, *rest = text.split(".")
    node: ast.expr = ast.Name(first, ast.Load())
    for part in rest:
        node = ast.Attribute(node, part, ast.Load())
    return node


def _getitem(self: Expressions, stmt: Let) -> ast.expr:
    return ast.Subscript(self.operand(stmt.args[0]), self.operand(stmt.args[1]), ast.Load())


def _size(self: Expressions, stmt: Let) -> ast.expr:
    shape, axis = stmt.args
    if isinstance(shape, tuple):
        return self.operand(shape[axis.value])  # type: ignore[union-attr, index]
    return ast.Subscript(self.operand(shape), self.operand(axis), ast.Load())


def _shape(self: Expressions, stmt: Let) -> ast.expr:
    return ast.Attribute(self.operand(stmt.args[0]), "shape", ast.Load())


def _cast(self: Expressions, stmt: Let) -> ast.expr:
    value, dtype = stmt.args
    assert isinstance(dtype, Const)
    assert isinstance(dtype.value, np.dtype)
    source = value.kind if isinstance(value, Var) else None
    node = self.operand(value)
    if source is not None and source.is_complex and dtype.value.kind != "c":
        node = ast.Attribute(node, "real", ast.Load())
    if stmt.target.kind.is_array:
        return ast.Call(ast.Attribute(node, "astype", ast.Load()), [self.operand(dtype)], [])
    return ast.Call(self.operand(dtype), [node], [])


def _filled(self: Expressions, stmt: Let) -> ast.expr:
    """`np.zeros(shape)`; the dtype is said where it is not the usual one."""
    args = list(stmt.args)
    if len(args) == 2 and args[1] == Const(np.dtype(np.float64)):
        args.pop()
    shape = args[0]
    if isinstance(shape, tuple) and len(shape) == 1 and not isinstance(shape[0], ShapeOf):
        args[0] = shape[0]
    keywords = [ast.keyword(key, self.operand(value)) for key, value in stmt.kwargs]
    return ast.Call(dotted(stmt.primitive.text), [self.operand(a) for a in args], keywords)


def _trips(self: Expressions, stmt: Let) -> ast.expr:
    bounds = list(stmt.args)
    if bounds[2] == Const(1):
        bounds.pop()
    inner = ast.Call(dotted("range"), [self.operand(b) for b in bounds], [])
    return ast.Call(dotted("len"), [inner], [])


def _text(self: Expressions, stmt: Let) -> ast.expr:
    pieces: list[ast.expr] = []
    for part in stmt.args:
        if isinstance(part, tuple):
            shown, conversion, spec = part
            assert isinstance(conversion, Const)
            assert isinstance(spec, Const)
            form = ast.JoinedStr([ast.Constant(str(spec.value))]) if spec.value else None
            code = ord(str(conversion.value)) if conversion.value else -1
            pieces.append(ast.FormattedValue(self.operand(shown), code, form))
        else:
            pieces.append(self.operand(part))
    return ast.JoinedStr(pieces)


def _conjugate(self: Expressions, stmt: Let) -> ast.expr:
    """The method of Python's complex numbers, which gives one of them."""
    return ast.Call(ast.Attribute(self.operand(stmt.args[0]), "conjugate", ast.Load()), [], [])


def _tape(_self: Expressions, _stmt: Let) -> ast.expr:
    return ast.List([], ast.Load())


_SPECIAL: dict[str, Callable[[Expressions, Let], ast.expr]] = {
    "getitem": _getitem,
    "size": _size,
    "shape": _shape,
    "cast": _cast,
    "conjugate": _conjugate,
    "np.zeros": _filled,
    "np.ones": _filled,
    "np.empty": _filled,
    "trips": _trips,
    "text": _text,
    "tape": _tape,
}
