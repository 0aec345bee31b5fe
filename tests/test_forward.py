"""Forward mode from outside: what `jvp`, `linearize` and the Jacobians take, return and refuse."""

import math
import pickle
import warnings

import numpy as np
import pytest

import srcad
from srcad import jacfwd, jacobian, jacrev, jvp, linearize, vjp
from srcad.cotangents import FLOAT0

ENGINES = ("numpy", "numba")
each_engine = pytest.mark.parametrize("engine", ENGINES)


def by(engine):
    return srcad.differentiable(engine=engine)


def cool(u, rate, steps):
    for _ in range(steps):
        u = u - rate * np.sin(u)
    return u


def sweep(u, f, sweeps):
    u = u.copy()
    for _ in range(sweeps):
        for i in range(1, len(u) - 1):
            u[i] = 0.5 * (u[i - 1] + u[i + 1]) * np.cos(f[i]) if u[i] > 0.0 else u[i] ** 3
    return u


def decay(x, rate):
    count = 0
    while x > 0.1:
        x = x * math.exp(-rate) / (1.0 + x * x)
        count += 1
    return x, count


def contour(radius, points):
    z = radius * np.exp(2.0j * np.pi * np.arange(points) / points)
    return np.abs(np.sum(np.log(2.0 + z) * z)), np.real(z[1] * np.conj(z[2]))


def complex_step(function, args, dots, step=1e-30):
    """The derivative of a real function along a direction, to the last bit."""
    moved = (a if d is None else a + 1j * step * d for a, d in zip(args, dots, strict=True))
    return np.imag(function(*moved)) / step


CASES = [
    (cool, (np.linspace(0.1, 2.0, 5), 0.3, 4), (np.linspace(-1.0, 1.0, 5), 0.7, None)),
    (cool, (np.linspace(0.1, 2.0, 5), 0.3, 0), (np.linspace(-1.0, 1.0, 5), 0.7, None)),
]


@each_engine
@pytest.mark.parametrize(("function", "args", "dots"), CASES)
def test_the_complex_step_agrees(engine, function, args, dots):
    value, dot = jvp(by(engine)(function), args, dots)
    np.testing.assert_allclose(value, function(*args), rtol=1e-15)
    np.testing.assert_allclose(dot, complex_step(function, args, dots), rtol=1e-13)


@each_engine
def test_a_result_without_a_tangent_is_what_it_is(engine):
    value, dot = jvp(by(engine)(lambda n: n * 2), (np.arange(3),), (None,))
    np.testing.assert_array_equal(value, [0, 2, 4])
    assert dot.dtype == FLOAT0
    assert dot.shape == (3,)


@each_engine
def test_in_place_updates_branches_and_loops(engine, rng):
    u, f, u_dot, f_dot = rng.uniform(-1.0, 1.0, (4, 7))
    value, dot = jvp(by(engine)(sweep), (u, f, 3), (u_dot, f_dot, None))
    np.testing.assert_allclose(value, sweep(u, f, 3), rtol=1e-15)
    ahead, back = (sweep(u + h * u_dot, f + h * f_dot, 3) for h in (1e-6, -1e-6))
    np.testing.assert_allclose(dot, (ahead - back) / 2e-6, rtol=1e-7, atol=1e-8)


@each_engine
def test_trips_and_counts_have_no_tangent(engine):
    (x, count), (dot, nothing) = jvp(by(engine)(decay), (3.0, 0.2), (1.0, 0.5))
    assert (x, count) == decay(3.0, 0.2)
    assert type(count) is int
    assert nothing.dtype == FLOAT0
    step = 1e-6
    slope = decay(3.0 + step, 0.2 + 0.5 * step)[0] - decay(3.0 - step, 0.2 - 0.5 * step)[0]
    assert dot == pytest.approx(slope / (2.0 * step), rel=1e-8)


@each_engine
def test_real_functions_by_way_of_complex_numbers(engine):
    _, dots = jvp(by(engine)(contour), (0.7, 5), (2.0, None))
    step = 1e-6
    for place, dot in enumerate(dots):
        slope = contour(0.7 + step, 5)[place] - contour(0.7 - step, 5)[place]
        assert float(dot) == pytest.approx(2.0 * slope / (2.0 * step), rel=1e-7)


def test_complex_numbers_as_jax_has_them():
    def parts(z):
        return z * z, np.conjugate(z), np.real(z), np.imag(z), np.abs(z)

    z, dot = 3.0 + 4.0j, 1.0 - 2.0j
    _, dots = jvp(parts, (z,), (dot,))
    expected = 2.0 * z * dot, np.conj(dot), 1.0, -2.0, (np.conj(z) * dot).real / 5.0
    np.testing.assert_allclose(dots, expected, rtol=1e-15)
    assert [np.iscomplexobj(d) for d in dots] == [True, True, False, False, False]


