"""Rules of users and `stop_gradient` under derivatives of derivatives.

Right rules are compared with complex steps of gradients; those with a factor of 3 too many tell
which derivative was taken by the rule.
"""

import numpy as np
import pytest

import srcad
from srcad import custom_jvp, custom_vjp, grad, jvp, stop_gradient, vjp

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))
X = np.array([0.3, -1.2, 0.8])


def by(engine, function):
    return srcad.differentiable(engine=engine)(function)


@custom_vjp
def pulled_sin(x):
    return np.sin(x)


pulled_sin.defvjp(lambda x: (pulled_sin(x), x), lambda x, g: (3.0 * g * np.cos(x),))


@custom_jvp
def pushed_sin(x):
    return np.sin(x)


pushed_sin.defjvp(lambda x, dot: (pushed_sin(x[0]), 3.0 * dot[0] * np.cos(x[0])))

each_sin = pytest.mark.parametrize("sin", (pulled_sin, pushed_sin))


@custom_vjp
def pulled_power(x, n):
    """`x ** (2 ** n)`."""
    for _ in range(n):
        x = x * x
    return x


def pulled_power_fwd(x, n):
    found = [x]
    for _ in range(n):
        found.append(found[-1] * found[-1])
    return found[-1], (found[:-1], n)


def pulled_power_bwd(saved, g):
    found, n = saved
    for k in range(n):
        g = 2.0 * g * found[n - 1 - k]
    return g, None


pulled_power.defvjp(pulled_power_fwd, pulled_power_bwd)


@custom_jvp
def pushed_power(x, n):
    for _ in range(n):
        x = x * x
    return x


@pushed_power.defjvp
def pushed_power_jvp(primals, tangents):
    (x, n), (dot, _) = primals, tangents
    for _ in range(n):
        dot = 2.0 * x * dot
        x = x * x
    return x, dot


each_power = pytest.mark.parametrize("power", (pulled_power, pushed_power))


@each_engine
@each_sin
def test_the_second_derivative_is_that_of_the_rule(engine, sin):
    second = grad(by(engine, grad(sin)))
    np.testing.assert_allclose(second(0.7), -3.0 * np.sin(0.7), rtol=1e-14)
    _, dot = jvp(by(engine, grad(sin)), (0.7,), (1.0,))
    np.testing.assert_allclose(dot, -3.0 * np.sin(0.7), rtol=1e-14)


@each_engine
@each_sin
def test_a_rule_that_calls_its_function_says_its_derivative_too(engine, sin):
    def f(x):
        value, slope = srcad.value_and_grad(sin)(x)
        return value * slope

    expected = 9.0 * np.cos(0.7) ** 2 - 3.0 * np.sin(0.7) ** 2
    np.testing.assert_allclose(grad(by(engine, f))(0.7), expected, rtol=1e-14)
    np.testing.assert_allclose(jvp(by(engine, f), (0.7,), (1.0,))[1], expected, rtol=1e-14)


@each_engine
@each_sin
def test_calls_that_the_inner_derivative_does_not_go_through(engine, sin):
    def f(x):
        return grad(lambda y: sin(x) * y * sin(y))(2.0)

    expected = 3.0 * np.cos(0.7) * (np.sin(2.0) + 6.0 * np.cos(2.0))
    np.testing.assert_allclose(grad(by(engine, f))(0.7), expected, rtol=1e-14)
    np.testing.assert_allclose(jvp(by(engine, f), (0.7,), (1.0,))[1], expected, rtol=1e-14)


@each_engine
@each_sin
def test_forward_inside(engine, sin):
    def f(x):
        return jvp(lambda y: sin(y) * x, (x * x,), (1.0,))[1]

    expected = 3.0 * np.cos(0.49) - 6.0 * 0.49 * np.sin(0.49)
    np.testing.assert_allclose(grad(by(engine, f))(0.7), expected, rtol=1e-13)
    np.testing.assert_allclose(jvp(by(engine, f), (0.7,), (1.0,))[1], expected, rtol=1e-13)


