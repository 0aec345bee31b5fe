"""Finance and time series: options, curves, volatility models, smoothing, filtering."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

TRADING_DAYS = 252


# --- options -----------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    spot: float
    strike: float
    rate: float
    vol: float
    expiry: float
    kind: str = "call"

    @property
    def d1(self):
        drift = (self.rate + 0.5 * self.vol**2) * self.expiry
        return (math.log(self.spot / self.strike) + drift) / (self.vol * math.sqrt(self.expiry))

    @property
    def d2(self):
        return self.d1 - self.vol * math.sqrt(self.expiry)

    @staticmethod
    def cdf(x):
        return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))

    def price(self):
        df = math.exp(-self.rate * self.expiry)
        if self.kind == "call":
            return self.spot * self.cdf(self.d1) - self.strike * df * self.cdf(self.d2)
        elif self.kind == "put":
            return self.strike * df * self.cdf(-self.d2) - self.spot * self.cdf(-self.d1)
        raise ValueError(f"unknown option type {self.kind!r}")


def black_scholes_straddle(spot, vol, rate=0.03, strike=100.0, expiry=0.5):
    call = Option(spot, strike, rate, vol, expiry)
    put = Option(spot, strike, rate, vol, expiry, kind="put")
    return {"call": call.price(), "put": put.price(), "straddle": call.price() + put.price()}


def american_put_tree(S0, K, r, sigma, T, N=25):
    """Cox-Ross-Rubinstein tree for an American put, stepping back in place."""
    dt = T / N
    u = np.exp(sigma * np.sqrt(dt))
    d = 1 / u
    p = (np.exp(r * dt) - d) / (u - d)
    disc = np.exp(-r * dt)

    S = S0 * u ** np.arange(N, -N - 1, -2.0)
    V = np.maximum(K - S, 0.0)
    for i in range(N - 1, -1, -1):
        S = S[: i + 1] * d
        V[: i + 1] = disc * (p * V[: i + 1] + (1 - p) * V[1 : i + 2])
        V[: i + 1] = np.maximum(V[: i + 1], K - S)
    return V[0]


def heston_asian_call(params, z1, z2, S0=100.0, K=98.0, T=1.0):
    """Arithmetic Asian call under Heston with given normal draws (paths x steps)."""
    n_paths, n_steps = z1.shape
    dt = T / n_steps
    kappa, theta, xi, rho = (params[k] for k in ("kappa", "theta", "xi", "rho"))
    r = params.get("r", 0.01)

    S = np.full((n_paths, n_steps + 1), S0)
    v = np.full(n_paths, params["v0"])
    for t in range(n_steps):
        w = rho * z1[:, t] + np.sqrt(1 - rho**2) * z2[:, t]
        vp = np.maximum(v, 0)
        S[:, t + 1] = S[:, t] * np.exp((r - 0.5 * vp) * dt + np.sqrt(vp * dt) * z1[:, t])
        v = v + kappa * (theta - vp) * dt + xi * np.sqrt(vp * dt) * w

    average = S[:, 1:].mean(axis=1)
    payoff = np.maximum(average - K, 0)
    price = np.exp(-r * T) * payoff.mean()
    stderr = np.exp(-r * T) * payoff.std(ddof=1) / np.sqrt(n_paths)
    return price, stderr


# --- fixed income ------------------------------------------------------------


def bootstrap_yield_curve(par_rates, maturities, swap_tenor=3.5):
    """Discount factors from annual par swap rates; missing years by linear interpolation."""
    years = np.arange(1, int(maturities[-1]) + 1)
    rates = np.interp(years, maturities, par_rates)
    dfs = []
    annuity = 0.0
    for s in rates:
        df = (1.0 - s * annuity) / (1.0 + s)
        dfs.append(df)
        annuity += df
    dfs = np.array(dfs)
    zero = -np.log(dfs) / years
    fwd = np.append(1.0, dfs[:-1]) / dfs - 1
    # log-linear interpolation for an odd tenor
    k = int(np.floor(swap_tenor))
    a = swap_tenor - k
    odd = np.exp((1 - a) * np.log(dfs[k - 1]) + a * np.log(dfs[k]))
    return zero, fwd, odd


# --- volatility and ARMA -----------------------------------------------------


def garch_negloglik(theta, returns):
    """Negative log-likelihood of GARCH(1,1) with a leverage (GJR) term."""
    omega, alpha, gamma, beta, mu = theta
    eps = returns - mu
    T = len(eps)
    h = np.zeros(T)
    h[0] = np.var(returns)
    for t in range(1, T):
        leverage = gamma * eps[t - 1] ** 2 if eps[t - 1] < 0 else 0.0
        h[t] = omega + alpha * eps[t - 1] ** 2 + leverage + beta * h[t - 1]
    nll = 0.5 * np.sum(np.log(2 * np.pi * h) + eps**2 / h)
    annual_vol = np.sqrt(TRADING_DAYS * h[-1])
    return nll, annual_vol


def arma_css_likelihood(y, ar, ma, const=0.0):
    """Conditional-sum-of-squares log-likelihood of an ARMA(p, q) model, and a forecast."""
    p, q = len(ar), len(ma)
    n = len(y)
    e = np.zeros(n)
    for t in range(p, n):
        pred = const
        for i in range(p):
            pred += ar[i] * y[t - 1 - i]
        for j in range(q):
            if t - 1 - j >= 0:
                pred += ma[j] * e[t - 1 - j]
        e[t] = y[t] - pred
    m = n - p
    s2 = np.dot(e[p:], e[p:]) / m
    loglik = -0.5 * m * (np.log(2 * np.pi * s2) + 1)
    forecast = const + np.dot(ar, y[: -p - 1 : -1]) + np.dot(ma, e[: -q - 1 : -1])
    return loglik, forecast


class HoltWinters:
    """Additive triple exponential smoothing."""

    def __init__(self, alpha, beta, gamma, period):
        self.alpha, self.beta, self.gamma = alpha, beta, gamma
        self.period = period

    def fit(self, y):
        m = self.period
        self.level = np.mean(y[:m])
        self.trend = (np.mean(y[m : 2 * m]) - np.mean(y[:m])) / m
        self.season = [v - self.level for v in y[:m]]
        self.sse = 0.0
        for t, obs in enumerate(y):
            s = self.season[t % m]
            self.sse += (obs - (self.level + self.trend + s)) ** 2
            last = self.level
            self.level = self.alpha * (obs - s) + (1 - self.alpha) * (last + self.trend)
            self.trend = self.beta * (self.level - last) + (1 - self.beta) * self.trend
            self.season[t % m] = self.gamma * (obs - self.level) + (1 - self.gamma) * s
        self.n = len(y)
        return self

    def forecast(self, h):
        return np.array(
            [
                self.level + k * self.trend + self.season[(self.n + k - 1) % self.period]
                for k in range(1, h + 1)
            ]
        )


def holt_winters_forecast(y, alpha, beta, gamma, period=4):
    model = HoltWinters(alpha, beta, gamma, period).fit(y)
    return model.forecast(period), model.sse


# --- filters and indicators --------------------------------------------------


def bollinger_position(prices, window=5, width=2.0):
    """Rolling mean and standard deviation with cumulative sums; last %B and RSI."""
    c1 = np.cumsum(np.insert(prices, 0, 0.0))
    c2 = np.cumsum(np.insert(prices**2, 0, 0.0))
    mean = (c1[window:] - c1[:-window]) / window
    var = (c2[window:] - c2[:-window]) / window - mean**2
    sd = np.sqrt(var)
    upper, lower = mean + width * sd, mean - width * sd
    pct_b = (prices[window - 1 :] - lower) / (upper - lower)

    delta = np.diff(prices)
    gain = delta[delta > 0].sum()
    loss = -delta[delta < 0].sum()
    rsi = 100 - 100 / (1 + gain / loss)

    peak = np.maximum.accumulate(prices)
    drawdown = np.max((peak - prices) / peak)
    return pct_b, rsi, drawdown


_z = np.sin(np.arange(48.0) * 1.7).reshape(8, 6) * 1.3
_z2 = np.cos(np.arange(48.0) * 2.9 + 0.4).reshape(8, 6) * 1.2
_ret = np.array([0.012, -0.021, 0.004, 0.017, -0.009, -0.013, 0.022, 0.001, -0.006, 0.011])
_sales = np.array([30.0, 21.0, 29.0, 36.5, 33.2, 24.1, 31.0, 40.3, 36.9, 27.0, 35.5, 43.1])
_px = np.array([101.0, 102.5, 101.7, 103.9, 105.2, 104.1, 102.0, 103.3, 106.4, 107.1])

PROGRAMS = [
    (black_scholes_straddle, (103.0, 0.22)),
    (american_put_tree, (97.3, 100.0, 0.04, 0.27, 0.75)),
    (
        heston_asian_call,
        ({"kappa": 1.5, "theta": 0.05, "xi": 0.3, "rho": -0.6, "v0": 0.04}, _z, _z2),
    ),
    (
        bootstrap_yield_curve,
        (np.array([0.021, 0.024, 0.028, 0.031]), np.array([1, 2, 4, 6])),
    ),
    (garch_negloglik, (np.array([8e-6, 0.06, 0.05, 0.85, 0.0008]), _ret)),
    (arma_css_likelihood, (_sales / 10.0, np.array([0.6, -0.2]), np.array([0.3]), 1.7)),
    (holt_winters_forecast, (_sales, 0.35, 0.12, 0.4)),
    (bollinger_position, (_px,)),
]
