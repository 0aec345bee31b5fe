"""Unconstrained and constrained minimisation, written out step by step."""

import logging
from collections import namedtuple

import numpy as np

log = logging.getLogger(__name__)

Result = namedtuple("Result", ["x", "fun", "nit"])


# --- gradient descent with backtracking -----------------------------------------------------


def backtracking(f, x, g, t=1.0, alpha=0.3, beta=0.5):
    fx = f(x)
    slope = g @ g
    while f(x - t * g) > fx - alpha * t * slope:
        t *= beta
    return t


def gradient_descent_rosenbrock(start, a=1.0, b=10.0, steps=8):
    def f(x):
        return (a - x[0]) ** 2 + b * (x[1] - x[0] ** 2) ** 2

    def grad(x):
        return np.array(
            [
                -2 * (a - x[0]) - 4 * b * x[0] * (x[1] - x[0] ** 2),
                2 * b * (x[1] - x[0] ** 2),
            ]
        )

    x = np.array(start)
    history = [f(x)]
    for _ in range(steps):
        g = grad(x)
        t = backtracking(f, x, g)
        x = x - t * g
        history.append(f(x))
    return x, np.array(history)


# --- quasi-Newton ---------------------------------------------------------------------------


def numerical_gradient(f, x, h=1e-5):
    g = np.zeros_like(x)
    for i in range(x.size):
        e = np.zeros_like(x)
        e[i] = h
        g[i] = (f(x + e) - f(x - e)) / (2 * h)
    return g


def bfgs(f, x0, maxiter=5, gtol=1e-6):
    n = len(x0)
    x = x0
    H = np.eye(n)
    g = numerical_gradient(f, x)
    for k in range(maxiter):
        if np.linalg.norm(g) < gtol:
            break
        p = -H @ g
        t = 1.0
        fx = f(x)
        while f(x + t * p) > fx + 1e-4 * t * np.dot(g, p):
            t *= 0.5
            if t < 1e-10:
                raise RuntimeError("line search failed")
        s = t * p
        g_new = numerical_gradient(f, x + s)
        y = g_new - g
        sy = s @ y
        if sy > 1e-12:
            rho = 1.0 / sy
            I = np.eye(n)
            H = (I - rho * np.outer(s, y)) @ H @ (I - rho * np.outer(y, s)) + rho * np.outer(s, s)
        x, g = x + s, g_new
    return Result(x, f(x), k)


def hanging_chain(masses, stiffness, rest=0.8, width=2.0):
    """Energy of a few BFGS steps towards equilibrium of masses on springs (vertical only)."""
    n = len(masses)
    dx = width / (n + 1)

    def energy(y):
        pts = np.concatenate([[0.0], y, [0.0]])
        length = np.sqrt(dx**2 + np.diff(pts) ** 2)
        return 0.5 * stiffness * np.sum((length - rest * dx) ** 2) + np.dot(masses, y)

    res = bfgs(energy, -0.1 * np.ones(n))
    log.debug("stopped after %d iterations", res.nit)
    return {"y": res.x, "energy": res.fun}


# --- Nelder-Mead ----------------------------------------------------------------------------


def nelder_mead(f, simplex, iterations):
    simplex = [(f(p), p) for p in simplex]
    for _ in range(iterations):
        simplex.sort(key=lambda fp: fp[0])
        worst_f, worst = simplex[-1]
        centroid = np.mean([p for _, p in simplex[:-1]], axis=0)
        xr = centroid + (centroid - worst)
        fr = f(xr)
        if fr < simplex[0][0]:
            xe = centroid + 2.0 * (centroid - worst)
            fe = f(xe)
            simplex[-1] = (fe, xe) if fe < fr else (fr, xr)
        elif fr < simplex[-2][0]:
            simplex[-1] = (fr, xr)
        else:
            xc = centroid + 0.5 * (worst - centroid)
            fc = f(xc)
            if fc < worst_f:
                simplex[-1] = (fc, xc)
            else:
                best = simplex[0][1]
                shrunk = [best + 0.5 * (p - best) for _, p in simplex[1:]]
                simplex[1:] = [(f(p), p) for p in shrunk]
    return min(simplex, key=lambda fp: fp[0])


def nelder_mead_himmelblau(x0, shift, size=0.5):
    def f(p):
        x, y = p
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2 + shift * x

    start = [x0] + [x0 + size * e for e in np.eye(2)]
    fbest, xbest = nelder_mead(f, start, iterations=9)
    return fbest, xbest


# --- nonlinear least squares ----------------------------------------------------------------


