"""Named axes: `psum` and its kin against the same formulas over whole arrays."""

import numpy as np
import pytest

import srcad
from srcad import axis_index, axis_size, grad, jacfwd, jacrev, pmax, pmean, psum, vjp, vmap

ENGINES = ("numpy", pytest.param("numba", marks=pytest.mark.slow))
each_engine = pytest.mark.parametrize("engine", ENGINES)


def by(engine):
    return srcad.differentiable(engine=engine)


def softmax(w, x):
    z = np.exp(np.dot(w, x))
    return z / psum(z, "batch")


def normalised(x):
    centred = x - pmean(x, axis_name="batch")
    return centred / np.sqrt(pmean(centred**2, "batch"))


def below_the_largest(x):
    return x - pmax(x, "batch")


def weighed(w, x):
    total = psum({"z": w * x, "n": 1.0, "w": w}, "batch")
    return total["z"] + total["n"] * total["w"] + x * axis_index("batch") / axis_size("batch")


def moments(w, x):
    mean = pmean(w * x, "batch")
    return mean, np.sum(x)


def helper(x):
    return psum(x, "batch")


def through_a_helper(x):
    return x * helper(x) + helper(x**2)


def after_loops(x, steps):
    y = x
    for _ in range(steps):
        y = np.sin(y) + x
    total = psum(y, "batch")
    while y > 0.5:
        y = y * 0.5 * total / total
    return y * total


def rows(w, x):
    return vmap(lambda v: v / psum(v * w[0], "row"), axis_name="row")(x)


def array(*shape):
    return np.random.default_rng(shape).uniform(0.5, 1.5, shape)


def looped(x, steps):
    y = x.copy()
    for _ in range(steps):
        y = np.sin(y) + x
    total = np.sum(y)
    out = []
    for e in y:
        while e > 0.5:
            e = e * 0.5
        out.append(e * total)
    return np.array(out)


CASES = {
    "softmax": (
        vmap(softmax, (None, 0), axis_name="batch"),
        lambda w, x: np.exp(x @ w) / np.sum(np.exp(x @ w)),
        (array(3), array(4, 3)),
    ),
    "normalised": (
        vmap(normalised, axis_name="batch"),
        lambda x: (x - np.mean(x)) / np.sqrt(np.mean((x - np.mean(x)) ** 2)),
        (array(5),),
    ),
    "normalised, arrays": (
        vmap(normalised, 1, 1, axis_name="batch"),
        lambda x: (
            (x - np.mean(x, 1, keepdims=True))
            / np.sqrt(np.mean((x - np.mean(x, 1, keepdims=True)) ** 2, 1, keepdims=True))
        ),
        (array(3, 4),),
    ),
    "largest": (
        vmap(below_the_largest, axis_name="batch"),
        lambda x: x - np.max(x, axis=0),
        (array(4, 3),),
    ),
    "weighed": (
        vmap(weighed, (None, 0), axis_name="batch"),
        lambda w, x: w * np.sum(x, 0) + 4.0 * 4.0 * w + x * np.arange(4.0)[:, None] / 4.0,
        (array(3), array(4, 3)),
    ),
    "not mapped": (
        vmap(moments, (None, 0), (None, 0), axis_name="batch"),
        lambda w, x: (w * np.mean(x, 0), np.sum(x, 1)),
        (array(3), array(4, 3)),
    ),
    "helper": (
        vmap(through_a_helper, axis_name="batch"),
        lambda x: x * np.sum(x) + np.sum(x**2),
        (array(4),),
    ),
    "loops": (vmap(after_loops, (0, None), axis_name="batch"), looped, (array(4), 3)),
    "rows": (
        vmap(rows, (None, 0)),
        lambda w, x: x / np.sum(x * w[0], 1, keepdims=True),
        (array(3), array(4, 3)),
    ),
    "one example": (
        vmap(softmax, (None, 0), axis_name="batch"),
        lambda w, x: np.exp(x @ w) / np.sum(np.exp(x @ w)),
        (array(3), array(1, 3)),
    ),
}
cases = pytest.mark.parametrize("case", CASES)


