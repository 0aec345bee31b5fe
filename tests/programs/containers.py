"""Lists, dicts and ranges asked for what only the run tells: `in`, `index`, keys, orders."""

import numpy as np

DEFAULTS = {"rate": 0.3, "steps": 4}


def merged_dicts(x, given):
    options = {**DEFAULTS, **given, "scale": x}
    for _ in range(options["steps"]):
        x = x + options["rate"] * np.sin(x) * options["scale"]
    return x


def updated_dicts(x, given):
    state = dict(DEFAULTS, rate=x)
    state.update(given, extra=2.0 * x)
    state.setdefault("rate", 7.0)
    state.setdefault("more", x**2)
    return state.pop("rate") * state["extra"] + state.pop("none", x) * state["more"] * len(state)


def dict_of_pairs(x):
    table = dict([("a", x[0]), ("b", x[1])])
    return table["a"] * table["b"] ** 2


def dict_asked_by_counter(x, pulses, count):
    table = {when: (rate, level) for when, rate, level in pulses}
    for k in range(count):
        if k in table:
            rate, level = table[k]
            x = (1.0 - rate) * x + rate * level
        x = x * 1.1 + table.get(k + 1, (0.2, 0.1))[1]
    return x


def dict_written_by_counter(x, count):
    totals = {0: x, 1: 2.0 * x, 2: x**2}
    for k in range(count):
        totals[k % 3] = totals[k % 3] * x + k
    return totals[0] * totals[1] + totals[2]


def list_written_by_data(x):
    found = [x, 2.0 * x, x**2]
    place = int(x > 0.0) - 2 * int(x > 1.0)
    found[place] = x**3
    found[1:] = [found[0] * v for v in found[1:]]
    return found[0] + found[1] * found[2] ** 2 + found[place] * (x, x**2, x**3)[place]


def list_written_by_counter(x):
    found = [0.0] * 3
    for k in range(3):
        found[k] = x**k
    return found[0] + found[1] * found[2]


class Grid:
    def __init__(self, values):
        self.values = values

    def __getitem__(self, place):
        return self.values[place]

    def __setitem__(self, place, value):
        self.values[place] = value


def object_with_items(x):
    grid = Grid(x.copy())
    grid[1] = grid[0] * 3.0
    return grid[1] * np.sum(grid.values)


def keys_of_texts(x):
    powers = {}
    for k, v in enumerate((x, 2.0 * x, x**2)):
        powers[f"p{k:02d}"] = v**k
    return {f"{name!s}_half": value / 2.0 for name, value in powers.items()}


def within_tuple(x, count):
    total = 0.0
    for k in range(count):
        total = total + (x**2 if k in (0, count - 1) else x * k)
        if k not in [1, 2]:
            total = total * x
    return total


def within_array_and_range(x, count):
    total = 0.0
    for k in range(len(x)):
        if k in range(1, count, 2):
            total = total + x[k] ** 2
        if k in range(count, 0, -1) and x[k] in x[1:]:
            total = total * x[k]
    return total


def within_growing_list(x):
    seen = []
    for k in range(len(x)):
        if k % 2 not in seen:
            seen.append(k % 2)
        x[k] *= len(seen)
    return np.sum(x**2) * (3 if 1 in seen else 5)


def tuples_are_equal(x, count):
    total = 0.0
    for i in range(count):
        for j in range(count):
            if (i, j) == (1, 2) or [i, 0] == [j, i]:
                total = total + x * i
            if (i, j) in ((2, 0), (2, 1)):
                total = total * x
            if (i, "a") != (j, "b"):
                total = total + x
    return total


def index_of_smallest(x):
    ratios = [x[i] ** 2 + 1.0 for i in range(len(x))]
    place = ratios.index(min(ratios))
    return x[place] * x[0] + ratios.count(ratios[1]) * x[1]


def list_of_range(x):
    order = list(range(len(x)))
    order[0], order[2] = order[2], order[0]
    total = 0.0
    for k in range(len(x))[::-1]:
        total = 0.5 * total + x[order[k]] * k
    for k in range(len(x))[1:-1]:
        total = total * x[k]
    return total * len(range(1, len(x)))


def best_of_range(x):
    pivot = max(range(1, len(x)), key=lambda r: abs(x[r]))
    return x[pivot] ** 2 + x[min(range(len(x)), key=lambda r: x[r])]


def best_of_pairs(x):
    pairs = [(x[0] ** 2, x), (x[1], 2.0 * x), (np.sin(x[2]), x**2)]
    value, array = min(pairs, key=lambda pair: pair[0])
    nearest = min(x, key=lambda v: (v - 0.3) ** 2)
    return value * np.sum(array) + nearest * max(x[0], x[1], key=abs)


def sorted_by_key(x):
    order = sorted(range(len(x)), key=lambda i: -x[i])
    total = 0.0
    for k, i in enumerate(order):
        total = total + k * x[i] ** 2
    largest = sorted([v * 3.0 for v in x], key=lambda v: v**2, reverse=True)
    return total * largest[0] + largest[-1]


