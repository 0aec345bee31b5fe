"""Complex numbers where they end: zeros, poles, cuts, and what Python and NumPy refuse of them."""

import cmath

import numpy as np
import pytest

import srcad

each_engine = pytest.mark.parametrize("engine", ("numpy", "numba"))


def admittance(omega):
    return 1.0 / (1j * omega)


def reciprocal_power(z):
    return z**-1


def logarithm(z):
    return cmath.log(z)


def exponential(z):
    return cmath.exp(z)


def ordered(z):
    return z if z < 1.0 else 2.0 * z


def stored_in_a_part(z):
    w = np.zeros(2, complex)
    w.real[0] = z
    return w


def imaginary_part_of_reals(x):
    y = np.ones(3) * x
    y.imag = 1.0
    return y


def real_part_of_another_length(x):
    z = np.zeros(2, complex)
    z.real = np.ones(5) * x
    return z


def multiplied_in_place(z):
    a = np.ones(2)
    a *= z
    return a


@each_engine
@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (admittance, 0.0),
        (reciprocal_power, 0j),
        (logarithm, 0j),
        (exponential, 1000.0 + 0j),
        (ordered, 1j),
        (stored_in_a_part, 1j),
        (imaginary_part_of_reals, 1.0),
        (real_part_of_another_length, 1.0),
    ],
)
def test_errors_are_those_of_python(function, argument, engine):
    with pytest.raises((ArithmeticError, TypeError, ValueError)) as expected:
        function(argument)
    with pytest.raises(expected.type) as caught:
        srcad.differentiable(engine=engine)(function).vjp(argument)
    assert caught.value.args == expected.value.args


@each_engine
def test_a_complex_factor_does_not_fit_into_reals(engine):
    with pytest.raises(TypeError, match="Cannot cast ufunc"):
        srcad.differentiable(engine=engine)(multiplied_in_place).vjp(1j)


def absolute(z):
    return np.abs(z)


def angle(z):
    return np.angle(z)


def in_degrees(z):
    return np.angle(z, deg=True)


def root(z):
    return cmath.sqrt(z)


@each_engine
def test_conventions_at_zero(engine):
    at = np.array([0.0, 2.0j])
    _, pullback = srcad.differentiable(engine=engine)(absolute).vjp(at)
    np.testing.assert_array_equal(pullback(np.ones(2))[0], [0.0, -1.0j])
    _, pullback = srcad.differentiable(engine=engine)(angle).vjp(at)
    bar = pullback(np.ones(2))[0]
    assert np.isnan(bar[0])
    assert bar[1] == -0.5
    np.testing.assert_array_equal(pullback(np.array([0.0, 1.0]))[0], [0.0, -0.5])
    _, pullback = srcad.differentiable(engine=engine)(in_degrees).vjp(at)
    np.testing.assert_allclose(pullback(np.array([0.0, 1.0]))[0], [0.0, -90.0 / np.pi])
    value, pullback = srcad.differentiable(engine=engine)(root).vjp(0j)
    assert value == 0.0
    assert not np.isfinite(pullback(1.0 + 0j)[0])


def inverse_cosh(z):
    return np.arccosh(z), np.arcsinh(z), np.arcsin(z), np.arctanh(z)


@each_engine
def test_inverse_functions_in_every_quadrant(engine):
    """The derivatives in closed form; the product of roots is not the root of the product."""
    z = np.array([1.3 + 0.4j, -1.3 + 0.4j, -1.3 - 0.4j, 1.3 - 0.4j, -0.2 - 2.0j])
    _, pullback = srcad.differentiable(engine=engine)(inverse_cosh).vjp(z)
    ones, none = np.ones_like(z), np.zeros_like(z)
    wanted = [
        1.0 / (np.sqrt(z - 1.0) * np.sqrt(z + 1.0)),
        1.0 / (np.sqrt(1.0 + 1j * z) * np.sqrt(1.0 - 1j * z)),
        1.0 / (np.sqrt(1.0 - z) * np.sqrt(1.0 + z)),
        1.0 / (1.0 - z**2),
    ]
    for place, derivative in enumerate(wanted):
        (bar,) = pullback(tuple(ones if k == place else none for k in range(4)))
        np.testing.assert_allclose(bar, derivative, rtol=1e-13)


def parts(z):
    z.real[1:] += 2.0 * z.imag[:-1]
    return z


def test_writes_to_parts_are_written_as_such():
    text = srcad.source(parts, np.ones(3, complex))
    assert ".real[1:] = " in text
