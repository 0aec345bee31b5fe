"""Comprehensions and folds: written out as loops, in a scope of their own.

`[e for v in x if c]` is what Python runs for it: a function with a loop, called with `x`.

    def list_of(items):
        out = []
        for v in items:
            if c:
                out.append(e)
        return out
"""

from __future__ import annotations

import builtins
from collections import deque
from typing import TYPE_CHECKING, Any

import gast
import numpy as np

from srcad.errors import SrcadError
from srcad.frontend import calls, displays, expressions, generators, sequences
from srcad.frontend.source import Source
from srcad.frontend.values import Closure, Method, Static, Value

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

# What stands before the loops, in them for each item, and after them.
FORMS = {
    "list": ("OUT = []", "OUT.append(ITEM)", "return OUT"),
    "dict": ("OUT = {}", "OUT[KEY] = ITEM", "return OUT"),
    "yielded": ("pass", "yield ITEM", "pass"),
    "first": ("pass", "return ITEM", "raise StopIteration"),
    "first or": ("pass", "return ITEM", "return OUT"),
    "extend": ("pass", "OUT.append(ITEM)", "return OUT"),
    "extendleft": ("pass", "OUT.appendleft(ITEM)", "return OUT"),
    "sum": ("pass", "OUT = OUT + ITEM", "return OUT"),
    "any": ("OUT = False", "if ITEM:\n OUT = True\n break", "return OUT"),
    "all": ("OUT = True", "if not ITEM:\n OUT = False\n break", "return OUT"),
    "any of several": ("pass", "if ITEM: return True", "return False"),
    "all of several": ("pass", "if not ITEM: return False", "return True"),
    "in": ("pass", "if ITEM == OUT: return True", "return False"),
    "index": (
        "CANDIDATE = 0",
        "if ITEM == OUT: return CANDIDATE\nCANDIDATE = CANDIDATE + 1",
        "raise ValueError('list.index(x): x not in list')",
    ),
    "count": ("CANDIDATE = 0", "if ITEM == OUT: CANDIDATE = CANDIDATE + 1", "return CANDIDATE"),
    "keys": ("OUT = []", "OUT.append(KEYOF(ITEM))", "return OUT"),
    "max by key": (
        "pass",
        "CANDIDATE = KEYOF(ITEM)\nif CANDIDATE > BEST:\n OUT = ITEM\n BEST = CANDIDATE",
        "return OUT",
    ),
    "min by key": (
        "pass",
        "CANDIDATE = KEYOF(ITEM)\nif CANDIDATE < BEST:\n OUT = ITEM\n BEST = CANDIDATE",
        "return OUT",
    ),
    "max of others": ("pass", "if ITEM > OUT: OUT = ITEM", "return OUT"),
    "min of others": ("pass", "if ITEM < OUT: OUT = ITEM", "return OUT"),
    "max": (
        "OUT = None",
        "CANDIDATE = ITEM\nif OUT is None or CANDIDATE > OUT: OUT = CANDIDATE",
        "if OUT is None: raise ValueError(MESSAGE)\nreturn OUT",
    ),
    "min": (
        "OUT = None",
        "CANDIDATE = ITEM\nif OUT is None or CANDIDATE < OUT: OUT = CANDIDATE",
        "if OUT is None: raise ValueError(MESSAGE)\nreturn OUT",
    ),
}
GIVEN = {
    **dict.fromkeys(("sum", "first or", "extend", "extendleft"), ("OUT",)),
    **dict.fromkeys(("max of others", "min of others"), ("OUT",)),
    **dict.fromkeys(("in", "index", "count"), ("OUT",)),
    **dict.fromkeys(("max by key", "min by key"), ("OUT", "BEST", "KEYOF")),
    "keys": ("KEYOF",),
}
"""What forms are given beside what they go through: their results at first, what is looked for."""
NAMES = {"sum": "total", "max": "largest", "min": "smallest", "any": "found", "all": "holds"}
FOLDS: dict[Any, str] = {getattr(builtins, name): name for name in ("sum", "any", "all")} | {
    max: "max",
    min: "min",
}
LIBRARIES = ("builtins", "collections", "numpy")
THROUGH: tuple[Any, ...] = (
    list,
    tuple,
    set,
    frozenset,
    dict,
    sorted,
    zip,
    enumerate,
    map,
    filter,
    np.fromiter,
    deque,
)
"""Functions that take a generator and go through it once, from its start to its end."""


def evaluate(ctx: Lowering, node: gast.AST, hint: str) -> Value:
    """The value of a comprehension."""
    match node:
        case gast.ListComp():
            return collected(ctx, node, hint)
        case gast.DictComp():
            return _run(ctx, node, "dict", hint, [_first(ctx, node)])
        case gast.SetComp():
            items = collected(ctx, node, hint)
            return calls.call_python(ctx, set, [items], {}, node)
    assert isinstance(node, gast.GeneratorExp)
    return generators.kept(ctx, node)


