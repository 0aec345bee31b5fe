"""`custom_jvp`: tangents of users, in both modes and at both levels.

Rules that are right are compared with complex steps and closed forms; rules that are deliberately
not the derivative show that it is the rule that is used.
"""

from functools import partial

import numpy as np
import pytest

import srcad
from srcad import custom_jvp, custom_vjp, jvp, vjp

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))
X = np.array([0.3, -1.2, 0.8])
SCALE = np.array([2.0, 3.0, 5.0])


def by(engine, function):
    return srcad.differentiable(engine=engine)(function)


@custom_jvp
def log1pexp(x):
    return np.log1p(np.exp(x))


@log1pexp.defjvp
def log1pexp_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return log1pexp(x), x_dot / (1.0 + np.exp(-x))


@custom_jvp
def tripled(x):
    """Its derivative is not one: the slope is said to be 3."""
    return x


@tripled.defjvp
def tripled_jvp(primals, tangents):
    return primals[0], 3.0 * tangents[0]


@custom_jvp
def squared_often(x, n):
    for _ in range(n):
        x = x * x
    return x, n


@squared_often.defjvp
def squared_often_jvp(primals, tangents):
    """Value and tangent in one loop, with a branch and writes in place."""
    (x, n), (dot, nothing) = primals, tangents
    assert nothing is None
    y, y_dot = x.copy(), dot.copy()
    for k in range(n):
        if k % 2 == 0:
            y_dot *= 2.0 * y
            y *= y
        else:
            for i in range(len(y)):
                y_dot[i] = y[i] * y_dot[i] + y_dot[i] * y[i]
                y[i] = y[i] ** 2
    return (y, n), (y_dot, None)


@custom_jvp
def blend(tree, weights):
    a, b = tree["a"], tree["b"]
    return {"sum": a * weights[0] + b * weights[1], "dot": np.sum(a * b)}, [np.max(a)]


@blend.defjvp
def blend_jvp(primals, tangents):
    tree, (one, two) = primals
    dots, (one_dot, two_dot) = tangents
    a, b, a_dot, b_dot = tree["a"], tree["b"], dots["a"], dots["b"]
    out = {"sum": a * one + b * two, "dot": a @ b}, [np.max(a)]
    mixed = np.where(a > 10.0, 0.0, a_dot * one) + a * one_dot
    mixed = mixed + (b_dot * two - (-b * two_dot))
    return out, ({"sum": mixed, "dot": np.sum(a_dot * b + a * b_dot)}, [a_dot[np.argmax(a)]])


@partial(custom_jvp, nondiff_argnums=(0, 2))
def root(function, a, steps=60):
    """The number with `function(x) = a`, by bisection."""
    low, high = 0.0, 10.0
    for _ in range(steps):
        middle = 0.5 * (low + high)
        if function(middle) > a:
            high = middle
        else:
            low = middle
    return low


@root.defjvp
def root_jvp(function, steps, primals, tangents):
    (a,), (a_dot,) = primals, tangents
    x = root(function, a, steps)
    h = 1e-5
    return x, a_dot / ((function(x + h) - function(x - h)) / (2.0 * h))


@custom_jvp
def area(width, height, rounded):
    return width * height - (4.0 - np.pi) * rounded**2


area.defjvps(
    lambda dot, ans, width, height, rounded: dot * height,
    lambda dot, ans, width, height, rounded: dot * (ans + (4.0 - np.pi) * rounded**2) / height,
    None,
)


def complex_step(function, x, direction):
    return np.imag(function(x + 1e-30j * direction)) / 1e-30