class LevenbergMarquardt:
    def __init__(self, model, jac, damping=1e-2, max_iter=40, tol=1e-7):
        self.model = model
        self.jac = jac
        self.damping = damping
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, t, y, p0):
        lam = self.damping
        p = np.asarray(p0)
        r = y - self.model(t, p)
        cost = r @ r
        for _ in range(self.max_iter):
            J = self.jac(t, p)
            JTJ = J.T @ J
            delta = np.linalg.solve(JTJ + lam * np.diag(np.diag(JTJ)), J.T @ r)
            trial = p + delta
            r_trial = y - self.model(t, trial)
            cost_trial = r_trial @ r_trial
            if cost_trial < cost:
                p, r, cost = trial, r_trial, cost_trial
                lam /= 10
                if np.linalg.norm(delta) < self.tol * (1 + np.linalg.norm(p)):
                    break
            else:
                lam *= 10
                if lam > 1e12:
                    break
        self.params_ = p
        self.cost_ = cost
        return self


def fit_exponential_decay(t, y, guess):
    """Fit A exp(-k t) + c, return the parameters with their standard errors."""

    def model(t, p):
        return p[0] * np.exp(-p[1] * t) + p[2]

    def jac(t, p):
        e = np.exp(-p[1] * t)
        return np.stack([e, -p[0] * t * e, np.ones_like(t)], axis=1)

    lm = LevenbergMarquardt(model, jac).fit(t, y, guess)
    J = jac(t, lm.params_)
    dof = len(t) - len(guess)
    cov = np.linalg.inv(J.T @ J) * lm.cost_ / dof
    return {"params": lm.params_, "stderr": np.sqrt(np.diag(cov))}


# --- constraints ----------------------------------------------------------------------------


def quadratic_penalty(c, radius, mu=1.0, growth=5.0, rounds=4):
    """Closest point of the circle |x| = radius to c: penalty method, Newton inside."""
    x = c.copy()
    while rounds > 0:
        for _ in range(15):
            h = x @ x - radius**2
            grad = 2 * (x - c) + 4 * mu * h * x
            hess = 2 * np.eye(x.size) + 4 * mu * (h * np.eye(x.size) + 2 * np.outer(x, x))
            step = np.linalg.solve(hess, grad)
            x -= step
            if np.linalg.norm(step) < 1e-12:
                break
        mu *= growth
        rounds -= 1
    return x, 0.5 * mu / growth * (x @ x - radius**2)


def simplex_lp(c, A, b):
    """max c.x subject to A x <= b, x >= 0 (with b >= 0), dense tableau."""
    m, n = A.shape
    T = np.zeros((m + 1, n + m + 1))
    T[:m, :n] = A
    T[:m, n : n + m] = np.eye(m)
    T[:m, -1] = b
    T[-1, :n] = -c
    basis = [n + i for i in range(m)]
    while True:
        col = int(np.argmin(T[-1, :-1]))
        if T[-1, col] >= -1e-12:
            break
        ratios = [T[i, -1] / T[i, col] if T[i, col] > 1e-12 else np.inf for i in range(m)]
        row = ratios.index(min(ratios))
        if ratios[row] == np.inf:
            raise ValueError("unbounded")
        T[row] /= T[row, col]
        for i in range(m + 1):
            if i == row:
                continue
            T[i] -= T[i, col] * T[row]
        basis[row] = col
    x = np.zeros(n + m)
    for i, bi in enumerate(basis):
        x[bi] = T[i, -1]
    duals = T[-1, n:-1]
    return T[-1, -1], x[:n], duals


def soft_threshold(z, gamma):
    if z > gamma:
        return z - gamma
    if z < -gamma:
        return z + gamma
    return 0.0


def lasso_coordinate_descent(X, y, lam, sweeps=30):
    n, p = X.shape
    w = np.zeros(p)
    resid = y.copy()
    norms = (X**2).sum(axis=0)
    for _ in range(sweeps):
        for j in range(p):
            rho = X[:, j] @ resid + norms[j] * w[j]
            new = soft_threshold(rho, n * lam) / norms[j]
            if new != w[j]:
                resid -= (new - w[j]) * X[:, j]
                w[j] = new
    objective = 0.5 / n * np.sum(resid**2) + lam * np.sum(np.abs(w[w != 0]))
    return w, objective


# --- first order methods with momentum ------------------------------------------------------

ADAM_DEFAULTS = {"lr": 0.05, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}


def adam_train(x, y, params, epochs=20, **options):
    """Fit y = a tanh(b x) + c with Adam on hand written gradients; params is a dict."""
    opt = {**ADAM_DEFAULTS, **options}
    params = dict(params)
    m = {k: 0.0 for k in params}
    v = {k: 0.0 for k in params}
    losses = []
    for t in range(1, epochs + 1):
        th = np.tanh(params["b"] * x)
        err = params["a"] * th + params["c"] - y
        losses.append(np.mean(err**2))
        grads = {
            "a": 2 * np.mean(err * th),
            "b": 2 * np.mean(err * params["a"] * (1 - th**2) * x),
            "c": 2 * np.mean(err),
        }
        for k, g in grads.items():
            m[k] = opt["beta1"] * m[k] + (1 - opt["beta1"]) * g
            v[k] = opt["beta2"] * v[k] + (1 - opt["beta2"]) * g * g
            mhat = m[k] / (1 - opt["beta1"] ** t)
            vhat = v[k] / (1 - opt["beta2"] ** t)
            params[k] -= opt["lr"] * mhat / (np.sqrt(vhat) + opt["eps"])
    return params, losses[-1]


