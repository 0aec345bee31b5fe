"""Physics and engineering: particles, optics, circuits, structures, robots, orbits."""

import cmath
import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

HBAR = 1.0


# --- particles ---------------------------------------------------------------


class Body:
    def __init__(self, mass, pos, vel):
        self.mass = mass
        self.pos = np.array(pos, dtype=float)
        self.vel = np.array(vel, dtype=float)
        self.acc = np.zeros(3)

    @property
    def kinetic(self):
        return 0.5 * self.mass * np.dot(self.vel, self.vel)


def leapfrog_nbody(masses, positions, velocities, dt=0.02, steps=10, soft=0.05):
    """Leapfrog integration (G = 1): final positions and energy drift."""
    bodies = [Body(m, p, v) for m, p, v in zip(masses, positions, velocities)]

    def accelerate():
        for a in bodies:
            a.acc[:] = 0.0
            for b in bodies:
                if a is b:
                    continue
                d = b.pos - a.pos
                a.acc += b.mass * d / (d @ d + soft**2) ** 1.5

    def energy():
        e = sum(b.kinetic for b in bodies)
        for i, a in enumerate(bodies):
            for b in bodies[i + 1 :]:
                d = a.pos - b.pos
                e -= a.mass * b.mass / np.sqrt(d @ d + soft**2)
        return e

    e0 = energy()
    accelerate()
    for _ in range(steps):
        for b in bodies:
            b.vel += 0.5 * dt * b.acc
            b.pos += dt * b.vel
        accelerate()
        for b in bodies:
            b.vel += 0.5 * dt * b.acc
    return np.vstack([b.pos for b in bodies]), (energy() - e0) / abs(e0)


def lennard_jones(coords, box, epsilon=1.0, sigma=1.0, rcut=2.5):
    """Truncated, shifted Lennard-Jones energy, virial and forces with minimum image."""
    n = len(coords)
    forces = np.zeros_like(coords)
    energy = 0.0
    virial = 0.0
    sr6c = (sigma / rcut) ** 6
    shift = 4 * epsilon * (sr6c**2 - sr6c)
    for i in range(n - 1):
        for j in range(i + 1, n):
            rij = coords[i] - coords[j]
            rij -= box * np.round(rij / box)
            r2 = np.sum(rij**2)
            if r2 > rcut * rcut:
                continue
            sr6 = (sigma**2 / r2) ** 3
            energy += 4 * epsilon * (sr6 * sr6 - sr6) - shift
            fmag = 24 * epsilon * (2 * sr6 * sr6 - sr6) / r2
            forces[i] += fmag * rij
            forces[j] -= fmag * rij
            virial += fmag * r2
    return energy, virial / 3, forces


def quantum_levels(omega, anharm=0.1, n=41, xmax=5.0, n_levels=3):
    """Anharmonic oscillator by finite differences: levels, <x^2> and a transition moment."""
    x = np.linspace(-xmax, xmax, n)
    h = x[1] - x[0]
    kinetic = HBAR**2 / (2 * h**2)
    V = 0.5 * omega**2 * x**2 + anharm * x**3 / 6 + 0.05 * x**4
    H = np.diag(2 * kinetic + V)
    H -= kinetic * (np.eye(n, k=1) + np.eye(n, k=-1))
    E, psi = np.linalg.eigh(H)
    x2 = np.sum(psi[:, 0] ** 2 * x**2)
    moment = abs(psi[:, 0] @ (x * psi[:, 1]))
    return E[:n_levels], x2, moment


def ising_mean_field(J, h, T, z=4, tol=1e-13):
    """Self-consistent magnetisation, free energy per spin and susceptibility."""
    beta = 1.0 / T
    m, n_iter = 0.9, 0
    while True:
        m_new = math.tanh(beta * (J * z * m + h))
        n_iter += 1
        if abs(m_new - m) < tol or n_iter > 2000:
            break
        m = m_new
    m = m_new
    f = 0.5 * J * z * m**2 - T * math.log(2 * math.cosh(beta * (J * z * m + h)))
    chi = beta * (1 - m**2) / (1 - beta * J * z * (1 - m**2))
    return {"m": m, "f": f, "chi": chi}


# --- optics and circuits -----------------------------------------------------


def gaussian_beam_cavity(lens_f, d1, d2, wavelength=1.064e-6, waist=3e-4, z_points=3):
    """Propagate a complex beam parameter through space-lens-space ABCD matrices."""

    def space(d):
        return np.array([[1.0, d], [0.0, 1.0]])

    def lens(f):
        return np.array([[1.0, 0.0], [-1.0 / f, 1.0]])

    def transform(M, q):
        (A, B), (Cc, D) = M
        return (A * q + B) / (Cc * q + D)

    z_r = np.pi * waist**2 / wavelength
    q = 1j * z_r
    system = space(d2) @ lens(lens_f) @ space(d1)
    q_out = transform(system, q)
    spot = np.sqrt(-wavelength / (np.pi * (1 / q_out).imag))
    radii = []
    for dz in np.linspace(0.05, 0.2, z_points):
        qz = transform(space(dz), q_out)
        radii.append(1e3 * np.sqrt(-wavelength / np.pi / np.imag(1 / qz)))
    return spot * 1e3, np.array(radii), np.real(1 / q_out)


