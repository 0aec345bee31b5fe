"""No time is reported for a wrong Jacobian: small ones are compared with differences."""

import numpy as np

from benchmarks.adbench.jacobians import SparseRows

TOLERANCE = 1e-7  # of the largest entry
AGREEMENT = 1e-9  # of the largest entry, between styles and engines


class WrongJacobianError(Exception):
    """A Jacobian is not right."""


def entries(jacobian):
    """Give what has been computed of a Jacobian, as one array."""
    return jacobian.values if isinstance(jacobian, SparseRows) else jacobian


def dense(jacobian, given):
    """Give a Jacobian as a full matrix, a row a result; ``given`` is the input it is of."""
    if isinstance(jacobian, SparseRows):
        matrix = np.zeros((len(jacobian.rows) - 1, jacobian.columns.max() + 1))
        for row, (start, stop) in enumerate(zip(jacobian.rows, jacobian.rows[1:], strict=False)):
            matrix[row, jacobian.columns[start:stop]] = jacobian.values[start:stop]
        return matrix
    if jacobian.ndim == 1:
        return jacobian[None]
    if getattr(given, "us", None) is None:
        return jacobian
    # The first two columns are by the two numbers of ``us`` that belong to the row.
    places = np.arange(len(jacobian)) // 3
    by_us = np.zeros((len(jacobian), given.us.size))
    for number in range(2):
        by_us[np.arange(len(jacobian)), 2 * places + number] = jacobian[:, number]
    return np.concatenate([by_us, jacobian[:, 2:]], axis=1)


def differences(function, given, names, step=1e-4):
    """Differentiate by all numbers of these fields, by central differences, once refined."""

    def moved(name, place, distance):
        field = getattr(given, name).copy()
        field[place] += distance
        return np.ravel(function(given._replace(**{name: field})))

    def quotient(name, place, distance):
        ahead = moved(name, place, distance)
        return (ahead - moved(name, place, -distance)) / (2 * distance)

    columns = [
        (4 * quotient(name, place, step / 2) - quotient(name, place, step)) / 3
        for name in names
        for place in np.ndindex(getattr(given, name).shape)
    ]
    return np.stack(columns, axis=1)


def check(found, expected, tolerance):
    """Check that two arrays are equal, up to a part of the largest entry."""
    if np.shape(found) != np.shape(expected):
        raise WrongJacobianError(f"of shape {np.shape(found)}, not {np.shape(expected)}")
    error = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
    if not error <= tolerance:
        raise WrongJacobianError(f"off by {error:.1e} of the largest entry")
