"""Chemistry, biology, climate, hydrology and geophysics models as typed by domain people."""

import math
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

R_GAS = 8.314462618
SECONDS_PER_YEAR = 365.25 * 86400

# Hodgkin-Huxley constants (mS/cm2, mV)
G_NA, G_K, G_L = 120.0, 36.0, 0.3
E_NA, E_K, E_L = 50.0, -77.0, -54.387


# --- chemistry and pharmacology ----------------------------------------------


def rk4(f: Callable, y: np.ndarray, t: float, dt: float) -> np.ndarray:
    k1 = f(t, y)
    k2 = f(t + dt / 2, y + dt / 2 * k1)
    k3 = f(t + dt / 2, y + dt / 2 * k2)
    k4 = f(t + dt, y + dt * k3)
    return y + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def reaction_network(rate_constants: dict[str, float], temperature: float = 310.0) -> np.ndarray:
    """A + B -> C (Arrhenius), C <-> D, enzyme step D -> E (Michaelis-Menten)."""
    A_pre, Ea = rate_constants["A"], rate_constants["Ea"]
    k1 = A_pre * np.exp(-Ea / (R_GAS * temperature))
    stoich = np.array(
        [[-1, 0, 0, 0], [-1, 0, 0, 0], [1, -1, 1, 0], [0, 1, -1, -1], [0, 0, 0, 1]], dtype=float
    )

    def rhs(t, c):
        a, b, cc, d, _ = c
        rates = np.array(
            [
                k1 * a * b,
                rate_constants["kf"] * cc,
                rate_constants["kr"] * d,
                rate_constants["vmax"] * d / (rate_constants["km"] + d),
            ]
        )
        return stoich @ rates

    c = np.array([1.0, 0.8, 0.0, 0.0, 0.0])
    traj = [c]
    for i in range(25):
        c = rk4(rhs, c, i * 0.1, 0.1)
        traj.append(c)
    return np.array(traj)[::5]


Dose = namedtuple("Dose", ["time", "amount", "route"])


def two_compartment_pk(params, doses, sample_times, dt=0.1):
    """Two-compartment model with oral and bolus doses, Euler steps between events."""
    p = {"ka": 1.1, "F": 0.8, **params}
    events = sorted((Dose(*d) for d in doses), key=lambda d: d.time)
    gut, central, periph = 0.0, 0.0, 0.0
    t, auc = 0.0, 0.0
    conc = []
    n_sampled = 0
    while n_sampled < len(sample_times):
        while events and events[0].time <= t + 1e-9:
            dose = events.pop(0)
            if dose.route == "oral":
                gut += p["F"] * dose.amount
            else:
                central += dose.amount
        if t >= sample_times[n_sampled] - 1e-9:
            conc.append(central / p["V"])
            n_sampled += 1
        absorbed = p["ka"] * gut
        exchange = p["k12"] * central - p["k21"] * periph
        elimination = p["CL"] / p["V"] * central
        gut -= dt * absorbed
        central += dt * (absorbed - exchange - elimination)
        periph += dt * exchange
        auc += dt * central / p["V"]
        t += dt
    return np.array(conc), auc


# --- biology -----------------------------------------------------------------


class NetworkSEIR:
    def __init__(self, adjacency, beta, sigma=0.3, gamma=0.2):
        self.W = np.array(adjacency, dtype=float)
        self.beta, self.sigma, self.gamma = beta, sigma, gamma
        self.n = self.W.shape[0]

    @property
    def r0(self):
        return np.max(np.abs(np.linalg.eigvalsh(self.W))) * self.beta / self.gamma

    def derivative(self, y):
        S, E, I, _ = y
        force = self.beta * self.W @ I
        return np.array(
            [
                -S * force,
                S * force - self.sigma * E,
                self.sigma * E - self.gamma * I,
                self.gamma * I,
            ]
        )

    def simulate(self, seed_node, days, dt=0.25, lockdown=None):
        y = np.zeros((4, self.n))
        y[0] = 1.0
        y[0, seed_node] -= 0.05
        y[2, seed_node] += 0.05
        infected = []
        for step in range(int(days / dt)):
            if lockdown is not None and step == int(lockdown / dt):
                self.beta *= 0.4
            y += dt * self.derivative(y)
            infected.append(y[2].mean())
        return y, np.array(infected)


