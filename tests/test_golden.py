"""Golden files: what srcad writes for `tests/golden/NAME.py` is read, kept and executed.

`tools/test --regen` (or `pytest tests/test_golden.py --regen`) writes them anew. Read the diff.
"""

import copy

import numpy as np
import pytest

import srcad
from srcad import trees
from tests.goldens import FOLDER, LEVELS, NAMES, TANGENTS, Golden

# Programs that run at the array level only, so far.
WITHOUT_LOOPS = {"checks"}

# A stencil of six points for the first derivative, exact for polynomials of degree six.
WEIGHTS = {1: 45.0 / 60.0, 2: -9.0 / 60.0, 3: 1.0 / 60.0}
STEP = 2e-3

each_golden = pytest.mark.parametrize("name", NAMES)
each_level = pytest.mark.parametrize("level", LEVELS)


def is_float(leaf):
    return isinstance(leaf, float) or getattr(leaf, "dtype", np.dtype(int)).kind == "f"


def equal(left, right):
    """Whether two trees of arrays and numbers are equal to the last bit."""
    first, structure = trees.flatten(left)
    second, other = trees.flatten(right)
    return structure == other and all(map(np.array_equal, first, second))


def inner(first, second):
    pairs = zip(first, second, strict=True)
    return sum(float(np.sum(a * b)) for a, b in pairs if a is not None and b is not None)


def drawn(leaves, wanted, rng):
    """Random values like the leaves that are wanted, else None."""
    made = (rng.uniform(-1.0, 1.0, np.shape(leaf)) for leaf in leaves)
    return [
        (draw if np.ndim(leaf) else draw.item()) if want else None
        for draw, leaf, want in zip(made, leaves, wanted, strict=True)
    ]


def by_differences(golden, cotangents, direction):
    """The derivative of <cotangents, f(args)> along a direction."""
    leaves, structure = trees.flatten(golden.args)

    def along(step):
        moved = [
            leaf if dot is None else leaf + step * dot
            for leaf, dot in zip(leaves, direction, strict=True)
        ]
        out = golden.function(*trees.unflatten(structure, moved))
        return inner(cotangents, trees.flatten(out)[0])

    steps = WEIGHTS.items()
    return sum(weight * (along(k * STEP) - along(-k * STEP)) for k, weight in steps) / STEP


def executed(golden, text, path):
    """The forward and the backward function of a golden file, as they stand."""
    namespace = {"__name__": f"golden_{golden.name}"}
    exec(compile(text, path, "exec"), namespace)
    return namespace[f"{golden.name}_fwd"], namespace[f"{golden.name}_bwd"]


@each_level
@each_golden
def test_golden(name, level, request, rng):
    golden = Golden(name)
    file, text = golden.file(level), golden.written(level)
    if text is None:
        file.unlink(missing_ok=True)
        assert level == "loops", "there is always an array level"
        assert name in WITHOUT_LOOPS, "the loop level has been lost"
        return
    assert level == "array" or name not in WITHOUT_LOOPS, "take it out of WITHOUT_LOOPS"
    if request.config.getoption("--regen"):
        file.write_text(text, encoding="utf-8")
    assert file.exists(), "write it with --regen"
    assert text == file.read_text(encoding="utf-8"), "written anew with --regen: read the diff"

    forward, backward = executed(golden, text, str(file))
    made = golden.specialisation
    inputs = made._inputs(trees.flatten(golden.args)[0])
    before = copy.deepcopy(inputs)
    out, saved = forward(*inputs)
    results = (out,) if len(made.shared.derivative.primal.body.results) == 1 else out
    leaves, structure = trees.flatten(golden.function(*golden.args))

    # the primal, and the caller's arrays
    assert equal(inputs, before)
    got, same = trees.flatten(trees.unflatten(structure, _ordered(made, results)))
    assert same == structure
    for mine, theirs in zip(got, leaves, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-14, atol=1e-15)

    # the pullback, called twice
    cotangents = drawn(leaves, [is_float(leaf) for leaf in leaves], rng)
    seeds = [cotangents[i] for i in made.shared.order]
    kept = copy.deepcopy(saved)
    first, second = (backward(saved, *copy.deepcopy(seeds)) for _ in range(2))
    assert equal(first, second)
    assert equal(saved, kept)

    # the gradient
    primals = trees.flatten(golden.args)[0]
    found = (first,) if len(made.shared.derivative.inputs) == 1 else first
    bars = [None if place is None else found[place] for place in made.shared.bars]
    wanted = [bar is not None for bar in bars]
    assert wanted == [
        want and is_float(leaf) for want, leaf in zip(golden.wrt, primals, strict=True)
    ]
    for bar, leaf in zip(bars, primals, strict=True):
        assert bar is None or np.shape(bar) == np.shape(leaf)
    for _ in range(3):
        direction = drawn(primals, wanted, rng)
        expected = by_differences(golden, cotangents, direction)
        # Differences are taken in double precision: the steps widen what they are added to.
        single = any(np.dtype(np.float32) == getattr(leaf, "dtype", None) for leaf in primals)
        rtol, atol = (1e-5, 1e-6) if single else (1e-8, 1e-9)
        np.testing.assert_allclose(inner(bars, direction), expected, rtol=rtol, atol=atol)


