"""`srcad.checkpointed`: loops that the backward sweep runs again, segment by segment."""

import tracemalloc

import numpy as np
import pytest

import srcad
from srcad import (
    UnsupportedSyntax,
    UnsupportedType,
    checkpointed,
    differentiable,
    grad,
    hessian,
    hvp,
    jvp,
    vmap,
)
from tests.test_nesting import by, each_engine, slope


def heat(u, rate, steps, every):
    u = u.copy()
    for _ in checkpointed(range(steps), every=every):
        u[1:-1] += rate * (u[2:] - 2.0 * u[1:-1] + u[:-2]) - 0.1 * u[1:-1] ** 3
    return np.sum(u**2)


def writes_to_its_argument(u, rate, steps, every):
    for t in checkpointed(range(steps), every):
        u[t % len(u)] = np.sin(u[t % len(u)]) * u[0] + rate
    return np.sum(u**2)


def branches(u, rate, steps, every):
    total, count = 0.0, 0
    for t in checkpointed(range(steps), every=every):
        if u[t % 3] * rate > 0.05:
            rate = rate * (1.0 - 0.1 * u[1])
            count += 1
        else:
            total = total + rate * u[t % len(u)]
            if count > 2:
                continue
        u = np.tanh(u * (1.0 + 0.01 * t)) + 0.1
    return total * count + rate + np.sum(u)


def two_buffers(u, rate, steps, every):
    old, new = u.copy(), np.zeros_like(u)
    for _ in checkpointed(range(steps), every=every):
        new[1:-1] = old[1:-1] + rate * (old[2:] - 2.0 * old[1:-1] + old[:-2])
        new[0] = new[-1] * old[0]
        old, new = new, old
    return np.sum(old**2 * np.arange(len(u))) + np.sum(new)


def aliases(u, rate, steps, every):
    v = u.copy()
    row, other = v[1:], v
    for _ in checkpointed(range(steps), every=every):
        row *= rate * v[0] + 0.8
        v[0] = row[0] * 0.5 + 0.1
    return np.sum(other**2) + row[-1]


def backwards(u, rate, steps, every):
    total = 0.0
    for t in checkpointed(range(steps - 1, -1, -2), every=every):
        total = total * rate + u[t % len(u)] ** 2 * (t + 1)
    return total + t if steps else total


def in_loops(u, rate, steps, every):
    total = 0.0
    for k in range(3):
        v = u * (k + 1.0)
        for t in checkpointed(range(steps + k), every=every):
            for i in range(1, len(v)):
                v[i] = 0.5 * (v[i] + rate * v[i - 1]) + 0.01 * t
        total = total + np.sum(v**2)
    return total


def in_one_another(u, rate, steps, every):
    u = u.copy()
    for k in checkpointed(range(steps // 2), every=every):
        for t in checkpointed(range(k + 2), every=2):
            u[1:] = u[1:] * 0.9 + rate * u[:-1] ** 2 + 0.01 * t
    return np.sum(u)


def of_while(u, rate, steps, every):
    for _ in checkpointed(range(steps), every=every):
        k = 0
        while u[0] > 0.1 and k < 3:
            u = u * (0.9 - 0.1 * rate)
            k += 1
        u = u + 0.3 * np.cos(u)
    return np.sum(u)


def by_the_root(u, rate, steps, every):
    for _ in checkpointed(range(steps)):
        u = u - rate * np.sin(u) * u[0]
    return np.sum(u**3)


def reads_the_counter_later(u, rate, steps, every):
    t = 0
    for t in checkpointed(range(1, steps + 1), every=every):
        rate = rate + u[t % len(u)] * t * 0.01
    return rate * t


def both(p):
    return p, p


def sorts(u, rate, steps, every):
    v = u * rate
    for i in checkpointed(range(steps, 1, -1), every=every):
        for j in checkpointed(range(len(u)), every=3):
            u = np.sort(u * 1.01)
        u, v = both(u)
    return np.sum(v * np.arange(5)) + rate


def step(state, rate):
    u, v = state["u"], state["v"]
    return {"u": u + rate * v, "v": v - rate * np.sin(u)}


def state_in_a_dict(u, rate, steps, every):
    state = {"u": u, "v": u[::-1] * 0.5}
    for _ in srcad.checkpointed(range(steps), every=every):
        state = step(state, rate)
    return np.sum(state["u"] * state["v"])


PROGRAMS = [
    heat,
    writes_to_its_argument,
    branches,
    two_buffers,
    aliases,
    backwards,
    in_loops,
    in_one_another,
    of_while,
    by_the_root,
    reads_the_counter_later,
    sorts,
    state_in_a_dict,
]
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.__name__)
U, ALONG = np.array([0.4, -0.3, 0.8, 0.2, 0.6]), np.array([0.7, 0.4, -0.2, 0.5, 0.1])


@each_engine
@each_program
def test_gradients(program, engine):
    """Against differences, for no trips, segments that end with the loop and such that do not."""
    gradient = grad(by(engine)(program), argnums=(0, 1))
    for steps, every in ((0, 3), (1, 3), (6, 3), (7, 3), (5, 8), (4, 1)):
        found, found_rate = gradient(U.copy(), 0.2, steps, every)
        measured = slope(lambda u: program(u.copy(), 0.2, steps, every), U, ALONG)
        assert found @ ALONG == pytest.approx(measured, rel=1e-6, abs=1e-9)
        measured = slope(lambda rate: program(U.copy(), rate, steps, every), 0.2, 1.0)
        assert found_rate == pytest.approx(measured, rel=1e-6, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    "program", [p for p in PROGRAMS if p not in (in_one_another, sorts)], ids=lambda p: p.__name__
)
def test_other_modes(program):
    """Forward, and second derivatives both ways."""

    def function(u):
        return program(u * 1.0, 0.2, 7, 3)

    gradient = grad(function)
    value, dot = jvp(function, (U,), (ALONG,))
    assert value == pytest.approx(function(U))
    assert dot == pytest.approx(gradient(U) @ ALONG)
    expected = slope(gradient, U, ALONG)
    np.testing.assert_allclose(hvp(function, (U,), (ALONG,))[0], expected, rtol=1e-5, atol=1e-7)
    twice = grad(lambda u: gradient(u) @ ALONG)(U)
    np.testing.assert_allclose(twice, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.complex128])