def epidemic_on_network(beta, weights, lockdown=8):
    """Build a small city network, run an SEIR with a lockdown, return key figures."""
    edges = [(0, 1), (1, 2), (2, 3), (3, 0), (1, 3)]
    A = np.eye(4)
    for (i, j), w in zip(edges, weights):
        A[i, j] = A[j, i] = w
    model = NetworkSEIR(A, beta)
    r0 = model.r0
    final, infected = model.simulate(seed_node=2, days=20, lockdown=lockdown)
    return {"r0": r0, "attack": final[3], "peak": infected.max(), "total": infected.sum() * 0.25}


def hodgkin_huxley_voltage(current, dt=0.02, n_steps=300, v0=-65.0):
    """Membrane response to a current step (below or above threshold), forward Euler gates."""

    def vtrap(x, y):
        return x / (np.exp(x / y) - 1) if abs(x / y) > 1e-6 else y * (1 - x / y / 2)

    alpha = {
        "m": lambda v: 0.1 * vtrap(-(v + 40), 10),
        "h": lambda v: 0.07 * np.exp(-(v + 65) / 20),
        "n": lambda v: 0.01 * vtrap(-(v + 55), 10),
    }
    beta = {
        "m": lambda v: 4 * np.exp(-(v + 65) / 18),
        "h": lambda v: 1 / (1 + np.exp(-(v + 35) / 10)),
        "n": lambda v: 0.125 * np.exp(-(v + 65) / 80),
    }
    v = v0
    gate = {g: alpha[g](v) / (alpha[g](v) + beta[g](v)) for g in "mhn"}
    trace = np.empty(n_steps)
    for i in range(n_steps):
        stim = current if 20 <= i < 250 else 0.0
        i_na = G_NA * gate["m"] ** 3 * gate["h"] * (v - E_NA)
        i_k = G_K * gate["n"] ** 4 * (v - E_K)
        i_l = G_L * (v - E_L)
        for g, x in gate.items():
            gate[g] = x + dt * (alpha[g](v) * (1 - x) - beta[g](v) * x)
        v += dt * (stim - i_na - i_k - i_l)
        trace[i] = v
    return trace[::30], trace.max()


# --- climate, ice and water --------------------------------------------------


def budyko_climate(solar, co2, n_lat=12, D=0.55, tol=1e-10):
    """1D energy balance model with diffusive transport and smooth ice-albedo feedback."""
    x = (np.arange(n_lat) + 0.5) / n_lat  # sine of latitude
    edges = np.linspace(0, 1, n_lat + 1)
    insolation = solar / 4 * (1 - 0.482 * (3 * x**2 - 1) / 2)
    olr_a, olr_b = 203.3 - 5.35 * np.log(co2 / 280), 2.09
    conduct = D * (1 - edges**2) * n_lat**2
    M = np.zeros((n_lat, n_lat))
    for i in range(n_lat):
        for nb, c in ((i - 1, conduct[i]), (i + 1, conduct[i + 1])):
            if not 0 <= nb < n_lat:
                continue
            M[i, i] += c
            M[i, nb] -= c
    M += olr_b * np.eye(n_lat)
    T = 15 - 40 * x**2
    for _ in range(400):
        albedo = 0.45 - 0.15 * np.tanh((T + 8) / 6)
        T_new = np.linalg.solve(M, insolation * (1 - albedo) - olr_a)
        change = np.max(np.abs(T_new - T))
        T = T_new
        if change < tol:
            break
    return T, T.mean(), np.interp(-10.0, T[::-1], x[::-1])


