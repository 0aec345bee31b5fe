"""Great-circle distances: eight transcendental functions for each pair of points."""

import functools
import math

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import elementwise
from benchmarks.vector_math import vectorised


def make_arguments(generator, pairs):
    latitudes = [generator.uniform(-1.4, 1.4, pairs) for _ in range(2)]
    longitudes = [generator.uniform(-3.1, 3.1, pairs) for _ in range(2)]
    return latitudes[0], longitudes[0], latitudes[1], longitudes[1]


@compiled
def numba_primal(latitude_1, longitude_1, latitude_2, longitude_2):
    total = 0.0
    for i in range(latitude_1.shape[0]):
        sine_1 = math.sin((latitude_2[i] - latitude_1[i]) / 2)
        sine_2 = math.sin((longitude_2[i] - longitude_1[i]) / 2)
        both = math.cos(latitude_1[i]) * math.cos(latitude_2[i])
        total += 2 * 6371.0 * math.asin(math.sqrt(sine_1 * sine_1 + both * sine_2 * sine_2))
    return total


def make_sweep(sin, cos, asin):
    """Make the loop that adds up the distances and writes the bars, with these functions."""

    @compiled
    def sweep(
        latitude_1,
        longitude_1,
        latitude_2,
        longitude_2,
        latitude_1_bar,
        longitude_1_bar,
        latitude_2_bar,
        longitude_2_bar,
    ):
        total = 0.0
        for i in range(latitude_1.shape[0]):
            half_1 = 0.5 * (latitude_2[i] - latitude_1[i])
            half_2 = 0.5 * (longitude_2[i] - longitude_1[i])
            sine_1 = sin(half_1)
            sine_2 = sin(half_2)
            cosine_1 = cos(latitude_1[i])
            cosine_2 = cos(latitude_2[i])
            both = cosine_1 * cosine_2
            square_2 = sine_2 * sine_2
            a = sine_1 * sine_1 + both * square_2
            root = math.sqrt(a)
            total += 2 * 6371.0 * asin(root)
            a_bar = 6371.0 / (root * math.sqrt(1.0 - a))
            half_1_bar = a_bar * sine_1 * cos(half_1)
            half_2_bar = a_bar * both * sine_2 * cos(half_2)
            both_bar = a_bar * square_2
            latitude_1_bar[i] = -half_1_bar - both_bar * cosine_2 * sin(latitude_1[i])
            latitude_2_bar[i] = half_1_bar - both_bar * cosine_1 * sin(latitude_2[i])
            longitude_1_bar[i] = -half_2_bar
            longitude_2_bar[i] = half_2_bar
        return total

    return sweep


def run(sweep, arguments):
    # Allocated by NumPy, which asks for huge pages; inside compiled code they would be small ones.
    bars = tuple(np.empty_like(argument) for argument in arguments)
    return sweep(*arguments, *bars), bars


libm_sweep = make_sweep(math.sin, math.cos, math.asin)


@functools.cache
def libmvec_sweep():
    return make_sweep(vectorised("sin"), vectorised("cos"), vectorised("asin"))


def hand_libm(*arguments):
    return run(libm_sweep, arguments)


def hand_libmvec(*arguments):
    return run(libmvec_sweep(), arguments)


KERNELS = (
    Kernel(
        program=elementwise.haversine,
        family="elementwise",
        style="slices",
        make_arguments=make_arguments,
        sizes={"timed": {"pairs": 1_000_000}, "small": {"pairs": 10}},
        differentiated=(0, 1, 2, 3),
        numba_primal=numba_primal,
        hand={"libm": hand_libm, "libmvec": hand_libmvec},
        in_jax=("elementwise.haversine",),
    ),
)
