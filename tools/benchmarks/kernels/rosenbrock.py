"""Eight variables: the price of a call."""

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import elementwise


def make_arguments(generator, variables):
    return (generator.uniform(-1.5, 1.5, variables),)


@compiled
def numba_primal(x):
    total = 0.0
    for i in range(x.shape[0] - 1):
        total += 100.0 * (x[i + 1] - x[i] * x[i]) ** 2 + (1.0 - x[i]) ** 2
    return total


@compiled
def hand_loop(x):
    x_bar = np.zeros_like(x)
    total = 0.0
    for i in range(x.shape[0] - 1):
        valley = x[i + 1] - x[i] * x[i]
        slope = 1.0 - x[i]
        total += 100.0 * valley * valley + slope * slope
        x_bar[i + 1] += 200.0 * valley
        x_bar[i] -= 400.0 * valley * x[i] + 2.0 * slope
    return total, (x_bar,)


@compiled
def write_gradient(x, x_bar):
    total = 0.0
    x_bar[:] = 0.0
    for i in range(x.shape[0] - 1):
        valley = x[i + 1] - x[i] * x[i]
        slope = 1.0 - x[i]
        total += 100.0 * valley * valley + slope * slope
        x_bar[i + 1] += 200.0 * valley
        x_bar[i] -= 400.0 * valley * x[i] + 2.0 * slope
    return total


def hand_wrapper(x):
    x_bar = np.empty_like(x)
    return write_gradient(x, x_bar), (x_bar,)


KERNELS = (
    Kernel(
        program=elementwise.rosenbrock,
        family="elementwise",
        style="slices",
        make_arguments=make_arguments,
        sizes={"timed": {"variables": 8}, "small": {"variables": 8}},
        differentiated=(0,),
        numba_primal=numba_primal,
        hand={"compiled": hand_loop, "wrapper": hand_wrapper},
        in_jax=("elementwise.rosenbrock",),
    ),
)
