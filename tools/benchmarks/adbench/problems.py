"""The problems: what is computed, in which styles, and on which inputs."""

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.adbench import inputs, jacobians, read
from benchmarks.adbench.programs import ba, gmm, hand, lstm
from benchmarks.compiled import compiled

Function = Callable[..., Any]


@dataclass(frozen=True)
class Problem:
    """An objective, its Jacobian and its inputs.

    Attributes:
        primal: the objective of an input, in NumPy.
        numba_primal: the same in loops, compiled by Numba.
        jacobians: by style; each is called with ``srcad.differentiable`` and its options, and gives
            the function that computes the Jacobian of an input.
        varied: the fields of an input that the Jacobian's columns are by.
        make: called as ``make(generator, *size)``, gives an input.
        sizes: of the inputs to time, by the names of the suite's files.
        small: the size of an input to check against differences.
        folder: where the suite keeps those files.
        read: from a file to an input.
    """

    primal: Function
    numba_primal: Function
    jacobians: Mapping[str, Function]
    varied: tuple[str, ...]
    make: Function
    sizes: Mapping[str, tuple[Any, ...]]
    small: tuple[Any, ...]
    folder: str
    read: Function

    def input(self, size: str, data: Path | None) -> Any:
        """Give an input to time: the suite's, or a made up one of that size if there is no data."""
        if data is not None:
            return self.read(data / self.folder / f"{size}.txt")
        return self.make(np.random.default_rng(2024), *self.sizes[size])

    def small_input(self) -> Any:
        """Give the input to check."""
        return self.make(np.random.default_rng(2024), *self.small)


def spread(program):
    """Give the program as a function of one tuple of its arguments."""
    return lambda arguments: program(*arguments)


def compiled_with(program, *helpers):
    """Compile a program by Numba, and the functions of its module that it calls."""
    namespace = {**program.__globals__, **{name.__name__: compiled(name) for name in helpers}}
    return compiled(types.FunctionType(program.__code__, namespace))


def gradient(program, positions):
    """Tell how to differentiate a program with one result by the arguments at these positions."""

    def prepare(differentiable):
        return spread(jacobians.gradient(program, differentiable, positions))

    return prepare


def sparse(fill):
    def prepare(differentiable):
        return jacobians.sparse_jacobian(fill(differentiable), differentiable)

    return prepare


def errors_of_scene(scene):
    """Compute what a scene's errors are: of all projections, then of all weights."""
    errors = ba.reprojection_errors(*scene.rows())
    return np.concatenate([errors.ravel(), ba.weight_error(scene.weights)])


projections_in_loops = compiled(ba.reprojection_errors_loops)


def errors_of_scene_in_loops(scene):
    errors = projections_in_loops(*scene)
    return np.concatenate([errors.ravel(), ba.weight_error(scene.weights)])


def of_pose(program):
    """Give a program of (theta, ...) as a function of a pose; it has no ``us``."""
    return lambda pose: program(*pose[1:])


PROBLEMS = {
    "gmm": Problem(
        primal=spread(gmm.gmm),
        numba_primal=spread(compiled(gmm.gmm_loops)),
        jacobians={
            "arrays": gradient(gmm.gmm, (0, 1, 2)),
            "loops": gradient(gmm.gmm_loops, (0, 1, 2)),
        },
        varied=("alphas", "means", "icf"),
        make=inputs.make_gmm,
        sizes={"1k/gmm_d10_K10": (10, 10, 1000), "1k/gmm_d10_K25": (10, 25, 1000)},
        small=(3, 4, 6),
        folder="gmm",
        read=read.read_gmm,
    ),
    "ba": Problem(
        primal=errors_of_scene,
        numba_primal=errors_of_scene_in_loops,
        jacobians={
            "arrays": sparse(partial(jacobians.all_at_once, ba.reprojection_errors, indexed=False)),
            "loops": sparse(
                partial(jacobians.all_at_once, ba.reprojection_errors_loops, indexed=True)
            ),
            "one by one": sparse(partial(jacobians.one_by_one, ba.reprojection_error)),
        },
        varied=("cameras", "points", "weights"),
        make=inputs.make_ba,
        sizes={"ba1_n49_m7776_p31843": (49, 7776, 31843)},
        small=(2, 3, 5),
        folder="ba",
        read=read.read_ba,
    ),
    "lstm": Problem(
        primal=spread(lstm.lstm),
        numba_primal=spread(compiled_with(lstm.lstm_loops, lstm.sigmoid)),
        jacobians={
            "arrays": gradient(lstm.lstm, (0, 1)),
            "loops": gradient(lstm.lstm_loops, (0, 1)),
        },
        varied=("main", "extra"),
        make=inputs.make_lstm,
        sizes={"lstm_l2_c1024": (2, 1024, 14), "lstm_l4_c1024": (4, 1024, 14)},
        small=(2, 5, 3),
        folder="lstm",
        read=read.read_lstm,
    ),
    "hand": Problem(
        primal=of_pose(hand.hand),
        numba_primal=of_pose(compiled_with(hand.hand_loops, hand.posed_vertices_loops)),
        jacobians={
            "arrays": partial(jacobians.dense_jacobian, hand.hand),
            "loops": partial(jacobians.dense_jacobian, hand.hand_loops),
        },
        varied=("theta",),
        make=partial(inputs.make_hand, complicated=False),
        sizes={"hand1_t26_c100": (100, 544), "hand2_t26_c192": (192, 544)},
        small=(4, 20),
        folder="hand/simple_small",
        read=partial(read.read_hand, complicated=False),
    ),
    "hand_complicated": Problem(
        primal=spread(hand.hand_complicated),
        numba_primal=spread(compiled_with(hand.hand_complicated_loops, hand.posed_vertices_loops)),
        jacobians={
            "arrays": partial(jacobians.dense_jacobian_complicated, hand.hand_complicated),
            "loops": partial(jacobians.dense_jacobian_complicated, hand.hand_complicated_loops),
        },
        varied=("us", "theta"),
        make=partial(inputs.make_hand, complicated=True),
        sizes={"hand1_t26_c100": (100, 544), "hand2_t26_c192": (192, 544)},
        small=(4, 20),
        folder="hand/complicated_small",
        read=partial(read.read_hand, complicated=True),
    ),
}
