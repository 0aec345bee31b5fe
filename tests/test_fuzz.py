"""The fuzzer: some of its programs, and whether it would find a fault and shrink it."""

import ast
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fuzzing.case import Case, Wrong, case_of, loaded
from fuzzing.checks import check
from fuzzing.engines import check_value
from fuzzing.grammar import program
from fuzzing.numbers import duplicate, has_holes, same, strided
from fuzzing.omitted import explained, without
from fuzzing.patience import TooLong, limited
from fuzzing.report import entry
from fuzzing.rounding import depends_on_layout, depends_on_rounding
from fuzzing.run import run, smallest
from fuzzing.shrinking import shrink

from srcad.loops import nests
from srcad.rules.registry import PRIMITIVES

ROOT = Path(__file__).parent.parent
PROGRAMS, CHUNK = 200, 20


def at_loop_level(counts):
    return counts["loop level"] + counts["loop level, with value_and_grad"]


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=pytest.mark.slow if first else ())
        for first in range(0, PROGRAMS, CHUNK)
    ],
)
def test_random_programs(first):
    found = []
    report, after = run(first, CHUNK, every=0, tell=found.append)
    assert after == first + CHUNK
    assert not found, "\n\n".join(found)
    assert report.programs > CHUNK // 2
    assert at_loop_level(report.checks) > CHUNK // 2
    assert report.checks["finite differences"] > CHUNK // 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 8, 20])
def test_random_programs_compiled(seed):
    found = []
    report, _ = run(seed, 1, every=1, tell=found.append)
    assert not found, "\n\n".join(found)
    assert report.compiled == 1
    assert report.checks["compiled"] > 0


def test_same_seed_same_program():
    code = "from fuzzing.grammar import program; print(program(5), program(6))"
    texts = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": f"{ROOT / 'tools'}:{ROOT}", "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashes in ("1", "2")
    ]
    assert texts[0] == texts[1]
    assert texts[0].strip() == f"{program(5)} {program(6)}".strip()


def wrong_tanh(ans, x):
    return 1.0 - ans


def test_a_wrong_rule_is_found(monkeypatch):
    for function in (np.tanh, math.tanh):
        planted = replace(PRIMITIVES[function], reverse=wrong_tanh)
        monkeypatch.setitem(PRIMITIVES, function, planted)
    shrunk = first_failure("gradient, array level", range(10, 50))
    assert "tanh" in shrunk.source
    assert shrunk.statements <= 4


def test_loops_that_must_not_be_one_are_found(monkeypatch):
    monkeypatch.setattr(nests.Nest, "_relation", lambda nest, first, second: "same")
    shrunk = first_failure("loop level", range(40))
    assert shrunk.statements <= 6


def test_memory_that_nobody_wrote_is_found(monkeypatch):
    def empty(shape, dtype, show, kind="empty"):
        return allocate(shape, dtype, show)

    allocate = nests._allocate
    monkeypatch.setattr(nests, "_allocate", empty)
    shrunk = first_failure("loop level", range(40))
    assert shrunk.statements <= 8


def first_failure(kind, seeds):
    """The first case that fails in a way, made small; it fails no more when the fault is gone."""
    for seed in seeds:
        case = case_of(seed)
        failure = check(case).failure if case else None
        if failure and kind in failure.kind:
            shrunk, last = smallest(case, failure, False)
            assert last.kind == failure.kind
            assert shrunk.statements < case.statements
            return shrunk
    raise AssertionError("not found")


def test_a_statement_without_effect_need_not_raise():
    source = "import numpy as np\n\ndef f(x):\n    y = x[9]\n    return x * 2.0\n"
    outcome = check(Case(0, source, ((np.ones(2),),)))
    assert outcome.failure is None
    assert outcome.counts == {"exceptions left out": 1}


