"""What the tests of the API share.

Import it before `srcad.api`: it puts the stand-in where there is no pipeline.
"""

import importlib.util
import sys
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

FAKE = importlib.util.find_spec("srcad.pipeline") is None
if FAKE:
    from tests import fake_pipeline

    sys.modules["srcad.pipeline"] = fake_pipeline

real = pytest.mark.skipif(FAKE, reason="the stand-in runs the function many times")


def close(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-6 if FAKE else 1e-12, atol=1e-8)


def same_type(got, expected):
    """Check that a gradient has its primal's type, dtype and shape."""
    assert type(got) is type(expected)
    if isinstance(expected, np.ndarray | np.generic):
        assert got.dtype == expected.dtype
        assert got.shape == expected.shape


class Point(NamedTuple):
    x: object
    y: object


@dataclass(frozen=True)
class Layer:
    w: object
    b: object


def two(x, y):
    return np.sin(x), np.cos(y)


def product(x, y):
    return x * y


def weighted(x, y=2.0, *, k=1.0):
    return x * y**2 * k


def counts(x, n):
    return x * 2.0, n + 1, n > 1
