"""ADBench's LSTM, on the text that GradBench sends."""

import numpy as np
from benchmarks.adbench.programs.lstm import lstm

import srcad
from gradbench.task import Task, lists, numbers


def arguments(given):
    return tuple(
        numbers(given[name]) for name in ("main_params", "extra_params", "state", "sequence")
    )


def flat(bars):
    return lists(np.concatenate([bar.ravel() for bar in bars]))


def functions(differentiable):
    gradient = srcad.grad(differentiable(lstm), argnums=(0, 1))
    return {"objective": Task(arguments, lstm), "jacobian": Task(arguments, gradient, flat)}
