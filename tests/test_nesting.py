"""Derivatives inside programs: what is differentiated calls `grad`, `vjp`, `jvp`, Jacobians."""

import numpy as np
import pytest

import srcad
from srcad import (
    ArgumentError,
    CotangentError,
    TangentError,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacrev,
    jvp,
    value_and_grad,
    vjp,
)

ENGINES = ("numpy", "numba")
each_engine = pytest.mark.parametrize("engine", ENGINES)


def by(engine):
    return srcad.differentiable(engine=engine)


def slope(function, x, along, step=1e-5):
    """The derivative of an array function along a direction, by central differences, twice."""
    coarse, fine = (
        (np.asarray(function(x + h * along)) - np.asarray(function(x - h * along))) / (2 * h)
        for h in (step, step / 2)
    )
    return (4 * fine - coarse) / 3


# -- programs, of which each is a scalar function of one array ------------------------------------


def smooth(x):
    return np.sum(np.sin(x) * x**3) + np.log(1.0 + x @ x)


def steps(x):
    u = x.copy()
    total = 0.0
    for k in range(4):
        u[1:-1] = u[1:-1] + 0.3 * (u[2:] - 2.0 * u[1:-1] + u[:-2]) * u[k % 2]
        total = total + np.sum(u**2) * np.exp(-0.1 * k)
    return total


def scalars(x):
    y = 0.0
    for i in range(len(x)):
        if x[i] > 0.5:
            y = y * x[i] + np.cos(x[i])
        else:
            y = y - x[i] ** 3
    return y * y


def until(x):
    y = x * 1.0
    count = 0
    while np.sum(y * y) > 0.05:
        y = y * (0.7 + 0.1 * np.sin(y))
        count += 1
    return np.sum(y**3) * 10.0


def waits(x):
    y, n = x[0], 0
    while y < 3.0:
        y = y + 0.5 * np.sqrt(1.0 + y * x[1])
        n += 1
    return y * y * x[2]


def leaves_early(x):
    total = 0.0
    for i in range(len(x)):
        if total > 1.0:
            break
        total = total + x[i] ** 2 * np.exp(x[i])
    return total**2


def repeated(x):
    y = np.zeros(3)
    y[np.array([0, 1, 0])] = x[:3] * x[1:4]
    y[np.array([2, 2, 1])] += x[:3] ** 2
    return np.sum(y**3)


def solved(x):
    a = np.outer(x, x) + np.eye(len(x)) * 2.0
    return np.sum(np.linalg.solve(a, x) ** 2) + np.linalg.det(a)


def chosen(x):
    y = np.where(x > 0.4, x**2, np.sin(x))
    return np.max(y) * np.sum(np.maximum(y, x) ** 2)


def branches(x):
    if x[0] > 0.1:
        a, b = x[1:], x[:-1]
        if x[1] > 5.0:
            a, b = b, a * x[0]
    else:
        a, b = x[:-1] * x[0], x[1:]
        return np.sum(a * b * b)
    return np.sum(a * np.sin(b)) * x[0]


def helper(x):
    def power(z, p):
        return z if p == 0 else z * power(z, p - 1)

    return np.sum([power(z, 2) * x[-1] for z in x])


PROGRAMS = [
    *(smooth, steps, scalars, until, waits, leaves_early, repeated, solved, chosen, branches),
    helper,
]
X = np.array([0.3, 0.9, 0.2, 0.7, 0.6])
every_program = pytest.mark.parametrize("function", PROGRAMS)


@every_program
@pytest.mark.slow
def test_forward_over_reverse_is_the_slope_of_the_gradient(function, rng):
    along = rng.standard_normal(5)
    (found,) = hvp(function, (X,), (along,))
    np.testing.assert_allclose(found, slope(grad(function), X, along), rtol=1e-6, atol=1e-7)


