"""150 ordinary programs, written by people who had not seen srcad: how useful is it?

`tests/programs/textbook_*.py` stay as they were typed.  A program that srcad refuses is in
`REFUSED` with the words of its refusal; none is wrong.
"""

import copy
import functools
import importlib
from pathlib import Path

import numpy as np
import pytest
from fuzzing.engines import Truth
from fuzzing.level import check_loops

import srcad
from tests.reference import derivative, directions, is_float, leaves, random_like, rebuild
from tests.test_programs import close

FOLDER = Path(__file__).parent / "programs"
MODULES = sorted(path.stem for path in FOLDER.glob("textbook_*.py"))
PROGRAMS = {
    f"{module}-{function.__name__}": (function, args)
    for module in MODULES
    for function, args in importlib.import_module(f"tests.programs.{module}").PROGRAMS
}
COMPILED = list(PROGRAMS)[::5]
"""Those that Numba compiles here; the text that it would compile is run for all of them."""

REFUSED = {
    "textbook_linear_systems-orthogonality_loss": "items of this list are not known to have one",
    "textbook_nature-two_compartment_pk": "an order that is known only at run time",
    "textbook_quadrature-voigt_like_area": "calls itself as often as its data say",
}

UNCERTAIN = 2e-5
"""Iterations that stop at a tolerance are as precise as that."""


@functools.cache
def case(name):
    """A function of numbers and arrays only, its arguments, its result, and a cotangent of that."""
    function, args = PROGRAMS[name]
    texts = [k for k, arg in enumerate(args) if has_text(arg)]
    if texts:
        (k,) = texts
        whole, kept = function, args[k]
        args = args[:k] + args[k + 1 :]

        def function(*rest):
            return whole(*rest[:k], kept, *rest[k:])

    out = function(*copy.deepcopy(args))
    generator = np.random.default_rng(17)
    return function, args, out, rebuild(out, iter([random_like(x, generator) for x in leaves(out)]))


def has_text(tree):
    return any(isinstance(leaf, str) for leaf in leaves(tree))


@functools.cache
def references(name):
    """(leaf of the arguments, direction, derivative, its error)."""
    function, args, _, cotangent = case(name)
    generator = np.random.default_rng(23)
    return [
        (k, direction, *derivative(function, args, k, direction, leaves(cotangent))[:2])
        for k, leaf in enumerate(leaves(args))
        if is_float(leaf)
        for direction in directions(leaf, generator)
    ]


def gradient(name, engine):
    function, args, _, cotangent = case(name)
    given = copy.deepcopy(args)
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(*given)
    return out, pullback(cotangent), pullback


@pytest.mark.parametrize("name", PROGRAMS)
def test_gradient_of_an_ordinary_program(name):
    if name in REFUSED:
        with pytest.raises(srcad.SrcadError, match=REFUSED[name]):
            gradient(name, "numpy")
        return
    _, args, expected, cotangent = case(name)
    out, bars, pullback = gradient(name, "numpy")
    close(out, expected, 1e-12)
    right(name, bars)
    check_loops(Truth(args, expected, cotangent, bars, pullback, 1e-9), {})


@pytest.mark.filterwarnings("ignore::srcad.EngineWarning")  # one of them prints
@pytest.mark.parametrize("name", COMPILED)
def test_compiled_gradient_of_an_ordinary_program(name):
    if name in REFUSED:
        pytest.skip("refused")
    out, bars, _ = gradient(name, "numba")
    close(out, case(name)[2], 1e-9)
    right(name, bars)


def right(name, bars):
    found = leaves(bars)
    for k, direction, expected, error in references(name):
        actual = float(np.sum(np.asarray(found[k]) * direction))
        scale = abs(expected) + float(np.sum(np.abs(found[k] * direction)))
        assert abs(actual - expected) <= UNCERTAIN * scale + 10.0 * error + 1e-9, (
            f"leaf {k} along {direction}: {actual} instead of {expected}"
        )


def test_there_are_150_of_which_nearly_all_work():
    assert len(PROGRAMS) == 150
    assert len(REFUSED) <= 3
    assert set(REFUSED) <= set(PROGRAMS)