def close(got, expected, **given):
    one, other = srcad.trees.flatten(got), srcad.trees.flatten(expected)
    assert one[1] == other[1]
    for a, b in zip(one[0], other[0], strict=True):
        assert np.shape(a) == np.shape(b)
        np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13, **given)


@cases
def test_plain_calls(case):
    mapped, expected, args = CASES[case]
    before = [np.copy(arg) for arg in args]
    close(mapped(*args), expected(*args))
    close(args, tuple(before))


@each_engine
@cases
def test_derivatives(case, engine):
    mapped, expected, args = CASES[case]
    value, pull = vjp(by(engine)(mapped), *args)
    close(value, expected(*args))
    out, structure = srcad.trees.flatten(value)
    weights = [np.cos(1.0 + np.arange(o.size).reshape(o.shape)) for o in out]
    bars = pull(srcad.trees.unflatten(structure, weights))
    for position, arg in enumerate(args):
        if not isinstance(arg, np.ndarray):
            continue
        slope = np.empty(arg.shape)
        for index in np.ndindex(arg.shape):
            step = np.zeros(arg.shape)
            step[index] = 1e-6
            ahead, back = (
                srcad.trees.flatten(expected(*args[:position], moved, *args[position + 1 :]))[0]
                for moved in (arg + step, arg - step)
            )
            slope[index] = sum(
                np.sum(w * (a - b)) / 2e-6 for w, a, b in zip(weights, ahead, back, strict=True)
            )
        np.testing.assert_allclose(bars[position], slope, rtol=1e-7, atol=1e-8)


@each_engine
@cases
def test_decorated_functions_run_compiled(case, engine):
    mapped, expected, args = CASES[case]
    axes = mapped.axes
    again = vmap(by(engine)(mapped.inner), axes.given, axes.results, axes.name)
    close(again(*args), expected(*args))


@pytest.mark.parametrize("jacobian", [jacrev, jacfwd])
def test_jacobians_of_what_all_examples_have_a_part_in(jacobian):
    x = array(4)
    p = np.exp(x) / np.sum(np.exp(x))
    mapped = vmap(lambda v: np.exp(v) / psum(np.exp(v), "i"), axis_name="i")
    np.testing.assert_allclose(jacobian(mapped)(x), np.diag(p) - np.outer(p, p), atol=1e-15)


def test_the_sum_of_the_loss_is_counted_once():
    def risk(w, x):
        return vmap(lambda w, x: psum(np.sin(w * x), "b"), (None, 0), None, "b")(w, x)

    x = array(5)
    got = grad(risk)(0.3, x)
    np.testing.assert_allclose(got, np.sum(np.cos(0.3 * x) * x), rtol=1e-14)


def test_what_is_the_same_for_all_examples_is_computed_once():
    mapped = vmap(lambda w, x: pmean(w * x, "b"), (None, 0), None, "b")
    text = srcad.source(mapped, array(3), array(4, 3))
    assert text.count("for k in range(") == 3  # the sum, and its adjoint: comment and loop


def test_names_inside_of_names_are_their_own():
    def inner(x):
        return vmap(lambda v: psum(v, "b") * v, axis_name="b")(x) + psum(x, "a")

    x = array(3, 4)
    mapped = vmap(inner, axis_name="a")
    expected = x * x.sum(1, keepdims=True) + x.sum(0)
    np.testing.assert_allclose(mapped(x), expected, rtol=1e-14)
    np.testing.assert_allclose(vjp(mapped, x)[0], expected, rtol=1e-14)


def test_several_axes_at_once_in_plain_calls():
    mapped = vmap(vmap(lambda v: v / psum(v, ("a", "b")), axis_name="b"), axis_name="a")
    x = array(3, 4)
    np.testing.assert_allclose(mapped(x), x / x.sum(), rtol=1e-14)


# -- what is refused ------------------------------------------------------------------------------


def in_a_branch(x):
    y = x
    if x > 1.0:
        y = psum(x, "b")
    return y


def in_a_loop(x, n):
    for _ in range(n):
        x = x / psum(x, "b")
    return x


def after_a_return(x):
    if x > 1.0:
        return x
    return psum(x, "b")


def in_another_map(x):
    return vmap(lambda v: v + psum(x, "b"))(np.ones(2))


