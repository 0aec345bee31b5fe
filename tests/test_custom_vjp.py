"""`custom_vjp`: rules of users, in both modes and at both levels.

Rules that are right are compared with complex steps and closed forms; rules that are deliberately
not the derivative show that it is the rule that is used.
"""

import functools
import math
import pickle
from functools import partial

import numpy as np
import pytest

import srcad
from srcad import custom_vjp, jvp, vjp

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))
X = np.array([0.3, -1.2, 0.8])
SCALE = np.array([2.0, 3.0, 5.0])


def by(engine, function):
    return srcad.differentiable(engine=engine)(function)


@custom_vjp
def log1pexp(x):
    return np.log1p(np.exp(x))


def log1pexp_fwd(x):
    return log1pexp(x), x


def log1pexp_bwd(x, out_bar):
    return (out_bar / (1.0 + np.exp(-x)),)


log1pexp.defvjp(log1pexp_fwd, log1pexp_bwd)


@custom_vjp
def tripled(x):
    """Its derivative is not one: the slope is said to be 3."""
    return x


tripled.defvjp(lambda x: (x, None), lambda _, g: (3.0 * g,))


@custom_vjp
def clipped(x):
    return x


def clipped_bwd(_, g):
    return (np.clip(g, -1.0, 1.0),)


clipped.defvjp(lambda x: (x, None), clipped_bwd)


@partial(custom_vjp, nondiff_argnums=(0, 3))
def solved(function, a, guess, steps=30):
    """The fixed point of `function(a, .)`."""
    y = guess
    for _ in range(steps):
        y = function(a, y)
    return y


def solved_fwd(function, a, guess, steps):
    y = solved(function, a, guess, steps)
    return y, (a, y)


def solved_bwd(function, steps, saved, g):
    a, y = saved
    w = g
    for _ in range(steps):
        w = g + w * 0.5 * np.sqrt(a) * 0.5 / np.sqrt(y)
    return w * np.sqrt(y) / (4.0 * np.sqrt(a)), None


solved.defvjp(solved_fwd, solved_bwd)


def halfway(a, y):
    return 0.5 * np.sqrt(a * y)


@custom_vjp
def statistics(tree, power):
    x, scale = tree["x"], tree["scale"]
    return {"mean": np.mean(x * scale), "powers": [x**power, 7]}, len(x)


def statistics_fwd(tree, power):
    return statistics(tree, power), (tree, power)


def statistics_bwd(saved, bars):
    tree, power = saved
    bar, nothing = bars
    assert nothing is None
    mean_bar, (powers_bar, count_bar) = bar["mean"], bar["powers"]
    assert count_bar is None
    x, scale = tree["x"], tree["scale"]
    x_bar = np.zeros(len(x))
    scale_bar = 0.0
    for i in range(len(x)):
        x_bar[i] = mean_bar * scale / len(x)
        scale_bar += mean_bar * x[i] / len(x)
        if power > 1:
            x_bar[i] += power * x[i] ** (power - 1) * powers_bar[i]
        else:
            x_bar[i] += powers_bar[i]
    return {"x": x_bar, "scale": scale_bar}, None


statistics.defvjp(statistics_fwd, statistics_bwd)


def in_a_program(x, n):
    y = x.copy()
    for k in range(n):
        if k % 2 == 0:
            y = log1pexp(y) * x
        else:
            y[1:] = y[1:] + log1pexp(y[:-1])
    return np.sum(y * log1pexp(0.5))


def in_a_program_truth(x, n):
    y = x
    for k in range(n):
        if k % 2 == 0:
            y = np.log(1.0 + np.exp(y)) * x
        else:
            y = np.concatenate((y[:1], y[1:] + np.log(1.0 + np.exp(y[:-1]))))
    return np.sum(y * math.log1p(math.exp(0.5)))


def complex_step(function, x, direction):
    return np.imag(function(x + 1e-30j * direction)) / 1e-30


@each_engine
def test_a_rule_inside_of_loops_branches_and_writes(engine, rng):
    direction = rng.normal(size=3)
    expected = complex_step(lambda x: in_a_program_truth(x, 4), X, direction)
    value, gradient = srcad.value_and_grad(by(engine, in_a_program))(X, 4)
    np.testing.assert_allclose(value, in_a_program_truth(X, 4), rtol=1e-13)
    np.testing.assert_allclose(np.sum(gradient * direction), expected, rtol=1e-12)
    value, dot = jvp(by(engine, in_a_program), (X, 4), (direction, None))
    np.testing.assert_allclose(value, in_a_program_truth(X, 4), rtol=1e-13)
    np.testing.assert_allclose(dot, expected, rtol=1e-12)