@every_program
def test_reverse_over_reverse_agrees_with_it(function, rng):
    along = rng.standard_normal(5)

    def projected(x):
        return np.sum(grad(function)(x) * along)

    value, found = value_and_grad(by("numpy")(projected))(X)
    assert value == pytest.approx(np.sum(grad(function)(X) * along), rel=1e-12)
    (expected,) = hvp(function, (X,), (along,))
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@every_program
@pytest.mark.slow
def test_reverse_over_forward_agrees_too(function, rng):
    along = rng.standard_normal(5)

    def pushed(x):
        return jvp(function, (x,), (along,))[1]

    (expected,) = hvp(function, (X,), (along,))
    np.testing.assert_allclose(grad(pushed)(X), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@every_program
def test_compiled(function, rng):
    along = rng.standard_normal(5)
    (expected,) = hvp(by("numpy")(function), (X,), (along,))
    (found,) = hvp(by("numba")(function), (X,), (along,))
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)

    def projected(x):
        return np.sum(grad(function)(x) * along)

    found = grad(by("numba")(projected))(X)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("function", [smooth, steps, waits])
def test_hessians_are_symmetric(function):
    found = hessian(function)(X)
    np.testing.assert_allclose(found, found.T, atol=1e-12)
    np.testing.assert_allclose(found, jacrev(grad(function))(X), atol=1e-12)
    (row,) = hvp(function, (X,), (np.eye(5)[2],))
    np.testing.assert_allclose(found[2], row, atol=1e-12)


@pytest.mark.parametrize("function", [smooth, steps])
def test_third_derivatives(function, rng):
    one, two = rng.standard_normal((2, 5))

    def twice(x):
        return jvp(lambda z: hvp(function, (z,), (one,))[0], (x,), (two,))[1]

    def once(x):
        return jvp(grad(function), (x,), (one,))[1]

    np.testing.assert_allclose(twice(X), slope(once, X, two), rtol=1e-6, atol=1e-6)


def test_powers_to_the_end():
    fifth = grad(grad(grad(grad(grad(lambda x: x**6)))))
    assert fifth(2.0) == pytest.approx(720.0 * 2.0, rel=1e-14)


def test_of_many_arguments_and_trees():
    def f(params, x, scale):
        return scale * np.sum(params["w"] * x**2) * params["b"][0]

    params = {"w": np.array([1.0, 2.0]), "b": [3.0]}
    x = np.array([0.5, -1.0])

    def outer(params, x):
        by_params, by_x = grad(f, argnums=(0, 1))(params, x, 2.0)
        return np.sum(by_params["w"]) + by_params["b"][0] * by_x[0]

    # by_w = 2 b x^2, by_b = 2 sum(w x^2), by_x = 4 b w x
    b, w = 3.0, params["w"]
    found, by_x = grad(outer, argnums=(0, 1))(params, x)
    s = 2.0 * np.sum(w * x**2)
    u = 4.0 * b * w[0] * x[0]
    np.testing.assert_allclose(found["w"], 2.0 * x**2 * u + s * 4.0 * b * x[0] * np.array([1, 0]))
    assert found["b"][0] == pytest.approx(2.0 * np.sum(x**2) + s * 4.0 * w[0] * x[0])
    expected = 4.0 * b * x + 4.0 * w * x * u + s * 4.0 * b * w[0] * np.array([1.0, 0.0])
    np.testing.assert_allclose(by_x, expected)


def test_closures_over_active_values():
    def outer(a, x):
        def f(z):
            return np.sum(np.sin(a * z))

        return np.sum(grad(f)(x) * x)

    a, x = 0.7, np.array([0.4, -1.2])
    by_a, by_x = grad(outer, argnums=(0, 1))(a, x)
    inside = np.cos(a * x) - a * x * np.sin(a * x)
    assert by_a == pytest.approx(np.sum(x * inside))
    np.testing.assert_allclose(by_x, a * inside)


def test_what_the_inner_derivative_is_by_is_a_value_of_its_own():
    def outer(x):
        # By the argument alone, not by the `x` that the function reads besides.
        return grad(lambda z: z * z * x)(x)

    assert outer(3.0) == pytest.approx(18.0)
    assert grad(outer)(3.0) == pytest.approx(4.0 * 3.0)


def test_the_caller_does_not_see_what_happens_to_its_arguments():
    def spoils(z):
        z[0] = z[0] * z[1]
        return np.sum(z**2)

    def outer(x):
        found = grad(spoils)(x)
        return np.sum(found * x) + x[0]

    x = np.array([2.0, 3.0])
    # found = (2 x0 x1^2, 2 x0^2 x1 + 2 x1)
    expected = slope(lambda v: 4 * v[0] ** 2 * v[1] ** 2 + 2 * v[1] ** 2 + v[0], x, np.eye(2)[0])
    assert grad(outer)(x)[0] == pytest.approx(float(expected), rel=1e-8)


