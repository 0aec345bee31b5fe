"""`:=` in the condition of a loop: Newton's method until what is left is small."""


def cube_root(a, x):
    while abs(rest := x**3 - a) > 1e-7:
        x -= rest / (3.0 * x**2)
    return x * a


ARGS = (2.3, 1.0)
