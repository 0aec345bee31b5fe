"""Scalar and vector root finding, one dimensional minimisation."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

GRAVITY = 9.81


def bisect(f, a, b, xtol=1e-6):
    fa, fb = f(a), f(b)
    if fa * fb > 0:
        raise ValueError("root is not bracketed")
    while b - a > xtol:
        mid = 0.5 * (a + b)
        fm = f(mid)
        if fm == 0:
            return mid
        if fa * fm < 0:
            b, fb = mid, fm
        else:
            a, fa = mid, fm
    return 0.5 * (a + b)


def kepler_position(mean_anomaly, eccentricity, semi_major=1.0):
    """Position on a Kepler orbit: bisection for E, then two Newton steps to polish."""

    def f(E):
        return E - eccentricity * math.sin(E) - mean_anomaly

    def df(E):
        return 1.0 - eccentricity * math.cos(E)

    E = bisect(f, 0.0, 2 * math.pi)
    for _ in range(2):
        E -= f(E) / df(E)
    x = semi_major * (math.cos(E) - eccentricity)
    y = semi_major * math.sqrt(1 - eccentricity**2) * math.sin(E)
    return x, y


def newton(f, fprime, x0, tol=1e-12, maxiter=50):
    x = x0
    for i in range(maxiter):
        dx = f(x) / fprime(x)
        x = x - dx
        if abs(dx) < tol:
            return x
    raise RuntimeError(f"Newton did not converge in {maxiter} iterations")


def van_der_waals_volume(P, T, gas=None):
    """Molar volume (L/mol) of a van der Waals gas and its compressibility factor."""
    gas = gas or {"a": 3.59, "b": 0.0427}
    R = 0.082057
    a, b = gas["a"], gas["b"]
    f = lambda V: (P + a / V**2) * (V - b) - R * T
    fp = lambda V: P - a / V**2 + 2 * a * b / V**3
    V = newton(f, fp, R * T / P)
    return {"V": V, "Z": P * V / (R * T)}


def secant(func, x0, x1, args=(), tol=1e-10, maxit=60):
    f0, f1 = func(x0, *args), func(x1, *args)
    n = 0
    while abs(f1) > tol and n < maxit:
        x2 = x1 - f1 * (x1 - x0) / (f1 - f0)
        x0, f0 = x1, f1
        x1, f1 = x2, func(x2, *args)
        n += 1
    return x1


def shooting_slope(end_height: float, damping: float, nsteps: int = 25) -> float:
    """Initial slope so that y'' = -sin(y) - c y' reaches end_height at t = 1 (shooting)."""

    def rhs(s, c):
        return np.array([s[1], -np.sin(s[0]) - c * s[1]])

    def miss(slope, target, c):
        h = 1.0 / nsteps
        s = np.array([0.0, slope])
        for _ in range(nsteps):
            k1 = rhs(s, c)
            k2 = rhs(s + 0.5 * h * k1, c)
            s = s + h * k2
        return s[0] - target

    return secant(miss, 0.5, 1.5, args=(end_height, damping))


def brent_like(f: Callable[[float], float], a: float, b: float, tol: float = 1e-12) -> float:
    """Inverse quadratic interpolation safeguarded by bisection."""
    fa, fb = f(a), f(b)
    assert fa * fb < 0
    c, fc = a, fa
    for _ in range(100):
        if abs(fb) < tol or abs(b - a) < tol:
            break
        if fa != fc and fb != fc:
            s = (
                a * fb * fc / ((fa - fb) * (fa - fc))
                + b * fa * fc / ((fb - fa) * (fb - fc))
                + c * fa * fb / ((fc - fa) * (fc - fb))
            )
        else:
            s = b - fb * (b - a) / (fb - fa)
        if not (min(a, b) < s < max(a, b)):
            s = 0.5 * (a + b)
        fs = f(s)
        c, fc = b, fb
        if fa * fs < 0:
            b, fb = s, fs
        else:
            a, fa = s, fs
        if abs(fa) < abs(fb):
            a, b, fa, fb = b, a, fb, fa
    return b


def internal_rate_of_return(cashflows: list[float]) -> float:
    """Rate r with sum_k c_k / (1 + r)^k = 0."""

    def npv(rate):
        total = 0.0
        for k, c in enumerate(cashflows):
            total += c / (1.0 + rate) ** k
        return total

    return brent_like(npv, 0.0, 1.0)


