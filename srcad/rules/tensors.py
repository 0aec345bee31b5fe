"""Products of arrays of any number of axes: `np.einsum`, `np.tensordot` and their kin.

All of them are written as transposes, reshapes and products that have rules: `plan_of` decides
which, from the subscripts and the numbers of axes alone.
"""

from __future__ import annotations

import numpy as np

from srcad.rules.reductions import conjugate
from srcad.rules.registry import expand, known, multilinear, shape_rule

# -- einsum ----------------------------------------------------------------------------------------


@expand(np.einsum)
def einsum(subscripts, *operands, optimize=False):
    inputs, output = subscripts_of(subscripts, ranks_of(operands))
    return contracted(operands, inputs, output)


def ranks_of(operands):
    if len(operands) == 0:
        return ()
    return (np.ndim(operands[0]), *ranks_of(operands[1:]))


@known
def subscripts_of(subscripts, ranks):
    """The labels of each operand and of the result; an ellipsis as labels of its own."""
    if not isinstance(subscripts, str):
        raise NotImplementedError("np.einsum without a string of subscripts has no rule")
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    given = left.split(",")
    if len(given) != len(ranks):
        raise ValueError("np.einsum: there must be one group of subscripts for each operand")
    free = [chr(code) for code in range(ord("A"), ord("Z") + 1) if chr(code) not in subscripts]
    more = [
        rank - len(labels.replace("...", "")) for labels, rank in zip(given, ranks, strict=True)
    ]
    widest = max(count if "..." in labels else 0 for labels, count in zip(given, more, strict=True))
    rest = "".join(free[:widest])
    inputs = [
        labels.replace("...", rest[widest - count :] if count else "")
        for labels, count in zip(given, more, strict=True)
    ]
    for labels, rank in zip(inputs, ranks, strict=True):
        if len(labels) != rank:
            raise ValueError(f"np.einsum: the subscripts {labels!r} are not of {rank} axes")
    if not arrow:
        every = "".join(inputs)
        once = sorted(x for x in set(every) if every.count(x) == 1 and x not in rest)
        output = rest + "".join(once)
    return tuple(inputs), output.replace("...", rest)


def contracted(operands, inputs, output):
    """The product of all operands: two at a time, from the left."""
    if len(operands) == 1:
        return single(operands[0], inputs[0], output)
    kept = kept_of(inputs[0], inputs[1], inputs[2:], output)
    product = pair(operands[0], operands[1], inputs[0], inputs[1], kept)
    if len(operands) == 2:
        return product
    return contracted((product, *operands[2:]), (kept, *inputs[2:]), output)


@known
def kept_of(left, right, others, output):
    """The labels of a product of two operands that something still needs, in a good order."""
    if not others:
        return output
    needed = set("".join(others) + output)
    return "".join(x for x in dict.fromkeys(left + right) if x in needed)


def single(x, labels, output):
    """One operand: diagonals, sums, and the axes in the order asked for."""
    twice = repeated(labels)
    if twice is not None:
        first, second, rest = twice
        return single(np.diagonal(x, 0, first, second), rest, output)
    lost = positions(labels, output, False)
    if len(lost) > 0 and len(lost) == len(labels):
        return np.sum(x)
    if len(lost) > 0:
        return single(np.sum(x, axis=lost), without(labels, output), output)
    return ordered(x, labels, output)


def ordered(x, labels, output):
    if labels == output:
        return np.asarray(x)
    if len(labels) == 2:
        return x.T
    return np.transpose(x, order_of(labels, output))


@known
def order_of(labels, output):
    return tuple(labels.index(x) for x in output)


@known
def repeated(labels):
    """Two axes of the same label, and the labels once `np.diagonal` has put them at the end."""
    for second, label in enumerate(labels):
        first = labels.index(label)
        if first != second:
            return first, second, labels.replace(label, "", 2) + label
    return None


@known
def positions(labels, others, inside):
    """Which axes have labels that are (or are not) among others."""
    return tuple(place for place, x in enumerate(labels) if (x in others) == inside)


@known
def without(labels, output):
    return "".join(x for x in labels if x in output)


@known
def distinct(labels):
    return "".join(dict.fromkeys(labels))


