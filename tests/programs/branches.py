"""Decisions: if, elif, else, conditional expressions, boolean operators, early returns."""

import math

import numpy as np


def piecewise(x):
    if x < 0.0:
        y = -x
    elif x < 1.0:
        y = x**2
    else:
        y = math.exp(1.0 - x)
    return y * x


def branch_without_else(x, y):
    if x > y:
        x = x * y
    return x + y


def nested_branches(x, y):
    if x > 0.0:
        if y > 0.0:
            result = x * y
        else:
            result = x - y**2
            if result < 0.0:
                result = result * 3.0
    else:
        result = math.sin(x) + y
    return result


def conditional_expression(x, y):
    larger = x if x > y else y
    sign = 1.0 if larger > 0.0 else (-1.0 if larger < -5.0 else 0.5)
    return larger**2 * sign + x * y


def chained_comparison(x, low, high):
    if low < x < high:
        return x * x
    if low >= x:
        return low * x
    return high + x


def boolean_operators(x, y):
    if (x > 0.0 and y > 0.0) or not x < 10.0:
        return x * y
    if not (x > 0.0 or y > 0.0):
        return x + y
    return x - y


def short_circuit(x, y):
    if y != 0.0 and x / y > 1.0:
        return x / y
    return x * 2.0


def boolean_variable(x, use_square):
    positive = x > 0.0
    both = positive and use_square
    if both:
        return x**2
    if positive:
        return x**3
    return -x


def early_return(x):
    if x < 0.0:
        return 0.5 * x
    y = x * x
    if y > 4.0:
        return y
    return y * x + 1.0


def return_inside_loop(x, limit):
    total = 0.0
    for k in range(10):
        total = total + x * (k + 1)
        if total > limit:
            return total * x
    return total - x


def return_inside_nested_loops(values, limit):
    total = 0.0
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            total = total + values[i, j] ** 2
            if total > limit:
                return total * values[i, j]
    return -total


def branch_in_loop(x, threshold):
    total = 0.0
    for i in range(len(x)):
        if x[i] > threshold:
            total += x[i] ** 2
        else:
            total -= 3.0 * x[i]
    return total


def branch_on_reduction(x):
    if np.sum(x) > 0.0:
        y = np.tanh(x)
    else:
        y = x**2
    return np.sum(y * x)


def branch_on_running_value(x, steps):
    for k in range(steps):
        if x > 1.0:
            x = x / 2.0
        else:
            x = 3.0 * x * x + 0.3
    return x


def branch_writes_array(x, flag):
    y = np.zeros(4)
    if flag:
        y[0] = x
        y[1] = x**2
    else:
        y[3] = 2.0 * x
    return np.sum(y * np.arange(4.0))


def name_bound_in_one_branch(x):
    scale = 1.0
    if x > 0.5:
        scale = x
        x = x * scale
    return scale * x


def guard(x):
    if x <= 0.0:
        raise ValueError("x must be positive")
    assert x < 100.0, "x is too large"
    return math.log(x)


def where_of_arrays(x, y):
    return np.where(x > y, x * y, x - y)


def where_with_scalar(x):
    return np.where(x > 0.0, x, 0.01 * x) * 2.0


def clipping(x):
    return np.clip(x, -0.5, 0.8) * x


def maxima_of_arrays(x, y):
    return np.maximum(x, y) * np.minimum(x, 0.3) + np.maximum(0.1, y)


def absolute_and_sign(x):
    return np.abs(x) * np.sign(x - 0.2) + abs(x)


def mode_by_string(x, mode="cubic"):
    if mode == "square":
        return x * x
    return x * x * x


def branch_on_shape(x):
    if x.ndim == 2:
        return x.sum(axis=0) ** 2
    return x * 3.0


def none_default(x, weights=None):
    if weights is None:
        weights = np.ones(len(x))
    return np.sum(weights * x**2)


def branch_that_constants_decide(x, a):
    if a > 2.0:
        y = x * 2.0
    else:
        if not 0.5 > 0.1:
            return np.sin(x)
        y = x * 3.0
    return y * x


