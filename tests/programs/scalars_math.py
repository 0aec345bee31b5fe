"""Python scalars, the `math` module, and the kinds of numbers that come in and go out."""

import math

import numpy as np


def polynomial(x):
    return 3.0 * x**3 - 2.0 * x + 1.0


def quotient(x, y):
    numerator = x - y / 3.0
    return numerator / (1.0 + x * y)


def trigonometry(x, y):
    return math.sin(x) * math.cos(y) + math.tan(x * y)


def inverse_trigonometry(x, y):
    return math.asin(x) * math.acos(y) + math.atan(x / y) - math.atan2(y, x)


def hyperbolic(x):
    first = math.sinh(x) * math.cosh(x) - math.tanh(x)
    return first + math.asinh(x) * math.acosh(1.0 + x) * math.atanh(x / 2.0)


def exponentials(x, y):
    first = math.exp(-x) * math.log(y) + math.log1p(x) * math.expm1(y)
    return first + math.log2(x) - math.log10(y)


def roots(x, y):
    return math.sqrt(x) + math.hypot(x, y) * math.pow(x, 1.5)


def error_function(x):
    return math.erf(x) + x * math.erfc(x)


def angles(x):
    return math.sin(math.radians(30.0 * x)) + math.degrees(x) / 100.0


def power_of_two_variables(x, y):
    return x**y + y**x


def integer_powers(x):
    return x**0 + x**1 + x**2 + x**-1 + x**-3


def power_with_integer_argument(x, exponent):
    return x**exponent * exponent


def modulo_and_floor(x, y):
    return x % y + (x // y) * x - (-x) % y


def signs(x, y):
    return abs(x) * y + abs(y) - (-x) + (+y) + math.fabs(x * y)


def numpy_of_python_float(x):
    return np.sin(x) * np.exp(x)


def numpy_scalar_arithmetic(x, y):
    return x * y / 2 + x - 1


def integers_beside_floats(x, count):
    half = count // 2
    rest = count % 3
    return x * half + rest * x**2 - count / 4


def one_name_many_values(x):
    y = x
    x = x * x
    y = y + x
    x = math.sin(y) * x
    x = x + x
    return x * y


def unused_argument(x, y):
    unused = y * 2.0
    return x * x


def constant_result(x):
    return 3.0


def returns_its_argument(x):
    return x


def sine_and_cosine(x, y):
    return np.sin(x), np.cos(y)


def nested_result(x, y):
    product = x * y
    return {"sum": x + y, "parts": (product, [x, product * y])}


def same_result_twice(x):
    y = x * x
    return y, y


def tuple_unpacking(x, y):
    x, y = y, x * y
    (first, second), third = (x, y), x - y
    return first * second + third


def augmented_scalars(x, y):
    total = x
    total += y
    total *= x
    total -= 2.0 * y
    total /= x + 3.0
    total **= 2
    return total


def larger_and_smaller(x, y):
    return max(x, y) * 2.0 + min(x, y) * x + max(x, 0.1) - min(y, 9.0)


def conversions(x, count):
    return float(count) * x + int(x) * x + float(x) ** 2


def container_arguments(pair, settings):
    first, second = pair
    return first * settings["scale"] + second**2 * settings["shift"]


def math_constants(radius):
    return math.pi * radius**2 + math.e * radius


def float32_scalar(x):
    return x * x + x


def power_of_two_that_is_an_int(x, count):
    squarings = max(0, math.ceil(math.log2(x)) + count) if x > 0.1 else 0
    x = x / 2**squarings
    for _ in range(squarings):
        x = x * (x + 1.0)
    return x


PROGRAMS = [
    (power_of_two_that_is_an_int, (0.7, 2)),
    (power_of_two_that_is_an_int, (0.7, -3)),
    (power_of_two_that_is_an_int, (0.05, 2)),
    (polynomial, (1.3,)),
    (polynomial, (np.float64(1.3),)),
    (polynomial, (np.array([0.5, -1.5]),)),
    (quotient, (0.7, 1.9)),
    (quotient, (np.float64(0.7), 1.9)),
    (trigonometry, (0.4, 0.9)),
    (inverse_trigonometry, (0.4, 0.6)),
    (hyperbolic, (0.7,)),
    (exponentials, (0.7, 1.6)),
    (roots, (1.7, 0.6)),
    (error_function, (0.4,)),
    (angles, (0.8,)),
    (power_of_two_variables, (1.4, 2.3)),
    (integer_powers, (1.7,)),
    (integer_powers, (-0.7,)),
    (power_with_integer_argument, (1.3, 3)),
    (power_with_integer_argument, (1.3, -2)),
    (power_with_integer_argument, (1.3, 0)),
    (modulo_and_floor, (7.3, 2.1)),
    (modulo_and_floor, (-7.3, 2.1)),
    (modulo_and_floor, (7.3, -2.1)),
    (signs, (-0.4, 1.2)),
    (numpy_of_python_float, (0.3,)),
    (numpy_scalar_arithmetic, (np.float64(1.5), np.float64(-2.5))),
    (numpy_scalar_arithmetic, (np.float32(1.5), 2.5)),
    (numpy_scalar_arithmetic, (np.float32(1.5), np.float64(2.5))),
    (integers_beside_floats, (1.1, 7)),
    (integers_beside_floats, (1.1, -7)),
    (one_name_many_values, (0.8,)),
    (unused_argument, (1.5, 2.5)),
    (constant_result, (1.5,)),
    (returns_its_argument, (1.5,)),
    (returns_its_argument, (np.array([1.5, 2.5]),)),
    (sine_and_cosine, (0.5, 1.0)),
    (nested_result, (0.5, 1.5)),
    (same_result_twice, (1.5,)),
    (same_result_twice, (np.array([1.5, -0.5]),)),
    (tuple_unpacking, (0.6, 1.7)),
    (augmented_scalars, (0.6, 1.7)),
    (larger_and_smaller, (0.6, 1.7)),
    (larger_and_smaller, (2.6, 1.7)),
    (conversions, (2.6, 4)),
    (container_arguments, ((1.5, np.array([0.5, 2.0])), {"scale": 2.5, "shift": 0.3})),
    (math_constants, (1.5,)),
    (float32_scalar, (np.float32(1.5),)),
]
