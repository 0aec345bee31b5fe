"""Dynamical systems: epidemics, orbits, molecules, neurons, chemistry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

DEFAULTS = dict(beta=0.5, gamma=0.1, sigma=0.25)  # noqa: C408


def solve(f: Callable, y0, t, args=(), method="rk4"):
    """Fixed-step ODE solver on the grid t. Returns an array of shape (len(t), len(y0))."""
    y = np.empty((len(t), len(y0)))
    y[0] = y0
    for n in range(len(t) - 1):
        h = t[n + 1] - t[n]
        if method == "euler":
            y[n + 1] = y[n] + h * f(y[n], t[n], *args)
        elif method == "midpoint":
            y_half = y[n] + 0.5 * h * f(y[n], t[n], *args)
            y[n + 1] = y[n] + h * f(y_half, t[n] + 0.5 * h, *args)
        elif method == "rk4":
            k1 = f(y[n], t[n], *args)
            k2 = f(y[n] + k1 * h / 2.0, t[n] + h / 2.0, *args)
            k3 = f(y[n] + k2 * h / 2.0, t[n] + h / 2.0, *args)
            k4 = f(y[n] + k3 * h, t[n] + h, *args)
            y[n + 1] = y[n] + (h / 6.0) * (k1 + 2 * k2 + 2 * k3 + k4)
        else:
            raise ValueError(f"unknown method {method!r}")
    return y


def sir_deriv(y, t, N, beta, gamma):
    S, I, _R = y
    dSdt = -beta * S * I / N
    dIdt = beta * S * I / N - gamma * I
    dRdt = gamma * I
    return np.array([dSdt, dIdt, dRdt])


def sir_epidemic(beta, gamma, I0=10.0):
    N = 1000
    t = np.linspace(0, 60, 121)
    sol = solve(sir_deriv, (N - I0, I0, 0.0), t, args=(N, beta, gamma), method="midpoint")
    S, I, R = sol.T
    return {"peak": I.max(), "final_size": R[-1] / N, "S": S[::20]}


def seir_fit_loss(theta, observed):
    """Sum of squared log errors of an SEIR model against observed infectious counts."""
    params = {**DEFAULTS, **theta}

    def rhs(y, t):
        s, e, i, _ = y
        infection = params["beta"] * s * i
        return np.array(
            [
                -infection,
                infection - params["sigma"] * e,
                params["sigma"] * e - params["gamma"] * i,
                params["gamma"] * i,
            ]
        )

    y0 = [0.99, 0.005, 0.005, 0.0]
    t = np.arange(0, 4 * len(observed), 1.0)
    sol = solve(rhs, y0, t)
    model = sol[::4, 2]
    return np.sum((np.log(model) - np.log(observed)) ** 2)


class Body(NamedTuple):
    m: float
    r: np.ndarray
    v: np.ndarray


def three_body(masses, positions, velocities, dt=0.01, steps=60):
    """Velocity Verlet for three gravitating bodies in the plane."""
    bodies = [Body(m, r, v) for m, r, v in zip(masses, positions, velocities)]

    def accelerations(bs):
        out = []
        for i, bi in enumerate(bs):
            a = np.zeros(2)
            for j, bj in enumerate(bs):
                if i == j:
                    continue
                d = bj.r - bi.r
                a += bj.m * d / (d @ d) ** 1.5
            out.append(a)
        return out

    acc = accelerations(bodies)
    for _ in range(steps):
        bodies = [b._replace(r=b.r + dt * b.v + 0.5 * dt**2 * a) for b, a in zip(bodies, acc)]
        new_acc = accelerations(bodies)
        bodies = [b._replace(v=b.v + 0.5 * dt * (a + an)) for b, a, an in zip(bodies, acc, new_acc)]
        acc = new_acc
    return np.array([b.r for b in bodies]), np.array([b.v for b in bodies])


def lennard_jones_verlet(x, epsilon, sigma, nsteps=25, dt=0.005):
    """Position Verlet of a small cluster; all pair forces by broadcasting."""
    n = x.shape[0]
    mask = ~np.eye(n, dtype=bool)

    def forces(q):
        diff = q[:, None, :] - q[None, :, :]
        r2 = np.sum(diff**2, axis=-1)
        r2[~mask] = 1.0
        s6 = (sigma**2 / r2) ** 3
        mag = 24 * epsilon * (2 * s6**2 - s6) / r2
        mag[~mask] = 0.0
        return np.einsum("ij,ijk->ik", mag, diff)

    def potential(q):
        i, j = np.triu_indices(n, k=1)
        r = np.linalg.norm(q[i] - q[j], axis=1)
        return np.sum(4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6))

    x_prev = x
    x_cur = x + 0.5 * dt**2 * forces(x)
    for _ in range(nsteps):
        x_prev, x_cur = x_cur, 2 * x_cur - x_prev + dt**2 * forces(x_cur)
    return x_cur, potential(x_cur)


@dataclass(frozen=True)
class HHParams:
    C: float = 1.0
    g_na: float = 120.0
    g_k: float = 36.0
    g_l: float = 0.3
    e_na: float = 50.0
    e_k: float = -77.0
    e_l: float = -54.4


def _rates(V):
    a_m = 0.1 * (V + 40.0) / (1.0 - np.exp(-(V + 40.0) / 10.0))
    b_m = 4.0 * np.exp(-(V + 65.0) / 18.0)
    a_h = 0.07 * np.exp(-(V + 65.0) / 20.0)
    b_h = 1.0 / (1.0 + np.exp(-(V + 35.0) / 10.0))
    a_n = 0.01 * (V + 55.0) / (1.0 - np.exp(-(V + 55.0) / 10.0))
    b_n = 0.125 * np.exp(-(V + 65.0) / 80.0)
    return (a_m, b_m), (a_h, b_h), (a_n, b_n)


def hodgkin_huxley(current, g_na, g_k, t_max=6.0):
    """Membrane potential for a constant current, exponential Euler for the gates."""
    p = HHParams(g_na=g_na, g_k=g_k)
    dt = 0.02
    V = -65.0
    gates = [a / (a + b) for a, b in _rates(V)]
    trace = []
    t = 0.0
    while t < t_max - 1e-9:
        m, h, n = gates
        i_na = p.g_na * m**3 * h * (V - p.e_na)
        i_k = p.g_k * n**4 * (V - p.e_k)
        i_l = p.g_l * (V - p.e_l)
        new_gates = []
        for x, (a, b) in zip(gates, _rates(V)):
            x_inf, tau = a / (a + b), 1.0 / (a + b)
            new_gates.append(x_inf + (x - x_inf) * np.exp(-dt / tau))
        V += dt * (current - i_na - i_k - i_l) / p.C
        gates = new_gates
        trace.append(V)
        t += dt
    return np.asarray(trace)[::25]


class Integrator:
    order = 1

    def __init__(self, system, dt):
        self.system, self.dt = system, dt

    def advance(self, y):
        return y + self.dt * self.system(y)

    def run(self, y, n):
        out = [np.asarray(y)]
        for _ in range(n):
            out.append(self.advance(out[-1]))
        return np.vstack(out)


class Ralston(Integrator):
    order = 2

    def advance(self, y):
        k1 = self.system(y)
        k2 = self.system(y + 2 / 3 * self.dt * k1)
        return y + self.dt * (k1 / 4 + 3 * k2 / 4)


def richardson_brusselator(a, b, y0):
    """Brusselator with Ralston's method, extrapolated from two step sizes."""

    def brusselator(u):
        x, y = u
        return np.array([a + x * x * y - (b + 1) * x, b * x - x * x * y])

    T = 2.0
    results = {}
    for n in (40, 80):
        results[n] = Ralston(brusselator, T / n).run(y0, n)
    coarse, fine = results[40][-1], results[80][-1]
    p = 2**Ralston.order
    best = (p * fine - coarse) / (p - 1)
    return best, np.linalg.norm(fine - coarse)


PROGRAMS = [
    (sir_epidemic, (0.45, 0.12)),
    (
        seir_fit_loss,
        ({"beta": 0.6, "gamma": 0.15}, np.array([0.004, 0.006, 0.011, 0.019, 0.03, 0.055])),
    ),
    (
        three_body,
        (
            [1.0, 0.8, 1.2],
            np.array([[1.0, 0.0], [-0.6, 0.7], [-0.3, -0.9]]),
            np.array([[0.0, 0.6], [-0.5, -0.3], [0.5, -0.2]]),
        ),
    ),
    (
        lennard_jones_verlet,
        (np.array([[0.0, 0.0], [1.15, 0.1], [0.5, 1.05], [1.7, 1.1]]), 1.0, 1.02),
    ),
    (hodgkin_huxley, (10.0, 118.0, 35.0)),
    (richardson_brusselator, (1.0, 2.5, np.array([1.2, 2.1]))),
]
