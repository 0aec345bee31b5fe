"""`srcad.testing`: right derivatives pass, wrong ones raise, and what cannot be told is told."""

import warnings
from functools import partial

import numpy as np
import pytest

import srcad
from srcad.testing import check_grads, check_jvp, check_vjp, taylor_test


def cool(u, rate, steps):
    for _ in range(steps):
        u = u - rate * np.sin(u)
    return np.sum(u**2)


def several(u, z, n):
    return {"z": z * np.conj(z) * z, "u": u * n, "n": n, "pair": (u[0], [n, u[:2] * z])}


PROGRAMS = {
    "scalar": (np.sin, (0.5,)),
    "loop": (cool, (np.linspace(0.0, 1.0, 6), 0.1, 3)),
    "tree": (several, (np.ones(3), 1.0 + 2.0j, 3)),
    "single": (lambda x: x * np.sum(x), (np.linspace(0.5, 1.0, 3, dtype=np.float32),)),
    "written to": (lambda x: [x.__setitem__(0, x[1] ** 2), np.sum(x * x)][1], (np.ones(3),)),
    "empty": (lambda x, y: np.sum(x) + y * y, (np.ones(0), 2.0)),
}


@pytest.fixture(autouse=True)
def no_doubts():
    with warnings.catch_warnings():
        warnings.simplefilter("error", srcad.CheckWarning)
        yield


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "written to"])
def test_right_derivatives_pass(name):
    function, args = PROGRAMS[name]
    numpy = srcad.differentiable(engine="numpy")(function)
    assert check_grads(numpy, args) is None
    check_vjp(numpy, partial(srcad.vjp, numpy), args)
    check_jvp(numpy, partial(srcad.jvp, numpy), args)


def test_arguments_are_left_alone():
    def writes(x):
        x[0] = x[1] ** 2
        return np.sum(x * x)

    x = np.arange(1.0, 4.0)
    check_grads(srcad.differentiable(engine="numpy")(writes), (x,))
    taylor_test(writes, (x,), lambda x, d: (14.0 + 3.0, 0.0))
    assert x.tolist() == [1.0, 2.0, 3.0]


def scaled_vjp(factor, x, y):
    return x * y, lambda bar: (bar * y, factor * bar * x)


def scaled_jvp(factor, primals, tangents):
    (x, y), (x_dot, y_dot) = primals, tangents
    return x * y, x_dot * y + factor * x * y_dot


def product(x, y):
    return x * y


ARGS = (np.linspace(1.0, 2.0, 4), np.linspace(-1.0, 1.0, 4))


@pytest.mark.parametrize("factor", [1.0, 1.0 + 1e-5, 0.0, -1.0])
def test_wrong_factors_are_found(factor):
    for check, derivative in ((check_vjp, scaled_vjp), (check_jvp, scaled_jvp)):
        if factor == 1.0:
            check(product, partial(derivative, factor), ARGS)
        else:
            with pytest.raises(srcad.GradientMismatch, match="is not the slope") as caught:
                check(product, partial(derivative, factor), ARGS)
            assert "y" in str(caught.value).split("wrong by:")[1].splitlines()[0]


def test_wrong_forms_are_found():
    def pulled(*bars):
        return lambda x, y: (x * y, lambda bar: bars)

    x, y = ARGS
    wrong = {
        "another tree": pulled(x),
        r"shape \(\) for `x`": pulled(1.0, y),
        "not the function's value": lambda x, y: (x + y, lambda bar: (bar, bar)),
    }
    for words, f_vjp in wrong.items():
        with pytest.raises(srcad.GradientMismatch, match=words):
            check_vjp(product, f_vjp, ARGS)
    wrong = {
        "another tree": lambda x, d: (x[0] * x[1], (d[0], d[1])),
        "shape": lambda x, d: (x[0] * x[1], 1.0),
        "not the function's value": lambda x, d: (x[0] + x[1], d[0] + d[1]),
    }
    for words, f_jvp in wrong.items():
        with pytest.raises(srcad.GradientMismatch, match=words):
            check_jvp(product, f_jvp, ARGS)


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_a_wrong_rule_is_found(mode, monkeypatch):
    function = srcad.differentiable(engine="numpy")(lambda x: np.round(x, 12))  # slope 0, not 1
    with pytest.raises(srcad.GradientMismatch):
        check_grads(function, (3.0,), modes=(mode,))


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_kinks_are_told_of(mode):
    function = srcad.differentiable(engine="numpy")(lambda x: np.sum(np.abs(x)))
    with pytest.warns(srcad.CheckWarning, match="kink"):
        check_grads(function, (np.array([1.0, 0.0]),), modes=[mode])


def test_arguments_are_checked():
    with pytest.raises(srcad.ArgumentError, match="of order 1, not 2"):
        check_grads(np.sin, (1.0,), order=2)
    for modes in (("forward",), "rev", ("fwd", "both")):
        with pytest.raises(srcad.ArgumentError, match="no modes"):
            check_grads(np.sin, (1.0,), modes=modes)
    for check in (check_grads, partial(taylor_test, f_jvp=None)):
        with pytest.raises(srcad.ArgumentError, match="tuple or a list"):
            check(np.sin, 1.0)
        with pytest.raises(srcad.ArgumentError, match="cannot be differentiated"):
            check(np.sin, ("one",))


def test_slopes_of_remainders(capsys):
    args = PROGRAMS["loop"][1]
    slopes = taylor_test(srcad.differentiable(engine="numpy")(cool), args)
    assert len(slopes) == 9
    assert all(1.9 < slope < 2.1 for slope in slopes)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == "step remainder slope of order 1 slope".split()
    assert len(printed) == 11
    assert printed[-1].split()[-1] == f"{slopes[-1]:.2f}"


def test_slopes_of_wrong_derivatives(capsys):
    wrong = taylor_test(np.sin, (0.5,), lambda x, d: (np.sin(x[0]), 1.1 * d[0] * np.cos(x[0])))
    assert all(0.5 < slope < 1.5 for slope in wrong[3:])
    unknown = taylor_test(np.sin, (0.5,), lambda x, d: (np.sin(x[0]), np.nan))
    assert len(unknown) == 9
    assert np.isnan(unknown).all()
    assert taylor_test(lambda x: 3.0 * x, (0.5,)) == ()


def test_remainders_are_drawn(capsys):
    figure = pytest.importorskip("matplotlib.figure")
    ax = figure.Figure().subplots()
    taylor_test(np.sin, (0.5,), lambda x, d: (np.sin(x[0]), d[0] * np.cos(x[0])), ax=ax)
    measured, ideal = ax.lines[2:4]
    assert len(ax.lines) == 4
    assert ax.get_xscale() == ax.get_yscale() == "log"
    np.testing.assert_allclose(measured.get_ydata(), ideal.get_ydata(), rtol=0.2)
