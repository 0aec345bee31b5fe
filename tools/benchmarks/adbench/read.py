"""Readers of the suite's own files."""

from pathlib import Path

import numpy as np

from benchmarks.adbench.inputs import GmmInput, HandInput, LstmInput, Scene
from benchmarks.adbench.programs.hand import Model


def numbers(text):
    return np.array(text.split(), dtype=np.float64)


def read_gmm(path):
    """Read ``gmm_d*_K*.txt``."""
    lines = Path(path).read_text().splitlines()
    d, k, n = (int(word) for word in lines[0].split())
    values = numbers(" ".join(lines[1:]))
    sizes = [k, k * d, k * (d * (d + 1) // 2), n * d, 2]
    alphas, means, icf, x, prior = np.split(values, np.cumsum(sizes)[:-1])
    return GmmInput(
        alphas, means.reshape(k, d), icf.reshape(k, -1), x.reshape(n, d), prior[0], int(prior[1])
    )


def read_lstm(path):
    """Read ``lstm_l*_c*.txt``."""
    first, rest = Path(path).read_text().split("\n", 1)
    layers, characters, bits = (int(word) for word in first.split())
    sizes = [8 * layers * bits, 3 * bits, 2 * layers * bits, characters * bits]
    main, extra, state, sequence = np.split(numbers(rest), np.cumsum(sizes)[:-1])
    return LstmInput(
        main.reshape(2 * layers, 4 * bits),
        extra.reshape(3, bits),
        state.reshape(2 * layers, bits),
        sequence.reshape(characters, bits),
    )


def read_ba(path):
    """Read ``ba*_n*_m*_p*.txt``: one camera, point, weight and feature, as often as it says."""
    lines = Path(path).read_text().splitlines()
    n, m, p = (int(word) for word in lines[0].split())
    camera, point, weight, feature = (numbers(line) for line in lines[1:5])
    return repeated_scene(n, m, p, camera, point, weight[0], feature)


def repeated_scene(n, m, p, camera, point, weight, feature):
    """Make a scene of equal cameras, points and observations."""
    return Scene(
        np.tile(camera, (n, 1)),
        np.tile(point, (m, 1)),
        np.full(p, weight),
        np.tile(feature, (p, 1)),
        np.stack([np.arange(p) % n, np.arange(p) % m], axis=1),
    )


def read_hand(path, complicated):
    """Read ``hand*_t26_c*.txt`` and the model in the folder beside it."""
    lines = Path(path).read_text().splitlines()
    count, angles = (int(word) for word in lines[0].split())
    table = numbers(" ".join(lines[1 : count + 1])).reshape(count, 4)
    us = None
    start = count + 1
    if complicated:
        us = numbers(" ".join(lines[start : start + count])).reshape(count, 2)
        start += count
    theta = numbers(" ".join(lines[start : start + angles]))
    model = read_model(Path(path).parent / "model")
    return HandInput(us, theta, model, table[:, 0].astype(np.int64), table[:, 1:].copy())


def read_model(folder):
    """Read a hand model: ``bones.txt``, ``vertices.txt`` and ``triangles.txt``."""
    bones = [line.split(":") for line in (folder / "bones.txt").read_text().splitlines()]
    vertices = [line.split(":") for line in (folder / "vertices.txt").read_text().splitlines()]
    matrices = np.array([bone[2:34] for bone in bones], dtype=np.float64)
    positions = np.ones((len(vertices), 4))
    weights = np.zeros((len(vertices), len(bones)))
    for number, vertex in enumerate(vertices):
        positions[number, :3] = [float(word) for word in vertex[:3]]
        # Five words that nobody reads, how many bones move it, then bone and weight for each.
        for place in range(9, 9 + 2 * int(vertex[8]), 2):
            weights[number, int(vertex[place])] = float(vertex[place + 1])
    triangles = [line.split(":") for line in (folder / "triangles.txt").read_text().splitlines()]
    return Model(
        np.array([bone[1] for bone in bones], dtype=np.int64),
        matrices[:, :16].reshape(-1, 4, 4).copy(),
        matrices[:, 16:].reshape(-1, 4, 4).copy(),
        positions,
        weights,
        np.array(triangles, dtype=np.int64),
        False,
    )
