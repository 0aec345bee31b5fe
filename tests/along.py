"""Gradients of small functions, checked along a direction of each argument."""

import numpy as np

import srcad
from tests import reference


def check_gradient(function, args, engine):
    """Compare with a complex step, or with extrapolated differences."""
    wanted = tuple(i for i, arg in enumerate(args) if reference.is_float(arg))
    bars = srcad.grad(srcad.differentiable(engine=engine)(function), argnums=wanted)(*args)
    generator = np.random.default_rng(1)
    for i, bar in zip(wanted, bars, strict=True):
        direction = generator.uniform(-1.0, 1.0, np.shape(args[i]))
        expected, error, exact = reference.derivative(function, args, i, direction, [1.0])
        scale = np.sum(np.abs(bar * direction)) + abs(expected)
        tolerance = (1e-10 if exact else 1e-8) * scale + 10.0 * error
        assert abs(np.sum(bar * direction) - expected) <= tolerance
