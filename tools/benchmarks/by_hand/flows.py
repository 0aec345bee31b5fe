"""Flow in a cavity: the velocities of each step are kept, the pressure enters linearly."""

import numpy as np

from benchmarks.compiled import compiled


@compiled
def slopes(w, i, j, dx, dy):
    return (w[i, j + 1] - w[i, j - 1]) / (2 * dx), (w[i + 1, j] - w[i - 1, j]) / (2 * dy)


@compiled
def relax(p, pn, b, dx, dy):
    """One sweep from pn to p, with its walls."""
    rows, columns = p.shape
    scale = 1.0 / (2 * (dx**2 + dy**2))
    along, across, source = dy**2 * scale, dx**2 * scale, dx**2 * dy**2 * scale
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            p[i, j] = (
                along * (pn[i, j + 1] + pn[i, j - 1])
                + across * (pn[i + 1, j] + pn[i - 1, j])
                - source * b[i, j]
            )
    for i in range(1, rows - 1):
        p[i, columns - 1] = p[i, columns - 2]
        p[i, 0] = p[i, 1]
    for j in range(columns):
        p[0, j] = p[1, j]
        p[rows - 1, j] = 0.0


@compiled
def move(w, un, vn, new, dt, dx, dy, nu):
    """What carries and what rubs; the pressure is left to the caller."""
    rows, columns = w.shape
    a, q, nx, ny = dt / dx, dt / dy, nu * dt / dx**2, nu * dt / dy**2
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            here = w[i, j]
            new[i, j] = (
                here
                - a * un[i, j] * (here - w[i, j - 1])
                - q * vn[i, j] * (here - w[i - 1, j])
                + nx * (w[i, j + 1] - 2 * here + w[i, j - 1])
                + ny * (w[i + 1, j] - 2 * here + w[i - 1, j])
            )


@compiled
def advance(un, vn, u, v, p, pn, b, sweeps, dt, rho, nu):
    """One step from un and vn to u and v, whose walls are set already; p in place."""
    rows, columns = u.shape
    dx, dy = 2.0 / (columns - 1), 2.0 / (rows - 1)
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u_x, u_y = slopes(un, i, j, dx, dy)
            v_x, v_y = slopes(vn, i, j, dx, dy)
            b[i, j] = rho * ((u_x + v_y) / dt - u_x**2 - 2 * u_y * v_x - v_y**2)
    for sweep in range(sweeps):
        if sweep % 2 == 0:
            relax(pn, p, b, dx, dy)
        else:
            relax(p, pn, b, dx, dy)
    if sweeps % 2 == 1:
        p[:] = pn
    move(un, un, vn, u, dt, dx, dy, nu)
    move(vn, un, vn, v, dt, dx, dy, nu)
    push_x, push_y = dt / (2 * rho * dx), dt / (2 * rho * dy)
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u[i, j] -= push_x * (p[i, j + 1] - p[i, j - 1])
            v[i, j] -= push_y * (p[i + 1, j] - p[i - 1, j])


@compiled
def set_walls(u, v):
    rows, columns = u.shape
    for j in range(columns):
        u[0, j] = 0.0
        v[0, j] = 0.0
        u[rows - 1, j] = 1.0
        v[rows - 1, j] = 0.0
    for i in range(rows - 1):
        u[i, 0] = 0.0
        v[i, 0] = 0.0
        u[i, columns - 1] = 0.0
        v[i, columns - 1] = 0.0
    u[rows - 1, 0] = 1.0
    u[rows - 1, columns - 1] = 1.0
    v[rows - 1, 0] = 0.0
    v[rows - 1, columns - 1] = 0.0


@compiled
def sum_of_squares(a):
    total = 0.0
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            total += a[i, j] * a[i, j]
    return total


@compiled
def cavity_flow_primal(u, v, p, steps, sweeps, dt, rho, nu):
    un, vn, pn, b = np.empty_like(u), np.empty_like(u), np.empty_like(u), np.empty_like(u)
    for _ in range(steps):
        un[:] = u
        vn[:] = v
        advance(un, vn, u, v, p, pn, b, sweeps, dt, rho, nu)
        set_walls(u, v)
    return sum_of_squares(u) + sum_of_squares(v) + sum_of_squares(p)


# Backwards, all bars are gathered. g and h, of the new velocities, are zero on the walls.