def branch_that_a_constant_variable_decides(x, a):
    careful = -0.7 - 1.5 > 0.4
    if a > 2.0:
        y = x * 2.0
    else:
        if careful:
            z = x.copy()
            z[0] *= a
            y = z
        else:
            z = np.cos(x)
            z[0] *= x[1]
            x = z
            y = np.tanh(x)
            x, y = y, x
        return np.sin(x) * y
    return y * x


def result_read_while_it_is_made(x, y, a):
    if a > 1.0:
        x = x * y
    else:
        x = np.sin(x)
    if np.sum(x) > 0.4:
        x = x + a * y
        x = np.tanh(np.where(x > 0.3, x[::-1], x))
    return x * y


def names_change_places(x, y, a):
    z = x + y
    if a > 0.5:
        x, y, z = y, z, x
        if a > 1.5:
            x, y = y, x * a
    else:
        y, z = z, y
        return x * y - z
    return x * np.sin(y) + z * a


def flags_go_together(x, a):
    if a > 1.0:
        w = x * a
    elif a > 0.0:
        return np.cos(x)
    else:
        w = np.sin(x)
        if a < -1.0:
            return w
    if a > 1.0:
        w = w * x
    return w + w[::-1] * a


def flags_of_loops(x, n):
    total = 0.0
    for k in range(n):
        if x[k] > 1.0:
            last = x[k] * x[k - 1]
            if last > 2.0:
                return last * total
        else:
            last = np.sin(x[k])
        total = total + last * x[k]
    if n > 0:
        total = total + last
    return total


def one_side_is_the_old_array(x, a):
    z = x * 2.0
    if a > 0.5:
        w = z
    else:
        w = z.copy()
        w[0] *= a
        w[1:] += z[:-1]
    u = np.sin(w)
    v = u * z
    v[:] *= u[::-1]
    u -= a * v
    return w * u + z


def branch_in_a_branch_that_ends_in_a_view(x, outer, inner):
    if outer:
        if inner:
            y = x[:]
            y[::1] -= y
    return np.sum(x)



def choice_in_a_choice(x):
    place = int(x > 0.0) - 2 * int(x > 1.0)
    items = (x, x**2, x**3)
    return x * (items[0] if place == 0 else (items[1] if place == 1 else items[2]))