def thin_film_reflectance(thicknesses, indices, wavelengths, theta0=0.3, n_sub=1.52):
    """Transfer-matrix reflectance (s polarisation) of an absorbing coating stack."""
    R = np.zeros(len(wavelengths))
    for iw, lam in enumerate(wavelengths):
        M = np.eye(2, dtype=complex)
        for d, n in zip(thicknesses, indices):
            n_c = n - 0.002j
            cos_t = np.sqrt(1 - (np.sin(theta0) / n_c) ** 2)
            delta = 2 * np.pi * n_c * d * cos_t / lam
            eta = n_c * cos_t
            layer = np.array(
                [
                    [np.cos(delta), 1j * np.sin(delta) / eta],
                    [1j * eta * np.sin(delta), np.cos(delta)],
                ]
            )
            M = M @ layer
        eta_s = n_sub * np.sqrt(1 - (np.sin(theta0) / n_sub) ** 2)
        B, C = M @ np.array([1.0, eta_s])
        eta_0 = np.cos(theta0)
        r = (eta_0 * B - C) / (eta_0 * B + C)
        R[iw] = np.abs(r) ** 2
    return R


def rlc_crossover(R, L, C, freqs, load=8.0):
    """Complex impedance of a ladder filter: gain in dB, phase and quality factor."""

    def parallel(*zs):
        return 1 / sum(1 / z for z in zs)

    gains, phases = [], []
    for f in freqs:
        s = 2j * math.pi * f
        z_load = parallel(load, 1 / (s * C))
        z_series = R + s * L
        h = z_load / (z_load + z_series)
        gains.append(20 * math.log10(abs(h)))
        phases.append(cmath.phase(h))
    q = math.sqrt(L / C) / (R + L / (load * C))
    return np.array(gains), np.array(phases), q


# --- structures and flow -----------------------------------------------------


@dataclass
class Member:
    i: int
    j: int
    area: float
    young: float = 200e9

    def stiffness(self, nodes):
        d = nodes[self.j] - nodes[self.i]
        length = np.linalg.norm(d)
        c, s = d / length
        b = np.array([-c, -s, c, s])
        return self.young * self.area / length * np.outer(b, b), length, b