def in_a_derivative(x):
    return grad(lambda v: psum(v * x, "b"))(x)


def with_print(x):
    print(x)
    return psum(x, "b")


def with_a_log(total, x):
    total += x
    return psum(total[0], "b")


@pytest.mark.parametrize(
    ("function", "args", "message"),
    [
        (in_a_branch, (array(3),), "inside of a loop, a branch"),
        (in_a_loop, (array(3), 40), "inside of a loop, a branch"),
        (after_a_return, (array(3),), "inside of a loop, a branch"),
        (in_another_map, (array(3),), "inside of a loop, a branch"),
        (in_a_derivative, (array(3),), "a derivative or another mapped"),
        (with_print, (array(3),), "called several times"),
        (with_a_log, (array(1), array(3)), "called several times"),
    ],
)
def test_collectives_where_examples_do_not_come_together(function, args, message):
    axes = (None, 0) if function is with_a_log else (0, None) if len(args) == 2 else 0
    with pytest.raises(srcad.SrcadError, match=message):
        vjp(vmap(function, axes, axis_name="b"), *args)


def test_a_collective_in_a_derivative_is_refused_in_plain_calls_too():
    with pytest.raises(srcad.SrcadError, match="a derivative or another mapped"):
        vmap(in_a_derivative, axis_name="b")(array(3))


def test_examples_that_do_not_come_to_the_same_collective():
    with pytest.raises(srcad.ArgumentError, match="same collective"):
        vmap(after_a_return, axis_name="b")(np.array([0.5, 1.5]))


def test_a_name_that_is_not_bound():
    for function in (psum, pmean, pmax):
        with pytest.raises(NameError, match="unbound axis name: nope"):
            vmap(lambda x, f=function: f(x, "nope"), axis_name="b")(array(3))
    with pytest.raises(NameError, match="unbound axis name: b"):
        axis_index("b")
    with pytest.raises(NameError, match="unbound axis name: b"):
        grad(lambda x: psum(x, "b"))(1.0)


def test_totals_are_the_examples_own():
    def mutating(x):
        total = psum(x, "b")
        total += x
        return total

    x = array(4, 3)
    mapped = vmap(mutating, axis_name="b")
    close(mapped(x), x.sum(0) + x)
    close(vjp(mapped, x)[0], x.sum(0) + x)


# -- reduce_axes ----------------------------------------------------------------------------------

W = np.array([0.1, 0.2, 0.3])
X = np.arange(6.0).reshape(2, 3) / 10.0
CT = np.array([1.0, 2.0])


def wave(w, x):
    return np.sin(np.dot(x, w))


def pulled(w, x, ct):
    return vjp(wave, w, x)[1](ct)


def pulled_and_summed(w, x, ct):
    return vjp(wave, w, x, reduce_axes=("batch",))[1](ct)


def by_halves(w, x, ct):
    value, pull = vjp(wave, w * 2.0, x, reduce_axes="batch")
    return pull(ct * value)


def exponential(w, x):
    return np.sum(np.exp(w) * x)


def called(mapped, *args):
    return mapped(*args)


def through_vjp(mapped, *args):
    return vjp(by("numpy")(mapped), *args)[0]


def compiled(mapped, *args):
    again = vmap(by("numba")(mapped.inner), mapped.axes.given, mapped.axes.results, "batch")
    return again(*args)


ways = pytest.mark.parametrize(
    "way", [called, through_vjp, pytest.param(compiled, marks=pytest.mark.slow)]
)
# What jax 0.4.25 gives: per example, and with `reduce_axes` under `xmap`.
EACH = [[0.0, 0.0996802, 0.1993604], [0.579834, 0.773112, 0.96639]]
SUMMED = [0.579834, 0.8727922, 1.1657503]


@ways
def test_each_example_has_a_cotangent_of_its_own(way):
    w_bars, x_bars = way(vmap(pulled, (None, 0, 0), axis_name="batch"), W, X, CT)
    np.testing.assert_allclose(w_bars, EACH, atol=1e-6)
    np.testing.assert_allclose(x_bars, (CT * np.cos(X @ W))[:, None] * W, rtol=1e-14)


