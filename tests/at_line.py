"""Errors that name a line of a function and say what to do."""

import pytest

import srcad
from srcad.errors import SrcadError


def refused_at(line, function, *args, message, hint=None):
    """Check that a function is refused at a line, counted from its `def`, and with which words."""
    with pytest.raises(SrcadError) as caught:
        srcad.vjp(function, *args)
    assert message in caught.value.message
    assert caught.value.origin.line == function.__code__.co_firstlineno + line
    assert hint is None or hint in caught.value.hint
