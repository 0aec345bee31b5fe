"""Eight variables: the price of a call."""

import numpy as np

from benchmarks import programs
from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel


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


def make_jax():
    import jax.numpy as jnp

    def rosenbrock(x):
        return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    return rosenbrock


KERNEL = Kernel(
    program=programs.rosenbrock,
    make_arguments=make_arguments,
    sizes={"timed": {"variables": 8}, "small": {"variables": 8}},
    differentiated=(0,),
    written=(),
    numba_primal=numba_primal,
    hand={"compiled": hand_loop, "wrapper": hand_wrapper},
    make_jax=make_jax,
)