@compiled
def kill_walls(bar):
    rows, columns = bar.shape
    for j in range(columns):
        bar[0, j] = 0.0
        bar[rows - 1, j] = 0.0
    for i in range(rows):
        bar[i, 0] = 0.0
        bar[i, columns - 1] = 0.0


@compiled
def relax_bar(w, new, b_bar, dx, dy):
    """Hand back through ``relax``: w becomes zero on its walls, new is assigned."""
    rows, columns = w.shape
    scale = 1.0 / (2 * (dx**2 + dy**2))
    along, across, source = dy**2 * scale, dx**2 * scale, dx**2 * dy**2 * scale
    for j in range(columns):
        w[1, j] += w[0, j]
        w[0, j] = 0.0
        w[rows - 1, j] = 0.0
    for i in range(1, rows - 1):
        w[i, 1] += w[i, 0]
        w[i, 0] = 0.0
        w[i, columns - 2] += w[i, columns - 1]
        w[i, columns - 1] = 0.0
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            b_bar[i, j] -= source * w[i, j]
            new[i, j] = along * (w[i, j - 1] + w[i, j + 1]) + across * (w[i - 1, j] + w[i + 1, j])
    for i in range(1, rows - 1):
        new[i, 0] = along * w[i, 1]
        new[i, columns - 1] = along * w[i, columns - 2]
    for j in range(1, columns - 1):
        new[0, j] = across * w[1, j]
        new[rows - 1, j] = across * w[rows - 2, j]
    for i in (0, rows - 1):
        new[i, 0] = 0.0
        new[i, columns - 1] = 0.0


@compiled
def gathered(i, j, un, vn, g, h, u_xb, u_yb, v_xb, v_yb, a, q, nx, ny, dx, dy):
    """Give the bars of un and vn from the four neighbours of a point inside."""
    east = a * un[i, j + 1] + nx
    north = q * vn[i + 1, j] + ny
    u_b = g[i, j + 1] * east + g[i, j - 1] * nx + g[i + 1, j] * north + g[i - 1, j] * ny
    v_b = h[i, j + 1] * east + h[i, j - 1] * nx + h[i + 1, j] * north + h[i - 1, j] * ny
    u_b += (u_xb[i, j - 1] - u_xb[i, j + 1]) / (2 * dx)
    u_b += (u_yb[i - 1, j] - u_yb[i + 1, j]) / (2 * dy)
    v_b += (v_xb[i, j - 1] - v_xb[i, j + 1]) / (2 * dx)
    v_b += (v_yb[i - 1, j] - v_yb[i + 1, j]) / (2 * dy)
    return u_b, v_b


@compiled
def step_bar(un, vn, g, h, u_bar, v_bar, p_bar, other, b_bar, slope_bars, sweeps, dt, rho, nu):
    rows, columns = un.shape
    dx, dy = 2.0 / (columns - 1), 2.0 / (rows - 1)
    a, q, nx, ny = dt / dx, dt / dy, nu * dt / dx**2, nu * dt / dy**2
    push_x, push_y = dt / (2 * rho * dx), dt / (2 * rho * dy)
    u_xb, u_yb, v_xb, v_yb = slope_bars[0], slope_bars[1], slope_bars[2], slope_bars[3]
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            p_bar[i, j] += push_x * (g[i, j + 1] - g[i, j - 1])
            p_bar[i, j] += push_y * (h[i + 1, j] - h[i - 1, j])
            b_bar[i, j] = 0.0
    for i in range(1, rows - 1):
        p_bar[i, 0] += push_x * g[i, 1]
        p_bar[i, columns - 1] -= push_x * g[i, columns - 2]
    for j in range(1, columns - 1):
        p_bar[0, j] += push_y * h[1, j]
        p_bar[rows - 1, j] -= push_y * h[rows - 2, j]
    for sweep in range(sweeps):
        if sweep % 2 == 0:
            relax_bar(p_bar, other, b_bar, dx, dy)
        else:
            relax_bar(other, p_bar, b_bar, dx, dy)
    if sweeps % 2 == 1:
        p_bar[:] = other
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u_x, u_y = slopes(un, i, j, dx, dy)
            v_x, v_y = slopes(vn, i, j, dx, dy)
            bar = rho * b_bar[i, j]
            u_xb[i, j] = bar * (1.0 / dt - 2 * u_x)
            v_yb[i, j] = bar * (1.0 / dt - 2 * v_y)
            u_yb[i, j] = -2 * bar * v_x
            v_xb[i, j] = -2 * bar * u_y
    for i in range(1, rows - 1):
        for j in range(1, columns - 1):
            u, v = un[i, j], vn[i, j]
            rest = 1.0 - a * u - q * v - 2 * nx - 2 * ny
            u_west, v_west = u - un[i, j - 1], v - vn[i, j - 1]
            u_south, v_south = u - un[i - 1, j], v - vn[i - 1, j]
            u_b, v_b = gathered(i, j, un, vn, g, h, u_xb, u_yb, v_xb, v_yb, a, q, nx, ny, dx, dy)
            u_bar[i, j] = u_b + g[i, j] * (rest - a * u_west) - h[i, j] * a * v_west
            v_bar[i, j] = v_b + h[i, j] * (rest - q * v_south) - g[i, j] * q * u_south