def test_pullbacks_are_passed_around_and_called_twice():
    def outer(x):
        y, pull = vjp(lambda z: np.sin(z) * z[0], x)
        first = pull(y)[0]
        second = pull(first * 2.0)[0]
        return np.sum(first * second)

    def plain(x):
        c, s = np.cos(x), np.sin(x)

        def pull(v):
            out = c * x[0] * v
            out[0] += np.sum(s * v)
            return out

        first = pull(s * x[0])
        return np.sum(first * pull(2.0 * first))

    x = np.array([0.8, -0.3, 1.1])
    assert value_and_grad(outer)(x)[0] == pytest.approx(plain(x), rel=1e-13)
    expected = [float(slope(plain, x, axis)) for axis in np.eye(3)]
    np.testing.assert_allclose(grad(outer)(x), expected, rtol=1e-8)


def test_in_loops_and_branches():
    def f(z, p):
        return z**p

    def newton(p, x):
        for _ in range(5):
            value, slope_ = value_and_grad(f)(x, p)
            if value > 0.5:
                x = x - (value - 2.0) / slope_
        return x

    # x**p = 2: x = 2**(1/p)
    found = grad(newton)(3.0, 1.5)
    assert found == pytest.approx(-(2.0 ** (1 / 3.0)) * np.log(2.0) / 9.0, rel=1e-4)


@each_engine
def test_newton_with_a_hessian(engine):
    def minimum(a):
        def f(z):
            return np.sum((z - a) ** 2) + np.sum(z**4)

        x = np.ones(2)
        for _ in range(8):
            x = x - np.linalg.solve(hessian(f)(x), grad(f)(x))
        return np.sum(x)

    a = np.array([0.3, -0.5])
    found = grad(by(engine)(minimum))(a)
    # 2 (z - a) + 4 z^3 = 0: dz/da = 2 / (2 + 12 z^2)
    roots = [np.roots([4.0, 0.0, 2.0, -2.0 * value]) for value in a]
    z = np.array([r[np.abs(r.imag) < 1e-9][0].real for r in roots])
    np.testing.assert_allclose(found, 1.0 / (1.0 + 6.0 * z**2), rtol=1e-9)


def test_jacobians_inside():
    def f(x):
        return np.array([x[0] ** 2 * x[1], np.sin(x[1])])

    def outer(x):
        j = jacrev(f)(x)
        return j[0, 0] * j[1, 1] + np.sum(jacfwd(f)(x))

    x = np.array([1.5, 0.4])
    expected = [
        2 * x[1] * np.cos(x[1]) + 2 * x[1] + 2 * x[0],
        2 * x[0] * np.cos(x[1]) - 2 * x[0] * x[1] * np.sin(x[1]) + 2 * x[0] - np.sin(x[1]),
    ]
    np.testing.assert_allclose(grad(outer)(x), expected)
    assert hessian(f)(x).shape == (2, 2, 2)


def test_has_aux_inside():
    def f(z):
        return np.sum(z**2), z * 3.0

    def outer(x):
        (value, aux), found = value_and_grad(f, has_aux=True)(x)
        return value * np.sum(aux) + np.sum(found)

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(grad(outer)(x), 2 * x * 9.0 + 5.0 * 3.0 + 2.0)


def test_single_precision_stays_single():
    x = X.astype(np.float32)
    found = grad(lambda x: np.sum(grad(smooth)(x) ** 2))(x)
    assert found.dtype == np.float32
    expected = grad(lambda x: np.sum(grad(smooth)(x) ** 2))(X)
    np.testing.assert_allclose(found, expected, rtol=2e-5)


def test_a_gradient_of_a_gradient_is_compiled_once():
    function = by("numpy")(smooth)
    hvp(function, (X,), (X,))
    before = sum(map(len, srcad.pipeline._CACHE.values()))
    hvp(function, (X,), (X,))
    assert sum(map(len, srcad.pipeline._CACHE.values())) == before


def test_quotients_that_are_zero_still_move():
    def f(v):
        return np.sum(v / (2.0 / (1.5 + v)))

    found = hessian(f)(np.array([0.0, 1.0, 0.0]))  # v (1.5 + v) / 2
    np.testing.assert_allclose(found, np.eye(3))


