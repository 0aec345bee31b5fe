"""No time is reported for a wrong gradient."""

import numpy as np

VALUE_TOLERANCE = 1e-9
GRADIENT_TOLERANCE = 1e-9  # of the largest component
DIRECTION_TOLERANCE = 1e-7


class WrongResultError(Exception):
    """A competitor's value or gradient is not right."""


def difference_quotient(program, arguments, directions, step=1e-3):
    """Differentiate along directions ({position: array}) by central differences, twice refined."""

    def value(distance):
        moved = [
            argument + distance * directions[position]
            if position in directions
            else argument.copy()
            if isinstance(argument, np.ndarray)
            else argument
            for position, argument in enumerate(arguments)
        ]
        return float(program(*moved))

    def quotient(distance):
        return (value(distance) - value(-distance)) / (2 * distance)

    return (4 * quotient(step / 2) - quotient(step)) / 3


def check_direction(kernel, arguments, gradients):
    """Check gradients along a random direction against difference quotients."""
    generator = np.random.default_rng(7)
    directions = {
        position: generator.standard_normal(arguments[position].shape)
        for position in kernel.differentiated
    }
    expected = difference_quotient(kernel.program, arguments, directions)
    found = sum(
        float(np.sum(np.asarray(gradient) * direction))
        for gradient, direction in zip(gradients, directions.values(), strict=True)
    )
    if not abs(found - expected) <= DIRECTION_TOLERANCE * max(1.0, abs(expected)):
        raise WrongResultError(f"derivative along a direction {found:.12g}, not {expected:.12g}")


def check_value(found, expected):
    """Check the function's value."""
    if not abs(float(found) - expected) <= VALUE_TOLERANCE * max(1.0, abs(expected)):
        raise WrongResultError(f"value {float(found):.15g}, not {expected:.15g}")


def check_gradients(found, expected):
    """Check every gradient against the reference."""
    if len(found) != len(expected):
        raise WrongResultError(f"{len(found)} gradients, not {len(expected)}")
    for position, (array, reference) in enumerate(zip(found, expected, strict=True)):
        array = np.asarray(array)
        if array.shape != reference.shape or array.dtype != reference.dtype:
            raise WrongResultError(
                f"gradient {position} is {array.dtype}{array.shape}, "
                f"not {reference.dtype}{reference.shape}"
            )
        error = np.max(np.abs(array - reference)) / np.max(np.abs(reference))
        if not error <= GRADIENT_TOLERANCE:
            raise WrongResultError(f"gradient {position} is off by {error:.1e} of its largest part")


def check_unchanged(arguments, originals):
    """Check that a competitor left the caller's arrays as they were."""
    for position, (argument, original) in enumerate(zip(arguments, originals, strict=True)):
        if not np.array_equal(argument, original):
            raise WrongResultError(f"argument {position} was changed")
