"""Fit a predator-prey model to a century-old record of the fur trade.

From 1900 to 1920 the Hudson's Bay Company counted the pelts of snowshoe hares and of the lynxes
that eat them. Lotka and Volterra's equations describe such a cycle; their four rates, the two
populations at the start and the spread of each count are found by maximum likelihood. The model
below is ordinary NumPy, written for people. srcad reads it and writes its gradient.
"""

from pathlib import Path
from timeit import repeat

import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import approx_fprime, minimize

import srcad

HERE = Path(__file__).parent
STEPS = 10  # of the integrator, a year


# ---- the model -----------------------------------------------------------------------------------


def lotka_volterra(u, theta):
    """Rate of change of the populations `u` of hare and lynx."""
    hare, lynx = u
    alpha, beta, gamma, delta = theta
    return np.array([(alpha - beta * lynx) * hare, (delta * hare - gamma) * lynx])


def simulate(u, theta, years):
    """Populations from `u` on, `STEPS` a year, by the Runge-Kutta method of fourth order."""
    h = 1.0 / STEPS
    path = np.empty((years * STEPS + 1, 2))
    path[0] = u
    for n in range(years * STEPS):
        k1 = lotka_volterra(u, theta)
        k2 = lotka_volterra(u + 0.5 * h * k1, theta)
        k3 = lotka_volterra(u + 0.5 * h * k2, theta)
        k4 = lotka_volterra(u + h * k3, theta)
        u = u + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
        path[n + 1] = u
    return path


@srcad.differentiable
def negative_log_likelihood(params, counts):
    """How badly the logarithms of `params` explain `counts`, a row for each year."""
    theta = np.exp(params[:4])
    start = np.exp(params[4:6])
    sigma = np.exp(params[6:])
    path = simulate(start, theta, len(counts) - 1)
    error = (np.log(counts) - np.log(path[::STEPS])) / sigma
    return np.sum(0.5 * error**2 + np.log(sigma))


# ---- the fit -------------------------------------------------------------------------------------


def first_guess(counts):
    """A cycle of ten years gives the rates, and the mean populations their ratios."""
    hare, lynx = counts.mean(axis=0)
    rate = 2.0 * np.pi / 10.0
    return np.log([rate, rate / lynx, rate, rate / hare, counts[0, 0], counts[0, 1], 0.5, 0.5])


def fit(counts):
    """Minimise, with the value and the gradient from one call."""
    value_and_grad = srcad.value_and_grad(negative_log_likelihood)
    return minimize(value_and_grad, first_guess(counts), args=(counts,), jac=True, method="BFGS")


# ---- what to show --------------------------------------------------------------------------------

PUBLISHED = {  # posterior means: B. Carpenter, Stan case studies, 2018
    "alpha": (0.55, "births of hares"),
    "beta": (0.028, "deaths of hares, for each thousand lynxes"),
    "gamma": (0.80, "deaths of lynxes"),
    "delta": (0.024, "births of lynxes, for each thousand hares"),
}


def print_fit(result):
    print(f"{result.message} {result.nit} iterations, {result.nfev} calls.\n")
    print(f"{'rate':6}{'fitted':>10}{'published':>12}")
    theta = np.exp(result.x[:4])
    for fitted, (name, (published, meaning)) in zip(theta, PUBLISHED.items(), strict=True):
        print(f"{name:6}{fitted:10.4f}{published:12.3f}   {meaning}")


def print_speed(params, counts):
    """Time the gradient against finite differences, and compare their values."""

    def by_srcad():
        return value_and_grad(params, counts)[1]

    def by_differences():
        return approx_fprime(params, negative_log_likelihood, 1e-7, counts)

    value_and_grad = srcad.value_and_grad(negative_log_likelihood)
    scale = np.abs(by_srcad()).max()
    gap = np.abs(by_srcad() - by_differences()).max() / scale
    srcad_ms = 1e3 * min(repeat(by_srcad, number=20, repeat=5)) / 20
    differences_ms = 1e3 * min(repeat(by_differences, number=1, repeat=3))
    print(f"value and gradient by srcad:     {srcad_ms:9.3f} ms")
    print(f"gradient by finite differences:  {differences_ms:9.3f} ms, and wrong by {gap:.0e}")
    print(f"ratio:                           {differences_ms / srcad_ms:9.0f}")


def plot(years, counts, params, file):
    """Draw the counts, the fitted populations, and a band of one sigma around them."""
    theta, start, sigma = np.exp(params[:4]), np.exp(params[4:6]), np.exp(params[6:])
    path = simulate(start, theta, len(counts) - 1)
    time = years[0] + np.arange(len(path)) / STEPS

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for i, (name, colour) in enumerate([("hare", "tab:blue"), ("lynx", "tab:orange")]):
        low, high = path[:, i] * np.exp(-sigma[i]), path[:, i] * np.exp(sigma[i])
        axes.fill_between(time, low, high, color=colour, alpha=0.15, linewidth=0)
        axes.plot(time, path[:, i], color=colour, label=f"{name}, fitted")
        axes.plot(years, counts[:, i], "o", color=colour, markersize=5, label=f"{name}, counted")
    axes.set_title("Pelts collected by the Hudson's Bay Company, with one-sigma bands")
    axes.set_ylabel("thousands a year")
    axes.set_xticks(years[::4])
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper center", bbox_to_anchor=(0.45, 1.0))
    figure.savefig(file, dpi=150)


def main():
    table = np.loadtxt(HERE / "data" / "lynx_hare.csv", delimiter=",", skiprows=1)
    years, counts = table[:, 0], table[:, [2, 1]]  # hare first

    result = fit(counts)

    print("---- the adjoint that srcad wrote\n")
    print(negative_log_likelihood.adjoint_source)
    print("---- the fit\n")
    print_fit(result)
    print("\n---- the speed\n")
    print_speed(first_guess(counts), counts)

    file = HERE / "lynx_hare.png"
    plot(years, counts, result.x, file)
    print(f"\nData and fit are drawn in {file.relative_to(HERE.parent)}")


if __name__ == "__main__":
    main()