@each_engine
def test_the_function_itself_can_be_differentiated(engine):
    slope = 1.0 / (1.0 + np.exp(-X))
    value, pullback = vjp(by(engine, log1pexp), X)
    np.testing.assert_allclose(value, np.log1p(np.exp(X)), rtol=1e-14)
    for _ in range(2):
        np.testing.assert_allclose(pullback(X)[0], X * slope, rtol=1e-14)
    np.testing.assert_allclose(vjp(log1pexp, X)[1](X)[0], X * slope, rtol=1e-14)
    np.testing.assert_allclose(jvp(log1pexp, (X,), (X,))[1], X * slope, rtol=1e-14)
    assert srcad.grad(log1pexp)(1000.0) == 1.0  # where the derivative of the text is nan


def test_calling_it_is_calling_the_function():
    assert log1pexp.__name__ == "log1pexp"
    assert log1pexp(0.0) == math.log(2.0)
    assert solved(halfway, 4.0, 1.0, steps=1) == 1.0


@each_engine
def test_it_is_the_rule_that_is_used(engine, rng):
    def f(x):
        return np.sum(tripled(x) * x + np.sin(tripled(2.0 * x)))

    expected = X + 3.0 * X + 6.0 * np.cos(2.0 * X)
    np.testing.assert_allclose(srcad.grad(by(engine, f))(X), expected, rtol=1e-13)
    direction = rng.normal(size=3)
    _, dot = jvp(by(engine, f), (X,), (direction,))
    np.testing.assert_allclose(dot, np.sum(expected * direction), rtol=1e-13)


@each_engine
def test_arguments_that_are_not_differentiated(engine):
    def f(a, steps):
        return np.sum(solved(halfway, a, np.ones(3), steps=steps) * SCALE)

    a = np.array([1.0, 2.0, 3.0])
    # y = sqrt(a y) / 2, so that y = a / 4
    value, gradient = srcad.value_and_grad(by(engine, f))(a, 60)
    np.testing.assert_allclose(value, np.sum(a * SCALE / 4.0), rtol=1e-12)
    np.testing.assert_allclose(gradient, SCALE / 4.0, rtol=1e-12)
    _, dot = jvp(by(engine, f), (a, 60), (np.array([1.0, 0.0, -1.0]), None))
    np.testing.assert_allclose(dot, (SCALE[0] - SCALE[2]) / 4.0, rtol=1e-12)


def test_defaults_and_keywords_are_put_in_order():
    def f(a):
        return solved(guess=1.0, a=a, function=halfway)

    np.testing.assert_allclose(srcad.grad(f)(2.0), 0.25, rtol=1e-8)


@each_engine
@pytest.mark.parametrize("power", [1, 3])
def test_trees_in_and_out(engine, power, rng):
    def f(x, scale):
        out, count = statistics({"x": x, "scale": scale}, power)
        return out["mean"] * count + np.sum(out["powers"][0] * SCALE)

    def truth(x, scale):
        return np.sum(x * scale) + np.sum(x**power * SCALE)

    x_dot, scale_dot = rng.normal(size=3), 0.7
    expected = complex_step(lambda h: truth(X + h * x_dot, 1.5 + h * scale_dot), 0.0, 1.0)
    x_bar, scale_bar = srcad.grad(by(engine, f), argnums=(0, 1))(X, 1.5)
    np.testing.assert_allclose(np.sum(x_bar * x_dot) + scale_bar * scale_dot, expected, rtol=1e-12)
    _, dot = jvp(by(engine, f), (X, 1.5), (x_dot, scale_dot))
    np.testing.assert_allclose(dot, expected, rtol=1e-12)


@each_engine
def test_results_that_nothing_depends_on_have_the_cotangent_zero(engine):
    def f(x):
        out, _ = statistics({"x": x, "scale": 2.0}, 2)
        return out["mean"]

    np.testing.assert_allclose(srcad.grad(by(engine, f))(X), np.full(3, 2.0 / 3.0), rtol=1e-14)


@each_engine
def test_a_rule_need_not_be_linear_backwards(engine):
    def f(x):
        return np.sum(clipped(x) * SCALE * np.array([0.1, -1.0, 0.1]))

    np.testing.assert_allclose(srcad.grad(by(engine, f))(X), [0.2, -1.0, 0.5], rtol=1e-14)
    with pytest.raises(srcad.MissingRule, match="not plainly linear") as caught:
        jvp(by(engine, f), (X,), (X,))
    assert "return (np.clip(g, -1.0, 1.0),)" in str(caught.value)


