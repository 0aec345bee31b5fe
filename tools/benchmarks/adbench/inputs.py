"""Inputs of the objectives: what they consist of, and made-up ones where there are no files."""

from typing import NamedTuple

import numpy as np

from benchmarks.adbench.programs.hand import Model

HAND_ANGLES = 26


class GmmInput(NamedTuple):
    """Parameters of a mixture, the points that it explains, and its prior."""

    alphas: np.ndarray
    means: np.ndarray
    icf: np.ndarray
    x: np.ndarray
    gamma: float
    m: int


class LstmInput(NamedTuple):
    """Parameters of a network, its state before the first character, and the characters' bits."""

    main: np.ndarray
    extra: np.ndarray
    state: np.ndarray
    sequence: np.ndarray


class Scene(NamedTuple):
    """Cameras and points, and observations: who saw what (``observed``), where and how surely."""

    cameras: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    features: np.ndarray
    observed: np.ndarray

    def rows(self):
        """Give camera, point, weight and feature of each observation."""
        return (
            self.cameras[self.observed[:, 0]],
            self.points[self.observed[:, 1]],
            self.weights,
            self.features,
        )


class HandInput(NamedTuple):
    """A pose, the model, and points with the vertices or (given ``us``) triangles they are at."""

    us: np.ndarray | None
    theta: np.ndarray
    model: Model
    correspondences: np.ndarray
    points: np.ndarray


def make_gmm(generator, d, k, n):
    """Make a mixture and points around the origin."""
    return GmmInput(
        generator.standard_normal(k),
        generator.random((k, d)),
        generator.standard_normal((k, d * (d + 1) // 2)),
        generator.standard_normal((n, d)),
        1.0,
        0,
    )


def make_lstm(generator, layers, characters, bits):
    """Make a network and a text of random bits."""
    return LstmInput(
        generator.random((2 * layers, 4 * bits)),
        generator.random((3, bits)),
        generator.random((2 * layers, bits)),
        generator.integers(0, 2, (characters, bits)).astype(np.float64),
    )


def make_ba(generator, cameras, points, observations):
    """Make cameras that look at points a little aside of their axis."""
    rotation = 0.3 * generator.standard_normal((cameras, 3))
    centre = generator.standard_normal((cameras, 3)) - [0.0, 0.0, 20.0]
    lens = np.array([400.0, 0.0, 0.0, 0.08, 0.003])
    lens = lens + generator.standard_normal((cameras, 5)) * [20.0, 3.0, 3.0, 0.02, 0.002]
    return Scene(
        np.concatenate([rotation, centre, lens], axis=1),
        generator.standard_normal((points, 3)),
        generator.random(observations),
        50.0 * generator.standard_normal((observations, 2)),
        np.stack([np.arange(observations) % n for n in (cameras, points)], axis=1),
    )


def random_poses(generator, count):
    """Make matrices that rotate and shift."""
    poses = np.zeros((count, 4, 4))
    poses[:, :3, :3] = np.linalg.qr(generator.standard_normal((count, 3, 3)))[0]
    poses[:, :3, 3] = 0.1 * generator.standard_normal((count, 3))
    poses[:, 3, 3] = 1.0
    return poses


def make_model(generator, vertices):
    """Make a mesh with a wrist, a forearm and five fingers of four bones each."""
    bones = 22
    # The first bone is the wrist, which fingers and forearm are joined to.
    parents = np.arange(-1, bones - 1)
    parents[[1, 5, 9, 13, 17, 21]] = 0
    weights = generator.random((vertices, bones)) ** 8
    positions = np.ones((vertices, 4))
    positions[:, :3] = 0.1 * generator.standard_normal((vertices, 3))
    return Model(
        parents,
        random_poses(generator, bones),
        random_poses(generator, bones),
        positions,
        weights / np.sum(weights, axis=1, keepdims=True),
        generator.integers(0, vertices, (2 * vertices, 3)),
        False,
    )


def make_hand(generator, points, vertices, complicated):
    """Make a pose, and points near a hand model."""
    model = make_model(generator, vertices)
    places = len(model.triangles) if complicated else vertices
    return HandInput(
        generator.random((points, 2)) / 2.0 if complicated else None,
        generator.standard_normal(HAND_ANGLES),
        model,
        generator.integers(0, places, points),
        generator.standard_normal((points, 3)),
    )
