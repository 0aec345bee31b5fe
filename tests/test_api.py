"""`vjp`: what comes back, what is refused, and that JAX refuses it as well."""

import functools
import threading

import numpy as np
import pytest

from tests.api_helpers import Layer, Point, close, counts, product, real, same_type, two, weighted  # isort: skip

from srcad.api import Pullback, grad, value_and_grad, vjp
from srcad.cotangents import FLOAT0
from srcad.decorator import differentiable
from srcad.errors import ArgumentError, CotangentError, SrcadError


class Scaled:
    def scale(self, x):
        return 2.0 * x


# What comes back


def test_documented_example():
    primals, f_vjp = vjp(two, 0.5, 1.0)
    close(primals, (np.sin(0.5), np.cos(1.0)))
    xbar, ybar = f_vjp((-0.7, 0.3))
    close(xbar, -0.7 * np.cos(0.5))
    close(ybar, -0.3 * np.sin(1.0))
    assert type(xbar) is type(ybar) is float


def test_always_a_tuple():
    assert isinstance(vjp(np.sin, 1.0)[1](1.0), tuple)
    assert vjp(lambda: 1.0)[1](1.0) == ()


@pytest.mark.parametrize(
    "x",
    [
        2.0, np.float64(2.0), np.float32(2.0), 2.0 + 1j, np.complex64(2.0 + 1j), np.array(2.0),
        np.array([1.0, 2.0]), np.array([[1.0], [2.0]], np.float32), np.array([1j, 2.0]),
        np.zeros((0, 3)),
    ],
    ids=repr,
)  # fmt: skip
def test_bars_have_the_primals_type(x):
    result, pullback = vjp(lambda x, unused: x * 3.0, x, x)
    xbar, unused = pullback(result * 0.0 + 1.0)
    close(xbar, np.asarray(x) * 0.0 + 3.0)
    same_type(xbar, x)
    same_type(unused, x)
    assert not np.any(unused)


def test_integers_and_booleans_have_float0_bars():
    y, pullback = vjp(lambda i, a, b, x: x * i * a * b, 2, np.array([3, 4]), True, 1.0)
    ibar, abar, bbar, xbar = pullback(np.ones(2))
    for bar, shape in ((ibar, ()), (abar, (2,)), (bbar, ())):
        assert bar.dtype == FLOAT0
        assert bar.shape == shape
    close(xbar, 14.0)


def test_float0_is_that_of_jax():
    assert pytest.importorskip("jax").dtypes.float0 == FLOAT0


def test_trees_in_and_out():
    def f(params, point, none):
        layer = params["layers"][0]
        return {"y": [layer.w * point.x], "rest": (none, point.y * layer.b)}

    params = {"layers": [Layer(np.array([1.0, 2.0]), 3.0)], "unused": (1, np.float32(2.0))}
    result, pullback = vjp(f, params, Point(4.0, 5.0), None)
    assert list(result) == ["y", "rest"]
    cotangent = {"rest": (None, 10.0), "y": [np.array([1.0, 10.0])]}
    dparams, dpoint, dnone = pullback(cotangent)
    assert list(dparams) == ["layers", "unused"]
    assert type(dparams["layers"][0]) is Layer
    close(dparams["layers"][0].w, [4.0, 40.0])
    close(dparams["layers"][0].b, 50.0)
    assert dparams["unused"][0].dtype == FLOAT0
    same_type(dparams["unused"][1], np.float32(0.0))
    assert type(dpoint) is Point
    close(dpoint.x, 21.0)
    close(dpoint.y, 30.0)
    assert dnone is None


def test_constant_and_empty_results():
    assert vjp(lambda x: 5.0, 2.0)[1](1.0) == (0.0,)
    assert vjp(lambda x: None, 2.0)[1](None) == (0.0,)
    result, pullback = vjp(lambda x: (x, None, ()), 2.0)
    assert result == (2.0, None, ())
    close(pullback((3.0, None, ())), (3.0,))


def test_aux_is_passed_through():
    marker = object()
    result, pullback, aux = vjp(lambda x: (x * 2.0, {"any": "thing"}), 3.0, has_aux=True)
    assert result == 6.0
    assert aux == {"any": "thing"}
    close(pullback(1.0), (2.0,))
    assert vjp(lambda x: [x, marker], 3.0, has_aux=True)[2] is marker


