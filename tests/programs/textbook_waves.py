"""Hyperbolic equations: waves, advection, conservation laws, spectral methods."""

from collections import namedtuple
from dataclasses import dataclass

import numpy as np
from numpy.fft import fft, ifft, irfft, rfft

g = 9.81
GAMMA = 1.4

Grid = namedtuple("Grid", ["x", "dx"])


def periodic_grid(n, length=1.0):
    dx = length / n
    return Grid(x=(np.arange(n) + 0.5) * dx, dx=dx)


def wave_string(pluck, c, steps=60):
    """Vibrating string, second-order centred scheme, three rotating time levels."""
    N = len(pluck)
    dx = 1.0 / (N - 1)
    dt = 0.01
    C2 = (c * dt / dx) ** 2
    u_nm1 = pluck
    u_n = np.zeros(N)
    u = np.zeros(N)
    for i in range(1, N - 1):
        u_n[i] = u_nm1[i] + 0.5 * C2 * (u_nm1[i + 1] - 2 * u_nm1[i] + u_nm1[i - 1])
    for n in range(1, steps):
        for i in range(1, N - 1):
            u[i] = -u_nm1[i] + 2 * u_n[i] + C2 * (u_n[i + 1] - 2 * u_n[i] + u_n[i - 1])
        u[0] = u[N - 1] = 0
        u_nm1, u_n, u = u_n, u, u_nm1.copy()
    return u_n


def upwind_advection(u, speed, cfl=0.8, t_end=0.3):
    """First-order upwind on a periodic domain, either sign of the velocity."""
    dx = 1.0 / len(u)
    dt = cfl * dx / 1.5
    t = 0.0
    while t < t_end:
        if speed > 0:
            du = u - np.roll(u, 1)
        else:
            du = np.roll(u, -1) - u
        u = u - speed * dt / dx * du
        t += dt
    return u


def lax_wendroff(amplitude, width, a):
    grid = periodic_grid(40)
    u = amplitude * np.exp(-(((grid.x - 0.4) / width) ** 2))
    nu = a * 0.02 / grid.dx
    for _ in range(20):
        up, um = np.roll(u, -1), np.roll(u, 1)
        u = u - 0.5 * nu * (up - um) + 0.5 * nu**2 * (up - 2 * u + um)
    mass = u.sum() * grid.dx
    centre = (u * grid.x).sum() * grid.dx / mass
    return mass, centre, u


def burgers_godunov(u0, n_steps=15):
    """Inviscid Burgers with the exact Riemann solver at each face."""

    def flux(ul, ur):
        f = lambda q: 0.5 * q * q
        if ul > ur:
            s = 0.5 * (ul + ur)
            return f(ul) if s > 0 else f(ur)
        if ul > 0:
            return f(ul)
        elif ur < 0:
            return f(ur)
        return 0.0

    u = list(u0)
    n = len(u)
    ratio = 0.4
    for _ in range(n_steps):
        faces = [flux(u[i - 1], u[i]) for i in range(n)]
        faces.append(faces[0])
        u = [u[i] - ratio * (faces[i + 1] - faces[i]) for i in range(n)]
    return np.array(u)


def van_leer(r):
    return (r + np.abs(r)) / (1 + np.abs(r))


def minmod(a, b):
    return np.where(a * b > 0, np.where(np.abs(a) < np.abs(b), a, b), 0.0)


def superbee(r):
    return np.maximum(0, np.maximum(np.minimum(2 * r, 1), np.minimum(r, 2)))


