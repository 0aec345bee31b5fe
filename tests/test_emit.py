"""`srcad.emit`: modules that are run where `srcad` cannot be imported."""

import copy
import inspect
import pickle
import subprocess
import sys

import numba
import numpy as np
import pytest

import srcad
from srcad import trees
from srcad.frontend.lower import lower
from srcad.nesting.calls import call as nested
from srcad.specialise import captured
from tests.goldens import NAMES, Golden
from tests.programs import language
from tests.reference import derivative, inner, is_float, random_like

# Calls each module in FOLDER as its job says, with no srcad to be found.
RUNNER = """
import importlib.util, pickle, sys, traceback
from pathlib import Path


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "srcad":
            raise ImportError("there is no srcad")


sys.meta_path.insert(0, Absent())
folder = Path(sys.argv[1])
answers = {}
for file in sorted(folder.glob("*.pkl")):
    name, inputs, cotangents, dots = pickle.loads(file.read_bytes())
    try:
        spec = importlib.util.spec_from_file_location(file.stem, file.with_suffix(".py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        spec.loader.exec_module(module)
        if dots is not None:
            answers[file.stem] = getattr(module, name + "_jvp")(*inputs, *dots)
            continue
        value, pull = getattr(module, name + "_vjp")(*inputs)
        bars = pull(*cotangents)
        both = getattr(module, name + "_value_and_grad", None)
        answers[file.stem] = value, bars, pull(*cotangents), both and both(*inputs)
    except Exception:
        answers[file.stem] = traceback.format_exc()
assert "srcad" not in sys.modules
(folder / "answers").write_bytes(pickle.dumps(answers))
"""

CHOSEN = (
    "branch",
    "broadcasting",
    "closure",
    "containers",
    "deposit",
    "diffusion",
    "gauss_seidel",
    "growing_list",
    "impedance",
    "kepler",
    "network",
    "solve",
)


class Job:
    """A program of the golden files with all that is needed to try its module."""

    def __init__(self, name):
        golden = Golden(name)
        rng = np.random.default_rng(3)
        self.name, self.function, self.args = name, golden.function, golden.args
        self.leaves, self.structure = trees.flatten((golden.args, {}))
        program = lower(self.function, golden.args, {}, nested)
        self.given = [leaf for leaf, v in zip(self.leaves, program.leaves, strict=True) if v]
        self.inputs = [*self.given, *captured(self.function, program.captures, self.leaves)]
        self.out, self.out_structure = trees.flatten(self.function(*golden.args))
        self.cotangents = [random_like(leaf, rng) for leaf in self.out]
        # Pullbacks take those of the results that depend on arguments.
        self.seeded = golden.seeded
        self.single = any(getattr(leaf, "dtype", None) == np.float32 for leaf in self.leaves)
        # By some arguments there is no slope: a loop that waits for a tolerance may never end.
        self.direction = [
            np.asarray(random_like(leaf, rng) * wanted) if is_float(leaf) else None
            for leaf, wanted in zip(self.leaves, golden.wrt, strict=True)
        ]
        self.moving = [i for i, leaf in enumerate(self.leaves) if is_float(leaf)]

    def dots(self):
        """The direction as numbers and arrays like the arguments."""
        return [
            direction if isinstance(leaf, np.ndarray) else type(leaf)(direction[()])
            for leaf, direction in zip(self.leaves, self.direction, strict=True)
            if direction is not None
        ]

    def slope(self):
        """The derivative along the direction, by differences or a complex step; by argument."""

        def flat(*leaves):
            args, _ = trees.unflatten(self.structure, leaves)
            return tuple(trees.flatten(self.function(*args))[0])

        given = tuple(self.leaves)
        slopes = [
            derivative(flat, given, place, self.direction[place], self.cotangents)[0]
            for place in self.moving
            if np.any(self.direction[place])
        ]
        return sum(slopes)


