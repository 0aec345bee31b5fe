"""Textbook integrators for ordinary differential equations."""

import math
from dataclasses import dataclass, field

import numpy as np

G = 9.81

RKF_A = [
    [],
    [1 / 4],
    [3 / 32, 9 / 32],
    [1932 / 2197, -7200 / 2197, 7296 / 2197],
    [439 / 216, -8.0, 3680 / 513, -845 / 4104],
    [-8 / 27, 2.0, -3544 / 2565, 1859 / 4104, -11 / 40],
]
RKF_C = [0.0, 1 / 4, 3 / 8, 12 / 13, 1.0, 1 / 2]
RKF_B4 = [25 / 216, 0.0, 1408 / 2565, 2197 / 4104, -1 / 5, 0.0]
RKF_B5 = [16 / 135, 0.0, 6656 / 12825, 28561 / 56430, -9 / 50, 2 / 55]


def euler_cooling(T0, T_env, k, t_end=5.0, n=50):
    """Newton's law of cooling with forward Euler; returns the temperatures."""
    h = t_end / n
    T = np.zeros(n + 1)
    T[0] = T0
    for i in range(n):
        T[i + 1] = T[i] - h * k * (T[i] - T_env)
    return T


def heun_logistic(p0: float, params: dict) -> float:
    """Logistic growth with harvesting by Heun's method."""

    def f(p):
        return params["r"] * p * (1 - p / params["K"]) - params["h"]

    dt = params.get("dt", 0.1)
    steps = int(round(params["t_end"] / dt))  # noqa: RUF046
    p = p0
    for _ in range(steps):
        k1 = f(p)
        k2 = f(p + dt * k1)
        p += 0.5 * dt * (k1 + k2)
    return p


def rk4(f, y, t, dt):
    k1 = f(t, y)
    k2 = f(t + dt / 2, y + dt / 2 * k1)
    k3 = f(t + dt / 2, y + dt / 2 * k2)
    k4 = f(t + dt, y + dt * k3)
    return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def lorenz_rk4(y0, sigma=10.0, rho=28.0, beta=8 / 3):
    def rhs(t, s):
        x, y, z = s
        return np.array([sigma * (y - x), x * (rho - z) - y, x * y - beta * z])

    dt = 0.01
    traj = [y0]
    for n in range(60):
        traj.append(rk4(rhs, traj[-1], n * dt, dt))
    return np.array(traj)


def rkf45_vanderpol(mu, y0, tol=1e-5):
    """Van der Pol oscillator, Runge-Kutta-Fehlberg 4(5) with step size control."""

    def f(t, y):
        return np.array([y[1], mu * (1 - y[0] ** 2) * y[1] - y[0]])

    t, t_end, h = 0.0, 2.0, 0.1
    y = np.array(y0, dtype=float)
    accepted = rejected = 0
    while t < t_end:
        if t + h > t_end:
            h = t_end - t
        k = []
        for a, c in zip(RKF_A, RKF_C):
            yi = y + h * sum(aij * kj for aij, kj in zip(a, k))
            k.append(f(t + c * h, yi))
        y4 = y + h * sum(b * ki for b, ki in zip(RKF_B4, k))
        y5 = y + h * sum(b * ki for b, ki in zip(RKF_B5, k))
        err = np.max(np.abs(y5 - y4))
        if err <= tol:
            t += h
            y = y5
            accepted += 1
        else:
            rejected += 1
        h *= 0.5 if err > tol else (2.0 if err < tol / 64 else 1.0)
        if accepted + rejected > 1000:
            raise RuntimeError("too many steps")
    return y


def leapfrog_kepler(state, gm, n_steps=100, dt=0.02):
    """Planar Kepler orbit, kick-drift-kick; state is (x, y, vx, vy)."""
    pos = state[:2].copy()
    vel = state[2:].copy()

    def acc(r):
        return -gm * r / np.linalg.norm(r) ** 3

    a = acc(pos)
    for _ in range(n_steps):
        vel += 0.5 * dt * a
        pos += dt * vel
        a = acc(pos)
        vel += 0.5 * dt * a
    energy = 0.5 * np.dot(vel, vel) - gm / np.linalg.norm(pos)
    ang_mom = pos[0] * vel[1] - pos[1] * vel[0]
    return pos, vel, energy, ang_mom


class Pendulum:
    """Damped, driven pendulum."""

    def __init__(self, length, damping=0.1, drive=0.0, omega_d=2 / 3):
        self.length = length
        self.damping = damping
        self.drive = drive
        self.omega_d = omega_d
        self.theta = 0.0
        self.omega = 0.0
        self.time = 0.0
        self.history = []

    def acceleration(self, theta, omega, t):
        return (
            -G / self.length * math.sin(theta)
            - self.damping * omega
            + self.drive * math.cos(self.omega_d * t)
        )

    def step(self, dt):
        # Euler-Cromer
        self.omega += self.acceleration(self.theta, self.omega, self.time) * dt
        self.theta += self.omega * dt
        self.time += dt
        self.history.append((self.theta, self.omega))

    @property
    def energy(self):
        kinetic = 0.5 * (self.length * self.omega) ** 2
        return kinetic + G * self.length * (1 - math.cos(self.theta))


