"""Ways out of loops: `else`, `break` deep inside, and names that only some of the ways bind."""

import numpy as np


def bound_before_break_or_in_else(x, n):
    for k in range(n):
        if x * k > 1.0:
            y = x * x * k
            break
    else:
        y = 2.0 * x
    return y


def while_with_else(x, limit):
    while x < limit:
        trial = x * x
        if trial > 2.0:
            break
        x = 1.5 * x
    else:
        trial = 3.0 * x
    return trial * x


def bound_in_the_test_with_else(x, limit):
    y = 0.5
    while (double := 2.0 * x) < limit:
        y = x**3
        if y > 1.0:
            break
        x = double
    else:
        y = y * x * 2.0
    return y


def break_in_a_branch_then_rebound(x, n):
    y = 0.0
    for k in range(n):
        if k > 0:
            if x * k > 1.0:
                y = x * x * k
                break
            z = x
        y = 3.0 * x
    return y


def continue_in_a_branch_then_rebound(x, n):
    y = 0.0
    for k in range(n):
        if k > 0:
            if x * k > 1.0:
                y = x * x * k + y
                continue
            y = y + 1.0
        y = 3.0 * x * y + x
    return y


def else_inside_another_loop(xs, limit):
    total = 0.0
    for x in xs:
        for k in range(4):
            if x * k > limit:
                found = x**2 * k
                break
        else:
            continue
        total = total + found
    return total


def break_out_of_both(xs, limit):
    for x in xs:
        for k in range(5):
            best = x * x * k
            if best > limit:
                break
        else:
            continue
        break
    else:
        best = limit
    return best * x


def flag_of_the_user(x, n):
    found = False
    total = 0.0
    for k in range(n):
        if x[k] > 1.0:
            found = True
            break
        total = total + x[k] ** 2
    return total if found else total * x[0]


def two_buffers(start, steps):
    u = np.zeros((2, len(start)))
    u[0] = start
    for t in range(steps):
        u[(t + 1) % 2, 1:] = np.sin(u[t % 2, :-1])
        u[(t + 1) % 2, 0] += u[t % 2, -1] * 0.5
        u[(t + 2) % 2][:1] *= 0.7
    return np.sum(u[steps % 2] ** 2)


VALUES = np.array([0.3, 0.8, 0.4, 1.3, 0.9])
PROGRAMS = [
    (bound_before_break_or_in_else, (0.7, 4)),
    (bound_before_break_or_in_else, (0.2, 4)),
    (bound_before_break_or_in_else, (0.2, 0)),
    (while_with_else, (0.7, 1.2)),
    (while_with_else, (0.7, 9.0)),
    (while_with_else, (7.0, 3.0)),
    (bound_in_the_test_with_else, (0.7, 4.0)),
    (bound_in_the_test_with_else, (0.2, 1.0)),
    (bound_in_the_test_with_else, (3.0, 4.0)),
    (break_in_a_branch_then_rebound, (0.7, 4)),
    (break_in_a_branch_then_rebound, (0.2, 4)),
    (continue_in_a_branch_then_rebound, (0.7, 4)),
    (continue_in_a_branch_then_rebound, (0.2, 4)),
    (else_inside_another_loop, (VALUES, 1.5)),
    (break_out_of_both, (VALUES, 1.5)),
    (break_out_of_both, (VALUES, 3.1)),
    (break_out_of_both, (VALUES, 50.0)),
    (flag_of_the_user, (VALUES, 5)),
    (flag_of_the_user, (VALUES, 3)),
    (two_buffers, (VALUES, 3)),
    (two_buffers, (VALUES, 0)),
]
