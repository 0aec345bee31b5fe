"""`njit_value_and_grad`: gradients called by compiled code, against the same code in Python."""

import numba
import numpy as np
import pytest

import srcad
from srcad.runtime.compiled import Bail

WEIGHT = 3.0


def log_density(q, data, scale):
    left = data - q[0]
    return -0.5 * np.sum(left * left) / scale**2 - data.shape[0] * np.log(scale) - 0.1 * q[1] ** 4


def leapfrog(gradient, q, p, data, step, steps):
    for _ in range(steps):
        _, force = gradient(q, data, 2.0)
        p = p + 0.5 * step * force
        q = q + step * p
        _, force = gradient(q, data, 2.0)
        p = p + 0.5 * step * force
    value, _ = gradient(q, data, 2.0)
    return q, p, value


@pytest.mark.slow
def test_hamiltonian_trajectories_are_those_of_python():
    data = np.linspace(-1.0, 3.0, 7)
    start = np.array([0.3, -0.4]), np.array([1.0, 0.5])
    compiled = srcad.njit_value_and_grad(log_density, start[0], data, 2.0)
    plain = srcad.value_and_grad(srcad.differentiable(engine="numpy")(log_density))

    @numba.njit
    def run(q, p, data, step, steps):
        for _ in range(steps):
            _, force = compiled(q, data, 2.0)
            p = p + 0.5 * step * force
            q = q + step * p
            _, force = compiled(q, data, 2.0)
            p = p + 0.5 * step * force
        value, _ = compiled(q, data, 2.0)
        return q, p, value

    found = run(*start, data, 0.1, 25)
    expected = leapfrog(plain, *start, data, 0.1, 25)
    for mine, theirs in zip(found, expected, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-10)
    # Energy is conserved where the force is the slope of the density.
    energy = [
        0.5 * np.sum(p * p) - log_density(q, data, 2.0) for q, p in (start, (found[0], found[1]))
    ]
    assert abs(energy[0] - energy[1]) < 2e-3


def weighted(x, y, n):
    return WEIGHT * x**n * y


@numba.njit
def second_of(pair):
    return pair[1]


def test_arguments_are_chosen_and_globals_are_parameters():
    by_both = srcad.njit_value_and_grad(weighted, 2.0, 3.0, 2, argnums=(1, 0))
    value, gradient = by_both(2.0, 3.0, 2, 5.0)
    assert value == 60.0
    assert gradient == (20.0, 60.0)
    assert second_of(by_both(2.0, 3.0, 2, 1.0)) == (4.0, 12.0)
    by_one = srcad.njit_value_and_grad(weighted, 2.0, 3.0, 2, argnums=[-2])
    assert by_one(2.0, 3.0, 2, WEIGHT) == (36.0, (12.0,))


def broadcast(x, y):
    return np.sum(x * y)


def picks(x, i):
    return x[i] / i


def logarithm(x):
    if x < 0.0:
        raise ValueError("negative")
    return np.log(x) * x


@pytest.mark.slow
def test_what_does_not_fit_is_refused_in_compiled_code():
    gradient = srcad.njit_value_and_grad(broadcast, np.ones(3), np.ones(3))

    @numba.njit
    def run(x, y):
        return gradient(x, y)[1]

    np.testing.assert_array_equal(run(np.ones(4), np.full(4, 2.0)), np.full(4, 2.0))
    with pytest.raises(ValueError, match=r"len\(x\) == len\(y\)"):
        run(np.ones(1), np.ones(3))
    with pytest.raises(ValueError, match="in one piece"):
        run(np.ones(6)[::2], np.ones(3))
    with pytest.raises(TypeError, match="`x` must be an array of float64"):
        run(np.ones(3, np.float32), np.ones(3))
    # Integers in place of floats would have gradients of integers.
    with pytest.raises(TypeError, match="`x` must be an array of float64"):
        run(np.ones(3, int), np.ones(3))


@pytest.mark.slow
def test_errors_of_the_program_are_raised_in_compiled_code():
    element = srcad.njit_value_and_grad(picks, np.ones(3), 2)
    safe = srcad.njit_value_and_grad(logarithm, 2.0)

    @numba.njit
    def run(x, i):
        return element(x, i)[0]

    @numba.njit
    def ran(x):
        return safe(x)

    assert run(np.array([1.0, 2.0, 3.0]), 2) == 1.5
    with pytest.raises((Bail, ValueError)):
        run(np.ones(3), 3)  # out of range
    with pytest.raises((Bail, ValueError)):
        run(np.ones(3), 0)  # divides by zero
    with pytest.raises(Bail):
        ran(-1.0)
    assert ran(1.0) == (0.0, 1.0)


REFUSED = {
    "container": (lambda x: x[0] * x[1], ((1.0, 2.0),), {}, "takes a container"),
    "text": (lambda x, how: x * x, (1.0, "fast"), {}, "its argument"),
    "vector": (lambda x: x * x, (np.ones(3),), {}, "not one real number"),
    "int": (lambda x, n: x * n, (1.0, 2), {"argnums": 1}, "real- or complex-valued inputs"),
    "argnums": (lambda x: x * x, (1.0,), {"argnums": 1}, "requires at least 2"),
    "pieces": (np.sum, (np.ones(6)[::2],), {}, "not in one piece"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_has_no_compiled_gradient_is_refused(case):
    function, args, options, words = REFUSED[case]
    with pytest.raises(srcad.ArgumentError, match=words):
        srcad.njit_value_and_grad(function, *args, **options)


def test_what_prints_is_refused():
    def printing(x):
        print(x)
        return x * x

    with pytest.raises(srcad.CompilationError, match="prints"):
        srcad.njit_value_and_grad(printing, 1.0)
