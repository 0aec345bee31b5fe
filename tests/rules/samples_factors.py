"""Calls of factorisations of matrices."""

import numpy as np

from srcad.runtime import arrays

draw = np.random.default_rng(13).uniform
m33, m43, m34, m42 = (draw(-1, 1, shape) for shape in ((3, 3), (4, 3), (3, 4), (4, 2)))
regular = m33 + np.diag([3.0, 4.0, 5.5])
tall = m43 + np.eye(4, 3) * np.array([3.0, 4.0, 5.5])
SQUARES = [(regular,), (np.stack([regular, 2.0 * regular.T]),)]
TALL = [(tall,), (regular,), (np.stack([tall, 2.0 * tall]),)]

SAMPLES = {
    np.linalg.slogdet: SQUARES,
    arrays.log_abs_det: [*SQUARES, (-regular,)],
    np.linalg.eigvalsh: SQUARES,
    np.linalg.eigh: SQUARES,
    arrays.packed_eigh: SQUARES,
    np.linalg.qr: [*TALL, (tall, "r"), (tall, {"mode": "r"})],
    arrays.packed_qr: TALL,
    np.linalg.pinv: [*TALL, (tall.T.copy(),)],
    np.linalg.svdvals: [*TALL, (tall.T.copy(),)],
    np.linalg.svd: [
        (regular, False),
        (tall, {"full_matrices": False}),
        (tall.T.copy(), {"full_matrices": False}),
        (tall, {"compute_uv": False}),
    ],
    arrays.packed_svd: [*TALL, (tall.T.copy(),)],
    np.linalg.lstsq: [
        (regular, m33[:, 0].copy()),
        (tall.T.copy(), m33[:, 0].copy()),
        (tall, m43[:, 0].copy()),
        (tall, m42),
    ],
}