def test_a_name_of_the_program_is_not_that_of_a_count():
    def f(x, n):
        trips = n * 2
        for i in range(0, trips, 3):
            x = x * np.sin(x)
            if i > trips:
                break
        return x

    def plain(x):
        for _ in range(0, 8, 3):
            x = x * np.sin(x)
        return x

    value, found = value_and_grad(f)(1.3, 4)
    assert value == pytest.approx(plain(1.3), rel=1e-14)
    assert found == pytest.approx(plain(1.3 + 1e-30j).imag / 1e-30, rel=1e-12)


def test_loops_that_never_run():
    def f(x, a):
        for _ in range(0):
            grown = [a]
            for _ in range(3):
                grown.extend([a * x[0], a])
            a = grown[1]
        return np.sum(x * a)

    found = grad(lambda x: np.sum(grad(f)(x, 0.7) * x))(X)
    np.testing.assert_allclose(found, np.full(5, 0.7))


def test_counts_of_two_sweeps_are_told_apart():
    def f(x, a, n):
        for _ in range(n):
            for _ in range(0, 5, 2):
                a = 0.9
        return np.sum(x * a)

    found = grad(lambda x: np.sum(grad(f, argnums=(0, 1))(x, 0.7, 2)[0]) + np.sum(x**2))(X)
    np.testing.assert_allclose(found, 2.0 * X)


@pytest.mark.parametrize("n", [3, 0])
def test_shapes_of_what_one_way_binds(n):
    def f(x):
        try:
            out = np.zeros(n - 1)
            out[0] = x[0] ** 2
        except ValueError:
            out = x**3
        return np.sum(out)

    expected = np.diag([2.0, 0.0, 0.0, 0.0, 0.0]) if n else np.diag(6.0 * X)
    np.testing.assert_allclose(hessian(f)(X), expected)
    np.testing.assert_allclose(jacrev(grad(f))(X), expected)


def test_lengths_that_only_the_run_knows():
    def f(z):
        return z[z > 0.4] ** 3

    def outer(x, weights):
        _, pull = vjp(f, x)
        return np.sum(pull(weights)[0] * x)

    kept = X > 0.4
    weights = np.array([2.0, -1.0, 0.5])
    found = grad(by("numpy")(outer))(X, weights)
    np.testing.assert_allclose(found[kept], 9.0 * X[kept] ** 2 * weights)
    np.testing.assert_allclose(found[~kept], 0.0)
    with pytest.raises(TypeError, match="does not have the shape"):
        grad(by("numpy")(outer))(X, weights[:2])


REFUSED = [
    (lambda x: np.sum(grad(lambda z: z * 2.0)(x)), ArgumentError, "a number"),
    (lambda x: grad(np.sum)(3) + x[0], ArgumentError, "real- or complex"),
    (lambda x: grad(np.sum, argnums=1)(x), ArgumentError, "argnums"),
    (lambda x: np.sum(vjp(np.sin, x)[1](x[1:])[0]), CotangentError, "shape"),
    (lambda x: np.sum(vjp(np.sin, x)[1]((x, x))[0]), CotangentError, "leaves"),
    (lambda x: np.sum(jvp(np.sin, (x,), (x[1:],))[1]), TangentError, "shape"),
    (lambda x: np.sum(jvp(np.sin, x[0], x[0])[1]), ArgumentError, "tuple"),
]


@pytest.mark.parametrize(("function", "error", "word"), REFUSED)
def test_refusals_name_the_line(function, error, word):
    with pytest.raises(error, match=word) as caught:
        vjp(function, X)
    assert "test_nesting.py" in str(caught.value)


def test_another_gradient_in_its_place_is_seen():
    held = {}

    def through(x):
        return held["gradient"](x, x) * x

    def made(k):
        return lambda x, y: k * x**3 * y

    for gradient in (
        grad(lambda x, y: x**3 * y),
        grad(lambda x, y: x**3 * y, argnums=1),
        grad(lambda x, y: x**2 * y),
        grad(made(1.0)),
        grad(made(2.0)),
    ):
        held["gradient"] = gradient
        ahead, back = (through(2.0 + h) for h in (1e-5, -1e-5))
        np.testing.assert_allclose(grad(through)(2.0), (ahead - back) / 2e-5, rtol=1e-6)
