"""Derivatives that owe nothing to srcad: complex steps and extrapolated differences.

`derivative` differentiates a program along one direction.  It evaluates central differences of
shrinking step, extrapolates them (Ridders), and takes the entry with the smallest error estimate.
Where the program also runs on complex numbers, and the complex step agrees with the differences,
the complex step is used: it is exact to rounding.

`python -m tests.reference` checks the corpus and itself: every reference knows its own error.
"""

import copy
import importlib
import warnings

import numpy as np

MODULES = (
    "scalars_math",
    "branches",
    "loops",
    "carried",
    "loop_exits",
    "numpy_functions",
    "comprehensions",
    "growing_lists",
    "nested_lists",
    "containers",
    "slices_inplace",
    "views_aliases",
    "helpers_closures",
    "reductions_linalg",
    "numerics",
    "user_classes",
    "iteration",
    "unknown_lengths",
    "language",
    "attempts",
    "lists_as_arrays",
    "queues",
    "deques",
    "iterators",
    "generators",
    "found",
    "names_of_ours",
    "default_dicts",
    "library_calls",
    "complex_numbers",
    "grids",
)
FLOAT0 = np.dtype([("float0", "V")])
FLOATS = (float, complex, np.inexact)


def programs():
    """Every program of the corpus as (readable id, function, arguments)."""
    found = []
    for module in MODULES:
        seen = {}
        for function, args in importlib.import_module(f"tests.programs.{module}").PROGRAMS:
            name = function.__name__.replace("<lambda>", "anonymous")
            seen[name] = seen.get(name, 0) + 1
            found.append((f"{module}-{name}-{seen[name]}", function, args))
    return found


def leaves(tree):
    """The leaves of nested tuples, lists and dicts, dicts in the order of their sorted keys."""
    if isinstance(tree, dict):
        return [leaf for key in sorted(tree) for leaf in leaves(tree[key])]
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in leaves(item)]
    return [] if tree is None else [tree]


def rebuild(tree, new):
    """`tree` with its leaves taken from the iterator `new`."""
    if isinstance(tree, dict):
        items = {key: rebuild(tree[key], new) for key in sorted(tree)}
        return {key: items[key] for key in tree}
    if isinstance(tree, (tuple, list)):
        items = [rebuild(item, new) for item in tree]
        return type(tree)(*items) if hasattr(tree, "_fields") else type(tree)(items)
    return None if tree is None else next(new)


def is_float(leaf):
    """Whether a leaf carries a derivative."""
    if isinstance(leaf, np.ndarray):
        return np.issubdtype(leaf.dtype, np.inexact)
    return isinstance(leaf, FLOATS)


def random_like(leaf, generator):
    """A random tangent or cotangent of a leaf; float0 where the leaf has no derivative."""
    if not is_float(leaf):
        return np.zeros(np.shape(leaf), FLOAT0)
    draw = draws(np.shape(leaf), generator)
    if np.iscomplexobj(leaf):
        draw = draw + 1j * draws(np.shape(leaf), generator)
    if isinstance(leaf, np.ndarray):
        return draw.astype(leaf.dtype)
    return type(leaf)(draw)


def draws(shape, generator):
    """Numbers that are not small, of both signs."""
    return generator.uniform(0.4, 1.0, shape) * generator.choice([-1.0, 1.0], shape)


def inner(first, second):
    """The sum of the products of two lists of leaves, floats and complex numbers only.

    Where `first` is complex, the real part of the sum: the bar of z = x + iy is df/dx - i df/dy, so
    its product with a direction has the derivative along the direction as its real part.  Where
    only `second` is complex, it is a complex step.
    """
    total = 0.0
    for left, right in zip(first, second, strict=True):
        if getattr(left, "dtype", None) != FLOAT0 and getattr(right, "dtype", None) != FLOAT0:
            product = np.sum(np.asarray(left) * np.asarray(right, wide(right)))
            total = total + (np.real(product) if np.iscomplexobj(left) else product)
    return total


def wide(leaf):
    """The dtype of double precision for a leaf."""
    return np.complex128 if np.iscomplexobj(leaf) else np.float64


def directions(leaf, generator):
    """Directions to test: every axis of a small leaf, three random ones of a large one."""
    size = np.size(leaf)
    if size > 6:
        return [np.asarray(random_like(leaf, generator), wide(leaf)) for _ in range(3)]
    axes = [axis.reshape(np.shape(leaf)) for axis in np.eye(size)]
    return axes + [1j * axis for axis in axes] if np.iscomplexobj(leaf) else axes