def test_complex_convention():
    close(vjp(lambda z: z**2, 1 + 2j)[1](1 + 0j)[0], 2 + 4j)
    close(vjp(np.conj, 1 + 2j)[1](1 + 1j)[0], 1 - 1j)
    xbar = vjp(lambda x: x * (1 + 2j), 1.0)[1](1 + 1j)[0]
    assert type(xbar) is float
    close(xbar, -1.0)


@pytest.mark.parametrize("axes", [(), "batch", ("batch",), ["a", "b"]])
def test_reduce_axes_outside_of_a_map_change_nothing(axes):
    close(vjp(product, 2.0, 3.0, reduce_axes=axes)[1](1.0), (3.0, 2.0))
    close(grad(product, reduce_axes=axes)(2.0, 3.0), 3.0)


# The pullback


def test_pullback_can_be_called_again_and_owns_its_results():
    x = np.array([1.0, 2.0])
    result, pullback = vjp(lambda x, y: (x + y, x * 1.0), x, x)
    ones = np.ones(2)
    first = pullback((ones, ones))
    for bar in first:
        assert bar.flags.writeable
        bar[:] = np.nan
    x[:] = np.nan
    result[0][:] = np.nan
    second = pullback((ones, ones))
    close(second, ([2.0, 2.0], [1.0, 1.0]))
    assert not np.shares_memory(*second)
    assert ones.tolist() == [1.0, 1.0]


def test_identity_does_not_hand_out_the_cotangent():
    cotangent = np.ones(2)
    (xbar,) = vjp(lambda x: x, np.zeros(2))[1](cotangent)
    assert not np.shares_memory(xbar, cotangent)


def test_pullback_in_threads():
    x = np.linspace(0.0, 1.0, 5)
    _, pullback = vjp(np.sin, x)
    results = [None] * 8

    def work(index):
        results[index] = pullback(np.full(5, float(index)))[0]

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, result in enumerate(results):
        close(result, index * np.cos(x))


def test_pullback_shows_its_trees():
    pullback = vjp(two, 0.5, np.ones(2))[1]
    assert isinstance(pullback, Pullback)
    assert repr(pullback).startswith("<pullback of two: (")
    assert repr(pullback).endswith(") -> (float, float64[2])>")


def test_splatted_cotangents():
    pullback = vjp(two, 0.5, 1.0)[1]
    with pytest.raises(TypeError, match=r"vjp` applied to two was called with 2 arguments"):
        pullback(1.0, 2.0)
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        pullback()


FITTING = [
    (np.float64(1), [1.0, 1, np.float64(1), np.array(1.0)]),
    (np.float32(1), [1.0, 1, np.float32(1), np.array(1.0, np.float32)]),
    (1.0, [1.0, 1, np.float64(1), np.array(1.0)]),
    (np.array(1.0), [1.0, np.float64(1), np.array(1.0)]),
    (np.complex64(1), [1j, np.complex64(1j)]),
    (1j, [1j, np.complex128(1j), np.array(1j)]),
    (np.ones(3), [np.ones(3), np.ones(6)[::2], np.broadcast_to(1.0, 3)]),
]


@pytest.mark.parametrize(
    "x, cotangent", [(x, fit) for x, fits in FITTING for fit in fits], ids=repr
)
def test_cotangents_that_fit(x, cotangent):
    _, pullback = vjp(lambda x: x, x)
    (xbar,) = pullback(cotangent)
    close(xbar, cotangent)
    same_type(xbar, x)


MISFITS = [
    (1.0, 1j), (1.0, True), (1.0, np.int64(1)), (1.0, np.float32(1)), (1.0, np.ones(1)),
    (1.0, np.zeros((), FLOAT0)), (1.0, np.bool(True)),
    (np.float32(1), np.float64(1)), (np.float32(1), np.array(1.0)),
    (1j, 1.0), (1j, np.complex64(1)),
    (np.ones(3), 1.0), (np.ones(3), np.ones(2)), (np.ones(3), np.ones((3, 1))),
    (np.ones(3), np.ones(3, np.float32)), (np.ones(3), np.ones(3, int)),
    (np.ones(3), np.ones(3, complex)), (np.ones(3, complex), np.ones(3)),
]  # fmt: skip


@pytest.mark.parametrize("x, cotangent", MISFITS, ids=repr)
def test_cotangents_that_do_not_fit(x, cotangent):
    _, pullback = vjp(lambda x: [x], x)
    with pytest.raises(CotangentError, match=r"result of `<lambda>` at `out\[0\]`"):
        pullback([cotangent])


