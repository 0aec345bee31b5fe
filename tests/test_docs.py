"""README and docs: every block of Python is run, and what is shown as output is what srcad gives.

A block with `>>>` is a doctest, one without is a module, and all blocks of a page share their
names. A block below `<!-- from: EXPRESSION -->` is the text of that expression; `--regen` writes
it anew. A block below `<!-- not run -->` is not run.
"""

import ast
import doctest
import importlib
import inspect
import linecache
import re
from pathlib import Path

import pytest

import srcad
from srcad import pipeline, trees
from srcad.analyses.activity import active
from srcad.frontend.builder import Builder
from srcad.frontend.lower import lower
from srcad.ir.nodes import Function
from srcad.transforms.reverse import reverse
from srcad.transforms.simplify import simplify
from tests import refusals
from tests.ir_printer import shown

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[^\n]*?) -->\n\n?)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL


# ---- what pages may show -------------------------------------------------------------------------


def lowered(function, *args):
    """The program that the frontend makes of a function, tidied."""
    program = lower(function, args, {})
    return shown(simplify(program.function, program.sizes, share=False))


def activity(function, *args):
    """Which values of that program carry derivatives of its parameters."""
    program = lower(function, args, {})
    primal = simplify(program.function, program.sizes, share=False)
    inputs = [var for var in primal.params if var.kind.is_inexact]
    from tests.ir_printer import Printer

    printer = Printer()
    shown(primal, printer)
    found = active(primal.body, inputs)
    return ", ".join(name for var, name in printer.names.items() if var in found)


def adjoint(function, *args):
    """The adjoint of that program, as if every value of it were still at hand."""
    program = lower(function, args, {})
    primal = simplify(program.function, program.sizes, share=False)
    inputs = tuple(var for var in primal.params if var.kind.is_inexact)
    from tests.ir_printer import Printer

    printer = Printer()
    shown(primal, printer)
    printer.lines.clear()
    builder = Builder(program.sizes, known=program.known)
    written = reverse(
        primal.body, primal.body.results, inputs, active(primal.body, inputs), builder
    )
    return shown(Function(f"{function.__name__}_adjoint", written.seeds, written.body), printer)


def pair(function, *args):
    """The forward and the backward program."""
    made = specialised(function, *args).shared.derivative
    return f"{shown(made.fwd)}\n\n{shown(made.bwd)}"


def specialised(function, *args):
    wrt = (True,) * len(trees.flatten((args, {}))[0])
    return pipeline.specialise(function, args, {}, wrt, False, pipeline.Options(engine="numpy"))


def functions_of(function, *args, level="array", mode="reverse"):
    """The functions of a generated module, without its head."""
    text = srcad.source(function, *args, level=level, mode=mode)
    return text[text.index("\ndef ") + 1 :]


def functions_in(text, *names):
    """Some functions of a module, with their decorators."""
    found = {
        node.name: "\n".join(
            text.splitlines()[
                min([n.lineno for n in node.decorator_list], default=node.lineno)
                - 1 : node.end_lineno
            ]
        )
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    return "\n\n\n".join(found[name] for name in names)


def house():
    """One line for each module of srcad: its own first one."""
    lines = []
    for folder in (ROOT / "srcad", *sorted(p for p in (ROOT / "srcad").iterdir() if p.is_dir())):
        files = [file for file in sorted(folder.glob("*.py")) if file.name != "__init__.py"]
        if not files:
            continue
        about = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        lines.append(f"{folder.relative_to(ROOT)}/".ljust(21) + (about or "").splitlines()[0])
        for file in files:
            about = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
            lines.append(f"  {file.name}".ljust(21) + " ".join(about.split("\n\n")[0].split()))
    return "\n".join(lines)


def source_of(name):
    """The text of a function of srcad or of a test, by its dotted name."""
    module, _, attribute = name.rpartition(".")
    return inspect.getsource(getattr(importlib.import_module(module), attribute))


def error_pages():
    """The docstring of each error, with its name."""
    parts = []
    for name in sorted(srcad.__all__):
        kind = getattr(srcad, name)
        if isinstance(kind, type) and issubclass(kind, (srcad.SrcadError, Warning)):
            base = kind.__mro__[2].__name__ if issubclass(kind, srcad.SrcadError) else "UserWarning"
            parts.append(f"{name} ({base})\n\n{inspect.getdoc(kind)}")
    return "\n\n\n".join(parts)


def table_in(name):
    """The table in the docstring of a module."""
    lines = inspect.getdoc(importlib.import_module(name)).splitlines()
    return "\n".join(line for line in lines if line.startswith("|"))


def refused(*kinds):
    """The reasons for which srcad raises some errors, from its own source."""
    return "\n".join(map(refusals.page, kinds))


def conflicts():
    """What a name can stand for that srcad does not follow."""
    return "\n".join(f"… {reason}" for reason in refusals.conflicts())


TOOLS = (
    refused,
    conflicts,
    table_in,
    lowered,
    activity,
    adjoint,
    pair,
    functions_of,
    functions_in,
    house,
    source_of,
    error_pages,
)


# ---- running a page ------------------------------------------------------------------------------


def run_module(text, namespace):
    """Execute a block as a file of its own, named after the first function in it."""
    defined = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    path = f"{defined[0] if defined else 'page'}.py"
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    exec(compile(text, path, "exec"), namespace)


def run_doctest(text, namespace, name, line):
    test = doctest.DocTestParser().get_doctest(text, namespace, name, name, line)
    report = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test, out=report.append, clear_globs=False)
    namespace.update(test.globs)
    assert not runner.failures, "".join(report)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page, request, monkeypatch):
    monkeypatch.chdir(ROOT)
    regen = request.config.getoption("--regen")
    namespace = {"__name__": "page", **{tool.__name__: tool for tool in TOOLS}}
    page_text = page.read_text(encoding="utf-8")
    parts, end = [], 0
    for block in BLOCK.finditer(page_text):
        note, text = block["note"] or "", block["text"]
        if note.startswith("from: "):
            expected = str(eval(note.removeprefix("from: "), namespace)).strip("\n") + "\n"
            if not regen:
                assert text == expected, f"{page.name}: written anew with --regen: read the diff"
            parts += [page_text[end : block.start("text")], expected]
            end = block.end("text")
        elif block["kind"] != "python" or note == "not run":
            continue
        elif ">>>" in text:
            line = page_text[: block.start("text")].count("\n")
            run_doctest(text, namespace, page.name, line)
        else:
            run_module(text, namespace)
    if regen:
        page.write_text("".join([*parts, page_text[end:]]), encoding="utf-8")


def test_every_refusal_is_on_its_page():
    text = " ".join((ROOT / "docs" / "refusals.md").read_text(encoding="utf-8").split())
    found = refusals.refusals()
    assert len(found) > 100
    for kind, message, _ in found:
        assert kind in text
        assert " ".join(message.split()) in text


def test_pages_have_no_machine_paths():
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert str(Path.home()) + "/" not in text


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
