"""Helper functions, keyword and default arguments, closures, module globals."""

import math

import numpy as np

GRAVITY = 9.81
WEIGHTS = np.array([0.2, 0.5, 0.3])
SETTINGS = {"rate": 0.4, "offset": 1.5}


def square(x):
    return x * x


def affine(x, slope=2.0, shift=0.5):
    return slope * x + shift


def two_results(x, y):
    return x * y, x + y


def early_helper(x):
    if x < 0.0:
        return -x
    for k in range(3):
        x = x * 1.1
        if x > 2.0:
            return x + k
    return x


def fill(values, number):
    for i in range(len(values)):
        values[i] = number * (i + 1) * values[i]


def calls_helper(x):
    return square(x) + square(square(x) + x)


def calls_with_keywords(x, y):
    return affine(x, shift=y) + affine(y, slope=x) + affine(shift=x * y, x=y)


def calls_for_two_results(x, y):
    product, total = two_results(x, y)
    again = two_results(total, product)
    return again[0] * again[1]


def helper_in_loop(x, count):
    for _ in range(count):
        x = affine(square(x), slope=0.3)
    return x


def helper_with_early_return(x, y):
    return early_helper(x) * early_helper(y) + early_helper(x * y)


def helper_mutates(x, y):
    a = x.copy()
    fill(a, y)
    fill(a[1:], y)
    return a


def helper_of_arrays(x):
    return normalise(x) * normalise(x * x)


def normalise(x):
    x = x - np.mean(x)
    return x / np.sqrt(np.sum(x**2))


def helper_keeps_its_own_names(x):
    y = x * 2.0
    z = shadowing(y)
    return y * z


def shadowing(x):
    y = x + 1.0
    z = y * x
    return z


def module_globals(height, x):
    time = math.sqrt(2.0 * height / GRAVITY)
    return time * np.sum(WEIGHTS * x) + SETTINGS["rate"] * x[0] * SETTINGS["offset"]


def function_as_argument(x, operation=square):
    return operation(x) * 3.0


def passes_functions(x):
    return apply_twice(square, x) + apply_twice(math.sin, x)


def apply_twice(operation, x):
    return operation(operation(x))


def local_function(x, y):
    def inner(z):
        return z * y + x

    return inner(x) * inner(y)


def local_lambda(x):
    shifted = lambda z: z * z + x  # noqa: E731
    return shifted(2.0) * shifted(x)


def late_binding(x):
    def inner(z):
        return z * factor

    factor = x
    first = inner(x)
    factor = x * x
    return first + inner(x)


def make_closure(scale, table):
    def closure(x):
        return scale * np.sum(table * x**2)

    return closure


def make_nested_closure(power):
    def raise_it(x):
        return x**power

    def nested(x, y):
        return raise_it(x) * raise_it(y)

    return nested


def default_array(x, weights=WEIGHTS):
    return np.sum(weights * np.sin(x))


def keyword_only(x, *, scale=3.0):
    return x * x * scale


anonymous = lambda x, y: x * math.exp(-y)  # noqa: E731

PROGRAMS = [
    (calls_helper, (0.7,)),
    (calls_with_keywords, (0.7, 1.4)),
    (calls_for_two_results, (0.7, 1.4)),
    (helper_in_loop, (0.7, 3)),
    (helper_with_early_return, (1.7, -0.6)),
    (helper_mutates, (np.array([0.5, 1.5, -0.5]), 0.7)),
    (helper_of_arrays, (np.array([0.5, 1.5, -0.5, 0.8]),)),
    (helper_keeps_its_own_names, (0.7,)),
    (module_globals, (1.7, np.array([0.5, 1.5, -0.5]))),
    (function_as_argument, (0.7,)),
    (passes_functions, (0.7,)),
    (local_function, (0.7, 1.4)),
    (local_lambda, (0.7,)),
    (late_binding, (0.7,)),
    (make_closure(0.3, np.array([1.0, 2.0, 4.0])), (np.array([0.5, 1.5, -0.5]),)),
    (make_nested_closure(3), (0.7, 1.4)),
    (default_array, (np.array([0.5, 1.5, -0.5]),)),
    (keyword_only, (0.7,)),
    (anonymous, (0.7, 1.4)),
]