def test_trees_in_and_out():
    def model(params, x):
        return {"y": params["w"] @ x + params["b"][0], "n": len(x)}, [x[0]]

    params = {"w": np.array([1.0, 2.0]), "b": (3.0,)}
    moved = {"w": np.array([1.0, 0.0]), "b": (0.5,)}
    x = np.array([2.0, 1.0])
    out, dot = jvp(model, [params, x], [moved, np.zeros(2)])
    assert out == ({"y": 7.0, "n": 2}, [2.0])
    assert dot[0]["y"] == 2.5
    assert dot[0]["n"].dtype == FLOAT0
    assert dot[1] == [0.0]


@each_engine
def test_dtypes_are_those_of_the_result(engine):
    out, dot = jvp(by(engine)(lambda x: np.sin(x)), (np.ones(3, np.float32),), (np.ones(3, "f4"),))
    assert out.dtype == dot.dtype == np.float32
    out, dot = jvp(by(engine)(lambda x: 2.0 * x), (3.0,), (1,))
    assert (type(out), type(dot), dot) == (float, float, 2.0)
    out, dot = jvp(by(engine)(lambda x: x * x), (np.float32(3.0),), (1.0,))
    assert type(out) is type(dot) is np.float32


@each_engine
def test_what_does_not_move(engine):
    """Results that no tangent reaches, and results that are constants."""

    def several(x, n):
        return np.floor(x), np.ones(2), n, 1.5

    _, dots = jvp(by(engine)(several), (np.array([0.5, 1.5]), 3), (np.ones(2), None))
    np.testing.assert_array_equal(dots[0], np.zeros(2))
    np.testing.assert_array_equal(dots[1], np.zeros(2))
    assert dots[2].dtype == FLOAT0
    assert dots[3] == 0.0


@each_engine
def test_a_constant_array_gets_what_is_written_to_it(engine):
    def put(x):
        table = np.zeros((2, 3))
        table[1] = x
        table[0, 0] = 5.0
        table[1, 2] = 7.0
        return table

    _, dot = jvp(by(engine)(put), (2.0,), (3.0,))
    np.testing.assert_array_equal(dot, [[0.0, 0.0, 0.0], [3.0, 3.0, 0.0]])


