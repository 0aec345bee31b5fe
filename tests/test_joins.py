"""Where ways through a program meet again: what is written for that is short, and nothing twice."""

import re

import numpy as np
import pytest

import srcad
from srcad.analyses.flags import Facts
from srcad.emit.moves import in_order
from srcad.ir.kinds import BOOL
from srcad.ir.nodes import Var
from tests.programs import branches

X, Y = np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1])
LEVELS = pytest.mark.parametrize("level", ["array", "loops"])


def lines(function, *args, level):
    """The lines of what is generated, without their indentation."""
    return [line.strip() for line in srcad.source(function, *args, level=level).splitlines()]


def ran(moves, values):
    """What the names stand for after the lines that are written for some moves."""
    values = dict(values)
    for group in in_order(moves):
        values.update({name: values[text] for name, text in group})
    return values


def test_any_moves_mean_what_they_mean_at_once(rng):
    names = "abcdef"
    before = dict(zip(names, range(6), strict=True))
    for _ in range(300):
        given = rng.permutation(6)[: rng.integers(1, 7)]
        moves = [(names[i], names[rng.integers(6)]) for i in given]
        assert ran(moves, before) == {**before, **{name: before[text] for name, text in moves}}


def test_only_names_that_change_places_share_a_line():
    moves = [("x", "y"), ("a", "x"), ("y", "x"), ("b", "b"), ("c", "a")]
    assert in_order(moves) == [[("c", "a")], [("a", "x")], [("x", "y"), ("y", "x")]]


@LEVELS
def test_a_placeholder_has_no_name_of_its_own(level):
    for line in lines(branches.result_read_while_it_is_made, X, Y, 1.5, level=level):
        assert not re.fullmatch(r"t\d* = np\.empty\(0\)", line), line


@LEVELS
def test_what_a_flag_says_is_not_checked(level):
    text = "\n".join(lines(branches.flags_go_together, X, 1.5, level=level))
    assert "bound" not in text
    assert "raise" not in text


@LEVELS
def test_a_check_is_made_once(level):
    def f(x, a):
        if a > 0.0:
            w = x * a
        u = w + 1.0
        v = w * u
        return v + w

    text = "\n".join(lines(f, X, 1.5, level=level))
    assert text.count("raise") == 1


@LEVELS
def test_an_array_just_made_is_not_copied(level):
    def f(x, a):
        z = x * 2.0
        if a > 0.5:
            w = z
        else:
            w = x * a
            w[0] *= a
        return w * z

    assert ".copy()" not in "\n".join(lines(f, X, 1.5, level=level))


@LEVELS
def test_what_is_written_whole_is_not_copied(level):
    def f(x, a):
        z = np.sin(x)
        w = z
        w *= z * a
        return w

    found = [line for line in lines(f, X, 1.5, level=level) if ".copy()" in line]
    assert found == []


def flag():
    """A bool of a program."""
    return Var("", BOOL)


def test_flags_that_go_together():
    bound, returned, other = flag(), flag(), flag()
    facts = Facts().together([bound, returned], [(True, False), (False, True)])
    assert facts.of(bound) is None
    assert facts.assume(returned, False).of(bound) is True
    assert facts.assume(returned, True).of(bound) is False
    missing = flag()
    facts = facts.opposite(missing, bound)
    assert facts.assume(missing, True).of(returned) is True
    assert facts.combinations([missing, returned]) == ((False, False), (True, True))
    assert facts.combinations([other, bound]) == ((None, True), (None, False))


def test_a_flag_that_may_be_either_says_nothing():
    first, second = flag(), flag()
    facts = Facts().together([first, second], [(True, None), (False, False)])
    assert facts.assume(first, True).of(second) is None
    assert facts.assume(second, True).of(first) is True


def mean_of_nothing(x, a, b):
    a = np.mean(x)
    if a > b:
        b = a
    return b


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.filterwarnings("ignore")
def test_no_bar_is_divided_by_no_elements(engine):
    """The bar of a branch not taken is Python's 0.0, which Python does not divide by 0."""
    _, pullback = srcad.differentiable(engine=engine)(mean_of_nothing).vjp(np.zeros(0), 0.3, 0.9)
    x_bar, a_bar, b_bar = pullback(1.0)
    assert x_bar.shape == (0,)
    assert (a_bar, b_bar) == (0.0, 1.0)


def float_or_single_precision(x, a):
    if 0.5 > a:
        a = np.sum(x)
    return a


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_float_of_pythons_is_not_rounded(engine):
    """0.9 was that of single precision where a sum in single precision takes its name."""
    out, pullback = srcad.differentiable(engine=engine)(float_or_single_precision).vjp(
        X.astype(np.float32), 0.9
    )
    assert out == 0.9
    x_bar, a_bar = pullback(np.float64(1.0))
    assert (x_bar.dtype, a_bar) == (np.float32, 1.0)
    np.testing.assert_array_equal(x_bar, 0.0)
