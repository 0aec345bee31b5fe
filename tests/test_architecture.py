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
CORE = {"errors", "ir"}
FACTS = CORE | {"analyses"}
PROGRAMS = FACTS | {"rules", "runtime", "frontend"}
TEXT = PROGRAMS | {"transforms", "emit"}
PASSES = TEXT | {"loops", "engines", "specialise", "trees", "cotangents"}
CALLS = {"errors", "trees", "cotangents", "pipeline", "target"}
FLOORS = {
    "errors": set(),
    "runtime": {"errors"},
    "ir": {"errors"},
    "trees": {"errors"},
    "axes": {"errors", "trees"},
    "collectives": {"errors", "trees"},
    "mapped": {"errors", "trees", "axes", "collectives"},
    "cotangents": {"errors", "trees"},
    "cache": {"errors"},
    "custom": {"errors", "trees"},
    "rules": {"ir", "runtime"},
    "analyses": CORE,
    "frontend": FACTS | {"rules", "trees", "custom", "axes", "collectives", "derived", "mapped"},
    "transforms": PROGRAMS,
    "argnums": {"errors"},
    "derived": set(),
    "nesting": PROGRAMS | {"transforms", "argnums", "derived"},
    "emit": FACTS | {"transforms"},
    "loops": TEXT,
    "engines": CORE | {"cache", "runtime", "transforms", "emit"},
    "specialise": FACTS | {"frontend", "nesting", "custom", "derived", "mapped"},
    "pipeline": PASSES | {"nesting"},
    "tangents": PASSES | {"pipeline"},
    "target": {"errors", "trees", "pipeline"},
    "differences": set(),
    "directions": {"cotangents"},
    "check": CALLS | {"differences", "directions"},
    "fastpath": FACTS | {"frontend", "engines", "specialise", "cotangents", "pipeline", "target"},
    "debugging": CALLS | {"pullback"},
    "explanation": {"errors", "analyses"},
    "explaining": FACTS | {"explanation", "pipeline", "transforms"},
    "pullback": CALLS | {"check", "directions"},
    "gradient": CALLS
    | {"argnums", "batched", "check", "collectives", "derived", "fastpath", "mapped"},
    "pushforward": CALLS | {"pullback", "tangents"},
    "jacobian": CALLS | {"argnums", "derived", "tangents"},
    "njit": CALLS - {"pipeline"} | {"argnums", "engines", "gradient", "standalone"},
    "testing": CALLS | {"api", "check", "directions", "pullback", "pushforward"},
    "standalone": PASSES - {"engines", "cotangents"} | {"argnums", "pipeline", "target"},
    "batched": CALLS | {"mapped", "specialise", "tangents"},
    "decorator": CALLS | {"pullback", "gradient", "mapped", "batched", "collectives"},
    "api": CALLS
    | {"argnums", "batched", "collectives"}
    | {"pullback", "pushforward", "gradient", "jacobian", "decorator", "tangents"},
    "recomputed": {"api", "custom", "target"},
    "written": CALLS | {"argnums", "explaining", "explanation", "standalone", "njit", "tangents"},
}

# The parts that may import a library. One file only, where the number is 1.
LIBRARIES = {
    "ast": ({"frontend", "emit", "loops", "standalone"}, None),
    "gast": ({"frontend"}, None),
    "astor": ({"emit"}, 1),
    "numba": ({"engines"}, None),
    "llvmlite": ({"engines"}, None),
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
    """Return (line, full name) of all that `file` imports, at any depth, also for annotations."""
    package = ("srcad", *file.relative_to(SRCAD).parts[:-1])
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import(names=names):
                base = ()
            case ast.ImportFrom(module=module, names=names, level=level):
                base = package[: len(package) - level + 1] if level else ()
                base = (*base, module) if module else base
            case _:
                continue
        for alias in names:
            found.append((node.lineno, ".".join((*base, alias.name))))
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
    for line, target in imported(file):
        library, _, rest = target.partition(".")
        if library == "srcad" and rest.split(".")[0] not in FLOORS[here] | {here, "__version__"}:
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
        for line, target in imported(file):
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