# --- trust region ---------------------------------------------------------------------------


def dogleg_step(g, B, radius):
    p_newton = -np.linalg.solve(B, g)
    if np.linalg.norm(p_newton) <= radius:
        return p_newton
    p_cauchy = -(g @ g) / (g @ B @ g) * g
    nc = np.linalg.norm(p_cauchy)
    if nc >= radius:
        return radius / nc * p_cauchy
    d = p_newton - p_cauchy
    a, b, c = d @ d, 2 * p_cauchy @ d, nc**2 - radius**2
    tau = (-b + np.sqrt(b * b - 4 * a * c)) / (2 * a)
    return p_cauchy + tau * d


def trust_region_dogleg(x, weights, radius=0.6, max_radius=2.0, iters=6):
    """Minimise sum_i w_i (cosh(x_i) - 1) + (x_0 x_1 - 1)^2 + sum_i x_i^2 / 2."""

    def fgh(z):
        c = z[0] * z[1] - 1
        f = np.sum(weights * (np.cosh(z) - 1)) + c**2 + 0.5 * np.sum(z**2)
        g = weights * np.sinh(z) + z
        g[:2] += 2 * c * z[1::-1]
        B = np.diag(weights * np.cosh(z) + 1)
        q = np.zeros_like(z)
        q[0], q[1] = z[1], z[0]
        B += 2 * np.outer(q, q)
        return f, g, B

    f, g, B = fgh(x)
    for _ in range(iters):
        p = dogleg_step(g, B, radius)
        predicted = -(g @ p + 0.5 * p @ B @ p)
        f_new, g_new, B_new = fgh(x + p)
        ratio = (f - f_new) / predicted
        if ratio < 0.25:
            radius *= 0.25
        elif ratio > 0.75 and np.linalg.norm(p) > 0.99 * radius:
            radius = min(2 * radius, max_radius)
        if ratio > 0.1:
            x, f, g, B = x + p, f_new, g_new, B_new
    return x, f


# --- Lagrange multipliers -------------------------------------------------------------------


def markowitz_portfolio(returns, covariance, target):
    """Minimum variance weights with budget and target return constraints (KKT system)."""
    n = returns.size
    C = np.vstack([np.ones(n), returns])
    KKT = np.block([[covariance, C.T], [C, np.zeros((2, 2))]])
    rhs = np.r_[np.zeros(n), 1.0, target]
    sol = np.linalg.solve(KKT, rhs)
    w, multipliers = sol[:n], sol[n:]
    risk = np.sqrt(w @ covariance @ w)
    sharpe = (w @ returns) / risk
    return {"weights": w, "multipliers": multipliers, "risk": risk, "sharpe": sharpe}


PROGRAMS = [
    (gradient_descent_rosenbrock, ([-0.7, 0.9], 1.1, 6.0)),
    (hanging_chain, (np.array([0.3, 0.5, 0.4]), 4.0)),
    (nelder_mead_himmelblau, (np.array([2.1, 0.7]), 0.35)),
    (
        fit_exponential_decay,
        (
            np.array([0.0, 0.5, 1.0, 1.8, 2.5, 4.0]),
            np.array([2.61, 1.87, 1.42, 0.93, 0.71, 0.48]),
            [2.0, 0.6, 0.2],
        ),
    ),
    (quadratic_penalty, (np.array([1.4, 0.9, -0.3]), 1.1)),
    (
        simplex_lp,
        (
            np.array([3.0, 5.0, 2.2]),
            np.array([[1.0, 0.3, 0.5], [0.2, 2.0, 0.4], [3.0, 2.1, 1.0]]),
            np.array([4.0, 11.0, 18.5]),
        ),
    ),
    (
        lasso_coordinate_descent,
        (
            np.array([[1.0, 0.2, -0.5], [0.3, 1.1, 0.4], [-0.8, 0.5, 1.2], [0.6, -0.9, 0.1]]),
            np.array([1.9, 0.4, -1.8, 1.6]),
            0.08,
        ),
    ),
    (
        adam_train,
        (
            np.array([-1.0, -0.3, 0.2, 0.9, 1.6]),
            np.array([-0.8, -0.1, 0.5, 1.3, 1.4]),
            {"a": 0.5, "b": 0.8, "c": 0.1},
        ),
    ),
    (trust_region_dogleg, (np.array([2.2, -0.4, 1.3]), np.array([0.6, 1.1, 0.8]))),
    (
        markowitz_portfolio,
        (
            np.array([0.06, 0.09, 0.12]),
            np.array([[0.04, 0.006, 0.01], [0.006, 0.09, 0.02], [0.01, 0.02, 0.16]]),
            0.085,
        ),
    ),
]
