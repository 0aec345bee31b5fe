"""A scalar recurrence: nothing but latency, and one number kept for each step."""

import functools
import math

import numpy as np

from benchmarks.compiled import compiled
from benchmarks.kernel import Kernel
from benchmarks.programs import recurrences
from benchmarks.vector_math import vectorised


def make_arguments(generator, steps):
    return generator.uniform(-1.0, 1.0, 8), steps


@compiled
def numba_primal(x, steps):
    s = 1.0
    total = 0.0
    for i in range(steps):
        s = math.sin(s) * x[i % 8] + 0.5
        total += s * s
    return total


# Recompute: only the states are kept; sine and cosine are taken again on the way back.


@compiled
def recomputing_sweeps(x, steps, state_tape, x_bar):
    s = 1.0
    total = 0.0
    for i in range(steps):
        state_tape[i] = s
        s = math.sin(s) * x[i & 7] + 0.5
        total += s * s
    s_bar = 0.0
    for i in range(steps - 1, -1, -1):
        s_bar += 2.0 * s
        s = state_tape[i]
        x_bar[i & 7] += math.sin(s) * s_bar
        s_bar = s_bar * (x[i & 7] * math.cos(s))
    return total


def hand_recompute(x, steps):
    x_bar = np.zeros_like(x)
    return recomputing_sweeps(x, steps, np.empty(steps), x_bar), (x_bar,)


# Keep: sine and cosine are taken together in the forward sweep (LLVM makes one sincos of them), and
# both are kept.


@compiled
def reverse_sweep(x, steps, sine_tape, cosine_tape, x_bar):
    s_bar = 0.0
    for i in range(steps - 1, -1, -1):
        coefficient = x[i & 7]
        s_bar += 2.0 * (sine_tape[i] * coefficient + 0.5)
        x_bar[i & 7] += sine_tape[i] * s_bar
        s_bar = s_bar * (coefficient * cosine_tape[i])


@compiled
def keeping_sweeps(x, steps, sine_tape, cosine_tape, x_bar):
    s = 1.0
    total = 0.0
    for i in range(steps):
        sine = math.sin(s)
        sine_tape[i] = sine
        cosine_tape[i] = math.cos(s)
        s = sine * x[i & 7] + 0.5
        total += s * s
    reverse_sweep(x, steps, sine_tape, cosine_tape, x_bar)
    return total


def hand_keep(x, steps):
    x_bar = np.zeros_like(x)
    return keeping_sweeps(x, steps, np.empty(steps), np.empty(steps), x_bar), (x_bar,)


# Keep, with libmvec: the cosines wait for nothing, and are taken in a loop of their own.


@functools.cache
def make_libmvec_sweeps():
    cos = vectorised("cos")

    @compiled
    def libmvec_sweeps(x, steps, sine_tape, cosine_tape, x_bar):
        s = 1.0
        total = 0.0
        for i in range(steps):
            cosine_tape[i] = s
            sine = math.sin(s)
            sine_tape[i] = sine
            s = sine * x[i & 7] + 0.5
            total += s * s
        for i in range(steps):
            cosine_tape[i] = cos(cosine_tape[i])
        reverse_sweep(x, steps, sine_tape, cosine_tape, x_bar)
        return total

    return libmvec_sweeps


def hand_libmvec(x, steps):
    x_bar = np.zeros_like(x)
    return make_libmvec_sweeps()(x, steps, np.empty(steps), np.empty(steps), x_bar), (x_bar,)


KERNELS = (
    Kernel(
        program=recurrences.recurrence,
        family="loop",
        style="loops",
        make_arguments=make_arguments,
        sizes={"timed": {"steps": 20_000}, "small": {"steps": 30}},
        differentiated=(0,),
        numba_primal=numba_primal,
        hand={"recompute": hand_recompute, "keep": hand_keep, "libmvec": hand_libmvec},
        in_jax=("recurrences.recurrence",),
    ),
)
