"""Arrays of every layout and dtype: what is computed, and the derivative, do not depend on them.

References: the same program on a plain array of the same numbers under NumPy, and the derivative
of `tests.reference`.
"""

import numpy as np
import pytest

import srcad
from tests.reference import FLOAT0, copied, derivative, directions, is_float, leaves, random_like

ENGINES = ("numpy", "numba")
each_engine = pytest.mark.parametrize("engine", ENGINES)

MATRIX = np.array([[0.7, 1.3, 0.4], [1.1, 0.5, 0.9], [0.6, 1.4, 0.8]])


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def strided(array):
    apart = np.zeros([2 * length for length in array.shape], array.dtype)
    index = (slice(None, None, 2),) * array.ndim
    apart[index] = array
    return apart[index]


LAYOUTS = {
    "fortran": lambda x: np.asfortranarray(x.copy()),
    "strided": strided,
    "reversed": lambda x: x[::-1, ::-1].copy()[::-1, ::-1],
    "read_only": read_only,
    "read_only_fortran": lambda x: read_only(np.asfortranarray(x)),
    "broadcast": lambda x: np.broadcast_to(x[0], x.shape),
    "broadcast_number": lambda x: np.broadcast_to(x[0, 0], x.shape),
    "column_of_more": lambda x: np.stack([x, x], axis=-1)[..., 1],
}


def in_place_rows(a):
    a[1:] += 2.0 * a[:-1]
    a[0] *= a[-1]
    return a * a


def in_place_elements(a):
    for i in range(a.shape[0]):
        for j in range(1, a.shape[1]):
            a[i, j] += a[i, j - 1] * a[j, i]
    return a


def through_transpose(a):
    a.T[0] *= 2.0
    return a @ a.T


def raveled(a):
    f = a.ravel()
    return (f * f).reshape(a.shape).T @ a


def in_reading_order(a):
    total = 0.0
    for v in a.flat:
        total = total * 0.5 + v * v
    return total


def like_it(a):
    out = np.empty_like(a)
    np.multiply(a, a, out=out)
    out[0] = a[1]
    return out, a[::-1], a[:, 1:]


OF_MATRICES = [
    in_place_rows,
    in_place_elements,
    through_transpose,
    raveled,
    in_reading_order,
    like_it,
]


def check(function, args, engine, tolerance=1e-9):
    """The value, its types, the gradient and its types; the arguments stay as they are."""
    plain = function(*copied(args))
    before = [leaf.tobytes() for leaf in leaves(args) if isinstance(leaf, np.ndarray)]
    out, pullback = srcad.differentiable(engine=engine)(function).vjp(*args)
    for ours, wanted in zip(leaves(out), leaves(plain), strict=True):
        assert type(ours) is type(wanted)
        assert getattr(ours, "dtype", None) == getattr(wanted, "dtype", None)
        np.testing.assert_allclose(ours, wanted, rtol=tolerance, atol=tolerance)
    generator = np.random.default_rng(11)
    cotangents = [random_like(leaf, generator) for leaf in leaves(plain)]
    given = tuple(cotangents) if isinstance(plain, tuple) else cotangents[0]
    bars = leaves(pullback(given))
    assert [leaf.tobytes() for leaf in leaves(args) if isinstance(leaf, np.ndarray)] == before
    for position, (bar, leaf) in enumerate(zip(bars, leaves(args), strict=True)):
        assert np.shape(bar) == np.shape(leaf)
        if not is_float(leaf):
            assert bar.dtype == FLOAT0
            continue
        assert getattr(bar, "dtype", type(bar)) == getattr(leaf, "dtype", type(leaf))
        for direction in directions(leaf, generator):
            expected, error, _ = derivative(function, args, position, direction, cotangents)
            assert np.isfinite(expected)
            actual = np.sum(np.asarray(bar) * direction).real
            scale = abs(expected) + np.sum(np.abs(np.asarray(bar) * direction))
            assert abs(actual - expected) <= 10.0 * error + 10.0 * tolerance * (scale + 1.0)


@each_engine
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.complex128, np.complex64])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.slow
def test_matrices(layout, dtype, engine):
    array = MATRIX.astype(dtype)
    if np.iscomplexobj(array):
        array = (array - 0.6j * MATRIX.T).astype(dtype)
    array = LAYOUTS[layout](array)
    tolerance = 1e-9 if array.dtype.itemsize >= 8 and dtype is not np.complex64 else 2e-5
    for function in OF_MATRICES:
        check(function, (array,), engine, tolerance)


def scaled(a):
    return a * 2 + 1, a**2, a / 3, -a