@dataclass
class Glacier:
    bed: np.ndarray
    thickness: np.ndarray
    dx: float = 200.0
    rate_factor: float = 2.4e-24
    n: int = 3

    def flux(self):
        surface = self.bed + self.thickness
        slope = (surface[1:] - surface[:-1]) / self.dx
        h_mid = 0.5 * (self.thickness[1:] + self.thickness[:-1])
        factor = 2 * self.rate_factor / (self.n + 2) * (917 * 9.81) ** self.n
        return -factor * h_mid ** (self.n + 2) * np.abs(slope) ** (self.n - 1) * slope

    def step(self, balance, dt):
        q = self.flux() * SECONDS_PER_YEAR
        dh = np.zeros_like(self.thickness)
        dh[1:-1] = -(q[1:] - q[:-1]) / self.dx
        dh[0] = -q[0] / self.dx
        h = self.thickness + dt * (dh + balance)
        h[h < 0] = 0.0
        return replace(self, thickness=h)


def glacier_volume(bed, ela, gradient=0.007, years=40, dt=0.5):
    """Shallow-ice flowline glacier growing from bare rock."""
    glacier = Glacier(bed=bed, thickness=np.zeros_like(bed))
    for _ in range(int(years / dt)):
        surface = glacier.bed + glacier.thickness
        balance = np.minimum(gradient * (surface - ela), 1.5)
        glacier = glacier.step(balance, dt)
    length = np.count_nonzero(glacier.thickness > 0.5) * glacier.dx
    volume = np.sum(glacier.thickness) * glacier.dx / 1e3
    print(f"glacier length: {length:.0f} m")
    return volume, glacier.thickness, glacier.flux().max() * SECONDS_PER_YEAR


def bucket_model(precip, pet, temp, params):
    """Degree-day snow, soil bucket with thresholds, two linear reservoirs; returns discharge."""
    snow = 0.0
    soil = params["fc"] * 0.5
    fast = slow = 2.0
    discharge = []
    for P, E, T in zip(precip, pet, temp):
        if T < params["tt"]:
            snow += P
            rain = 0.0
        else:
            melt = min(snow, params["ddf"] * (T - params["tt"]))
            snow -= melt
            rain = P + melt
        wetness = soil / params["fc"]
        recharge = rain * wetness ** params["beta"] if rain > 0 else 0.0
        soil += rain - recharge
        soil -= E if soil > params["lp"] * params["fc"] else E * wetness / params["lp"]
        if soil > params["fc"]:
            recharge += soil - params["fc"]
            soil = params["fc"]
        percolation = min(fast, params["perc"])
        fast += recharge - percolation
        slow += percolation
        q = fast / params["k0"] + slow / params["k1"]
        fast -= fast / params["k0"]
        slow -= slow / params["k1"]
        discharge.append(q)
    return np.array(discharge), {"snow": snow, "soil": soil}


# --- solid earth, geodesy, sea -----------------------------------------------


def layered_travel_time(velocities, thicknesses, offset: float) -> tuple[float, float, list]:
    """Ray through horizontal layers: bisect then Newton on the ray parameter (Snell)."""
    v = np.asarray(velocities, dtype=float)
    h = np.asarray(thicknesses, dtype=float)

    def reach(p):
        return np.sum(h * p * v / np.sqrt(1 - (p * v) ** 2))

    lo, hi = 0.0, 0.999 / np.max(v)
    for _ in range(8):
        mid = 0.5 * (lo + hi)
        if reach(mid) < offset:
            lo = mid
        else:
            hi = mid
    p = 0.5 * (lo + hi)
    for _ in range(30):
        dxdp = np.sum(h * v / (1 - (p * v) ** 2) ** 1.5)
        correction = (reach(p) - offset) / dxdp
        p -= correction
        if abs(correction) < 1e-15:
            break
    time = np.sum(h / (v * np.sqrt(1 - (p * v) ** 2)))
    angles = [math.degrees(math.asin(p * vi)) for vi in v]
    return time, p, angles


