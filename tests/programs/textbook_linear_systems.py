"""Direct and iterative solution of linear systems, as in a first numerical analysis course."""

import math
from dataclasses import dataclass

import numpy as np

EPS = 1e-14


# --- Gaussian elimination -------------------------------------------------------------------


def gauss_solve(A, b):
    """Solve A x = b by Gaussian elimination with partial pivoting."""
    n = len(b)
    A = A.astype(float)
    b = b.astype(float)
    for k in range(n - 1):
        p = k + np.argmax(np.abs(A[k:, k]))
        if abs(A[p, k]) < EPS:
            raise ValueError("matrix is singular")
        if p != k:
            A[[k, p]] = A[[p, k]]
            b[[k, p]] = b[[p, k]]
        for i in range(k + 1, n):
            m = A[i, k] / A[k, k]
            A[i, k:] -= m * A[k, k:]
            b[i] -= m * b[k]
    # back substitution
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (b[i] - np.dot(A[i, i + 1 :], x[i + 1 :])) / A[i, i]
    return x


# --- LU -------------------------------------------------------------------------------------


@dataclass
class LUFactors:
    lower: np.ndarray
    upper: np.ndarray
    perm: list
    sign: int

    def solve(self, rhs: np.ndarray) -> np.ndarray:
        n = len(self.perm)
        y = np.empty(n)
        for i, pi in enumerate(self.perm):
            y[i] = rhs[pi] - self.lower[i, :i] @ y[:i]
        x = np.empty(n)
        for i in reversed(range(n)):
            x[i] = (y[i] - self.upper[i, i + 1 :] @ x[i + 1 :]) / self.upper[i, i]
        return x

    @property
    def det(self) -> float:
        return self.sign * np.prod(np.diag(self.upper))


def lu_decompose(a: np.ndarray) -> LUFactors:
    n = a.shape[0]
    upper = a.copy()
    lower = np.eye(n)
    perm = list(range(n))
    sign = 1
    for col in range(n):
        pivot = max(range(col, n), key=lambda r: abs(upper[r, col]))
        if pivot != col:
            upper[[col, pivot], :] = upper[[pivot, col], :]
            lower[[col, pivot], :col] = lower[[pivot, col], :col]
            perm[col], perm[pivot] = perm[pivot], perm[col]
            sign = -sign
        factors = upper[col + 1 :, col] / upper[col, col]
        lower[col + 1 :, col] = factors
        upper[col + 1 :] -= np.outer(factors, upper[col])
    return LUFactors(lower, upper, perm, sign)


def lu_inverse_and_determinant(a: np.ndarray) -> tuple[np.ndarray, float]:
    """Inverse column by column from one LU factorisation, and the determinant."""
    factors = lu_decompose(a)
    n = a.shape[0]
    columns = [factors.solve(e) for e in np.eye(n)]
    return np.column_stack(columns), factors.det


# --- Cholesky -------------------------------------------------------------------------------


def cholesky(A):
    n = A.shape[0]
    L = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = sum(L[i, k] * L[j, k] for k in range(j))
            if i == j:
                d = A[i, i] - s
                if d <= 0:
                    raise np.linalg.LinAlgError("matrix is not positive definite")
                L[i, j] = math.sqrt(d)
            else:
                L[i, j] = (A[i, j] - s) / L[j, j]
    return L


def gaussian_logpdf_cholesky(x, mean, cov, jitter=1e-10, max_tries=5):
    """log N(x; mean, cov); adds jitter on the diagonal until Cholesky works."""
    for attempt in range(max_tries):
        try:
            L = cholesky(cov + jitter * np.eye(len(x)))
            break
        except np.linalg.LinAlgError:
            jitter *= 10
    else:
        raise ValueError("cannot factorise covariance")
    r = x - mean
    z = np.zeros_like(r)
    for i in range(len(r)):
        z[i] = r[i]
        for k in range(i):
            z[i] -= L[i, k] * z[k]
        z[i] /= L[i, i]
    logdet = 2.0 * sum(math.log(L[i, i]) for i in range(len(r)))
    return -0.5 * (np.sum(z**2) + logdet + len(r) * math.log(2 * math.pi))


# --- QR -------------------------------------------------------------------------------------