@each_engine
def test_nothing_of_the_caller_changes_and_nothing_is_shared(engine):
    def written(x):
        x[0] = x[1] * x[2]
        return x, x

    x, x_dot = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, 2.0])
    (first, _), (dot, other) = jvp(by(engine)(written), (x,), (x_dot,))
    np.testing.assert_array_equal(x, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(x_dot, [0.5, 1.0, 2.0])
    np.testing.assert_array_equal(dot, [7.0, 1.0, 2.0])
    for one, two in ((dot, other), (dot, x_dot), (dot, first), (dot, x)):
        assert not np.shares_memory(one, two)
    _, same = jvp(by(engine)(lambda x: x), (x,), (x_dot,))
    assert not np.shares_memory(same, x_dot)


def test_has_aux():
    def both(x):
        return x * x, {"label": "square", "half": x / 2.0}

    assert jvp(both, (3.0,), (1.0,), has_aux=True) == (9.0, 6.0, {"label": "square", "half": 1.5})
    value, push, aux = linearize(both, 3.0, has_aux=True)
    assert (value, push(2.0), aux["label"]) == (9.0, 12.0, "square")
    with pytest.raises(srcad.ArgumentError, match="two-element tuple"):
        jvp(lambda x: x, (1.0,), (1.0,), has_aux=True)


@each_engine
def test_infinite_derivatives_warn_of_nothing(engine):
    """The program warns as it does, its tangent never."""
    function = by(engine)(lambda x: np.sqrt(x))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert jvp(function, (0.0,), (1.0,)) == (0.0, math.inf)
        assert jvp(function, (0.0,), (0.0,)) == (0.0, 0.0)
        guarded = by(engine)(lambda x: np.where(x > 0.0, np.sqrt(x), 0.0))
        _, dot = jvp(guarded, (np.array([0.0, 4.0]),), (np.ones(2),))
    np.testing.assert_array_equal(dot, [0.0, 0.25])
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        jvp(by(engine)(lambda x: np.log(x)), (0.0,), (1.0,))


@each_engine
def test_divisions_of_python_numbers(engine):
    """By zero they raise in the program, and are infinite in its tangent."""
    function = by(engine)(lambda x: 1.0 / x)
    with pytest.raises(ZeroDivisionError):
        jvp(function, (0.0,), (1.0,))
    out, dot = jvp(by(engine)(lambda x: math.sqrt(x)), (0.0,), (1.0,))
    assert (out, dot) == (0.0, math.inf)


@each_engine
def test_exceptions_are_those_of_the_program(engine):
    def checked(x):
        if x > 1.0:
            raise ValueError(f"too large: {x}")
        return x * x

    function = by(engine)(checked)
    assert jvp(function, (0.5,), (1.0,)) == (0.25, 1.0)
    with pytest.raises(ValueError, match=r"too large: 2\.0"):
        jvp(function, (2.0,), (1.0,))


def test_what_is_printed_is_printed_once(capsys):
    def told(x):
        print("x is", x)
        return np.sqrt(x)

    with np.errstate(all="ignore"):
        assert jvp(by("numpy")(told), (0.0,), (1.0,)) == (0.0, math.inf)
    assert capsys.readouterr().out == "x is 0.0\n"


def test_a_function_without_a_forward_rule_is_named_with_its_line(monkeypatch):
    from dataclasses import replace

    from srcad.rules.registry import PRIMITIVES

    without = replace(PRIMITIVES[np.linalg.det], forward=None)
    monkeypatch.setitem(PRIMITIVES, np.linalg.det, without)

    def volume(a):
        return np.linalg.det(a)

    with pytest.raises(srcad.MissingRule, match=r"np\.linalg\.det\(a\)"):
        jvp(volume, (np.eye(2),), (np.eye(2),))


def test_a_tangent_that_nobody_asks_for_needs_no_rule():
    """Only the decision needs the norm, and decisions have no tangent."""

    def halved(x):
        while np.linalg.norm(x, np.inf) > 1.0:
            x = 0.5 * x
        return x

    _, dot = jvp(by("numpy")(halved), (np.array([3.0, -5.0]),), (np.ones(2),))
    np.testing.assert_array_equal(dot, [0.125, 0.125])


def test_tangents_that_do_not_fit():
    x = np.ones(3)
    for tangents, words in [
        ((np.ones(4),), r"(?s)`primals\[0\]`.*float64 array of shape \(3,\).*shape \(4,\)"),
        ((np.ones(3, np.float32),), "float32 array"),
        ((np.ones(3, complex),), "complex128 array"),
        ((1.0,), "a Python float"),
        ((x, x), "a tuple of 2"),
        (([x],), r"(?s)`primals\[0\]`.*a list of 1"),
        ((None,), r"(?s)`primals\[0\]`"),
    ]:
        with pytest.raises(srcad.TangentError, match=words):
            jvp(np.sin, (x,), tangents)
    with pytest.raises(srcad.TangentError, match="the primal is a Python int"):
        jvp(lambda x, n: x * n, (1.0, 2), (1.0, np.ones(2)))
    for primals, tangents in ((x, (x,)), ((x,), x)):
        with pytest.raises(srcad.ArgumentError, match="must be tuples or lists"):
            jvp(np.sin, primals, tangents)
    with pytest.raises(srcad.ArgumentError, match="is a str"):
        jvp(np.sin, ("x",), (1.0,))
    with pytest.raises(srcad.ArgumentError, match="callable"):
        jvp(3.0, (1.0,), (1.0,))
    with pytest.raises(TypeError, match="missing 1 required"):
        jvp(lambda x, y: x, (1.0,), (1.0,))


def test_globals_are_read_at_each_call():
    scale = {"by": 2.0}

    def scaled(x):
        return scale["by"] * x

    assert jvp(scaled, (3.0,), (1.0,)) == (6.0, 2.0)
    scale["by"] = 5.0
    assert jvp(scaled, (3.0,), (1.0,)) == (15.0, 5.0)


@each_engine
def test_linearize_stays_where_it_was(engine):
    scale = {"by": np.array([2.0, 3.0])}

    def scaled(x):
        return scale["by"] * x * x

    x = np.array([1.0, 2.0])
    value, push = linearize(by(engine)(scaled), x)
    np.testing.assert_array_equal(value, [2.0, 12.0])
    x[:] = 100.0
    scale["by"][:] = 100.0
    for _ in range(2):
        np.testing.assert_array_equal(push(np.ones(2)), [4.0, 12.0])
    with pytest.raises(srcad.TangentError):
        push(np.ones(3))
    assert repr(push) == "<pushforward of scaled: (float64[2],)>"


# -- Jacobians ------------------------------------------------------------------------------------


def product(p, x, k=2):
    return {"a": np.sin(p["w"]) * x**k, "b": np.sum(p["w"]) * p["c"]}


@pytest.mark.parametrize("transform", [jacfwd, jacrev, jacobian])
def test_jacobians_of_trees(transform):
    w, x = np.array([0.1, 0.5, 2.0]), np.array([1.0, 2.0, 3.0])
    found = transform(product, argnums=(0, 1))({"w": w, "c": 2.0}, x, k=3)
    assert [*found] == ["a", "b"]
    np.testing.assert_allclose(found["a"][0]["w"], np.diag(np.cos(w) * x**3), rtol=1e-14)
    np.testing.assert_array_equal(found["a"][0]["c"], np.zeros(3))
    np.testing.assert_allclose(found["a"][1], np.diag(np.sin(w) * 3.0 * x**2), rtol=1e-14)
    np.testing.assert_array_equal(found["b"][0]["w"], [2.0, 2.0, 2.0])
    assert found["b"][0]["c"] == pytest.approx(np.sum(w))
    np.testing.assert_array_equal(found["b"][1], np.zeros(3))


@pytest.mark.parametrize("transform", [jacfwd, jacrev])
def test_jacobians_have_the_axes_of_the_result_first(transform, rng):
    a, x = rng.uniform(-1.0, 1.0, (4, 3)), rng.uniform(-1.0, 1.0, (3, 2))
    found = transform(lambda x: np.tanh(a @ x))(x)
    expected = np.einsum("ij,ik,jl->ijkl", 1.0 - np.tanh(a @ x) ** 2, a, np.eye(2))
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)
    assert transform(lambda x: x * x)(3.0) == 6.0
    assert transform(lambda x: np.sum(x))(np.zeros((0, 2))).shape == (0, 2)
    assert transform(lambda x: x[:0])(np.ones(3)).shape == (0, 3)


