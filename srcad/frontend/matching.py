"""`match`: which case fits is found while specialising, so it has to depend on known facts only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gast

from srcad.errors import UnsupportedType
from srcad.frontend import (
    attributes,
    builtin,
    classes,
    control,
    expressions,
    objects,
    outside,
    statements,
)
from srcad.frontend.values import (
    Closure,
    Foreign,
    Items,
    Mapping,
    Number,
    Ref,
    Sequence,
    Static,
    Value,
)
from srcad.ir.nodes import Const

if TYPE_CHECKING:
    from srcad.frontend.context import Lowering

Found = dict[str, Value]
SELF_MATCHING = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""Classes of which `case C(x)` binds the object itself."""


def lower_match(ctx: Lowering, stmt: gast.Match) -> None:
    """`match subject: case ...`: the first case that fits is run."""
    subject = outside.resolve(ctx, expressions.evaluate(ctx, stmt.subject), stmt.subject)
    for case in stmt.cases:
        if ctx.state.dead:
            return
        found: Found = {}
        with ctx.place(case.pattern):
            fits = _fits(ctx, subject, case.pattern, found)
        if not fits:
            continue
        for name, value in found.items():
            ctx.name(name, value)
        if case.guard is not None:
            test = expressions.truth(ctx, expressions.evaluate(ctx, case.guard), case.guard)
            if ctx.state.dead:
                return
            if not isinstance(test, bool):
                ctx.refuse(
                    "whether this case applies is not known before the program runs",
                    case.guard,
                    "write the condition as an `if` inside the case",
                    UnsupportedType,
                )
            if not test:
                continue
        statements.run_block(ctx, case.body)
        return


def _fits(ctx: Lowering, value: Value, pattern: gast.AST, found: Found) -> bool:
    """Whether a value fits a pattern; names that the pattern captures are put into `found`."""
    value = outside.resolve(ctx, value, pattern)
    match pattern:
        case gast.MatchAs(pattern=inner, name=name):
            if inner is not None and not _fits(ctx, value, inner, found):
                return False
            if name is not None:
                found[name] = value
            return True
        case gast.MatchOr(patterns=patterns):
            return any(_fits(ctx, value, inner, found) for inner in patterns)
        case gast.MatchSingleton(value=constant):
            known = _known(ctx, value, pattern)
            return known is not None and known[0] is constant
        case gast.MatchValue(value=node):
            expected = objects.static(ctx, expressions.evaluate(ctx, node), node)
            known = _known(ctx, value, pattern)
            return known is not None and bool(known[0] == expected)
        case gast.MatchSequence(patterns=patterns):
            return _sequence(ctx, value, patterns, found)
        case gast.MatchMapping(keys=keys, patterns=patterns, rest=rest):
            content = ctx.state.heap[value.identity] if isinstance(value, Ref) else None
            if not isinstance(content, Mapping):
                return False
            left = dict(content.items)
            for key_node, inner in zip(keys, patterns, strict=True):
                key = objects.static(ctx, expressions.evaluate(ctx, key_node), key_node)
                if key not in left or not _fits(ctx, left.pop(key), inner, found):
                    return False
            if rest is not None:
                found[rest] = Ref(ctx.heap(Mapping(tuple(left.items()))))
            return True
        case gast.MatchClass():
            return _class(ctx, value, pattern, found)
    ctx.refuse("this pattern cannot be differentiated", pattern)


def _known(ctx: Lowering, value: Value, node: gast.AST) -> tuple[object] | None:
    """The constant that a value is; None for containers, which equal no constant of a pattern."""
    match value:
        case Static(value=constant) | Number(atom=Const(value=constant)):
            return (constant,)
        case Items() | Ref() | Closure():
            return None
        case Foreign():
            return (ctx.fix(value),)
    ctx.refuse(
        f"{objects.describe(ctx, value)} decides here which case applies, and is not known before "
        "the program runs",
        node,
        "use `if` and `elif` for tests on numbers",
        UnsupportedType,
    )


def _sequence(ctx: Lowering, value: Value, patterns: list[gast.AST], found: Found) -> bool:
    match value:
        case Items(items=items):
            pass
        case Ref(identity=identity) if isinstance(content := ctx.state.heap[identity], Sequence):
            items = content.items
        case Static(value=tuple() | list() as constant):
            items = tuple(expressions.literal(item) for item in constant)
        case _:
            return False  # arrays are no sequences, to `match`
    stars = [i for i, inner in enumerate(patterns) if isinstance(inner, gast.MatchStar)]
    if not stars:
        return len(items) == len(patterns) and all(
            _fits(ctx, item, inner, found) for item, inner in zip(items, patterns, strict=True)
        )
    before, after = stars[0], len(patterns) - stars[0] - 1
    if len(items) < before + after:
        return False
    middle = items[before : len(items) - after]
    star = patterns[before]
    pairs = [*zip(items, patterns[:before], strict=False)]
    if after:
        pairs += zip(items[-after:], patterns[-after:], strict=True)
    if not all(_fits(ctx, item, inner, found) for item, inner in pairs):
        return False
    if star.name is not None:
        found[star.name] = Ref(ctx.heap(Sequence(tuple(middle))))
    return True


def _class(ctx: Lowering, value: Value, pattern: gast.MatchClass, found: Found) -> bool:
    kind = objects.static(ctx, expressions.evaluate(ctx, pattern.cls), pattern.cls)
    if not isinstance(kind, type):
        control.fail(ctx, TypeError("called match pattern must be a class"))
        return False
    is_one = builtin.HANDLERS[isinstance](ctx, [value, Static(kind)], {}, pattern)
    if not objects.static(ctx, is_one, pattern):
        return False
    if not pattern.patterns and not pattern.kwd_attrs:
        return True
    if kind in SELF_MATCHING and len(pattern.patterns) == 1 and not pattern.kwd_attrs:
        return _fits(ctx, value, pattern.patterns[0], found)
    positions = getattr(kind, "__match_args__", ())
    if len(pattern.patterns) > len(positions):
        message = f"{kind.__name__}() accepts {len(positions)} positional sub-patterns "
        control.fail(ctx, TypeError(f"{message}({len(pattern.patterns)} given)"))
        return False
    names = [*positions[: len(pattern.patterns)], *pattern.kwd_attrs]
    for name, inner in zip(names, [*pattern.patterns, *pattern.kwd_patterns], strict=True):
        if not classes.has_attribute(ctx, value, name):
            return False
        if not _fits(ctx, attributes.attribute(ctx, value, name, pattern), inner, found):
            return False
    return True


__all__ = ["lower_match"]