def householder_least_squares(A, b):
    """min ||A x - b|| by Householder reflections applied in place."""
    n = A.shape[1]
    for k in range(n):
        v = A[k:, k].copy()
        v[0] += np.copysign(np.linalg.norm(v), v[0])
        v /= np.linalg.norm(v)
        A[k:, k:] -= 2.0 * np.outer(v, v @ A[k:, k:])
        b[k:] -= 2.0 * v * (v @ b[k:])
    x = np.zeros(n)
    for k in range(n)[::-1]:
        x[k] = b[k]
        for j in range(k + 1, n):
            x[k] -= A[k, j] * x[j]
        x[k] /= A[k, k]
    return {"x": x, "residual": np.linalg.norm(b[n:])}


def gram_schmidt(vectors, modified=False):
    """Orthonormalise a list of vectors; returns (Q, R) as lists."""
    basis = []
    coeffs = []
    for v in vectors:
        w = v.copy()
        r = []
        for q in basis:
            c = np.dot(q, w if modified else v)
            w -= c * q
            r.append(c)
        norm = np.sqrt(np.dot(w, w))
        if norm < 1e-12:
            continue  # linearly dependent
        r.append(norm)
        basis.append(w / norm)
        coeffs.append(r)
    return basis, coeffs


def orthogonality_loss(vectors, target):
    """Project target on the span with both variants; volume of the parallelepiped too."""
    out = []
    for modified in (False, True):
        basis, _ = gram_schmidt(vectors, modified=modified)
        proj = np.zeros_like(target)
        for q in basis:
            proj += (q @ target) * q
        out.append(proj)
    _, R = gram_schmidt(vectors, modified=True)
    volume = 1.0
    for row in R:
        volume *= row[-1]
    return out[0], out[1], volume


# --- Krylov ---------------------------------------------------------------------------------


def conjugate_gradient(A, b, x0=None, tol=1e-10, maxiter=None):
    x = np.zeros_like(b) if x0 is None else x0.copy()
    maxiter = maxiter or 10 * len(b)
    r = b - A @ x
    p = r.copy()
    rs_old = r @ r
    for it in range(maxiter):
        Ap = A @ p
        alpha = rs_old / (p @ Ap)
        x += alpha * p
        r -= alpha * Ap
        rs_new = r @ r
        if np.sqrt(rs_new) < tol:
            break
        p = r + (rs_new / rs_old) * p
        rs_old = rs_new
    else:
        print("cg: no convergence after", maxiter, "iterations")
    return x


def tikhonov_cg(M, data, lam=0.05):
    """Regularised inverse problem (M^T M + lam I) x = M^T data; discrepancy and solution."""
    normal = M.T @ M + lam * np.eye(M.shape[1])
    x = conjugate_gradient(normal, M.T @ data)
    return x, np.linalg.norm(M @ x - data) ** 2 + lam * np.dot(x, x)


def gmres(A, b, m=3):
    """One cycle of GMRES(m), Arnoldi with modified Gram-Schmidt."""
    n = b.size
    Q = np.zeros((n, m + 1))
    H = np.zeros((m + 1, m))
    beta = np.linalg.norm(b)
    Q[:, 0] = b / beta
    for j in range(m):
        w = A.dot(Q[:, j])
        for i in range(j + 1):
            H[i, j] = np.dot(Q[:, i], w)
            w = w - H[i, j] * Q[:, i]
        H[j + 1, j] = np.linalg.norm(w)
        if H[j + 1, j] < 1e-12:
            m = j + 1
            break
        Q[:, j + 1] = w / H[j + 1, j]
    e1 = np.zeros(m + 1)
    e1[0] = beta
    y, *_ = np.linalg.lstsq(H[: m + 1, :m], e1, rcond=None)
    x = Q[:, :m] @ y
    return x, np.linalg.norm(b - A @ x)


# --- structured systems ---------------------------------------------------------------------


def thomas(lower, diag, upper, rhs):
    """Tridiagonal solver. lower[0] and upper[-1] are not used."""
    n = len(diag)
    c = [0.0] * n
    d = [0.0] * n
    c[0] = upper[0] / diag[0]
    d[0] = rhs[0] / diag[0]
    for i in range(1, n):
        denom = diag[i] - lower[i] * c[i - 1]
        c[i] = upper[i] / denom
        d[i] = (rhs[i] - lower[i] * d[i - 1]) / denom
    x = [d[-1]]
    for i in range(n - 2, -1, -1):
        x.insert(0, d[i] - c[i] * x[0])
    return np.array(x)


