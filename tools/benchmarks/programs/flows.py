"""Two flows of a viscous fluid in the plane, with their pressure relaxed at every step."""

import numpy as np


def divergence_source(u, v, dx, dy, dt, rho):
    """What the pressure of a cavity has to balance."""
    u_x = (u[1:-1, 2:] - u[1:-1, :-2]) / (2 * dx)
    u_y = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2 * dy)
    v_x = (v[1:-1, 2:] - v[1:-1, :-2]) / (2 * dx)
    v_y = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2 * dy)
    return rho * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)


def relax_pressure(p, b, dx, dy, sweeps):
    """Relax the Poisson equation; walls let no pressure gradient through, the lid is open."""
    for _ in range(sweeps):
        pn = p.copy()
        p[1:-1, 1:-1] = (
            (pn[1:-1, 2:] + pn[1:-1, :-2]) * dy**2
            + (pn[2:, 1:-1] + pn[:-2, 1:-1]) * dx**2
            - b * dx**2 * dy**2
        ) / (2 * (dx**2 + dy**2))
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0


def cavity_flow(u, v, p, steps, sweeps, dt, rho, nu):
    """A fluid in a box, dragged along by its lid."""
    dx = 2.0 / (u.shape[1] - 1)
    dy = 2.0 / (u.shape[0] - 1)
    for _ in range(steps):
        un = u.copy()
        vn = v.copy()
        b = divergence_source(u, v, dx, dy, dt, rho)
        relax_pressure(p, b, dx, dy, sweeps)
        u[1:-1, 1:-1] = (
            un[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (un[1:-1, 1:-1] - un[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (un[1:-1, 1:-1] - un[:-2, 1:-1])
            - dt / (2 * rho * dx) * (p[1:-1, 2:] - p[1:-1, :-2])
            + nu * dt / dx**2 * (un[1:-1, 2:] - 2 * un[1:-1, 1:-1] + un[1:-1, :-2])
            + nu * dt / dy**2 * (un[2:, 1:-1] - 2 * un[1:-1, 1:-1] + un[:-2, 1:-1])
        )
        v[1:-1, 1:-1] = (
            vn[1:-1, 1:-1]
            - un[1:-1, 1:-1] * dt / dx * (vn[1:-1, 1:-1] - vn[1:-1, :-2])
            - vn[1:-1, 1:-1] * dt / dy * (vn[1:-1, 1:-1] - vn[:-2, 1:-1])
            - dt / (2 * rho * dy) * (p[2:, 1:-1] - p[:-2, 1:-1])
            + nu * dt / dx**2 * (vn[1:-1, 2:] - 2 * vn[1:-1, 1:-1] + vn[1:-1, :-2])
            + nu * dt / dy**2 * (vn[2:, 1:-1] - 2 * vn[1:-1, 1:-1] + vn[:-2, 1:-1])
        )
        u[0, :] = 0
        u[:, 0] = 0
        u[:, -1] = 0
        u[-1, :] = 1
        v[0, :] = 0
        v[-1, :] = 0
        v[:, 0] = 0
        v[:, -1] = 0
    return np.sum(u**2) + np.sum(v**2) + np.sum(p**2)


def channel_flow(u, v, p, force, sweeps, dt, rho, nu, tolerance):
    """A fluid driven through a channel whose ends are joined, until it is steady."""
    dx = 2.0 / (u.shape[1] - 1)
    dy = 2.0 / (u.shape[0] - 1)
    change = 1.0
    while change > tolerance:
        un = u.copy()
        vn = v.copy()
        east, west = np.roll(un, -1, axis=1), np.roll(un, 1, axis=1)
        v_east, v_west = np.roll(vn, -1, axis=1), np.roll(vn, 1, axis=1)
        u_x = (east[1:-1] - west[1:-1]) / (2 * dx)
        v_x = (v_east[1:-1] - v_west[1:-1]) / (2 * dx)
        u_y = (un[2:] - un[:-2]) / (2 * dy)
        v_y = (vn[2:] - vn[:-2]) / (2 * dy)
        b = rho * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)
        for _ in range(sweeps):
            pn = p.copy()
            p_east, p_west = np.roll(pn, -1, axis=1), np.roll(pn, 1, axis=1)
            p[1:-1] = (
                (p_east[1:-1] + p_west[1:-1]) * dy**2
                + (pn[2:] + pn[:-2]) * dx**2
                - b * dx**2 * dy**2
            ) / (2 * (dx**2 + dy**2))
            p[-1, :] = p[-2, :]
            p[0, :] = p[1, :]
        p_east, p_west = np.roll(p, -1, axis=1), np.roll(p, 1, axis=1)
        u[1:-1] = (
            un[1:-1]
            - un[1:-1] * dt / dx * (un[1:-1] - west[1:-1])
            - vn[1:-1] * dt / dy * (un[1:-1] - un[:-2])
            - dt / (2 * rho * dx) * (p_east[1:-1] - p_west[1:-1])
            + nu * dt / dx**2 * (east[1:-1] - 2 * un[1:-1] + west[1:-1])
            + nu * dt / dy**2 * (un[2:] - 2 * un[1:-1] + un[:-2])
            + force * dt
        )
        v[1:-1] = (
            vn[1:-1]
            - un[1:-1] * dt / dx * (vn[1:-1] - v_west[1:-1])
            - vn[1:-1] * dt / dy * (vn[1:-1] - vn[:-2])
            - dt / (2 * rho * dy) * (p[2:] - p[:-2])
            + nu * dt / dx**2 * (v_east[1:-1] - 2 * vn[1:-1] + v_west[1:-1])
            + nu * dt / dy**2 * (vn[2:] - 2 * vn[1:-1] + vn[:-2])
        )
        u[0, :] = 0
        u[-1, :] = 0
        v[0, :] = 0
        v[-1, :] = 0
        change = (np.sum(u) - np.sum(un)) / np.sum(u)
    return np.sum(u**2) + np.sum(v**2)