@ways
def test_cotangents_of_what_is_not_mapped_are_summed(way):
    mapped = vmap(pulled_and_summed, (None, 0, 0), (None, 0), "batch")
    w_bar, x_bars = way(mapped, W, X, CT)
    np.testing.assert_allclose(w_bar, SUMMED, atol=1e-6)
    np.testing.assert_allclose(w_bar, (CT * np.cos(X @ W)) @ X, rtol=1e-14)
    np.testing.assert_allclose(x_bars, (CT * np.cos(X @ W))[:, None] * W, rtol=1e-14)


@ways
def test_with_an_axis_they_are_the_same_for_all_examples(way):
    w_bars, _ = way(vmap(pulled_and_summed, (None, 0, 0), 0, "batch"), W, X, CT)
    np.testing.assert_allclose(w_bars, [SUMMED, SUMMED], atol=1e-6)


@ways
def test_what_is_computed_of_what_is_not_mapped_is_not_mapped(way):
    mapped = vmap(by_halves, (None, 0, 0), (None, 0), "batch")
    w_bar, _ = way(mapped, W, X, CT)
    z = 2.0 * X @ W
    np.testing.assert_allclose(w_bar, (CT * np.sin(z) * np.cos(z)) @ X, rtol=1e-14)


@ways
def test_mapped_primals_keep_theirs(way):
    mapped = vmap(pulled_and_summed, 0, 0, "batch")
    w_bars, _ = way(mapped, np.stack([W, W]), X, CT)
    np.testing.assert_allclose(w_bars, EACH, atol=1e-6)


@ways
def test_equal_examples_are_mapped_all_the_same(way):
    mapped = vmap(pulled_and_summed, (None, 0, 0), (None, 0), "batch")
    _, x_bars = way(mapped, W, np.stack([X[1], X[1]]), np.ones(2))
    np.testing.assert_allclose(x_bars, [np.cos(X[1] @ W) * W] * 2, rtol=1e-14)


@pytest.mark.parametrize("of", [grad, lambda f, **given: lambda w, x: grad(f, **given)(w, x)])
def test_gradients_are_summed(of):
    mapped = vmap(of(exponential, reduce_axes="batch"), (None, 0), None, "batch")
    np.testing.assert_allclose(mapped(W, X), np.exp(W) * X.sum(0), rtol=1e-14)
    np.testing.assert_allclose(mapped(W, X), [0.3316, 0.6107, 0.9449], atol=1e-4)


def test_a_name_that_is_not_bound_changes_nothing():
    for names in ("nope", ("nope", "neither")):
        mapped = vmap(grad(exponential, reduce_axes=names), (None, 0), 0, "batch")
        np.testing.assert_allclose(mapped(W, X), np.exp(W) * X, rtol=1e-14)
        np.testing.assert_allclose(through_vjp(mapped, W, X), np.exp(W) * X, rtol=1e-14)
        value, pull = vjp(wave, W, X[0], reduce_axes=names)
        np.testing.assert_allclose(pull(1.0)[0], np.cos(value * 0 + X[0] @ W) * X[0])


def test_the_sum_takes_the_memory_of_one():
    mapped = vmap(grad(exponential, reduce_axes="batch"), (None, 0), None, "batch")
    text = srcad.source(mapped, W, X)
    assert "np.empty((x.shape[0]," not in text.split("def ")[1]


def test_the_derivative_of_a_sum_of_gradients():
    def descended(w, x):
        g = vmap(grad(wave, reduce_axes="batch"), (None, 0), None, "batch")(w, x)
        return np.sum(g**2)

    step = 1e-6 * np.array([1.0, -2.0, 3.0])
    slope = (descended(W + step, X) - descended(W - step, X)) / 2.0
    np.testing.assert_allclose(np.dot(grad(descended)(W, X), step), slope, rtol=1e-6)


def test_a_pullback_in_a_loop_is_refused():
    def looped(w, x):
        total = np.zeros(3)
        for i in range(len(x)):
            total = total + grad(wave, reduce_axes="batch")(w, x * i)
        return total

    with pytest.raises(srcad.SrcadError, match="reduce_axes"):
        vmap(looped, (None, 0), None, "batch")(W, array(2, 40))
