"""Parabolic and elliptic partial differential equations."""

from dataclasses import dataclass

import numpy as np

L = 1.0


def heat_explicit(u0, alpha, nsteps=50):
    """FTCS scheme with fixed ends."""
    nx = u0.size
    dx = L / (nx - 1)
    dt = 0.0005
    r = alpha * dt / dx**2
    u = u0.copy()
    un = np.empty_like(u)
    for n in range(nsteps):
        un[:] = u
        u[1:-1] = un[1:-1] + r * (un[2:] - 2 * un[1:-1] + un[:-2])
    return u


def thomas(a, b, c, d):
    """Tridiagonal solve: a sub-, b main, c super-diagonal; d right-hand side."""
    n = len(d)
    cp = np.zeros(n)
    dp = np.zeros(n)
    cp[0] = c[0] / b[0]
    dp[0] = d[0] / b[0]
    for i in range(1, n):
        denom = b[i] - a[i] * cp[i - 1]
        cp[i] = c[i] / denom if i < n - 1 else 0.0
        dp[i] = (d[i] - a[i] * dp[i - 1]) / denom
    x = np.zeros(n)
    x[-1] = dp[-1]
    for i in reversed(range(n - 1)):
        x[i] = dp[i] - cp[i] * x[i + 1]
    return x


def crank_nicolson_heat(u0, diffusivity, left=0.0, right=0.0):
    """Crank-Nicolson for u_t = (D u_x)_x with cell-wise D and Dirichlet ends."""
    n = len(u0)
    h = 1.0 / (n + 1)
    dt = 0.01
    D_half = 0.5 * (diffusivity[1:] + diffusivity[:-1])  # n + 1 faces
    w = D_half[:-1] * dt / (2 * h * h)
    e = D_half[1:] * dt / (2 * h * h)
    u = u0
    for step in range(15):
        padded = np.concatenate(([left], u, [right]))
        rhs = u + e * (padded[2:] - u) - w * (u - padded[:-2])
        rhs[0] += w[0] * left
        rhs[-1] += e[-1] * right
        u = thomas(-w, 1 + w + e, -e, rhs)
    return u


def poisson_jacobi(f, top, tol=1e-9, max_iter=400):
    """Jacobi iteration on the unit square, u = top on the upper edge and 0 elsewhere."""
    ny, nx = f.shape
    h = 1.0 / (nx - 1)
    u = np.zeros((ny, nx))
    u[-1, :] = top
    for it in range(max_iter):
        u_new = u.copy()
        u_new[1:-1, 1:-1] = 0.25 * (
            u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - h**2 * f[1:-1, 1:-1]
        )
        change = np.abs(u_new - u).max()
        u = u_new
        if change < tol:
            break
    return u


