"""Adjoint of `checks` (checks.py:3) with respect to x and y.

Written by srcad 0.1.0.  Do not edit: change `checks` and run it again.
"""


def checks_fwd(x, y, verbose):
    """`checks`, also returning what `checks_bwd` needs."""
    if not y > 0.0:
        raise AssertionError('y must be positive')
    if not x < 5.0:
        raise ValueError(f'x is too large: {x}')
    z = x / y
    t = verbose and (0.0 < z and z < 1.0) or x == 3.0
    if t:
        print('z is', z)
        z = z * z
    return z ** 2 + y, (x, y, t, z)


def checks_bwd(saved, out_bar):
    """Pull `out_bar` back to x and y."""
    x, y, t, z = saved

    # 7: z = x / y
    z2 = x / y

    # 11: return z**2 + y
    z_bar = out_bar * (2.0 * z)

    # 8: if verbose and 0.0 < z < 1.0 or x == 3.0:
    if t:
        # 10: z = z * z
        z_bar = z_bar * (2.0 * z2)

    # 7: z = x / y
    q = z_bar / y
    y_bar = out_bar - q * z2

    return q, y_bar
