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


def blocks_of(entries, count):
    """View the entries of a Jacobian that projections have: two rows for each observation."""
    return entries[: 2 * BLOCK * count].reshape(count, 2, BLOCK)


def sparsity(scene):
    """Give rows and columns of the Jacobian: errors of all projections, then of all weights."""
    count = len(scene.weights)
    first_point = CAMERA * len(scene.cameras)
    first_weight = first_point + 3 * len(scene.points)
    cameras, points = scene.observed.astype(np.int32).T[:, :, None, None]
    columns = np.empty((2 * BLOCK + 1) * count, dtype=np.int32)
    weights = columns[2 * BLOCK * count :]
    weights[:] = np.arange(first_weight, first_weight + count)
    blocks = blocks_of(columns, count)
    blocks[:, :, :CAMERA] = CAMERA * cameras + np.arange(CAMERA, dtype=np.int32)
    blocks[:, :, CAMERA:-1] = first_point + 3 * points + np.arange(3, dtype=np.int32)
    blocks[:, :, -1] = weights[:, None]
    rows = np.empty(3 * count + 1, dtype=np.int32)
    rows[: 2 * count + 1] = np.arange(0, 2 * BLOCK * count + 1, BLOCK)
    rows[2 * count :] = np.arange(2 * BLOCK * count, len(columns) + 1)
    return rows, columns


def one_by_one(program, differentiable):
    """Give a function of a scene and its blocks, which it fills by a pullback for each row."""
    program = differentiable(program)
    units = np.eye(2)

    def fill(scene, blocks):
        for i, arguments in enumerate(zip(*scene.rows(), strict=True)):
            _, pull = srcad.vjp(program, *arguments)
            for row in range(2):
                camera, point, weight, _ = pull(units[row])
                blocks[i, row, :CAMERA] = camera
                blocks[i, row, CAMERA:-1] = point
                blocks[i, row, -1] = weight

    return fill


def all_at_once(program, differentiable, *, indexed):
    """Give a function of a scene and its blocks, which it fills by two pullbacks for all of them.

    Once cameras and points are gathered, no two observations share an input. One cotangent asks for
    the x of all of them and another one for all y. A program that is ``indexed`` gathers by itself
    and is told that each observation has its own.
    """

    def fill(scene, blocks):
        *varied, features = scene.rows()
        own = np.arange(len(features))
        given = (features, np.stack([own, own], axis=1)) if indexed else (features,)

        @differentiable
        def errors(cameras, points, weights):
            return program(cameras, points, weights, *given)

        _, pull = srcad.vjp(errors, *varied)
        for row in range(2):
            cotangent = np.zeros((len(scene.weights), 2))
            cotangent[:, row] = 1.0
            cameras, points, weights = pull(cotangent)
            blocks[:, row, :CAMERA] = cameras
            blocks[:, row, CAMERA:-1] = points
            blocks[:, row, -1] = weights

    return fill


def sparse_jacobian(fill, differentiable):
    """Give a function of a scene: the sparse Jacobian of the errors of projections and weights."""
    weight_errors = differentiable(weight_error)

    def jacobian(scene):
        count = len(scene.weights)
        rows, columns = sparsity(scene)
        values = np.empty(len(columns))
        fill(scene, blocks_of(values, count))
        _, pull = srcad.vjp(weight_errors, scene.weights)
        (values[2 * BLOCK * count :],) = pull(np.ones(count))
        return SparseRows(rows, columns, values)

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
