"""`vmap` against loops of plain Python: values, derivatives, structures and refusals."""

import contextlib
import copy
import pickle
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

import srcad
from srcad import ArgumentError, grad, jacfwd, jacrev, jvp, value_and_grad, vjp, vmap

ENGINES = ("numpy", pytest.param("numba", marks=pytest.mark.slow))
each_engine = pytest.mark.parametrize("engine", ENGINES)


def by(engine):
    return srcad.differentiable(engine=engine)


class Point(NamedTuple):
    x: object
    y: object


@dataclass
class Layer:
    w: object
    b: object


def loss(w, x, y):
    return (np.dot(w, x) - y) ** 2


def halve(limit, x):
    steps = 0
    while x.real > limit.real:
        x = x / 2.0 + limit * 0.1
        steps += 1
    return x, steps


def sweep(u, f):
    u = u.copy()
    for i in range(1, len(u) - 1):
        if f[i].real > 0.0:
            u[i] = 0.5 * (u[i - 1] + u[i + 1]) * f[i]
        else:
            u[i] *= u[i - 1]
    return u


def layers(params, x):
    for layer in params:
        x = np.tanh(np.dot(layer["w"], x) + layer["b"])
    return {"out": x, "norm": (np.sum(x**2), [x[0]])}


def pair(point, layer):
    return Layer(point.x * layer.w, point.y + layer.b), None


def outer(a, b):
    return a * b


def array(*shape, seed=0):
    return np.random.default_rng((seed, *shape)).uniform(-1.0, 1.0, shape)


PARAMS = [{"w": array(3, 3), "b": array(3)}, {"w": array(3, 3, seed=1), "b": array(3, seed=1)}]
MANY = [{"w": array(4, 3, 3), "b": array(3)}, {"w": array(3, 4, 3, seed=1), "b": array(3, seed=1)}]

CASES = {
    "loss": (vmap(loss, (None, 0, 0)), (array(3), array(5, 3), array(5))),
    "last axis": (vmap(loss, (None, -1, 0)), (array(3), array(3, 5), array(5))),
    "all mapped": (vmap(loss), (array(5, 3), array(5, 3), array(5))),
    "one example": (vmap(loss, (None, 0, 0)), (array(3), array(1, 3), array(1))),
    "while": (vmap(halve, (None, 0)), (0.5, 9.0 * array(6) ** 2)),
    "while, limits": (vmap(halve), (array(6) ** 2 + 0.1, 9.0 * array(6, seed=1) ** 2)),
    "in place": (vmap(sweep, (0, None)), (array(4, 6), array(6))),
    "in place, axes": (vmap(sweep, (1, 0), 1), (array(6, 4), array(4, 6))),
    "out axis": (vmap(sweep, (0, None), out_axes=-1), (array(4, 6), array(6))),
    "layers": (vmap(layers, (None, 0)), (PARAMS, array(4, 3))),
    "prefix": (
        vmap(layers, ([{"w": 0, "b": None}, {"w": 1, "b": None}], None), {"out": 1, "norm": 0}),
        (MANY, array(3)),
    ),
    "containers": (
        vmap(pair, (Point(0, None), 0), (1, None)),
        (Point(array(4, 2), array(2)), Layer(array(4, 2, seed=1), array(4, 2, seed=2))),
    ),
    "nested": (vmap(vmap(outer, (None, 0)), (0, None)), (array(3), array(4))),
    "nested, axes": (vmap(vmap(outer, (0, None), 1), (None, 1), 2), (array(2, 3), array(3, 4))),
    "unmapped result": (
        vmap(lambda w, x: (np.sum(w**3), w * x), (None, 0), (None, 0)),
        (array(3), array(4, 3)),
    ),
    "axis_size": (vmap(lambda w: w**3, None, axis_size=3), (array(2),)),
}
cases = pytest.mark.parametrize("case", CASES)


def leaves_of(tree):
    return srcad.trees.flatten(tree)[0]


def moved(args, direction, step):
    """The arguments, changed along a direction."""
    leaves, structure = srcad.trees.flatten(args)
    return srcad.trees.unflatten(
        structure, [leaf + step * d for leaf, d in zip(leaves, direction, strict=True)]
    )