def test_other_kinds(dtype):
    def function(u):
        for _ in checkpointed(range(7), every=3):
            u = u * (1.0 - 0.1 * u)
        return np.sum(u * np.conj(u)).real

    def plain(u):
        for _ in range(7):
            u = u * (1.0 - 0.1 * u)
        return np.sum(u * np.conj(u)).real

    u = (U + 0.3j * ALONG).astype(dtype) if dtype is np.complex128 else U.astype(dtype)
    found = grad(function)(u)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, grad(plain)(u), rtol=1e-6)


@each_engine
def test_mapped(engine):
    function = by(engine)(lambda u: heat(u, 0.2, 7, 3))
    batch = np.stack([U, 2.0 * U, ALONG])
    expected = [grad(function)(u) for u in batch]
    np.testing.assert_allclose(vmap(grad(function))(batch), expected)
    total = grad(lambda us: np.sum(vmap(function)(us)))(batch)
    np.testing.assert_allclose(total, expected)


def test_hessian_of_a_loop():
    found = hessian(lambda u: heat(u, 0.2, 7, 3))(U)
    np.testing.assert_allclose(found, hessian(lambda u: heat(u, 0.2, 7, 100))(U), rtol=1e-9)


def test_the_pullback_is_reusable():
    value, pull = srcad.vjp(heat, U, 0.2, 7, 3)
    first, second = pull(1.0), pull(2.0)
    np.testing.assert_allclose(2.0 * first[0], second[0])


def test_memory():
    """States at the start of segments, and the tapes of one segment: not those of all trips."""

    @differentiable(engine="numpy")
    def run(u, every):
        for _ in checkpointed(range(2500), every=every):
            u = u - 0.01 * np.sin(u)
        return np.sum(u)

    u = np.linspace(0.0, 1.0, 200)
    peaks = {}
    for every in (50, 2500):
        grad(run)(u, every)
        tracemalloc.start()
        grad(run)(u, every)
        peaks[every] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[50] < 200 * u.nbytes  # of states, 2500 / 50 and 50, and what is at work
    assert peaks[2500] > 2500 * u.nbytes


def test_it_is_the_range_outside():
    assert checkpointed(range(2, 9), every=3) == range(2, 9)
    assert list(checkpointed(range(3))) == [0, 1, 2]


def leaves_early(u):
    for t in checkpointed(range(40), every=3):
        u = u * 0.9
        if u[0] < 0.2:
            break
    return np.sum(u)


def goes_through_a_list(u):
    for value in checkpointed([1.0, 2.0]):
        u = u * value
    return np.sum(u)


def twice_in_one_another(u):
    return np.sum(grad(in_one_another)(u, 0.2, 6, 2))


def prints(u):
    for t in checkpointed(range(40), every=3):
        u = u * 0.9
        print(t)
    return np.sum(u)


@pytest.mark.parametrize(
    "program, error, words",
    [
        (leaves_early, UnsupportedSyntax, "left before its end"),
        (goes_through_a_list, UnsupportedType, "goes through a range"),
        (twice_in_one_another, UnsupportedSyntax, "not known before it"),
        (prints, UnsupportedSyntax, "print it again"),
    ],
)
def test_what_is_refused(program, error, words):
    with pytest.raises(error, match=words):
        grad(program)(U)