def sorted_in_place(x):
    squares = [v * v for v in x]
    squares.sort(reverse=True)
    names = sorted([("b", 1), ("a", 2)], key=lambda pair: pair[0])
    return squares[0] * 2.0 + squares[-1] * names[0][1]


def simplex_sorted(x, count):
    def f(p):
        return np.sum((p - 0.4) ** 2)

    simplex = [(f(p), p) for p in (x, x + 1.0, x * 2.0)]
    for _ in range(count):
        simplex.sort(key=lambda pair: pair[0])
        centre = np.mean([p for _, p in simplex[:-1]], axis=0)
        moved = centre + 0.7 * (centre - simplex[-1][1])
        if f(moved) < simplex[-1][0]:
            simplex[-1] = (f(moved), moved)
        else:
            simplex[1:] = [(f(0.5 * (p + centre)), 0.5 * (p + centre)) for _, p in simplex[1:]]
    return min(simplex, key=lambda pair: pair[0])


def rows_swapped_in_part(a):
    lower = a.copy()
    for k in range(len(a)):
        pivot = max(range(k, len(a)), key=lambda r: abs(lower[r, k]))
        if pivot != k:
            lower[[k, pivot], :k] = lower[[pivot, k], :k]
        lower[k] *= 1.5
    return lower


def power(x, n):
    if n == 0:
        return 1.0
    half = power(x, n // 2)
    return half * half if n % 2 == 0 else half * half * x


def recursion_on_ints(x, n):
    def binomial(m, k):
        return 1 if k in (0, m) else binomial(m - 1, k - 1) + binomial(m - 1, k)

    total = power(x, n)
    for k in range(n):
        total = total + binomial(n, k) * x**k
    return total


def cycle(u, h):
    if len(u) <= 3:
        u[1] = u[0] * h
        return u
    coarse = np.zeros((len(u) + 1) // 2)
    coarse[1:-1] = u[2:-2:2] ** 2
    coarse = cycle(coarse, 2.0 * h)
    u[::2] += coarse
    return u * h


def recursion_on_lengths(u, h):
    for _ in range(2):
        u = cycle(u, h)
    return u


def upwards(x):
    if x < 4.0:
        return upwards(x + 1.0) - 1.0 / x
    return np.log(x) - 0.5 / x


def recursion_on_data(x):
    return upwards(x[0]) * upwards(x[1])


def stacked_segments(x, width, overlap):
    starts = range(0, len(x) - width + 1, int(width * (1 - overlap)))
    segments = np.stack([x[s : s + width] for s in starts])
    return np.sum(segments**2, axis=1) * segments[:, 0]


def stacked_responses(images, kernel, stride=1):
    def response(image):
        padded = np.pad(image, 1)
        out = np.zeros((len(padded) - len(kernel)) // stride + 1)
        for k in range(len(out)):
            out[k] = np.dot(padded[k * stride : k * stride + len(kernel)], kernel)
        return out

    return np.stack([response(image) for image in images]) ** 2


X = np.array([0.5, -1.25, 2.0, 0.75])
A = np.sin(np.arange(16.0) ** 2).reshape(4, 4)
PULSES = [(1, 0.25, 0.5), (3, 0.5, -0.5)]

PROGRAMS = [
    (merged_dicts, (0.7, {"rate": 0.2})),
    (updated_dicts, (0.7, {"rate": 0.2})),
    (updated_dicts, (0.7, {})),
    (dict_of_pairs, (X,)),
    (dict_asked_by_counter, (0.7, PULSES, 5)),
    (dict_written_by_counter, (0.7, 5)),
    (list_written_by_data, (-0.7,)),
    (list_written_by_data, (0.7,)),
    (list_written_by_data, (1.7,)),
    (list_written_by_counter, (0.7,)),
    (object_with_items, (X,)),
    (keys_of_texts, (0.7,)),
    (within_tuple, (0.7, 6)),
    (within_array_and_range, (X, 4)),
    (within_growing_list, (X,)),
    (tuples_are_equal, (0.7, 3)),
    (index_of_smallest, (X,)),
    (list_of_range, (X,)),
    (best_of_range, (X,)),
    (best_of_pairs, (X,)),
    (sorted_by_key, (X,)),
    (sorted_in_place, (X,)),
    (simplex_sorted, (X, 6)),
    (rows_swapped_in_part, (A,)),
    (recursion_on_ints, (0.7, 4)),
    (recursion_on_lengths, (np.sin(np.arange(1.0, 10.0)), 0.5)),
    (recursion_on_data, (np.array([0.7, 5.0]),)),
    (stacked_segments, (np.sin(np.arange(1.0, 12.0)), 4, 0.4)),
    (stacked_responses, (A, X[:2])),
]
