"""What ADBench times, computed by srcad: a gradient, or a Jacobian row by row from pullbacks.

``differentiable`` is ``srcad.differentiable`` with its options, in particular the engine.
"""

from typing import NamedTuple

import numpy as np

import srcad
from benchmarks.adbench.programs.ba import weight_error

CAMERA = 11  # numbers a camera
BLOCK = CAMERA + 3 + 1  # what a reprojection error depends on: camera, point and weight


def gradient(program, differentiable, positions):
    """Give a function of the program's arguments: its gradient by some of them, in one vector."""
    bars = srcad.grad(differentiable(program), argnums=positions)

    def flat_gradient(*arguments):
        return np.concatenate([bar.ravel() for bar in bars(*arguments)])

    return flat_gradient


class SparseRows(NamedTuple):
    """A sparse matrix: row i has ``values[rows[i] : rows[i + 1]]`` in the columns ``columns``."""

    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray


def sparsity(scene):
    """Give rows and columns of the Jacobian: errors of all projections, then of all weights."""
    count = len(scene.weights)
    first_point = CAMERA * len(scene.cameras)
    weights = first_point + 3 * len(scene.points) + np.arange(count)
    columns = np.empty((count, BLOCK), dtype=np.int64)
    columns[:, :CAMERA] = CAMERA * scene.observed[:, :1] + np.arange(CAMERA)
    columns[:, CAMERA:-1] = first_point + 3 * scene.observed[:, 1:] + np.arange(3)
    columns[:, -1] = weights
    lengths = np.repeat([BLOCK, 1], [2 * count, count])
    return (
        np.concatenate([[0], np.cumsum(lengths)]),
        np.concatenate([np.repeat(columns, 2, axis=0).ravel(), weights]),
    )


def one_by_one(program, differentiable):
    """Give a function of a scene: for each observation a block of two rows, a pullback for each."""
    program = differentiable(program)
    units = np.eye(2)

    def blocks(scene):
        found = np.empty((len(scene.weights), 2, BLOCK))
        for i, arguments in enumerate(zip(*scene.rows(), strict=True)):
            _, pull = srcad.vjp(program, *arguments)
            for row in range(2):
                camera, point, weight, _ = pull(units[row])
                found[i, row, :CAMERA] = camera
                found[i, row, CAMERA:-1] = point
                found[i, row, -1] = weight
        return found

    return blocks


def all_at_once(program, differentiable, *, indexed):
    """Give a function of a scene: the same blocks by two pullbacks for all observations.

    Once cameras and points are gathered, no two observations share an input. One cotangent asks for
    the x of all of them and another one for all y. A program that is ``indexed`` gathers by itself
    and is told that each observation has its own.
    """

    def blocks(scene):
        *varied, features = scene.rows()
        own = np.arange(len(features))
        given = (features, np.stack([own, own], axis=1)) if indexed else (features,)

        @differentiable
        def errors(cameras, points, weights):
            return program(cameras, points, weights, *given)

        _, pull = srcad.vjp(errors, *varied)
        found = np.empty((len(scene.weights), 2, BLOCK))
        for row in range(2):
            cotangent = np.zeros((len(scene.weights), 2))
            cotangent[:, row] = 1.0
            cameras, points, weights = pull(cotangent)
            found[:, row, :CAMERA] = cameras
            found[:, row, CAMERA:-1] = points
            found[:, row, -1] = weights
        return found

    return blocks


def sparse_jacobian(blocks, differentiable):
    """Give a function of a scene: the sparse Jacobian of the errors of projections and weights."""
    weight_errors = differentiable(weight_error)

    def jacobian(scene):
        _, pull = srcad.vjp(weight_errors, scene.weights)
        (diagonal,) = pull(np.ones(len(scene.weights)))
        return SparseRows(*sparsity(scene), np.concatenate([blocks(scene).ravel(), diagonal]))

    return jacobian


def rows_of(pull, count):
    """Give the bars of each of so many results."""
    for row in range(count):
        cotangent = np.zeros(count)
        cotangent[row] = 1.0
        yield pull(cotangent)


def dense_jacobian(program, differentiable):
    """Give a function of a pose: the Jacobian of the distances by theta, a row a distance."""

    def jacobian(pose):
        given = pose[2:]

        @differentiable
        def distances(theta):
            return program(theta, *given)

        values, pull = srcad.vjp(distances, pose.theta)
        return np.stack([theta for (theta,) in rows_of(pull, len(values))])

    return jacobian


def dense_jacobian_complicated(program, differentiable):
    """Give a function of a pose: two columns for the place that a distance is of, then by theta."""

    def jacobian(pose):
        given = pose[2:]

        @differentiable
        def distances(us, theta):
            return program(us, theta, *given)

        values, pull = srcad.vjp(distances, pose.us, pose.theta)
        found = np.empty((len(values), 2 + len(pose.theta)))
        for row, (us, theta) in enumerate(rows_of(pull, len(values))):
            found[row, :2] = us[row // 3]
            found[row, 2:] = theta
        return found

    return jacobian