def test_the_error_says_which_leaf_what_was_expected_and_what_came():
    def f(x):
        return {"a": (x, np.float32(1.0)), "b": 1.0}

    _, pullback = vjp(f, np.ones(3))
    with pytest.raises(CotangentError) as caught:
        pullback({"a": (np.ones(2), 1.0), "b": 1.0})
    assert str(caught.value).splitlines() == [
        "the cotangent does not fit the result of `f` at `out['a'][0]`",
        "  expected:  a float64 array of shape (3,)",
        "  got:       a float64 array of shape (2,)",
        "  result:    {'a': (float64[3], float32[]), 'b': float}",
        "  cotangent: {'a': (float64[2], float), 'b': float}",
    ]


STRUCTURES = [[1.0, 2.0], 1.0, None, (1.0,), (1.0, 2.0, 3.0), (None, 1.0), (1.0, [1.0]), {}]


@pytest.mark.parametrize("cotangent", STRUCTURES, ids=repr)
def test_cotangents_of_another_structure(cotangent):
    _, pullback = vjp(two, 0.5, 1.0)
    with pytest.raises(CotangentError, match="does not fit the result of `two`"):
        pullback(cotangent)


def test_structure_error_shows_both_trees():
    _, pullback = vjp(lambda x: (x, {"a": x}), 1.0)
    with pytest.raises(CotangentError) as caught:
        pullback((1.0, {"b": "x"}))
    assert "at `out[1]`" in str(caught.value)
    assert "a dict with keys ['a']" in str(caught.value)
    assert "result:    (float, {'a': float})" in str(caught.value)
    assert "cotangent: (float, {'b': str})" in str(caught.value)


@pytest.mark.parametrize(
    "cotangent", ["hi", object(), np.array([None])], ids=["text", "object", "array"]
)
def test_cotangents_that_are_not_numeric(cotangent):
    _, pullback = vjp(two, 0.5, 1.0)
    with pytest.raises(ArgumentError, match=r"`cotangent\[1\]` is an? "):
        pullback((1.0, cotangent))


@pytest.mark.parametrize(
    "zero", [np.zeros(3, FLOAT0), np.ones(3), np.ones(3, int), np.ones(3, bool), None], ids=repr
)
def test_cotangents_of_integers_are_ignored(zero):
    _, pullback = vjp(counts, 2.0, np.arange(3))
    xbar, nbar = pullback((5.0, zero, np.zeros(3, FLOAT0)))
    close(xbar, 10.0)
    assert nbar.dtype == FLOAT0


@pytest.mark.parametrize("zero", [1.0, np.ones(2), np.zeros((), FLOAT0), [1, 2, 3]], ids=repr)
def test_cotangents_of_integers_have_their_shape(zero):
    _, pullback = vjp(counts, 2.0, np.arange(3))
    with pytest.raises(CotangentError, match=r"`out\[1\]`"):
        pullback((5.0, zero, None))


# What is refused


def test_arity_errors_are_pythons_own():
    cases = [
        (two, (1.0,), {}),
        (two, (1.0, 2.0, 3.0), {}),
        (lambda x, /, y: x, (1.0,), {"x": 2.0}),
        (lambda x, *, k: x, (1.0,), {}),
        (lambda x: x, (1.0,), {"x": 2.0}),
        (lambda x: x, (1.0,), {"z": 2.0}),
        (functools.partial(two, 1.0), (1.0, 2.0), {}),
        (functools.partial(weighted, k=1.0), (1.0,), {"q": 2.0}),
        (Scaled().scale, (), {}),
        (differentiable(two), (1.0, 2.0, 3.0), {}),
    ]
    for function, args, kwargs in cases:
        with pytest.raises(TypeError) as expected:
            function(*args, **kwargs)
        if not kwargs:
            with pytest.raises(TypeError) as caught:
                vjp(function, *args)
            assert str(caught.value) == str(expected.value)
        if args:
            with pytest.raises(TypeError) as caught:
                grad(function)(*args, **kwargs)
            assert str(caught.value) == str(expected.value)


def test_what_cannot_be_called_is_refused():
    for call in (lambda: vjp(3.0, 1.0), lambda: grad(3.0), lambda: value_and_grad(3.0)):
        with pytest.raises(TypeError, match=r"^Expected a callable value, got 3.0$"):
            call()
    with pytest.raises(TypeError, match="unexpected keyword argument 'k'"):
        vjp(product, 1.0, k=2.0)


@pytest.mark.parametrize("leaf", ["hi", np.array(["a"]), {1.0}, object(), np.array([None])])
def test_primals_that_are_not_numeric_are_named(leaf):
    with pytest.raises(ArgumentError, match=r"argument `y\['b'\]\[1\]` is an? "):
        vjp(product, 1.0, {"b": (1.0, leaf)})
    with pytest.raises(ArgumentError, match=r"argument `args\[1\]` is an? "):
        vjp(lambda *args: args[0], 1.0, leaf)