@each_engine
@each_power
def test_loops_in_rules_in_loops(engine, power, rng):
    def f(x, n):
        y = x
        for k in range(n):
            y = np.sin(power(y, 2)) + power(x, 1) * (k + 1.0)
        return np.sum(y * y)

    def slope(x):  # by hand, so that it takes complex numbers
        y, dot = x, np.eye(3)
        for k in range(3):
            dot = dot * (np.cos(y**4) * 4.0 * y**3) + np.eye(3) * 2.0 * x * (k + 1.0)
            y = np.sin(y**4) + x * x * (k + 1.0)
        return dot @ (2.0 * y)

    along = rng.normal(size=3)
    np.testing.assert_allclose(grad(by(engine, f))(X, 3), slope(X), rtol=1e-10)
    expected = np.imag(slope(X + 1e-30j * along)) / 1e-30
    found = grad(by(engine, lambda x, n: np.sum(grad(f)(x, n) * along)))(X, 3)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    _, found = jvp(by(engine, lambda x: grad(f)(x, 3)), (X,), (along,))
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@each_engine
def test_two_rules_for_the_same_value_stay_two(engine):
    double, triple = custom_vjp(lambda x: x), custom_vjp(lambda x: x)
    double.defvjp(lambda x: (x, None), lambda _, g: (2.0 * g,))
    triple.defvjp(lambda x: (x, None), lambda _, g: (3.0 * g,))
    square = custom_vjp(lambda x: x * x)
    square.defvjp(lambda x: (x * x, x), lambda x, g: (g * (double(x) + triple(x)),))
    np.testing.assert_allclose(grad(square)(1.5), 3.0, rtol=1e-14)
    np.testing.assert_allclose(grad(by(engine, grad(square)))(1.5), 5.0, rtol=1e-14)


@each_engine
def test_pullbacks_inside_are_called_twice(engine):
    def f(x):
        _, pullback = vjp(lambda y: pulled_sin(y) * pushed_sin(y), x)
        return pullback(1.0)[0] * pullback(x)[0]

    # p = 6 s c, so that f = p^2 x; of p, the rules say 18 c^2 where they are called, and where s
    # and c are computed, their own derivatives
    s, c = np.sin(0.7), np.cos(0.7)
    p_dot = 2.0 * (3.0 * c * 3.0 * c - 3.0 * s * s)
    expected = 36.0 * (s * c) ** 2 + 2.0 * 6.0 * s * c * p_dot * 0.7
    np.testing.assert_allclose(grad(by(engine, f))(0.7), expected, rtol=1e-13)


@each_engine
def test_a_constant_is_one_to_every_derivative(engine):
    def f(x):
        return grad(lambda y: stop_gradient(y * y) * y)(x)

    assert f(3.0) == 9.0
    assert grad(by(engine, f))(3.0) == 0.0
    assert jvp(by(engine, f), (3.0,), (1.0,))[1] == 0.0


def test_rules_that_are_not_linear_are_refused_inside_too():
    absolute = custom_jvp(lambda x: np.abs(x))
    absolute.defjvp(lambda x, dot: (np.abs(x[0]), np.abs(dot[0])))
    with pytest.raises(srcad.UnsupportedSyntax, match="not plainly linear"):
        grad(lambda x: grad(absolute)(x) * x)(1.0)


@each_sin
def test_mapped_functions_keep_their_rules(sin):
    np.testing.assert_array_equal(srcad.vmap(sin)(X), np.sin(X))
    np.testing.assert_allclose(srcad.vmap(grad(sin))(X), 3.0 * np.cos(X), rtol=1e-14)

    @srcad.differentiable(engine="numpy")
    def f(x):
        return np.sum(srcad.vmap(grad(sin))(x) * stop_gradient(x))

    np.testing.assert_allclose(grad(f)(X), -3.0 * np.sin(X) * X, rtol=1e-13)
