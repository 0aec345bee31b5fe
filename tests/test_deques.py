"""What deques refuse: what is written behind their back, and what Python does not let them do."""

from collections import deque

import numpy as np
import pytest

import srcad
from tests.at_line import refused_at


def is_returned(x):
    return deque([x[0], x[1]])


def array_changes_after_it_came_in(x):
    history = deque(maxlen=2)
    for k in range(len(x)):
        y = x * k
        history.append(y)
        y += 1.0
    return np.sum(history[0])


def array_taken_out_changes(x):
    history = deque(maxlen=2)
    for k in range(20 * len(x)):
        history.append(x * k)
    history[0][1] = 5.0
    return np.sum(np.array(history))


def grows_while_gone_through(x):
    history = deque([x[0], x[1]], maxlen=2)
    for v in history:
        history.append(v * 2.0)
    return history[0]


def is_added(x):
    return sum(deque([x[0]]) + deque([x[1]]))


def is_an_item(x):
    out = []
    for k in range(20 * len(x)):
        out.append(deque([x[0] * k]))
    return out[0].popleft()


REFUSED = [
    (is_returned, 1, "a deque cannot be returned", "list(...)"),
    (array_changes_after_it_came_in, 5, "memory that `history` may share", ".copy()"),
    (array_taken_out_changes, 4, "memory that `history` may share", ".copy()"),
    (grows_while_gone_through, 3, "changes a list while a loop goes through it", "list(items)"),
    (is_added, 1, "operators on deques", "extend"),
    (is_an_item, 2, "whose items are not alike", "array"),
]


@pytest.mark.parametrize(("function", "line", "message", "hint"), REFUSED)
def test_refusals_name_the_line_and_the_way_out(function, line, message, hint):
    refused_at(line, function, np.array([0.5, 1.2, -0.8]), message=message, hint=hint)


def slices(x):
    return deque(x)[:2]


def negative_bound(x):
    return deque(x, maxlen=-1)[0]


def of_lists_only(x):
    values = deque(x)
    values.sort()
    return values[0]


@pytest.mark.parametrize("function", [slices, negative_bound, of_lists_only])
def test_what_python_refuses_raises_as_in_python(function):
    x = np.array([0.5, 1.2, -0.8])
    with pytest.raises(Exception) as expected:  # noqa: PT011  whatever Python raises
        function(x)
    with pytest.raises(type(expected.value)) as caught:
        srcad.vjp(function, x)
    assert str(caught.value) == str(expected.value)
