"""Errors of the program itself, a print, and conditions of several parts."""

def checks(x, y, verbose):
    assert y > 0.0, "y must be positive"
    if not x < 5.0:
        raise ValueError(f"x is too large: {x}")
    z = x / y
    if verbose and 0.0 < z < 1.0 or x == 3.0:
        print("z is", z)
        z = z * z
    return z**2 + y


ARGS = (0.6, 1.4, False)