def items_of(ctx: Lowering, node: gast.AST, hint: str = "") -> Value:
    """The value of what is unpacked at once, which may be a generator."""
    if isinstance(node, gast.GeneratorExp):
        return collected(ctx, node, hint)
    return expressions.evaluate(ctx, node, hint)


def collected(ctx: Lowering, node: gast.ListComp | gast.GeneratorExp, hint: str = "") -> Value:
    """All items of a comprehension, as a list."""
    return _run(ctx, node, "list", hint, [_first(ctx, node)])


def consume(ctx: Lowering, callee: Value, node: gast.Call, hint: str) -> Value:
    """Call a function whose first argument is a generator."""
    generator = node.args[0]
    function = callee.value if isinstance(callee, Static) else None
    others = len(node.args) + len(node.keywords) - 1
    fold = FOLDS.get(function) if function in FOLDS else None
    if fold == "sum" and others <= 1:
        items = _first(ctx, generator)
        start = [expressions.evaluate(ctx, arg) for arg in node.args[1:]]
        start += calls.keywords_of(ctx, node).values()
        start = start or [expressions.literal(0)]
        return _run(ctx, generator, fold, hint, [items, *start])
    if function is next and others <= 1 and not node.keywords:
        default = [expressions.evaluate(ctx, arg) for arg in node.args[1:]]
        form = "first or" if default else "first"
        return _run(ctx, generator, form, hint, [_first(ctx, generator), *default])
    if fold in ("any", "all") and not others:
        form = fold if len(generator.generators) == 1 else f"{fold} of several"
        return _run(ctx, generator, form, hint, [_first(ctx, generator)])
    if fold in ("max", "min") and not others and _runs_always(generator):
        found = _tried(ctx, generator, fold, hint)
        if found is not None:
            return found
    joins = isinstance(callee, Method) and callee.name in ("extend", "extendleft", "join")
    if fold is None and (not isinstance(callee, Static) or is_users(function)) and not joins:
        args = displays.elements_of(ctx, node.args)
        kwargs = calls.keywords_of(ctx, node)
        return callee if ctx.state.dead else calls.call(ctx, callee, args, kwargs, node, hint)
    if fold is None and function not in THROUGH and not joins:
        ctx.refuse(
            "a generator cannot be given to this function",
            node,
            "make it a list: put it in brackets",
        )
    args = [collected(ctx, generator), *displays.elements_of(ctx, node.args[1:])]
    kwargs = calls.keywords_of(ctx, node)
    return callee if ctx.state.dead else calls.call(ctx, callee, args, kwargs, node, hint)


def is_users(function: Any) -> bool:
    """Whether a class is the user's own, whose `__init__` may keep a generator."""
    return isinstance(function, type) and function.__module__.partition(".")[0] not in LIBRARIES


def fold(ctx: Lowering, form: str, items: Value, others: list[Value], node: gast.AST) -> Value:
    """A function of all items, such as `sum`, as a loop over them."""
    item = gast.Name("item", gast.Load(), None, None)
    target = gast.Name("item", gast.Store(), None, None)
    loop = gast.comprehension(target, gast.Name("items", gast.Load(), None, None), [], 0)
    whole = gast.GeneratorExp(item, [loop])
    for new in gast.walk(whole):
        _locate(new, node)
    function = ctx.written_out.setdefault((id(node), form, "fold"), _function(form, "", whole))
    return _call(ctx, function, [items, *others], node)


def _tried(ctx: Lowering, node: gast.GeneratorExp, form: str, hint: str) -> Value | None:
    """The value of a loop, unless it cannot be lowered; then nothing has been written."""
    before = ctx.state.copy()
    try:
        with ctx.builder.block() as written:
            found = _run(ctx, node, form, hint, [_first(ctx, node)])
    except SrcadError:
        ctx.state = before
        return None
    for stmt in written:
        ctx.builder.add(stmt)
    return found


def _runs_always(node: gast.GeneratorExp) -> bool:
    return len(node.generators) == 1 and not node.generators[0].ifs


def _first(ctx: Lowering, node: gast.AST) -> Value:
    """What the outermost loop goes through: it alone is evaluated outside of the scope."""
    return expressions.evaluate(ctx, node.generators[0].iter)


def _run(ctx: Lowering, node: gast.AST, form: str, hint: str, args: list[Value]) -> Value:
    if ctx.state.dead:
        return args[0]
    key = (id(node), form, hint)
    if key not in ctx.written_out:
        check(ctx, node)
        ctx.written_out[key] = _function(form, hint, node)
    return _call(ctx, ctx.written_out[key], args, node)


