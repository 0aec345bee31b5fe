"""`grad` and `value_and_grad`."""

import functools
import inspect
import pickle

import numpy as np
import pytest

from tests.api_helpers import Layer, close, product, same_type, weighted  # isort: skip

from srcad.api import grad, value_and_grad
from srcad.cotangents import FLOAT0, bars_like, leaf_type
from srcad.decorator import differentiable


@differentiable
def decorated(x, y=2.0):
    return x * y


def test_of_a_gradient():
    assert grad(grad(product, 1), 0)(2.0, 3.0) == 1.0
    assert grad(grad(product))(2.0, 3.0) == 0.0


def test_argnums():
    assert grad(product)(2.0, 3.0) == pytest.approx(3.0)
    assert grad(product, 1)(2.0, 3.0) == pytest.approx(2.0)
    assert grad(product, -1)(2.0, 3.0) == pytest.approx(2.0)
    assert grad(product, np.int64(1))(2.0, 3.0) == pytest.approx(2.0)
    close(grad(product, (0,))(2.0, 3.0), (3.0,))
    close(grad(product, [1, 0])(2.0, 3.0), (2.0, 3.0))
    assert grad(product, ())(2.0, 3.0) == ()


@pytest.mark.parametrize("argnums", [2, (0, 5), -3, (0, -2), (0, 0)])
def test_argnums_that_there_are_not(argnums):
    with pytest.raises(TypeError, match="argnums"):
        grad(product, argnums)(2.0, 3.0)


def test_argnums_text_is_that_of_jax():
    text = (
        r"^differentiating with respect to argnums=\(0, 5\) requires at least 6 positional"
        r" arguments to be passed by the caller, but got only 2 positional arguments.$"
    )
    with pytest.raises(TypeError, match=text):
        grad(product, argnums=(0, 5))(1.0, 2.0)


@pytest.mark.parametrize("argnums", [1.5, "x", None, (0, 1.5)], ids=repr)
def test_argnums_that_are_no_numbers(argnums):
    with pytest.raises(TypeError):
        grad(product, argnums)


def test_keywords_are_passed_through():
    close(grad(weighted)(1.0, y=3.0, k=2.0), 18.0)
    close(grad(weighted)(1.0, k=2.0), 8.0)
    close(value_and_grad(weighted, (0, 1))(1.0, 3.0, k=2.0)[1], (18.0, 12.0))


def test_value_and_grad_of_a_tree():
    def loss(layer, x):
        return np.sum((layer.w * x + layer.b) ** 2)

    layer = Layer(np.array([1.0, 2.0]), 0.5)
    value, gradient = value_and_grad(loss)(layer, np.array([3.0, 4.0]))
    close(value, 3.5**2 + 8.5**2)
    assert type(gradient) is Layer
    close(gradient.w, [21.0, 68.0])
    close(gradient.b, 24.0)


def test_other_arguments_may_be_anything():
    def f(x, how, table, none):
        if how == "square":
            return x * x
        return x

    assert grad(f)(3.0, "square", {"a": "b"}, None) == pytest.approx(6.0)
    assert grad(f)(3.0, "same", table={1, 2}, none=None) == pytest.approx(1.0)
    assert grad(f)(3.0, how="square", table=None, none=len) == pytest.approx(6.0)


def test_gradients_by_several_arguments_share_no_memory():
    x = np.ones(3)
    one, other = grad(lambda x, y: np.sum(x + y), (0, 1))(x, x)
    assert not np.shares_memory(one, other)
    one[:] = 5.0
    assert other.tolist() == pytest.approx([1.0] * 3)


def test_gradients_come_in_the_order_of_argnums():
    def f(x, pair, s):
        return x * pair[0] * pair[1]

    close(grad(f, (1, 0))(2.0, (3.0, 4.0), "static")[0], (8.0, 6.0))
    close(grad(f, (1, 0))(2.0, (3.0, 4.0), "static")[1], 12.0)


@pytest.mark.parametrize("shared", [True, False])
def test_bars_are_made_independent(shared):
    array = np.ones(3)
    types = [leaf_type(array), leaf_type(array[:2])]
    bars = [array, array[:2]] if shared else [np.broadcast_to(1.0, 3), np.ones(2)]
    one, other = bars_like(types, bars, [] if shared else [bars[1]])
    assert one.flags.writeable
    assert other.flags.writeable
    assert not np.shares_memory(one, other)
    assert not np.shares_memory(other, bars[1])