def aitken_fixed_point(g, x, tol=1e-13, maxiter=30):
    """Steffensen's iteration: fixed point steps accelerated by Aitken's delta squared."""
    for _ in range(maxiter):
        x1 = g(x)
        x2 = g(x1)
        denom = x2 - 2 * x1 + x
        if abs(denom) < 1e-14:
            return x2
        x_new = x - (x1 - x) ** 2 / denom
        if abs(x_new - x) < tol:
            return x_new
        x = x_new
    return x


def pipe_flow_friction(velocity, diameter, roughness, viscosity=1.0e-6, length=10.0):
    """Colebrook-White friction factor in a water pipe, and the head loss in metres."""
    Re = velocity * diameter / viscosity
    if Re < 2300:
        f = 64.0 / Re
    else:

        def g(z):  # z = 1 / sqrt(f)
            return -2.0 * math.log10(roughness / (3.7 * diameter) + 2.51 * z / Re)

        z = aitken_fixed_point(g, 7.0)
        f = 1.0 / z**2
    head = f * length / diameter * velocity**2 / (2 * GRAVITY)
    return f, head


@dataclass
class NewtonSystem:
    residual: Callable
    tol: float = 1e-10
    maxiter: int = 25
    h: float = 1e-6

    def jacobian(self, x):
        n = len(x)
        r0 = self.residual(x)
        J = np.zeros((len(r0), n))
        for j in range(n):
            xp = x.copy()
            step = self.h * max(1.0, abs(x[j]))
            xp[j] += step
            J[:, j] = (self.residual(xp) - r0) / step
        return J

    def solve(self, x0):
        x = np.array(x0, dtype=float)
        for k in range(self.maxiter):
            r = self.residual(x)
            if np.max(np.abs(r)) < self.tol:
                break
            dx = np.linalg.solve(self.jacobian(x), -r)
            lam = 1.0
            while np.linalg.norm(self.residual(x + lam * dx)) > np.linalg.norm(r):
                lam /= 2
                if lam < 1e-4:
                    break
            x = x + lam * dx
        return x


def chemical_equilibrium(K1, K2, total):
    """Concentrations of a dimerising weak acid: HA <-> H + A, 2 HA <-> D (in mM)."""

    def residual(x):
        ha, h, a, d = x
        return np.array(
            [
                h * a - K1 * ha,
                d - K2 * ha**2,
                ha + a + 2 * d - total,
                h - a,
            ]
        )

    solver = NewtonSystem(residual)
    ha, h, a, d = solver.solve([total / 2, total / 4, total / 4, total / 10])
    return {"HA": ha, "H": h, "A": a, "D": d}


def golden_section(f, a, b, n=12):
    """Shrink [a, b] n times, then fit a parabola through the last three points."""
    invphi = (math.sqrt(5) - 1) / 2
    c = b - invphi * (b - a)
    d = a + invphi * (b - a)
    fc, fd = f(c), f(d)
    for _ in range(n):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - invphi * (b - a)
            fc = f(c)
        else:
            a, c, fc = c, d, fd
            d = a + invphi * (b - a)
            fd = f(d)
    x = np.array([a, 0.5 * (a + b), b])
    y = np.array([f(xi) for xi in x])
    p2, p1, _ = np.polyfit(x - x[1], y, 2)
    xmin = x[1] - p1 / (2 * p2)
    return xmin, f(xmin)


def lennard_jones_minimum(epsilon, sigma, charge):
    """Equilibrium distance and energy of a Lennard-Jones pair with a screened charge."""

    def energy(r):
        sr6 = (sigma / r) ** 6
        return 4 * epsilon * (sr6**2 - sr6) - charge * np.exp(-r) / r

    return golden_section(energy, 0.95 * sigma, 1.6 * sigma)


PROGRAMS = [
    (kepler_position, (1.2, 0.35, 1.5)),
    (van_der_waals_volume, (10.0, 320.0)),
    (shooting_slope, (0.8, 0.3)),
    (internal_rate_of_return, ([-100.0, 30.0, 42.0, 35.0, 28.0],)),
    (pipe_flow_friction, (1.8, 0.12, 0.0002)),
    (chemical_equilibrium, (0.8, 0.35, 2.0)),
    (lennard_jones_minimum, (1.3, 1.1, 0.4)),
]
