"""Eigenvalues, singular values, matrix functions, matrix equations and filters."""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
from numpy.linalg import norm


def jacobi_eigen(A, tol=1e-12, max_rotations=100):
    """All eigenvalues of a symmetric matrix by classical Jacobi rotations."""
    A = 0.5 * (A + A.T)
    n = A.shape[0]
    V = np.identity(n)
    for _ in range(max_rotations):
        off = np.abs(np.triu(A, 1))
        p, q = np.unravel_index(np.argmax(off), off.shape)
        if off[p, q] < tol:
            break
        theta = (A[q, q] - A[p, p]) / (2.0 * A[p, q])
        t = 1.0 / (abs(theta) + math.sqrt(theta**2 + 1.0))
        if theta < 0:
            t = -t
        c = 1.0 / math.sqrt(t * t + 1.0)
        s = t * c
        J = np.identity(n)
        J[p, p] = J[q, q] = c
        J[p, q] = s
        J[q, p] = -s
        A = J.T @ A @ J
        V = V @ J
    order = np.argsort(np.diag(A))
    V = V[:, order]
    # sign convention: the largest component of each vector is positive
    signs = np.sign(V[np.argmax(np.abs(V), axis=0), range(n)])
    return np.diag(A)[order], V * signs


class PowerMethod:
    """Leading eigenpairs by power iteration and Hotelling deflation."""

    def __init__(self, matrix, tol=1e-11, maxit=500):
        self.matrix = matrix
        self.tol = tol
        self.maxit = maxit
        self.values = []
        self.vectors = []

    def _iterate(self, M):
        v = np.ones(M.shape[0]) / np.sqrt(M.shape[0])
        lam = 0.0
        k = 0
        while k < self.maxit:
            w = M @ v
            lam_new = v @ w
            v = w / norm(w)
            k += 1
            if abs(lam_new - lam) < self.tol * abs(lam_new):
                break
            lam = lam_new
        return lam_new, v

    def refine(self, mu, v):
        """One step of inverse iteration near mu, then the Rayleigh quotient."""
        shifted = self.matrix - (mu + 1e-3) * np.eye(len(v))
        w = np.linalg.solve(shifted, v)
        w = w / norm(w)
        return w @ self.matrix @ w, w

    def run(self, count):
        M = self.matrix.copy()
        for _ in range(count):
            lam, v = self.refine(*self._iterate(M))
            self.values.append(lam)
            self.vectors.append(v)
            M = M - lam * np.outer(v, v)
        return self


def dominant_modes(stiffness, coupling):
    """Largest two eigenvalues of a chain of springs."""
    n = len(stiffness)
    K = np.diag(stiffness) + coupling * (np.eye(n, k=1) + np.eye(n, k=-1))
    pm = PowerMethod(K).run(2)
    return np.array(pm.values)


def lanczos(A, q0, steps):
    """Ritz values after a few Lanczos steps, full reorthogonalisation."""
    alphas, betas = [], []
    Q = [q0 / norm(q0)]
    beta, q_prev = 0.0, np.zeros_like(q0)
    for k in range(steps):
        q = Q[-1]
        r = A @ q - beta * q_prev
        alpha = q @ r
        r -= alpha * q
        for other in Q:
            r -= (other @ r) * other
        alphas.append(alpha)
        beta = norm(r)
        if beta < 1e-12 or k == steps - 1:
            break
        betas.append(beta)
        q_prev = q
        Q.append(r / beta)
    T = np.diag(alphas) + np.diag(betas, 1) + np.diag(betas, -1)
    return np.linalg.eigvalsh(T)


# ---------------------------------------------------------------------------------------------

TAYLOR = [1.0 / math.factorial(k) for k in range(13)]


def matrix_horner(coeffs, X):
    """Evaluate sum_k coeffs[k] X^k."""
    eye = np.eye(X.shape[0])
    return reduce(lambda acc, c: acc @ X + c * eye, reversed(coeffs), np.zeros_like(X))


def expm(A):
    n_norm = np.linalg.norm(A, 1)
    squarings = max(0, math.ceil(math.log2(n_norm)) + 2) if n_norm > 0 else 0
    E = matrix_horner(TAYLOR, A / 2**squarings)
    for _ in range(squarings):
        E = E @ E
    return E


def markov_occupation(rates: dict[str, float], t: float, p0: np.ndarray) -> np.ndarray:
    """Occupation probabilities of a three state chain C <-> O <-> I after time t."""
    Q = np.array(
        [
            [-rates["open"], rates["open"], 0.0],
            [rates["close"], -(rates["close"] + rates["inact"]), rates["inact"]],
            [0.0, rates["recover"], -rates["recover"]],
        ]
    )
    return p0 @ expm(Q * t)


def polynomial_fit_three_ways(x, y, degree=2, ridge=0.0):
    V = np.vander(x, degree + 1, increasing=True)
    G = V.T @ V
    if ridge:
        G += ridge * np.eye(degree + 1)
    c_normal = np.linalg.solve(G, V.T @ y)
    c_lstsq = np.linalg.lstsq(V, y, rcond=None)[0]
    Q, R = np.linalg.qr(V)
    c_qr = np.linalg.solve(R, Q.T @ y)
    fitted = V @ c_lstsq
    r2 = 1 - np.sum((y - fitted) ** 2) / np.sum((y - y.mean()) ** 2)
    return c_normal, c_lstsq, c_qr, r2