@each_engine
def test_what_rules_read_from_outside_is_read_at_each_call(engine, monkeypatch):
    @custom_vjp
    def scaled(x):
        return x * 1.0

    scaled.defvjp(lambda x: (x * 1.0, None), lambda _, g: (g * SCALE,))
    gradient = srcad.grad(by(engine, lambda x: np.sum(scaled(x))))
    np.testing.assert_array_equal(gradient(X), SCALE)
    monkeypatch.setitem(globals(), "SCALE", np.array([1.0, 0.0, -1.0]))
    np.testing.assert_array_equal(gradient(X), [1.0, 0.0, -1.0])


def test_another_rule_is_another_derivative():
    def made(factor):
        @custom_vjp
        def same(x):
            return x

        same.defvjp(lambda x: (x, None), lambda _, g: (factor * g,))
        return same

    two, five = made(2.0), made(5.0)
    assert srcad.grad(two)(1.0) == 2.0
    assert srcad.grad(five)(1.0) == 5.0

    def f(x):
        return two(x)

    gradient = srcad.grad(f)
    assert gradient(1.0) == 2.0
    two.defvjp(lambda x: (x, None), lambda _, g: (7.0 * g,))
    assert gradient(1.0) == 7.0
    assert srcad.grad(two)(1.0) == 7.0


class Spring:
    def __init__(self, stiffness):
        self.stiffness = stiffness

    @partial(custom_vjp, nondiff_argnums=(0,))
    def energy(self, x):
        return 0.5 * self.stiffness * np.sum(x * x)

    def energy_fwd(self, x):
        return self.energy(x), x

    def energy_bwd(self, x, g):
        return (g * self.stiffness * x,)

    energy.defvjp(energy_fwd, energy_bwd)


@each_engine
def test_methods(engine):
    spring = Spring(3.0)
    gradient = srcad.grad(by(engine, lambda x: spring.energy(2.0 * x)))(X)
    np.testing.assert_allclose(gradient, 12.0 * X, rtol=1e-14)
    np.testing.assert_allclose(srcad.grad(spring.energy)(X), 3.0 * X, rtol=1e-14)


@custom_vjp
def root(x):
    return np.sqrt(x)


def root_bwd(y, g):
    """By Newton's method: its own loop, a branch, an early return and an error."""
    if y <= 0.0:
        raise ValueError("no derivative at zero")
    inverse, count = 0.1, 0
    while abs(inverse * y - 1.0) > 1e-15:
        inverse = inverse * (2.0 - y * inverse)
        count += 1
        if count > 60:
            break
    if count > 1000:
        return (0.0,)
    return (0.5 * g * inverse,)


root.defvjp(lambda x: (np.sqrt(x),) * 2, root_bwd)


@each_engine
def test_control_flow_in_the_rule(engine):
    def f(x, n):
        for _ in range(n):
            x = root(x) + 0.5 * x
        return x

    def truth(x):
        for _ in range(3):
            x = np.sqrt(x) + 0.5 * x
        return x

    expected = complex_step(truth, 2.0, 1.0)
    np.testing.assert_allclose(srcad.grad(by(engine, f))(2.0, 3), expected, rtol=1e-12)
    _, dot = jvp(by(engine, f), (2.0, 3), (1.0, None))
    np.testing.assert_allclose(dot, expected, rtol=1e-12)
    value, pullback = vjp(by(engine, f), 0.0, 1)
    assert value == 0.0
    with pytest.raises(ValueError, match="no derivative at zero"):
        pullback(1.0)


def test_a_rule_that_changes_what_it_kept_changes_it_for_itself_only():
    @custom_vjp
    def doubled(x):
        return 2.0 * x

    def doubled_bwd(kept, g):
        kept *= 2.0
        g *= 1.0
        return (g * kept,)

    doubled.defvjp(lambda x: (2.0 * x, np.ones(3)), doubled_bwd)
    _, pullback = vjp(lambda x: doubled(doubled(x)), X)
    for _ in range(2):
        np.testing.assert_array_equal(pullback(np.ones(3))[0], np.full(3, 4.0))


def test_rules_use_functions_with_rules():
    @custom_vjp
    def outer(x):
        return log1pexp(x) ** 2

    def fwd(x):
        y = log1pexp(x)
        return y * y, (x, y)

    def bwd(saved, g):
        x, y = saved
        return (2.0 * g * y * (1.0 - np.exp(-log1pexp(x))),)

    outer.defvjp(fwd, bwd)
    expected = complex_step(lambda x: np.log(1.0 + np.exp(x)) ** 2, 0.7, 1.0)
    np.testing.assert_allclose(srcad.grad(outer)(0.7), expected, rtol=1e-13)
    np.testing.assert_allclose(jvp(outer, (0.7,), (1.0,))[1], expected, rtol=1e-13)