def check(ctx: Lowering, node: gast.AST) -> None:
    """Refuse what is not followed inside of comprehensions."""
    for inner in gast.walk(node):
        if isinstance(inner, gast.NamedExpr):
            ctx.refuse("`:=` inside a comprehension cannot be differentiated yet", inner)
        if isinstance(inner, gast.comprehension) and inner.is_async:
            ctx.refuse("`async` cannot be differentiated", node)


def yielding(ctx: Lowering, node: gast.GeneratorExp) -> gast.FunctionDef:
    """The generator function that a generator expression stands for."""
    key = (id(node), "yielded", "")
    if key not in ctx.written_out:
        ctx.written_out[key] = _function("yielded", "", node)
    return ctx.written_out[key]


def of_each(ctx: Lowering, node: gast.GeneratorExp) -> gast.FunctionDef:
    """The function of an item that a generator expression applies to each."""
    key = (id(node), "of each", "")
    if key not in ctx.written_out:
        item = _unused("item", {n.id for n in gast.walk(node) if isinstance(n, gast.Name)})
        function: gast.FunctionDef = gast.parse(f"def value_of({item}): return {item}").body[0]
        given = function.body[0].value
        for new in gast.walk(function):
            _locate(new, node)
        bound = gast.Assign([node.generators[0].target], given, None)
        result = gast.Return(node.elt)
        for new in (bound, result):
            _locate(new, node)
        function.body = [bound, result]
        ctx.written_out[key] = function
    return ctx.written_out[key]


def _call(ctx: Lowering, function: gast.FunctionDef, args: list[Value], node: gast.AST) -> Value:
    outer = ctx.frame.source
    source = Source(function.name, outer.file, outer.path, function, outer.lines)
    return calls.inline(ctx, Closure(source, (), (), None, (), ctx.frame), args, {}, node)


# -- writing the function -----------------------------------------------------------------------


def _function(form: str, hint: str, node: Any) -> gast.FunctionDef:
    """The function that a comprehension stands for."""
    used = {n.id for n in gast.walk(node) if isinstance(n, gast.Name)}
    items = _unused("items", used)
    names = {
        "OUT": _unused(hint or NAMES.get(form.split()[0], "values"), used | {items}),
        "CANDIDATE": _unused("candidate", used | {items}),
        "BEST": _unused("best", used | {items}),
        "KEYOF": _unused("key", used | {items}),
    }
    parts = {"ITEM": getattr(node, "elt", None), "KEY": None, "MESSAGE": None}
    if form in sequences.EMPTY:
        parts["MESSAGE"] = gast.Constant(sequences.EMPTY[form], None)
        _locate(parts["MESSAGE"], node)
    if isinstance(node, gast.DictComp):
        parts = {"ITEM": node.value, "KEY": node.key}
    before, body, after = (_statements(text, names, parts, node) for text in FORMS[form])
    for position, loop in reversed(list(enumerate(node.generators))):
        for test in reversed(loop.ifs):
            body = [gast.copy_location(gast.If(test, body, []), test)]
        through = loop.iter if position else gast.Name(items, gast.Load(), None, None)
        around = gast.For(loop.target, through, body, [], None)
        _locate(around, node)
        _locate(through, loop.iter)
        body = [around]
    header = ", ".join([items, *(names[given] for given in GIVEN.get(form, ()))])
    function: gast.FunctionDef = gast.parse(f"def {form.split()[0]}_of({header}): pass").body[0]
    for new in gast.walk(function):
        _locate(new, node)
    function.body = [*before, *body, *after]
    return function


def _statements(
    text: str, names: dict[str, str], parts: dict[str, Any], node: gast.AST
) -> list[Any]:
    """Statements of a form, with the names and expressions of a comprehension."""
    tree = gast.parse(text)
    places = []
    for new in gast.walk(tree):
        _locate(new, node)
        if isinstance(new, gast.Name) and new.id in names:
            new.id = names[new.id]
        places += [
            (new, key, child)
            for key, child in gast.iter_fields(new)
            if isinstance(child, gast.Name) and parts.get(child.id) is not None
        ]
        if isinstance(new, gast.Call):
            new.args = [
                parts.get(arg.id) or arg if isinstance(arg, gast.Name) else arg for arg in new.args
            ]
    for parent, key, child in places:
        setattr(parent, key, parts[child.id])
    return list(tree.body)


def _unused(name: str, used: set[str]) -> str:
    while name in used:
        name += "_"
    return name


def _locate(new: gast.AST, node: gast.AST) -> None:
    """Give a node that was made here the place of the user's expression."""
    for key in ("lineno", "col_offset", "end_lineno", "end_col_offset"):
        setattr(new, key, getattr(node, key))