def test_aux():
    def f(x):
        return x * x, "aux"

    assert grad(f, has_aux=True)(3.0) == (pytest.approx(6.0), "aux")
    assert value_and_grad(f, has_aux=True)(3.0) == ((9.0, "aux"), pytest.approx(6.0))


def test_integers_need_allow_int():
    def f(x):
        return np.sum(x * 1.0)

    with pytest.raises(TypeError, match=r"^grad requires real- or complex-valued inputs"):
        grad(f)(np.arange(3))
    with pytest.raises(TypeError, match=r"got int64"):
        grad(product)(2, 3.0)
    with pytest.raises(TypeError, match=r"got bool"):
        grad(product)(True, 3.0)
    gradient = grad(f, allow_int=True)(np.arange(3))
    assert gradient.dtype == FLOAT0
    assert gradient.shape == (3,)
    # The plan for floats must not let integers through.
    assert grad(f)(np.ones(3)).tolist() == pytest.approx([1.0] * 3)


def test_plans_go_by_dtype():
    gradient = grad(lambda x: np.sum(x * x))
    gradient(np.ones(3))
    with pytest.raises(TypeError, match="got int64"):
        gradient(np.arange(3))
    same_type(gradient(np.ones(3, np.float32)), np.ones(3, np.float32))


def test_holomorphic():
    def square(z):
        return z * z

    close(grad(square, holomorphic=True)(1 + 2j), 2 + 4j)
    with pytest.raises(TypeError, match="requires inputs with complex dtype, but got float64"):
        grad(square, holomorphic=True)(1.0)
    with pytest.raises(TypeError, match="requires outputs with complex dtype, but got float64"):
        grad(lambda z: abs(z), holomorphic=True)(1j)
    with pytest.raises(TypeError, match="real-valued outputs .* but got complex128"):
        grad(square)(1j)
    close(grad(lambda z: abs(z) ** 2)(1 + 2j), 2 - 4j)


NOT_SCALAR = [
    (lambda x: np.array([1.0, 2.0, 3.0]) * x, r"Output had shape: \(3,\)\.$"),
    (lambda x: np.array([1.0]) * x, r"Output had shape: \(1,\)\.$"),
    (lambda x: (x, x), r"Output was \(1\.0, 1\.0\)\.$"),
    (lambda x: [x], r"Output was \[1\.0\]\.$"),
    (lambda x: {"a": x}, r"Output was \{'a': 1\.0\}\.$"),
    (lambda x: None, r"Output was None\.$"),
    (lambda x: 1, r"but got int64\. For differentiation of functions with integer outputs"),
    (lambda x: x > 0.0, r"but got bool\."),
    (lambda x: x * 1j, r"but got complex128\. For holomorphic differentiation"),
]


@pytest.mark.parametrize("f, text", NOT_SCALAR)
def test_results_that_have_no_gradient(f, text):
    for function in (grad(f), value_and_grad(f)):
        with pytest.raises(TypeError, match=text):
            function(1.0)


def test_a_zero_dimensional_result_is_a_scalar():
    value, gradient = value_and_grad(lambda x: x * 2.0)(np.array(3.0))
    close(value, 6.0)
    same_type(gradient, np.array(2.0))


def test_gradient_keeps_the_functions_name():
    def loss(x):
        """Lose."""
        return x

    gradient = grad(loss)
    assert gradient.__name__ == "loss"
    assert gradient.__wrapped__ is loss
    assert gradient.__doc__.startswith("Gradient of loss with respect to positional argument(s) 0")
    assert value_and_grad(loss).__doc__.startswith("Value and gradient of loss")
    assert str(inspect.signature(gradient)) == "(x)"
    assert repr(grad(loss, (0,))) == "<grad of loss by argnums (0,)>"
    assert grad(functools.partial(product, 2.0))(3.0) == pytest.approx(2.0)


def test_gradient_pickles():
    again = pickle.loads(pickle.dumps(grad(product, argnums=1)))
    assert again(2.0, 3.0) == pytest.approx(2.0)
    again = pickle.loads(pickle.dumps(value_and_grad(decorated)))
    assert again.target is decorated


def test_gradient_as_a_method_counts_self():
    class Spring:
        k = 3.0

        @functools.partial(grad, argnums=1)
        def force(self, x):
            return self.k * x * x / 2.0

        slope = grad(product, argnums=0)

    assert Spring().force(2.0) == pytest.approx(6.0)
    with pytest.raises(TypeError, match="self"):
        Spring().slope(2.0)