def crank_nicolson_heat(u, kappa, dt, steps=4):
    """Heat equation on (0, 1) with u = 0 at both ends, Crank-Nicolson in time."""
    n = len(u)
    dx = 1.0 / (n + 1)
    r = kappa * dt / (2 * dx**2)
    lo = np.full(n, -r)
    di = np.full(n, 1 + 2 * r)
    up = np.full(n, -r)
    for _ in range(steps):
        padded = np.concatenate(([0.0], u, [0.0]))
        rhs = (1 - 2 * r) * u + r * (padded[:-2] + padded[2:])
        u = thomas(lo, di, up, rhs)
    return u


def banded_beam_deflection(load, stiffness, length=1.0):
    """Simply supported beam, EI w'''' = q, solved with a banded elimination.

    The pentadiagonal matrix is stored by diagonals: ab[k] holds diagonal k - 2.
    """
    n = load.shape[0]
    h = length / (n + 1)
    ab = np.zeros((5, n))
    for row, value in enumerate([1.0, -4.0, 6.0, -4.0, 1.0]):
        ab[row, :] = value
    ab[2, 0] = ab[2, -1] = 5.0
    ab *= stiffness / h**4
    w = load.copy()
    bw = 2
    for k in range(n):
        for i in range(k + 1, min(k + bw + 1, n)):
            f = ab[bw + k - i, i] / ab[bw, k]
            for j in range(k, min(k + bw + 1, n)):
                ab[bw + j - i, i] -= f * ab[bw + j - k, k]
            w[i] -= f * w[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, min(k + bw + 1, n)):
            w[k] -= ab[bw + j - k, k] * w[j]
        w[k] /= ab[bw, k]
    return w


def minor(M, i, j):
    return [row[:j] + row[j + 1 :] for k, row in enumerate(M) if k != i]


def det(M):
    if len(M) == 1:
        return M[0][0]
    if len(M) == 2:
        return M[0][0] * M[1][1] - M[0][1] * M[1][0]
    return sum((-1) ** j * M[0][j] * det(minor(M, 0, j)) for j in range(len(M)))


def cramer(M, rhs):
    """Cramer's rule on nested lists, plus the trace of the adjugate."""
    n = len(M)
    D = det(M)
    solution = []
    for col in range(n):
        replaced = [row[:] for row in M]
        for r in range(n):
            replaced[r][col] = rhs[r]
        solution.append(det(replaced) / D)
    adj_trace = sum(det(minor(M, k, k)) for k in range(n))
    return tuple(solution) + (adj_trace,)


_A4 = np.array(
    [[0.2, 2.1, -1.0, 0.5], [3.0, -1.2, 0.4, 1.1], [1.3, 0.7, 2.6, -0.8], [-0.9, 1.6, 0.3, 1.9]]
)
_SPD = np.array(
    [[4.0, 1.1, -0.4, 0.3], [1.1, 3.2, 0.6, -0.2], [-0.4, 0.6, 2.7, 0.5], [0.3, -0.2, 0.5, 1.9]]
)
_B4 = np.array([1.0, -0.6, 2.3, 0.7])

PROGRAMS = [
    (gauss_solve, (_A4, _B4)),
    (lu_inverse_and_determinant, (_A4,)),
    (gaussian_logpdf_cholesky, (_B4, np.array([0.2, 0.1, 1.5, -0.3]), _SPD)),
    (
        householder_least_squares,
        (
            np.array([[1.0, 0.5, 0.2], [1.0, 1.4, 1.9], [1.0, 2.2, 4.9], [1.0, 3.1, 9.4]]),
            np.array([1.1, 2.3, 2.9, 5.2]),
        ),
    ),
    (
        orthogonality_loss,
        ([np.array([1.0, 0.4, 0.3, -0.2]), np.array([0.9, 1.2, -0.5, 0.1])], _B4),
    ),
    (tikhonov_cg, (_A4, _B4, 0.3)),
    (gmres, (_A4 + 3.0 * np.eye(4), _B4, 3)),
    (crank_nicolson_heat, (np.array([0.3, 0.9, 1.2, 0.8, 0.4]), 0.7, 0.02)),
    (banded_beam_deflection, (np.array([1.0, 1.5, 2.0, 1.2, 0.6, 0.3]), 2.5)),
    (
        cramer,
        ([[2.0, 0.5, -1.0], [0.3, 1.8, 0.7], [1.2, -0.4, 2.4]], [1.0, 0.4, -0.9]),
    ),
]