def pair(a, b, left, right, output):
    """Two operands: a product of matrices, or of elements where nothing is summed over."""
    # What only one operand has and the result lacks is summed before, with the diagonals.
    wanted_left, wanted_right = distinct_in(left, right + output), distinct_in(right, left + output)
    a = single(a, left, wanted_left)
    b = single(b, right, wanted_right)
    if shared_sums(wanted_left, wanted_right, output) == "":
        return spread_product(a, b, wanted_left, wanted_right, output)
    return matrix_product(a, b, wanted_left, wanted_right, output)


@known
def distinct_in(labels, others):
    return "".join(x for x in dict.fromkeys(labels) if x in others)


@known
def shared_sums(left, right, output):
    return "".join(x for x in left if x in right and x not in output)


def spread_product(a, b, left, right, output):
    """A product of elements: each operand with axes of length 1 for what it lacks."""
    return placed(a, left, output) * placed(b, right, output)


def placed(x, labels, output):
    if labels == "" or labels == output:
        return x
    new = missing_axes(labels, output)
    aligned = ordered(x, labels, without(output, labels))
    if len(new) == 0:
        return aligned
    return np.expand_dims(aligned, new)


@known
def missing_axes(labels, output):
    """The axes to add, those in front left to broadcasting."""
    first = min(output.index(x) for x in labels)
    return tuple(place for place, x in enumerate(output) if x not in labels and place > first)


def matrix_product(a, b, left, right, output):
    """A product of (stacks of) matrices, their axes brought together and apart again."""
    stack, rows, sums, columns = roles(left, right, output)
    if stack == "" and len(sums) == len(left) and len(sums) == len(right):
        return full_sum(a, ordered(b, right, left))
    x = ordered(a, left, stack + rows + sums)
    y = ordered(b, right, stack + sums + columns)
    if stack == "" and len(sums) == 1 and len(rows) < 2 and len(columns) < 2:
        return ordered(x @ y, rows + columns, output)
    if stack == "":
        made = matrix_of(x, len(rows)) @ matrix_of(y, len(sums))
        shape = (*x.shape[: len(rows)], *y.shape[len(sums) :])
        return ordered(np.reshape(made, shape), rows + columns, output)
    count = len(stack)
    made = stacked(x, count, len(rows)) @ stacked(y, count, len(sums))
    shape = (*x.shape[: count + len(rows)], *y.shape[count + len(sums) :])
    return ordered(np.reshape(made, shape), stack + rows + columns, output)


def full_sum(a, b):
    if np.ndim(a) == 1:
        return a @ b
    return np.sum(a * b)


@known
def roles(left, right, output):
    """Labels in both and kept, of the left only, summed over, of the right only."""
    stack = "".join(x for x in output if x in left and x in right)
    rows = "".join(x for x in output if x in left and x not in right)
    sums = "".join(x for x in left if x in right and x not in output)
    columns = "".join(x for x in output if x in right and x not in left)
    return stack, rows, sums, columns


def matrix_of(x, rows):
    """The first axes as rows, the others as columns."""
    if x.ndim == 2 and rows == 1:
        return x
    return np.reshape(x, (extent(x.shape[:rows]), extent(x.shape[rows:])))


def stacked(x, count, rows):
    """A stack of matrices: the axes of the stack, then rows, then columns."""
    if x.ndim == count + 2 and rows == 1:
        return x
    shape = x.shape
    inner = (extent(shape[count : count + rows]), extent(shape[count + rows :]))
    return np.reshape(x, (*shape[:count], *inner))


def extent(lengths):
    if len(lengths) == 0:
        return 1
    if len(lengths) == 1:
        return lengths[0]
    return lengths[0] * extent(lengths[1:])


# -- other products --------------------------------------------------------------------------------


@expand(np.tensordot, options={"fixed": ("axes",)})
def tensordot(a, b, axes=2):
    a, b = np.asarray(a), np.asarray(b)
    left, right, output = labels_of(a.ndim, b.ndim, axes)
    if shared_sums(left, right, output) == "":
        return spread_product(a, b, left, right, output)
    return matrix_product(a, b, left, right, output)