def check(engine, function, truth, args, rng, rtol=1e-12):
    """Both modes say what a complex step says of the truth."""
    dots = [rng.normal(size=np.shape(arg)) if np.shape(arg) else rng.normal() for arg in args]
    expected = np.imag(truth(*(a + 1e-30j * d for a, d in zip(args, dots, strict=True)))) / 1e-30
    places = tuple(range(len(args)))
    value, bars = srcad.value_and_grad(by(engine, function), argnums=places)(*args)
    np.testing.assert_allclose(value, truth(*args), rtol=1e-13)
    found = sum(np.sum(bar * dot) for bar, dot in zip(bars, dots, strict=True))
    np.testing.assert_allclose(found, expected, rtol=rtol)
    value, dot = jvp(by(engine, function), args, tuple(dots))
    np.testing.assert_allclose(value, truth(*args), rtol=1e-13)
    np.testing.assert_allclose(dot, expected, rtol=rtol)


@each_engine
def test_a_rule_inside_of_loops_branches_and_writes(engine, rng):
    def f(x):
        y = x.copy()
        for k in range(4):
            if k % 2 == 0:
                y = log1pexp(y) * x
            else:
                y[1:] = y[1:] + log1pexp(y[:-1])
        return np.sum(y * log1pexp(0.5))

    def truth(x):
        y = x
        for k in range(4):
            if k % 2 == 0:
                y = np.log(1.0 + np.exp(y)) * x
            else:
                y = np.concatenate((y[:1], y[1:] + np.log(1.0 + np.exp(y[:-1]))))
        return np.sum(y * np.log(1.0 + np.exp(0.5)))

    check(engine, f, truth, (X,), rng)


@each_engine
def test_the_function_itself_can_be_differentiated(engine):
    slope = 1.0 / (1.0 + np.exp(-X))
    value, pullback = vjp(by(engine, log1pexp), X)
    np.testing.assert_allclose(value, np.log1p(np.exp(X)), rtol=1e-14)
    for _ in range(2):
        np.testing.assert_allclose(pullback(X)[0], X * slope, rtol=1e-14)
    np.testing.assert_allclose(jvp(by(engine, log1pexp), (X,), (X,))[1], X * slope, rtol=1e-14)
    assert log1pexp(0.0) == np.log(2.0)
    assert srcad.grad(log1pexp)(1000.0) == 1.0  # where the derivative of the text is nan


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
def test_values_and_tangents_in_one_loop(engine, rng):
    def f(x):
        y = x
        for _ in range(2):
            y = np.sin(squared_often(y, 2)[0]) + x
        return np.sum(y * SCALE)

    def truth(x):
        y = x
        for _ in range(2):
            y = np.sin(y**4) + x
        return np.sum(y * SCALE)

    check(engine, f, truth, (X,), rng)


@each_engine
def test_trees_in_and_out(engine, rng):
    def f(a, b, one):
        out, rest = blend({"a": a, "b": b}, (one, 2.0 * one))
        return np.sum(out["sum"] * SCALE) + out["dot"] ** 2 * rest[0]

    def truth(a, b, one):
        largest = a[np.argmax(np.real(a))]
        return np.sum((a * one + 2.0 * b * one) * SCALE) + np.sum(a * b) ** 2 * largest

    check(engine, f, truth, (X, SCALE - 1.0, 0.7), rng)


@each_engine
def test_arguments_that_are_not_differentiated(engine):
    def f(a):
        return 2.0 * root(lambda x: x * x, a) + root(a=a, function=np.exp, steps=50)

    expected = 1.0 / np.sqrt(2.0) + 0.5
    np.testing.assert_allclose(srcad.grad(by(engine, f))(2.0), expected, rtol=1e-8)
    np.testing.assert_allclose(jvp(by(engine, f), (2.0,), (1.0,))[1], expected, rtol=1e-8)


@each_engine
def test_a_rule_for_each_argument(engine):
    gradient = srcad.grad(by(engine, area), argnums=(0, 1, 2))(2.0, 3.0, 0.5)
    np.testing.assert_allclose(gradient, (3.0, 2.0, 0.0), rtol=1e-14)
    _, dot = jvp(by(engine, area), (2.0, 3.0, 0.5), (1.0, 10.0, 100.0))
    np.testing.assert_allclose(dot, 23.0, rtol=1e-14)


