"""Calls of products of arrays of any number of axes."""

import numpy as np

draw = np.random.default_rng(11).uniform
number = np.float64(0.7)
x3, x4, x5 = draw(0.4, 1.6, 3), draw(-1.6, -0.4, 4), draw(-1, 1, 5)
m23, m34, m33, m43 = (
    draw(-1, 1, (2, 3)),
    draw(-1, 1, (3, 4)),
    draw(-1, 1, (3, 3)),
    draw(-1, 1, (4, 3)),
)
c234, c245, c232 = draw(-1, 1, (2, 3, 4)), draw(-1, 1, (2, 4, 5)), draw(-1, 1, (2, 3, 2))

SAMPLES = {
    np.einsum: [
        ("i->i", x3),
        ("i->", x3),
        ("ij->ji", m23),
        ("ii->i", m33),
        ("ii", m33),
        ("ji", m23),
        ("ijk->kij", c234),
        ("ij->j", m23),
        ("i,i->", x3, x3),
        ("i,i->i", x3, x3),
        ("i,j->ij", x3, x4),
        ("i,j->ji", x3, x4),
        ("ij,j->i", m23, x3),
        ("ij,jk->ik", m23, m34),
        ("ij,jk->ki", m23, m34),
        ("ij,kj->ik", m23, m43),
        ("ij,jk", m23, m34),
        ("ij,ij->", m23, m23),
        ("ij,ij->i", m23, m23),
        ("ij,ij->j", m23, m23),
        ("bij,bjk->bik", c234, c245),
        ("bij,bjk->kb", c234, c245),
        ("ijk,ilk->jl", c234, c234),
        ("ijk,k->ij", c234, x4),
        ("ijk,jk->i", c234, m34),
        ("ij,k->", m23, x4),
        ("ij,jk,k->i", m23, m34, x4),
        ("i,i,i->", x3, x3, x3),
        ("i,ij,j", x3, m34, x4),
        ("...ij,...j->...i", c234, x4),
        ("...i->...", c234),
        ("iij,j->i", draw(-1, 1, (3, 3, 4)), x4),
        (",i->i", number, x3),
    ],
    np.tensordot: [
        (m23, m34, 1),
        (c234, m34),
        (x3, x4, 0),
        (c234, c245, ((0, 2), (0, 1))),
        (c234, m34, {"axes": (1, 0)}),
        (c234, c234, 3),
        (m23, m23, (1, 1)),
    ],
    np.kron: [(x3, x4), (m23, m34), (x3, m23), (m23, x3), (number, x3), (c234, m23)],
    np.cross: [
        (x3, x3[::-1].copy()),
        (m23, x3),
        (m23, m23[::-1].copy()),
        (m33, m33.T.copy(), {"axis": 0}),
        (m34.T.copy(), m43),
        (m34, m34[:, ::-1].copy(), 0, 0, 0),
    ],
    np.linalg.multi_dot: [((m23, m34, m43),), ((x3, m34, x4),)],
    np.linalg.matrix_power: [(m33, 0), (m33, 1), (m33, 2), (m33, 5), (m33, -2), (m33, {"n": 6})],
    np.convolve: [
        (x5, x3),
        (x3, x5),
        (x5, x4, "same"),
        (x4, x5, "same"),
        (x5, x3, "same"),
        (x5, x3, "valid"),
        (x3, x5, {"mode": "valid"}),
    ],
    np.correlate: [(x5, x3), (x5, x3, "full"), (x5, x3, "same")],
}