@pytest.mark.parametrize("used, right", [("p", True), ("q", False)])
def test_nor_part_of_a_statement_without_effect(used, right):
    source = f"""import numpy as np

def f(x):
    both = {{"p": x, "q": x[9] * 2.0}}
    return both["{used}"] * 2.0
"""
    call = (np.ones(2),)
    with loaded(source) as function:
        try:
            function(*call)
        except IndexError as error:
            raised = error

    def agree(found, other):
        check_value(found, other, 1e-9, "here")

    assert explained(source, call, np.full(2, 2.0), raised, agree) is right


@pytest.mark.parametrize(
    "line", ["x[9], a = a, 0.3 * a", "a = max([a for p, q in zip(x, u[:, 0])])"]
)
def test_nor_a_part_that_is_written_to_nor_one_of_which_the_length_counts(line):
    source = f"import numpy as np\n\ndef f(x, u, a):\n    {line}\n    return a\n"
    outcome = check(Case(0, source, ((np.ones(2), np.ones((2, 0)), 0.5),)))
    assert outcome.failure is None
    assert outcome.counts == {"exceptions left out": 1}


def test_nor_a_trip_of_which_the_value_is_dropped():
    source = """import numpy as np

def f(x):
    values = []
    for i in range(3):
        values.append(x[i])
        if len(values) > 2:
            values.pop()
    return np.array(values) * 2.0
"""
    outcome = check(Case(0, source, ((np.array([0.2, 0.7]),),)))
    assert outcome.failure is None
    assert outcome.counts == {"exceptions left out": 1}


@pytest.mark.parametrize("decided", [True, False])
def test_what_only_the_layout_of_memory_decides_is_told_apart(decided):
    def first_in_memory(u):
        return u.ravel("K")[1] if decided else u.ravel()[1]

    call = (np.arange(6.0).reshape(2, 3),)
    assert depends_on_layout(first_in_memory, call, 1e-9) is decided


@pytest.mark.parametrize("decided", [True, False])
def test_so_is_what_the_last_bit_of_a_sum_decides(decided):
    best = "np.mean(np.where(x > 0.3, x, x))" if decided else "0.4 * np.mean(x)"
    source = f"""import numpy as np

def f(x, a):
    best = {best}
    if np.mean(x) >= best:
        a = a + 4.0
    return a * best
"""
    call = (np.array([0.5, 0.2, 0.8, 0.4]), 0.2)
    assert depends_on_rounding(source, call, None, 1e-9) is decided


@pytest.mark.parametrize("kind, sides", [("smooth", 3), ("median", 3), ("four", 4), ("kink", 2)])
def test_differences_know_their_kinks(kind, sides):
    body = {
        "smooth": "np.sum(x * x)",
        "median": "min(max(x[0], x[1]), x[2])",  # one direction in three sees no kink
        "four": "np.median(x)",  # no direction alone sees one
        "kink": "1000.0 * x[0] + 0.5 * abs(x[1])",
    }[kind]
    call = np.full(sides, 0.5) if kind != "kink" else np.array([1.0, 0.0])
    outcome = check(Case(0, f"import numpy as np\n\ndef f(x):\n    return {body}\n", ((call,),)))
    assert outcome.failure is None
    assert at_loop_level(outcome.counts) == 1


WAYS = """import numpy as np

def f(x, a):
    if a > 0.5:
        a = np.float32(a)
    return a * np.sum(x)
"""


def test_a_result_may_be_wider_where_single_precision_takes_part():
    case = Case(0, WAYS, ((np.ones(2, np.float32), 0.75), (np.ones(2, np.float32), 0.25)))
    outcome = check(case)
    assert outcome.failure is None
    assert at_loop_level(outcome.counts) == 2
    with pytest.raises(Wrong, match="type"):
        check_value(np.float32(0.5), np.float64(0.5), 1e-3, "here")
    with pytest.raises(Wrong, match="value"):
        check_value(np.float64(0.5), np.float32(0.6), 1e-3, "here")


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_a_program_has_ten_statements(seed):
    function = ast.parse(program(seed)).body[-1]
    assert sum(isinstance(node, ast.stmt) for node in ast.walk(function)) > 10


