"""`@differentiable`, what can be differentiated, and `source`."""

import copy
import functools
import inspect
import pickle

import numpy as np
import pytest

from tests.api_helpers import close, product  # isort: skip

from srcad.api import grad, vjp
from srcad.decorator import Differentiable, NotYetDifferentiated, differentiable
from srcad.errors import ArgumentError
from srcad.written import source

# The targets


class Scaled:
    def __init__(self, k):
        self.k = k

    def scale(self, x):
        return self.k * x * x

    def __call__(self, x):
        return self.k * x

    @differentiable
    def energy(self, x):
        """Half of it."""
        return self.k * x * x / 2.0

    @staticmethod
    @differentiable
    def below(x):
        return x * x

    @differentiable
    @staticmethod
    def above(x):
        return x * x

    @differentiable
    @classmethod
    def of_class(cls, x):
        return x * x * cls.factor

    factor = 2.0


@differentiable
def decorated(x, y=2.0):
    """Multiply."""
    return x * y


decorated.note = "mine"


@differentiable(engine="numpy")
def with_options(x):
    return x * x


@pytest.mark.parametrize(
    "target, slope",
    [
        (lambda x: x * x, 6.0),
        (functools.partial(product, 2.0), 2.0),
        (Scaled(2.0).scale, 12.0),
        (Scaled(2.0), 2.0),
        (np.sin, np.cos(3.0)),
        (decorated, 2.0),
        (with_options, 6.0),
        (Scaled(2.0).energy, 6.0),
        (Scaled.below, 6.0),
        (Scaled.above, 6.0),
        (Scaled.of_class, 12.0),
        (Scaled(2.0).of_class, 12.0),
    ],
)
def test_targets(target, slope):
    close(vjp(target, 3.0)[1](1.0), (slope,))
    close(grad(target)(3.0), slope)
    close(differentiable(target).grad(3.0), slope)


def test_two_lambdas_on_one_line():
    f, g = (lambda x: x * 2.0), (lambda x: x * 3.0)
    assert (grad(f)(1.0), grad(g)(1.0)) == (pytest.approx(2.0), pytest.approx(3.0))


def test_globals_and_closures_are_those_of_the_call():
    k = 2.0

    def f(x):
        return k * x

    gradient = grad(f)
    assert gradient(1.0) == pytest.approx(2.0)
    k = 3.0
    assert gradient(1.0) == pytest.approx(3.0)


# The decorator


def test_decorated_function_stays_what_it_was():
    assert isinstance(decorated, Differentiable)
    assert decorated(3.0) == 6.0
    assert decorated("ab", 2) == "abab"
    assert decorated.__name__ == "decorated"
    assert decorated.__doc__ == "Multiply."
    assert decorated.__module__ == __name__
    assert decorated.note == "mine"
    assert str(inspect.signature(decorated)) == "(x, y=2.0)"
    assert repr(decorated).startswith("<differentiable <function decorated at ")
    with pytest.raises(TypeError, match=r"decorated\(\) missing 1 required positional argument"):
        decorated()


def test_decorated_function_pickles_by_name():
    assert pickle.loads(pickle.dumps(decorated)) is decorated
    assert copy.copy(decorated) is decorated
    assert copy.deepcopy(decorated) is decorated
    assert pickle.loads(pickle.dumps(Scaled.energy)) is Scaled.energy
    assert pickle.loads(pickle.dumps(Scaled.above)) is Scaled.above
    bound = pickle.loads(pickle.dumps(Scaled(3.0).energy))
    assert bound(2.0) == 6.0


def test_derivatives_of_a_decorated_function():
    close(decorated.vjp(3.0, 4.0)[1](1.0), (4.0, 3.0))
    close(decorated.grad(3.0, y=4.0), 4.0)
    close(decorated.value_and_grad(3.0, 4.0), (12.0, 4.0))
    assert decorated.grad is decorated.grad
    result, pullback, aux = differentiable(lambda x: (x, "a")).vjp(1.0, has_aux=True)
    assert aux == "a"


def test_methods():
    spring = Scaled(4.0)
    assert spring.energy(2.0) == 8.0
    assert spring.energy.__doc__ == "Half of it."
    assert spring.energy.__name__ == "energy"
    assert spring.energy.__self__ is spring
    assert spring.energy == spring.energy
    assert hash(spring.energy) == hash(spring.energy)
    assert spring.energy != Scaled(4.0).energy
    assert str(inspect.signature(spring.energy)) == "(x)"
    assert Scaled.energy(spring, 2.0) == 8.0
    close(spring.energy.grad(2.0), 8.0)
    close(spring.energy.vjp(2.0)[1](1.0), (8.0,))
    assert "energy" in spring.energy.adjoint_source
    assert Scaled.energy.adjoint_source == spring.energy.adjoint_source
    assert (Scaled.below(3.0), Scaled(1.0).above(3.0), Scaled.of_class(3.0)) == (9.0, 9.0, 18.0)


def test_adjoint_source():
    @differentiable
    def fresh(x):
        return x * x

    with pytest.raises(NotYetDifferentiated, match=r"(?s)`fresh` has not .*srcad.source\(fresh"):
        _ = fresh.adjoint_source
    assert "grad" in dict(inspect.getmembers(fresh))
    grad(fresh)(1.0)
    assert "fresh" in fresh.adjoint_source


def test_options():
    assert with_options.options.engine == "numpy"
    assert with_options.grad(3.0) == pytest.approx(6.0)
    with pytest.raises(ArgumentError, match="no engine 'fortran'"):
        differentiable(engine="fortran")
    with pytest.raises(ArgumentError, match="Expected a callable"):
        differentiable("numpy")
    assert differentiable(with_options).options.engine == "auto"


def test_source():
    text = source(product, 2.0, 3.0)
    assert "product" in text
    assert source(decorated, 2.0, y=3.0, level="loops") != ""
    with pytest.raises(ArgumentError, match="no level 'assembly'"):
        source(product, 2.0, 3.0, level="assembly")
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'y'"):
        source(product, 2.0)