def truss_deflection(nodes, areas, load):
    """Plane truss by direct stiffness: tip displacement, member stresses, mass."""
    links = [(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (0, 3)]
    members = [Member(i, j, a) for (i, j), a in zip(links, areas)]
    ndof = 2 * len(nodes)
    K = np.zeros((ndof, ndof))
    mass = 0.0
    for mem in members:
        k, length, _ = mem.stiffness(nodes)
        dofs = [2 * mem.i, 2 * mem.i + 1, 2 * mem.j, 2 * mem.j + 1]
        K[np.ix_(dofs, dofs)] += k
        mass += 7850 * mem.area * length
    F = np.zeros(ndof)
    F[-1] = -load
    free = np.setdiff1d(np.arange(ndof), [0, 1, 4, 5])
    U = np.zeros(ndof)
    U[free] = np.linalg.solve(K[np.ix_(free, free)], F[free])
    stresses = []
    for mem in members:
        _, length, b = mem.stiffness(nodes)
        u = U[[2 * mem.i, 2 * mem.i + 1, 2 * mem.j, 2 * mem.j + 1]]
        stresses.append(mem.young / length * (b @ u) / 1e6)
    return U[-2:] * 1e3, np.array(stresses), mass


def hardy_cross(resistances, inflow, n_exp=1.85, tol=1e-11):
    """Two-loop pipe network balanced by Hardy Cross corrections."""
    loops = [[(0, 1), (1, 1), (2, -1), (3, -1)], [(2, 1), (4, 1), (5, -1), (6, -1)]]
    # initial guess satisfying continuity at the nodes
    Q = np.array([0.6, 0.6, 0.15, 0.4, 0.5, 0.2, 0.25]) * inflow
    for it in range(200):
        biggest = 0.0
        for loop in loops:
            head, slope = 0.0, 0.0
            for pipe, sign in loop:
                q = Q[pipe]
                loss = resistances[pipe] * q * abs(q) ** (n_exp - 1)
                head += sign * loss
                slope += n_exp * resistances[pipe] * abs(q) ** (n_exp - 1)
            dq = -head / slope
            for pipe, sign in loop:
                Q[pipe] += sign * dq
            biggest = max(biggest, abs(dq))
        if biggest < tol:
            break
    else:
        print("hardy_cross: no convergence")
    pressure_drop = resistances[0] * Q[0] ** n_exp + resistances[1] * Q[1] ** n_exp
    return Q, pressure_drop


# --- kinematics and orbits ---------------------------------------------------


def robot_inverse_kinematics(target, lengths=(1.0, 0.8, 0.5), damping=0.05, tol=1e-9):
    """Planar three-link arm: damped least squares until the tip reaches the target."""
    L = np.asarray(lengths)
    q = np.array([0.4, 0.5, 0.3])
    it = 0
    while it < 60:
        cum = np.cumsum(q)
        tip = np.array([np.sum(L * np.cos(cum)), np.sum(L * np.sin(cum))])
        err = target - tip
        if np.linalg.norm(err) < tol:
            break
        Jac = np.empty((2, 3))
        for k in range(3):
            Jac[0, k] = -np.sum(L[k:] * np.sin(cum[k:]))
            Jac[1, k] = np.sum(L[k:] * np.cos(cum[k:]))
        JJt = Jac @ Jac.T + damping**2 * np.eye(2)
        try:
            step = Jac.T @ np.linalg.solve(JJt, err)
        except np.linalg.LinAlgError:
            print("singular configuration, giving up")
            break
        q += step
        it += 1
    manip = np.sqrt(np.linalg.det(Jac @ Jac.T))
    return q, manip


def kepler_ground_track(elements, times, mu=398600.4418):
    """Orbital elements to inertial positions with Kepler's equation by Newton."""
    a, e = elements["a"], elements["e"]
    inc, raan, argp = (math.radians(elements[k]) for k in ("i", "raan", "argp"))
    n = math.sqrt(mu / a**3)

    def rot(axis, t):
        c, s = math.cos(t), math.sin(t)
        if axis == "z":
            return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])

    R = rot("z", raan) @ rot("x", inc) @ rot("z", argp)
    track = defaultdict(list)
    for t in times:
        M = math.fmod(n * t, 2 * math.pi)
        E = M if e < 0.8 else math.pi
        while True:
            dE = (E - e * math.sin(E) - M) / (1 - e * math.cos(E))
            E -= dE
            if abs(dE) < 1e-13:
                break
        nu = 2 * math.atan2(math.sqrt(1 + e) * math.sin(E / 2), math.sqrt(1 - e) * math.cos(E / 2))
        r = a * (1 - e * math.cos(E))
        pos = R @ np.array([r * math.cos(nu), r * math.sin(nu), 0.0])
        track["lat"].append(math.degrees(math.asin(pos[2] / r)))
        track["alt"].append(r - 6378.137)
    return {key: np.array(val) for key, val in track.items()}


_xyz = np.array(
    [[0.1, 0.2, 0.0], [1.2, 0.1, 0.3], [0.3, 1.3, 0.2], [3.6, 0.4, 1.1], [1.1, 1.2, 1.4]]
)
_nodes = np.array([[0.0, 0.0], [2.0, 0.1], [0.0, 1.5], [2.2, 1.4]])

PROGRAMS = [
    (
        leapfrog_nbody,
        (
            [1.0, 0.5, 0.2],
            np.array([[0.0, 0.0, 0.0], [1.0, 0.1, 0.0], [-0.2, 1.6, 0.3]]),
            np.array([[0.0, -0.1, 0.0], [0.1, 1.0, 0.1], [-0.8, 0.0, 0.1]]),
        ),
    ),
    (lennard_jones, (_xyz, 4.2)),
    (quantum_levels, (1.1,)),
    (ising_mean_field, (1.0, 0.15, 3.1)),
    (gaussian_beam_cavity, (0.25, 0.31, 0.18)),
    (
        thin_film_reflectance,
        ([95e-9, 60e-9], np.array([1.38, 2.1]), np.array([450e-9, 550e-9, 640e-9])),
    ),
    (rlc_crossover, (0.4, 1.2e-3, 18e-6, [200.0, 1000.0, 2500.0])),
    (truss_deflection, (_nodes, np.array([8e-4, 6e-4, 7e-4, 5e-4, 9e-4, 4e-4]), 12e3)),
    (hardy_cross, (np.array([2.0, 1.5, 3.0, 2.5, 1.2, 4.0, 3.3]), 0.8)),
    (robot_inverse_kinematics, (np.array([0.9, 1.4]),)),
    (
        kepler_ground_track,
        ({"a": 9200.0, "e": 0.22, "i": 51.6, "raan": 40.0, "argp": 70.0}, [300.0, 1900.0, 4100.0]),
    ),
]
