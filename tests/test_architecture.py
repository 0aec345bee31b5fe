"""The house rules that can be read off the imports: floors, file sizes, who knows which library."""

import ast
import subprocess
import sys
from collections import defaultdict
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

SRCAD = Path(__file__).parent.parent / "srcad"
FILES = sorted(SRCAD.rglob("*.py"))
LONGEST = 500

# What each part of srcad (a package, or a module beside them) may import from the others.
# Every part may import itself, and `srcad/__init__.py` may import anything.
GROUND = {"errors", "ir"}
RULES = GROUND | {"rules", "runtime"}
FACTS = RULES | {"analyses"}
PASSES = {"frontend", "transforms", "loops", "emit", "engines", "cache"}
FLOORS = {
    "errors": set(),
    "runtime": {"errors"},
    "ir": {"errors"},
    "rules": {"errors", "runtime"},
    "trees": {"errors"},
    "cotangents": {"errors", "trees"},
    "analyses": RULES,
    "frontend": FACTS,
    "transforms": FACTS,
    "loops": FACTS,
    "emit": FACTS,
    "cache": {"errors"},
    "engines": FACTS | {"emit", "cache"},
    "pipeline": FACTS | PASSES,
    "decorator": FACTS | PASSES | {"pipeline", "trees", "cotangents"},
    "api": FACTS | PASSES | {"pipeline", "trees", "cotangents", "decorator"},
    "testing": FACTS | PASSES | {"pipeline", "trees", "cotangents", "decorator", "api"},
}

# What a part may name besides in its annotations, under `if TYPE_CHECKING:`. Nothing is imported
# there at run time, but each entry is a knot between two floors: keep them few.
ANNOTATIONS = {
    "ir": {"rules"},  # a call holds its primitive, which the rules register
}

# The parts that may import a library. One file only, where the number is 1.
LIBRARIES = {
    "ast": ({"frontend", "emit"}, None),
    "gast": ({"frontend", "emit"}, None),
    "astor": ({"emit"}, 1),
    "numba": ({"engines", "runtime"}, None),
    "llvmlite": ({"engines", "runtime"}, None),
    "optree": ({"trees"}, 1),
    "platformdirs": ({"cache"}, 1),
}

# Slow to import: what does not compile must not wait for them.
HEAVY = ("numba", "llvmlite", "scipy")


def part(file):
    """Return the package or module of srcad that `file` belongs to; "" for `__init__`."""
    first = file.relative_to(SRCAD).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imported(file):
    """Return (line, full name, only for annotations) of all that `file` imports, at any depth."""
    package = ("srcad", *file.relative_to(SRCAD).parts[:-1])
    tree = ast.parse(file.read_text(encoding="utf-8"))
    annotations = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            annotations.update(inner for stmt in node.body for inner in ast.walk(stmt))
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                base = ()
            case ast.ImportFrom(module=module, names=names, level=level):
                base = package[: len(package) - level + 1] if level else ()
                base = (*base, module) if module else base
            case _:
                continue
        for alias in names:
            found.append((node.lineno, ".".join((*base, alias.name)), node in annotations))
    return found


def name(file):
    return str(file.relative_to(SRCAD.parent))


def test_there_is_something_to_check():
    assert FILES


def test_the_floors_are_a_staircase():
    assert set().union(*FLOORS.values()) <= set(FLOORS)
    TopologicalSorter(FLOORS).prepare()  # raises CycleError


@pytest.mark.parametrize("file", FILES, ids=name)
def test_imports_only_from_below(file):
    here = part(file)
    if not here:
        return
    assert here in FLOORS, f"{here} is new: give it a floor in tests/test_architecture.py"
    floors, wrong = sorted(FLOORS[here]), []
    for line, target, annotation in imported(file):
        allowed = FLOORS[here] | {here} | (ANNOTATIONS.get(here, set()) if annotation else set())
        library, _, rest = target.partition(".")
        if library == "srcad" and rest.split(".")[0] not in allowed | {"__version__"}:
            wrong.append(f"{name(file)}:{line} imports {target}; {here} stands on {floors}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("file", FILES, ids=name)
def test_no_file_is_long(file):
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{name(file)} has {lines} lines: split it along an idea"


@pytest.mark.parametrize("library", LIBRARIES)
def test_who_knows_which_library(library):
    allowed, most = LIBRARIES[library]
    users = defaultdict(list)
    for file in FILES:
        for line, target, _ in imported(file):
            if target.split(".")[0] == library:
                users[file].append(f"{name(file)}:{line}")
    strangers = [places for file, places in users.items() if part(file) not in allowed]
    assert not strangers, f"only {sorted(allowed)} may import {library}"
    assert most is None or len(users) <= most, f"one file only may import {library}"


def test_import_is_light():
    code = f"import sys, srcad; print(*[m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=SRCAD.parent, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
