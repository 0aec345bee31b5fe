"""What the definitions of functions do not cover is refused at the user's line, with a way out."""

import numpy as np
import pytest

import srcad

VECTOR = np.array([0.3, 0.1, 0.7])
SQUARE = np.outer(VECTOR, VECTOR) + np.eye(3)
REFUSED = [
    (lambda x: np.sum(np.pad(x, 1, mode="mean")), VECTOR, "constant, edge, reflect"),
    (lambda x: np.sum(np.pad(x, 1, constant_values=(1.0, 2.0))), VECTOR, "pad twice"),
    (lambda x: np.sum(np.interp(x, x, x, period=3.0)), VECTOR, "reduce x with %"),
    (lambda x: np.sum(np.linalg.svd(x)[1]), SQUARE, "full_matrices=False"),
    (lambda x: np.sum(np.linalg.qr(x, mode="complete")[0]), SQUARE, "reduced and r"),
    (lambda x: np.sum(np.fft.fft2(x, s=(4, 4)).real), SQUARE, "pad first"),
    (lambda x: np.sum(np.sort(x, order="a")), VECTOR, "order="),
    (lambda x: np.sum(np.sqrt(x, where=x > 0.2)), VECTOR, "out="),
    (lambda x: np.sum(np.meshgrid(x, x, copy=False)[0]), VECTOR, "leave it out"),
    (lambda x: np.linalg.eigh(x + 0j * x)[0][0], SQUARE, "real and imaginary"),
    (lambda x: np.median(x, axis=(0, 1)), SQUARE, "reshape"),
    (lambda x: np.linalg.eigh(x, "U")[0][0], SQUARE, "this form of"),
]


@pytest.mark.parametrize(("function", "x", "way_out"), REFUSED)
def test_refusals_name_the_line_and_the_way_out(function, x, way_out):
    with pytest.raises(srcad.SrcadError, match=way_out) as caught:
        srcad.grad(function)(x)
    assert "test_refusals.py" in str(caught.value)


def test_a_fill_value_that_happens_to_be_zero_has_its_derivative():
    def padded(x, value):
        return np.sum(np.pad(x, 1, constant_values=value) * np.arange(5.0))

    for engine in ("numpy", "numba"):
        made = srcad.differentiable(engine=engine)(padded)
        assert srcad.grad(made, argnums=1)(VECTOR, 0.0) == 4.0