@pytest.mark.parametrize("name", TANGENTS)
def test_golden_tangent(name, request, rng):
    golden = Golden(name)
    file, text, made = golden.tangent_file, golden.tangent.array_source, golden.tangent.shared
    if request.config.getoption("--regen"):
        file.write_text(text, encoding="utf-8")
    assert file.exists(), "write it with --regen"
    assert text == file.read_text(encoding="utf-8"), "written anew with --regen: read the diff"

    namespace = {"__name__": f"golden_{name}"}
    exec(compile(text, str(file), "exec"), namespace)
    inputs = golden.tangent.inputs(trees.flatten(golden.args)[0])
    primals = trees.flatten(golden.args)[0]
    wanted = [number in made.moving for number in range(len(primals))]
    expected_leaves = trees.flatten(golden.function(*golden.args))[0]
    for _ in range(3):
        direction = drawn(primals, wanted, rng)
        cotangents = drawn(expected_leaves, [is_float(leaf) for leaf in expected_leaves], rng)
        given = [*inputs, *(direction[i] for i in made.moving)]
        before = copy.deepcopy(given)
        out, dots = namespace[f"{name}_jvp"](*given)
        assert equal(given, before)
        results = (out,) if len(made.tangent.primal.body.results) == 1 else out
        dots = (dots,) if len(made.tangent.outputs) == 1 else dots
        for mine, theirs in zip(_ordered(golden.tangent, results), expected_leaves, strict=True):
            np.testing.assert_allclose(mine, theirs, rtol=1e-14, atol=1e-15)
        moved = inner(cotangents, [None if i is None else dots[i] for i in made.dots])
        expected = by_differences(golden, cotangents, direction)
        np.testing.assert_allclose(moved, expected, rtol=1e-8, atol=1e-9)


def _ordered(made, results):
    """The leaves of the result in the order of its tree, from those of the generated function."""
    from srcad.frontend.lower import build

    return trees.flatten(build(made.shared.template, results))[0]


@pytest.mark.slow
@each_golden
def test_engines_agree(name, rng):
    golden = Golden(name)
    if name in WITHOUT_LOOPS:
        pytest.skip("runs at the array level only")
    answers = []
    for engine in ("numpy", "numba"):
        function = srcad.differentiable(engine=engine)(golden.function)
        out, pullback = srcad.vjp(function, *golden.args)
        leaves, structure = trees.flatten(out)
        rng = np.random.default_rng(7)
        seeds = [
            np.asarray(rng.uniform(-1.0, 1.0, np.shape(leaf)), getattr(leaf, "dtype", float))
            if is_float(leaf)
            else np.zeros(np.shape(leaf), [("float0", "V")])
            for leaf in leaves
        ]
        answers.append((leaves, trees.flatten(pullback(trees.unflatten(structure, seeds)))[0]))
    for mine, theirs in zip(*answers, strict=True):
        for left, right in zip(mine, theirs, strict=True):
            if is_float(left):
                single = np.dtype(np.float32) == getattr(left, "dtype", None)
                rtol, atol = (1e-6, 1e-6) if single else (1e-11, 1e-12)
                np.testing.assert_allclose(left, right, rtol=rtol, atol=atol)


def test_no_file_is_left_over():
    kept = {golden.file(level) for golden in map(Golden, NAMES) for level in LEVELS}
    kept |= {Golden(name).tangent_file for name in TANGENTS}
    kept |= {FOLDER / f"{name}.py" for name in NAMES}
    assert set(FOLDER.glob("*.py")) <= kept


def test_a_linear_stencil_records_nothing():
    for level in LEVELS:
        text = Golden("diffusion").file(level).read_text(encoding="utf-8")
        assert "tape" not in text