@each_engine
@pytest.mark.parametrize(
    "number",
    [
        1.3,
        np.float64(1.3),
        np.float32(1.3),
        np.array(1.3),
        np.array(1.3, np.float32),
        1.0 + 2.0j,
        np.complex64(1.0 + 2.0j),
        np.array(1.0 + 2.0j),
    ],
    ids=repr,
)
def test_numbers_of_every_type(number, engine):
    narrow = getattr(number, "dtype", None) in (np.float32, np.complex64)
    check(scaled, (number,), engine, 1e-5 if narrow else 1e-9)


def all_of_it(a):
    return np.exp(a)[()] + a[...] * 2.0 + a[()] ** 2, a.item() * 2, a.sum(), a.reshape(1) * a


def written_whole(a):
    a += 1.0
    b = a * a
    a[...] = 2.0 * b
    a[()] = a[()] * 3.0
    return a * b


@each_engine
@pytest.mark.parametrize("number", [0.7, 0.7 - 0.4j])
def test_arrays_without_axes(number, engine):
    check(all_of_it, (np.array(number),), engine)


@pytest.mark.parametrize("number", [0.7, 0.7 - 0.4j])
def test_writes_to_arrays_without_axes(number):
    check(written_whole, (np.array(number),), "numpy")
    with pytest.raises(srcad.errors.CompilationError, match="a write to a 0-d array"):
        srcad.differentiable(engine="numba")(written_whole).vjp(np.array(number))


def of_nothing(a, b):
    out = np.zeros_like(a)
    for i in range(len(a)):
        out[i] += a[i] * b[i]
    a[1:] += 2.0 * a[:-1]
    return out, np.concatenate([a, b]), np.sum(a), np.cumsum(b), a @ b


@each_engine
@pytest.mark.parametrize("dtype", [np.float64, np.complex64])
def test_empty_arrays(dtype, engine):
    out, pullback = srcad.differentiable(engine=engine)(of_nothing).vjp(
        np.zeros(0, dtype), np.zeros(0, dtype)
    )
    assert [np.shape(leaf) for leaf in out] == [(0,), (0,), (), (0,), ()]
    for bar in pullback(tuple(np.ones_like(leaf)[()] for leaf in out)):
        assert bar.shape == (0,)
        assert bar.dtype == dtype


def of_two_dtypes(a, b):
    return a * b, a + b, a - 2 * b, np.sqrt(np.abs(a)) * b, np.concatenate([a, b]), a @ b


NARROW = np.array([0.4, -1.5, 0.9], np.float32)


@each_engine
@pytest.mark.parametrize(
    "other",
    [
        np.array([0.3, 0.8, -1.1]),
        np.array([0.3 + 1.0j, 0.8 - 0.5j, -1.1]),
        np.array([0.3 + 1.0j, 0.8 - 0.5j, -1.1], np.complex64),
        np.array([3, -2, 5]),
        np.array([3, -2, 5], np.int8),
        np.array([3, 2, 5], np.uint16),
        np.array([True, False, True]),
    ],
    ids=lambda array: array.dtype.name,
)
@pytest.mark.slow
def test_two_dtypes(other, engine):
    check(of_two_dtypes, (NARROW, other), engine, 1e-5)
    if is_float(other):
        check(of_two_dtypes, (other, NARROW), engine, 1e-5)


INT_TYPES = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)


def of_ints(x, n):
    return x * (n * n), x * (n << 1), x * (n >> 1), x * (~n), x * (n ^ 77), x * (-n), x * n.sum()


def of_negated(x, n):
    total = np.zeros(3)
    total += -n
    return x * total - (-n) * x, x + (-n) * 2.0 * x


def of_counts(x, n):
    total = n * 0 + 1
    for _ in range(5):
        total = total * n + 3
    return x * total


@each_engine
@pytest.mark.parametrize("dtype", INT_TYPES, ids=lambda dtype: dtype.__name__)
@pytest.mark.slow
def test_ints_overflow_as_in_numpy(dtype, engine):
    for n in (dtype(101), np.array([101, 7, 90], dtype)):
        for function in (of_ints, of_negated, of_counts):
            with np.errstate(over="ignore"):
                wanted = function(1.0, n)
                out, pullback = srcad.differentiable(engine=engine)(function).vjp(2.0, n)
                bar, _ = pullback(
                    tuple(np.ones_like(w)[()] for w in wanted)
                    if isinstance(wanted, tuple)
                    else np.ones_like(wanted)[()]
                )
            for ours, one in zip(leaves(out), leaves(wanted), strict=True):
                np.testing.assert_array_equal(ours, 2.0 * one)
            exact = sum(np.sum(one) for one in leaves(wanted))
            np.testing.assert_allclose(bar, exact, rtol=1e-13)