def by_hand(mapped, args):
    """The mapped function in plain Python, without srcad's compiler."""
    return mapped.each(args, {})


def same(got, expected):
    a, b = srcad.trees.flatten(got), srcad.trees.flatten(expected)
    assert a[1] == b[1]
    for one, other in zip(a[0], b[0], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)
        assert np.asarray(one).dtype == np.asarray(other).dtype


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("loss", lambda w, x, y: np.array([loss(w, x[k], y[k]) for k in range(5)])),
        ("last axis", lambda w, x, y: np.array([loss(w, x[:, k], y[k]) for k in range(5)])),
        ("in place, axes", lambda u, f: np.array([sweep(u[:, k], f[k]) for k in range(4)]).T),
        ("out axis", lambda u, f: np.stack([sweep(u[k], f) for k in range(4)], axis=1)),
        ("nested", lambda a, b: np.outer(a, b)),
        (
            "nested, axes",
            lambda a, b: np.stack(
                [np.stack([a[i] * b[:, j] for i in range(2)], 1) for j in range(4)], 2
            ),
        ),
        ("axis_size", lambda w: np.array([w**3] * 3)),
        (
            "while",
            lambda limit, x: tuple(np.array(v) for v in zip(*(halve(limit, e) for e in x))),  # noqa: B905
        ),
        (
            "containers",
            lambda p, q: (Layer((p.x * q.w).T, (p.y + q.b).T), None),
        ),
    ],
)
def test_values_are_those_of_a_loop(case, expected):
    mapped, args = CASES[case]
    same(mapped(*args), expected(*args))


@each_engine
@cases
def test_derivatives_are_those_of_the_plain_loop(case, engine):
    mapped, args = CASES[case]
    value, pull = vjp(by(engine)(mapped), *args)
    same(value, by_hand(mapped, args))
    out, structure = srcad.trees.flatten(value)
    weights = [np.cos(1.0 + np.arange(np.size(o)).reshape(np.shape(o))) for o in out]
    direction = [np.sin(2.0 + np.arange(np.size(a)).reshape(np.shape(a))) for a in leaves_of(args)]
    direction = [d if d.ndim else float(d) for d in direction]
    cotangents = [
        w if o.dtype.kind == "f" else np.zeros(o.shape, srcad.cotangents.FLOAT0)
        for o, w in zip(map(np.asarray, out), weights, strict=True)
    ]
    bars = pull(srcad.trees.unflatten(structure, cotangents))
    ahead = leaves_of(by_hand(mapped, moved(args, direction, 1e-30j)))
    slopes = [np.imag(o) / 1e-30 for o in ahead]
    expected = sum(np.sum(w * s) for w, s in zip(weights, slopes, strict=True))
    got = sum(np.sum(b * d) for b, d in zip(leaves_of(bars), direction, strict=True))
    np.testing.assert_allclose(got, expected, rtol=1e-12)
    tangents = srcad.trees.unflatten(srcad.trees.flatten(args)[1], direction)
    _, dots = jvp(by(engine)(mapped), args, tangents)
    for dot, slope in zip(leaves_of(dots), slopes, strict=True):
        if dot.dtype == np.float64:
            np.testing.assert_allclose(dot, slope, rtol=1e-12, atol=1e-14)


@each_engine
@cases
def test_a_decorated_function_runs_compiled(case, engine):
    mapped, args = CASES[case]
    if isinstance(mapped.inner, srcad.mapped.Mapped):
        inner = vmap(by(engine)(mapped.inner.inner), **axes_of(mapped.inner))
    else:
        inner = by(engine)(mapped.inner)
    same(vmap(inner, **axes_of(mapped))(*args), by_hand(mapped, args))


def axes_of(mapped):
    axes = mapped.axes
    return {"in_axes": axes.given, "out_axes": axes.results, "axis_size": axes.size}


SEEN = []
BUFFER = np.zeros(2)


def noting(x):
    SEEN.append(float(x))
    return x


def buffering(x):
    BUFFER[0] += x
    return x * BUFFER[0]


def overwriting(x):
    x[0] = x[1]
    return np.sum(x)


def printing(x):
    print(x)
    return x


