"""A `while` loop: how often it runs is known when it ends."""

def newton(a, tolerance):
    x = a
    while abs(x * x - a) > tolerance:
        x = 0.5 * (x + a / x)
    return x**3


ARGNUMS = (0,)
ARGS = (2.7, 1e-3)