def moved(args, position, change):
    """Copies of the arguments in double precision, the leaf at `position` moved by `change`."""
    flat = leaves(copied(args))
    for k, leaf in enumerate(flat):
        if is_float(leaf):
            if isinstance(leaf, np.ndarray | np.generic):
                flat[k] = leaf.astype(wide(leaf))
    if isinstance(flat[position], np.ndarray):
        flat[position] = np.asarray(flat[position] + change)
    else:
        flat[position] = flat[position] + change.item()
    return rebuild(args, iter(flat))


def copied(args):
    """A deep copy; `copy.deepcopy` makes a number of a 0-d array."""
    own = [x.copy() if isinstance(x, np.ndarray) else copy.deepcopy(x) for x in leaves(args)]
    return rebuild(args, iter(own))


def derivative(function, args, position, direction, cotangents):
    """The derivative of <cotangents, function(args)> along `direction`, and its error estimate."""

    unit = unit_of(leaves(args)[position])

    def along(change):
        there = moved(args, position, change * unit * direction)
        return inner(cotangents, leaves(function(*there))) / unit

    differences, error = ridders(along)
    # A step along the imaginary axis is a step like any other where numbers are complex anyway.
    are_complex = any(np.iscomplexobj(leaf) for leaf in (*leaves(args), *cotangents))
    exact = None if are_complex else complex_step(along)
    if exact is not None and abs(exact - differences) <= 10.0 * error + 1e-7 * abs(differences):
        return exact, 1e-13 * abs(exact), True
    return differences, error, False


def unit_of(leaf):
    """What steps are measured in: 1, or the size of what is given in nanometres, say."""
    size = float(np.max(np.abs(leaf), initial=0.0))
    return size if 0.0 < size < 1e-3 else 1.0


def complex_step(along):
    """The derivative by a complex step, or None where the program does not run on it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            value = along(1e-40j)
        except (TypeError, ValueError, Warning):
            return None
    return float(np.imag(value)) / 1e-40


def ridders(along, largest=0.04, levels=16):
    """Central differences extrapolated to step zero; steps that leave the domain are skipped."""
    best, error = np.nan, np.inf
    rows = []
    step = largest
    for _ in range(levels):
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            try:
                row = [float((along(step) - along(-step)) / (2.0 * step))]
            except (ArithmeticError, ValueError, AssertionError, RuntimeWarning):
                row = None
        if row is not None:
            if rows:
                for order, previous in enumerate(rows[-1][:5], start=1):
                    row.append(row[-1] + (row[-1] - previous) / (4.0**order - 1.0))
                    guess = max(abs(row[-1] - row[-2]), abs(row[-1] - previous))
                    guess = max(guess, 1e-14 * abs(row[-1]) / step)
                    if guess < error:
                        best, error = row[-1], guess
            rows.append(row)
        step /= 2.0
    # Over steps that jump (`x // y`), coarse differences can agree with each other by accident.
    finest = next((row[0] for row in reversed(rows) if row), best)
    if abs(best - finest) > 1e-3 * (1.0 + abs(finest)) and largest > 1e-3:
        return ridders(along, largest / 8.0, levels)
    return best, error


def main():
    """Check that the reference of every program agrees with itself."""
    count = bad = exactly = total = 0
    functions = set()
    for name, function, args in programs():
        count += 1
        functions.add(function.__code__)
        generator = np.random.default_rng(3)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                out = function(*copy.deepcopy(args))
        except (ValueError, AssertionError) as error:
            print(f"{name}: raises {error!r}")
            continue
        cotangents = [random_like(leaf, generator) for leaf in leaves(out)]
        for position, leaf in enumerate(leaves(args)):
            if is_float(leaf):
                for direction in directions(leaf, generator):
                    value, error, is_exact = derivative(
                        function, args, position, direction, cotangents
                    )
                    total += 1
                    exactly += is_exact
                    if not error <= 1e-7 * max(1.0, abs(value)):
                        bad += 1
                        print(f"{name}[{position}]: {value} with error {error}")
    print(f"{count} programs, {len(functions)} functions, {total} derivatives", end=", ")
    print(f"{exactly} by complex step, {bad} uncertain")
    return bad


if __name__ == "__main__":
    raise SystemExit(main() > 0)