def vincenty_distance(lat1, lon1, lat2, lon2, a=6378137.0, f=1 / 298.257223563):
    """Vincenty inverse formula on WGS84, distance in km and initial bearing in degrees."""
    b = (1 - f) * a
    phi1, phi2 = np.radians([lat1, lat2])
    L = np.radians(lon2 - lon1)
    U1, U2 = np.arctan((1 - f) * np.tan(phi1)), np.arctan((1 - f) * np.tan(phi2))
    sU1, cU1, sU2, cU2 = np.sin(U1), np.cos(U1), np.sin(U2), np.cos(U2)
    lam, lam_prev = L, np.inf
    while abs(lam - lam_prev) > 1e-13:
        sl, cl = np.sin(lam), np.cos(lam)
        sin_s = np.sqrt((cU2 * sl) ** 2 + (cU1 * sU2 - sU1 * cU2 * cl) ** 2)
        if sin_s == 0:
            return 0.0, 0.0
        cos_s = sU1 * sU2 + cU1 * cU2 * cl
        sigma = np.arctan2(sin_s, cos_s)
        sin_a = cU1 * cU2 * sl / sin_s
        cos2_a = 1 - sin_a**2
        cos_2sm = cos_s - 2 * sU1 * sU2 / cos2_a
        C = f / 16 * cos2_a * (4 + f * (4 - 3 * cos2_a))
        lam_prev = lam
        poly = cos_2sm + C * cos_s * (-1 + 2 * cos_2sm**2)
        lam = L + (1 - C) * f * sin_a * (sigma + C * sin_s * poly)
    u2 = cos2_a * (a**2 - b**2) / b**2
    A = 1 + u2 / 16384 * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)))
    B = u2 / 1024 * (256 + u2 * (-128 + u2 * (74 - 47 * u2)))
    inner = cos_s * (-1 + 2 * cos_2sm**2)
    d_sigma = B * sin_s * (cos_2sm + B / 4 * inner)
    bearing = np.degrees(np.arctan2(cU2 * sl, cU1 * sU2 - sU1 * cU2 * cl)) % 360
    return b * A * (sigma - d_sigma) / 1e3, bearing


_days = np.arange(14.0)
_precip = np.array([0.4, 6.2, 11.5, 0.4, 3.1, 0.4, 18.4, 7.7, 0.4, 0.4, 2.5, 9.8, 0.4, 1.2])
_temp = 1.3 + 3.5 * np.sin(0.6 * _days - 1.9)
_hbv = {
    "fc": 80.0,
    "tt": 0.2,
    "ddf": 2.8,
    "beta": 2.1,
    "lp": 0.7,
    "perc": 0.9,
    "k0": 4.0,
    "k1": 30.0,
}

PROGRAMS = [
    (
        reaction_network,
        ({"A": 4e5, "Ea": 3.2e4, "kf": 0.7, "kr": 0.25, "vmax": 0.5, "km": 0.3},),
    ),
    (
        two_compartment_pk,
        (
            {"V": 22.0, "CL": 3.1, "k12": 0.4, "k21": 0.25},
            [(0, 100.0, "oral"), (4, 50.0, "iv"), (8, 100.0, "oral")],
            [1, 3, 5, 9, 12],
        ),
    ),
    (epidemic_on_network, (0.35, np.array([0.5, 0.3, 0.6, 0.2, 0.45]))),
    (hodgkin_huxley_voltage, (4.3,)),
    (budyko_climate, (1361.0, 410.0)),
    (glacier_volume, (3300.0 - 28.0 * np.arange(16.0) ** 1.1, 3010.0)),
    (bucket_model, (_precip, 1.5 + 0.8 * np.cos(0.4 * _days), _temp, _hbv)),
    (layered_travel_time, ([1.5, 2.1, 3.4, 2.9], [0.4, 0.7, 1.1, 0.5], 2.3)),
    (vincenty_distance, (48.15, 11.57, -33.86, 151.21)),
]