def svd_summary(M, rank=2, lam=0.1):
    """Condition number, nuclear norm, truncated approximation and a damped inverse."""
    U, s, Vt = np.linalg.svd(M, full_matrices=False)
    approx = (U[:, :rank] * s[:rank]) @ Vt[:rank]
    damped = Vt.T @ np.diag(s / (s**2 + lam)) @ U.T
    p = s**2 / np.sum(s**2)
    return {
        "cond": s[0] / s[-1],
        "nuclear": s.sum(),
        "approx": approx,
        "damped_inverse": damped,
        "effective_rank": np.exp(-np.sum(p * np.log(p))),
    }


def pca_scores(X, n_components=2, whiten=True):
    """Principal component scores from the eigendecomposition of the covariance."""
    n, d = X.shape
    mu = X.mean(axis=0)
    Xc = X - mu
    cov = Xc.T @ Xc / (n - 1)
    evals, evecs = np.linalg.eigh(cov)
    idx = np.argsort(evals)[::-1]
    evals, evecs = evals[idx], evecs[:, idx]
    for j in range(d):
        if evecs[np.argmax(np.abs(evecs[:, j])), j] < 0:
            evecs[:, j] *= -1
    scores = Xc @ evecs[:, :n_components]
    if whiten:
        scores /= np.sqrt(evals[:n_components])
    explained = evals[:n_components] / evals.sum()
    return scores, explained


def solve_sylvester(A, B, C):
    """A X + X B = C through the Kronecker product."""
    m, n = C.shape
    K = np.kron(np.eye(n), A) + np.kron(B.T, np.eye(m))
    vec = np.linalg.solve(K, C.flatten(order="F"))
    return vec.reshape((m, n), order="F")


def lyapunov_gramian(A, B, gain):
    """Trace of the controllability Gramian of dx = (A - gain I) x + B u."""
    F = A - gain * np.eye(len(A))
    W = solve_sylvester(F, F.T, -B @ B.T)
    W = 0.5 * (W + W.T)
    return np.trace(W), np.linalg.slogdet(W)[1]


class KalmanFilter:
    def __init__(self, F, H, Q, R, x0, P0):
        self.F, self.H = F, H
        self.Q, self.R = Q, R
        self.x = x0
        self.P = P0
        self.loglik = 0.0

    def predict(self):
        self.x = self.F @ self.x
        self.P = self.F @ self.P @ self.F.T + self.Q

    def update(self, z):
        innov = z - self.H @ self.x
        S = self.H @ self.P @ self.H.T + self.R
        K = self.P @ self.H.T @ np.linalg.inv(S)
        self.x = self.x + K @ innov
        I_KH = np.eye(len(self.x)) - K @ self.H
        self.P = I_KH @ self.P @ I_KH.T + K @ self.R @ K.T
        quad = innov @ np.linalg.solve(S, innov)
        self.loglik += -0.5 * (quad + np.log(np.linalg.det(2 * np.pi * S)))


def track_vehicle(positions, dt, accel_noise, meas_noise):
    """Constant velocity Kalman filter on 1-D positions; None stands for a missed reading."""
    F = np.array([[1.0, dt], [0.0, 1.0]])
    H = np.array([[1.0, 0.0]])
    G = np.array([0.5 * dt**2, dt])
    kf = KalmanFilter(
        F, H, accel_noise**2 * np.outer(G, G), np.array([[meas_noise**2]]), np.zeros(2), np.eye(2)
    )
    track = []
    for z in positions:
        kf.predict()
        if z is not None:
            kf.update(np.array([z]))
        track.append(kf.x)
    return {"track": np.array(track), "loglik": kf.loglik, "final_cov": kf.P}


_SYM = np.array(
    [[4.1, 1.2, -0.5, 0.3], [1.2, 2.3, 0.8, -0.6], [-0.5, 0.8, 1.1, 0.4], [0.3, -0.6, 0.4, 3.2]]
)
_DATA = np.array(
    [
        [1.1, 2.3, 0.4],
        [0.2, 1.9, 1.7],
        [2.8, 4.1, -0.3],
        [1.9, 2.2, 0.9],
        [-0.4, 0.3, 1.2],
        [3.3, 5.2, 0.1],
    ]
)

PROGRAMS = [
    (jacobi_eigen, (_SYM,)),
    (dominant_modes, (np.array([6.0, 2.5, 1.4, 0.9]), 0.7)),
    (lanczos, (_SYM, np.array([1.0, 0.5, -0.3, 0.8]), 3)),
    (
        markov_occupation,
        (
            {"open": 1.3, "close": 0.6, "inact": 0.4, "recover": 0.15},
            1.7,
            np.array([0.8, 0.2, 0.0]),
        ),
    ),
    (
        polynomial_fit_three_ways,
        (np.array([0.0, 0.4, 1.1, 1.7, 2.2]), np.array([1.0, 1.4, 2.9, 4.2, 6.1])),
    ),
    (svd_summary, (_DATA[:4],)),
    (pca_scores, (_DATA,)),
    (
        lyapunov_gramian,
        (
            np.array([[-1.2, 0.8, 0.1], [0.0, -0.7, 0.5], [0.3, -0.2, -1.5]]),
            np.array([[1.0, 0.2], [0.4, 1.1], [0.3, -0.7]]),
            0.25,
        ),
    ),
    (track_vehicle, ([0.1, 0.9, None, 2.2, 3.3, 4.1], 0.5, 0.8, 0.3)),
]