def run(folder, jobs, numba=False, mode="reverse"):
    """Write the modules of jobs, and run them in a process without srcad."""
    for job in jobs:
        srcad.emit(job.function, *job.args, path=folder / f"{job.name}.py", numba=numba, mode=mode)
        dots = job.dots() if mode == "forward" else None
        seeds = [job.cotangents[place] for place in job.seeded]
        work = job.name, job.inputs, seeds, dots
        (folder / f"{job.name}.pkl").write_bytes(pickle.dumps(work))
    script = folder / "runner"
    script.write_text(RUNNER)
    done = subprocess.run(
        [sys.executable, "-I", script, folder], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return pickle.loads((folder / "answers").read_bytes())


def tuple_of(found):
    return found if isinstance(found, tuple) else (found,)


def agree(job, answer):
    """Compare with the function, with srcad, and with the derivative that it had no part in."""
    assert not isinstance(answer, str), answer
    value, bars, again, both = answer
    numpy = srcad.differentiable(engine="numpy")(job.function)
    for mine, theirs in zip(tuple_of(value), job.out, strict=True):
        rtol = 1e-6 if job.single else 1e-12
        np.testing.assert_allclose(mine, theirs, rtol=rtol, atol=1e-14)
    _, pullback = srcad.vjp(numpy, *copy.deepcopy(job.args))
    cotangent = trees.unflatten(job.out_structure, job.cotangents)
    expected = trees.flatten(pullback(cotangent))[0]
    expected = [expected[place] for place in job.moving]
    for mine, same, theirs in zip(tuple_of(bars), tuple_of(again), expected, strict=True):
        assert np.shape(mine) == np.shape(theirs)
        single = np.asarray(theirs).dtype == np.float32
        np.testing.assert_allclose(mine, theirs, rtol=1e-5 if single else 1e-11, atol=1e-13)
        np.testing.assert_array_equal(mine, same)
    moved = inner(tuple_of(bars), [job.direction[place] for place in job.moving])
    np.testing.assert_allclose(moved, job.slope(), rtol=1e-5 if job.single else 1e-7, atol=1e-9)
    if both is not None:
        np.testing.assert_allclose(both[0], job.out[0], rtol=1e-12, atol=1e-14)
        for mine, theirs in zip(tuple_of(both[1]), expected, strict=True):
            rtol = 1e-5 if job.single else 1e-11
            np.testing.assert_allclose(mine * job.cotangents[0], theirs, rtol=rtol, atol=1e-13)


EXTENTS = pytest.mark.parametrize(
    ("names", "numba"),
    [
        pytest.param(CHOSEN, False, id="chosen"),
        pytest.param(NAMES, False, id="all", marks=pytest.mark.slow),
        pytest.param(CHOSEN, True, id="compiled", marks=pytest.mark.slow),
    ],
)


@EXTENTS
def test_golden_programs_without_srcad(tmp_path, names, numba):
    jobs = list(map(Job, names))
    answers = run(tmp_path, jobs, numba)
    assert len(answers) == len(names) >= 12
    for job in jobs:
        agree(job, answers[job.name])


@EXTENTS
def test_tangents_without_srcad(tmp_path, names, numba):
    jobs = list(map(Job, names[:4] if numba else names))
    answers = run(tmp_path, jobs, numba, mode="forward")
    for job in jobs:
        assert not isinstance(answers[job.name], str), answers[job.name]
        dots = tuple_of(answers[job.name][1])
        if len(dots) == len(job.out):
            moved = inner(job.cotangents, dots)
            rtol = 1e-5 if job.single else 1e-7
            np.testing.assert_allclose(moved, job.slope(), rtol=rtol, atol=1e-9)


@pytest.mark.parametrize("numba", [False, True])
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_text_says_what_it_imports_and_is_the_same_every_time(mode, numba):
    function, args = Golden("gauss_seidel").function, Golden("gauss_seidel").args
    first = srcad.emit(function, *args, numba=numba, mode=mode)
    srcad.source(function, *args, level="loops")  # which finds out more about sizes
    srcad.emit(function, *args, numba=not numba, mode=mode)
    assert first == srcad.emit(function, *args, numba=numba, mode=mode)
    assert "srcad." not in first
    imports = {line for line in first.splitlines() if line.startswith(("import", "from"))}
    allowed = {"import numpy as np", "import math"}
    assert imports <= allowed | ({"from numba import njit"} if numba else set())
    assert ("@njit(cache=True" in first) == numba
    compile(first, "gauss_seidel_adjoint.py", "exec")


def executed(text, tmp_path):
    """The namespace of a module."""
    file = tmp_path / "module.py"
    file.write_text(text, encoding="utf-8")
    namespace = {"__name__": "alone", "__file__": str(file)}
    exec(compile(text, str(file), "exec"), namespace)
    return namespace


def scaled(x, y, steps):
    for _ in range(steps):
        x = x * y
    return np.sum(x)


def test_users_lines_are_cited(tmp_path):
    text = srcad.emit(scaled, np.ones(3), np.ones(3), 2)
    first = inspect.getsourcelines(scaled)[1]
    assert f"# {first}: def scaled(x, y, steps):" in text
    assert f"# {first + 2}: x = x * y" in text
    assert f"(test_emit.py:{first})" in text


REFUSED = {
    "another dtype": ((np.ones(3, np.float32), np.ones(3), 2), TypeError, "`x` must be an array"),
    "another rank": ((np.ones((3, 3)), np.ones(3), 2), TypeError, "with 1 axis"),
    "no array": (([1.0, 2.0], np.ones(3), 2), TypeError, "`x` must be an array"),
    "another class": ((np.ma.ones(3), np.ones(3), 2), TypeError, "`x` must be an array"),
    "in pieces": ((np.ones(6)[::2], np.ones(3), 2), ValueError, "in one piece"),
    "no int": ((np.ones(3), np.ones(3), 2.0), TypeError, "`steps` must be an int"),
    "other lengths": ((np.ones(1), np.ones(3), 2), ValueError, "len(x) == len(y)"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_arguments_of_other_kinds_are_refused(tmp_path, case):
    module = executed(srcad.emit(scaled, np.ones(3), np.ones(3), 2), tmp_path)
    module["scaled_value_and_grad"](np.ones(4), np.ones(4), 3)
    args, kind, words = REFUSED[case]
    for function in ("scaled_value_and_grad", "scaled_vjp", "scaled_fwd"):
        with pytest.raises(kind) as caught:
            module[function](*args)
        assert words in str(caught.value)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::numba.core.errors.NumbaPendingDeprecationWarning")
@pytest.mark.parametrize("case", [case for case in REFUSED if case != "another class"])
def test_compiled_modules_refuse_them_too(tmp_path, case):
    module = executed(srcad.emit(scaled, np.ones(3), np.ones(3), 2, numba=True), tmp_path)
    args, kind, words = REFUSED[case]
    # What the program could not do with such arguments has no type: Numba says that itself.
    with pytest.raises((kind, numba.core.errors.TypingError)) as caught:
        module["scaled_value_and_grad"](*args)
    assert type(caught.value) is not kind or words in str(caught.value)


def overwritten(x, y):
    x[0] = 2.0 * y[0]
    return np.sum(x * y)


def test_memory_that_is_shared_is_refused(tmp_path):
    module = executed(srcad.emit(overwritten, np.ones(3), np.ones(3)), tmp_path)
    both = np.ones(5)
    module["overwritten_value_and_grad"](both[:2], both[2:4])
    with pytest.raises(ValueError, match="must not share its memory"):
        module["overwritten_value_and_grad"](both[:3], both[1:4])


def halves(x):
    return x, 2.0 * x


def test_pullback_does_not_see_what_the_caller_changes(tmp_path):
    def product(x):
        return x * x

    module = executed(srcad.emit(product, np.ones(3)), tmp_path)
    x = np.arange(3.0)
    out, pull = module["product_vjp"](x)
    out[:], x[:] = 7.0, 7.0
    np.testing.assert_array_equal(pull(np.ones(3)), 2.0 * np.arange(3.0))
    for wrong in (np.ones(2), 1.0, np.ones(3, complex)):
        with pytest.raises(ValueError, match="shape and the dtype"):
            pull(wrong)
    np.testing.assert_array_equal(pull(np.ones(3, int)), 2.0 * np.arange(3.0))


def test_gradients_share_no_memory(tmp_path):
    module = executed(srcad.emit(halves, np.ones(3)), tmp_path)
    (first, _), pull = module["halves_vjp"](np.ones(3))
    bar = np.ones(3)
    (found,) = (pull(bar, np.zeros(3)),)
    assert not np.shares_memory(found, bar)
    assert first.tolist() == [1.0, 1.0, 1.0]


def test_infinite_derivatives_are_values(tmp_path):
    module = executed(srcad.emit(lambda x: np.sqrt(x), 1.0), tmp_path)
    (both,) = (f for name, f in module.items() if name.endswith("_value_and_grad"))
    assert both(0.0)[1] == np.inf


def test_leaves_of_containers_are_named(tmp_path):
    def model(params, x, mode, scale=None):
        return {"low": params["w"] * x, "high": np.sum(x) * params["b"]}

    text = srcad.emit(model, {"w": np.ones(3), "b": 2.0}, np.ones(3), "fast")
    assert "params['w'], an array of float64 with 1 axis" in text
    assert "'fast', which is fixed" in text
    assert "value = (out['high'], out['low'])" in text
    assert "cotangents = (out['high'], out['low'])" in text
    assert "model_value_and_grad" not in text


UNEMITTABLE = {
    "no floats": (lambda n: n * 2.0, (3,), {}, srcad.ArgumentError, "no float or complex"),
    "in pieces": (np.sum, (np.ones(6)[::2],), {}, srcad.ArgumentError, "not in one piece"),
    "mode": (np.sum, (np.ones(6),), {"mode": "back"}, srcad.ArgumentError, "no mode 'back'"),
    "names": (language.caught_of_helper, (20.0,), {}, srcad.UnsupportedType, "`TooBig`"),
    "number": (np.sum, (np.array(1.0),), {"numba": True}, srcad.ArgumentError, "of no axes"),
}


@pytest.mark.parametrize("case", UNEMITTABLE)
def test_what_cannot_be_emitted_is_refused(case):
    function, args, options, kind, words = UNEMITTABLE[case]
    with pytest.raises(kind, match=words):
        srcad.emit(function, *args, **options)


def printing(x):
    print("working")
    return np.sum(x)


def test_what_numba_does_not_compile_is_refused():
    assert "print(" in srcad.emit(printing, np.ones(3))
    with pytest.raises(srcad.CompilationError, match="prints"):
        srcad.emit(printing, np.ones(3), numba=True)


def test_path_is_written(tmp_path):
    path = tmp_path / "f_adjoint.py"
    text = srcad.emit(scaled, np.ones(3), np.ones(3), 2, path=path)
    assert path.read_text(encoding="utf-8") == text
    assert srcad.emit(scaled, np.ones(3), np.ones(3), 2, path=str(path)) == text