@pytest.mark.parametrize("transform", [jacfwd, jacrev])
def test_jacobians_with_aux_and_of_holomorphic_functions(transform):
    jac, aux = transform(lambda x: (x**2, "aux"), has_aux=True)(np.array([1.0, 2.0]))
    np.testing.assert_array_equal(jac, [[2.0, 0.0], [0.0, 4.0]])
    assert aux == "aux"
    assert transform(lambda z: z * z, holomorphic=True)(1.0 + 2.0j) == 2.0 + 4.0j
    with pytest.raises(srcad.ArgumentError, match="complex"):
        transform(lambda z: z * z, holomorphic=True)(1.0)


def test_what_jacobians_refuse():
    with pytest.raises(srcad.ArgumentError, match="real dtype, but got int64"):
        jacfwd(lambda x: x * x)(3)
    with pytest.raises(srcad.ArgumentError, match="real dtype, but got complex128"):
        jacfwd(lambda x: x * x)(3.0j)
    with pytest.raises(srcad.ArgumentError, match="outputs of real dtype"):
        jacrev(lambda x: x * 1.0j)(3.0)
    with pytest.raises(srcad.ArgumentError, match="but got int64"):
        jacrev(lambda x: x * x)(3)
    assert jacrev(lambda x: x * 2.0, allow_int=True)(3).dtype == FLOAT0
    with pytest.raises(srcad.ArgumentError, match="requires at least 3"):
        jacfwd(lambda x, y: x, argnums=2)(1.0, 2.0)


def test_jacrev_runs_the_function_once(capsys):
    def told(x):
        print("run")
        return x * x

    jacrev(by("numpy")(told))(np.ones(3))
    assert capsys.readouterr().out == "run\n"


def test_jacobians_pickle():
    made = pickle.loads(pickle.dumps(jacfwd(cool, argnums=1)))
    u = np.linspace(0.1, 2.0, 5)
    dots = (np.zeros(5), 1.0, None)
    np.testing.assert_allclose(made(u, 0.3, 4), complex_step(cool, (u, 0.3, 4), dots), rtol=1e-13)
    assert repr(made) == "<jacfwd of cool by argnums 1>"


def test_source_of_the_tangent():
    u = np.ones(3)
    text = srcad.source(cool, u, 0.1, 3, mode="forward")
    assert "def cool_jvp(u, rate, steps, u_dot, rate_dot):" in text
    assert "tape" not in text
    loops = srcad.source(cool, u, 0.1, 3, mode="forward", level="loops")
    assert "for i in independent(" in loops
    assert "_bwd" in srcad.source(cool, u, 0.1, 3)
    with pytest.raises(srcad.ArgumentError, match="mode"):
        srcad.source(cool, u, 0.1, 3, mode="sideways")


def test_both_modes_have_specialisations_of_their_own():
    u = np.linspace(0.1, 2.0, 5)
    _, pull = vjp(cool, u, 0.3, 4)
    _, dot = jvp(cool, (u, 0.3, 4), (np.ones(5), 0.0, None))
    np.testing.assert_allclose(np.sum(pull(np.ones(5))[0]), np.sum(dot), rtol=1e-13)