def muscl_advection(q, vel, limiter="minmod"):
    """Finite volume advection with slopes limited, ghost cells at both ends."""
    ng = 2
    n = q.size
    dx = 1.0 / n
    dt = 0.5 * dx
    qg = np.zeros(n + 2 * ng)
    qg[ng:-ng] = q
    for _ in range(12):
        qg[:ng] = qg[-2 * ng : -ng]
        qg[-ng:] = qg[ng : 2 * ng]
        left = qg[1:-1] - qg[:-2]
        right = qg[2:] - qg[1:-1]
        if limiter == "minmod":
            slope = minmod(left, right)
        elif limiter == "vanleer":
            r = left / (right + 1e-12)
            slope = van_leer(r) * right
        else:
            slope = 0 * left
        face = qg[1:-1] + 0.5 * (1 - vel * dt / dx) * slope
        F = vel * face
        qg[ng:-ng] -= dt / dx * (F[1:-1] - F[:-2])
    return qg[ng:-ng]


def shallow_water_dam(h_left, h_right, n=40, cfl=0.4):
    """Dam break with the Rusanov flux and an adaptive time step."""
    h = np.where(np.arange(n) < n // 2, h_left, h_right)
    U = np.array([h, np.zeros(n)])
    dx, t, t_end = 10.0 / n, 0.0, 0.6

    def flux(U):
        h, hu = U
        return np.array([hu, hu**2 / h + 0.5 * g * h**2])

    while t < t_end:
        speed = np.abs(U[1] / U[0]) + np.sqrt(g * U[0])
        dt = min(cfl * dx / speed.max(), t_end - t)
        UL, UR = U[:, :-1], U[:, 1:]
        smax = np.maximum(speed[:-1], speed[1:])
        F = 0.5 * (flux(UL) + flux(UR)) - 0.5 * smax * (UR - UL)
        U = U.copy()
        U[:, 1:-1] -= dt / dx * (F[:, 1:] - F[:, :-1])
        U[:, 0], U[:, -1] = U[:, 1], U[:, -2]
        t += dt
    return U[0], U[1] / U[0]


class YeeGrid:
    """One-dimensional FDTD with a dielectric slab and a soft source."""

    def __init__(self, size, eps_slab, courant=0.5):
        self.ez = np.zeros(size)
        self.hy = np.zeros(size - 1)
        self.eps = np.ones(size)
        self.eps[size // 2 : 3 * size // 4] = eps_slab
        self.courant = courant

    def update(self, source, position):
        self.hy += self.courant * (self.ez[1:] - self.ez[:-1])
        self.ez[1:-1] += self.courant / self.eps[1:-1] * (self.hy[1:] - self.hy[:-1])
        self.ez[position] += source


def fdtd_slab(eps_r, pulse_width, n_steps=90):
    grid = YeeGrid(60, eps_r)
    probe = []
    for n in range(n_steps):
        grid.update(np.exp(-(((n - 20.0) / pulse_width) ** 2)), position=10)
        probe.append(grid.ez[40])
    energy = 0.5 * np.sum(grid.eps * grid.ez**2) + 0.5 * np.sum(grid.hy**2)
    return np.array(probe[-30:]), energy


def kdv_spectral(c, x0):
    """Korteweg-de Vries soliton, integrating factor and RK4 in Fourier space."""
    N = 32
    x = np.linspace(-np.pi, np.pi, N, endpoint=False) * 3
    k = np.fft.fftfreq(N, d=(x[1] - x[0]) / (2 * np.pi))
    u = 0.5 * c / np.cosh(0.5 * np.sqrt(c) * (x - x0)) ** 2
    dt = 0.005
    ik3 = 1j * k**3
    E, E2 = np.exp(dt * ik3), np.exp(dt * ik3 / 2)

    def nonlinear(v):
        return -3j * k * fft(np.real(ifft(v)) ** 2)

    v = fft(u)
    for n in range(10):
        a = dt * nonlinear(v)
        b = dt * nonlinear(E2 * (v + a / 2))
        cc = dt * nonlinear(E2 * v + b / 2)
        d = dt * nonlinear(E * v + E2 * cc)
        v = E * v + (E * a + 2 * E2 * (b + cc) + d) / 6
    return ifft(v).real


def spectral_derivative(u, length=2 * np.pi):
    n = len(u)
    k = 2 * np.pi / length * np.arange(n // 2 + 1)
    return irfft(1j * k * rfft(u), n)


def spectral_energy(coeffs, nu):
    """Dissipation and enstrophy-like integrals of a sine series."""
    x = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    u = sum(a * np.sin((m + 1) * x) for m, a in enumerate(coeffs))
    u = u * np.exp(0.3 * np.cos(x))
    ux = spectral_derivative(u)
    uxx = spectral_derivative(ux)
    dx = x[1] - x[0]
    return {"dissipation": nu * np.sum(ux**2) * dx, "hyper": np.sum(uxx**2) * dx, "ux": ux}


@dataclass
class Gas:
    rho: np.ndarray
    mom: np.ndarray
    ene: np.ndarray

    @property
    def u(self):
        return self.mom / self.rho

    @property
    def p(self):
        return (GAMMA - 1) * (self.ene - 0.5 * self.mom**2 / self.rho)

    def fluxes(self):
        return self.mom, self.mom * self.u + self.p, (self.ene + self.p) * self.u


def sod_lax_friedrichs(p_left, p_right, rho_ratio):
    """Sod shock tube with Lax-Friedrichs."""
    n, dt = 40, 0.005
    dx = 1 / n
    x = (np.arange(n) + 0.5) * dx
    rho = np.where(x < 0.5, 1.0, rho_ratio)
    p = np.where(x < 0.5, p_left, p_right)
    gas = Gas(rho, np.zeros(n), p / (GAMMA - 1))
    for _ in range(25):
        new = []
        for q, f in zip((gas.rho, gas.mom, gas.ene), gas.fluxes()):
            qn = q.copy()
            qn[1:-1] = 0.5 * (q[2:] + q[:-2]) - dt / (2 * dx) * (f[2:] - f[:-2])
            new.append(qn)
        gas = Gas(*new)
    return gas.rho, gas.u, gas.p


def schrodinger_split_step(k0, sigma, barrier):
    """Transmission of a wave packet through a barrier, Strang splitting."""
    n = 64
    x = np.linspace(-10, 10, n, endpoint=False)
    k = 2 * np.pi * np.fft.fftfreq(n, x[1] - x[0])
    V = barrier * np.exp(-((x / 0.7) ** 2))
    psi = np.exp(-((x + 4) ** 2) / (4 * sigma**2) + 1j * k0 * x)
    psi /= np.sqrt(np.sum(np.abs(psi) ** 2))
    dt = 0.05
    half = np.exp(-0.5j * dt * V)
    kinetic = np.exp(-0.5j * dt * k**2)
    for _ in range(40):
        psi = half * psi
        psi = np.fft.ifft(kinetic * np.fft.fft(psi))
        psi *= half
    prob = np.abs(psi) ** 2
    return prob[x > 0].sum(), np.sum(x * prob)


_xs = np.linspace(0.0, 1.0, 24, endpoint=False)

PROGRAMS = [
    (wave_string, (np.sin(np.pi * np.linspace(0.0, 1.0, 17)) ** 3, 1.8)),
    (upwind_advection, (1.0 + 0.5 * np.sin(2 * np.pi * _xs), -1.2)),
    (lax_wendroff, (1.3, 0.12, 0.9)),
    (burgers_godunov, (0.2 + np.sin(2 * np.pi * (_xs + 0.013)),)),
    (muscl_advection, (1.5 + np.cos(2 * np.pi * (_xs + 0.017)), 0.7)),
    (shallow_water_dam, (2.0, 1.1)),
    (fdtd_slab, (3.5, 6.0)),
    (kdv_spectral, (1.4, -0.5)),
    (spectral_energy, ([1.0, -0.4, 0.2], 0.05)),
    (sod_lax_friedrichs, (1.0, 0.1, 0.125)),
    (schrodinger_split_step, (2.0, 0.9, 1.5)),
]