PROGRAMS = [
    (choice_in_a_choice, (-0.7,)),
    (choice_in_a_choice, (0.7,)),
    (choice_in_a_choice, (1.7,)),
    (piecewise, (-0.5,)),
    (piecewise, (0.5,)),
    (piecewise, (1.5,)),
    (branch_without_else, (2.0, 1.5)),
    (branch_without_else, (1.0, 1.5)),
    (nested_branches, (0.7, 0.4)),
    (nested_branches, (0.7, -2.4)),
    (nested_branches, (0.7, -0.4)),
    (nested_branches, (-0.7, 0.4)),
    (conditional_expression, (0.7, 0.4)),
    (conditional_expression, (-7.0, -6.4)),
    (chained_comparison, (0.5, 0.0, 1.0)),
    (chained_comparison, (-0.5, 0.2, 1.0)),
    (chained_comparison, (1.5, 0.2, 1.0)),
    (boolean_operators, (0.5, 0.7)),
    (boolean_operators, (-0.5, -0.7)),
    (boolean_operators, (-0.5, 0.7)),
    (boolean_operators, (12.0, -0.7)),
    (short_circuit, (1.5, 0)),
    (short_circuit, (1.5, 0.4)),
    (boolean_variable, (1.5, True)),
    (boolean_variable, (1.5, False)),
    (boolean_variable, (-1.5, True)),
    (early_return, (-0.5,)),
    (early_return, (1.5,)),
    (early_return, (2.5,)),
    (return_inside_loop, (0.7, 4.0)),
    (return_inside_loop, (0.7, 400.0)),
    (return_inside_nested_loops, (np.array([[0.5, 1.0], [1.5, 0.7]]), 2.0)),
    (return_inside_nested_loops, (np.array([[0.5, 1.0], [1.5, 0.7]]), 20.0)),
    (branch_in_loop, (np.array([0.2, 0.9, -0.3, 1.4, 0.4]), 0.5)),
    (branch_on_reduction, (np.array([0.2, 0.9, -0.3]),)),
    (branch_on_reduction, (np.array([0.2, -0.9, -0.3]),)),
    (branch_on_running_value, (0.9, 7)),
    (branch_on_running_value, (0.9, 0)),
    (branch_writes_array, (1.2, True)),
    (branch_writes_array, (1.2, False)),
    (name_bound_in_one_branch, (0.8,)),
    (name_bound_in_one_branch, (0.2,)),
    (guard, (1.8,)),
    (guard, (-1.8,)),
    (guard, (180.0,)),
    (where_of_arrays, (np.array([0.5, 1.5, -0.5]), np.array([1.0, 0.2, -2.0]))),
    (where_of_arrays, (np.array([[0.5], [1.5]]), np.array([1.0, 0.2, -2.0]))),
    (where_with_scalar, (np.array([0.5, -1.5]),)),
    (where_with_scalar, (0.7,)),
    (clipping, (np.array([0.5, -1.5, 2.5]),)),
    (maxima_of_arrays, (np.array([0.5, -1.5, 2.5]), np.array([0.7, -1.9, 0.05]))),
    (absolute_and_sign, (np.array([0.5, -1.5, 0.1]),)),
    (mode_by_string, (1.5,)),
    (branch_on_shape, (np.array([[0.5, 1.5], [2.0, -1.0]]),)),
    (branch_on_shape, (np.array([0.5, 1.5]),)),
    (none_default, (np.array([0.5, 1.5]),)),
    (none_default, (np.array([0.5, 1.5]), np.array([2.0, -1.0]))),
    (branch_that_constants_decide, (np.array([0.5, 1.5]), 1.5)),
    (branch_that_constants_decide, (np.array([0.5, 1.5]), 2.5)),
    (branch_that_a_constant_variable_decides, (np.array([0.5, 1.5]), 1.5)),
    (branch_that_a_constant_variable_decides, (np.array([0.5, 1.5]), 2.5)),
    (result_read_while_it_is_made, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), 1.5)),
    (result_read_while_it_is_made, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), 0.5)),
    (result_read_while_it_is_made, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), -3.0)),
    (names_change_places, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), 1.7)),
    (names_change_places, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), 0.7)),
    (names_change_places, (np.array([0.5, 1.5, -0.2]), np.array([0.3, -0.7, 1.1]), 0.2)),
    (flags_go_together, (np.array([0.5, 1.5, -0.2]), 1.5)),
    (flags_go_together, (np.array([0.5, 1.5, -0.2]), 0.5)),
    (flags_go_together, (np.array([0.5, 1.5, -0.2]), -0.5)),
    (flags_go_together, (np.array([0.5, 1.5, -0.2]), -1.5)),
    (flags_of_loops, (np.array([0.5, 1.5, 0.2]), 3)),
    (flags_of_loops, (np.array([1.2, 1.5, 1.9]), 3)),
    (flags_of_loops, (np.array([0.5, 0.6, 0.7]), 3)),
    (flags_of_loops, (np.array([0.5, 1.5]), 0)),
    (one_side_is_the_old_array, (np.array([0.5, 1.5, -0.2]), 0.7)),
    (one_side_is_the_old_array, (np.array([0.5, 1.5, -0.2]), 0.2)),
    (branch_in_a_branch_that_ends_in_a_view, (np.array([0.9, 0.3]), 0.6, 0.7)),
    (branch_in_a_branch_that_ends_in_a_view, (np.array([0.9, 0.3]), 0.6, 0.0)),
    (branch_in_a_branch_that_ends_in_a_view, (np.array([0.9, 0.3]), 0.0, 0.7)),
]