@each_engine
def test_what_a_decorated_function_does_is_seen_as_in_python(engine, capsys):
    SEEN.clear()
    BUFFER[:] = 0.0
    x = np.array([1.0, 2.0])
    vmap(by(engine)(noting))(x)
    assert SEEN == [1.0, 2.0]
    np.testing.assert_array_equal(vmap(by(engine)(buffering))(x), [1.0, 6.0])
    np.testing.assert_array_equal(BUFFER, [3.0, 0.0])
    rows = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_array_equal(vmap(by(engine)(overwriting))(rows), [4.0, 8.0])
    np.testing.assert_array_equal(rows, [[2.0, 2.0], [4.0, 4.0]])
    with pytest.warns(srcad.EngineWarning) if engine == "numba" else contextlib.nullcontext():
        vmap(by(engine)(printing))(x)
    assert capsys.readouterr().out == "1.0\n2.0\n"


# -- inside other functions -----------------------------------------------------------------------


def mean_loss(w, xs, ys):
    return np.mean(vmap(loss, in_axes=(None, 0, 0))(w, xs, ys))


def with_closure(w, xs):
    scale = np.sum(w)

    def one(x):
        return scale * np.sin(x) + w[0]

    return np.sum(vmap(one)(xs) ** 2)


def over_columns(a, b):
    return np.sum(srcad.vmap(lambda u, v: np.dot(u, v) ** 2, in_axes=1)(a, b))


def pairwise(a, b):
    return np.sum(vmap(vmap(lambda x, y: np.exp(x * y), (None, 0)), (0, None))(a, b))


def in_a_loop(w, xs, steps):
    step = vmap(lambda w, x: x + 0.1 * np.sin(w * x), in_axes=(None, 0))
    for _ in range(steps):
        xs = step(w, xs)
    return np.sum(xs)


def with_keywords(w, xs):
    return np.sum(vmap(lambda a, *, x: a * x**2, in_axes=None)(w, x=xs))


MADE = vmap(loss, (None, 0, 0))


def with_a_global(w, xs, ys):
    return np.sum(MADE(w, xs, ys))


INSIDE = [
    (mean_loss, (array(3), array(5, 3), array(5))),
    (with_closure, (array(3), array(4))),
    (over_columns, (array(3, 4), array(3, 4, seed=1))),
    (pairwise, (array(3), array(4))),
    (in_a_loop, (0.3, array(4), 3)),
    (with_keywords, (0.3, array(4))),
    (with_a_global, (array(3), array(5, 3), array(5))),
]


@each_engine
@pytest.mark.parametrize(("function", "args"), INSIDE, ids=lambda v: getattr(v, "__name__", ""))
def test_inside_a_function_that_is_differentiated(function, args, engine):
    value, got = value_and_grad(by(engine)(function))(*args)
    np.testing.assert_allclose(value, function(*args), rtol=1e-13)
    x = np.asarray(args[0])
    expected = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        ahead = x.astype(complex)
        ahead[index] += 1e-30j
        expected[index] = np.imag(function(ahead[()], *args[1:])) / 1e-30
    np.testing.assert_allclose(got, expected, rtol=1e-12)


# -- with the other transformations ---------------------------------------------------------------


def test_gradients_of_each_example():
    w, xs, ys = CASES["loss"][1]
    got = vmap(grad(loss), in_axes=(None, 0, 0))(w, xs, ys)
    np.testing.assert_allclose(got, 2.0 * (xs @ w - ys)[:, None] * xs, rtol=1e-13)


def test_values_and_gradients_of_each_example():
    w, xs, ys = CASES["loss"][1]
    value, (w_bars, x_bars) = vmap(value_and_grad(loss, (0, 1)), in_axes=(None, 0, 0))(w, xs, ys)
    np.testing.assert_allclose(value, (xs @ w - ys) ** 2, rtol=1e-13)
    np.testing.assert_allclose(w_bars, 2.0 * (xs @ w - ys)[:, None] * xs, rtol=1e-13)
    np.testing.assert_allclose(x_bars, 2.0 * np.outer(xs @ w - ys, w), rtol=1e-13)


@each_engine
def test_gradients_of_each_example_are_one_compiled_loop(engine):
    w, xs, ys = CASES["loss"][1]
    mapped = vmap(value_and_grad(by(engine)(loss), (0, 1)), in_axes=(None, 0, 0))
    same(mapped(w, xs, ys), by_hand(mapped, (w, xs, ys)))
    assert not mapped.refused


