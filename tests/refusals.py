"""Every reason that srcad gives for refusing, read from its own source: message, way out, error.

What a message is made of at run time is shown as `…`.
"""

import ast
import textwrap
from pathlib import Path

from srcad import errors

ROOT = Path(errors.__file__).parent
KINDS = {
    name: kind for name, kind in vars(errors).items() if kind in errors.SrcadError.__subclasses__()
}
PLACES = ("message", "origin", "hint", "error")


def calls(tree):
    """Calls that refuse and errors that are raised, each with the functions around it."""

    def walk(node, around):
        if isinstance(node, ast.FunctionDef):
            around = (*around, node)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call) and kind_of(child) is not None:
                yield child, around
            yield from walk(child, around)

    yield from walk(tree, ())


def kind_of(call):
    """The name of the error that a call raises; None if it raises none."""
    match call.func:
        case ast.Attribute(attr="refuse"):
            found = arguments(call).get("error")
            names = [n.id for n in ast.walk(found) if isinstance(n, ast.Name)] if found else []
            return next((name for name in names if name in KINDS), "UnsupportedSyntax")
        case ast.Attribute(attr="refuse_if"):
            return "UnsupportedType"
        case ast.Name(id=name) if name in KINDS:
            return name
    return None


def arguments(call):
    """The arguments of a call by name."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(call.func, ast.Attribute) and call.func.attr == "refuse_if":
        return dict(zip(("ctx", "flag", "message", "hint"), call.args, strict=True))
    return dict(zip(PLACES, call.args, strict=False)) | named


def texts(node, around):
    """The texts that an expression can be: several where it chooses, "" for what is not known."""
    match node:
        case None | ast.Constant(value=None):
            return [""]
        case ast.Constant(value=str() as text):
            return [text]
        case ast.JoinedStr(values=parts):
            found = [""]
            for part in parts:
                ways = [p for p in texts(part, around) if p] or ["…"]
                found = [before + way for before in found for way in ways]
            return found
        case ast.FormattedValue(value=ast.Name() | ast.Constant() as inner):
            return [text for text in texts(inner, around) if text]
        case ast.FormattedValue():
            return ["…"]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            pairs = [(a, b) for a in texts(left, around) for b in texts(right, around)]
            return [(a or "…") + (b or "…") for a, b in pairs]
        case ast.IfExp(body=body, orelse=orelse):
            return texts(body, around) + texts(orelse, around)
        case ast.Name(id=name):
            for function in reversed(around):
                for stmt in ast.walk(function):
                    targets = getattr(stmt, "targets", [])
                    if any(isinstance(t, ast.Name) and t.id == name for t in targets):
                        return texts(stmt.value, around)
    return [""]


def refusals():
    """All of them, sorted: (error, message, way out)."""
    found = {}
    for file in sorted(ROOT.rglob("*.py")):
        for call, around in calls(ast.parse(file.read_text(encoding="utf-8"))):
            given = arguments(call)
            hints = [hint for hint in texts(given.get("hint"), around) if hint]
            for message in texts(given.get("message"), around):
                if message:
                    known = found.setdefault((kind_of(call), message), [])
                    known += [hint for hint in hints if hint not in known]
    return [(kind, message, hints) for (kind, message), hints in sorted(found.items())]


def conflicts():
    """What names and values can be that are not followed: the part that completes a message."""
    found = set()
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Conflict":
                found.update(text for text in texts(node.args[0], ()) if text)
    return sorted(found)


def page(name):
    """The reasons for one error, with the ways out that are given with them."""
    lines = []
    for kind, message, hints in refusals():
        if kind != name:
            continue
        lines += wrapped(message, "")
        for hint in hints:
            lines += wrapped(f"→ {hint}", "    ")
    return "\n".join(lines)


def wrapped(text, indent):
    """A text on lines of some length, its own lines joined."""
    return textwrap.wrap(
        " ".join(text.split()),
        100,
        initial_indent=indent,
        subsequent_indent=indent and f"{indent}  ",
        break_on_hyphens=False,
    )