def many(primals, dots):
    """A long way of saying `primals[0], dots[0]`, in what is linear."""
    (x,), (dot,) = primals, dots
    n = len(x)
    total = np.zeros(n)
    total[:] = dot[::-1][::-1] / 2.0
    total[1:] += 0.5 * dot[1:]
    total[0] = total[0] + dot[0] - (dot / 2.0)[0]
    total = np.where(x > 100.0, 0.0, np.concatenate((total[:1], total[1:])))
    total = np.eye(n) @ total.reshape((1, n)).T[:, 0]
    total = np.linalg.solve(2.0 * np.eye(n), total + 1.0 * total.copy())
    total = np.array([total[i] for i in range(3)])
    total = np.einsum("ij,j->i", np.eye(n), np.stack([total, total])[0])
    total = np.cumsum(total) - (np.cumsum(total) - total)
    other = -np.roll(-total, 1)
    return np.array([v for v in x]), np.roll(other, -1) + np.sum(total) * 0.0 + np.mean(dot * 0.0)


@each_engine
def test_linear_functions_are_seen_to_be_linear(engine, rng):
    function = ruled(many)
    check(engine, lambda x: np.sum(function(x * x)), lambda x: np.sum(x * x), (X,), rng)


def test_tangents_that_are_left_out_are_zero():
    @custom_jvp
    def half(x, y):
        return x * y, x

    half.defjvp(lambda primals, dots: ((primals[0] * primals[1], primals[0]), (None, dots[0])))
    (x_bar, y_bar) = vjp(half, 2.0, 3.0)[1]((10.0, 1.0))
    assert (x_bar, y_bar) == (1.0, 0.0)
    assert jvp(half, (2.0, 3.0), (1.0, 1.0))[1] == (0.0, 1.0)


def test_another_rule_is_another_derivative():
    def made(factor):
        @custom_jvp
        def same(x):
            return x

        same.defjvp(lambda primals, tangents: (primals[0], factor * tangents[0]))
        return same

    two, five = made(2.0), made(5.0)
    assert srcad.grad(two)(1.0) == 2.0
    assert srcad.grad(five)(1.0) == 5.0
    gradient = srcad.grad(lambda x: two(x))
    assert gradient(1.0) == 2.0
    two.defjvps(lambda dot, ans, x: 7.0 * dot)
    assert gradient(1.0) == 7.0
    assert jvp(two, (1.0,), (1.0,))[1] == 7.0


def test_rules_use_functions_with_rules(rng):
    @custom_vjp
    def outer(x):
        return log1pexp(x) ** 2

    def bwd(x, g):
        return (2.0 * g * log1pexp(x) * (1.0 - np.exp(-log1pexp(x))),)

    outer.defvjp(lambda x: (log1pexp(x) ** 2, x), bwd)

    @custom_jvp
    def outermost(x):
        return np.sin(outer(x))

    @outermost.defjvp
    def rule(primals, tangents):
        (x,), (dot,) = primals, tangents
        slope = 2.0 * log1pexp(x) / (1.0 + np.exp(-x))
        return outermost(x), np.cos(outer(x)) * slope * dot

    check("numpy", outer, lambda x: np.log(1.0 + np.exp(x)) ** 2, (0.7,), rng)
    check("numpy", outermost, lambda x: np.sin(np.log(1.0 + np.exp(x)) ** 2), (0.7,), rng)


def test_single_precision_stays_single():
    x = X.astype(np.float32)
    _, pullback = vjp(lambda x: log1pexp(x) * np.float32(2.0), x)
    assert pullback(x)[0].dtype == np.float32
    assert jvp(lambda x: tripled(x) * 2.0, (x,), (x,))[1].dtype == np.float32


# ---- refusals -----------------------------------------------------------------------------------


def ruled(rule, function=lambda x: x, **options):
    made = custom_jvp(function, **options)
    made.defjvp(rule)
    return made