def swing_pendulum(theta0, length, drive):
    pend = Pendulum(length, drive=drive)
    pend.theta = theta0
    while pend.time < 2.0:
        pend.step(0.02)
    angles = np.array([h[0] for h in pend.history])
    return {"angles": angles, "energy": pend.energy}


def adams_bashforth_predator_prey(y0, alpha, beta, delta, gamma):
    """Lotka-Volterra with four-step Adams-Bashforth, started by RK4."""

    def f(t, y):
        prey, pred = y
        return np.array([alpha * prey - beta * prey * pred, delta * prey * pred - gamma * pred])

    h, N = 0.05, 80
    coeffs = np.array([55, -59, 37, -9]) / 24
    y = y0
    past = [f(0, y)]
    ys = [y]
    for i in range(3):
        y = rk4(f, y, i * h, h)
        ys.append(y)
        past.insert(0, f((i + 1) * h, y))
    for i in range(3, N):
        y = y + h * sum(c * d for c, d in zip(coeffs, past))
        past.pop()
        past.insert(0, f((i + 1) * h, y))
        ys.append(y)
    return np.stack(ys)[::10]


def backward_euler_robertson(rates, n_steps=20, dt=0.05):
    """Stiff chemical kinetics (Robertson) with backward Euler and Newton iteration."""
    k1, k2, k3 = rates
    y = np.array([1.0, 0.0, 0.0])
    for step in range(n_steps):
        y_old = y.copy()
        for it in range(20):
            r1, r2, r3 = k1 * y[0], k2 * y[1] ** 2, k3 * y[1] * y[2]
            F = y - y_old - dt * np.array([-r1 + r3, r1 - r2 - r3, r2])
            J = np.eye(3)
            J[0, 0] += dt * k1
            J[0, 1] -= dt * k3 * y[2]
            J[0, 2] -= dt * k3 * y[1]
            J[1, 0] -= dt * k1
            J[1, 1] += dt * (2 * k2 * y[1] + k3 * y[2])
            J[1, 2] += dt * k3 * y[1]
            J[2, 1] -= dt * 2 * k2 * y[1]
            dy = np.linalg.solve(J, -F)
            y = y + dy
            if np.linalg.norm(dy) < 1e-13:
                break
        else:
            print(f"Newton did not converge in step {step}")
    return y


def shooting_bvp(a, b, strength):
    """Solve y'' = strength * y^3 - y, y(0)=a, y(1)=b by shooting with the secant method."""

    def integrate(slope, N=40):
        h = 1.0 / N
        y, v = a, slope
        for _ in range(N):
            k1y, k1v = v, strength * y**3 - y
            ym, vm = y + h / 2 * k1y, v + h / 2 * k1v
            k2y, k2v = vm, strength * ym**3 - ym
            y, v = y + h * k2y, v + h * k2v
        return y

    s0, s1 = 0.0, 1.0
    f0, f1 = integrate(s0) - b, integrate(s1) - b
    count = 0
    while abs(f1) > 1e-12 and count < 30:
        s0, s1 = s1, s1 - f1 * (s1 - s0) / (f1 - f0)
        f0, f1 = f1, integrate(s1) - b
        count += 1
    return s1


@dataclass
class Projectile:
    mass: float = 0.145
    radius: float = 0.0366
    drag: float = 0.35
    rho: float = 1.2
    path: list = field(default_factory=list)

    @property
    def c(self):
        return 0.5 * self.rho * self.drag * np.pi * self.radius**2 / self.mass

    def fly(self, speed, angle, dt=0.02):
        """Fly until the ball hits the ground; return the range by linear interpolation."""
        r = np.array([0.0, 1.0])
        v = speed * np.array([np.cos(angle), np.sin(angle)])
        g = np.array([0.0, -G])
        while True:
            self.path.append(r)
            v_mid = v + 0.5 * dt * (g - self.c * np.linalg.norm(v) * v)
            r_new = r + dt * v_mid
            v = v + dt * (g - self.c * np.linalg.norm(v_mid) * v_mid)
            if r_new[1] < 0:
                break
            r = r_new
        w = r[1] / (r[1] - r_new[1])
        return r[0] + w * (r_new[0] - r[0])


def baseball_range(speed, angle_deg, drag):
    ball = Projectile(drag=drag)
    x = ball.fly(speed, np.deg2rad(angle_deg))
    apex = max(p[1] for p in ball.path)
    return x, apex


PROGRAMS = [
    (euler_cooling, (90.0, 20.0, 0.35)),
    (heun_logistic, (10.0, {"r": 0.6, "K": 100.0, "h": 1.5, "t_end": 8.0})),
    (lorenz_rk4, (np.array([1.0, 1.5, 20.0]),)),
    (rkf45_vanderpol, (1.2, [1.5, 0.3])),
    (leapfrog_kepler, (np.array([1.0, 0.1, -0.05, 1.1]), 1.0)),
    (swing_pendulum, (0.8, 1.3, 0.9)),
    (
        adams_bashforth_predator_prey,
        (np.array([10.0, 5.0]), 1.1, 0.4, 0.1, 0.4),
    ),
    (backward_euler_robertson, (np.array([0.04, 300.0, 10.0]),)),
    (shooting_bvp, (0.5, 1.2, 0.7)),
    (baseball_range, (38.0, 40.0, 0.33)),
]
