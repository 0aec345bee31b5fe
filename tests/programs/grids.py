"""Grids, rows, columns and blocks; elements in the order of columns."""

import numpy as np

X = np.array([0.3, 0.7, 0.2, 0.5])
A = np.array([[0.4, 1.1, -0.3], [0.8, -0.6, 0.9]])


def gaussian_image(centre, width, h, w):
    yy, xx = np.mgrid[0:h, 0:w]
    return np.exp(-((yy - centre[0]) ** 2 + (xx - centre[1]) ** 2) / (2.0 * width**2))


def plate(amplitude, points):
    y, x = np.mgrid[0:1:3j, -1:1:4j]
    return np.sum(np.sin(amplitude * x + points * y) ** 2)


def plate_of_points(amplitude, n):
    y, x = np.mgrid[0 : 1 : n * 1j, 0:n]
    return np.sum(np.sin(amplitude * x + y) ** 2)


def open_grid(x, n):
    i, j = np.ogrid[0:n, 1.0:3.0:0.5]
    return np.sum(x[:n, None] ** 2 * i + np.cos(x[0] * j))


def stretched_grid(length):
    g = np.mgrid[0:length:5j]
    return np.sum(np.sin(g))


def ramps(x, n):
    i = np.indices((n, n))
    rows, columns = np.ogrid[0:n, 0:n]
    return np.sum(x[i[0]] * x[i[1]] ** 2) + np.sum(x[rows] * columns)


def cone(centre, h, w):
    y, x = np.indices((h, w))
    return np.sum(np.hypot(y - centre[0], x - centre[1]))


def with_ends(x, left):
    y = np.r_[left, x, 0.5, 1:4]
    return np.sum(np.diff(y) ** 2)


def knots(x):
    t = np.r_[[0.0] * 3, x, 0:1:3j]
    return np.sum(t**3)


def design(x):
    m = np.c_[np.ones(4), x, x**2]
    return np.linalg.solve(m.T @ m + np.eye(3), m.T @ x)


def joined_columns(a, x):
    return np.sum(np.c_[a, x[:2], 0:2] ** 2)


def interior(x):
    inner = np.s_[1:-1]
    return np.sum(x[inner] ** 2) + np.sum(np.outer(x, x)[np.index_exp[1:, :2]])


def constrained(q, c, b):
    m = c.shape[0]
    kkt = np.block([[q @ q.T + np.eye(2), c.T], [c, np.zeros((m, m))]])
    return np.linalg.solve(kkt, np.block([np.zeros(2), b]))


def block_column(x):
    whole = np.block([[x], [2.0 * x**2]])
    return np.sum(np.block([[whole, whole[:, :1]]]) ** 2)


def submatrix(a, free):
    k = a.T @ a + np.eye(3)
    inner = k[np.ix_(free, free)]
    return np.linalg.solve(inner, np.ones(len(free)))


def assembled(stiffness):
    k = np.zeros((4, 4))
    for e in range(3):
        dofs = np.array([e, e + 1])
        k[np.ix_(dofs, dofs)] += stiffness[e] * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return np.sum(k**2)


def chosen(a):
    return np.sum(a[np.ix_([True, False], [2, 0])] ** 2) + np.sum(a[np.ix_([0, 1])])


def by_columns(a):
    v = a.flatten(order="F")
    w = np.ravel(a, "F") * np.arange(6.0)
    return np.sum(v * w) + np.sum(v[:2] ** 2)


def vectorised_lyapunov(a):
    s = a @ a.T
    k = np.kron(np.eye(2), s + np.eye(2)) + np.kron(s, np.eye(2))
    x = np.linalg.solve(k, (s + 1.0).flatten(order="F"))
    return x.reshape((2, 2), order="F")


def reshaped_by_columns(a, n):
    b = np.reshape(a, (n, -1), order="F")
    c = a.reshape(2, 3, order="C")
    return np.sum(b * np.arange(6.0).reshape(3, 2)) ** 2 + np.sum(c)


def written_by_columns(a):
    v = a.ravel(order="F").copy()
    v[1] = v[0] * v[2]
    return v.reshape(2, 3, order="F")


def steps_told(u, n):
    x, h = np.linspace(0.0, 1.0, n, retstep=True)
    return np.sum((np.diff(u) / h) ** 2) * h + np.sum(x * u)


def steps_between_active_ends(a, b):
    x, h = np.linspace(a, b, num=7, endpoint=False, retstep=True)
    return h * np.sum(np.sin(x))


def plane(x):
    return np.fromfunction(lambda i, j: x[0] * i + x[1] ** 2 * j, (3, 2))


def signed_by_largest(a):
    return a[np.argmax(np.abs(a), axis=0), range(3)]


PROGRAMS = [
    (gaussian_image, (np.array([1.2, 0.7]), 0.9, 3, 4)),
    (plate, (0.7, 0.4)),
    (plate_of_points, (0.7, 3)),
    (open_grid, (X, 3)),
    (stretched_grid, (1.3,)),
    (ramps, (X, 3)),
    (cone, (np.array([1.2, 0.7]), 3, 4)),
    (with_ends, (X, 0.4)),
    (knots, (X,)),
    (design, (X,)),
    (joined_columns, (A, X)),
    (interior, (X,)),
    (constrained, (A[:, :2], np.array([[1.0, 1.0]]), np.array([0.7]))),
    (block_column, (X,)),
    (submatrix, (A, np.array([0, 2]))),
    (assembled, (X[:3],)),
    (chosen, (A,)),
    (by_columns, (A,)),
    (vectorised_lyapunov, (A,)),
    (reshaped_by_columns, (A, 3)),
    (written_by_columns, (A,)),
    (steps_told, (X, 4)),
    (steps_between_active_ends, (0.2, 1.7)),
    (plane, (X,)),
    (signed_by_largest, (A,)),
]