@compiled
def wall_bars(un, vn, g, h, u_bar, v_bar, slope_bars, dt, nu):
    """The bars of the velocities on the walls at the very beginning; later ones are constants."""
    rows, columns = un.shape
    dx, dy = 2.0 / (columns - 1), 2.0 / (rows - 1)
    a, q, nx, ny = dt / dx, dt / dy, nu * dt / dx**2, nu * dt / dy**2
    u_xb, u_yb, v_xb, v_yb = slope_bars[0], slope_bars[1], slope_bars[2], slope_bars[3]
    east, north = columns - 1, rows - 1
    for i in range(1, rows - 1):
        west = a * un[i, 1] + nx
        u_bar[i, 0] = g[i, 1] * west - u_xb[i, 1] / (2 * dx)
        v_bar[i, 0] = h[i, 1] * west - v_xb[i, 1] / (2 * dx)
        u_bar[i, east] = g[i, east - 1] * nx + u_xb[i, east - 1] / (2 * dx)
        v_bar[i, east] = h[i, east - 1] * nx + v_xb[i, east - 1] / (2 * dx)
    for j in range(1, columns - 1):
        south = q * vn[1, j] + ny
        u_bar[0, j] = g[1, j] * south - u_yb[1, j] / (2 * dy)
        v_bar[0, j] = h[1, j] * south - v_yb[1, j] / (2 * dy)
        u_bar[north, j] = g[north - 1, j] * ny + u_yb[north - 1, j] / (2 * dy)
        v_bar[north, j] = h[north - 1, j] * ny + v_yb[north - 1, j] / (2 * dy)


@compiled
def cavity_flow_sweeps(us, vs, p, scratch, steps, sweeps, dt, rho, nu, u_bar, v_bar, p_bar):
    pn, b, g, h = scratch[0], scratch[1], scratch[2], scratch[3]
    for step in range(steps):
        advance(us[step], vs[step], us[step + 1], vs[step + 1], p, pn, b, sweeps, dt, rho, nu)
        set_walls(us[step + 1], vs[step + 1])
    u, v = us[steps], vs[steps]
    value = sum_of_squares(u) + sum_of_squares(v) + sum_of_squares(p)
    for i in range(u.shape[0]):
        for j in range(u.shape[1]):
            u_bar[i, j] = 2.0 * u[i, j]
            v_bar[i, j] = 2.0 * v[i, j]
            p_bar[i, j] = 2.0 * p[i, j]
    for step in range(steps - 1, -1, -1):
        g[:] = u_bar
        h[:] = v_bar
        kill_walls(g)
        kill_walls(h)
        step_bar(
            us[step], vs[step], g, h, u_bar, v_bar, p_bar, pn, b, scratch[4:], sweeps, dt, rho, nu
        )
    if steps > 0:
        kill_walls(u_bar)
        kill_walls(v_bar)
        wall_bars(us[0], vs[0], g, h, u_bar, v_bar, scratch[4:], dt, nu)
    return value


def cavity_flow(u, v, p, steps, sweeps, dt, rho, nu):
    us, vs = np.empty((steps + 1, *u.shape)), np.empty((steps + 1, *v.shape))
    us[0], vs[0] = u, v
    bars = np.empty_like(u), np.empty_like(v), np.empty_like(p)
    scratch = np.zeros((8, *u.shape))
    value = cavity_flow_sweeps(us, vs, p.copy(), scratch, steps, sweeps, dt, rho, nu, *bars)
    return value, bars