def test_explain_tells_what_a_rule_keeps():
    assert "x" in str(srcad.explain(in_a_program, X, 4))


# ---- refusals -----------------------------------------------------------------------------------


def ruled(fwd, bwd, function=lambda x: x, **options):
    made = custom_vjp(function, **options)
    made.defvjp(fwd, bwd)
    return made


WRONG = [
    (lambda _, g: g, "returns an array .*, and not a tuple of 1"),
    (lambda _, g: (g, g), "a tuple of 2, and not a tuple of 1"),
    (lambda _, g: (g[:2],), r"for `x` does not fit: a float64 array of shape \(2,\)"),
    (lambda _, g: (np.sum(g),), "for `x` does not fit: a number"),
    (lambda _, g: ([g],), "for `x` does not fit: a list"),
    (lambda _, g: (g * 1.0j,), "for `x` does not fit: a complex128 array"),
]


@pytest.mark.parametrize(("bwd", "message"), WRONG)
def test_cotangents_that_do_not_fit_are_errors_that_name_the_line(bwd, message):
    function = ruled(lambda x: (x, None), bwd)
    with pytest.raises(srcad.CotangentError, match=message) as caught:
        srcad.vjp(function, X)
    assert "lambda _, g:" in str(caught.value)


def test_trees_of_cotangents_that_do_not_fit():
    function = ruled(lambda t: (t["a"], None), lambda _, g: ({"b": g},), lambda t: t["a"])
    with pytest.raises(srcad.CotangentError, match="for `t` does not fit: a dict for a dict"):
        srcad.vjp(function, {"a": X})
    function = ruled(lambda t: (t["a"], None), lambda _, g: ({"a": 1.0},), lambda t: t["a"])
    with pytest.raises(srcad.CotangentError, match=r"for `t\['a'\]` does not fit: a number"):
        srcad.vjp(function, {"a": X})


def test_what_is_differentiated_must_be_an_argument():
    function = ruled(
        lambda x, k: (x * k, None), lambda k, _, g: (g * k,), lambda x, k: x * k, nondiff_argnums=1
    )

    def f(x, k):
        return np.sum(function(x, k))

    np.testing.assert_allclose(srcad.grad(f)(X, 2.0), np.full(3, 2.0))
    with pytest.raises(srcad.MissingRule, match="depends on a value that is differentiated"):
        srcad.grad(f, argnums=(0, 1))(X, 2.0)
    with pytest.raises(srcad.MissingRule, match="depends on a value that is differentiated"):
        jvp(f, (X, 2.0), (X, 1.0))


def test_rules_are_made_outside_of_what_is_differentiated():
    def f(x):
        return custom_vjp(bare)(x)

    with pytest.raises(srcad.SrcadError, match="outside of the function"):
        srcad.grad(f)(1.0)


def test_lists_of_unknown_length_are_refused():
    function = ruled(lambda x: (x[0], None), lambda _, g: ([g, g],), lambda x: x[0])

    def f(x):
        found = []
        for value in x:
            if value > 0.0:
                found.append(value * value)
        return function(found)

    with pytest.raises(srcad.UnsupportedType, match="length is known only at run time"):
        srcad.grad(f)(X)


def test_functions_with_rules_pickle_by_name():
    assert pickle.loads(pickle.dumps(log1pexp)) is log1pexp


def test_other_refusals():
    with pytest.raises(srcad.MissingRule, match="`bare` has no rule yet"):
        srcad.grad(custom_vjp(bare))(1.0)
    with pytest.raises(srcad.UnsupportedType, match="`fwd` of `<lambda>` returns a number"):
        srcad.grad(ruled(lambda x: x, lambda _, g: (g,)))(1.0)
    with pytest.raises(srcad.UnsafeMutation, match="writes to an argument|may share"):
        srcad.grad(ruled(overwriting, lambda _, g: (g,)))(X)
    with pytest.raises(srcad.UnsupportedSyntax, match="by position"):
        srcad.grad(ruled(lambda x: (x, x), lambda _, g: (g,), lambda x, *, k=1.0: x))(1.0)
    with pytest.raises(srcad.ArgumentError, match="Expected a callable"):
        custom_vjp(3)
    with pytest.raises(srcad.ArgumentError, match="Expected a callable"):
        custom_vjp(bare).defvjp(None, None)
    with pytest.raises(TypeError):
        srcad.grad(lambda x: log1pexp(x, x))(1.0)


def bare(x):
    return x


def overwriting(x):
    x[0] = 1.0
    return np.sum(x), None


def test_the_text_is_the_body_of_the_rule():
    text = srcad.source(functools.partial(in_a_program, n=2), X)
    assert "1.0 + np.exp(-" in text
    assert "log1pexp(" not in "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("#")
    )