@each_engine
def test_what_gradients_of_each_example_depend_on(engine):
    def spread(w, xs, ys):
        return np.sum(vmap(grad(loss), (None, 0, 0))(w, xs, ys) ** 2)

    w, xs, ys = CASES["loss"][1]
    step = 1e-6 * np.cos(np.arange(3.0))
    slope = (spread(w + step, xs, ys) - spread(w - step, xs, ys)) / 2.0
    got = grad(by(engine)(spread))(w, xs, ys)
    np.testing.assert_allclose(np.dot(got, step), slope, rtol=1e-7)


def test_pullbacks_of_each_example():
    def pulled(w, x, bar):
        return vjp(lambda w, x: np.sin(np.dot(w, x)), w, x)[1](bar)

    w, x = np.array([0.1, 0.2, 0.3]), np.arange(6.0).reshape(2, 3) / 10
    w_bars, x_bars = vmap(pulled, in_axes=(None, 0, 0))(w, x, np.array([1.0, 2.0]))
    np.testing.assert_allclose(w_bars[1], [0.57984, 0.77312, 0.9664], atol=1e-4)
    np.testing.assert_allclose(x_bars, np.array([1.0, 2.0])[:, None] * np.outer(np.cos(x @ w), w))


@pytest.mark.parametrize("jacobian", [jacrev, jacfwd])
def test_jacobians_have_a_block_for_each_example(jacobian):
    x = array(4)
    got = jacobian(vmap(lambda v: np.sin(v) * v))(x)
    np.testing.assert_allclose(got, np.diag(np.cos(x) * x + np.sin(x)), rtol=1e-13, atol=1e-15)


def test_the_source_is_a_loop_over_the_examples():
    mapped, args = CASES["loss"]
    text = srcad.source(mapped, *args)
    assert "def mapped_loss_fwd(w, x, y):" in text
    assert "for k in range(len(x)):" in text
    assert srcad.explain(mapped, *args).loops


# -- the mapped function itself -------------------------------------------------------------------


def test_it_has_the_name_and_the_signature_of_the_function():
    assert MADE.__name__ == "loss"
    assert repr(MADE) == "<vmap of loss, in_axes=(None, 0, 0), out_axes=0>"


def test_it_pickles_and_copies():
    _, args = CASES["loss"]
    for other in (pickle.loads(pickle.dumps(MADE)), copy.deepcopy(MADE)):
        np.testing.assert_array_equal(other(*args), MADE(*args))


def test_two_mapped_functions_are_told_apart():
    x = array(3, 3)
    for k in (1.0, 2.0, 3.0):
        rows, columns = vmap(lambda v: k * v * v[0]), vmap(lambda v: k * v * v[0], 1)  # noqa: B023
        np.testing.assert_allclose(vjp(rows, x)[0], k * x * x[:, :1], rtol=1e-15)
        np.testing.assert_allclose(vjp(columns, x)[0], k * (x * x[0]).T, rtol=1e-15)


def test_another_map_in_its_place_is_seen():
    held = {}

    def through(x):
        return np.sum(held["mapped"](x) * x)

    x = array(3, 3)
    for mapped in (
        vmap(lambda v: v * v[0]),
        vmap(lambda v: v * v[1]),
        vmap(lambda v: v * v[1], in_axes=1),
        vmap(lambda v: v * v[1], in_axes=1, out_axes=1),
        vmap(grad(lambda v: v[0] * v[1] * v[2])),
        vmap(grad(lambda v: v[0] * v[0] * v[2])),
        vmap(by("numpy")(lambda v: v * v[0] ** 2)),
    ):
        held["mapped"] = mapped
        direction = np.cos(np.arange(9.0)).reshape(3, 3)
        slope = (through(x + 1e-6 * direction) - through(x - 1e-6 * direction)) / 2e-6
        np.testing.assert_allclose(np.sum(grad(through)(x) * direction), slope, rtol=1e-7)