def test_all_kinds_of_statements_are_written():
    nodes = {type(node) for seed in range(150) for node in ast.walk(ast.parse(program(seed)))}
    assert nodes >= {
        *(ast.Try, ast.Raise, ast.Assert, ast.Match, ast.While, ast.Break, ast.Continue),
        *(ast.ListComp, ast.GeneratorExp, ast.Dict, ast.ClassDef, ast.FunctionDef, ast.Nonlocal),
        *(ast.Lambda, ast.Starred, ast.NamedExpr, ast.IfExp, ast.BoolOp),
    }


TRYING = """import numpy as np

def f(x, k):
    try:
        y = x / k
    except ZeroDivisionError:
        y = np.tanh(x)
    finally:
        x = x * 2.0
    match k:
        case 0:
            x = x + y
    return x
"""


def test_blocks_of_all_kinds_are_shrunk():
    shrunk = shrink(Case(0, TRYING, ((0.5, 0),)), lambda case: "np.tanh(x)" in case.source, 500)
    assert "try" not in shrunk.source
    assert "match" not in shrunk.source


def test_copies_are_laid_out_like_their_originals():
    wide = strided(np.arange(6.0).reshape(2, 3))
    assert has_holes(wide)
    assert has_holes(duplicate((wide, 1.0))[0])
    assert same(duplicate((wide,)), (wide,))


def test_patience_ends():
    def forever():
        with limited(0.05):
            while True:
                pass

    with pytest.raises(TooLong):
        forever()


SMALL = """import numpy as np

def g(x):
    return x + 1.0

def f(x, y, n):
    a = g(np.sum(x))
    while n > 0:
        n -= 1
        y = np.tanh(y * a) + x
    if n == 0:
        a = a * 2.0
    return a * y
"""


def test_shrinking_keeps_what_matters():
    call = (np.array([0.123]), np.ones(2), 3)
    case = Case(0, SMALL, (call, call))
    shrunk = shrink(case, lambda case: "np.tanh(" in case.source, 500)
    assert shrunk.source == "import numpy as np\n\ndef f():\n    return np.tanh(0.5)\n" or (
        shrunk.statements <= 3 and len(shrunk.calls) == 1
    )


def test_a_loop_that_counts_goes_on_counting():
    case = Case(0, SMALL, ((np.array([0.123]), np.ones(2), 3),))
    seen = []

    def fails(case):
        for node in ast.walk(ast.parse(case.source)):
            if isinstance(node, ast.While):
                seen.append(case.source)
                assert isinstance(node.body[0], ast.AugAssign)
                assert ast.unparse(node.test) == "n > 0"
        return "while" in case.source

    assert "while" in shrink(case, fails, 500).source
    assert seen


def test_a_statement_is_taken_away():
    assert without("def f(x):\n    y = x[9]\n    return x\n", 2) == (
        "def f(x):\n    pass\n    return x\n"
    )
    assert without("def f(x):\n    return x[9]\n", 2) is None
    assert without("def f(x):\n    while True:\n        if x[9]:\n            break\n", 3) is None


@pytest.mark.parametrize("seed", [4, 5, 6])  # Fortran order, float32, steps
def test_the_entry_of_a_failure_is_python(seed):
    case = case_of(seed)
    namespace = {"np": np}
    exec(entry(case, Wrong("value", "1.0 instead\nof 2.0"), seed), namespace)
    for (function, args), call in zip(namespace["PROGRAMS"], case.calls, strict=True):
        assert function.__name__ == f"found_{seed}"
        assert same(args, call)
        for left, right in zip(args, call, strict=True):
            assert getattr(left, "dtype", 0) == getattr(right, "dtype", 0)
            if isinstance(left, np.ndarray):
                assert left.flags.f_contiguous == right.flags.f_contiguous
                assert has_holes(left) == has_holes(right)


def test_the_tool_ends_with_a_summary(capsys):
    from fuzzing.__main__ import main

    assert main(["--seed", "3", "--programs", "2", "--compile", "0"]) == 0
    text = capsys.readouterr().out
    assert "2 programs" in text
    assert "seeds 3 to 4" in text
    assert "failed: none" in text