@known
def labels_of(left, right, axes):
    """The subscripts of `np.einsum` that say what `np.tensordot` does."""
    if isinstance(axes, int):
        axes = (tuple(range(left - axes, left)), tuple(range(axes)))
    sums = [(part,) if isinstance(part, int) else tuple(part) for part in axes]
    names = [chr(ord("a") + place) for place in range(left + right)]
    first, second = names[:left], names[left:]
    for one, other in zip(*sums, strict=True):
        second[other % right] = first[one % left]
    output = [x for x in first if x not in second] + [x for x in second if x not in first]
    return "".join(first), "".join(second), "".join(output)


@expand(np.kron)
def kron(a, b):
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    if a.ndim < b.ndim:
        return kron(np.reshape(a, (*(1,) * (b.ndim - a.ndim), *a.shape)), b)
    if b.ndim < a.ndim:
        return kron(a, np.reshape(b, (*(1,) * (a.ndim - b.ndim), *b.shape)))
    product = np.expand_dims(a, places(a.ndim, 1)) * np.expand_dims(b, places(a.ndim, 0))
    return np.reshape(product, multiplied(a.shape, b.shape))


@known
def places(rank, first):
    """Every second axis of twice as many."""
    return tuple(range(first, 2 * rank, 2))


def multiplied(left, right):
    if len(left) == 0:
        return ()
    return (left[0] * right[0], *multiplied(left[1:], right[1:]))


@expand(np.cross, options={"fixed": ("axisa", "axisb", "axisc", "axis")})
def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    if axis is not None:
        return cross(a, b, axis, axis, axis)
    a = np.moveaxis(np.asarray(a), axisa, 0)
    b = np.moveaxis(np.asarray(b), axisb, 0)
    if a.shape[0] != 3 or b.shape[0] != 3:
        raise ValueError("np.cross: both arrays must be of vectors of three components")
    first = a[1] * b[2] - a[2] * b[1]
    second = a[2] * b[0] - a[0] * b[2]
    third = a[0] * b[1] - a[1] * b[0]
    if np.ndim(first) == 0:
        return np.array((first, second, third))
    return np.stack((first, second, third), axis=axisc)


@expand(np.linalg.multi_dot)
def multi_dot(arrays):
    """From the left; the order matters for speed only."""
    if len(arrays) == 2:
        return arrays[0] @ arrays[1]
    return multi_dot((arrays[0] @ arrays[1], *arrays[2:]))


@expand(np.linalg.matrix_power, options={"fixed": ("n",)})
def matrix_power(a, n):
    if n == 0:
        return np.broadcast_to(np.eye(a.shape[-1], dtype=a.dtype), a.shape).copy()
    if n < 0:
        return matrix_power(np.linalg.inv(a), -n)
    if n == 1:
        return a
    if n == 2:
        return a @ a
    if n == 3:
        return (a @ a) @ a
    half = matrix_power(a, n // 2)
    if n % 2 == 0:
        return half @ half
    return (half @ half) @ a


# -- convolutions ----------------------------------------------------------------------------------


def embedded(bar, a, v, mode):
    """The bar of the part of a convolution that was kept, as the bar of all of it."""
    if mode == "full":
        return bar
    shorter = min(a.shape[0], v.shape[0])
    start = (shorter - 1) // 2 if mode == "same" else shorter - 1
    whole = np.zeros(a.shape[0] + v.shape[0] - 1, bar.dtype)
    whole[start : start + bar.shape[0]] = bar
    return whole


@multilinear(np.convolve, costly=True)
def convolve(ans_bar, a, v, mode="full"):
    bar = embedded(ans_bar, a, v, mode)
    return part_of_convolution(bar, v, a), part_of_convolution(bar, a, v)


def part_of_convolution(bar, other, wanted):
    """What one of two sequences gets of the bar of their convolution."""
    start = other.shape[0] - 1
    return np.convolve(bar, other[::-1])[start : start + wanted.shape[0]]


@expand(np.correlate, options={"fixed": ("mode",)})
def correlate(a, v, mode="valid"):
    return np.convolve(a, np.flip(conjugate(v)), mode)


@shape_rule(np.convolve)
def convolve_shape(sizes, a, v, mode="full"):
    left, right = a.shape[0], v.shape[0]
    if mode != "full":
        return None
    both = left + right if hasattr(left, "terms") else right + left
    return (both + -1 if hasattr(both, "terms") else both - 1,)