def test_a_function_made_anew_is_not_compiled_anew():
    x = array(3)
    made = set()
    for k in (1.0, 2.0):
        gradient = grad(srcad.differentiable(lambda v, k=k: np.sum(vmap(lambda e: k * e)(v))))
        np.testing.assert_allclose(gradient(x), k * np.ones(3))
        mapped = srcad.differentiable(vmap(lambda e, k=k: k * e**2), engine="numpy")
        vjp(mapped, x)
        made.add(mapped.history.last.shared)
    assert len(made) == 1


def test_examples_are_batches_of_this_length_or_that():
    for n in (1, 2, 5):
        w, xs, ys = array(3), array(n, 3), array(n)
        got = grad(mean_loss)(w, xs, ys)
        np.testing.assert_allclose(got, 2.0 * (xs @ w - ys) @ xs / n, rtol=1e-13)


# -- what is refused ------------------------------------------------------------------------------

W, XS, YS = array(3), array(5, 3), array(5)
WRONG = {
    "sizes": (vmap(loss, (None, 0, 0)), (W, XS, array(4)), ValueError, "inconsistent sizes"),
    "axis_size": (
        vmap(loss, (None, 0, 0), axis_size=7),
        (W, XS, YS),
        ValueError,
        "inconsistent sizes",
    ),
    "nothing": (vmap(loss, None), (W, XS[0], 1.0), ValueError, "at least one"),
    "rank": (vmap(loss, (None, 0, 0)), (W, XS, 1.0), ValueError, "rank should be at least 1"),
    "axis": (vmap(loss, (None, 2, 0)), (W, XS, YS), ValueError, "rank should be at least 3"),
    "negative": (vmap(loss, (None, -3, 0)), (W, XS, YS), ValueError, "rank should be at least 3"),
    "length": (vmap(loss, (None, 0)), (W, XS, YS), ArgumentError, "2 entries for 3 arguments"),
    "prefix": (vmap(loss, (None, [0], 0)), (W, XS, YS), ArgumentError, "tree prefix"),
    "out prefix": (vmap(loss, (None, 0, 0), (0, 0)), (W, XS, YS), ArgumentError, "tree prefix"),
    "out axis": (vmap(loss, (None, 0, 0), 1), (W, XS, YS), ValueError, None),
    "mapped": (vmap(loss, (None, 0, 0), None), (W, XS, YS), ValueError, "out_axes is None"),
    "empty": (vmap(loss, (None, 0, 0)), (W, XS[:0], YS[:0]), ValueError, "length 0"),
    "text": (vmap(lambda x: "one"), (XS,), TypeError, "str"),
    "text in": (vmap(lambda x, s: x), (XS, "one"), (ValueError, TypeError), None),
}


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("way", ["called", "vjp", "jvp", "inside"])
def test_what_cannot_be_mapped_is_refused(case, way):
    mapped, args, error, words = WRONG[case]
    if case == "text in" and way == "vjp":
        return
    calls = {
        "called": lambda: mapped(*args),
        "vjp": lambda: vjp(mapped, *args),
        "jvp": lambda: jvp(mapped, args, args),
        "inside": lambda: grad(lambda *a: np.sum(mapped(*a)))(*args),
    }
    with pytest.raises(error, match=words):
        calls[way]()


@pytest.mark.parametrize(
    "given",
    [
        {"in_axes": 0.5},
        {"in_axes": (0, "x")},
        {"in_axes": {"w": 0}},
        {"out_axes": "x"},
        {"axis_name": 3},
        {"axis_size": 1.5},
        {"axis_size": -1},
    ],
)
def test_axes_are_checked_at_once(given):
    with pytest.raises(ArgumentError):
        vmap(loss, **given)


def test_only_functions_can_be_mapped():
    with pytest.raises(ArgumentError, match="callable"):
        vmap(3.0)


def test_axes_that_are_wrong_inside_are_refused_at_their_line():
    def inside(x):
        return np.sum(vmap(np.sin, in_axes=0.5)(x))

    with pytest.raises(ArgumentError, match="in_axes") as caught:
        grad(inside)(array(3))
    assert "in_axes=0.5" in caught.value.origin.text


def test_other_containers_for_other_examples_are_refused():
    def either(x):
        return (x, x) if x > 0 else [x, x]

    with pytest.raises(ArgumentError, match="returns"):
        vmap(either)(np.array([1.0, -1.0]))
    with pytest.raises(srcad.SrcadError):
        vjp(vmap(either), np.array([1.0, -1.0]))