def test_results_that_are_not_numeric_are_named():
    with pytest.raises(SrcadError):
        vjp(lambda x: (x, "a"), 1.0)


@pytest.mark.parametrize("result", [1.0, (1.0,), (1.0, 2.0, 3.0), {"a": 1.0, "b": 2.0}], ids=repr)
def test_aux_needs_a_pair(result):
    text = "expected function with aux output to return a two-element tuple, but got type"
    with pytest.raises(TypeError, match=text):
        vjp(lambda x: result, 1.0, has_aux=True)
    with pytest.raises(TypeError, match=text):
        grad(lambda x: result, has_aux=True)(1.0)


@real
@pytest.mark.filterwarnings("ignore:.*prints:srcad.errors.EngineWarning")
def test_the_function_runs_once_and_its_errors_come_through(capsys):
    def f(x):
        print("running")
        if x < 0.0:
            raise LookupError("negative")
        return x * x

    _, pullback = vjp(f, 1.0)
    pullback(1.0)
    pullback(2.0)
    value_and_grad(f)(1.0)
    assert capsys.readouterr().out == "running\n" * 2
    with pytest.raises(LookupError, match="^'?negative'?$"):
        vjp(f, -1.0)


def test_primals_are_never_changed():
    def f(x):
        x[0] = x[1] * 2.0
        return x * 1.0

    x = np.array([1.0, 2.0, 3.0])
    result, pullback = vjp(f, x)
    assert x.tolist() == [1.0, 2.0, 3.0]
    close(result, [4.0, 2.0, 3.0])
    close(pullback(np.ones(3))[0], [0.0, 3.0, 1.0])


# Against JAX itself


def jax_error(call):
    """Return what a call raises, as one of the two classes that matter."""
    try:
        call()
    except Exception as error:
        return next((cls for cls in (TypeError, ValueError) if isinstance(error, cls)), None)
    return None


BAD_CALLS = [
    lambda api, np: api.vjp(3.0, 1.0),
    lambda api, np: api.vjp(),
    lambda api, np: api.vjp(lambda x, y: x, 1.0),
    lambda api, np: api.vjp(lambda x: x, 1.0, k=2.0),
    lambda api, np: api.vjp(lambda x: x, 1.0, has_aux=True),
    lambda api, np: api.vjp(lambda x: (x, x), 1.0)[1](1.0, 2.0),
    lambda api, np: api.vjp(lambda x: (x, x), 1.0)[1]([1.0, 2.0]),
    lambda api, np: api.vjp(lambda x: (x, x), 1.0)[1]((1.0, None)),
    lambda api, np: api.vjp(lambda x: x, 1.0)[1]("hi"),
    lambda api, np: api.vjp(lambda x: x, 1.0)[1](1j),
    lambda api, np: api.vjp(lambda x: x, np.ones(3))[1](np.ones(2)),
    lambda api, np: api.vjp(lambda x: x, np.ones(3))[1](np.ones(3, "float32")),
    lambda api, np: api.grad(3.0),
    lambda api, np: api.grad(lambda x: x, argnums=1.5),
    lambda api, np: api.grad(lambda x: x, argnums=1)(1.0),
    lambda api, np: api.grad(lambda x, y: x)(1.0),
    lambda api, np: api.grad(lambda x: x)(x=1.0),
    lambda api, np: api.grad(lambda x: x)(1.0, z=1.0),
    lambda api, np: api.grad(lambda x: x)(1),
    lambda api, np: api.grad(lambda x: x)("hi"),
    lambda api, np: api.grad(lambda x: x)({"a": "hi"}),
    lambda api, np: api.grad(lambda x: x)(np.ones(3)),
    lambda api, np: api.grad(lambda x: (x,))(1.0),
    lambda api, np: api.grad(lambda x: x)(1j),
    lambda api, np: api.grad(lambda x: x, holomorphic=True)(1.0),
]


@pytest.mark.parametrize("call", BAD_CALLS)
def test_errors_have_the_classes_of_jax(call):
    jax = pytest.importorskip("jax")

    class Api:
        pass

    ours = Api()
    ours.vjp, ours.grad = vjp, grad
    with jax.enable_x64(True):
        expected = jax_error(lambda: call(jax, jax.numpy))
    assert expected is not None
    with pytest.raises(expected):
        call(ours, np)