WRONG = [
    (lambda primals, dots: primals[0], "rule of `<lambda>` returns an array"),
    (lambda primals, dots: (primals[0], dots), "for `out` does not fit: a tuple"),
    (
        lambda primals, dots: (primals[0], dots[0][:2]),
        r"fit: a float64 array of shape \(2",
    ),
    (lambda primals, dots: (primals[0], 2.0), "for `out` does not fit: a number"),
    (lambda primals, dots: (primals[0], dots[0] * 1.0j), "does not fit: a complex128 array"),
]


@pytest.mark.parametrize(("rule", "message"), WRONG)
def test_tangents_that_do_not_fit_are_errors_that_name_the_line(rule, message):
    function = ruled(rule)
    for mode in (lambda: vjp(function, X), lambda: jvp(function, (X,), (X,))):
        with pytest.raises(srcad.SrcadError, match=message) as caught:
            mode()
        assert "lambda primals, dots:" in str(caught.value)
        assert isinstance(caught.value, srcad.TangentError | srcad.UnsupportedType)


def affine(primals, dots):
    return primals[0], dots[0] + 1.0


def product(primals, dots):
    return primals[0], dots[0] * dots[0]


def decided(primals, dots):
    return primals[0], np.where(dots[0] > 0.0, dots[0], 0.0)


def branching(primals, dots):
    dot = dots[0]
    if np.sum(dot) > 0.0:
        dot = 2.0 * dot
    return primals[0], dot


def joining(primals, dots):
    dot = dots[0]
    if np.sum(primals[0]) > -10.0:
        dot = primals[0]
    return primals[0], dot


def growing(primals, dots):
    dot = np.zeros(3)
    for _ in range(5):
        dot = dot + dots[0]
        dot = np.sin(dot)
    return primals[0], dot


def collecting(primals, dots):
    dot = np.zeros(3)
    for k in range(3):
        dot[k] = dots[0][k] + 0.5 * k
    return primals[0], dot


def leaking(primals, dots):
    return primals[0] + 0.0 * dots[0], dots[0]


def conditional(primals, dots):
    scale = 0.0
    for _ in range(3):
        scale = scale + 1.0
    return primals[0], dots[0] * 2.0 + scale


NONLINEAR = [
    affine,
    product,
    decided,
    branching,
    joining,
    growing,
    collecting,
    leaking,
    conditional,
]


@pytest.mark.parametrize("rule", NONLINEAR)
def test_rules_that_are_not_linear_are_refused_at_their_line(rule):
    function = ruled(rule)
    for mode in (lambda: vjp(function, X), lambda: jvp(function, (X,), (X,))):
        with pytest.raises(srcad.UnsupportedSyntax, match="not plainly linear") as caught:
            mode()
        assert "test_custom_jvp.py" in str(caught.value)


def test_what_is_differentiated_must_be_an_argument():
    def rule(k, primals, tangents):
        return primals[0] * k, tangents[0] * k

    function = ruled(rule, lambda x, k: x * k, nondiff_argnums=1)

    def f(x, k):
        return np.sum(function(x, k))

    np.testing.assert_allclose(srcad.grad(f)(X, 2.0), np.full(3, 2.0))
    with pytest.raises(srcad.MissingRule, match="depends on a value that is differentiated"):
        srcad.grad(f, argnums=(0, 1))(X, 2.0)
    with pytest.raises(srcad.MissingRule, match="depends on a value that is differentiated"):
        jvp(f, (X, 2.0), (X, 1.0))


def test_other_refusals():
    with pytest.raises(srcad.MissingRule, match="`bare` has no rule yet"):
        srcad.grad(custom_jvp(bare))(1.0)
    with pytest.raises(srcad.ArgumentError, match="Expected a callable"):
        custom_jvp(bare).defjvp(None)
    with pytest.raises(srcad.ArgumentError, match="Expected a callable"):
        custom_jvp(bare).defjvps(3)
    several = custom_jvp(lambda x: (x, x))
    several.defjvps(lambda dot, ans, x: dot)
    with pytest.raises(srcad.UnsupportedSyntax, match="one number or array as result"):
        vjp(several, 1.0)


def bare(x):
    return x