def laplace_sor(boundary, omega=1.5, sweeps=40):
    """Successive over-relaxation, point by point; boundary is dict of edge values."""
    n = 7
    phi = np.zeros((n, n))
    phi[0, :] = boundary["bottom"]
    phi[-1, :] = boundary["top"]
    phi[:, 0] = boundary["left"]
    phi[:, -1] = boundary["right"]
    for sweep in range(sweeps):
        biggest = 0.0
        for i in range(1, n - 1):
            for j in range(1, n - 1):
                residual = (
                    phi[i + 1, j] + phi[i - 1, j] + phi[i, j + 1] + phi[i, j - 1] - 4 * phi[i, j]
                )
                phi[i, j] += omega * residual / 4
                biggest = max(biggest, abs(residual))
        if biggest < 1e-12:
            break
    flux = np.sum(phi[1, 1:-1] - phi[0, 1:-1])
    return phi[n // 2, n // 2], flux


def smooth(u, f, h, sweeps=3, w=2 / 3):
    for _ in range(sweeps):
        u[1:-1] = (1 - w) * u[1:-1] + w * 0.5 * (u[2:] + u[:-2] + h * h * f[1:-1])
    return u


def residual(u, f, h):
    r = np.zeros_like(u)
    r[1:-1] = f[1:-1] + (u[2:] - 2 * u[1:-1] + u[:-2]) / h**2
    return r


def v_cycle(u, f, h):
    """One multigrid V-cycle for -u'' = f."""
    if len(u) <= 3:
        u[1] = 0.5 * (u[0] + u[2] + h * h * f[1])
        return u
    u = smooth(u, f, h)
    r = residual(u, f, h)
    rc = np.zeros((len(u) + 1) // 2)
    rc[1:-1] = 0.25 * r[1:-2:2] + 0.5 * r[2:-1:2] + 0.25 * r[3::2]
    ec = v_cycle(np.zeros_like(rc), rc, 2 * h)
    e = np.zeros_like(u)
    e[::2] = ec
    e[1::2] = 0.5 * (ec[:-1] + ec[1:])
    return smooth(u + e, f, h)


def multigrid_poisson(f, ua, ub):
    n = len(f)
    u = np.zeros(n)
    u[0], u[-1] = ua, ub
    h = 1 / (n - 1)
    norms = []
    for _ in range(4):
        u = v_cycle(u, f, h)
        norms.append(np.sqrt(h * np.sum(residual(u, f, h) ** 2)))
    return u, norms[0]


@dataclass
class GrayScott:
    Du: float
    Dv: float
    F: float
    k: float
    n: int = 16

    def __post_init__(self):
        x = np.linspace(0, 1, self.n)
        X, Y = np.meshgrid(x, x)
        bump = np.exp(-30 * ((X - 0.5) ** 2 + (Y - 0.45) ** 2))
        self.u = 1 - 0.5 * bump
        self.v = 0.25 * bump

    @staticmethod
    def laplacian(z):
        return (
            np.roll(z, 1, axis=0)
            + np.roll(z, -1, axis=0)
            + np.roll(z, 1, axis=1)
            + np.roll(z, -1, axis=1)
            - 4 * z
        )

    def step(self, dt=1.0):
        uvv = self.u * self.v**2
        self.u += dt * (self.Du * self.laplacian(self.u) - uvv + self.F * (1 - self.u))
        self.v += dt * (self.Dv * self.laplacian(self.v) + uvv - (self.F + self.k) * self.v)


def gray_scott(Du, Dv, F, k):
    model = GrayScott(Du, Dv, F, k)
    for _ in range(40):
        model.step()
    return {"u": model.u, "v": model.v, "mass": model.v.mean()}


def fem_rod(conductivity, source, flux_right, T_left=0.0):
    """Linear finite elements for -(k T')' = q, assembled element by element."""
    n_el = len(conductivity)
    nodes = np.linspace(0.0, 1.0, n_el + 1) ** 1.2
    K = np.zeros((n_el + 1, n_el + 1))
    F = np.zeros(n_el + 1)
    for e in range(n_el):
        dofs = [e, e + 1]
        length = nodes[e + 1] - nodes[e]
        ke = conductivity[e] / length * np.array([[1, -1], [-1, 1]])
        fe = source[e] * length / 2 * np.array([1, 1])
        for a in range(2):
            F[dofs[a]] += fe[a]
            for b in range(2):
                K[dofs[a], dofs[b]] += ke[a, b]
    F[-1] += flux_right
    free = np.arange(1, n_el + 1)
    T = np.full(n_el + 1, T_left)
    T[free] = np.linalg.solve(K[np.ix_(free, free)], F[free] - K[free, 0] * T_left)
    return T


def fisher_kpp_newton(D, r, u_left, N=16, verbose=False):
    """Steady Fisher equation D u'' + r u (1-u) = 0 by Newton's method."""
    x, h = np.linspace(0, 1, N + 1, retstep=True)
    u = u_left * (1 - x)
    for k in range(15):
        ui = u[1:-1]
        F = D * (u[2:] - 2 * ui + u[:-2]) / h**2 + r * ui * (1 - ui)
        J = np.diag(-2 * D / h**2 + r * (1 - 2 * ui))
        idx = np.arange(N - 2)
        J[idx, idx + 1] = D / h**2
        J[idx + 1, idx] = D / h**2
        try:
            du = np.linalg.solve(J, -F)
        except np.linalg.LinAlgError:
            raise RuntimeError("singular Jacobian") from None
        u[1:-1] += du
        if verbose:
            print(f"iteration {k}: |du| = {np.linalg.norm(du):.3e}")
        if np.linalg.norm(du, ord=np.inf) < 1e-13:
            break
    return u


_x = np.linspace(0.0, 1.0, 21)

PROGRAMS = [
    (heat_explicit, (np.sin(np.pi * _x) + 0.3 * np.sin(3 * np.pi * _x), 0.9)),
    (
        crank_nicolson_heat,
        (np.sin(np.pi * _x[1:-1]), 1.0 + 0.5 * _x, 0.2, -0.1),
    ),
    (poisson_jacobi, (np.outer(np.sin(3 * _x[::3]), np.cos(2 * _x[::3])), 1.5)),
    (laplace_sor, ({"bottom": 0.0, "top": 1.0, "left": 0.5, "right": -0.3},)),
    (multigrid_poisson, (np.exp(np.linspace(0.0, 1.0, 17)), 0.1, 0.4)),
    (gray_scott, (0.16, 0.08, 0.035, 0.065)),
    (
        fem_rod,
        (np.array([1.0, 1.5, 2.0, 0.7, 1.1]), np.array([0.3, 0.1, 0.5, 0.9, 0.2]), 0.8, 2.0),
    ),
    (fisher_kpp_newton, (0.3, 1.4, 0.8)),
]