def of_bools(x, b, c):
    b = b.copy()
    both = b * c
    k = b[0] + c[0]
    b[1:] += c[:-1]
    return x * (b + c), x * both, x * k, x * (b & ~c), x * (b + 1), x * np.sum(b + c), x * b


@each_engine
def test_bools_add_as_in_numpy(engine):
    b, c = np.array([True, False, True]), np.array([True, True, False])
    check(of_bools, (2.0, b, c), engine)


def indexed(a, i):
    s = a[i] * 2.0
    a[i] += 1.0
    return a * np.sum(s)


@each_engine
@pytest.mark.parametrize(
    "index",
    [
        2,
        np.int32(-1),
        np.uint8(1),
        np.array([0, 2], np.int8),
        np.array([0, 2], np.uint16),
        np.array([-1, 2, 2], np.int32),
        np.array([True, False, True]),
        np.array([], np.int64),
    ],
    ids=repr,
)
def test_indices_of_every_type(index, engine):
    check(indexed, (np.array([0.4, -1.5, 0.9]), index), engine)


def from_data(x, m):
    k = np.argmax(x)
    j = np.searchsorted(np.sort(x), 0.5)
    rows, columns = np.nonzero(m > 0.2)
    (places,) = np.where(x > 0.0)
    order = np.argsort(x)
    whole = np.floor(3.0 * x).astype(int)
    x[k] *= x[j - 1]
    counts = np.zeros(3, int)
    for v in x:
        counts[int(abs(v)) % 3] += 1
    return x[order] * order, x[places] ** 2, m[rows, columns], x[whole % 3], x * counts


@each_engine
def test_indices_computed_from_data(engine):
    check(from_data, (np.array([0.3, 1.7, -0.4]), np.array([[0.3, 0.9], [1.7, -0.4]])), engine)


def power_of_mixed_precision(x, n):
    return x**n


@each_engine
@pytest.mark.parametrize("dtype", [np.float32, np.complex64])
def test_power_of_mixed_precision_is_wide(dtype, engine):
    """Compiled, a float32 to an int64 is a float32."""
    x = np.array([1.7, 0.4], dtype)
    out, _ = srcad.differentiable(engine=engine)(power_of_mixed_precision).vjp(x, np.int64(3))
    np.testing.assert_allclose(out, x.astype(out.dtype) ** 3, rtol=1e-14)


def narrowed(x):
    z = x.astype(complex) * (1.0 + 1.0j * x)
    return z.real.astype(np.float32), np.asarray(z, dtype=np.complex64)


@each_engine
def test_astype(engine):
    x = np.array([0.3, 1.7, -0.4])
    out, pullback = srcad.differentiable(engine=engine)(narrowed).vjp(x)
    assert [leaf.dtype for leaf in out] == [np.float32, np.complex64]
    (bar,) = pullback((np.ones(3, np.float32), np.full(3, 1.0 - 2.0j, np.complex64)))
    # Re((1 - 2i) (x + i x^2)) = x + 2 x^2, and x itself.
    np.testing.assert_allclose(bar, 2.0 + 4.0 * x, rtol=1e-6)
    assert bar.dtype == np.float64


def total(x):
    return np.sum(x) * 2


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        (np.ones((1, 2)).view(np.matrix), "a numpy.matrix, which computes unlike a plain array"),
        (np.ma.array([1.0, 2.0]), "a numpy.MaskedArray, which computes unlike a plain array"),
        (np.array([1.0], dtype=object), "an array with dtype object"),
        (np.array([1.0], dtype=np.longdouble), "an array with dtype"),
        (np.array(["a"]), "an array with dtype <U1"),
        (np.array([1], "M8[s]"), "an array with dtype datetime64"),
        ([np.ones((1, 1)).view(np.matrix)], "`x\\[0\\]` is a numpy.matrix"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_array_is_refused(argument, message):
    with pytest.raises(srcad.errors.ArgumentError, match=message):
        srcad.vjp(total, argument)


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


def reads_a_masked_array(x):
    return np.sum(MASKED * x)


def makes_a_masked_array(x):
    return np.ma.masked_less(x, 0.5).sum()


def makes_a_matrix(x):
    return np.asmatrix(x) * x


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (reads_a_masked_array, "is not a plain array"),
        (makes_a_masked_array, "masked arrays compute unlike plain arrays"),
        (makes_a_matrix, "a `matrix` cannot be made inside the function"),
    ],
)
def test_subclasses_inside_the_function_are_refused(function, message):
    with pytest.raises(srcad.errors.UnsupportedType, match=message):
        srcad.vjp(function, np.ones((2, 2)))
